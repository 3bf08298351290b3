import { present } from '#domain/assert';
import type { BracketGroup } from '#domain/bracket';
import { isReady } from '#domain/connection-state';
import { laterBy, type ClientOrderId, type GroupId } from '#domain/ids';
import { isZero } from '#domain/money';
import { isLive, type OrderRecord } from '#domain/order-record';
import { requestCancel } from '#engine/orders/cancellation';
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
    const group = turn.state.observed.groupByOrder.get(id);
    if (group !== undefined) groups.add(group);
  }
  for (const id of groups) tend(turn, present(turn.state.durable.groups.get(id), 'the touched group'));
}

/** The grace is over: exits that should be gone and are not are cancelled by us. */
export function onExitsDue(turn: Turn, id: GroupId): void {
  const group = present(turn.state.durable.groups.get(id), 'the group whose exits are due');
  if (group.closed !== null || !exitsShouldBeGone(turn, group)) return;
  if (!isReady(turn.state.durable.connection)) return;
  for (const exit of liveExitsOf(turn, group)) {
    if (exit.state.phase !== 'cancelling') requestCancel(turn, exit, 'manager', 'its bracket is over');
  }
}

/** Owed cancels are issued again when the session is ready: what was in flight when the link dropped may be lost. */
export function tendBracketsOnReady(turn: Turn): void {
  for (const group of turn.state.durable.groups.values()) {
    if (group.closed === null && group.exitsDueBy !== null) watchExits(turn, group);
  }
}

function tend(turn: Turn, group: BracketGroup): void {
  if (group.closed !== null) return;
  const parent = turn.order(group.parent);
  const exits = liveExitsOf(turn, group);
  if (!isLive(parent) && exits.length === 0) {
    turn.state.observed.deadlines.clear(`exits:${group.id}`);
    turn.emit({ type: 'bracket-closed', groupId: group.id, at: turn.at });
  } else if (group.exitsDueBy === null && exitsShouldBeGone(turn, group)) {
    const dueBy = laterBy(turn.at, EXIT_GRACE_MS);
    turn.emit({ type: 'bracket-exits-due', groupId: group.id, dueBy });
    watchExits(turn, { ...group, exitsDueBy: dueBy });
  }
}

function watchExits(turn: Turn, group: BracketGroup): void {
  const at = present(group.exitsDueBy, 'the time by which exits are due');
  turn.state.observed.deadlines.set(`exits:${group.id}`, at, { kind: 'bracket-exits', group: group.id });
}

/** The entry ended without a fill, or one exit has filled: nothing is left to protect. */
function exitsShouldBeGone(turn: Turn, group: BracketGroup): boolean {
  const parent = turn.order(group.parent);
  if (!isLive(parent) && isZero(parent.filled)) return true;
  return exitIdsOf(group).some((id) => turn.order(id).state.phase === 'filled');
}

function liveExitsOf(turn: Turn, group: BracketGroup): readonly OrderRecord[] {
  return exitIdsOf(group)
    .map((id) => turn.order(id))
    .filter(isLive);
}

function exitIdsOf(group: BracketGroup): readonly ClientOrderId[] {
  return group.takeProfit === null ? [group.stopLoss] : [group.takeProfit, group.stopLoss];
}
