import { isTrailing, triggerMethodOf, watchedBy } from '#simulator/matching';
import type { Quote } from '#simulator/quote-board';
import type { OrderTerms, SimulatedOrder } from '#simulator/simulated-order';
import { tickDown, tickUp } from '#simulator/tick-rules';

/** 100 % in 0.0001 %. */
export const WHOLE_PERCENT_UNITS = 1_000_000;

/**
 * The terms of a trailing order after a look at the market: its stop follows the price that its trigger method watches
 * and never loosens; a stop that has no price yet starts here, and a limit keeps its distance from the stop.
 * @param marketOpen false: a stop that has its price stays where it is.
 * @returns the order's own terms when nothing moved.
 */
export function trailed(order: SimulatedOrder, quote: Quote, marketOpen: boolean): OrderTerms {
  const { terms, orderType } = order;
  if (!isTrailing(orderType)) return terms;
  const follows = marketOpen || terms.trailStopPrice === 0;
  const stop = follows ? tighterStop(order, stopBehind(order, quote)) : terms.trailStopPrice;
  const moved = { ...terms, trailStopPrice: stop };
  const following = orderType === 'TRAIL' ? moved : withLimit(order, moved);
  const stands =
    stop === terms.trailStopPrice &&
    following.limitPrice === terms.limitPrice &&
    following.limitPriceOffset === terms.limitPriceOffset;
  return stands ? terms : following;
}

/** Where the stop would start now, rounded away from the market. */
function stopBehind(order: SimulatedOrder, quote: Quote): number {
  const { action, terms, instrument } = order;
  const [{ price }] = watchedBy(triggerMethodOf(order), action === 'BUY', quote);
  const distance =
    terms.trailingPercent === 0 ? terms.trailingAmount : (price * terms.trailingPercent) / WHOLE_PERCENT_UNITS;
  return action === 'SELL'
    ? tickDown(instrument.marketRuleId, price - distance)
    : tickUp(instrument.marketRuleId, price + distance);
}

function tighterStop({ action, terms }: SimulatedOrder, stop: number): number {
  if (terms.trailStopPrice === 0) return stop;
  return action === 'SELL' ? Math.max(terms.trailStopPrice, stop) : Math.min(terms.trailStopPrice, stop);
}

/** The offset is given, or it is the distance between the first stop and the limit that was given. */
function withLimit({ action, terms, instrument }: SimulatedOrder, moved: OrderTerms): OrderTerms {
  const sign = action === 'SELL' ? -1 : 1;
  const first = terms.trailStopPrice === 0 ? moved.trailStopPrice : terms.trailStopPrice;
  const offset = terms.limitPrice === 0 ? terms.limitPriceOffset : sign * (terms.limitPrice - first);
  const limit = moved.trailStopPrice + sign * offset;
  const round = action === 'SELL' ? tickDown : tickUp;
  return { ...moved, limitPriceOffset: offset, limitPrice: round(instrument.marketRuleId, limit) };
}
