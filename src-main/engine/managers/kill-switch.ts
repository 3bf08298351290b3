import { present } from '#domain/assert';
import { isReady } from '#domain/connection-state';
import { alarmId, laterBy, type ClientOrderId } from '#domain/ids';
import { isLive, type OrderRecord, type Origin } from '#domain/order-record';
import type { KillSwitch } from '#domain/trading-state';
import { noteCancel } from '#engine/orders/cancellation';
import { ownIdentityOf } from '#engine/orders/order-ledger';
import type { Turn } from '#engine/turn';

/** A global cancel that could not be handed to the socket within this time is asked for again by the next session. */
const GLOBAL_CANCEL_VALID_MS = 5_000;

/**
 * Asks IBKR to cancel the live orders of every client, while that is owed and a session is ready; ours count as being
 * cancelled with it.
 * @returns those of ours.
 */
export function cancelEverywhere(turn: Turn, origin: Origin): readonly OrderRecord[] {
  const { durable, observed } = turn.state;
  if (durable.trading.kill?.globalCancel !== 'owed' || !isReady(durable.connection)) return [];
  const effectId = turn.newEffectId();
  turn.ask({ kind: 'global-cancel', id: effectId, validUntil: laterBy(turn.at, GLOBAL_CANCEL_VALID_MS) });
  const ours = liveOrders(turn).filter(
    (order) => order.state.phase !== 'cancelling' && ownIdentityOf(turn.state, order) !== null,
  );
  observed.inFlight.set(effectId, { kind: 'global-cancel', orders: ours.map(({ id }) => id) });
  for (const order of ours) noteCancel(turn, order, origin, 'global cancel', effectId);
  return ours;
}

/** A session is ready: what an earlier one was to cancel everywhere and did not is asked for again. */
export function resumeGlobalCancel(turn: Turn): void {
  const { trading } = turn.state.durable;
  const { kill } = trading;
  if (kill === undefined || kill.globalCancel === 'none') return;
  // Handed over is not done: the link may have been lost under it.
  const survives = (order: OrderRecord): boolean => order.origin === 'external' && order.number < kill.before;
  if (kill.globalCancel === 'sent' && liveOrders(turn).some(survives)) noteGlobalCancel(turn, kill, 'owed');
  cancelEverywhere(turn, 'manager');
}

/** The global cancel was handed to IBKR. */
export function onGlobalCancelSent(turn: Turn): void {
  const { kill } = turn.state.durable.trading;
  if (kill?.globalCancel === 'owed') noteGlobalCancel(turn, kill, 'sent');
}

function noteGlobalCancel(turn: Turn, kill: KillSwitch, globalCancel: 'owed' | 'sent'): void {
  const { trading } = turn.state.durable;
  turn.emit({
    type: 'trading-state-changed',
    trading: { ...trading, kill: { ...kill, globalCancel } },
    origin: 'manager',
  });
}

/** Tells that IBKR would not cancel what the kill switch was to cancel. */
export function tellSurvivor(turn: Turn, { id, number }: OrderRecord): void {
  const text = `Order ${number} is still live: IBKR has not cancelled it for the kill switch. Cancel it in TWS.`;
  const alarm = { id: alarmId(`not-cancelled:${number}`), at: turn.at, severity: 'danger', text, orderId: id } as const;
  turn.emit({ type: 'alarm-raised', alarm });
}

function liveOrders(turn: Turn): readonly OrderRecord[] {
  const ids: ClientOrderId[] = [...turn.state.observed.liveByInstrument.values()].flatMap((live) => [...live]);
  return ids.map((id) => present(turn.state.durable.orders.get(id), 'an indexed live order')).filter(isLive);
}
