import type { EventOf } from '#domain/engine-event';
import { present } from '#domain/assert';
import type { CommandReply, ModifyRequest } from '#domain/command';
import type { BracketGroup } from '#domain/bracket';
import { laterBy, type GroupId } from '#domain/ids';
import { compare } from '#domain/money';
import { isLive, type OrderRecord, type Origin } from '#domain/order-record';
import { sameTerms, type OrderSpec } from '#domain/order-spec';
import { accepted, denied, refused } from '#engine/reply';
import { expectAnswer } from '#engine/orders/answers';
import { ownIdentityOf } from '#engine/orders/order-ledger';
import { modifySubject, riskContextOf } from '#engine/risk/risk-context';
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
  const subject = modifySubject(turn.state, order, request);
  if (!subject.ok) return refused(subject.error, [order]);
  const { value } = subject;
  if (changesNothing(order, value.after)) {
    return refused(`Order ${String(order.number)} already has these terms; nothing was changed.`, [order]);
  }

  const decision = decide(turn.newDecisionId(), riskContextOf(turn.state, turn.at, origin, value));
  turn.emit({ type: 'decision-made', decision });
  const { terms, quantity, timeInForce } = value.after;
  const spec: OrderSpec = { ...order.spec, terms, quantity, timeInForce };
  const identity = ownIdentityOf(turn.state, order);
  const approved = approve<ModifiedOrder>(decision, {
    id: order.id,
    orderId: present(identity, 'the identity of an order that may be modified').orderId,
    spec,
    parentOrderId: liveParentOrderId(turn, order),
    ocaGroup: ocaGroupOf(turn, order),
  });
  if (!approved.ok) return denied([order], decision);

  const effectId = turn.newEffectId();
  const modification = { effectId, requestedAt: turn.at, terms, quantity, timeInForce };
  turn.emit({
    type: 'modification-requested',
    id: order.id,
    before: termsOf(order),
    modification,
    decisionId: decision.id,
    origin,
  });
  turn.ask({
    kind: 'modify',
    id: effectId,
    validUntil: laterBy(turn.at, MODIFY_VALID_MS),
    priority: compare(quantity, order.spec.quantity) < 0 ? 'reduce' : 'new',
    order: approved.value,
  });
  turn.state.observed.inFlight.set(effectId, { kind: 'modify', order: order.id });
  expectAnswer(turn, order.id);
  return accepted([order], decision);
}

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

function changesNothing(order: OrderRecord, after: Pick<OrderSpec, 'terms' | 'quantity' | 'timeInForce'>): boolean {
  const { terms, quantity, timeInForce } = order.spec;
  return sameTerms(terms, after.terms) && quantity === after.quantity && timeInForce === after.timeInForce;
}

/** Two exits form an OCA group under the bracket's name, a lone stop none; IBKR refuses to change that. */
function ocaGroupOf(turn: Turn, order: OrderRecord): GroupId | null {
  const group = exitGroupOf(turn, order);
  if (group === null) return null;
  return group.takeProfit === null ? null : group.id;
}

/** IBKR wants the parent's id while it lives, and answers 135 when it is gone (erdewit/ib_insync#647). */
function liveParentOrderId(turn: Turn, order: OrderRecord): ModifiedOrder['parentOrderId'] {
  const group = exitGroupOf(turn, order);
  if (group === null) return null;
  const parent = turn.order(group.parent);
  return isLive(parent) ? parent.broker.orderId : null;
}

/** The bracket that `order` is an exit of; null for entries and single orders. */
function exitGroupOf(turn: Turn, { group }: OrderRecord): BracketGroup | null {
  if (group === null || group.role === 'parent') return null;
  return present(turn.state.durable.groups.get(group.id), 'the group of an exit');
}
