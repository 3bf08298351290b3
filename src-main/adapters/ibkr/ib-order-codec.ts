import { OrderAction, OrderType, SecType, type Contract, type Order, type OrderState } from '@stoqey/ib';
import {
  accountIdSchema,
  clientIdSchema,
  conIdSchema,
  ibOrderId,
  permIdSchema,
  type ClientId,
  type IbOrderId,
  type PermId,
} from '#domain/ids';
import {
  decimalTextOf,
  isPositive,
  isZero,
  quantityFromNumber,
  type Percent,
  type Price,
  type Quantity,
} from '#domain/money';
import { ocaMembershipSchema, type OcaMembership } from '#domain/order-record';
import type { OrderSpec, OrderTerms, Side } from '#domain/order-spec';
import { err, ok, type Result } from '#domain/result';
import type { BrokerOrder, BrokerOrderKeys, ModifiedOrder, PlacedLeg, WhatIfQuestion } from '#ports/broker-port';
import {
  observedTermsOf,
  timeInForceOf,
  TRAILING_UNIT_AMOUNT,
  TRIGGER_METHODS,
  triggerSourceOf,
} from './ib-observed-terms';
import { brokerStatusOf, type HoldMemory } from './ib-order-status';

/** An order as the library's encoder takes it. */
export interface WireOrder {
  readonly orderId: IbOrderId;
  readonly contract: Contract;
  readonly order: Order;
}

const SMART = 'SMART';
const PRINTABLE_ASCII = /^[\x20-\x7e]{1,64}$/;
const SYMBOL_LENGTH_MAX = 40;

/**
 * The number the library prints as exactly `text`. It prints `String(double)`, which turns some amounts into an exponent
 * or into digits nobody asked for; and some amounts are IBKR's words for "not set".
 */
function wireNumberOf(text: Price | Quantity | Percent, what: string): Result<number, string> {
  const value = Number(text);
  return String(value) === text && decimalTextOf(value) === text
    ? ok(value)
    : err(`${what} ${text} can not be sent to IBKR exactly`);
}

function wireTextOf(text: string, what: string): Result<string, string> {
  return PRINTABLE_ASCII.test(text) ? ok(text) : err(`${what} ${JSON.stringify(text)} is not plain ASCII`);
}

type WirePrices = Pick<
  Order,
  | 'orderType'
  | 'lmtPrice'
  | 'auxPrice'
  | 'trailStopPrice'
  | 'trailingPercent'
  | 'lmtPriceOffset'
  | 'triggerPrice'
  | 'adjustedOrderType'
  | 'adjustedStopPrice'
  | 'adjustedTrailingAmount'
  | 'adjustableTrailingUnit'
>;

/** The fields of IBKR's order that carry the terms, each price under its wire name. */
function wireTermsOf(terms: OrderTerms): Result<WirePrices, string> {
  switch (terms.type) {
    case 'MKT':
      return ok({ orderType: OrderType.MKT });
    case 'LMT':
      return priced({ orderType: OrderType.LMT }, { lmtPrice: terms.limit });
    case 'STP':
      return priced({ orderType: OrderType.STP }, { auxPrice: terms.stop });
    case 'STP LMT':
      return priced({ orderType: OrderType.STP_LMT }, { auxPrice: terms.stop, lmtPrice: terms.limit });
    case 'TRAIL':
      return priced({ orderType: OrderType.TRAIL }, trailingPrices(terms));
    case 'TRAIL LIMIT':
      // The offset or the limit, never both: the limit follows the stop.
      return priced(
        { orderType: OrderType.TRAIL_LIMIT },
        { ...trailingPrices(terms), lmtPriceOffset: terms.limitOffset },
      );
    case 'STP TO TRAIL':
      return priced(
        {
          orderType: OrderType.STP,
          adjustedOrderType: OrderType.TRAIL,
          adjustableTrailingUnit: TRAILING_UNIT_AMOUNT,
        },
        {
          auxPrice: terms.stop,
          triggerPrice: terms.activation,
          adjustedStopPrice: terms.trailingStop,
          adjustedTrailingAmount: terms.trailAmount,
        },
      );
  }
}

const PRICE_NAMES = {
  lmtPrice: 'limit price',
  auxPrice: 'stop price or trailing amount',
  trailStopPrice: 'trailing stop price',
  trailingPercent: 'trailing percentage',
  lmtPriceOffset: 'limit offset',
  triggerPrice: 'activation price',
  adjustedStopPrice: 'adjusted stop price',
  adjustedTrailingAmount: 'adjusted trailing amount',
} as const;
type PriceField = keyof typeof PRICE_NAMES;
const PRICE_FIELDS = [
  'lmtPrice',
  'auxPrice',
  'trailStopPrice',
  'trailingPercent',
  'lmtPriceOffset',
  'triggerPrice',
  'adjustedStopPrice',
  'adjustedTrailingAmount',
] as const satisfies readonly PriceField[];
type Prices = Partial<Record<PriceField, Price | Percent>>;

