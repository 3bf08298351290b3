import { present } from '#domain/assert';
import { leavesOf, magnitudeOf, minOf, type Quantity } from '#domain/money';
import type { OrderRecord, Origin } from '#domain/order-record';
import type { OrderTerms } from '#domain/order-spec';
import type { RiskDecision, RiskSubject } from '#domain/risk-decision';
import type { ProtectiveStop } from '#domain/trailing-stop';
import { draftOrders, intend, writeDown } from '#engine/orders/placement';
import { quantityOf } from '#engine/orders/position-lag';
import { NO_WISH, riskContextOf } from '#engine/risk/risk-context';
import { approve, decide } from '#engine/risk/risk-guard';
import type { Turn } from '#engine/turn';

/** Stops that stand for a position rest until they are cancelled. */
const TIME_IN_FORCE = 'GTC';

/** What the order of a stop asks of the risk checks. */
export function stopSubject(
  { symbol, side, quantity }: Pick<ProtectiveStop, 'symbol' | 'side' | 'quantity'>,
  terms: OrderTerms,
): Extract<RiskSubject, { action: 'place' }> {
  const leg = { role: 'protective-stop' as const, side, quantity, terms, timeInForce: TIME_IN_FORCE } as const;
  return { action: 'place', symbol, legs: [leg] };
}

/** Decides on the order of a stop, and writes the decision down. */
export function decideOnStop(turn: Turn, origin: Origin, stop: ProtectiveStop, terms: OrderTerms): RiskDecision {
  const context = riskContextOf(turn.state, turn.at, origin, stopSubject(stop, terms), {
    ...NO_WISH,
    override: turn.override,
    outsideRth: stop.outsideRth,
  });
  const decision = decide(turn.newDecisionId(), context);
  turn.emit({ type: 'decision-made', decision });
  return decision;
}

/** The order of a stop: asked for when `decision` approved it, else written down with its denial. */
export function orderStop(
  turn: Turn,
  origin: Origin,
  decision: RiskDecision,
  stop: ProtectiveStop,
  terms: OrderTerms,
): OrderRecord {
  const { conId, side, quantity, outsideRth, plan } = stop;
  const instrument = present(turn.state.durable.instruments.get(conId), 'the instrument of a stop');
  const triggerOn = plan.kind === 'fixed' ? undefined : plan.triggerOn;
  const leg = { instrument, role: 'protective-stop', side, quantity, terms, outsideRth, triggerOn } as const;
  const draft = draftOrders(turn, { origin, decision, groupId: stop.id }, [
    { ...leg, timeInForce: TIME_IN_FORCE, oca: null },
  ]);
  const order = present(draft.orders[0], 'the order of a stop');
  const approved = approve(decision, draft.legs);
  if (!approved.ok) return writeDown(turn, order);
  const kept = turn.state.durable.protectiveStops.get(stop.id) ?? stop;
  intend(turn, draft, approved.value, 'reduce', { stop: { ...kept, order: order.id } });
  return order;
}

/** How much of the position `stop` would protect that has no stop yet, and never more than it is for. */
export function unprotectedFor(turn: Turn, stop: ProtectiveStop): Quantity {
  const { protectedLeaves } = riskContextOf(turn.state, turn.at, 'manager', stopSubject(stop, { type: 'MKT' }));
  const held = magnitudeOf(quantityOf(turn.state.durable, stop.conId));
  return minOf(stop.quantity, leavesOf(held, protectedLeaves));
}
