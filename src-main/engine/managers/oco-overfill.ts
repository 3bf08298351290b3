import { present } from '#domain/assert';
import { isReady } from '#domain/connection-state';
import { alarmId, type GroupId } from '#domain/ids';
import { isZero, leavesOf, minOf, type Quantity } from '#domain/money';
import { OCO_LEGS_MAX, type OcoGroup } from '#domain/oco';
import { excessOf } from '#domain/oco-arithmetic';
import { isLive, type OrderRecord } from '#domain/order-record';
import { oppositeOf } from '#domain/order-spec';
import { describeState } from '#domain/order-words';
import { denialsOf, type RiskLeg } from '#domain/risk-decision';
import { describeReason } from '#domain/risk-words';
import { asExecuted, legsByFill, nameOf, ocoOf, type OcoLegNow } from '#engine/managers/oco-legs';
import { draftOrders, intend, writeDown } from '#engine/orders/placement';
import { quantityOf } from '#engine/orders/position-lag';
import { riskContextOf } from '#engine/risk/risk-context';
import { approve, decide } from '#engine/risk/risk-guard';
import { reasonText } from '#engine/text-limits';
import type { Turn } from '#engine/turn';

/**
 * More filled than the group was for: two orders at once, or one while its cancel was on the way. It is told whenever it
 * changes, also after the group has closed, and taken back when a correction takes it away. Only executions count.
 */
export function noteExcess(turn: Turn, id: GroupId): void {
  const group = ocoOf(turn, id);
  const policy = group.onOverfill;
  const legs = legsByFill(turn, group);
  const changed = excessOf(group, legs.map(asExecuted)).flatMap((excess, index) => {
    const { order, excess: told } = present(legs[index], 'the leg of an excess');
    return excess === told ? [] : [{ id: order.id, excess }];
  });
  for (const leg of changed) turn.emit({ type: 'oco-overfilled', groupId: id, ...leg, policy });
  if (changed.length > 0) tell(turn, ocoOf(turn, id), nextOf(group));
}

/**
 * Trades back what filled too much, where the group says so: never more than the excess, and one order of each leg at a
 * time. What was ordered counts, so that nothing is traded back twice, however it went; only an order that never reached
 * IBKR is asked for again.
 * @returns true while something is owed or under way.
 */
export function flattenExcess(turn: Turn, id: GroupId): boolean {
  const group = ocoOf(turn, id);
  if (group.onOverfill === 'alert') return false;
  const owed = owedBy(turn, group);
  const { excessGivenUp } = turn.state.observed;
  if (owed.length > 0 && !isReady(turn.state.durable.connection)) return true;
  for (const it of owed) if (excessGivenUp.get(it.leg.order.id) !== it.excess) tradeBack(turn, id, it);
  return ocoOf(turn, id).flattenedBy.some((order) => isLive(turn.order(order)));
}

/** An order that was to trade an excess back has just ended without that: a person has to. */
export function tellIfNotTradedBack(turn: Turn, group: OcoGroup, order: OrderRecord): void {
  const { state, number } = order;
  const hasFailed = state.phase === 'rejected' || (state.phase === 'cancelled' && !hasNeverArrived(order));
  if (!hasFailed || state.at !== turn.at) return;
  tell(turn, group, `Close by hand what is left: order ${number} was to trade it back and is ${describeState(order)}`);
}

interface Owed {
  readonly leg: OcoLegNow;
  readonly excess: Quantity;
}

