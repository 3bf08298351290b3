import { present } from '#domain/assert';
import { COVERS_MAX } from '#domain/bracket';
import { isReady } from '#domain/connection-state';
import type { GroupId } from '#domain/ids';
import { add, compare, isZero, leavesOf, minOf, ZERO_QUANTITY, type Quantity } from '#domain/money';
import { isLive, leavesQuantityOf, type OrderRecord } from '#domain/order-record';
import { isConfirmedStop } from '#domain/protection';
import { denialsOf } from '#domain/risk-decision';
import { describeReason } from '#domain/risk-words';
import { surelyOpenOf, type ProtectedBracket } from '#engine/managers/protection-book';
import { coverKey, forget, hasStoodFor, mayTry, noteAttempt } from '#engine/managers/protection-patience';
import { resize, shrink } from '#engine/managers/protection-scaling';
import { whyNotChangeable } from '#engine/orders/managed-change';
import { draftOrders, intend } from '#engine/orders/placement';
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
export function tendCover(turn: Turn, bracket: ProtectedBracket): void {
  const { group, stop, covers } = bracket;
  const live = covers.filter(isLive);
  const wanted = wantedOf(bracket);
  let left = wanted;
  for (const cover of live) {
    const kept = minOf(leavesQuantityOf(cover), left);
    left = leavesOf(left, kept);
    shrink(turn, cover, kept, 0);
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
  const [cover] = live;
  if (cover !== undefined && whyNotChangeable(turn, cover) !== null) return;
  if (!mayTry(turn, key, group.conId)) return;
  const why = cover === undefined ? place(turn, bracket, left) : resize(turn, cover, add(cover.spec.quantity, left));
  noteAttempt(turn, key, group.conId, wanted, why);
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

/** IBKR has not said what the stop is, or our cancel of it is under way: it may still act. */
function isInDoubt({ state: { phase } }: OrderRecord): boolean {
  return phase === 'submitting' || phase === 'unknown' || phase === 'cancelling';
}

/**
 * The entry is over, so that IBKR lets its stop work or takes it away under both readings: it has only not said so, and a
 * second stop would be too much. It is asked.
 */
function isHeldWithoutEntry({ parent, stop: { state } }: ProtectedBracket): boolean {
  return !isLive(parent) && state.phase === 'pending' && state.hold === 'parent';
}

/** @returns why not, in words; empty when it is asked for. */
function place(turn: Turn, { group, stop }: ProtectedBracket, quantity: Quantity): string {
  const { side, terms, timeInForce, outsideRth, symbol, conId, triggerOn } = stop.spec;
  if (terms.type === 'OTHER') return `its stop was made a ${terms.name} order, which we do not place`;
  if (group.covers.length >= COVERS_MAX) return `${COVERS_MAX} stops of ours have covered it already`;
  const leg = { role: 'cover' as const, side, quantity, terms, timeInForce };
  const context = riskContextOf(turn.state, turn.at, 'manager', { action: 'place', symbol, legs: [leg] });
  const decision = decide(turn.newDecisionId(), context);
  turn.emit({ type: 'decision-made', decision });
  const instrument = present(turn.state.durable.instruments.get(conId), 'the instrument of a bracket');
  const drafts = [{ ...leg, instrument, outsideRth, triggerOn, oca: null }];
  const draft = draftOrders(turn, { origin: 'manager', decision, groupId: group.id }, drafts);
  const approved = approve(decision, draft.legs);
  if (!approved.ok) return denialsOf(decision).map(describeReason).join(' ');
  const covers = [...group.covers, ...draft.orders.map(({ id }) => id)];
  intend(turn, draft, approved.value, 'reduce', { group: { ...group, closed: null, covers } });
  return '';
}
