import {
  ConjunctionConnection,
  OrderAction,
  OrderConditionType,
  OrderType,
  type Order,
  type OrderCondition,
} from '@stoqey/ib';
import {
  add,
  isPositive,
  isZero,
  percentFromNumber,
  priceFromNumber,
  quantityFromNumber,
  subtract,
  type Price,
} from '#domain/money';
import type { ObservedTerms, TimeInForce, Trail, TriggerSource } from '#domain/order-spec';

const NAME_LENGTH_MAX = 60;
/** How TWS writes that a stop is not to be adjusted. */
const NOT_ADJUSTED = 'None';
/** IBKR's trigger methods by what they look at; without one IBKR chooses. */
export const TRIGGER_METHODS = { last: 2, bidAsk: 4, mid: 8 } as const satisfies Record<TriggerSource, number>;
const TRIGGER_SOURCES: ReadonlyMap<number, TriggerSource> = new Map([
  [TRIGGER_METHODS.last, 'last'],
  [TRIGGER_METHODS.bidAsk, 'bidAsk'],
  [TRIGGER_METHODS.mid, 'mid'],
]);
/** An adjusted trailing amount in money; percent IBKR documents as both 1 and 100. */
export const TRAILING_UNIT_AMOUNT = 0;
/** The types whose auxPrice is a trigger price; elsewhere it is an offset or a trailing amount. */
const TRIGGERED_BY_AUX_PRICE: ReadonlySet<string> = new Set(['STP', 'STP LMT', 'STP PRT', 'MIT', 'LIT']);

const CONDITION_NAMES: ReadonlyMap<OrderConditionType, string> = new Map([
  [OrderConditionType.Price, 'price'],
  [OrderConditionType.Time, 'time'],
  [OrderConditionType.Margin, 'margin'],
  [OrderConditionType.Execution, 'execution'],
  [OrderConditionType.Volume, 'volume'],
  [OrderConditionType.PercentChange, 'percent change'],
]);

/** The times in force that the domain knows; null for others, such as OPG. */
export function timeInForceOf(tif: string | undefined): TimeInForce | null {
  return tif === 'DAY' || tif === 'GTC' || tif === 'IOC' || tif === 'GTD' ? tif : null;
}

/** The price that lets a stop go, where the order names one that the domain has a word for. */
export function triggerSourceOf(method: number | undefined): TriggerSource | undefined {
  return method === undefined ? undefined : TRIGGER_SOURCES.get(method);
}

function nonZero(value: number | undefined): Price | null {
  const price = priceFromNumber(value);
  return price === undefined || isZero(price) ? null : price;
}

function isSet(value: number | undefined): boolean {
  const quantity = quantityFromNumber(value);
  return quantity !== undefined && isPositive(quantity);
}

/** "if price and time": each condition says how the next one joins it. */
function conditionsOf(conditions: readonly OrderCondition[]): string {
  const words = conditions.map(({ type, conjunctionConnection }, index) => {
    const joined = conjunctionConnection === ConjunctionConnection.OR ? ' or' : ' and';
    return `${CONDITION_NAMES.get(type) ?? 'another condition'}${index === conditions.length - 1 ? '' : joined}`;
  });
  return `if ${words.join(' ')}`;
}

/** What a change by our own model would silently take away from an order; empty for a plain order. */
function extrasOf(order: Order): readonly string[] {
  const { conditions, tif, goodTillDate, goodAfterTime, algoStrategy, triggerMethod } = order;
  const said: (readonly [boolean, string | undefined])[] = [
    [timeInForceOf(tif) === null, tif ?? '?'],
    [tif === 'GTD', `until ${goodTillDate ?? '?'}`],
    [goodAfterTime !== undefined && goodAfterTime !== '', `after ${goodAfterTime ?? ''}`],
    [algoStrategy !== undefined && algoStrategy !== '', algoStrategy],
    [conditions !== undefined && conditions.length > 0, conditionsOf(conditions ?? [])],
    [
      isSet(triggerMethod) && triggerSourceOf(triggerMethod) === undefined,
      `by trigger method ${String(triggerMethod)}`,
    ],
    [order.allOrNone === true, 'all or none'],
    [isSet(order.minQty), 'minimum quantity'],
    [isSet(order.displaySize), 'iceberg'],
    [order.hidden === true, 'hidden'],
    [order.sweepToFill === true, 'sweep to fill'],
    [isSet(order.discretionaryAmt), 'discretionary'],
    [isSet(order.scaleInitLevelSize), 'scale'],
    [order.hedgeType !== undefined && order.hedgeType !== '', 'hedge'],
  ];
  return said.flatMap(([applies, word]) => (applies && word !== undefined ? [word] : []));
}

/** What a stop turns into at its trigger price, or empty. A trailing order may go on naming what it has become. */
function adjustmentOf({ orderType, adjustedOrderType = '' }: Order): string {
  const is: string = orderType;
  return adjustedOrderType === NOT_ADJUSTED || adjustedOrderType === is ? '' : adjustedOrderType;
}

