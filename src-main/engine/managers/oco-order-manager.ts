import { assert, present } from '#domain/assert';
import { isReady } from '#domain/connection-state';
import { alarmId, laterBy, type ClientOrderId, type EpochMs, type GroupId } from '#domain/ids';
import { add, compare, isZero, type Quantity } from '#domain/money';
import type { OcoGroup } from '#domain/oco';
import { allowedLeaves } from '#domain/oco-arithmetic';
import { isLive, leavesQuantityOf, type OrderRecord } from '#domain/order-record';
import { describeState } from '#domain/order-words';
import { asFilled, legsByFill, nameOf, ocoOf } from '#engine/managers/oco-legs';
import { flattenExcess, noteExcess, tellIfNotTradedBack } from '#engine/managers/oco-overfill';
import { ANSWER_DUE_MS } from '#engine/orders/answers';
import { requestCancel } from '#engine/orders/cancellation';
import { changeByManager, termsNow, whyNotChangeable } from '#engine/orders/managed-change';
import { ownIdentityOf } from '#engine/orders/order-ledger';
import { VANISHED_REASON } from '#engine/orders/reconciliation';
import { reasonText } from '#engine/text-limits';
import type { Turn } from '#engine/turn';

/** How long IBKR has to reduce or cancel the siblings of a fill by itself before we do it. */
export const SIBLING_GRACE_MS = 1_000;

/**
 * Looks at every OCO group that this step touched. Level-triggered: what each order may still fill by what has filled is
 * compared with what it can, so that fills in parts, twice, late or corrected lead to the same place.
 */
export function tendOcos(turn: Turn, touched: readonly ClientOrderId[]): void {
  const groups = new Set<GroupId>();
  for (const id of touched) {
    const order = turn.order(id);
    const group = groupOf(turn, order);
    if (group === undefined) continue;
    groups.add(group.id);
    if (order.group === null) tellIfNotTradedBack(turn, group, order);
    else tellIfAlone(turn, group, order);
  }
  for (const id of groups) tend(turn, id, false);
}

/** A session is ready: every open group is looked at anew. */
export function tendOpenOcos(turn: Turn): void {
  const { durable, observed } = turn.state;
  observed.ocoAsked.clear();
  observed.excessGivenUp.clear();
  for (const { id, closed } of durable.ocoGroups.values()) if (closed === null) tend(turn, id, false);
}

/** The time is over: siblings that should be gone or smaller and are not are cancelled or reduced by us. */
export function onSiblingsDue(turn: Turn, id: GroupId): void {
  tend(turn, id, true);
}

/** The group of an order; of one that trades an excess back, the group whose excess it is. */
function groupOf({ state: { durable } }: Turn, { id, origin, group }: OrderRecord): OcoGroup | undefined {
  if (group !== null) return durable.ocoGroups.get(group.id);
  if (origin !== 'manager') return undefined;
  return [...durable.ocoGroups.values()].find(({ flattenedBy }) => flattenedBy.includes(id));
}

function tend(turn: Turn, id: GroupId, isDue: boolean): void {
  noteExcess(turn, id);
  if (ocoOf(turn, id).closed !== null) return;
  followFills(turn, ocoOf(turn, id), isDue);
  const isFlattening = flattenExcess(turn, id);
  if (isFlattening || ocoOf(turn, id).legs.some(({ order }) => isLive(turn.order(order)))) return;
  turn.state.observed.deadlines.clear(deadlineKey(id));
  turn.emit({ type: 'oco-closed', groupId: id, at: turn.at });
}

const deadlineKey = (id: GroupId): string => `oco:${id}`;

function setSiblingsDue({ state: { observed } }: Turn, id: GroupId, at: EpochMs): void {
  observed.deadlines.set(deadlineKey(id), at, { kind: 'oco-siblings', group: id });
}

/** An order that can fill more than the others have left of the group, and how much it may. */
interface Excessive {
  readonly order: OrderRecord;
  readonly leaves: Quantity;
}

/**
 * The siblings of a fill shrink or go. Of its own group IBKR does that, and is given a moment for it; of a group that this
 * app manages, and where IBKR has not, we do.
 */
