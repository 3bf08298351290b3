import { present } from '#domain/assert';
import type { CommandReply, ModifyRequest } from '#domain/command';
import type { EventOf } from '#domain/engine-event';
import { laterBy } from '#domain/ids';
import { compare, type Price } from '#domain/money';
import { isLive, type Modification, type OcaMembership, type OrderRecord, type Origin } from '#domain/order-record';
import { answersTo, isTrailing, sameTerms, stopOf, type OrderSpec } from '#domain/order-spec';
import type { RiskApproved } from '#domain/risk-decision';
import { accepted, denied, refused } from '#engine/reply';
import { expectAnswer } from '#engine/orders/answers';
import { ownIdentityOf } from '#engine/orders/order-ledger';
import { modifySubject, NO_WISH, riskContextOf } from '#engine/risk/risk-context';
import { approve, decide } from '#engine/risk/risk-guard';
import type { Turn } from '#engine/turn';
import type { ModifiedOrder } from '#ports/broker-port';

/** A modification that could not be handed to the socket within this time is not sent any more. */
const MODIFY_VALID_MS = 5_000;

/**
 * A change of price, quantity or time in force of a live order. It goes through risk again; until IBKR confirms, the old
 * order is what is live.
 */
export function modify(turn: Turn, origin: Origin, request: ModifyRequest): CommandReply {
  const order = findByNumber(turn, request.number);
  if (order === undefined) return refused(`There is no order ${String(request.number)}.`);
  const obstacle = whyNotModifiable(turn, order);
  if (obstacle !== null) return refused(obstacle, [order]);
  if (request.quantity !== null && order.group?.role === 'oco') {
    return refused(
      `Order ${String(order.number)} fills with its OCO group: cancel the group and place it anew for another quantity.`,
      [order],
    );
  }
  const subject = modifySubject(turn.state, order, request);
  if (!subject.ok) return refused(subject.error, [order]);
  const { value } = subject;
  if (changesNothing(order, value.after)) {
    return refused(`Order ${String(order.number)} already has these terms; nothing was changed.`, [order]);
  }

  const decision = decide(
    turn.newDecisionId(),
    riskContextOf(turn.state, turn.at, origin, value, { ...NO_WISH, override: turn.override }),
  );
  turn.emit({ type: 'decision-made', decision });
  const { terms, quantity, timeInForce } = value.after;
  const approved = approve(decision, modifiedOrder(turn, order, { terms, quantity, timeInForce }));
  if (!approved.ok) return denied([order], decision);

  const priority = compare(quantity, order.spec.quantity) < 0 ? 'reduce' : 'new';
  askToModify(turn, origin, order, approved.value, priority);
  return accepted([order], decision);
}

/** Writes down what a change is to be, and asks for it. */
export function askToModify(
  turn: Turn,
  origin: Origin,
  order: OrderRecord,
  approved: RiskApproved<ModifiedOrder>,
  priority: 'reduce' | 'new',
): void {
  const modification = sendModification(turn, order, approved, priority);
  const { decisionId } = approved;
  turn.emit({ type: 'modification-requested', id: order.id, before: termsOf(order), modification, decisionId, origin });
}

/** Asks for a change; the caller writes it down in this step. */
export function sendModification(
  turn: Turn,
  order: OrderRecord,
  approved: RiskApproved<ModifiedOrder>,
  priority: 'reduce' | 'new' | 'trail',
): Modification {
  const { terms, quantity, timeInForce } = approved.value.spec;
  const effectId = turn.newEffectId();
  const validUntil = laterBy(turn.at, MODIFY_VALID_MS);
  turn.ask({ kind: 'modify', id: effectId, validUntil, priority, order: approved });
  turn.state.observed.inFlight.set(effectId, { kind: 'modify', order: order.id });
  expectAnswer(turn, order.id);
  noteUnnamedStop(turn, order, stopOf(terms));
  return { effectId, requestedAt: turn.at, terms, quantity, timeInForce };
}

