import { isTrailing, triggerMethodOf, watchedBy } from '#simulator/matching';
import type { Quote } from '#simulator/quote-board';
import type { AdjustedTerms, OrderTerms, SimulatedOrder } from '#simulator/simulated-order';

/** True when the market has gone so far in the order's favour that its stop is to be adjusted. */
export function isAdjustmentDue(order: SimulatedOrder, { triggerPrice }: AdjustedTerms, quote: Quote): boolean {
  const favourable = order.action === 'SELL';
  const [{ price }] = watchedBy(triggerMethodOf(order), favourable, quote);
  return favourable ? price >= triggerPrice : price <= triggerPrice;
}

/** The terms an order has once `adjusted` has been done: it is done one time only. */
export function adjustedTerms(terms: OrderTerms, adjusted: AdjustedTerms): OrderTerms {
  const trails = isTrailing(adjusted.adjustedOrderType);
  const limited = adjusted.adjustedOrderType === 'STP LMT' || adjusted.adjustedOrderType === 'TRAIL LIMIT';
  const amount = trails ? adjusted.adjustedTrailingAmount : 0;
  return {
    ...terms,
    stopPrice: trails ? 0 : adjusted.adjustedStopPrice,
    trailStopPrice: trails ? adjusted.adjustedStopPrice : 0,
    limitPrice: limited ? adjusted.adjustedStopLimitPrice : 0,
    limitPriceOffset: 0,
    trailingAmount: adjusted.unit === 'amount' ? amount : 0,
    trailingPercent: adjusted.unit === 'percent' ? amount : 0,
    adjusted: undefined,
  };
}
