import { err, ok, type Result } from '#domain/result';
import type { SimulatedInstrument } from '#simulator/instruments';
import { isTriggerMethod } from '#simulator/matching';
import {
  INVALID_MOMENT,
  INVALID_TRIGGER_METHOD,
  missingParent,
  refuse,
  refuseField,
  rejectedBecause,
} from '#simulator/order-refusals';
import { checkPrices } from '#simulator/price-checks';
import {
  isFinal,
  type Action,
  type OcaMembership,
  type OcaType,
  type OrderInstruction,
  type OrderKey,
  type OrderRequest,
  type OrderTerms,
  type Rejection,
  type SimulatedOrder,
  type SimulatedOrderType,
  type TimeInForce,
} from '#simulator/simulated-order';
import { parseMoment } from '#simulator/written-moment';

/** A request whose words and numbers are understood. */
export interface CheckedRequest {
  readonly action: Action;
  readonly orderType: SimulatedOrderType;
  readonly terms: OrderTerms;
  readonly oca: OcaMembership | undefined;
}

/** Where and when an order is checked. */
export interface CheckingPlace {
  readonly instrument: SimulatedInstrument;
  readonly zone: string;
  readonly now: number;
}

type Check<T> = Result<T, Rejection>;

const DAY_MS = 86_400_000;
const QUANTITY = /^\d{1,9}$/;
const QUANTITY_SHARES_MAX = 100_000_000;
/** IBKR's limit of live orders on one contract and side. */
const ACTIVE_ORDERS_MAX = 20;
const ACTIONS: ReadonlyMap<string, Action> = new Map([
  ['BUY', 'BUY'],
  ['SELL', 'SELL'],
]);
const ORDER_TYPES: ReadonlyMap<string, SimulatedOrderType> = new Map([
  ['MKT', 'MKT'],
  ['LMT', 'LMT'],
  ['STP', 'STP'],
  ['STP LMT', 'STP LMT'],
  ['TRAIL', 'TRAIL'],
  ['TRAIL LIMIT', 'TRAIL LIMIT'],
]);
const TIMES_IN_FORCE: ReadonlyMap<string, TimeInForce> = new Map([
  ['', 'DAY'],
  ['DAY', 'DAY'],
  ['GTC', 'GTC'],
  ['IOC', 'IOC'],
  ['GTD', 'GTD'],
]);

/** TWS's checks of an order before it reaches the exchange. */
export function checkRequest(request: OrderInstruction, place: CheckingPlace): Check<CheckedRequest> {
  const action = ACTIONS.get(request.action);
  if (action === undefined) return refuseField('bQ', `Invalid action '${request.action}'`);
  const orderType = ORDER_TYPES.get(request.orderType);
  if (orderType === undefined) return refuse(387, 'Unsupported order type for this exchange and security type.');
  if (!isTriggerMethod(request.triggerMethod)) return err(INVALID_TRIGGER_METHOD);
  const time = timeInForceOf(request, place);
  if (!time.ok) return time;
  const oca = ocaOf(request);
  if (!oca.ok) return oca;
  const quantity = quantityOf(request.quantity);
  if (!quantity.ok) return quantity;
  const prices = checkPrices(request, orderType, place.instrument);
  if (!prices.ok) return prices;
  return ok({
    action,
    orderType,
    terms: { quantity: quantity.value, ...prices.value, ...time.value },
    oca: oca.value,
  });
}

/** TWS's checks of a change to a live order: prices, size and time in force may change, nothing else. */
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
    checked.terms.adjusted?.adjustedOrderType !== order.terms.adjusted?.adjustedOrderType ||
    !mentions(request, order.instrument) ||
    JSON.stringify(request.conditions) !== JSON.stringify(order.conditions) ||
    (!parentEnded && request.parentId !== (parent?.orderId ?? 0))
  ) {
    return { code: 105, text: 'Order being modified does not match original order' };
  }
  if (!repeatsGroup(order, checked.oca)) {
    return { code: 10326, text: 'OCA group revision is not allowed.' };
  }
  if (checked.terms.quantity <= order.filled) {
    return rejectedBecause('The new quantity is not above the filled quantity.');
  }
  return undefined;
}

/** A change names the group as TWS shows it; one that TWS gave by itself may be left out. */
function repeatsGroup({ oca, requestedOca }: SimulatedOrder, repeated: OcaMembership | undefined): boolean {
  const shown = oca ?? requestedOca;
  if (repeated === undefined) return requestedOca === undefined;
  return repeated.group === shown?.group && repeated.type === shown.type;
}

/**
 * IBKR's limit of active orders. What waits for a parent is not active yet.
 * @param live the transmitted orders on the instrument.
 */
export function crowdRejection(order: SimulatedOrder, live: readonly SimulatedOrder[]): Rejection | undefined {
  const same = live.filter(({ action, stage }) => action === order.action && stage === 'working');
  return same.length < ACTIVE_ORDERS_MAX
    ? undefined
    : rejectedBecause(`Maximum of ${ACTIVE_ORDERS_MAX} active orders per contract and side reached.`);
}

function mentions(request: OrderRequest, instrument: SimulatedInstrument): boolean {
  return request.conId === 0 ? request.symbol === instrument.symbol : request.conId === instrument.conId;
}

function timeInForceOf(
  { tif, goodTillDate }: OrderInstruction,
  { zone, now }: CheckingPlace,
): Check<Pick<OrderTerms, 'tif' | 'goodTillDate'>> {
  const known = TIMES_IN_FORCE.get(tif);
  if (known === undefined) return refuseField('b4', `Time in force '${tif}' is not simulated`);
  if (known !== 'GTD') return ok({ tif: known, goodTillDate: '' });
  if (goodTillDate === '') return refuse(334, 'Invalid Good Till Date order.');
  const until = parseMoment(goodTillDate, zone);
  if (until === undefined) return err(INVALID_MOMENT);
  const last = until.wholeDay ? until.at + DAY_MS : until.at;
  return last > now ? ok({ tif: known, goodTillDate }) : refuse(334, 'Invalid Good Till Date order.');
}

function isOcaType(value: number): value is OcaType {
  return value === 1 || value === 2 || value === 3;
}

function ocaOf({ ocaGroup, ocaType }: OrderInstruction): Check<OcaMembership | undefined> {
  if (ocaGroup === '') return ok(undefined);
  // TWS treats a group without a type as type 3 (ib_insync issue 559).
  const type = ocaType === 0 ? 3 : ocaType;
  return isOcaType(type) ? ok({ group: ocaGroup, type }) : refuseField('bO', `Invalid OCA type ${String(ocaType)}`);
}

function quantityOf(text: string): Check<number> {
  const [whole = '', fraction = ''] = text.split('.');
  if (/[1-9]/.test(fraction)) return refuse(10243, 'Fractional-sized order cannot be placed via API.');
  const shares = QUANTITY.test(whole) ? Number(whole) : undefined;
  if (shares === 0 || text === '') return refuse(434, 'The order size cannot be zero.');
  return shares === undefined || shares > QUANTITY_SHARES_MAX
    ? refuseField('bR', `Invalid order size ${text}`)
    : ok(shares);
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
