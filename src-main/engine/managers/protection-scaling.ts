import { alarmId, type AlarmId, type ClientOrderId } from '#domain/ids';
import { add, compare, isZero, leavesOf, minOf, type Quantity } from '#domain/money';
import { isLive, leavesQuantityOf, type OrderRecord } from '#domain/order-record';
import { EXIT_GRACE_MS } from '#engine/managers/bracket-manager';
import { exitsOf, type ProtectedBracket, type ProtectionUnit } from '#engine/managers/protection-book';
import { ATTEMPTS_BEFORE_ALARM, forget, hasStoodFor, mayTry, noteAttempt } from '#engine/managers/protection-patience';
import { requestCancel } from '#engine/orders/cancellation';
import { changeByManager, termsNow, whyNotChangeable } from '#engine/orders/managed-change';
import { ownIdentityOf } from '#engine/orders/order-ledger';
import { reasonText } from '#engine/text-limits';
import type { Turn } from '#engine/turn';

/**
 * Exits that close more than there is to protect shrink. While the entry lives, IBKR gives them its quantity and lets them
 * fill no more than it has filled: they are left to it. IBKR reduces the sibling of an exit that fills by itself, and is
 * given time for that; what the position does not bear, only we know.
 */
export function scaleProtection(turn: Turn, unit: ProtectionUnit): void {
  if (unit.kind === 'stop') {
    shrink(turn, unit.stop, unit.share, 0);
    return;
  }
  const { parent, target, stop, open, share } = unit;
  if (isLive(parent) || isZero(share)) return; // the bracket manager's
  for (const exit of target === null ? [stop] : [target, stop]) {
    const isIbkrs = compare(leavesQuantityOf(exit), open) > 0;
    shrink(turn, exit, share, isIbkrs ? EXIT_GRACE_MS : 0);
  }
}

/**
 * What something else has closed is given up for good as soon as one of the exits is asked to shrink to the rest: when another
 * bracket makes the position larger, that is the other's to protect. Orders whose cancel was sent are counted on no more.
 */
export function giveUpClosed(turn: Turn, bracket: ProtectedBracket): void {
  const { group, parent, open, share } = bracket;
  const exits = exitsOf(bracket)
    .map(({ id }) => turn.order(id)) // as they are after what was just asked
    .filter(isLive);
  if (isLive(parent) || exits.length === 0 || compare(share, open) >= 0) return;
  const staying = exits.filter(({ state: { phase } }) => phase !== 'cancelling');
  const hasGivenUp = staying.length === 0 || staying.some((exit) => compare(leavesAskedOf(exit), share) <= 0);
  if (!hasGivenUp) return;
  turn.emit({ type: 'bracket-share-given-up', groupId: group.id, quantity: leavesOf(open, share) });
}

/** What is left of an exit once IBKR has done what it was asked. */
function leavesAskedOf(exit: OrderRecord): Quantity {
  const leaves = leavesQuantityOf(exit);
  return exit.modification === null ? leaves : minOf(leaves, leavesOf(exit.modification.quantity, exit.filled));
}

/**
 * Brings the leaves of `order` down to `allowed`, once they have been more for `graceMs`. From what IBKR has confirmed, and
 * with one change under way at a time, so that nothing is scaled twice; what IBKR refuses is tried again, ever more seldom.
 */
export function shrink(turn: Turn, order: OrderRecord, allowed: Quantity, graceMs: number): void {
  const { conId } = order.spec;
  const { attempts } = turn.state.observed.protection;
  const key = excessKey(order.id);
  const leaves = leavesQuantityOf(order);
  if (compare(leaves, allowed) <= 0) {
    settle(turn, order.id);
    return;
  }
  if (!hasStoodFor(turn, key, conId, graceMs)) return;
  const before = attempts.get(key);
  if (before !== undefined && compare(leaves, before.asked) <= 0) attempts.delete(key); // that one was done
  if (ownIdentityOf(turn.state, order) === null) {
    tell(turn, order, allowed, 'it was placed under another API client id');
    return;
  }
  if (!mayShrink(turn, order)) return;
  const failed = attempts.get(key)?.count ?? 0;
  if (failed >= ATTEMPTS_BEFORE_ALARM) tell(turn, order, allowed, `IBKR has refused ${failed} times to change it`);
  if (!mayTry(turn, key, conId)) return;
  const why = isZero(allowed) ? cancel(turn, order) : resize(turn, order, add(order.filled, allowed));
  noteAttempt(turn, key, conId, allowed, why);
  if (why !== '') tell(turn, order, allowed, why);
}

/** Nothing is too much any more of an order that has ended. */
export function settleEnded(turn: Turn, touched: readonly ClientOrderId[]): void {
  for (const id of touched) if (!isLive(turn.order(id))) settle(turn, id);
}

const excessKey = (id: ClientOrderId): string => `excess:${id}`;
const alarmOf = (id: ClientOrderId): AlarmId => alarmId(`excess:${id}`);

function settle(turn: Turn, id: ClientOrderId): void {
  const alarm = alarmOf(id);
  forget(turn, excessKey(id));
  if (turn.state.durable.alarms.has(alarm)) turn.emit({ type: 'alarm-cleared', alarmId: alarm, origin: 'manager' });
}

/** Only what IBKR has confirmed is changed; it comes here again when IBKR has answered. */
function mayShrink(turn: Turn, order: OrderRecord): boolean {
  const { phase } = order.state;
  const isConfirmed = phase === 'working' || phase === 'partially-filled' || phase === 'pending';
  return isConfirmed && turn.state.observed.halted === null && whyNotChangeable(turn, order) === null;
}

function cancel(turn: Turn, order: OrderRecord): string {
  requestCancel(turn, order, 'manager', 'what it protected is closed');
  return '';
}

/** Asks for another quantity of an exit of ours. @returns why not, in words; empty when it is asked for. */
export function resize(turn: Turn, order: OrderRecord, quantity: Quantity): string {
  const { terms } = order.spec;
  if (terms.type === 'OTHER') return `a ${terms.name} order is not ours to change`;
  const changed = changeByManager(turn, order, { ...termsNow(order), quantity });
  return changed.ok ? '' : changed.error;
}

function tell(turn: Turn, order: OrderRecord, allowed: Quantity, why: string): void {
  const { number, spec } = order;
  const leaves = leavesQuantityOf(order);
  const text = reasonText(
    `Order ${number} would close ${leaves} ${spec.symbol}, but only ${allowed} are left to protect: ${why}. Change or cancel it in TWS.`,
  );
  const id = alarmOf(order.id);
  if (turn.state.durable.alarms.get(id)?.text === text) return;
  turn.emit({ type: 'alarm-raised', alarm: { id, at: turn.at, severity: 'danger', text, orderId: order.id } });
}