/** An amount or a percentage, never both; without a stop IBKR computes where it starts. */
function trailingPrices({ trail, stop }: Extract<OrderTerms, { type: 'TRAIL' | 'TRAIL LIMIT' }>): Prices {
  return {
    ...(trail.by === 'amount' ? { auxPrice: trail.amount } : { trailingPercent: trail.percent }),
    ...(stop === null ? {} : { trailStopPrice: stop }),
  };
}

/** The terms with their prices as numbers, or which of them can not be sent. */
function priced(terms: WirePrices, prices: Prices): Result<WirePrices, string> {
  const sent: Partial<Record<PriceField, number>> = {};
  for (const field of PRICE_FIELDS) {
    const price = prices[field];
    if (price === undefined) continue;
    const number = wireNumberOf(price, PRICE_NAMES[field]);
    if (!number.ok) return number;
    sent[field] = number.value;
  }
  return ok({ ...terms, ...sent });
}

interface Attachment {
  readonly transmit: boolean;
  readonly parentOrderId: IbOrderId | null;
  readonly oca: OcaMembership | null;
}

/** Builds an order from our own model alone: what IBKR showed us is never sent back. */
function wireOrderOf(
  leg: { readonly id: string; readonly orderId: IbOrderId; readonly spec: OrderSpec },
  { transmit, parentOrderId, oca }: Attachment,
): Result<WireOrder, string> {
  const { spec } = leg;
  if (spec.timeInForce === 'GTD') return err('an order with an end date (GTD) can not be sent');
  if (!isPositive(spec.quantity)) return err('the quantity must be above zero');
  const totalQuantity = wireNumberOf(spec.quantity, 'quantity');
  if (!totalQuantity.ok) return totalQuantity;
  const terms = wireTermsOf(spec.terms);
  if (!terms.ok) return terms;
  const orderRef = wireTextOf(leg.id, 'order reference');
  if (!orderRef.ok) return orderRef;
  const group = oca === null ? null : wireTextOf(oca.group, 'OCA group');
  if (group?.ok === false) return group;
  return ok({
    orderId: leg.orderId,
    contract: { conId: spec.conId, exchange: SMART },
    order: {
      ...terms.value,
      action: spec.side === 'BUY' ? OrderAction.BUY : OrderAction.SELL,
      totalQuantity: totalQuantity.value,
      tif: spec.timeInForce,
      account: spec.account,
      orderRef: orderRef.value,
      outsideRth: spec.outsideRth,
      transmit,
      parentId: parentOrderId ?? 0,
      ...(spec.triggerOn === undefined ? {} : { triggerMethod: TRIGGER_METHODS[spec.triggerOn] }),
      ...(group === null || oca === null ? {} : { ocaGroup: group.value, ocaType: oca.type }),
    },
  });
}

/**
 * The orders of a place effect in wire order. An entry and its exits are untransmitted but for the last, so that IBKR
 * takes a bracket as a whole; orders without an entry are each transmitted by themselves.
 * @returns the reason when any of them can not be sent as it is; then none may be.
 */
export function encodePlacedLegs(legs: readonly PlacedLeg[]): Result<readonly WireOrder[], string> {
  const isBracket = legs.some((leg) => leg.parentOrderId !== null);
  const orders: WireOrder[] = [];
  for (const [index, leg] of legs.entries()) {
    const transmit = !isBracket || index === legs.length - 1;
    const encoded = wireOrderOf(leg, { transmit, parentOrderId: leg.parentOrderId, oca: leg.oca });
    if (!encoded.ok) return encoded;
    orders.push(encoded.value);
  }
  return ok(orders);
}

/** A changed order under the number of the old. IBKR refuses a change of the OCA group, so it is sent as it was. */
export function encodeModifiedOrder(order: ModifiedOrder): Result<WireOrder, string> {
  return wireOrderOf(order, { transmit: true, parentOrderId: order.parentOrderId, oca: order.oca });
}

/** A question about an order: as the order itself by itself, and transmitted, for IBKR answers nothing else. */
export function encodeQuestion({ orderId, spec }: WhatIfQuestion): Result<WireOrder, string> {
  const alone = { transmit: true, parentOrderId: null, oca: null };
  const encoded = wireOrderOf({ id: 'what-if', orderId, spec }, alone);
  return encoded.ok ? ok({ ...encoded.value, order: { ...encoded.value.order, whatIf: true } }) : encoded;
}

/** The client's id of an order, null where IBKR gives none. */
export function clientIdOf(value: number | undefined): ClientId | null {
  return clientIdSchema.safeParse(value).data ?? null;
}

