import { present } from '#domain/assert';
import { isReady } from '#domain/connection-state';
import type { ClientOrderId, ConId } from '#domain/ids';
import { lossKeyOf, type LossLatch, type LossScope } from '#domain/loss-latch';
import { add, compare, isNegative, isZero, magnitudeOf } from '#domain/money';
import { isLive, isProtectiveExit, leavesQuantityOf, type OrderRecord, type Origin } from '#domain/order-record';
import { isStopType } from '#domain/order-spec';
import { tellSurvivor } from '#engine/managers/kill-switch';
import { requestCancel } from '#engine/orders/cancellation';
import { ownIdentityOf } from '#engine/orders/order-ledger';
import { quantityOf } from '#engine/orders/position-lag';
import type { Turn } from '#engine/turn';

/** How often an order is asked to be cancelled for the kill switch in one session. */
const KILL_TRIES_MAX = 3;
/** How often a cancel is asked for that the link or the pacer did not take. */
const UNSENT_TRIES_MAX = 10;

/** Why an order is to be cancelled; `isKilled`: by the kill switch, which does not leave it at one try. */
interface Cause {
  readonly reason: string;
  readonly isKilled: boolean;
}

/**
 * Less is allowed from now on, or a session has just become ready: every live order is looked at anew.
 * @returns those that are being cancelled for it.
 */
export function beginReducing(turn: Turn, origin: Origin = 'manager'): readonly OrderRecord[] {
  const { observed } = turn.state;
  // What is being cancelled already keeps its count of tries.
  for (const id of observed.sweptOrders.keys()) {
    if (turn.order(id).state.phase !== 'cancelling') observed.sweptOrders.delete(id);
  }
  const live = [...observed.liveByInstrument.values()].flatMap((ids) => [...ids]);
  return sweep(turn, live, origin);
}

/** The loss of a day has reached its limit: working orders that add in its scope are cancelled. */
export function reduceAfterLoss(turn: Turn, scope: LossScope): void {
  const { liveByInstrument } = turn.state.observed;
  const scopes = scope.over === 'account' ? [...liveByInstrument.values()] : [liveByInstrument.get(scope.conId) ?? []];
  const live = scopes.flatMap((ids) => [...ids]);
  for (const id of live) turn.state.observed.sweptOrders.delete(id);
  sweep(turn, live, 'manager');
}

/**
 * While trading is REDUCING or HALTED, or the loss of a day has latched, our own working orders that add risk are cancelled;
 * those that the kill switch found too, apart from what protects (domain.md §6). Orders that were on their way when it began
 * come here as IBKR answers, and those of an instrument as its position moves.
 */
export function tendReducing(turn: Turn, touched: readonly ClientOrderId[], moved: readonly ConId[] = []): void {
  const { durable, observed } = turn.state;
  if (durable.trading.state === 'ACTIVE' && durable.lossLatches.size === 0) return;
  // What closed a position adds to it when the position became smaller by something else.
  const beside = moved.flatMap((conId) => [...(observed.liveByInstrument.get(conId) ?? [])]);
  sweep(turn, [...touched, ...beside], 'manager');
}

/** A cancel was not handed to IBKR: it is asked for again where it was asked for here. */
export function onSweepUnsent(turn: Turn, id: ClientOrderId): void {
  const swept = turn.state.observed.sweptOrders.get(id);
  if (swept !== undefined && swept.tries < UNSENT_TRIES_MAX) {
    turn.state.observed.sweptOrders.set(id, { ...swept, isOwed: true });
  }
}

function sweep(turn: Turn, ids: readonly ClientOrderId[], origin: Origin): readonly OrderRecord[] {
  const { durable } = turn.state;
  if (!isReady(durable.connection)) return [];
  const cancelled: OrderRecord[] = [];
  for (const id of new Set(ids)) {
    const order = turn.order(id);
    if (!isLive(order) || order.state.phase === 'cancelling' || ownIdentityOf(turn.state, order) === null) continue;
    const cause = causeOf(turn, order);
    if (cause === null || !isDue(turn, order, cause)) continue;
    requestCancel(turn, order, origin, cause.reason);
    cancelled.push(order);
  }
  return cancelled;
}

