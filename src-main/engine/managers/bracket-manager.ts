import { present } from '#domain/assert';
import { isReady } from '#domain/connection-state';
import { alarmId, laterBy, type ClientOrderId, type ConId, type EpochMs, type GroupId } from '#domain/ids';
import { add, compare, isZero, leavesOf, ZERO_QUANTITY } from '#domain/money';
import { isLive, type OrderRecord } from '#domain/order-record';
import {
  bracketOf,
  bracketsOf,
  exitsOf,
  filledAtMost,
  protectionBookOf,
  type ProtectedBracket,
} from '#engine/managers/protection-book';
import { apartKey, coverKey, forget } from '#engine/managers/protection-patience';
import { indexBracket } from '#engine/open-protection';
import { ANSWER_DUE_MS } from '#engine/orders/answers';
import { requestCancel } from '#engine/orders/cancellation';
import { ownIdentityOf } from '#engine/orders/order-ledger';
import type { Turn } from '#engine/turn';

/** How long IBKR has to take an exit away by itself (parent gone, sibling filled) before we cancel it. */
export const EXIT_GRACE_MS = 1_000;

/** How long after a bracket has closed an execution of its entry may still come late, and opens it again. */
const LATE_FILL_MS = 60_000;

/**
 * Looks at every bracket of the instruments that this step touched. Level-triggered: it compares what should be with what
 * is, so a report that comes twice, late or after a restart leads to the same place.
 */
export function tendBrackets(turn: Turn, touched: readonly ClientOrderId[]): void {
  const { durable } = turn.state;
  const groups = new Set<GroupId>();
  for (const id of touched) {
    const { group } = turn.order(id);
    if (group !== null && durable.groups.has(group.id)) groups.add(group.id);
  }
  const instruments = new Set(turn.movedPositions);
  for (const id of groups) {
    const bracket = bracketOf(turn.state, present(durable.groups.get(id), 'the touched group'));
    instruments.add(bracket.group.conId);
    noteOverfill(turn, bracket);
    reopen(turn, bracket);
  }
  // While a session reconciles, the picture is not complete: all of it is looked at when the session is ready.
  if (durable.connection.phase === 'reconciling') return;
  for (const conId of instruments) tendBracketsOf(turn, conId);
}

/** The time is over: exits that should be gone and are not are cancelled by us, until they are gone. */
export function onExitsDue(turn: Turn, id: GroupId): void {
  const group = present(turn.state.durable.groups.get(id), 'the group whose exits are due');
  const bracket = bracketsOf(protectionBookOf(turn.state, group.conId)).find((it) => it.group.id === id);
  if (bracket === undefined || !exitsShouldBeGone(bracket)) return;
  if (!isReady(turn.state.durable.connection)) return; // taken up again when it is
  const exits = liveExitsOf(bracket);
  for (const exit of exits) {
    if (ownIdentityOf(turn.state, exit) === null) raiseForeign(turn, exit);
    else if (exit.state.phase !== 'cancelling') requestCancel(turn, exit, 'manager', whyGone(bracket));
  }
  if (exits.length > 0) setExitsDue(turn, id, laterBy(turn.at, ANSWER_DUE_MS));
}

/** A session is ready: what the last one, or the last process life, left undone is taken up again. */
export function tendOpenBrackets(turn: Turn): void {
  for (const conId of turn.state.observed.openBrackets.keys()) tendBracketsOf(turn, conId);
}

function tendBracketsOf(turn: Turn, conId: ConId): void {
  for (const bracket of bracketsOf(protectionBookOf(turn.state, conId))) tend(turn, bracket);
}

function tend(turn: Turn, bracket: ProtectedBracket): void {
  const { group, parent } = bracket;
  const { deadlines } = turn.state.observed;
  if (!isLive(parent) && isZero(bracket.share) && !exitsOf(bracket).some(isLive)) {
    deadlines.clear(deadlineKey(group.id));
    forget(turn, coverKey(group.id));
    forget(turn, apartKey(group.id));
    if (group.closed === null) turn.emit({ type: 'bracket-closed', groupId: group.id, at: turn.at });
    else indexBracket(turn.state.observed, group);
  } else if (exitsShouldBeGone(bracket) && liveExitsOf(bracket).length > 0 && !deadlines.has(deadlineKey(group.id))) {
    const dueBy = laterBy(turn.at, EXIT_GRACE_MS);
    turn.emit({ type: 'bracket-exits-due', groupId: group.id, dueBy });
    setExitsDue(turn, group.id, dueBy);
  }
}

/** An execution that came after the word for the entry's end: what it filled is there to be protected. */
function reopen(turn: Turn, { group, open }: ProtectedBracket): void {
  if (group.closed === null || isZero(open) || turn.at - group.closed > LATE_FILL_MS) return;
  indexBracket(turn.state.observed, { ...group, closed: null });
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
function noteOverfill(turn: Turn, bracket: ProtectedBracket): void {
  const { overfills } = turn.state.observed;
  const { group, parent } = bracket;
  const closed = exitsOf(bracket).reduce((sum, { filled }) => add(sum, filled), ZERO_QUANTITY);
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

/**
 * True when there is nothing to protect: the entry can fill no more and its exits have closed all that it can have filled,
 * or what it filled was closed by something else. While the entry works, IBKR gives the exits its quantity and takes no
 * smaller one: exits that would close more than is held go, and a stop of ours covers what is left (protection-cover).
 */
function exitsShouldBeGone({ parent, open, share }: ProtectedBracket): boolean {
  if (isLive(parent)) return compare(share, open) < 0;
  return isZero(share);
}

function whyGone({ open }: ProtectedBracket): string {
  return isZero(open) ? 'its bracket is over' : 'the position is smaller than what its entry has filled';
}

/** The exits that IBKR holds: ours in their place are looked after by themselves. */
function liveExitsOf({ target, stop }: ProtectedBracket): readonly OrderRecord[] {
  return (target === null ? [stop] : [target, stop]).filter(isLive);
}
