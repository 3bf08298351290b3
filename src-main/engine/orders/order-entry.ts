import { present } from '#domain/assert';
import type { BracketGroup, BracketOrderRequest } from '#domain/bracket';
import type { CommandReply, RiskyCommand } from '#domain/command';
import type { GroupId } from '#domain/ids';
import type { Instrument } from '#domain/instrument';
import { oppositeOf } from '#domain/order-spec';
import type { OcaMembership, OrderRecord, Origin } from '#domain/order-record';
import type { RiskDecision } from '#domain/risk-decision';
import { err, ok, type Result } from '#domain/result';
import { accepted, denied, refused } from '#engine/reply';
import { isReducing } from '#engine/risk/risk-check';
import { NO_WISH, placeSubject, riskContextOf } from '#engine/risk/risk-context';
import { approve, decide } from '#engine/risk/risk-guard';
import { draftOrders, intend, rememberRecent, writeDown, type LegDraft } from '#engine/orders/placement';
import type { Turn } from '#engine/turn';

type PlaceOrder = Extract<RiskyCommand, { kind: 'place-order' }>;
type PlaceBracket = Extract<RiskyCommand, { kind: 'place-bracket' }>;

/** Two exits of a bracket form an OCA group at IBKR: the fill of one reduces the other, with overfill protection. */
const EXITS_REDUCE = 2;

/** A single order: decided, written down as an intent, then asked for. */
export function placeOrder(turn: Turn, origin: Origin, command: PlaceOrder): CommandReply {
  const { request } = command;
  const instrument = instrumentOf(turn, request.symbol);
  if (!instrument.ok) return refused(instrument.error);
  const decision = decideOn(turn, origin, command);
  const { side, quantity, terms, timeInForce, outsideRth } = request;
  const leg: LegDraft = {
    ...{ instrument: instrument.value, role: 'parent', side, quantity, terms, timeInForce, outsideRth },
    oca: null,
  };
  const draft = draftOrders(turn, { origin, decision, groupId: null }, [leg]);
  const approved = approve(decision, draft.legs);
  const order = present(draft.orders[0], 'the order');
  if (!approved.ok) return denied([writeDown(turn, order)], decision);
  intend(turn, draft, approved.value, isReducing(decision.context) ? 'reduce' : 'new');
  rememberRecent(turn, order);
  return accepted([order], decision);
}

/**
 * An entry with its exits. One that scales out is a bracket for each level, decided as one: IBKR gives the exits the
 * quantity of their entry, so that each level has an entry of its own.
 */
export function placeBracket(turn: Turn, origin: Origin, command: PlaceBracket): CommandReply {
  const instrument = instrumentOf(turn, command.request.symbol);
  if (!instrument.ok) return refused(instrument.error);
  const decision = decideOn(turn, origin, command);
  const levels = levelsOf(command.request);
  const scaleOutId = levels.length > 1 ? turn.newGroupId() : null;
  const orders: OrderRecord[] = [];
  for (const [index, level] of levels.entries()) {
    const groupId = turn.newGroupId();
    const draft = draftOrders(turn, { origin, decision, groupId }, bracketLegs(level, instrument.value, groupId));
    const approved = approve(decision, draft.legs);
    const entry = present(draft.orders[0], 'the entry');
    if (!approved.ok) {
      const whole = { ...entry, spec: { ...entry.spec, quantity: command.request.quantity } };
      return denied([writeDown(turn, whole)], decision);
    }
    const scaleOut = scaleOutId === null ? null : { id: scaleOutId, level: index + 1, of: levels.length };
    intend(turn, draft, approved.value, 'new', { group: groupOf(groupId, draft.orders, turn, scaleOut) });
    rememberRecent(turn, entry);
    orders.push(...draft.orders);
  }
  return accepted(orders, decision);
}

/** The instrument that a person means by `symbol`, or why nothing can be ordered in it. */
export function instrumentOf({ state: { durable, observed } }: Turn, symbol: string): Result<Instrument, string> {
  if (durable.account === null) return err('No account is known yet: connect to TWS or IB Gateway first.');
  const conId = observed.conIdBySymbol.get(symbol);
  if (conId === undefined) return err(`${symbol} is not a stock or ETF that IBKR has named to this workstation.`);
  return ok(present(durable.instruments.get(conId), 'the indexed instrument'));
}

function decideOn(turn: Turn, origin: Origin, command: PlaceOrder | PlaceBracket): RiskDecision {
  const allowFlip = command.kind === 'place-order' && command.request.allowFlip === true;
  const { outsideRth } = command.request;
  const wish = { ...NO_WISH, override: turn.override, allowFlip, outsideRth };
  const context = riskContextOf(turn.state, turn.at, origin, placeSubject(command), wish);
  const decision = decide(turn.newDecisionId(), context);
  turn.emit({ type: 'decision-made', decision });
  return decision;
}

/** The brackets that a request comes to: one, or one for each level. */
function levelsOf(request: BracketOrderRequest): readonly BracketOrderRequest[] {
  if (request.levels.length === 0) return [request];
  return request.levels.map(({ quantity, limit }) => ({ ...request, quantity, takeProfit: { limit }, levels: [] }));
}

function bracketLegs(request: BracketOrderRequest, instrument: Instrument, groupId: GroupId): readonly LegDraft[] {
  const { side, quantity, parent, takeProfit, stopLoss, timeInForce, exitTimeInForce, outsideRth } = request;
  const oca: OcaMembership | null = takeProfit === null ? null : { group: groupId, type: EXITS_REDUCE };
  const entry = { instrument, side, quantity, timeInForce, outsideRth, oca: null };
  const exit = { ...entry, side: oppositeOf(side), timeInForce: exitTimeInForce, oca };
  return [
    { ...entry, role: 'parent', terms: parent },
    ...(takeProfit === null
      ? []
      : [{ ...exit, role: 'take-profit' as const, terms: { type: 'LMT' as const, limit: takeProfit.limit } }]),
    { ...exit, role: 'stop-loss', terms: stopLoss },
  ];
}

function groupOf(
  id: GroupId,
  orders: readonly OrderRecord[],
  turn: Turn,
  scaleOut: BracketGroup['scaleOut'],
): BracketGroup {
  const leg = (role: 'parent' | 'take-profit' | 'stop-loss'): OrderRecord | undefined =>
    orders.find((order) => order.group?.role === role);
  const parent = present(leg('parent'), 'the entry');
  return {
    id,
    conId: parent.spec.conId,
    symbol: parent.spec.symbol,
    side: parent.spec.side,
    parent: parent.id,
    takeProfit: leg('take-profit')?.id ?? null,
    stopLoss: present(leg('stop-loss'), 'the stop').id,
    covers: [],
    opened: turn.at,
    closed: null,
    exitsDueBy: null,
    scaleOut,
  };
}