/** Each is asked for once; what IBKR would not cancel is a person's to look at, and for the kill switch tried again. */
function isDue(turn: Turn, order: OrderRecord, { isKilled }: Cause): boolean {
  const { sweptOrders } = turn.state.observed;
  const { tries, isOwed } = sweptOrders.get(order.id) ?? { tries: 0, isOwed: true };
  if (!isOwed && !isKilled) return false;
  if (!isOwed && tries >= KILL_TRIES_MAX) {
    if (tries === KILL_TRIES_MAX) tellSurvivor(turn, order);
    sweptOrders.set(order.id, { tries: UNSENT_TRIES_MAX, isOwed: false });
    return false;
  }
  sweptOrders.set(order.id, { tries: tries + 1, isOwed: false });
  return true;
}

function causeOf(turn: Turn, order: OrderRecord): Cause | null {
  const { trading } = turn.state.durable;
  const { state, reason, kill } = trading;
  if (kill !== undefined && order.number < kill.before && (kill.includingStops || !isSpared(turn, order))) {
    return { reason: `trading is ${state}: ${reason}`, isKilled: true };
  }
  const holds = state === 'ACTIVE' ? latchWords(turn, order) : `trading is ${state}: ${reason}`;
  return holds !== null && isAdding(turn, order) ? { reason: `it adds risk, and ${holds}`, isKilled: false } : null;
}

function latchWords({ state: { durable } }: Turn, { spec: { conId } }: OrderRecord): string | null {
  const { lossLatches } = durable;
  const latch: LossLatch | undefined = lossLatches.get(lossKeyOf({ over: 'account' })) ?? lossLatches.get(conId);
  if (latch === undefined) return null;
  const { scope, loss, currency } = latch;
  return `the loss of the day ${scope.over === 'account' ? '' : `in ${scope.symbol} `}has reached its limit (${loss} ${currency})`;
}

/** What protects a position: an exit, a stop that closes no more than is held, an OCO group with such a stop in it. */
function isSpared(turn: Turn, order: OrderRecord): boolean {
  if (isProtectiveExit(order)) return true;
  if (isAdding(turn, order)) return false;
  if (isStop(order)) return true;
  const oco = order.group?.role === 'oco' ? turn.state.durable.ocoGroups.get(order.group.id) : undefined;
  return (oco?.legs ?? []).some((it) => {
    const leg = turn.order(it.order);
    return isLive(leg) && isStop(leg) && !isAdding(turn, leg);
  });
}

/**
 * True unless the order is an exit of a bracket, or closes no more than what older closing orders leave of the position.
 * Stops and other closing orders are two groups, for a stop that protects the position stands beside the order that closes
 * it (domain.md §5).
 */
function isAdding(turn: Turn, order: OrderRecord): boolean {
  if (isProtectiveExit(order)) return false;
  const { conId, side } = order.spec;
  const held = quantityOf(turn.state.durable, conId);
  if (isZero(held) || side !== (isNegative(held) ? 'BUY' : 'SELL')) return true;
  let closing = leavesQuantityOf(order);
  for (const id of present(turn.state.observed.liveByInstrument.get(conId), 'the live orders beside a live one')) {
    const other = turn.order(id);
    const isOfItsGroup = other.spec.side === side && !isProtectiveExit(other) && isStop(other) === isStop(order);
    if (isOfItsGroup && other.number < order.number) closing = add(closing, leavesQuantityOf(other));
  }
  return compare(closing, magnitudeOf(held)) > 0;
}

const isStop = ({ spec }: OrderRecord): boolean => isStopType(spec.terms);
