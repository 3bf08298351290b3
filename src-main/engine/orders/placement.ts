import type { BracketGroup } from '#domain/bracket';
import { laterBy, orderNumber, type EffectId, type GroupId } from '#domain/ids';
import type { Instrument } from '#domain/instrument';
import { ZERO_QUANTITY, type Quantity } from '#domain/money';
import type { OcoGroup } from '#domain/oco';
import type { LegRole, OcaMembership, OrderRecord, Origin } from '#domain/order-record';
import type { OrderSpec, OrderTerms, Side, TimeInForce, TriggerSource } from '#domain/order-spec';
import type { RiskApproved, RiskDecision } from '#domain/risk-decision';
import type { ProtectiveStop } from '#domain/trailing-stop';
import { present } from '#domain/assert';
import { expectAnswer } from '#engine/orders/answers';
import type { Turn } from '#engine/turn';
import type { PlacedLeg } from '#ports/broker-port';

/** A submit that could not be handed to the socket within this time is not sent any more. */
export const PLACE_VALID_MS = 5_000;

/** Recent orders kept for the duplicate check: more than fit into its window at any message rate IBKR allows. */
const RECENT_MAX = 2_000;

/** One order to be drafted: everything but its identities. */
export interface LegDraft {
  readonly instrument: Instrument;
  readonly role: LegRole;
  readonly side: Side;
  readonly quantity: Quantity;
  readonly terms: OrderTerms;
  readonly timeInForce: TimeInForce;
  readonly outsideRth: boolean;
  readonly triggerOn?: TriggerSource | undefined;
  readonly oca: OcaMembership | null;
}

/** Orders with their identities, written down nowhere yet. */
export interface Draft {
  readonly effectId: EffectId;
  readonly orders: readonly OrderRecord[];
  readonly legs: readonly PlacedLeg[];
}

/** Why orders are made: who asked, by which decision, and the group they belong to. */
export interface DraftFor {
  readonly origin: Origin;
  readonly decision: RiskDecision;
  readonly groupId: GroupId | null;
}

/**
 * Gives orders their identities. Only what was approved takes ids of IBKR's: they are spent on what is sent. Exits are
 * attached to the entry that comes first (role `parent`).
 */
export function draftOrders(turn: Turn, { origin, decision, groupId }: DraftFor, drafts: readonly LegDraft[]): Draft {
  const { durable, observed } = turn.state;
  const effectId = turn.newEffectId();
  const legs: PlacedLeg[] = [];
  const orders = drafts.map((leg, index): OrderRecord => {
    const { instrument, role, side, quantity, terms, timeInForce, outsideRth, triggerOn, oca } = leg;
    const spec: OrderSpec = {
      account: present(durable.account, 'the account'),
      conId: instrument.conId,
      symbol: instrument.symbol,
      side,
      quantity,
      terms,
      timeInForce,
      outsideRth,
      ...(triggerOn === undefined ? {} : { triggerOn }),
    };
    const orderId = decision.outcome === 'approved' ? turn.newIbOrderId() : null;
    const id = turn.newClientOrderId();
    const entry = legs[0]?.role === 'parent' ? legs[0].orderId : null;
    if (orderId !== null) legs.push({ id, orderId, role, spec, parentOrderId: entry, oca });
    return {
      id,
      number: orderNumber(durable.nextOrderNumber + index),
      spec,
      origin,
      group: groupId === null ? null : { id: groupId, role },
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
  return { effectId, orders, legs };
}

/** The groups that an intent makes, or adds its orders to. */
export interface IntendedGroups {
  readonly group?: BracketGroup;
  readonly oco?: OcoGroup;
  readonly stop?: ProtectiveStop;
}

/** Writes the intent down and asks for it to be sent: from here on it may be at IBKR. */
export function intend(
  turn: Turn,
  { effectId, orders }: Draft,
  legs: RiskApproved<readonly PlacedLeg[]>,
  priority: 'reduce' | 'new',
  { group, oco, stop }: IntendedGroups = {},
): void {
  turn.emit({
    type: 'orders-intended',
    orders: [...orders],
    group: group ?? null,
    ...(oco === undefined ? {} : { oco }),
    ...(stop === undefined ? {} : { stop }),
    effectId,
  });
  turn.ask({ kind: 'place', id: effectId, validUntil: laterBy(turn.at, PLACE_VALID_MS), priority, legs });
  turn.state.observed.inFlight.set(effectId, { kind: 'place', orders: orders.map(({ id }) => id) });
  for (const { id } of orders) expectAnswer(turn, id);
}

/** A separate command was approved: the same again within the duplicate window is one order typed twice. */
export function rememberRecent({ at, state: { observed } }: Turn, { id, number }: OrderRecord): void {
  observed.recent.push({ at, order: id, number });
  if (observed.recent.length > RECENT_MAX) observed.recent.splice(0, RECENT_MAX / 2);
}

/** The denied order stays in the ledger with its reason and no group; what would have come with it is not shown. */
export function writeDown(turn: Turn, denied: OrderRecord): OrderRecord {
  const order: OrderRecord = {
    ...denied,
    group: null,
    broker: { clientId: null, orderId: null, permId: null },
    state: { phase: 'denied', at: turn.at },
  };
  turn.emit({ type: 'order-denied', order });
  return order;
}
