import { present } from '#domain/assert';
import { COVERS_MAX } from '#domain/bracket';
import { isReady } from '#domain/connection-state';
import type { GroupId } from '#domain/ids';
import { add, compare, isZero, leavesOf, magnitudeOf, maxOf, minOf, ZERO_QUANTITY, type Quantity } from '#domain/money';
import { isHeldForEntry, isLive, leavesQuantityOf, type OcaMembership, type OrderRecord } from '#domain/order-record';
import { isConfirmedStop } from '#domain/protection';
import { denialsOf } from '#domain/risk-decision';
import { describeReason } from '#domain/risk-words';
import { EXIT_GRACE_MS } from '#engine/managers/bracket-manager';
import {
  activeLeavesOf,
  exitLeavesOf,
  surelyOpenOf,
  wasRefused,
  type ProtectedBracket,
  type ProtectionUnit,
} from '#engine/managers/protection-book';
import { apartKey, coverKey, forget, hasStoodFor, mayTry, noteAttempt } from '#engine/managers/protection-patience';
import { resize, shrink } from '#engine/managers/protection-scaling';
import { requestCancel } from '#engine/orders/cancellation';
import { ocaOfTarget } from '#engine/orders/cover-group';
import { whyNotChangeable } from '#engine/orders/managed-change';
import { draftOrders, intend } from '#engine/orders/placement';
import { quantityOf } from '#engine/orders/position-lag';
import { wantSnapshot } from '#engine/orders/reconciliation';
import { riskContextOf } from '#engine/risk/risk-context';
import { approve, decide } from '#engine/risk/risk-guard';
import type { Turn } from '#engine/turn';

/** How long IBKR has to let the exits of a filled entry work before a stop of ours covers it. */
export const COVER_GRACE_MS = 500;

/**
 * A stop of ours in the place of a bracket's own, for what has filled while IBKR holds the exits back or has taken them
 * away. It goes as soon as IBKR has confirmed the bracket's own stop. One at a time: it grows with what fills.
 */
export function tendCover(turn: Turn, bracket: ProtectedBracket, book: readonly ProtectionUnit[]): void {
  const { group, stop, covers } = bracket;
  settleApart(turn, bracket);
  const live = covers.filter(isLive);
  const wanted = wantedOf(bracket);
  let left = wanted;
  for (const cover of live) {
    const kept = minOf(leavesQuantityOf(cover), left);
    left = leavesOf(left, kept);
    shrink(turn, cover, kept, isReducedByIbkr(turn, bracket, cover) ? EXIT_GRACE_MS : 0);
  }
  const key = coverKey(group.id);
  if (isZero(left) || group.stopWaived === true) {
    // One that IBKR has not confirmed may still be rejected: what was tried is remembered until then.
    if (live.every(isConfirmedStop)) forget(turn, key);
    return;
  }
  if (!hasStoodFor(turn, key, group.conId, COVER_GRACE_MS)) return;
  const { attempts } = turn.state.observed.protection;
  const covered = leavesOf(wanted, left);
  const before = attempts.get(key);
  if (before !== undefined && compare(covered, before.asked) >= 0) attempts.delete(key); // that one was done
  if (isInDoubt(stop) || !isReady(turn.state.durable.connection) || turn.state.observed.halted !== null) return;
  if (isHeldWithoutEntry(bracket)) {
    if (!mayTry(turn, key, group.conId)) return;
    wantSnapshot(turn);
    noteAttempt(turn, key, group.conId, wanted, '');
    return;
  }
  const shortfall = shortfallOf(bracket);
  const grown = isZero(shortfall) ? live[0] : stop;
  if (grown !== undefined && whyNotChangeable(turn, grown) !== null) return;
  if (!mayTry(turn, key, group.conId)) return;
  if (grown === undefined && makesRoom(turn, bracket)) return;
  const isJoining =
    grown === undefined ? groupWithTarget(turn, bracket) !== null : turn.state.observed.ocaReported.has(grown.id);
  const room = isZero(shortfall) ? leavesOf(roomOf(turn, bracket, book, isJoining), covered) : shortfall;
  const more = minOf(left, room);
  if (isZero(more)) return; // the exits of others shrink first, and it comes here again when they have
  const why = grown === undefined ? place(turn, bracket, more) : resize(turn, grown, add(grown.spec.quantity, more));
  noteAttempt(turn, key, group.conId, add(covered, more), why);
}

/** Why the last stop of ours that was to cover a bracket was not sent, in words; empty when it was, or none was tried. */
export function whyNotCovered({ state: { observed } }: Turn, id: GroupId): string {
  return observed.protection.attempts.get(coverKey(id))?.why ?? '';
}

/** What the bracket's own stop leaves open beyond doubt. */
function wantedOf(bracket: ProtectedBracket): Quantity {
  const { stop, share } = bracket;
  const own = isConfirmedStop(stop) ? leavesQuantityOf(stop) : ZERO_QUANTITY;
  return leavesOf(minOf(share, surelyOpenOf(bracket)), own);
}

/**
 * What the position leaves for the covers of a bracket beside its own exits and those of all others: they may still have the
 * size of a larger position, and both together would close more than is held. One in the group of the target joins it.
 */
function roomOf(
  { state }: Turn,
  bracket: ProtectedBracket,
  book: readonly ProtectionUnit[],
  isJoining: boolean,
): Quantity {
  const { group, stop } = bracket;
  const closing = book.filter((unit) => unit.stop.spec.side === stop.spec.side);
  const others = closing.filter((unit) => unit.kind === 'stop' || unit.group.id !== group.id);
  const own = isConfirmedStop(stop) ? leavesQuantityOf(stop) : ZERO_QUANTITY;
  const beside = isJoining ? ZERO_QUANTITY : maxOf(own, targetLeavesOf(bracket));
  const taken = others.reduce((sum, unit) => add(sum, exitLeavesOf(state, unit)), beside);
  return leavesOf(magnitudeOf(quantityOf(state.durable, group.conId)), taken);
}

