import type { EpochMs } from '#domain/ids';
import { add, leavesOf, ZERO_QUANTITY, type Quantity } from '#domain/money';
import { isLive, isProtectiveExit, type OrderRecord } from '#domain/order-record';
import { isStopType } from '#domain/order-spec';
import type { PositionRecord } from '#domain/position';
import { coverageOf, isProtectiveStop } from '#domain/protection';
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

/**
 * An order that "keep stops" spares and that asks once more before it goes: a stop that protects what is held, and one
 * that is there to protect it once there is something.
 */
export function isStopToKeep(state: WorkstationState, order: OrderRecord): boolean {
  return isProtectiveStop(state, order) || (isProtectiveExit(order) && isStopType(order.spec.terms));
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