/** IBKR's sentinel for an integer that is not set. */
const UNSET_INTEGER = 2_147_483_647;

/** The order's number, null where it has none; negative for orders entered by hand that client 0 has bound. */
export function orderIdOf(value: number | undefined): IbOrderId | null {
  return value === undefined || !Number.isSafeInteger(value) || value === 0 || value === UNSET_INTEGER
    ? null
    : ibOrderId(value);
}

/** The permanent id, null while IBKR has not given one. */
export function permIdOf(value: number | undefined): PermId | null {
  return permIdSchema.safeParse(value).data ?? null;
}

/** What holds are remembered by. */
export function holdKeyOf(keys: Pick<BrokerOrderKeys, 'clientId' | 'orderId' | 'permId'>): string {
  return keys.permId === null ? `${String(keys.clientId)}:${String(keys.orderId)}` : `p${keys.permId}`;
}

/** How an instrument is named on screen: stocks by their symbol, anything else by its full local name. */
export function symbolOf(contract: Contract): string {
  const symbol = contract.symbol ?? '';
  if (contract.secType === SecType.STK) return symbol.slice(0, SYMBOL_LENGTH_MAX);
  // The library leaves the time of the last trade behind the date: "20261218 08:30 US/Central".
  const expiry = (contract.lastTradeDateOrContractMonth ?? '').replace(/ .*$/, '');
  const named =
    contract.localSymbol === undefined || contract.localSymbol === '' ? `${symbol} ${expiry}` : contract.localSymbol;
  return named.replace(/ +/g, ' ').trim().slice(0, SYMBOL_LENGTH_MAX);
}

/** BUY or SELL from any of IBKR's words, short sales included. */
function sideOf(action: string | undefined): Side | null {
  if (action === 'BUY') return 'BUY';
  return action === 'SELL' || action === 'SSHORT' || action === 'SLONG' ? 'SELL' : null;
}

/** Completed orders that filled are reported with a total of zero and the filled quantity beside it. */
function totalOf(order: Order): Quantity | undefined {
  const total = quantityFromNumber(order.totalQuantity);
  return total === undefined || isZero(total) ? (quantityFromNumber(order.filledQuantity) ?? total) : total;
}

function ocaOf({ ocaGroup, ocaType }: Order): OcaMembership | null {
  return ocaMembershipSchema.safeParse({ group: ocaGroup, type: ocaType }).data ?? null;
}

/**
 * Reads openOrder or completedOrder.
 * @returns why not, when a field that everything hangs on is missing or senseless.
 */
export function decodeOrder(
  orderId: number | undefined,
  contract: Contract,
  order: Order,
  state: OrderState,
  holds: HoldMemory,
): Result<BrokerOrder, string> {
  const account = accountIdSchema.safeParse(order.account);
  const conId = conIdSchema.safeParse(contract.conId);
  const side = sideOf(order.action);
  const quantity = totalOf(order);
  const symbol = symbolOf(contract);
  if (!account.success || !conId.success || side === null || quantity === undefined || symbol === '') {
    const shown = JSON.stringify({
      orderId,
      account: order.account,
      conId: contract.conId,
      symbol: contract.symbol,
      action: order.action,
      totalQuantity: order.totalQuantity,
    });
    return err(`an order can not be read: ${shown}`);
  }
  const keys: BrokerOrderKeys = {
    clientId: clientIdOf(order.clientId),
    orderId: orderIdOf(orderId),
    permId: permIdOf(order.permId),
    orderRef: order.orderRef === undefined || order.orderRef === '' ? null : order.orderRef,
  };
  const parentOrderId = orderIdOf(order.parentId);
  const waitsForTrigger = /^(STP|TRAIL|MIT|LIT)/.test(order.orderType);
  const triggerOn = triggerSourceOf(order.triggerMethod);
  const evidence = holds.learnShape(holdKeyOf(keys), waitsForTrigger, parentOrderId !== null);
  const reasons = [state.warningText ?? '', state.completedStatus ?? '', evidence.whyHeld ?? ''];
  const status = brokerStatusOf(state.status, evidence, reasons.find((text) => text !== '') ?? '');
  if (status === null) return err(`an order has the unknown status ${JSON.stringify(state.status)}`);
  return ok({
    ...keys,
    spec: {
      account: account.data,
      conId: conId.data,
      symbol,
      side,
      quantity,
      timeInForce: timeInForceOf(order.tif) ?? 'DAY',
      outsideRth: order.outsideRth ?? false,
      ...(triggerOn === undefined ? {} : { triggerOn }),
      terms: observedTermsOf(order),
    },
    status,
    parentOrderId,
    // TWS reports OCA type 3 even for orders without a group: only the group's name counts.
    oca: ocaOf(order),
    filled: quantityFromNumber(order.filledQuantity) ?? null,
  });
}
