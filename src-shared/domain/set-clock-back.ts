import { epochMs, type ClientOrderId, type EpochMs } from '#domain/ids';
import type { OrderRecord } from '#domain/order-record';

/**
 * A process begins at `at`, on a machine whose clock may have been set back: what an earlier process asked for was asked for
 * by now, whatever the clock said then. Otherwise nothing would be overdue before the clock had caught up.
 * @returns the live orders whose times were moved.
 */
export function setClockBack(orders: Map<ClientOrderId, OrderRecord>, at: EpochMs): readonly ClientOrderId[] {
  const byNow = (time: EpochMs): EpochMs => epochMs(Math.min(time, at));
  const moved: ClientOrderId[] = [];
  for (const order of orders.values()) {
    const { state, modification } = order;
    if (!('since' in state)) continue;
    const asked = modification?.requestedAt ?? at;
    if (state.since <= at && asked <= at) continue;
    orders.set(order.id, {
      ...order,
      state: { ...state, since: byNow(state.since) },
      modification: modification === null ? null : { ...modification, requestedAt: byNow(asked) },
    });
    moved.push(order.id);
  }
  return moved;
}
