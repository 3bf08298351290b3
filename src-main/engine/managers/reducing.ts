import { present } from '#domain/assert';
import { isReady } from '#domain/connection-state';
import type { ClientOrderId, ConId } from '#domain/ids';
import { add, compare, isNegative, isZero, magnitudeOf } from '#domain/money';
import { isLive, isProtectiveExit, leavesQuantityOf, type OrderRecord } from '#domain/order-record';
import { isStopType } from '#domain/order-spec';
import { requestCancel } from '#engine/orders/cancellation';
import { ownIdentityOf } from '#engine/orders/order-ledger';
import { quantityOf } from '#engine/orders/position-lag';
import type { Turn } from '#engine/turn';

/** Only reducing is allowed from now on, or a session has just become ready: every live order is looked at anew. */
export function beginReducing(turn: Turn): void {
  const { observed } = turn.state;
  observed.cancelledAsAdding.clear();
  tendReducing(
    turn,
    [...observed.liveByInstrument.values()].flatMap((live) => [...live]),
  );
}

/**
 * While the trading state is REDUCING, our own working orders that add risk are cancelled (domain.md §6): orders that
 * were on their way when it began come here as IBKR answers, and those of an instrument as its position moves. Each is
 * asked for once; what IBKR would not cancel is a person's to look at.
 */
export function tendReducing(turn: Turn, touched: readonly ClientOrderId[], moved: readonly ConId[] = []): void {
  const { durable, observed } = turn.state;
  if (durable.trading.state !== 'REDUCING' || !isReady(durable.connection)) return;
  // What closed a position adds to it when the position became smaller by something else.
  const beside = moved.flatMap((conId) => [...(observed.liveByInstrument.get(conId) ?? [])]);
  for (const id of new Set([...touched, ...beside])) {
    const order = turn.order(id);
    if (!isLive(order) || order.state.phase === 'cancelling' || observed.cancelledAsAdding.has(id)) continue;
    if (ownIdentityOf(turn.state, order) === null || !isAdding(turn, order)) continue;
    observed.cancelledAsAdding.add(id);
    requestCancel(turn, order, 'manager', `it adds risk, and trading is REDUCING: ${durable.trading.reason}`);
  }
}

/**
 * True unless the order is an exit of a bracket, or closes no more than what older closing orders leave of the position.
 * Stops and other closing orders are two groups, for a stop that protects the position stands beside the order that closes
 * it (domain.md §5).
 */
function isAdding(turn: Turn, order: OrderRecord): boolean {
  if (isProtectiveExit(order)) return false;
  const { conId, side } = order.spec;
  const held = quantityOf(turn.state.durable, conId);
  if (isZero(held) || side !== (isNegative(held) ? 'BUY' : 'SELL')) return true;
  let closing = leavesQuantityOf(order);
  for (const id of present(turn.state.observed.liveByInstrument.get(conId), 'the live orders beside a live one')) {
    const other = turn.order(id);
    const isOfItsGroup = other.spec.side === side && !isProtectiveExit(other) && isStop(other) === isStop(order);
    if (isOfItsGroup && other.number < order.number) closing = add(closing, leavesQuantityOf(other));
  }
  return compare(closing, magnitudeOf(held)) > 0;
}

const isStop = ({ spec }: OrderRecord): boolean => isStopType(spec.terms);
