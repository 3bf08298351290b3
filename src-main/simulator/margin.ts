import type { ExchangeFloor } from '#simulator/exchange-floor';
import { mulDiv, UNITS_PER_ONE } from '#simulator/fixed';
import { rejectedBecause } from '#simulator/order-refusals';
import { commissionOf, marginOf } from '#simulator/portfolio';
import { remainingOf, type Rejection, type SimulatedOrder } from '#simulator/simulated-order';

/** What an order would do to the account, in units of 0.0001 dollar. */
export interface WhatIfFigures {
  /** The order as it would be entered: TWS repeats its terms in the answer. */
  readonly order: SimulatedOrder;
  readonly initialMarginBefore: number;
  readonly initialMarginChange: number;
  readonly initialMarginAfter: number;
  readonly maintenanceMarginBefore: number;
  readonly maintenanceMarginChange: number;
  readonly maintenanceMarginAfter: number;
  readonly equityWithLoanBefore: number;
  readonly equityWithLoanChange: number;
  readonly equityWithLoanAfter: number;
  readonly commission: number;
}

/** What `order` would do if it filled wholly, at its limit or where the market is. */
export function whatIfFigures(floor: ExchangeFloor, order: SimulatedOrder): WhatIfFigures {
  const { grossValue, initialMargin, maintenanceMargin, netLiquidation } = floor.figures();
  const quote = floor.quoteOf(order.instrument);
  const market = order.action === 'BUY' ? quote.ask : quote.bid;
  const price = order.terms.limitPrice > 0 ? order.terms.limitPrice : market;
  const margin = marginOf(grossValue + addedGross(floor, order, price)) - initialMargin;
  const commission = inBase(floor, order, commissionOf(order.terms.quantity));
  return {
    order,
    initialMarginBefore: initialMargin,
    initialMarginChange: margin,
    initialMarginAfter: initialMargin + margin,
    maintenanceMarginBefore: maintenanceMargin,
    maintenanceMarginChange: margin,
    maintenanceMarginAfter: maintenanceMargin + margin,
    equityWithLoanBefore: netLiquidation,
    equityWithLoanChange: -commission,
    equityWithLoanAfter: netLiquidation - commission,
    commission,
  };
}

/** IBKR refuses an order that the account could not carry; exits and attached orders need no new money. */
export function fundsRejection(floor: ExchangeFloor, order: SimulatedOrder): Rejection | undefined {
  if (order.parent !== undefined) return undefined;
  const needed = addedGross(floor, order, floor.quoteOf(order.instrument).last);
  return needed <= floor.figures().buyingPower
    ? undefined
    : rejectedBecause('Your order is not accepted. The available funds are insufficient to cover the new position.');
}

/** How much more would be invested when the rest of the order filled at `price`; negative when it closes. */
function addedGross(floor: ExchangeFloor, order: SimulatedOrder, price: number): number {
  const { instrument, action } = order;
  const { shares } = floor.portfolio.holdingOf(instrument);
  const after = shares + (action === 'BUY' ? remainingOf(order) : -remainingOf(order));
  return inBase(floor, order, (Math.abs(after) - Math.abs(shares)) * price * instrument.multiplier);
}

function inBase(floor: ExchangeFloor, { instrument }: SimulatedOrder, units: number): number {
  return mulDiv(units, floor.rateOf(instrument.currency), UNITS_PER_ONE);
}
