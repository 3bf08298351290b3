import { describe, expect, test } from 'vitest';
import type { OrderInstruction } from '#simulator/simulated-order';
import { join, orderNews, startWorld } from '#test/unit/simulator/tws/tws-world';
import * as ask from '#test/wire/client-requests';

const V = 193;
const resting = { orderType: 'LMT', limitPrice: '90' };
const BY_HAND: OrderInstruction = {
  ...{ conId: 265598, symbol: 'AAPL', action: 'BUY', orderType: 'LMT', quantity: '3', limitPrice: '90', stopPrice: '' },
  ...{ trailStopPrice: '', trailingPercent: '', limitPriceOffset: '', tif: 'DAY', goodTillDate: '', triggerPrice: '' },
  ...{ adjustedOrderType: '', adjustedStopPrice: '', adjustedStopLimitPrice: '', adjustedTrailingAmount: '' },
  ...{ adjustableTrailingUnit: 0, conditions: [], conditionsIgnoreRth: false, conditionsCancelOrder: false },
  ...{ ocaGroup: '', ocaType: 0, orderRef: '', parentId: 0, transmit: true, outsideRth: false, triggerMethod: 0 },
};

describe('orders entered by hand in TWS', () => {
  test('are listed under no number, and nobody hears of them', async () => {
    const server = await startWorld();
    const clients = [await join(server, 0), await join(server, 1)];
    const order = server.exchange.placeByHand(BY_HAND);
    server.exchange.fill(order, { shares: 1, price: '90' });
    for (const client of clients) {
      expect(await client.settle()).toEqual([]);
      await client.ask(ask.allOpenOrders, 'OPEN_ORDER_END');
      expect(orderNews(client)).toEqual(['0 open', '0 Submitted 1+2']);
    }
  });

  test('are bound by client 0 with a question for its open orders, and only by that', async () => {
    const server = await startWorld();
    const [zero, other] = [await join(server, 0), await join(server, 1)];
    const order = server.exchange.placeByHand(BY_HAND);
    await other.ask(ask.openOrders, 'OPEN_ORDER_END');
    expect(orderNews(other)).toEqual([]);
    const from = zero.messages.length;
    await zero.ask(ask.openOrders, 'OPEN_ORDER_END');
    expect(zero.messages.slice(from).map(({ name, values }) => [name, values['orderId']])).toEqual([
      ['ORDER_BOUND', '-2'],
      ['OPEN_ORDER', '-2'],
      ['ORDER_STATUS', '-2'],
      ['OPEN_ORDER_END', undefined],
    ]);
    expect(zero.messages[from]?.values).toMatchObject({ permId: String(order.permId), clientId: '0' });
    server.exchange.fill(order, { shares: 3, price: '90' });
    expect((await zero.settle()).map(({ name }) => name)).toContain('EXECUTION_DATA');
  });

  test('are bound as they come while client 0 binds automatically', async () => {
    const server = await startWorld();
    const zero = await join(server, 0);
    server.exchange.placeByHand(BY_HAND);
    zero.send(ask.autoOpenOrders);
    expect((await zero.settle()).map(({ name, values }) => `${name} ${values['orderId']}`)).toEqual([
      'ORDER_BOUND -2',
      'OPEN_ORDER -2',
      'ORDER_STATUS -2',
    ]);
    server.exchange.placeByHand(BY_HAND);
    expect((await zero.settle()).map(({ name, values }) => `${name} ${values['orderId']}`)[0]).toBe('ORDER_BOUND -3');
    zero.send(ask.noAutoOpenOrders);
    await zero.settle();
    server.exchange.placeByHand(BY_HAND);
    expect(await zero.settle()).toEqual([]);
    zero.send(ask.cancelOrder(V, -2));
    await zero.settle();
    expect(orderNews(zero)).toContain('-2 error 202');
  });

  test('are no orders of the interface: the completed ones are listed only to those who ask for all', async () => {
    const server = await startWorld();
    const client = await join(server, 0);
    client.send(ask.placeOrder(V, 1));
    await client.settle();
    server.exchange.fill(server.exchange.placeByHand(BY_HAND), { shares: 3, price: '90' });
    const count = async (apiOnly: string): Promise<number> => {
      const from = client.messages.length;
      await client.ask(['99', apiOnly], 'COMPLETED_ORDERS_END');
      return client.messages.length - from - 1;
    };
    expect([await count('1'), await count('0')]).toEqual([1, 2]);
  });
});

describe('the master client', () => {
  test('hears of every order, also of those entered by hand, and sees every execution', async () => {
    const server = await startWorld({ masterClientId: 5 });
    const [master, trader] = [await join(server, 5), await join(server, 1)];
    trader.send(ask.placeOrder(V, 1));
    await trader.settle();
    await master.settle();
    expect(orderNews(master)).toContain('1 fills 100');
    server.exchange.placeByHand(BY_HAND);
    await master.settle();
    expect(orderNews(master)).toContain('0 open');
    const from = master.messages.length;
    await master.ask(ask.executions(9), 'EXECUTION_DATA_END');
    expect(orderNews(master, from)).toEqual(['1 fills 100']);
  });
});

describe('a question about an order', () => {
  test('is answered with figures; nothing is entered and the number is used up', async () => {
    const server = await startWorld();
    const client = await join(server);
    const { values } = await client.ask(ask.placeOrder(V, 4, { ...resting, whatIf: true }), 'OPEN_ORDER');
    expect(values).toMatchObject({ orderId: '4', whatIf: '1', status: 'PreSubmitted', commissionCurrency: 'USD' });
    expect(values).toMatchObject({ initMarginBefore: '0', initMarginChange: '2250', initMarginAfter: '2250' });
    expect(values).toMatchObject({ equityWithLoanBefore: '1000000', commission: '1' });
    expect(server.exchange.orders()).toEqual([]);
    expect((await client.ask(ask.nextId, 'NEXT_VALID_ID')).values).toMatchObject({ orderId: '5' });
  });

  test('that makes no sense is refused like the order would be', async () => {
    const client = await join(await startWorld());
    client.send(ask.placeOrder(V, 4, { orderType: 'LMT', limitPrice: '90.001', whatIf: true }));
    await client.settle();
    expect(orderNews(client)).toEqual(['4 error 110']);
  });
});
