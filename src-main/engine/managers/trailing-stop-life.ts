import { present } from '#domain/assert';
import type { Command, CommandReply } from '#domain/command';
import { alarmId, epochMs, type AlarmId, type ClientOrderId, type ConId, type GroupId } from '#domain/ids';
import { isNegative, isZero } from '#domain/money';
import { isLive, type OrderRecord } from '#domain/order-record';
import { stopOf, typeNameOf } from '#domain/order-spec';
import { describeState } from '#domain/order-words';
import type { ProtectiveStop } from '#domain/trailing-stop';
import { wakeForTrails } from '#engine/managers/trail-budget';
import { Follower } from '#engine/managers/trail-follower';
import { whyNotModifiable } from '#engine/orders/modification';
import { quantityOf } from '#engine/orders/position-lag';
import { accepted, refused } from '#engine/reply';
import { reasonText } from '#engine/text-limits';
import type { Turn } from '#engine/turn';

/** The schema of a stop's state bounds why it stands there. */
const WHY_LENGTH_MAX = 300;

/** The orders and positions that this step touched: what became of the stops that stand for a position. */
export function tendStops(turn: Turn, touched: readonly ClientOrderId[], moved: readonly ConId[]): void {
  const ids = new Set<GroupId>();
  for (const id of touched) {
    const { group } = turn.order(id);
    if (group?.role === 'protective-stop') ids.add(group.id);
  }
  for (const conId of moved) {
    const open = turn.state.observed.openStops.get(conId) ?? [];
    for (const id of open) ids.add(id);
    if (wasSplit(turn, conId)) for (const id of open) onSplit(turn, stopNamed(turn, id));
  }
  for (const id of ids) tend(turn, id);
}

/**
 * A session is ready. What rests at IBKR is the floor: each stop is followed anew from there, so that neither a restart nor
 * a reconnect can move one against the position.
 */
export function tendOpenStops(turn: Turn): void {
  const { openStops, trails } = turn.state.observed;
  trails.startAnew();
  for (const ids of openStops.values()) for (const id of [...ids]) tend(turn, id);
}

/** Follows `stop` from what its order is now; a stop that this app does not move is not followed. */
export function followStop(turn: Turn, stop: ProtectiveStop): void {
  const { durable, observed } = turn.state;
  const { id, conId, plan, state } = stop;
  if (plan.kind !== 'managed' || state.phase === 'suspended' || state.phase === 'ended') return;
  const symbol = observed.trails.symbolOf(conId);
  const order = stop.order === null ? null : turn.order(stop.order);
  const resting = order === null ? null : stopOf(order.spec.terms);
  const instrument = present(durable.instruments.get(conId), 'the instrument of a stop');
  symbol.errand = 'unknown';
  let follower = symbol.followers.get(id);
  const isAnswered = order?.modification === null;
  if (follower === undefined) {
    follower = new Follower(stop, plan);
    symbol.followers.set(id, follower);
    symbol.streams.add(follower.stream);
    if (resting !== null) follower.restsAt(resting, instrument);
    // Its activation price was touched, and its order has not been placed yet.
    else if (state.phase === 'guarding') follower.begin(present(stop.waterMark, 'the price touched'));
  } else if (resting !== null && resting !== follower.resting) {
    if (resting === follower.asked) follower.hasMoved(resting, instrument);
    else follower.restsAt(resting, instrument);
  } else if (follower.asked !== null && isAnswered) follower.wasRefused(turn.at);
  if (isAnswered) follower.asked = null;
  follower.isBusy = order !== null && (!isZero(order.filled) || whyNotModifiable(turn, order) !== null);
  if (follower.isBusy) return;
  follower.lookAgain(instrument, turn.at);
  if (follower.dueSince === null) return;
  observed.trails.waiting.add(symbol);
  wakeForTrails(turn, epochMs(Math.max(turn.at, symbol.nextMoveAt, follower.notBefore)));
}

/** The stop has done its work, or there is none left for it. */
export function endStop(turn: Turn, { id, conId, order }: ProtectiveStop, why: string): void {
  const { trails } = turn.state.observed;
  turn.emit({ type: 'stop-ended', groupId: id, why: why.slice(0, WHY_LENGTH_MAX) });
  trails.drop(conId, id);
  if (order !== null) trails.cancelsAsked.delete(order);
  clearStopAlarms(turn, id);
}

/** A person gives up the stops of a symbol that wait for their activation price: nothing of them rests at IBKR. */
export function dropWaitingStops(
  turn: Turn,
  { symbol }: Extract<Command, { kind: 'drop-waiting-stops' }>,
): CommandReply {
  if (endWaitingStops(turn, symbol) > 0) return accepted([], null);
  return refused(
    `No trailing stop of ${symbol} waits for its activation price. One that rests at IBKR is cancelled as an order.`,
  );
}

/** Ends the waiting stops of `symbol`, or of all. @returns how many there were. */
export function endWaitingStops(turn: Turn, symbol: string | null): number {
  const { durable, observed } = turn.state;
  const open = [...observed.openStops.values()].flatMap((ids) => [...ids]);
  const waiting = open
    .map((id) => present(durable.protectiveStops.get(id), 'an open protective stop'))
    .filter((stop) => stop.order === null && (symbol === null || stop.symbol === symbol));
  for (const stop of waiting) endStop(turn, stop, 'a person gave it up');
  return waiting.length;
}

