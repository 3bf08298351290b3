import { present } from '#domain/assert';
import { UNITS_PER_ONE } from '#simulator/fixed';
import type { Figures } from '#simulator/history-bars';
import type { SimulatedInstrument } from '#simulator/instruments';
import { noiseKey, normalAt, uniformAt } from '#simulator/noise';
import type { DailyPrices, PriceFile } from '#simulator/price-file';
import {
  livelinessOf,
  MARKET_DEVIATION,
  OWN_DEVIATION,
  RANGE_FACTOR,
  SECTOR_DEVIATION,
  TRADING_DAYS_PER_YEAR,
} from '#simulator/price-model';
import { tickDown, tickUp } from '#simulator/tick-rules';

/** The regular hours of one trading date. */
export interface DayFigures extends Figures {
  /** In days since 1970. */
  readonly day: number;
}

/** The completed days of one instrument. */
export interface PastDays {
  /** True when something is known to have traded outside regular hours. */
  readonly extended: boolean;
  /** The first day of all. */
  readonly first: number;
  /** The days from `day` on, oldest first. */
  since(day: number): readonly DayFigures[];
}

const DAILY = Math.sqrt(1 / TRADING_DAYS_PER_YEAR);
const DAILY_DEVIATION = Math.sqrt(MARKET_DEVIATION ** 2 + SECTOR_DEVIATION ** 2 + OWN_DEVIATION ** 2) * DAILY;
/** What is traded of a stock on a quiet day, in units of money; as many shares as of a stock at ten dollars at most. */
const TURNOVER_MIN = 200_000_000 * UNITS_PER_ONE;
const TURNOVER_PRICE_MIN = 10 * UNITS_PER_ONE;
/** What prices have grown by in a year. */
const GROWTH_PER_YEAR = 0.1;
const SHARES_PER_TRADE = 100;

/** Draws of one day and kind. */
const OPENING = 0;
const UPPER = 1;
const LOWER = 2;
const TURNOVER = 40;

/**
 * Made-up days that lead to the instrument's reference price: drawn backwards from it when they are asked for, by the same factors as
 * the live market, so that stocks of one sector move together in the past too.
 */
export class InventedDays implements PastDays {
  readonly extended = true;
  readonly first: number;
  readonly #instrument: SimulatedInstrument;
  readonly #sessions: readonly number[];
  readonly #keys: { readonly market: number; readonly sector: number; readonly own: number };
  /** Newest first. */
  readonly #made: DayFigures[] = [];
  /** The close, unrounded, of the next day to make. */
  #close: number;

  /** @param sessions the days with a session, oldest first. */
  constructor(seed: number, instrument: SimulatedInstrument, sessions: readonly number[]) {
    this.#instrument = instrument;
    this.#sessions = sessions;
    this.first = present(sessions[0], 'first session');
    this.#close = instrument.referencePrice;
    this.#keys = {
      market: noiseKey(seed, 'market'),
      sector: noiseKey(seed, 'sector', instrument.sector),
      own: noiseKey(seed, 'own', instrument.conId),
    };
  }

  since(day: number): readonly DayFigures[] {
    for (let next = this.#next(); next !== undefined && next >= day; next = this.#next())
      this.#made.push(this.#make(next));
    const older = this.#made.findIndex((made) => made.day < day);
    return this.#made.slice(0, older === -1 ? undefined : older).reverse();
  }

  #next(): number | undefined {
    return this.#sessions[this.#sessions.length - 1 - this.#made.length];
  }

  #make(day: number): DayFigures {
    const { market, sector, own } = this.#keys;
    const { marketRuleId, referencePrice } = this.#instrument;
    const lively = livelinessOf(this.#instrument);
    const change =
      GROWTH_PER_YEAR / TRADING_DAYS_PER_YEAR +
      (normalAt(market, day) * MARKET_DEVIATION +
        normalAt(sector, day) * SECTOR_DEVIATION +
        normalAt(own, day) * OWN_DEVIATION) *
        DAILY *
        lively;
    const close = this.#close;
    const before = Math.min(
      referencePrice * RANGE_FACTOR,
      Math.max(referencePrice / RANGE_FACTOR, close / (1 + change)),
    );
    const details = noiseKey(own, day);
    const stray = (place: number): number => Math.abs(normalAt(details, place)) * DAILY_DEVIATION * lively * 0.5;
    const open =
      before + (close - before) * uniformAt(details, TURNOVER + 1) + before * stray(OPENING) * (change < 0 ? 1 : -1);
    const figures = {
      open: tickDown(marketRuleId, open),
      high: tickUp(marketRuleId, Math.max(open, close) * (1 + stray(UPPER))),
      low: tickDown(marketRuleId, Math.min(open, close) * (1 - stray(LOWER))),
      close: tickDown(marketRuleId, close),
    };
    const bustle = 1 + uniformAt(details, TURNOVER) + Math.abs(change) / (DAILY_DEVIATION * lively);
    this.#close = before;
    return dayFigures(day, {
      ...figures,
      volume: Math.ceil((TURNOVER_MIN * bustle) / Math.max(TURNOVER_PRICE_MIN, close)),
    });
  }
}

/** The days of a price file: its last date is the last session. */
export class FileDays implements PastDays {
  readonly extended = false;
  readonly first: number;
  readonly #days: readonly DayFigures[];

  /** @param sessions the days with a session, oldest first; at least as many as the file has dates. */
  constructor(prices: PriceFile, symbol: string, sessions: readonly number[]) {
    const offset = sessions.length - prices.dates.length;
    const rows = present(prices.rows.get(symbol), `rows of ${symbol}`);
    this.#days = rows.flatMap((row, place) =>
      row === undefined ? [] : [dayFigures(present(sessions[offset + place], 'session of a date'), row)],
    );
    this.first = present(this.#days[0], 'first day of a symbol').day;
  }

  since(day: number): readonly DayFigures[] {
    return this.#days.filter((known) => known.day >= day);
  }
}

function dayFigures(day: number, prices: DailyPrices): DayFigures {
  const { high, low, close, volume } = prices;
  const wap = Math.round((high + low + close) / 3);
  return { day, ...prices, count: Math.ceil(volume / SHARES_PER_TRADE), wap };
}
