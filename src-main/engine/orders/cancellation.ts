import { present } from '#domain/assert';
import type { Command, CommandReply } from '#domain/command';
import { isReady } from '#domain/connection-state';
import { laterBy, type EffectId } from '#domain/ids';
import { isNegative, isPositive, ZERO_POSITION } from '#domain/money';
import { isLive, isProtectiveExit, type OrderRecord, type Origin } from '#domain/order-record';
import { isStopType } from '#domain/order-spec';
import { describeReason } from '#domain/risk-words';
import { endWaitingStops } from '#engine/managers/trailing-stop-life';
import { hoursOf } from '#engine/market/market-hours';
import { accepted, refused } from '#engine/reply';
import { expectAnswer } from '#engine/orders/answers';
import { findByNumber } from '#engine/orders/modification';
import { ownIdentityOf } from '#engine/orders/order-ledger';
import { reasonText } from '#engine/text-limits';
import type { Turn } from '#engine/turn';

/** A cancel that could not be handed to the socket within this time is reported as not sent. */
const CANCEL_VALID_MS = 5_000;

/** Of an event override-used. */
const OVERRIDE_WHAT_LENGTH_MAX = 300;

/** Cancels the named orders; all that can be cancelled are, and the reply names those that can not. */
export function cancelOrders(
  turn: Turn,
  origin: Origin,
  command: Extract<Command, { kind: 'cancel-orders' }>,
): CommandReply {
  const unready = whyNotReady(turn);
  if (unready !== null) return refused(unready);
  const cancellable: OrderRecord[] = [];
  const obstacles: string[] = [];
  for (const number of new Set(command.numbers)) {
    const order = findByNumber(turn, number);
    if (order === undefined) {
      obstacles.push(`There is no order ${number}.`);
      continue;
    }
    const obstacle = whyNotCancellable(turn, order);
    if (obstacle !== null) obstacles.push(obstacle);
    else cancellable.push(order);
  }
  const { cancelled, whyNot } = cancelByHand(turn, origin, cancellable, 'asked for by a person');
  obstacles.push(...whyNot);
  if (cancelled.length === 0) return refused(obstacles.join(' '));
  return { ...accepted(cancelled, null), message: obstacles.join(' ') };
}

/**
 * Cancels every own live order, of one symbol or of all, and gives up the trailing stops that still wait for a price;
 * `keepStops` spares what protects.
 */
export function cancelAll(turn: Turn, origin: Origin, command: Extract<Command, { kind: 'cancel-all' }>): CommandReply {
  const unready = whyNotReady(turn);
  if (unready !== null) return refused(unready);
  const orders = [...turn.state.durable.orders.values()].filter(
    (order) =>
      order.origin !== 'external' &&
      (command.symbol === null || order.spec.symbol === command.symbol) &&
      !(command.keepStops && isProtectiveStop(turn, order)) &&
      order.state.phase !== 'cancelling' &&
      whyNotCancellable(turn, order) === null,
  );
  const waitingStops = command.keepStops ? 0 : endWaitingStops(turn, command.symbol);
  if (orders.length + waitingStops === 0) return refused('There is no live order of ours to cancel.');
  const { cancelled, whyNot } = cancelByHand(turn, origin, orders, 'cancel all');
  const message = whyNot.join(' ');
  return cancelled.length + waitingStops === 0 ? refused(message) : { ...accepted(cancelled, null), message };
}

/**
 * Cancels what a person wants cancelled, apart from orders whose market is closed where those are not to be managed by hand
 * (domain.md §6); an override lets one command pass, and is written down.
 * @returns what is being cancelled, and why the rest is not.
 */
