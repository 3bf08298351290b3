import { err, ok, type Result } from '#domain/result';
import { parseUnits } from '#simulator/fixed';
import type { SimulatedInstrument } from '#simulator/instruments';
import {
  isFinal,
  type Action,
  type OcaMembership,
  type OcaType,
  type OrderKey,
  type OrderRequest,
  type OrderTerms,
  type Rejection,
  type SimulatedOrder,
  type SimulatedOrderType,
  type TimeInForce,
} from '#simulator/simulated-order';
import { isOnTick } from '#simulator/tick-rules';

/** A request whose words and numbers are understood. */
export interface CheckedRequest {
  readonly action: Action;
  readonly orderType: SimulatedOrderType;
  readonly terms: OrderTerms;
  readonly oca: OcaMembership | undefined;
}

const QUANTITY = /^\d{1,9}$/;
const QUANTITY_SHARES_MAX = 100_000_000;

/** TWS's checks of an order before it reaches the exchange. */
export function checkRequest(
  request: OrderRequest,
  instrument: SimulatedInstrument,
): Result<CheckedRequest, Rejection> {
  const { action, orderType, tif } = request;
  if (!isAction(action)) return refuse(321, validating('bQ', `Invalid action '${action}'`));
  if (!isOrderType(orderType)) {
    return refuse(387, 'Unsupported order type for this exchange and security type.');
  }
  if (!isTimeInForce(tif)) return refuse(321, validating('b4', `Time in force '${tif}' is not simulated`));
  const oca = ocaOf(request);
  if (!oca.ok) return oca;
  const quantity = quantityOf(request.quantity);
  if (!quantity.ok) return quantity;
  const prices = pricesOf(request, orderType, instrument);
  if (!prices.ok) return prices;
  return ok({
    action,
    orderType,
    terms: {
      quantity: quantity.value,
      ...prices.value,
      ...{ trailingAmount: 0, trailingPercent: 0, trailStopPrice: 0, limitPriceOffset: 0 },
      tif: tif === '' ? 'DAY' : tif,
      goodTillDate: '',
      adjusted: undefined,
    },
    oca: oca.value,
  });
}

/** TWS's checks of a change to a live order. */
export function checkModification(
  order: SimulatedOrder,
  request: OrderRequest,
  checked: CheckedRequest,
): Rejection | undefined {
  const { parent } = order;
  const parentEnded = parent !== undefined && isFinal(parent);
  if (parentEnded && request.parentId !== 0) return missingParent(request.parentId);
  if (
    checked.action !== order.action ||
    checked.orderType !== order.orderType ||
    !mentions(request, order.instrument) ||
    (!parentEnded && request.parentId !== (parent?.orderId ?? 0))
  ) {
    return { code: 105, text: 'Order being modified does not match original order' };
  }
  if (checked.oca?.group !== order.requestedOca?.group || checked.oca?.type !== order.requestedOca?.type) {
    return { code: 10326, text: 'OCA group revision is not allowed.' };
  }
  if (checked.terms.quantity <= order.filled) {
    return { code: 201, text: 'Order rejected - reason:The new quantity is not above the filled quantity.' };
  }
  return undefined;
}

/** TWS's answer to an attached order whose parent has ended. */
export function missingParent(parentId: number): Rejection {
  return { code: 135, text: `Can't find order with ID =${String(parentId)}` };
}

function refuse(code: number, text: string): { readonly ok: false; readonly error: Rejection } {
  return err({ code, text });
}

function validating(where: string, cause: string): string {
  return `Error validating request.-'${where}' : cause - ${cause}`;
}

function mentions(request: OrderRequest, instrument: SimulatedInstrument): boolean {
  return request.conId === 0 ? request.symbol === instrument.symbol : request.conId === instrument.conId;
}

function isAction(text: string): text is Action {
  return text === 'BUY' || text === 'SELL';
}

function isOrderType(text: string): text is 'MKT' | 'LMT' | 'STP' {
  return text === 'MKT' || text === 'LMT' || text === 'STP';
}

