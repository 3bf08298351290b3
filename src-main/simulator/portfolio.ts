import { assert, present } from '#domain/assert';
import { mulDiv, UNITS_PER_ONE } from '#simulator/fixed';
export type { Holding } from '#simulator/holding-ledger';
import { applied, type Booking, type Holding, type Outcome } from '#simulator/holding-ledger';
import type { SimulatedInstrument } from '#simulator/instruments';
import type { Action } from '#simulator/simulated-order';

/** The currency the account is valued in. */
export const BASE_CURRENCY = 'USD';
/** IBKR's fixed pricing of US stocks: half a cent a share, at least one dollar an order; the same for everything here. */
const COMMISSION_PER_SHARE_UNITS = 50;
const COMMISSION_MIN_UNITS = UNITS_PER_ONE;
/** A quarter of what is held has to be the account's own: in the day Regulation T lends four times the equity. */
const BUYING_POWER_FACTOR = 4;
/** Bookings of one instrument that may still be corrected. */
const BOOKINGS_KEPT_MAX = 2_000;

/** What an instrument is worth now: its price in units, and the rate of a currency in units of the base per one. */
export interface Valuation {
  markOf(instrument: SimulatedInstrument): number;
  rateOf(currency: string): number;
}

/** The account's figures, in units of 0.0001 dollar. */
export interface AccountFigures {
  readonly cash: number;
  readonly marketValue: number;
  readonly grossValue: number;
  readonly netLiquidation: number;
  readonly unrealizedPnl: number;
  readonly realizedPnl: number;
  /** Gain since the day began. */
  readonly dailyPnl: number;
  readonly buyingPower: number;
  readonly initialMargin: number;
  readonly maintenanceMargin: number;
  readonly excessLiquidity: number;
}

/** What the account has in one currency, in units of that currency. */
export interface CurrencyFigures {
  readonly currency: string;
  /** Units of the base currency for one. */
  readonly rate: number;
  readonly cash: number;
  readonly marketValue: number;
  readonly unrealizedPnl: number;
  readonly realizedPnl: number;
}

interface Book {
  /** The holding before the first booking that is kept. */
  base: Holding;
  readonly bookings: Booking[];
  now: Holding;
  /** Realised and open gain when the day began. */
  gainAtDayStart: number;
}

/** Commission of a whole order of `shares`. */
export function commissionOf(shares: number): number {
  return Math.max(COMMISSION_MIN_UNITS, shares * COMMISSION_PER_SHARE_UNITS);
}

/** Gain of a holding, realised and open, in its own currency. */
export function gainOf({ instrument, shares, cost, realizedPnl }: Holding, mark: number): number {
  return shares * mark * instrument.multiplier - cost + realizedPnl;
}

/** Margin that `gross` (units of the base currency) of positions needs. */
export function marginOf(gross: number): number {
  return Math.trunc(gross / BUYING_POWER_FACTOR);
}

/** The one account of the simulated broker. */
export class Portfolio {
  readonly #cash: Map<string, number>;
  readonly #books = new Map<number, Book>();

  /** @param cash what the account starts with, in units. */
  constructor(cash: number) {
    this.#cash = new Map([[BASE_CURRENCY, cash]]);
  }

  /** Books a fill; `key` names it for a correction. @returns the profit it realised, undefined when it closed nothing. */
  book(
    instrument: SimulatedInstrument,
    action: Action,
    shares: number,
    price: number,
    fee: number,
    key = '',
  ): number | undefined {
    const change = action === 'BUY' ? shares : -shares;
    return this.#apply(instrument, { kind: 'trade', key, change, price, fee }).realized;
  }

  /** Books shares that come or go without a trade. */
  transfer(instrument: SimulatedInstrument, change: number, price: number): void {
    this.#apply(instrument, { kind: 'transfer', change, price });
  }

  /** Turns every `from` shares into `to`. @param price a share's price after it. */
  split(instrument: SimulatedInstrument, from: number, to: number, price: number): void {
    this.#apply(instrument, { kind: 'split', from, to, price });
  }

  /**
   * Books a trade anew as it really was, and all that came after it.
   * @returns the profit it realised.
   * @throws InvariantError when it is not among the last bookings.
   */
  correct(instrument: SimulatedInstrument, key: string, shares: number, price: number): number | undefined {
    const book = this.#bookOf(instrument);
    const place = book.bookings.findIndex((booking) => booking.kind === 'trade' && booking.key === key);
    const wrong = present(book.bookings[place], `booking of execution ${key}`);
    assert(wrong.kind === 'trade', 'an execution is booked as a trade');
    const right: Booking = { ...wrong, change: Math.sign(wrong.change) * shares, price };
    let [oldHolding, newHolding] = [book.base, book.base];
    let cash = 0;
    let realized: number | undefined;
    for (const [at, booking] of book.bookings.entries()) {
      const [before, after] = [applied(oldHolding, booking), applied(newHolding, at === place ? right : booking)];
      [oldHolding, newHolding] = [before.holding, after.holding];
      cash += after.cash - before.cash;
      if (at === place) realized = after.realized;
    }
    book.bookings[place] = right;
    book.now = newHolding;
    this.#pay(instrument, cash, shares * Math.sign(wrong.change) - wrong.change);
    return realized;
  }