/** A change of a trailing order that names no stop must not loosen the one it has (trail-keeper). */
function noteUnnamedStop({ at, state: { observed } }: Turn, { id, spec }: OrderRecord, named: Price | null): void {
  const stop = stopOf(spec.terms);
  if (isTrailing(spec.terms) && named === null && stop !== null)
    observed.trailsInChange.set(id, { stop, at, isAsked: false });
  else observed.trailsInChange.delete(id);
}

/** A live order of ours as it is to be, by the rules that IBKR has for changes. */
export function modifiedOrder(turn: Turn, order: OrderRecord, after: ChangedTerms): ModifiedOrder {
  return {
    id: order.id,
    orderId: present(ownIdentityOf(turn.state, order), 'the identity of an order that may be modified').orderId,
    spec: { ...order.spec, ...after },
    parentOrderId: liveParentOrderId(turn, order),
    oca: ocaOf(turn, order),
  };
}

/** What a modification may change. */
export type ChangedTerms = Pick<OrderSpec, 'terms' | 'quantity' | 'timeInForce'>;

/** The order a person named by its number. */
export function findByNumber(turn: Turn, number: OrderRecord['number']): OrderRecord | undefined {
  const id = turn.state.durable.orderByNumber.get(number);
  return id === undefined ? undefined : turn.order(id);
}

/** Why an order can not be modified now; null when it can. */
export function whyNotModifiable(turn: Turn, order: OrderRecord): string | null {
  const name = `Order ${String(order.number)}`;
  const { phase } = order.state;
  if (!isLive(order)) return `${name} is ${phase}: only live orders can be modified.`;
  if (phase === 'submitting' || phase === 'unknown') {
    return `${name} is ${phase}: IBKR has not confirmed it yet, so it can not be modified.`;
  }
  if (phase === 'cancelling') return `${name} is being cancelled.`;
  if (order.modification !== null) return `${name} has a modification that IBKR has not answered yet.`;
  if (ownIdentityOf(turn.state, order) === null) {
    return `${name} was placed by another IBKR client: it can be changed only there.`;
  }
  return null;
}

function termsOf({ spec: { terms, quantity, timeInForce } }: OrderRecord): EventOf<'modification-requested'>['before'] {
  return { terms, quantity, timeInForce };
}

function changesNothing(order: OrderRecord, after: ChangedTerms): boolean {
  const { terms, quantity, timeInForce } = order.spec;
  // The stop of a trailing order is IBKR's to move, and named only when it is to be another one.
  const isSame = stopOf(after.terms) === null ? answersTo(terms, after.terms) : sameTerms(terms, after.terms);
  return isSame && quantity === after.quantity && timeInForce === after.timeInForce;
}

/** IBKR refuses to change an OCA group, and may rename the one of exits that wait for their entry: as last shown. */
function ocaOf({ state: { durable, observed } }: Turn, { id, group }: OrderRecord): OcaMembership | null {
  const shown = observed.ocaReported.get(id);
  if (shown !== undefined || group === null) return shown ?? null;
  const bracket = durable.groups.get(group.id);
  const isPaired = group.role === 'take-profit' || (group.role === 'stop-loss' && bracket?.takeProfit !== null);
  if (isPaired) return { group: group.id, type: 2 };
  const oco = durable.ocoGroups.get(group.id);
  if (group.role !== 'oco' || oco?.custody !== 'native') return null;
  return { group: group.id, type: oco.onPartialFill === 'cancel' ? 1 : 2 };
}

/** IBKR wants the parent's id while it lives, and answers 135 when it is gone (erdewit/ib_insync#647). */
function liveParentOrderId(turn: Turn, { group }: OrderRecord): ModifiedOrder['parentOrderId'] {
  if (group === null || (group.role !== 'take-profit' && group.role !== 'stop-loss')) return null;
  const parent = turn.order(present(turn.state.durable.groups.get(group.id), 'the group of an exit').parent);
  return isLive(parent) ? parent.broker.orderId : null;
}
