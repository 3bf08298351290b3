import { present } from '#domain/assert';
import type { BracketGroup } from '#domain/bracket';
import type { CommandReply, RiskyCommand } from '#domain/command';
import { laterBy, orderNumber, type EffectId, type GroupId } from '#domain/ids';
import type { Instrument } from '#domain/instrument';
import { ZERO_QUANTITY } from '#domain/money';
import type { OrderRecord, Origin } from '#domain/order-record';
import type { OrderSpec } from '#domain/order-spec';
import type { RiskDecision, RiskLeg } from '#domain/risk-decision';
import { accepted, denied, refused } from '#engine/reply';
import { placeSubject, riskContextOf } from '#engine/risk/risk-context';
import { approve, decide } from '#engine/risk/risk-guard';
import { expectAnswer } from '#engine/orders/answers';
import type { Turn } from '#engine/turn';
import type { PlacedLeg } from '#ports/broker-port';

/** A submit that could not be handed to the socket within this time is not sent any more. */
export const PLACE_VALID_MS = 5_000;

/** Recent orders kept for the duplicate check: more than fit into its window at any message rate IBKR allows. */
const RECENT_MAX = 2_000;

type PlaceCommand = Exclude<RiskyCommand, { kind: 'modify-order' }>;

/** A new order or bracket: decided, written down as an intent, then asked for. */
export function place(turn: Turn, origin: Origin, command: PlaceCommand): CommandReply {
  const { durable, observed } = turn.state;
  const { symbol } = command.request;
  if (durable.account === null) return refused('No account is known yet: connect to TWS or IB Gateway first.');
  const conId = observed.conIdBySymbol.get(symbol);
  if (conId === undefined) return refused(`${symbol} is not a stock or ETF that IBKR has named to this workstation.`);
  const instrument = present(durable.instruments.get(conId), 'the indexed instrument');

  const subject = placeSubject(command);
  const decision = decide(turn.newDecisionId(), riskContextOf(turn.state, turn.at, origin, subject));
  turn.emit({ type: 'decision-made', decision });

  const draft = draftOrders(turn, origin, command, instrument, subject.legs, decision);
  const approved = approve(decision, draft.legs);
  if (!approved.ok) return deny(turn, draft, decision);

  turn.emit({ type: 'orders-intended', orders: [...draft.orders], group: draft.group, effectId: draft.effectId });
  turn.ask({
    kind: 'place',
    id: draft.effectId,
    validUntil: laterBy(turn.at, PLACE_VALID_MS),
    groupId: draft.group?.id ?? null,
    legs: approved.value,
  });
  observed.inFlight.set(draft.effectId, { kind: 'place', orders: draft.orders.map(({ id }) => id) });
  for (const { id } of draft.orders) expectAnswer(turn, id);
  const entry = present(draft.orders[0], 'the entry');
  observed.recent.push({ at: turn.at, order: entry.id, number: entry.number });
  if (observed.recent.length > RECENT_MAX) observed.recent.splice(0, RECENT_MAX / 2);
  return accepted(draft.orders, decision);
}

/** The denied entry stays in the ledger with its reason; exits that never were are not shown. */
function deny(turn: Turn, draft: Draft, decision: RiskDecision): CommandReply {
  const entry = present(draft.orders[0], 'the entry');
  const order: OrderRecord = {
    ...entry,
    group: null,
    broker: { clientId: null, orderId: null, permId: null },
    state: { phase: 'denied', at: turn.at },
  };
  turn.emit({ type: 'order-denied', order });
  return denied([order], decision);
}

interface Draft {
  readonly effectId: EffectId;
  readonly orders: readonly OrderRecord[];
  readonly legs: readonly PlacedLeg[];
  readonly group: BracketGroup | null;
}

function draftOrders(
  turn: Turn,
  origin: Origin,
  command: PlaceCommand,
  instrument: Instrument,
  riskLegs: readonly RiskLeg[],
  decision: RiskDecision,
): Draft {
  const { durable, observed } = turn.state;
  const effectId = turn.newEffectId();
  const groupId: GroupId | null = command.kind === 'place-bracket' ? turn.newGroupId() : null;
  const legs: PlacedLeg[] = [];
  const orders = riskLegs.map((leg, index): OrderRecord => {
    const spec: OrderSpec = {
      account: present(durable.account, 'the account'),
      conId: instrument.conId,
      symbol: instrument.symbol,
      side: leg.side,
      quantity: leg.quantity,
      terms: leg.terms,
      timeInForce: leg.timeInForce,
      outsideRth: command.request.outsideRth,
    };
    // A denied order takes no id of IBKR's: ids are spent only on what is sent.
    const orderId = decision.outcome === 'approved' ? turn.newIbOrderId() : null;
    const id = turn.newClientOrderId();
    const parentOrderId = legs[0]?.orderId ?? null;
    if (orderId !== null) legs.push({ id, orderId, role: leg.role, spec, parentOrderId });
    return {
      id,
      number: orderNumber(durable.nextOrderNumber + index),
      spec,
      origin,
      group: groupId === null ? null : { id: groupId, role: leg.role },
      state: { phase: 'submitting', since: turn.at, effectId },
      filled: ZERO_QUANTITY,
      averagePrice: null,
      broker: { clientId: observed.clientId, orderId, permId: null },
      decisionId: decision.id,
      modification: null,
      created: turn.at,
      changed: turn.at,
    };
  });
  return { effectId, orders, legs, group: groupId === null ? null : groupOf(groupId, orders, turn, instrument) };
}

function groupOf(id: GroupId, orders: readonly OrderRecord[], turn: Turn, instrument: Instrument): BracketGroup {
  const leg = (role: 'parent' | 'take-profit' | 'stop-loss'): OrderRecord | undefined =>
    orders.find((order) => order.group?.role === role);
  const parent = present(leg('parent'), 'the entry');
  return {
    id,
    conId: instrument.conId,
    symbol: instrument.symbol,
    side: parent.spec.side,
    parent: parent.id,
    takeProfit: leg('take-profit')?.id ?? null,
    stopLoss: present(leg('stop-loss'), 'the stop').id,
    opened: turn.at,
    closed: null,
    exitsDueBy: null,
  };
}