  holdingOf(instrument: SimulatedInstrument): Holding {
    return this.#books.get(instrument.index)?.now ?? nothingOf(instrument);
  }

  /** Everything that was ever held, in the order of the first trade. */
  holdings(): readonly Holding[] {
    return [...this.#books.values()].map(({ now }) => now);
  }

  /** A new day: from here on the daily gain counts. */
  beginDay(markOf: (instrument: SimulatedInstrument) => number): void {
    for (const book of this.#books.values()) book.gainAtDayStart = gainOf(book.now, markOf(book.now.instrument));
  }

  /** Gain of one instrument since the day began, in its own currency. */
  dailyPnlOf(instrument: SimulatedInstrument, mark: number): number {
    const book = this.#books.get(instrument.index);
    return book === undefined ? 0 : gainOf(book.now, mark) - book.gainAtDayStart;
  }

  /** The account as a whole. */
  figures(valuation: Valuation): AccountFigures {
    let [cash, marketValue, grossValue, open, unrealizedPnl, realizedPnl, dailyPnl] = [0, 0, 0, 0, 0, 0, 0];
    for (const [currency, amount] of this.#cash) cash += inBase(amount, currency, valuation);
    for (const { now } of this.#books.values()) {
      const { instrument, shares, cost } = now;
      // A pair of currencies is held as cash.
      if (instrument.secType === 'CASH') continue;
      const mark = valuation.markOf(instrument);
      const worth = (units: number): number => inBase(units, instrument.currency, valuation);
      const value = worth(shares * mark * instrument.multiplier);
      const gain = worth(shares * mark * instrument.multiplier - cost);
      marketValue += value;
      grossValue += Math.abs(value);
      open += instrument.secType === 'FUT' ? gain : value;
      unrealizedPnl += gain;
      realizedPnl += worth(now.realizedPnl);
      dailyPnl += worth(this.dailyPnlOf(instrument, mark));
    }
    const netLiquidation = cash + open;
    const margin = marginOf(grossValue);
    return {
      ...{ cash, marketValue, grossValue, netLiquidation, unrealizedPnl, realizedPnl, dailyPnl },
      buyingPower: Math.max(0, BUYING_POWER_FACTOR * netLiquidation - grossValue),
      initialMargin: margin,
      maintenanceMargin: margin,
      excessLiquidity: netLiquidation - margin,
    };
  }

  /** The account by currency, the base currency first. */
  currencies(valuation: Valuation): readonly CurrencyFigures[] {
    return [...this.#cash].map(([currency, cash]) => {
      let [marketValue, unrealizedPnl, realizedPnl] = [0, 0, 0];
      for (const { now } of this.#books.values()) {
        const { instrument, shares, cost } = now;
        if (instrument.currency !== currency || instrument.secType === 'CASH') continue;
        const value = shares * valuation.markOf(instrument) * instrument.multiplier;
        marketValue += value;
        unrealizedPnl += value - cost;
        realizedPnl += now.realizedPnl;
      }
      return { currency, rate: valuation.rateOf(currency), cash, marketValue, unrealizedPnl, realizedPnl };
    });
  }

  #apply(instrument: SimulatedInstrument, booking: Booking): Outcome {
    const book = this.#bookOf(instrument);
    const outcome = applied(book.now, booking);
    book.now = outcome.holding;
    book.bookings.push(booking);
    if (book.bookings.length > BOOKINGS_KEPT_MAX) {
      book.base = applied(book.base, present(book.bookings.shift(), 'oldest booking')).holding;
    }
    this.#pay(instrument, outcome.cash, booking.kind === 'split' ? 0 : booking.change);
    return outcome;
  }

  /** A trade in a pair of currencies brings the one and costs the other. */
  #pay({ secType, symbol, currency }: SimulatedInstrument, cash: number, change: number): void {
    this.#cash.set(currency, (this.#cash.get(currency) ?? 0) + cash);
    if (secType === 'CASH') this.#cash.set(symbol, (this.#cash.get(symbol) ?? 0) + change * UNITS_PER_ONE);
  }

  #bookOf(instrument: SimulatedInstrument): Book {
    const known = this.#books.get(instrument.index);
    if (known !== undefined) return known;
    const nothing = nothingOf(instrument);
    const book: Book = { base: nothing, bookings: [], now: nothing, gainAtDayStart: 0 };
    this.#books.set(instrument.index, book);
    return book;
  }
}

function nothingOf(instrument: SimulatedInstrument): Holding {
  return { instrument, shares: 0, cost: 0, realizedPnl: 0 };
}

function inBase(units: number, currency: string, valuation: Valuation): number {
  return currency === BASE_CURRENCY ? units : mulDiv(units, valuation.rateOf(currency), UNITS_PER_ONE);
}
