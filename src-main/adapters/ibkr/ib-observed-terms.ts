import {
  ConjunctionConnection,
  OrderAction,
  OrderConditionType,
  OrderType,
  type Order,
  type OrderCondition,
} from '@stoqey/ib';
import { add, isPositive, isZero, priceFromNumber, quantityFromNumber, subtract, type Price } from '#domain/money';
import type { ObservedTerms, TimeInForce } from '#domain/order-spec';

const NAME_LENGTH_MAX = 60;
/** How TWS writes that a stop is not to be adjusted. */
const NOT_ADJUSTED = 'None';
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
    [isSet(triggerMethod), `by trigger method ${triggerMethod ?? ''}`],
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

function trailingTermsOf(order: Order): { readonly limit: Price | null; readonly stop: Price | null } {
  const stop = nonZero(order.trailStopPrice);
  const limit = nonZero(order.lmtPrice);
  const offset = nonZero(order.lmtPriceOffset);
  if (order.orderType === OrderType.TRAIL) return { limit: null, stop };
  if (limit !== null || stop === null || offset === null) return { limit, stop };
  // A limit that follows the stop: the offset leads to the worse price.
  return { limit: order.action === OrderAction.BUY ? add(stop, offset) : subtract(stop, offset), stop };
}

/** What a stop turns into at its trigger price, or empty. */
function adjustmentOf({ adjustedOrderType }: Order): string {
  return adjustedOrderType === undefined || adjustedOrderType === '' || adjustedOrderType === NOT_ADJUSTED
    ? ''
    : `→${adjustedOrderType}`;
}

/**
 * An order's type and prices as they stand: the stop of a trailing order is where IBKR has it now, and what a plain MKT,
 * LMT or STP would not say is in the name.
 */
export function observedTermsOf(order: Order): ObservedTerms {
  const { orderType } = order;
  const limit = priceFromNumber(order.lmtPrice);
  const stop = priceFromNumber(order.auxPrice);
  const adjustment = adjustmentOf(order);
  const extras = extrasOf(order);
  if (extras.length === 0 && adjustment === '') {
    if (orderType === OrderType.MKT) return { type: 'MKT' };
    if (orderType === OrderType.LMT && limit !== undefined) return { type: 'LMT', limit };
    if (orderType === OrderType.STP && stop !== undefined) return { type: 'STP', stop };
  }
  const name = [`${orderType}${adjustment}`, ...extras].join(' ').trim().slice(0, NAME_LENGTH_MAX);
  const prices = orderType.startsWith('TRAIL')
    ? trailingTermsOf(order)
    : {
        limit: nonZero(order.lmtPrice),
        stop: TRIGGERED_BY_AUX_PRICE.has(orderType) ? nonZero(order.auxPrice) : null,
      };
  return { type: 'OTHER', name: name === '' ? '?' : name, ...prices };
}