function cancelByHand(
  turn: Turn,
  origin: Origin,
  orders: readonly OrderRecord[],
  reason: string,
): { readonly cancelled: readonly OrderRecord[]; readonly whyNot: readonly string[] } {
  const { override } = turn;
  const whyClosed = new Map<OrderRecord, string>();
  for (const order of orders) {
    const why = whyMarketClosed(turn, order);
    if (why !== null) whyClosed.set(order, why);
  }
  if (override !== null && whyClosed.size > 0) {
    const numbers = [...whyClosed.keys()].map(({ number }) => String(number)).join(', ');
    const what = `Cancelled while the market is closed: ${numbers}`.slice(0, OVERRIDE_WHAT_LENGTH_MAX);
    turn.emit({ type: 'override-used', what, origin, reason: override.reason });
    whyClosed.clear();
  }
  const cancelled = orders.filter((order) => !whyClosed.has(order));
  for (const order of cancelled) requestCancel(turn, order, origin, reason);
  return { cancelled, whyNot: [...new Set(whyClosed.values())] };
}

/** Why an order may not be cancelled by hand now; null: it may. Unknown hours do not hold a cancel up. */
function whyMarketClosed({ state, at }: Turn, { spec }: OrderRecord): string | null {
  if (state.durable.settings.risk.orderManagementWhenClosed !== 'disabled') return null;
  const hours = hoursOf(state, at, spec.conId, spec.outsideRth);
  if (hours.state !== 'closed') return null;
  return describeReason({ code: 'MARKET_CLOSED', symbol: spec.symbol, opensAt: hours.opensAt });
}

/** Cancels that the link may have lost are asked for again; asking twice does no harm. */
export function cancelAgain(turn: Turn): void {
  for (const order of turn.state.durable.orders.values()) {
    const isOwed = order.state.phase === 'cancelling' && order.state.effectId !== null;
    if (isOwed && ownIdentityOf(turn.state, order) !== null) {
      requestCancel(turn, order, 'manager', 'asked for before the link was lost');
    }
  }
}

/** Asks IBKR to cancel a live order of ours. A fill can still cross the cancel on the wire. */
export function requestCancel(turn: Turn, order: OrderRecord, origin: Origin, reason: string): void {
  const { orderId } = present(ownIdentityOf(turn.state, order), 'the identity of an order that may be cancelled');
  const effectId = turn.newEffectId();
  noteCancel(turn, order, origin, reason, effectId);
  turn.ask({
    kind: 'cancel',
    id: effectId,
    validUntil: laterBy(turn.at, CANCEL_VALID_MS),
    clientOrderId: order.id,
    orderId,
  });
  turn.state.observed.inFlight.set(effectId, { kind: 'cancel', order: order.id });
}

/** Writes down that `order` is to be cancelled by the effect `effectId`, and waits for the answer. */
export function noteCancel(turn: Turn, order: OrderRecord, origin: Origin, reason: string, effectId: EffectId): void {
  turn.emit({ type: 'cancel-requested', id: order.id, effectId, origin, reason: reasonText(reason) });
  turn.state.observed.failedCancels.delete(order.id);
  turn.state.observed.trails.noteCancel(order);
  expectAnswer(turn, order.id);
}

/** A stop that protects: of a bracket, standing for a position, or any other stop against the position. */
function isProtectiveStop(turn: Turn, order: OrderRecord): boolean {
  if (!isStopType(order.spec.terms)) return false;
  if (isProtectiveExit(order)) return true;
  const position = turn.state.durable.positions.get(order.spec.conId)?.quantity ?? ZERO_POSITION;
  return order.spec.side === 'SELL' ? isPositive(position) : isNegative(position);
}

function whyNotReady({ state }: Turn): string | null {
  const { connection } = state.durable;
  if (isReady(connection)) return null;
  return `Not connected to IBKR (${connection.phase}): a cancel is refused now, never queued.`;
}

function whyNotCancellable(turn: Turn, order: OrderRecord): string | null {
  const name = `Order ${order.number}`;
  if (!isLive(order)) return `${name} is ${order.state.phase} already.`;
  if (ownIdentityOf(turn.state, order) === null) {
    return `${name} was placed by another IBKR client: only a global cancel or that client can cancel it.`;
  }
  return null;
}