/** An amount or a percentage: an amount beside a percentage is only what it comes to. */
function trailOf({ trailingPercent, auxPrice }: Order): Trail | null {
  const percent = percentFromNumber(trailingPercent);
  if (percent !== undefined) return { by: 'percent', percent };
  const amount = nonZero(auxPrice);
  return amount === null ? null : { by: 'amount', amount };
}

/** How far the limit of a trailing order keeps from its stop: as IBKR tells it, or as the two stand. */
function limitOffsetOf({ action, lmtPrice, lmtPriceOffset, trailStopPrice }: Order): Price | undefined {
  const told = nonZero(lmtPriceOffset);
  if (told !== null) return told;
  const stop = nonZero(trailStopPrice);
  const limit = nonZero(lmtPrice);
  if (stop === null || limit === null) return priceFromNumber(lmtPriceOffset);
  return action === OrderAction.BUY ? subtract(limit, stop) : subtract(stop, limit);
}

/** Terms that our own model has, as long as nothing else is said; null where a price of the type is missing. */
function plainTermsOf(order: Order): ObservedTerms | null {
  const limit = priceFromNumber(order.lmtPrice);
  const stop = priceFromNumber(order.auxPrice);
  switch (order.orderType) {
    case OrderType.MKT:
      return { type: 'MKT' };
    case OrderType.LMT:
      return limit === undefined ? null : { type: 'LMT', limit };
    case OrderType.STP:
      return stop === undefined ? null : { type: 'STP', stop };
    case OrderType.STP_LMT:
      return stop === undefined || limit === undefined ? null : { type: 'STP LMT', stop, limit };
    case OrderType.TRAIL: {
      const trail = trailOf(order);
      return trail === null ? null : { type: 'TRAIL', trail, stop: nonZero(order.trailStopPrice) };
    }
    case OrderType.TRAIL_LIMIT: {
      const trail = trailOf(order);
      const limitOffset = limitOffsetOf(order);
      if (trail === null || limitOffset === undefined) return null;
      return { type: 'TRAIL LIMIT', trail, stop: nonZero(order.trailStopPrice), limitOffset };
    }
    default:
      return null;
  }
}

/** A stop that is to trail by an amount from its trigger price on; null for any other adjustment. */
function adjustedTermsOf(order: Order, adjustment: string): ObservedTerms | null {
  const { orderType, adjustableTrailingUnit = TRAILING_UNIT_AMOUNT } = order;
  const trailing: string = OrderType.TRAIL;
  if (orderType !== OrderType.STP || adjustment !== trailing) return null;
  if (adjustableTrailingUnit !== TRAILING_UNIT_AMOUNT) return null;
  const stop = priceFromNumber(order.auxPrice);
  const activation = priceFromNumber(order.triggerPrice);
  const trailingStop = priceFromNumber(order.adjustedStopPrice);
  const trailAmount = priceFromNumber(order.adjustedTrailingAmount);
  if (stop === undefined || activation === undefined || trailingStop === undefined || trailAmount === undefined) {
    return null;
  }
  return { type: 'STP TO TRAIL', stop, activation, trailingStop, trailAmount };
}

/** The prices of an order that only its name tells the rest of. */
function namedPricesOf(order: Order): { readonly limit: Price | null; readonly stop: Price | null } {
  const { orderType } = order;
  const limit = nonZero(order.lmtPrice);
  if (orderType === OrderType.TRAIL) return { limit: null, stop: nonZero(order.trailStopPrice) };
  if (orderType === OrderType.TRAIL_LIMIT) return trailingLimitOf(order, limit);
  return { limit, stop: TRIGGERED_BY_AUX_PRICE.has(orderType) ? nonZero(order.auxPrice) : null };
}

/** A limit that follows the stop: the offset leads to the worse price. */
function trailingLimitOf(order: Order, limit: Price | null): ReturnType<typeof namedPricesOf> {
  const stop = nonZero(order.trailStopPrice);
  const offset = nonZero(order.lmtPriceOffset);
  if (limit !== null || stop === null || offset === null) return { limit, stop };
  return { limit: order.action === OrderAction.BUY ? add(stop, offset) : subtract(stop, offset), stop };
}

/**
 * An order's type and prices as they stand: the stop of a trailing order is where IBKR has it now. What our own model of
 * the type would not say is in the name of another one, so that no change of ours takes it away in silence.
 */
export function observedTermsOf(order: Order): ObservedTerms {
  const { orderType } = order;
  const adjustment = adjustmentOf(order);
  const extras = extrasOf(order);
  if (extras.length === 0) {
    const terms = adjustment === '' ? plainTermsOf(order) : adjustedTermsOf(order, adjustment);
    if (terms !== null) return terms;
  }
  const becomes = adjustment === '' ? '' : `→${adjustment}`;
  const name = [`${orderType}${becomes}`, ...extras].join(' ').trim().slice(0, NAME_LENGTH_MAX);
  return { type: 'OTHER', name: name === '' ? '?' : name, ...namedPricesOf(order) };
}
