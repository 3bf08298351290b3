import { present } from '#domain/assert';
import type { EpochMs } from '#domain/ids';
import type { Instrument, TradingSession } from '#domain/instrument';
import { add, ratio, scaledBy, toNumber, type Price } from '#domain/money';
import type { Side, TriggerSource } from '#domain/order-spec';
import type { Quote, QuotePatch } from '#domain/quote';

/** A price that jumps further than this share of the one before needs a second tick. */
export const JUMP_MAX = 0.03;
/** Prices are compared as doubles here: a jump of exactly three percent is none. */
const ROUNDING = 1e-9;
const HALF = ratio('0.5');

/** The price that a stop follows: the last trade, the far touch of its side, or the middle. */
export type PriceStream = 'last' | 'bid' | 'ask' | 'mid';

/** Which price a stop follows: the touch it would trade at (the bid for SELL), the last trade or the middle. */
export function streamOf(side: Side, triggerOn: TriggerSource): PriceStream {
  if (triggerOn !== 'bidAsk') return triggerOn;
  return side === 'SELL' ? 'bid' : 'ask';
}

/** The middle of the market. */
export const midOf = (bid: Price, ask: Price): Price => scaledBy(add(bid, ask), HALF);

/** True for prices that a stop may be moved by: real-time, flowing, and not halted. */
export function isFollowable({ kind, live, halted }: Quote): boolean {
  return kind === 'real-time' && live && !halted;
}

/** True in a session that an order is eligible for; unknown hours are no obstacle to protection. */
export function isInSession({ tradingHours, liquidHours }: Instrument, outsideRth: boolean, at: EpochMs): boolean {
  const sessions: readonly TradingSession[] | null = outsideRth ? tradingHours : liquidHours;
  return sessions === null || sessions.some(({ opens, closes }) => opens <= at && at < closes);
}

/** A bid and an ask that do not cross, and the doubles next to them. */
export interface Market {
  readonly bid: Price;
  readonly ask: Price;
  readonly last: Price | null;
  readonly bidNumber: number;
  readonly askNumber: number;
}

/** The market that a quote shows; null while a side is missing or the sides cross. */
export function marketOf({ bid, ask, last }: Quote): Market | null {
  if (bid === null || ask === null) return null;
  const [bidNumber, askNumber] = [toNumber(bid), toNumber(ask)];
  return bidNumber > askNumber ? null : { bid, ask, last, bidNumber, askNumber };
}

/** The price of `stream` that a tick of `market` brought. */
export function priceIn({ bid, ask, last }: Market, stream: PriceStream): Price {
  if (stream === 'mid') return midOf(bid, ask);
  return present({ bid, ask, last }[stream], 'the price of a tick');
}

/**
 * One kind of price of an instrument, tick by tick: accepts what lies inside [bid, ask], and a jump of more than 3 % only
 * when a second tick confirms it. The first price of all is such a jump: nothing is known that it could be near to.
 */
export class PriceFilter {
  readonly #stream: PriceStream;
  #accepted = Number.NaN;
  #doubted = Number.NaN;

  constructor(stream: PriceStream) {
    this.#stream = stream;
  }

  /** The price that this tick brought, as the nearest double; NaN when it brought none, or none to rely on. */
  take(market: Market, patch: QuotePatch): number {
    const price = this.#tickOf(market, patch);
    if (Number.isNaN(price)) return price;
    if (!isNear(price, this.#accepted) && !isNear(price, this.#doubted)) {
      this.#doubted = price;
      return Number.NaN;
    }
    this.#accepted = price;
    this.#doubted = Number.NaN;
    return price;
  }

  /** Only a tick of its own is news: an old last price that the market comes back to is not. */
  #tickOf({ bidNumber, askNumber }: Market, { bid, ask, last }: QuotePatch): number {
    switch (this.#stream) {
      case 'bid':
        return bid === undefined ? Number.NaN : bidNumber;
      case 'ask':
        return ask === undefined ? Number.NaN : askNumber;
      case 'mid':
        return bid === undefined && ask === undefined ? Number.NaN : (bidNumber + askNumber) / 2;
      case 'last': {
        const price = last === undefined || last === null ? Number.NaN : toNumber(last);
        return price >= bidNumber && price <= askNumber ? price : Number.NaN;
      }
    }
  }
}

const isNear = (price: number, other: number): boolean => Math.abs(price - other) <= other * JUMP_MAX + ROUNDING;