/** The excess that no order of ours has traded back, of the legs for which none is under way. */
function owedBy(turn: Turn, group: OcoGroup): readonly Owed[] {
  const legs = legsByFill(turn, group);
  const orders = group.flattenedBy.map((id) => turn.order(id));
  const undoes = (order: OrderRecord, { order: { spec } }: OcoLegNow): boolean =>
    order.spec.conId === spec.conId && order.spec.side !== spec.side;
  const unused = new Map(
    orders.map((order) => [order.id, hasNeverArrived(order) ? order.filled : order.spec.quantity]),
  );
  // The leg that came last is the first that was traded back.
  const net = legs.map(asExecuted);
  for (const [index, leg] of [...legs.entries()].reverse()) {
    let { filled } = asExecuted(leg);
    for (const order of orders) {
      if (!undoes(order, leg)) continue;
      const left = present(unused.get(order.id), 'what an order traded back');
      const used = minOf(left, filled);
      unused.set(order.id, leavesOf(left, used));
      filled = leavesOf(filled, used);
    }
    net[index] = { ...asExecuted(leg), filled };
  }
  return excessOf(group, net).flatMap((excess, index) => {
    const leg = present(legs[index], 'the leg of an excess');
    const isUnderWay = orders.some((order) => isLive(order) && undoes(order, leg));
    return isZero(excess) || isUnderWay ? [] : [{ leg, excess }];
  });
}

const hasNeverArrived = ({ state, broker }: OrderRecord): boolean =>
  state.phase === 'cancelled' && broker.permId === null;

function tradeBack(turn: Turn, id: GroupId, { leg: { order }, excess }: Owed): void {
  const { symbol, conId, side } = order.spec;
  const group = ocoOf(turn, id);
  const leg: RiskLeg = {
    ...{ role: 'parent', side: oppositeOf(side), quantity: excess },
    ...{ terms: { type: 'MKT' }, timeInForce: 'DAY' },
  };
  const subject = { action: 'place' as const, symbol, legs: [leg] };
  const decision = decide(turn.newDecisionId(), riskContextOf(turn.state, turn.at, 'manager', subject));
  turn.emit({ type: 'decision-made', decision });
  const instrument = present(turn.state.durable.instruments.get(conId), 'the instrument of an excess');
  const drafts = [{ ...leg, instrument, outsideRth: false, oca: null }];
  const draft = draftOrders(turn, { origin: 'manager', decision, groupId: null }, drafts);
  const drafted = present(draft.orders[0], 'the order');
  const approved = approve(decision, draft.legs);
  if (approved.ok && group.flattenedBy.length < OCO_LEGS_MAX) {
    const oco = { ...group, flattenedBy: [...group.flattenedBy, drafted.id] };
    intend(turn, draft, approved.value, 'reduce', { oco });
    return;
  }
  turn.state.observed.excessGivenUp.set(order.id, excess);
  const reasons = approved.ok
    ? [`${String(OCO_LEGS_MAX)} orders have tried.`]
    : denialsOf(decision).map(describeReason);
  if (!approved.ok) writeDown(turn, drafted);
  tell(turn, group, `It can not be traded back: ${reasons.join(' ')} Close by hand what you do not want.`);
}

const nextOf = ({ onOverfill }: OcoGroup): string =>
  onOverfill === 'alert' ? 'Close what you do not want.' : 'It is traded back at the market.';

/** The one alarm of a group that filled too much, with the numbers as they are now and what happens next. */
function tell(turn: Turn, group: OcoGroup, next: string): void {
  const { durable } = turn.state;
  const id = alarmId(`oco-overfill:${group.id}`);
  const over = group.legs.filter(({ excess }) => !isZero(excess));
  const [first] = over;
  if (first === undefined) {
    if (durable.alarms.has(id)) turn.emit({ type: 'alarm-cleared', alarmId: id, origin: 'manager' });
    return;
  }
  const parts = over.map(({ order, excess }) => {
    const { number, spec } = turn.order(order);
    return `${excess} ${spec.symbol} by order ${number} (${spec.side})`;
  });
  const held = new Map(
    over.map(({ order }) => {
      const { symbol, conId } = turn.order(order).spec;
      return [symbol, quantityOf(durable, conId)];
    }),
  );
  const positions = [...held].map(([symbol, quantity]) => `${quantity} ${symbol}`).join(', ');
  const text = reasonText(
    `${nameOf(turn, group)} filled too much: ${parts.join(', ')}. The position is ${positions} now. ${next}`,
  );
  const alarm = { id, at: turn.at, severity: 'danger' as const, text, orderId: first.order };
  turn.emit({ type: 'alarm-raised', alarm });
}
