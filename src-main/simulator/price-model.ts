import { present } from '#domain/assert';
import { UNITS_PER_ONE } from '#simulator/fixed';
import type { SimulatedInstrument } from '#simulator/instruments';
import type { SecType } from '#simulator/listing';
import type { Random } from '#simulator/random';

/** Deviations of yearly returns: the common factors first, then what is the instrument's own. */
export const MARKET_DEVIATION = 0.16;
export const SECTOR_DEVIATION = 0.2;
export const OWN_DEVIATION = 0.16;
/** A price stays within this factor of its reference, however long the demo runs. */
export const RANGE_FACTOR = 8;
export const TRADING_DAYS_PER_YEAR = 252;
/** A trading day of 6.5 hours. */
export const TRADING_DAY_SECONDS = 6.5 * 3600;
const TRADING_SECONDS_PER_YEAR = TRADING_DAYS_PER_YEAR * TRADING_DAY_SECONDS;

/** How much an instrument moves, compared with a stock. */
const LIVELINESS: Readonly<Record<SecType, number>> = { STK: 1, FUT: 0.6, OPT: 2, CASH: 0.3 };

export function livelinessOf({ secType }: SimulatedInstrument): number {
  return LIVELINESS[secType];
}

/** A trading day as far as it has gone; prices in units of 0.0001, volume in shares. */
export interface PlayedDay {
  /** Counts up: with another number the day's open, high, low and volume have begun anew. */
  readonly number: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  /** The close of the day before. */
  readonly close: number;
  readonly volume: number;
}

/** Where the prices of the market come from. Prices in dollars are rounded to ticks before anybody sees them. */
export interface PriceSource {
  /** Moves every price by `seconds` of trading. */
  step(seconds: number): void;
  /** The price of instrument `index` in dollars. */
  priceOf(index: number): number;
  /** Lets the price of instrument `index` go on from `price` dollars. */
  moveTo(index: number, price: number): void;
  /** Multiplies the price of instrument `index`, and all that it is compared with, by `factor`. */
  split(index: number, factor: number): void;
  /** The day that is replayed; undefined where there is none, and the day's figures are those of the trades. */
  dayOf(index: number): PlayedDay | undefined;
}

/**
 * A factor model: return = market + sector + own. Two stocks of one sector correlate at about 0.7, of different
 * sectors at about 0.3.
 */
export class PriceModel implements PriceSource {
  readonly #instruments: readonly SimulatedInstrument[];
  readonly #random: Random;
  readonly #sectorOf: readonly number[];
  readonly #sectors: number;
  readonly #prices: Map<number, number>;
  readonly #references: Map<number, number>;

  constructor(instruments: readonly SimulatedInstrument[], random: Random) {
    this.#instruments = instruments;
    this.#random = random;
    const names = [...new Set(instruments.map(({ sector }) => sector))];
    this.#sectors = names.length;
    this.#sectorOf = instruments.map(({ sector }) => names.indexOf(sector));
    this.#prices = new Map(instruments.map(({ index, referencePrice }) => [index, referencePrice / UNITS_PER_ONE]));
    this.#references = new Map(this.#prices);
  }

  step(seconds: number): void {
    const scale = Math.sqrt(seconds / TRADING_SECONDS_PER_YEAR);
    const market = this.#random.normal() * MARKET_DEVIATION;
    const sectors = Array.from({ length: this.#sectors }, () => this.#random.normal() * SECTOR_DEVIATION);
    for (const [place, instrument] of this.#instruments.entries()) {
      const sector = present(sectors[present(this.#sectorOf[place], 'sector of stock')], 'sector factor');
      const own = this.#random.normal() * OWN_DEVIATION;
      const reference = present(this.#references.get(instrument.index), 'reference price');
      const change = (market + sector + own) * scale * livelinessOf(instrument);
      const moved = this.priceOf(instrument.index) * (1 + change);
      this.moveTo(instrument.index, Math.min(reference * RANGE_FACTOR, Math.max(reference / RANGE_FACTOR, moved)));
    }
  }

  priceOf(index: number): number {
    return present(this.#prices.get(index), 'model price');
  }

  moveTo(index: number, price: number): void {
    this.#prices.set(index, price);
  }

  split(index: number, factor: number): void {
    this.moveTo(index, this.priceOf(index) * factor);
    this.#references.set(index, present(this.#references.get(index), 'reference price') * factor);
  }

  dayOf(): undefined {
    return undefined;
  }
}