function isTimeInForce(text: string): text is Exclude<TimeInForce, 'GTD'> | '' {
  return text === '' || text === 'DAY' || text === 'GTC' || text === 'IOC';
}

function isOcaType(value: number): value is OcaType {
  return value === 1 || value === 2 || value === 3;
}

function ocaOf({ ocaGroup, ocaType }: OrderRequest): Result<OcaMembership | undefined, Rejection> {
  if (ocaGroup === '') return ok(undefined);
  // TWS treats a group without a type as type 3 (ib_insync issue 559).
  const type = ocaType === 0 ? 3 : ocaType;
  return isOcaType(type)
    ? ok({ group: ocaGroup, type })
    : refuse(321, validating('bO', `Invalid OCA type ${String(ocaType)}`));
}

function quantityOf(text: string): Result<number, Rejection> {
  const [whole = '', fraction = ''] = text.split('.');
  if (/[1-9]/.test(fraction)) return refuse(10243, 'Fractional-sized order cannot be placed via API.');
  const shares = QUANTITY.test(whole) ? Number(whole) : undefined;
  if (shares === 0 || text === '') return refuse(434, 'The order size cannot be zero.');
  return shares === undefined || shares > QUANTITY_SHARES_MAX
    ? refuse(321, validating('bR', `Invalid order size ${text}`))
    : ok(shares);
}

function pricesOf(
  request: OrderRequest,
  orderType: SimulatedOrderType,
  instrument: SimulatedInstrument,
): Result<{ readonly limitPrice: number; readonly stopPrice: number }, Rejection> {
  const limitPrice = orderType === 'LMT' ? priceOf(request.limitPrice, instrument) : ok(0);
  const stopPrice = orderType === 'STP' ? priceOf(request.stopPrice, instrument) : ok(0);
  if (!limitPrice.ok) return limitPrice;
  if (!stopPrice.ok) return stopPrice;
  return ok({ limitPrice: limitPrice.value, stopPrice: stopPrice.value });
}

function priceOf(text: string, instrument: SimulatedInstrument): Result<number, Rejection> {
  const units = parseUnits(text);
  if (text === '' || (units !== undefined && units <= 0)) {
    return refuse(321, validating('bT', `Invalid price '${text}'`));
  }
  return units === undefined || !isOnTick(instrument.marketRuleId, units)
    ? refuse(110, 'The price does not conform to the minimum price variation for this contract.')
    : ok(units);
}

/** TWS's answer to a cancel that it can not carry out. */
export function cancelRefusal(
  { orderId }: OrderKey,
  order: SimulatedOrder | undefined,
  statusOf: (order: SimulatedOrder) => string,
): Rejection | undefined {
  const id = `OrderId ${orderId} that needs to be cancelled`;
  if (order === undefined) return { code: 10147, text: `${id} is not found.` };
  if (isFinal(order)) return { code: 10148, text: `${id} can not be cancelled, state: ${statusOf(order)}.` };
  if (!order.cancelPending) return undefined;
  const text = 'Cancel attempted when order is not in a cancellable state.  Order permId =';
  return { code: 161, text: `${text}${order.permId}` };
}

/**
 * IBKR refuses an order that the account could not carry; exits and attached orders need no new money.
 * @param held shares of the stock in the account, negative when short.
 */
export function fundsRejection(
  order: SimulatedOrder,
  held: number,
  last: number,
  buyingPower: number,
): Rejection | undefined {
  if (order.parent !== undefined) return undefined;
  const after = held + (order.action === 'BUY' ? order.terms.quantity : -order.terms.quantity);
  const needed = (Math.abs(after) - Math.abs(held)) * last;
  return needed <= buyingPower
    ? undefined
    : rejectedBecause('Your order is not accepted. The available funds are insufficient to cover the new position.');
}

export function rejectedBecause(text: string): Rejection {
  return { code: 201, text: `Order rejected - reason:${text}` };
}
