import { present } from '#domain/assert';
import type { Fill } from '#domain/fill';
import {
  averagePriceOf,
  compare,
  isNegative,
  isZero,
  magnitudeOf,
  type Price,
  type SignedQuantity,
} from '#domain/money';
import type { PositionRecord } from '#domain/position';

/**
 * Average cost by the usual rule: adding to a position blends the price in, reducing keeps the cost, crossing zero
 * starts again at the fill's price. A correction makes it unknown until IBKR's own figure arrives.
 */
export function averageCostAfter(held: PositionRecord | undefined, after: SignedQuantity, fill: Fill): Price | null {
  if (isZero(after)) return null;
  if (held === undefined || isZero(held.quantity)) return fill.price;
  if (isNegative(held.quantity) !== isNegative(after)) return fill.price;
  const grows = compare(magnitudeOf(after), magnitudeOf(held.quantity)) > 0;
  if (!grows || held.averageCost === null) return held.averageCost;
  const blended = averagePriceOf([
    { price: held.averageCost, quantity: magnitudeOf(held.quantity) },
    { price: fill.price, quantity: fill.quantity },
  ]);
  return present(blended, 'the mean cost of a position that is not zero');
}
