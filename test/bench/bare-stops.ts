import { EventName, IBApiTickType, OrderAction, OrderType, SecType, TimeInForce, type Contract } from '@stoqey/ib';
import { createIbApi, LIBRARY_MESSAGES_PER_SECOND } from '#adapters/ibkr/ib-library';
import { present } from '#domain/assert';
import { TRAIL, type HeldStock } from './stop-market';

const BARE_CLIENT = 2;

/**
 * The peer: a bare handler of @stoqey/ib that moves a stop for each new high, without a check, a journal or a budget.
 * @returns the way to end it.
 */
export async function startBareStops(port: number, stocks: readonly HeldStock[]): Promise<() => void> {
  const api = createIbApi({
    host: '127.0.0.1',
    port,
    clientId: BARE_CLIENT,
    maxReqPerSec: LIBRARY_MESSAGES_PER_SECOND,
  });
  const firstId = await new Promise<number>((resolve) => {
    api.once(EventName.nextValidId, resolve);
    api.connect();
  });
  const highest = stocks.map(() => 0);
  const contracts = stocks.map(({ conId, symbol }): Contract => {
    return { conId, symbol, secType: SecType.STK, exchange: 'SMART', currency: 'USD' };
  });
  const moveStop = (index: number, price: number): void => {
    api.placeOrder(firstId + index, present(contracts[index], 'a contract'), {
      action: OrderAction.SELL,
      totalQuantity: 1,
      orderType: OrderType.STP,
      auxPrice: Math.round((price - TRAIL) * 100) / 100,
      tif: TimeInForce.GTC,
      transmit: true,
    });
  };
  const quoted = new Set<number>();
  await new Promise<void>((resolve) => {
    api.on(EventName.tickPrice, (index, field, price) => {
      if (field !== IBApiTickType.LAST || price <= present(highest[index], 'a water mark')) return;
      highest[index] = price;
      moveStop(index, price);
      quoted.add(index);
      if (quoted.size === stocks.length) resolve();
    });
    contracts.forEach((contract, index) => api.reqMktData(index, contract, '', false, false));
  });
  return () => api.disconnect();
}
