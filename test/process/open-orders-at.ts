import { EventName, IBApi } from '@stoqey/ib';

/**
 * What the TWS at `port` has open, asked by a client of our own that the workstation knows nothing of: our reference of
 * each order → how many orders carry it.
 */
export function openOrdersAt(port: number, clientId: number): Promise<ReadonlyMap<string, number>> {
  const api = new IBApi({ host: '127.0.0.1', port, clientId, maxReqPerSec: 1_000 });
  return new Promise((resolve, reject) => {
    const permIds = new Map<number, string>();
    api.on(EventName.error, (error, code) => {
      reject(new Error(`${String(code)}: ${error.message}`));
    });
    api.on(EventName.openOrder, (_id, _contract, order) => {
      permIds.set(order.permId ?? 0, order.orderRef ?? '');
    });
    api.once(EventName.openOrderEnd, () => {
      api.disconnect();
      const counts = new Map<string, number>();
      for (const reference of permIds.values()) counts.set(reference, (counts.get(reference) ?? 0) + 1);
      resolve(counts);
    });
    api.once(EventName.nextValidId, () => {
      api.reqAllOpenOrders();
    });
    api.connect();
  });
}
