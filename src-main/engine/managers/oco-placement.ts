import { assert, present } from '#domain/assert';
import type { CommandReply, RiskyCommand } from '#domain/command';
import type { EpochMs, GroupId } from '#domain/ids';
import type { Instrument } from '#domain/instrument';
import { add, ZERO_QUANTITY, type Quantity } from '#domain/money';
import { custodyOf, type OcoGroup, type OcoLeg, type OcoOrderRequest } from '#domain/oco';
import type { OcaMembership, OrderRecord, Origin } from '#domain/order-record';
import { describeOrder } from '#domain/order-words';
import { denialsOf, type RiskContext, type RiskDecision } from '#domain/risk-decision';
import { describeReason } from '#domain/risk-words';
import type { EngineState } from '#engine/engine-state';
import { instrumentOf } from '#engine/orders/order-entry';
import { draftOrders, intend, rememberRecent, writeDown, type Draft, type LegDraft } from '#engine/orders/placement';
import { accepted, refused } from '#engine/reply';
import { isReducing } from '#engine/risk/risk-check';
import { NO_WISH, riskContextOf, type DecisionWish } from '#engine/risk/risk-context';
import { approve, decide } from '#engine/risk/risk-guard';
import type { Turn } from '#engine/turn';

type PlaceOco = Extract<RiskyCommand, { kind: 'place-oco' }>;

/**
 * Two or more orders of which one cancels or reduces the others: each is decided by itself, and all of them are sent or
 * none.
 */
export function placeOco(turn: Turn, origin: Origin, { request }: PlaceOco): CommandReply {
  const instruments: Instrument[] = [];
  for (const { symbol } of request.legs) {
    const instrument = instrumentOf(turn, symbol);
    if (!instrument.ok) return refused(instrument.error);
    instruments.push(instrument.value);
  }
  const groupId = turn.newGroupId();
  const oca = ocaOf(request, groupId);
  const legs = request.legs.map((leg, index) => {
    const instrument = present(instruments[index], 'the instrument of a leg');
    return { asked: leg, draft: { ...leg, instrument, role: 'oco', oca } satisfies LegDraft };
  });
  const decided = ocoContexts(turn.state, turn.at, origin, request, { ...NO_WISH, override: turn.override }).map(
    (context, index) => {
      const decision = decide(turn.newDecisionId(), context);
      turn.emit({ type: 'decision-made', decision });
      return { ...present(legs[index], 'the leg of a decision'), decision };
    },
  );
  const denied = decided.filter(({ decision }) => decision.outcome === 'denied');
  if (denied.length > 0) return deny(turn, origin, denied);

  const first = present(decided[0], 'the first leg');
  const drafts = decided.map(({ draft }) => draft);
  const whole = draftOrders(turn, { origin, decision: first.decision, groupId }, drafts);
  const orders = whole.orders.map((order, index) => {
    return { ...order, decisionId: present(decided[index], 'the decision of a leg').decision.id };
  });
  const draft: Draft = { ...whole, orders };
  const approved = approve(first.decision, draft.legs);
  const priority = decided.every(({ decision }) => isReducing(decision.context)) ? 'reduce' : 'new';
  const oco = groupOf(groupId, request, orders, turn.at);
  assert(approved.ok, 'every order of the group was approved');
  intend(turn, draft, approved.value, priority, { oco });
  rememberRecent(turn, present(orders[0], 'the first order'));
  return accepted(orders, first.decision);
}

/**
 * What the checks look at for each order of a group. IBKR lets only the larger of its own group's orders fill; of a group
 * that this app manages all may, so that each counts those before it (domain.md §5).
 */
export function ocoContexts(
  state: EngineState,
  at: EpochMs,
  origin: Origin,
  request: OcoOrderRequest,
  wish: DecisionWish,
): readonly RiskContext[] {
  const isManaged = custodyOf(request) === 'managed';
  const beside = new Map<string, Quantity>();
  return request.legs.map(({ symbol, side, quantity, terms, timeInForce, outsideRth }) => {
    const leg = { role: 'oco' as const, side, quantity, terms, timeInForce };
    const context = riskContextOf(state, at, origin, { action: 'place', symbol, legs: [leg] }, { ...wish, outsideRth });
    const key = `${side} ${symbol}`;
    const before = beside.get(key) ?? ZERO_QUANTITY;
    if (isManaged) beside.set(key, add(before, quantity));
    const { buyLeaves, sellLeaves } = context;
    return side === 'BUY'
      ? { ...context, buyLeaves: add(buyLeaves, before) }
      : { ...context, sellLeaves: add(sellLeaves, before) };
  });
}

interface Denied {
  readonly asked: OcoLeg;
  readonly draft: LegDraft;
  readonly decision: RiskDecision;
}

/** The orders that were denied stay in the ledger, each with its reason; the others are not shown, for none was sent. */
function deny(turn: Turn, origin: Origin, legs: readonly Denied[]): CommandReply {
  const orders: OrderRecord[] = [];
  const reasons = legs.map(({ asked, draft, decision }) => {
    const { orders: drafted } = draftOrders(turn, { origin, decision, groupId: null }, [draft]);
    orders.push(writeDown(turn, present(drafted[0], 'the denied order')));
    return `${describeOrder(asked)}: ${denialsOf(decision).map(describeReason).join(' ')}`;
  });
  const { decision } = present(legs[0], 'a denied leg');
  return { ...accepted(orders, decision), outcome: 'denied', message: reasons.join(' ') };
}

function ocaOf(request: OcoOrderRequest, group: GroupId): OcaMembership | null {
  if (custodyOf(request) === 'managed') return null;
  return { group, type: request.onPartialFill === 'cancel' ? 1 : 2 };
}

function groupOf(id: GroupId, request: OcoOrderRequest, orders: readonly OrderRecord[], opened: EpochMs): OcoGroup {
  const { onPartialFill, sharing, onOverfill } = request;
  return {
    id,
    custody: custodyOf(request),
    onPartialFill,
    sharing,
    onOverfill,
    legs: orders.map((order) => ({ order: order.id, quantity: order.spec.quantity, excess: ZERO_QUANTITY })),
    opened,
    closed: null,
    siblingsDueBy: null,
    flattenedBy: [],
  };
}
