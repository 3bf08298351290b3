import { present } from '#domain/assert';
import type { BracketGroup } from '#domain/bracket';
import { isReady } from '#domain/connection-state';
import { alarmId, laterBy, type ClientOrderId, type EpochMs, type GroupId } from '#domain/ids';
import { add, isZero, leavesOf, ZERO_QUANTITY, type Quantity } from '#domain/money';
import { isLive, type OrderRecord } from '#domain/order-record';
import { ANSWER_DUE_MS } from '#engine/orders/answers';
import { requestCancel } from '#engine/orders/cancellation';
import { ownIdentityOf } from '#engine/orders/order-ledger';
import { VANISHED_REASON } from '#engine/orders/reconciliation';
import type { Turn } from '#engine/turn';

/** How long IBKR has to take an exit away by itself (parent gone, sibling filled) before we cancel it. */
export const EXIT_GRACE_MS = 1_000;

/**
 * Looks at every bracket that this step touched. Level-triggered: it compares what should be with what is, so a report
 * that comes twice, late or after a restart leads to the same place.
 */
export function tendBrackets(turn: Turn, touched: readonly ClientOrderId[]): void {
  const groups = new Set<GroupId>();
  for (const id of touched) {
    const { group } = turn.order(id);
    if (group !== null && turn.state.durable.groups.has(group.id)) groups.add(group.id);
  }
  for (const id of groups) {
    const group = present(turn.state.durable.groups.get(id), 'the touched group');
    noteOverfill(turn, group);
    tend(turn, group);
  }
}

/** The time is over: exits that should be gone and are not are cancelled by us, until they are gone. */
export function onExitsDue(turn: Turn, id: GroupId): void {
  const group = present(turn.state.durable.groups.get(id), 'the group whose exits are due');
  if (group.closed !== null || !exitsShouldBeGone(turn, group)) return;
  if (!isReady(turn.state.durable.connection)) return; // taken up again when it is
  for (const exit of liveExitsOf(turn, group)) {
    if (ownIdentityOf(turn.state, exit) === null) raiseForeign(turn, exit);
    else if (exit.state.phase !== 'cancelling') requestCancel(turn, exit, 'manager', 'its bracket is over');
  }
  setExitsDue(turn, id, laterBy(turn.at, ANSWER_DUE_MS));
}

/** A session is ready: what the last one, or the last process life, left undone is taken up again. */
export function tendOpenBrackets(turn: Turn): void {
  for (const group of turn.state.durable.groups.values()) tend(turn, group);
}

function tend(turn: Turn, group: BracketGroup): void {
  if (group.closed !== null) return;
  const { deadlines } = turn.state.observed;
  if (!isLive(turn.order(group.parent)) && liveExitsOf(turn, group).length === 0) {
    deadlines.clear(deadlineKey(group.id));
    turn.emit({ type: 'bracket-closed', groupId: group.id, at: turn.at });
  } else if (exitsShouldBeGone(turn, group) && !deadlines.has(deadlineKey(group.id))) {
    const dueBy = laterBy(turn.at, EXIT_GRACE_MS);
    turn.emit({ type: 'bracket-exits-due', groupId: group.id, dueBy });
    setExitsDue(turn, group.id, dueBy);
  }
}

const deadlineKey = (id: GroupId): string => `exits:${id}`;

function setExitsDue(turn: Turn, id: GroupId, at: EpochMs): void {
  turn.state.observed.deadlines.set(deadlineKey(id), at, { kind: 'bracket-exits', group: id });
}

/** Placed under another client id of ours: this session can not cancel it, and a person must know. */
function raiseForeign(turn: Turn, exit: OrderRecord): void {
  const id = alarmId(`foreign-exit:${exit.id}`);
  if (turn.state.durable.alarms.has(id)) return;
  const text = `Order ${exit.number} is left over from a bracket that has ended, and was placed under another API client id. Cancel it in TWS.`;
  turn.emit({ type: 'alarm-raised', alarm: { id, at: turn.at, severity: 'danger', text, orderId: exit.id } });
}

/**
 * Both exits filled, or one of them twice over: more was closed than the entry had. IBKR's OCA is best effort, and a fill
 * can cross a cancel; it is told once, and again when it grows, also after the bracket has closed. Executions may come in
 * any order: what the entry's own or a correction takes back is not told any longer.
 */
function noteOverfill(turn: Turn, group: BracketGroup): void {
  const { overfills } = turn.state.observed;
  const parent = turn.order(group.parent);
  const closed = exitIdsOf(group).reduce((sum, id) => add(sum, turn.order(id).filled), ZERO_QUANTITY);
  const excess = leavesOf(closed, filledAtMost(parent));
  const id = alarmId(`overfill:${group.id}`);
  if (isZero(excess)) {
    overfills.delete(group.id);
    if (turn.state.durable.alarms.has(id)) turn.emit({ type: 'alarm-cleared', alarmId: id, origin: 'manager' });
    return;
  }
  if (overfills.get(group.id) === excess) return;
  overfills.set(group.id, excess);
  const { symbol, conId } = parent.spec;
  const held = present(turn.state.durable.positions.get(conId), 'the position that its fills moved').quantity;
  const text = `Bracket ${parent.number}: its exits closed ${excess} ${symbol} more than its entry had. The position is ${held} now: close what you do not want.`;
  const alarm = { id, at: turn.at, severity: 'danger' as const, text };
  turn.emit({ type: 'alarm-raised', alarm: { ...alarm, orderId: parent.id } });
}

/** Nothing is left to protect: the entry can fill no more, and its exits have closed all that it can have filled. */
function exitsShouldBeGone(turn: Turn, group: BracketGroup): boolean {
  const parent = turn.order(group.parent);
  if (isLive(parent)) return false;
  const closed = exitIdsOf(group).reduce((sum, id) => add(sum, closedBy(turn.order(id))), ZERO_QUANTITY);
  return isZero(leavesOf(filledAtMost(parent), closed));
}

/**
 * What an entry that has ended may have filled. IBKR reports only the executions of the day: an entry that it calls
 * filled, or that was gone when we looked, may have filled whole without one that we know of. Its exits stay then; those
 * of an entry that really ended unfilled IBKR takes away itself.
 */
function filledAtMost({ filled, spec, state }: OrderRecord): Quantity {
  const mayLackExecutions =
    state.phase === 'filled' || (state.phase === 'cancelled' && state.reason === VANISHED_REASON);
  return mayLackExecutions ? spec.quantity : filled;
}

/** What an exit has closed; one that IBKR calls filled has closed all of its quantity. */
function closedBy({ filled, spec, state }: OrderRecord): Quantity {
  return state.phase === 'filled' ? spec.quantity : filled;
}

function liveExitsOf(turn: Turn, group: BracketGroup): readonly OrderRecord[] {
  return exitIdsOf(group)
    .map((id) => turn.order(id))
    .filter(isLive);
}

function exitIdsOf(group: BracketGroup): readonly ClientOrderId[] {
  return group.takeProfit === null ? [group.stopLoss] : [group.takeProfit, group.stopLoss];
}