function followFills(turn: Turn, group: OcoGroup, isDue: boolean): void {
  const { deadlines, ocoAsked } = turn.state.observed;
  const excessive = excessiveOf(turn, group);
  if (excessive.length === 0) {
    deadlines.clear(deadlineKey(group.id));
    for (const { order } of group.legs) ocoAsked.delete(order);
    if (group.siblingsDueBy !== null) turn.emit({ type: 'oco-siblings-due', groupId: group.id, dueBy: null });
    return;
  }
  if (group.custody === 'native' && turn.at < graceEnd(turn, group)) return;
  if (!isReady(turn.state.durable.connection)) return; // taken up again when it is
  for (const it of excessive) shrink(turn, group, it, isDue);
  if (isDue || !deadlines.has(deadlineKey(group.id))) {
    setSiblingsDue(turn, group.id, laterBy(turn.at, ANSWER_DUE_MS));
  }
}

/**
 * Until when IBKR may do it by itself: from the first fill that it should have followed. A time further away than that is of
 * an earlier process, whose machine's clock was ahead of this one's.
 */
function graceEnd(turn: Turn, { id, siblingsDueBy }: OcoGroup): EpochMs {
  const latest = laterBy(turn.at, SIBLING_GRACE_MS);
  const isKnown = siblingsDueBy !== null && siblingsDueBy <= latest;
  const dueBy = isKnown ? siblingsDueBy : latest;
  if (!isKnown) turn.emit({ type: 'oco-siblings-due', groupId: id, dueBy });
  if (turn.at < dueBy) setSiblingsDue(turn, id, dueBy);
  return dueBy;
}

function excessiveOf(turn: Turn, group: OcoGroup): readonly Excessive[] {
  const legs = legsByFill(turn, group);
  return allowedLeaves(group, legs.map(asFilled)).flatMap((leaves, index) => {
    const { order } = present(legs[index], 'the leg of an allowance');
    return compare(leavesQuantityOf(order), leaves) > 0 ? [{ order, leaves }] : [];
  });
}

/** Asks once for the same; what IBKR refuses to make smaller, or has not made smaller when it is due, is cancelled. */
function shrink(turn: Turn, group: OcoGroup, { order, leaves }: Excessive, isDue: boolean): void {
  const { ocoAsked } = turn.state.observed;
  const { id, filled, state, spec } = order;
  if (ownIdentityOf(turn.state, order) === null) {
    raiseForeign(turn, group, order);
    return;
  }
  const wanted = add(filled, leaves);
  const isAsked = ocoAsked.get(id) === wanted;
  if (state.phase === 'cancelling' || (isAsked && !isDue)) return;
  if (isZero(leaves) || isAsked || spec.terms.type === 'OTHER') {
    if (!isZero(leaves) && order.modification !== null) return; // IBKR has not answered: its next snapshot tells
    requestCancel(turn, order, 'manager', `another order of ${nameOf(turn, group)} has filled`);
  } else {
    if (whyNotChangeable(turn, order) !== null) return;
    const changed = changeByManager(turn, order, { ...termsNow(order), quantity: wanted });
    assert(changed.ok, 'a smaller quantity of the same order needs no new decision');
  }
  ocoAsked.set(id, wanted);
}

/** Placed under another client id of ours: this session can not touch it, and a person must know. */
function raiseForeign(turn: Turn, group: OcoGroup, { id: orderId, number }: OrderRecord): void {
  const id = alarmId(`foreign-oco:${orderId}`);
  if (turn.state.durable.alarms.has(id)) return;
  const text = reasonText(
    `Order ${number} of ${nameOf(turn, group)} can still fill more than is left of the group, and was placed under another API client id. Cancel it in TWS.`,
  );
  turn.emit({ type: 'alarm-raised', alarm: { id, at: turn.at, severity: 'danger', text, orderId } });
}

/**
 * IBKR has rejected an order of the group, never got it, or lost it while nobody was looking: what remains works alone,
 * which is not what was asked for.
 */
function tellIfAlone(turn: Turn, group: OcoGroup, order: OrderRecord): void {
  const { state, broker, id: orderId, number } = order;
  const isLost =
    state.phase === 'rejected' ||
    (state.phase === 'cancelled' && (broker.permId === null || state.reason === VANISHED_REASON));
  const isAlone = group.legs.some((leg) => isLive(turn.order(leg.order)));
  if (!isLost || state.at !== turn.at || !isAlone) return;
  const text = reasonText(
    `${nameOf(turn, group)}: what is left of the group works alone, cancel it if you do not want that. Order ${number} is ${describeState(order)}`,
  );
  const id = alarmId(`oco-alone:${orderId}`);
  turn.emit({ type: 'alarm-raised', alarm: { id, at: turn.at, severity: 'warning', text, orderId } });
}
