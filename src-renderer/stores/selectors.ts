import type { EpochMs } from '#domain/ids';
import {
  add,
  isNegative,
  isPositive,
  leavesOf,
  magnitudeOf,
  minOf,
  ratioOf,
  subtract,
  ZERO_QUANTITY,
  type Price,
  type Quantity,
  type Ratio,
} from '#domain/money';
import { isLive, leavesQuantityOf, type OrderRecord } from '#domain/order-record';
import { limitOf, stopOf } from '#domain/order-spec';
import type { PositionRecord } from '#domain/position';
import type { Quote } from '#domain/quote';
import type { WorkstationState } from '#domain/workstation-state';

/** From when an unanswered cancel is shown as unconfirmed. */
export const CANCEL_ANSWER_EXPECTED_MS = 5_000;

/** What a status looks like: a colour and an outline of its own. */
export type StatusLook =
  | 'sent'
  | 'accepted'
  | 'armed'
  | 'working'
  | 'partial'
  | 'filled'
  | 'inactive'
  | 'cancelling'
  | 'unconfirmed'
  | 'cancelled'
  | 'rejected'
  | 'denied'
  | 'unknown';

export function statusLookOf({ state }: OrderRecord, now: EpochMs): StatusLook {
  switch (state.phase) {
    case 'submitting':
      return 'sent';
    case 'pending':
      return state.hold === 'trigger' ? 'armed' : 'accepted';
    case 'partially-filled':
      return 'partial';
    case 'cancelling':
      return now - state.since > CANCEL_ANSWER_EXPECTED_MS ? 'unconfirmed' : 'cancelling';
    default:
      return state.phase;
  }
}

/** Who keeps the order alive: IBKR from its acknowledgement on, nobody before and after. */
export function isHeldByBroker({ state }: OrderRecord): boolean {
  return ['pending', 'working', 'partially-filled', 'cancelling', 'inactive'].includes(state.phase);
}

/** True when a change can be asked for: IBKR has the order, and it is of a type that this release places. */
export function isModifiable({ state, spec, origin }: OrderRecord): boolean {
  if (spec.terms.type === 'OTHER' || origin === 'external') return false;
  return state.phase === 'pending' || state.phase === 'working' || state.phase === 'partially-filled';
}

/** A stop that IBKR has confirmed: its shares are protected. A child of an unfilled entry is not yet. */
function isConfirmedStop({ state }: OrderRecord): boolean {
  if (state.phase === 'pending') return state.hold !== 'parent' && state.hold !== 'other';
  return state.phase === 'working' || state.phase === 'partially-filled';
}

/** A stop that protects: a bracket's stop-loss, or a stop by itself against the position. */
export function isProtectiveStop(state: WorkstationState, order: OrderRecord): boolean {
  if (order.group !== null) return order.group.role === 'stop-loss';
  if (order.spec.terms.type !== 'STP') return false;
  const position = state.positions.get(order.spec.conId)?.quantity;
  if (position === undefined) return false;
  return order.spec.side === 'SELL' ? isPositive(position) : isNegative(position);
}

/** How much of a position stops at IBKR cover, and how much they do not. */
export interface Coverage {
  readonly protectedQuantity: Quantity;
  readonly naked: Quantity;
}

export function coverageOf(
  state: WorkstationState,
  position: PositionRecord,
  without: ReadonlySet<OrderRecord['id']> = new Set(),
): Coverage {
  const held = magnitudeOf(position.quantity);
  let stops = ZERO_QUANTITY;
  for (const order of state.orders.values()) {
    if (order.spec.conId !== position.conId || without.has(order.id)) continue;
    if (isLive(order) && isProtectiveStop(state, order) && isConfirmedStop(order)) {
      stops = add(stops, leavesQuantityOf(order));
    }
  }
  const protectedQuantity = minOf(held, stops);
  return { protectedQuantity, naked: leavesOf(held, protectedQuantity) };
}

/** Shares that would lose their stop if `orders` were cancelled, summed over positions. */
export function uncoveredBy(state: WorkstationState, orders: readonly OrderRecord[]): Quantity {
  const ids = new Set(orders.map((order) => order.id));
  const conIds = new Set(orders.map((order) => order.spec.conId));
  let lost = ZERO_QUANTITY;
  for (const conId of conIds) {
    const position = state.positions.get(conId);
    if (position === undefined) continue;
    const before = coverageOf(state, position).protectedQuantity;
    lost = add(lost, leavesOf(before, coverageOf(state, position, ids).protectedQuantity));
  }
  return lost;
}

/** Where the market is: the last trade, else the middle of the touch. */
export function marketPriceOf(quote: Quote | undefined): Price | null {
  return quote?.last ?? quote?.bid ?? quote?.ask ?? null;
}

/** How far an order's price is from the market. */
export interface Distance {
  readonly change: Price;
  readonly ratio: Ratio;
}

export function distanceOf(order: OrderRecord, quote: Quote | undefined): Distance | null {
  if (!isLive(order)) return null;
  const price = limitOf(order.spec.terms) ?? stopOf(order.spec.terms);
  const market = marketPriceOf(quote);
  if (price === null || market === null) return null;
  const change = subtract(price, market);
  const ratio = ratioOf(change, market);
  return ratio === undefined ? null : { change, ratio };
}

/** The live orders whose number begins with `digits`. */
export function ordersByDigits(state: WorkstationState, digits: string): readonly OrderRecord[] {
  return [...state.orders.values()].filter((order) => isLive(order) && String(order.number).startsWith(digits));
}

/** Positions that are not flat, by symbol. */
export function openPositions(state: WorkstationState): readonly PositionRecord[] {
  return [...state.positions.values()]
    .filter(({ quantity }) => quantity !== '0')
    .sort((a, b) => a.symbol.localeCompare(b.symbol));
}