/**
 * By how much the bracket's own stop, which works, is smaller than its target: a correction has taken back what it was
 * reduced for, or only it was made smaller. It grows itself, in their OCA group: a cover would close more than is open.
 */
function shortfallOf(bracket: ProtectedBracket): Quantity {
  const { stop } = bracket;
  return isConfirmedStop(stop) ? leavesOf(targetLeavesOf(bracket), leavesQuantityOf(stop)) : ZERO_QUANTITY;
}

function targetLeavesOf(bracket: ProtectedBracket): Quantity {
  return bracket.target === null ? ZERO_QUANTITY : activeLeavesOf(bracket, bracket.target);
}

/**
 * A cover was sent while IBKR held the target back, and so outside of its group. Where the target is let go and the stop of
 * the bracket is not there to take the cover's place, the target goes: both would close more than is open.
 */
function settleApart(turn: Turn, bracket: ProtectedBracket): void {
  const { group, target, stop, covers } = bracket;
  const key = apartKey(group.id);
  const isApart = covers.some((cover) => isLive(cover) && !turn.state.observed.ocaReported.has(cover.id));
  if (target === null || !isApart || isConfirmedStop(stop) || isZero(targetLeavesOf(bracket))) {
    forget(turn, key);
    return;
  }
  if (!hasStoodFor(turn, key, group.conId, COVER_GRACE_MS)) return;
  if (whyNotChangeable(turn, target) !== null || !mayTry(turn, key, group.conId)) return;
  requestCancel(turn, target, 'manager', 'a stop of ours stands outside its OCA group');
  noteAttempt(turn, key, group.conId, ZERO_QUANTITY, '');
}

/** IBKR has not said what the stop is, or our cancel of it is under way: it may still act. */
function isInDoubt({ state: { phase } }: OrderRecord): boolean {
  return phase === 'submitting' || phase === 'unknown' || phase === 'cancelling';
}

/**
 * The entry is over, so that IBKR lets its stop work or takes it away under both readings: it has only not said so, and a
 * second stop would be too much. It is asked.
 */
function isHeldWithoutEntry({ parent, stop }: ProtectedBracket): boolean {
  return !isLive(parent) && isHeldForEntry(stop);
}

/** The target has filled, and IBKR reduces the cover that stands in its OCA group by itself. */
function isReducedByIbkr({ state: { observed } }: Turn, { open }: ProtectedBracket, cover: OrderRecord): boolean {
  return observed.ocaReported.has(cover.id) && compare(leavesQuantityOf(cover), open) > 0;
}

/**
 * The OCA group in which a cover stands in the place of the bracket's own stop beside a target that may fill, so that the
 * fill of one reduces the other. Null where it adds to a stop that protects a part, and beside exits that wait for their
 * entry: a fill would take them away.
 */
function groupWithTarget({ state }: Turn, { group, parent, target, stop }: ProtectedBracket): OcaMembership | null {
  if (target === null || !isLive(target) || isConfirmedStop(stop)) return null;
  if (isLive(parent) && (isHeldForEntry(target) || target.state.phase === 'submitting')) return null;
  return ocaOfTarget(state, group, target.id);
}

/**
 * IBKR has not taken a cover into the target's OCA group: the target goes, and the next one stands alone. Naked is worse
 * than without a target, and both outside of one group would close twice what is open.
 * @returns whether the target still has to go.
 */
function makesRoom(turn: Turn, { covers, target }: ProtectedBracket): boolean {
  const last = covers.at(-1);
  if (target === null || !isLive(target) || last === undefined) return false;
  if (!turn.state.observed.ocaReported.has(last.id) || !wasRefused(last)) return false;
  if (whyNotChangeable(turn, target) === null) requestCancel(turn, target, 'manager', 'IBKR takes no stop beside it');
  return true;
}

/** @returns why not, in words; empty when it is asked for. */
function place(turn: Turn, bracket: ProtectedBracket, quantity: Quantity): string {
  const { group, stop } = bracket;
  const { side, terms, timeInForce, outsideRth, symbol, conId, triggerOn } = stop.spec;
  if (terms.type === 'OTHER') return `its stop was made a ${terms.name} order, which we do not place`;
  if (group.covers.length >= COVERS_MAX) return `${COVERS_MAX} stops of ours have covered it already`;
  const leg = { role: 'cover' as const, side, quantity, terms, timeInForce };
  const context = riskContextOf(turn.state, turn.at, 'manager', { action: 'place', symbol, legs: [leg] });
  const decision = decide(turn.newDecisionId(), context);
  turn.emit({ type: 'decision-made', decision });
  const instrument = present(turn.state.durable.instruments.get(conId), 'the instrument of a bracket');
  const oca = groupWithTarget(turn, bracket);
  const drafts = [{ ...leg, instrument, outsideRth, triggerOn, oca }];
  const draft = draftOrders(turn, { origin: 'manager', decision, groupId: group.id }, drafts);
  const approved = approve(decision, draft.legs);
  if (!approved.ok) return denialsOf(decision).map(describeReason).join(' ');
  const covers = [...group.covers, ...draft.orders.map(({ id }) => id)];
  if (oca !== null) for (const { id } of draft.orders) turn.state.observed.ocaReported.set(id, oca);
  intend(turn, draft, approved.value, 'reduce', { group: { ...group, closed: null, covers } });
  return '';
}
