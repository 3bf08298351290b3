import { assert } from '#domain/assert';
import { isReady } from '#domain/connection-state';
import { compare } from '#domain/money';
import type { OrderRecord } from '#domain/order-record';
import { isTrailing } from '#domain/order-spec';
import { err, ok, type Result } from '#domain/result';
import { denialsOf } from '#domain/risk-decision';
import { describeReason } from '#domain/risk-words';
import { askToModify, modifiedOrder, whyNotModifiable, type ChangedTerms } from '#engine/orders/modification';
import { changeSubject, riskContextOf } from '#engine/risk/risk-context';
import { approve, approveTightening, decide } from '#engine/risk/risk-guard';
import type { Turn } from '#engine/turn';

/**
 * Why a manager can not change `order` now; null when it can. One change of an order is in flight at a time, so that
 * nothing is scaled twice: the manager comes again when IBKR has answered.
 */
export function whyNotChangeable(turn: Turn, order: OrderRecord): string | null {
  const { connection } = turn.state.durable;
  if (!isReady(connection)) return `the session is ${connection.phase}`;
  return whyNotModifiable(turn, order);
}

/**
 * A manager changes an order of ours. What takes risk away needs no new decision; anything else goes through every check,
 * and its decision is written down. The caller has asked `whyNotChangeable`.
 * @returns why not as the error, in words.
 */
export function changeByManager(turn: Turn, order: OrderRecord, after: ChangedTerms): Result<null, string> {
  const { durable, observed } = turn.state;
  const { conId } = order.spec;
  const modified = modifiedOrder(turn, order, after);
  const priority = compare(after.quantity, order.spec.quantity) < 0 ? 'reduce' : 'new';
  const instrument = durable.instruments.get(conId);
  if (instrument !== undefined) {
    const { terms, quantity } = after;
    const quote = observed.quotes.get(conId) ?? null;
    const tighter = approveTightening({ order, terms, quantity, instrument, quote }, modified);
    if (tighter.ok) {
      askToModify(turn, 'manager', order, tighter.value, priority);
      return ok(null);
    }
  }
  const { terms: before } = order.spec;
  if (before.type === 'OTHER') return err(`a ${before.name} order is not ours to change`);
  const context = riskContextOf(turn.state, turn.at, 'manager', changeSubject(turn.state, order, before, after));
  const decision = decide(turn.newDecisionId(), context);
  turn.emit({ type: 'decision-made', decision });
  const approved = approve(decision, modified);
  if (!approved.ok) return err(denialsOf(decision).map(describeReason).join(' '));
  askToModify(turn, 'manager', order, approved.value, priority);
  return ok(null);
}

/**
 * The terms of an order of ours as they stand, to be changed in part. IBKR moves the stop of a trailing order: resending
 * where it stood would loosen it, so that it is not named.
 */
export function termsNow({ spec: { terms, quantity, timeInForce } }: OrderRecord): ChangedTerms {
  assert(terms.type !== 'OTHER', 'a manager only changes orders of types that we place');
  return { terms: isTrailing(terms) ? { ...terms, stop: null } : terms, quantity, timeInForce };
}
