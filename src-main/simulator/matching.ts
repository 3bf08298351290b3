import type { Quote } from '#simulator/quote-board';
import type { SimulatedOrder } from '#simulator/simulated-order';

/** IBKR's trigger methods of stops; 0 (default) is the last price for stocks. */
const BID_ASK_METHODS: ReadonlySet<number> = new Set([1, 4]);
const LAST_OR_BID_ASK_METHOD = 7;
const MIDPOINT_METHOD = 8;

/** True when the market has reached the stop price of a STP order. */
export function isTriggered({ action, triggerMethod, terms }: SimulatedOrder, quote: Quote): boolean {
  const reached = (price: number): boolean => (action === 'BUY' ? price >= terms.stopPrice : price <= terms.stopPrice);
  const opposite = action === 'BUY' ? quote.ask : quote.bid;
  if (BID_ASK_METHODS.has(triggerMethod)) return reached(opposite);
  if (triggerMethod === LAST_OR_BID_ASK_METHOD) return reached(opposite) || reached(quote.last);
  if (triggerMethod === MIDPOINT_METHOD) return reached((quote.bid + quote.ask) / 2);
  return reached(quote.last);
}

/** What an order that may trade now trades at: the other side's quote, undefined when its limit is not reached. */
export function tradePriceOf({ action, orderType, terms }: SimulatedOrder, quote: Quote): number | undefined {
  const price = action === 'BUY' ? quote.ask : quote.bid;
  if (orderType !== 'LMT') return price;
  const within = action === 'BUY' ? price <= terms.limitPrice : price >= terms.limitPrice;
  return within ? price : undefined;
}
