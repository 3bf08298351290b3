import { ratioOf, subtract, type Price, type Ratio } from '#domain/money';
import { isLive, type OrderRecord } from '#domain/order-record';
import { limitOf, stopOf } from '#domain/order-spec';
import type { Quote } from '#domain/quote';

/** How far an order's price is from the market: above it is positive. */
export interface Distance {
  readonly change: Price;
  /** Of the market's price: 0.01 is one percent. */
  readonly ratio: Ratio;
}

/** Where the market is: the last trade, else the touch. */
export function marketPriceOf(quote: Pick<Quote, 'last' | 'bid' | 'ask'> | undefined): Price | null {
  return quote?.last ?? quote?.bid ?? quote?.ask ?? null;
}

/**
 * How far the price that a live order waits for is from the market: its stop where it has one (only then its limit
 * counts), else its limit; null where either is not known.
 */
export function distanceOf(
  order: OrderRecord,
  quote: Pick<Quote, 'last' | 'bid' | 'ask'> | undefined,
): Distance | null {
  const price = stopOf(order.spec.terms) ?? limitOf(order.spec.terms);
  const market = marketPriceOf(quote);
  if (!isLive(order) || price === null || market === null) return null;
  const change = subtract(price, market);
  const ratio = ratioOf(change, market);
  return ratio === undefined ? null : { change, ratio };
}
