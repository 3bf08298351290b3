import type { SecType } from '#simulator/listing';
import type { Quote } from '#simulator/quote-board';
import type { Action, Sighting, SimulatedOrder } from '#simulator/simulated-order';

/** IBKR's trigger methods of stops and of price conditions. */
export const TRIGGER_METHOD = {
  DEFAULT: 0,
  DOUBLE_BID_ASK: 1,
  LAST: 2,
  DOUBLE_LAST: 3,
  BID_ASK: 4,
  LAST_OR_BID_ASK: 7,
  MIDPOINT: 8,
} as const;
const METHODS: ReadonlySet<number> = new Set(Object.values(TRIGGER_METHOD));
const DEFAULT_METHODS: Readonly<Record<SecType, number>> = {
  STK: TRIGGER_METHOD.LAST,
  FUT: TRIGGER_METHOD.LAST,
  OPT: TRIGGER_METHOD.DOUBLE_BID_ASK,
  CASH: TRIGGER_METHOD.BID_ASK,
};
const DOUBLE_METHODS: ReadonlySet<number> = new Set([TRIGGER_METHOD.DOUBLE_BID_ASK, TRIGGER_METHOD.DOUBLE_LAST]);

/** What one look at the market told a trigger. */
export interface Look {
  readonly reached: boolean;
  /** The sighting at or beyond the level that the double methods want a second of; undefined when there was none. */
  readonly sighting: Sighting | undefined;
}

/** True for the numbers that IBKR has a trigger method for. */
export function isTriggerMethod(method: number): boolean {
  return METHODS.has(method);
}

/**
 * The prices a trigger method looks at, the one that a stop trails behind first. A rising trigger (a buy stop) looks at
 * the bid and a falling one at the ask: IBKR has the market come all the way (TWS guide, "Modify the Stop Trigger
 * Method"). IBKR's leeway for a last price outside the quote is not simulated.
 */
export function watchedBy(method: number, rising: boolean, quote: Quote): readonly [Sighting, ...Sighting[]] {
  const last = { price: quote.last, size: quote.volume };
  const side = rising ? { price: quote.bid, size: quote.bidSize } : { price: quote.ask, size: quote.askSize };
  switch (method) {
    case TRIGGER_METHOD.DOUBLE_BID_ASK:
    case TRIGGER_METHOD.BID_ASK:
      return [side];
    case TRIGGER_METHOD.LAST_OR_BID_ASK:
      return [last, side];
    case TRIGGER_METHOD.MIDPOINT:
      return [{ price: (quote.bid + quote.ask) / 2, size: 0 }];
    default:
      return [last];
  }
}

/**
 * Whether the market has reached `level`. The double methods want two sightings in a row, of which the second is
 * another price or the same with more size.
 * @param before the sighting of the look before.
 */
export function lookAt(
  method: number,
  rising: boolean,
  level: number,
  quote: Quote,
  before: Sighting | undefined,
): Look {
  const sighting = watchedBy(method, rising, quote).find(({ price }) => (rising ? price >= level : price <= level));
  if (sighting === undefined) return { reached: false, sighting };
  if (!DOUBLE_METHODS.has(method)) return { reached: true, sighting };
  const again = before !== undefined && (sighting.price !== before.price || sighting.size > before.size);
  return { reached: again, sighting };
}

/** The method an order's trigger follows: the default is double bid/ask for options, bid/ask for currencies, else last. */
export function triggerMethodOf({ triggerMethod, instrument }: SimulatedOrder): number {
  if (triggerMethod !== TRIGGER_METHOD.DEFAULT) return triggerMethod;
  return DEFAULT_METHODS[instrument.secType];
}

/** The price at which a stop of any type triggers. */
export function stopLevelOf({ orderType, terms }: SimulatedOrder): number {
  return isTrailing(orderType) ? terms.trailStopPrice : terms.stopPrice;
}

export function isTrailing(orderType: string): orderType is 'TRAIL' | 'TRAIL LIMIT' {
  return orderType === 'TRAIL' || orderType === 'TRAIL LIMIT';
}

export function hasLimit(orderType: string): boolean {
  return orderType === 'LMT' || orderType === 'STP LMT' || orderType === 'TRAIL LIMIT';
}

/** True for the types that rest until a trigger. */
export function isStop(orderType: string): boolean {
  return orderType !== 'MKT' && orderType !== 'LMT';
}

/** What an order that may trade now trades at: the other side's quote, undefined when its limit is not reached. */
export function tradePriceOf(
  { action, orderType, terms }: { action: Action } & Pick<SimulatedOrder, 'orderType' | 'terms'>,
  quote: Quote,
): number | undefined {
  const price = action === 'BUY' ? quote.ask : quote.bid;
  if (!hasLimit(orderType)) return price;
  const within = action === 'BUY' ? price <= terms.limitPrice : price >= terms.limitPrice;
  return within ? price : undefined;
}