/** The alarm of a stop that a person has to look at. */
export const stopAlarmOf = (id: GroupId): AlarmId => alarmId(`stop:${id}`);
/** The alarm of a stop that the market is through. */
export const gapAlarmOf = (id: GroupId): AlarmId => alarmId(`gap:${id}`);

export function clearStopAlarms(turn: Turn, id: GroupId): void {
  for (const it of [stopAlarmOf(id), gapAlarmOf(id)]) {
    if (turn.state.durable.alarms.has(it)) turn.emit({ type: 'alarm-cleared', alarmId: it, origin: 'manager' });
  }
}

export function raiseStopAlarm(turn: Turn, id: AlarmId, text: string, orderId: ClientOrderId | null): void {
  const alarm = { id, at: turn.at, severity: 'danger' as const, text: reasonText(text), orderId };
  turn.emit({ type: 'alarm-raised', alarm });
}

function tend(turn: Turn, id: GroupId): void {
  const stop = stopNamed(turn, id);
  if (stop.state.phase === 'ended') return;
  const order = stop.order === null ? null : turn.order(stop.order);
  if (order === null) {
    if (!isHeld(turn, stop)) {
      endStop(turn, stop, 'the position is closed');
      return;
    }
  } else if (!isLive(order)) {
    onOrderGone(turn, stop, order);
    return;
  } else onOrderLive(turn, stop, order);
  followStop(turn, stopNamed(turn, id));
}

function onOrderLive(turn: Turn, stop: ProtectiveStop, order: OrderRecord): void {
  const { plan, state } = stop;
  const { terms } = order.spec;
  // A cancel that IBKR refused is none: what takes the order away later is not our doing.
  if (order.state.phase !== 'cancelling') turn.state.observed.trails.cancelsAsked.delete(order.id);
  if (plan.kind === 'native' && state.phase === 'waiting' && terms.type === 'TRAIL') {
    turn.emit({ type: 'stop-activated', groupId: stop.id, waterMark: null });
  }
  if (plan.kind === 'managed' && state.phase !== 'suspended' && terms.type !== 'STP') {
    suspend(
      turn,
      stop,
      order,
      `order ${String(order.number)} was made a ${typeNameOf(terms)} order, whose stop this app can not move`,
    );
  }
}

/** Its order is over: done, no longer needed, taken back by us, or taken away from under the position. */
function onOrderGone(turn: Turn, stop: ProtectiveStop, order: OrderRecord): void {
  if (order.state.phase === 'filled') endStop(turn, stop, 'it filled');
  else if (!isHeld(turn, stop)) endStop(turn, stop, 'the position is closed');
  else if (turn.state.observed.trails.cancelsAsked.has(order.id)) endStop(turn, stop, 'it was cancelled');
  else
    suspend(
      turn,
      stop,
      order,
      `order ${String(order.number)} is ${describeState(order)}, and no stop rests in its place`,
    );
}

function suspend(turn: Turn, stop: ProtectiveStop, order: OrderRecord, because: string): void {
  const why = because.slice(0, WHY_LENGTH_MAX);
  if (stop.state.phase === 'suspended' && stop.state.why === why) return;
  turn.emit({ type: 'stop-suspended', groupId: stop.id, why });
  turn.state.observed.trails.drop(stop.conId, stop.id);
  const text = `${stop.symbol}: stop ${String(order.number)} is suspended: ${why}. Look at the position, then re-arm it or place another.`;
  raiseStopAlarm(turn, stopAlarmOf(stop.id), text, order.id);
}

/** Prices and quantities are not what they were: a person has to look before anything moves again. */
function onSplit(turn: Turn, stop: ProtectiveStop): void {
  if (stop.order !== null) {
    suspend(turn, stop, turn.order(stop.order), 'the shares were split or merged; its prices may be those of before');
    return;
  }
  endStop(turn, stop, 'the shares were split or merged before its activation price');
  const text = `${stop.symbol}: a trailing stop that waited for its activation price has ended, for the shares were split or merged. Place another.`;
  raiseStopAlarm(turn, stopAlarmOf(stop.id), text, null);
}

/** True when this step's reconciliation found that IBKR's position is ours times the ratio of a split. */
function wasSplit({ at, state: { durable } }: Turn, conId: ConId): boolean {
  const { proof } = durable;
  if (proof?.at !== at) return false;
  return proof.findings.some(
    (finding) =>
      finding.kind === 'adjusted-position' && finding.conId === conId && finding.cause === 'corporate-action',
  );
}

/** True while there is something on the side that `stop` protects. */
function isHeld(turn: Turn, { conId, side }: ProtectiveStop): boolean {
  const held = quantityOf(turn.state.durable, conId);
  return !isZero(held) && isNegative(held) === (side === 'BUY');
}

function stopNamed(turn: Turn, id: GroupId): ProtectiveStop {
  return present(turn.state.durable.protectiveStops.get(id), 'the protective stop');
}
