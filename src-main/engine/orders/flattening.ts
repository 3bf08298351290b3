import { present } from '#domain/assert';
import type { CommandReply } from '#domain/command';
import { isReady } from '#domain/connection-state';
import { formatSignedQuantity } from '#domain/format';
import { alarmId, type AlarmId, type ClientOrderId, type ConId } from '#domain/ids';
import { isNegative, isPositive, isZero } from '#domain/money';
import { isProtectiveExit, type OrderRecord, type Origin } from '#domain/order-record';
import { describeState } from '#domain/order-words';
import type { RiskOverride } from '#domain/risk-override';
import { requestCancel } from '#engine/orders/cancellation';
import { closersOf, closingOf, holdingOf, placeClosing, untradable } from '#engine/orders/closing';
import { ownIdentityOf } from '#engine/orders/order-ledger';
import { quantityOf } from '#engine/orders/position-lag';
import { accepted, refused } from '#engine/reply';
import { reasonText } from '#engine/text-limits';
import type { Turn } from '#engine/turn';

/**
 * Cancels our own orders, apart from those that protect a position or close one at the market, and closes every position.
 * What an order on its way out might still close is closed once IBKR has taken that order away: nothing closes twice.
 */
export function flatten(turn: Turn, origin: Origin): CommandReply {
  const { durable, observed } = turn.state;
  const { connection } = durable;
  if (!isReady(connection))
    return refused(`Not connected to IBKR (${connection.phase}): nothing can be flattened now.`);
  const orders: Pick<OrderRecord, 'id' | 'number'>[] = [...cancelOpening(turn, origin)];
  const left: string[] = [];
  for (const { conId, symbol, quantity } of [...durable.positions.values()]) {
    clearAlarm(turn, conId);
    if (isZero(quantity)) continue;
    if (observed.conIdBySymbol.get(symbol) === conId) {
      observed.flattening.set(conId, origin);
      const reply = closeWhatIsFree(turn, conId, symbol, origin);
      if (reply.outcome === 'accepted') orders.push(...reply.orders);
      left.push(reply.message);
    } else left.push(`${formatSignedQuantity(quantity)} ${symbol} ${untradable(durable.instruments.get(conId))}`);
  }
  const message = left.filter((text) => text !== '').join(' ');
  if (orders.length > 0 || observed.flattening.size > 0) return { ...accepted(orders, null), message };
  return refused(
    message === '' ? 'There is nothing to flatten: no position, and no order of ours to cancel.' : message,
  );
}

/**
 * Flattening is confirmed by itself, and goes on after its command: a closed market, where the policy holds back what is done by
 * hand, does not hold it up. Its decisions say so.
 */
const ALL_GOES: RiskOverride = { reason: 'flatten: every position is to be closed' };

/** Goes on with what `flatten` began, as IBKR answers its cancels. */
export function tendFlattening(turn: Turn, touched: readonly ClientOrderId[]): void {
  const { durable, observed } = turn.state;
  if (observed.flattening.size === 0) return;
  if (!isReady(durable.connection)) {
    for (const conId of observed.flattening.keys())
      tellNotFlat(turn, conId, `the session is ${durable.connection.phase}.`);
    observed.flattening.clear();
    return;
  }
  for (const conId of new Set(touched.map((id) => turn.order(id).spec.conId))) {
    const origin = observed.flattening.get(conId);
    if (origin === undefined) continue;
    const failed = touched
      .map((id) => turn.order(id))
      .find((order) => order.spec.conId === conId && hasFailed(turn, order));
    if (failed !== undefined) {
      // Sent again it would fail again: without an end where the disk is full, or IBKR takes none.
      observed.flattening.delete(conId);
      tellNotFlat(turn, conId, `order ${failed.number} was to close it and is ${describeState(failed)}`);
      continue;
    }
    const { symbol } = present(durable.instruments.get(conId), 'the instrument to flatten');
    const reply = closeWhatIsFree(turn, conId, symbol, origin);
    if (reply.outcome !== 'accepted') tellNotFlat(turn, conId, reply.message);
  }
}

/** An order at the market that has just ended otherwise than by its fill. */
function hasFailed({ at }: Turn, { spec, state }: OrderRecord): boolean {
  return spec.terms.type === 'MKT' && (state.phase === 'cancelled' || state.phase === 'rejected') && state.at === at;
}

/** Closes what no live order could close as well; the rest waits while such an order is being cancelled. */
function closeWhatIsFree(turn: Turn, conId: ConId, symbol: string, origin: Origin): CommandReply {
  const { state } = turn;
  const closing = closingOf(state, symbol);
  const reply = closing.ok ? placeClosing(turn, origin, closing.value, ALL_GOES) : refused(closing.error);
  const holding = holdingOf(state, symbol);
  const leaving = holding.ok ? closersOf(state, holding.value).filter((it) => it.state.phase === 'cancelling') : [];
  if (leaving.length > 0 && reply.outcome !== 'denied') {
    const names = leaving.map(({ number }) => String(number)).join(', ');
    const message = `${symbol}: what order ${names} could still close is closed once IBKR has cancelled it.`;
    return { ...reply, outcome: 'accepted', message };
  }
  state.observed.flattening.delete(conId);
  return reply;
}

/** Entries and plain orders. One that closes at the market does what is wanted already. */
function cancelOpening(turn: Turn, origin: Origin): readonly OrderRecord[] {
  const { durable, observed } = turn.state;
  const closesNow = ({ spec: { conId, side, terms } }: OrderRecord): boolean => {
    const held = quantityOf(durable, conId);
    return terms.type === 'MKT' && (side === 'SELL' ? isPositive(held) : isNegative(held));
  };
  const live = [...observed.liveByInstrument.values()].flatMap((ids) => [...ids].map((id) => turn.order(id)));
  const opening = live.filter(
    (order) =>
      order.origin !== 'external' &&
      order.state.phase !== 'cancelling' &&
      ownIdentityOf(turn.state, order) !== null &&
      !isProtectiveExit(order) &&
      !closesNow(order),
  );
  for (const order of opening) requestCancel(turn, order, origin, 'flatten');
  return opening;
}

const alarmOf = (conId: ConId): AlarmId => alarmId(`not-flat:${String(conId)}`);

function tellNotFlat(turn: Turn, conId: ConId, why: string): void {
  const { durable } = turn.state;
  const quantity = quantityOf(durable, conId);
  if (isZero(quantity)) return;
  const { symbol } = present(durable.instruments.get(conId), 'the instrument to flatten');
  const text = reasonText(`${symbol} is not flat, ${formatSignedQuantity(quantity)} is held: ${why} Flatten again.`);
  turn.emit({
    type: 'alarm-raised',
    alarm: { id: alarmOf(conId), at: turn.at, severity: 'danger', text, orderId: null },
  });
}

function clearAlarm(turn: Turn, conId: ConId): void {
  const id = alarmOf(conId);
  if (turn.state.durable.alarms.has(id)) turn.emit({ type: 'alarm-cleared', alarmId: id, origin: 'manager' });
}
