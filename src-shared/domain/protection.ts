import {
  add,
  isNegative,
  isPositive,
  leavesOf,
  magnitudeOf,
  minOf,
  ZERO_POSITION,
  ZERO_QUANTITY,
  type Quantity,
} from '#domain/money';
import { isLive, leavesQuantityOf, type OrderRecord } from '#domain/order-record';
import { isStopType } from '#domain/order-spec';
import type { PositionRecord } from '#domain/position';
import type { WorkstationState } from '#domain/workstation-state';

/** How much of a position stops at IBKR cover, and how much they do not. */
export interface Coverage {
  readonly protectedQuantity: Quantity;
  readonly naked: Quantity;
  /** What of the protected part only a stop with a limit covers: it may not fill. */
  readonly mayNotFill: Quantity;
}

/** A stop that IBKR has confirmed. A child that waits for its entry, or one that IBKR holds back, protects nothing yet. */
export function isConfirmedStop({ state, spec }: OrderRecord): boolean {
  if (!isStopType(spec.terms)) return false;
  if (state.phase === 'pending') return state.hold === 'none' || state.hold === 'trigger';
  return state.phase === 'working' || state.phase === 'partially-filled';
}

/** A stop that closes what is held: of a bracket, of an OCO group, or by itself. An entry never protects. */
export function isProtectiveStop({ positions }: Pick<WorkstationState, 'positions'>, order: OrderRecord): boolean {
  if (order.group?.role === 'parent' || !isStopType(order.spec.terms)) return false;
  const held = positions.get(order.spec.conId)?.quantity ?? ZERO_POSITION;
  return order.spec.side === 'SELL' ? isPositive(held) : isNegative(held);
}

/** What protects `position`, as far as IBKR has confirmed it; `without` leaves orders out that are about to go. */
export function coverageOf(
  state: Pick<WorkstationState, 'orders' | 'positions'>,
  position: Pick<PositionRecord, 'conId' | 'quantity'>,
  without: ReadonlySet<OrderRecord['id']> = new Set(),
): Coverage {
  const held = magnitudeOf(position.quantity);
  let sure = ZERO_QUANTITY;
  let limited = ZERO_QUANTITY;
  for (const order of state.orders.values()) {
    if (order.spec.conId !== position.conId || without.has(order.id) || !isLive(order)) continue;
    if (!isProtectiveStop(state, order) || !isConfirmedStop(order)) continue;
    const { type } = order.spec.terms;
    if (type === 'STP LMT' || type === 'TRAIL LIMIT') limited = add(limited, leavesQuantityOf(order));
    else sure = add(sure, leavesQuantityOf(order));
  }
  const protectedQuantity = minOf(held, add(sure, limited));
  return {
    protectedQuantity,
    naked: leavesOf(held, protectedQuantity),
    mayNotFill: leavesOf(protectedQuantity, sure),
  };
}
