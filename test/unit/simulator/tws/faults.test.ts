import { describe, expect, test } from 'vitest';
import { join, orderNews, startWorld } from '#test/unit/simulator/tws/tws-world';
import * as ask from '#test/wire/client-requests';
import { MONDAY_OPENING } from '#test/wire/manual-clock';
import { RawClient } from '#test/wire/raw-client';

const V = 193;
const resting = { orderType: 'LMT', limitPrice: '90' };
const bracket = [
  ask.placeOrder(V, 1, { ...resting, transmit: false }),
  ask.placeOrder(V, 2, { action: 'SELL', orderType: 'LMT', limitPrice: '110', parentId: '1', transmit: false }),
  ask.placeOrder(V, 3, { action: 'SELL', orderType: 'STP', auxPrice: '80', parentId: '1' }),
];

describe('the connection breaks', () => {
  test('now, for everybody', async () => {
    const server = await startWorld();
    const clients = [await join(server, 1), await join(server, 2)];
    server.faults.inject({ fault: 'drop' });
    await Promise.all(clients.map(({ closed }) => closed));
    await expect(join(server, 1)).resolves.toBeDefined();
  });

  test.each([
    [true, 1],
    [false, 0],
  ])(
    'at the next order, which reaches the broker: %s; what was sent behind it never arrives',
    async (reaches, count) => {
      const server = await startWorld();
      const client = await join(server);
      server.faults.inject({ fault: 'drop', at: { message: 'place-order' }, reaches });
      client.send(...bracket);
      await client.closed;
      expect(server.exchange.orders()).toHaveLength(count);
      expect(orderNews(client)).toEqual([]);
    },
  );

  test('at the next order it is not taken in unless that is said', async () => {
    const server = await startWorld();
    const client = await join(server);
    server.faults.inject({ fault: 'drop', at: { message: 'place-order' } });
    client.send(ask.placeOrder(V, 1, resting));
    await client.closed;
    expect(server.exchange.orders()).toEqual([]);
  });

  test('at the next cancel, which is done', async () => {
    const server = await startWorld();
    const client = await join(server);
    server.faults.inject({ fault: 'drop', at: { message: 'cancel-order' }, reaches: true });
    client.send(ask.placeOrder(V, 1, resting), ask.cancelOrder(V, 1));
    await client.closed;
    expect(server.exchange.orders().map(({ stage }) => stage)).toEqual(['cancelled']);
  });
});

describe('TWS freezes', () => {
  test('it neither reads nor writes, and does both when it thaws', async () => {
    const server = await startWorld();
    const client = await join(server);
    client.send(ask.marketData(9, false));
    await client.settle();
    const from = client.messages.length;
    server.faults.inject({ fault: 'freeze' });
    client.send(ask.placeOrder(V, 1, resting));
    server.exchange.setPrice('AAPL', { bid: '98', ask: '99' });
    const late = await RawClient.connect(server.port);
    expect(server.exchange.orders()).toEqual([]);
    expect(client.messages).toHaveLength(from);
    server.faults.clear();
    await client.until(({ name }) => name === 'OPEN_ORDER', from);
    expect(client.messages[from]?.values['price']).toBe('98');
    late.close();
  });

  test('at the next order: that one is taken in, those behind it wait, nobody is answered', async () => {
    const server = await startWorld();
    const client = await join(server);
    server.faults.inject({ fault: 'freeze', at: { message: 'place-order' } });
    const taken = server.waitFor(({ message }) => message.kind === 'place-order');
    client.send(...bracket);
    await taken;
    expect(server.exchange.orders().map(({ stage }) => stage)).toEqual(['held']);
    expect(orderNews(client)).toEqual([]);
    server.faults.clear();
    await client.until(({ name, values }) => name === 'ORDER_STATUS' && values['orderId'] === '3');
    expect(server.exchange.orders()).toHaveLength(3);
  });
});

describe('messages are late or double', () => {
  test('everything TWS sends comes later by the delay, in its order', async () => {
    const server = await startWorld();
    const client = await join(server);
    server.faults.inject({ fault: 'delay', milliseconds: 400 });
    const taken = server.waitFor(({ message }) => message.kind === 'current-time');
    client.send(ask.managedAccounts, ask.currentTime);
    await taken;
    server.advanceTo(MONDAY_OPENING + 100);
    const from = client.messages.length;
    client.send(ask.nextId);
    await server.waitFor(({ message }) => message.kind === 'next-id');
    server.advanceTo(MONDAY_OPENING + 399);
    server.advanceTo(MONDAY_OPENING + 400);
    await client.until(({ name }) => name === 'CURRENT_TIME', from);
    expect(client.messages.slice(from).map(({ name }) => name)).toEqual(['MANAGED_ACCTS', 'CURRENT_TIME']);
    server.faults.clear();
    await client.until(({ name }) => name === 'NEXT_VALID_ID', from);
  });

  test('every message comes as often as is said', async () => {
    const server = await startWorld();
    const client = await join(server);
    server.faults.inject({ fault: 'duplicate', at: { message: 'place-order' } });
    client.send(ask.placeOrder(V, 1));
    await client.until(({ name }) => name === 'COMMISSION_REPORT');
    server.faults.clear();
    await client.settle();
    expect(orderNews(client).filter((line) => line === '1 fills 100')).toHaveLength(2);
    expect(server.exchange.executions()).toHaveLength(1);
  });
});

describe('TWS rejects', () => {
  test('the next order, with its children', async () => {
    const server = await startWorld();
    const client = await join(server);
    server.faults.inject({ fault: 'reject', text: 'Order rejected - reason:Margin' });
    client.send(...bracket, ask.placeOrder(V, 4, resting));
    await client.settle();
    expect(orderNews(client).filter((line) => line.includes('error'))).toEqual([
      '1 error 201',
      '2 error 202',
      '3 error 202',
    ]);
    expect(server.exchange.orders().map(({ stage }) => stage)).toEqual([
      'inactive',
      'cancelled',
      'cancelled',
      'working',
    ]);
  });
});

describe('TWS is silent', () => {
  test('the next order is at the broker and nothing is said about it until the fault is gone', async () => {
    const server = await startWorld();
    const client = await join(server);
    server.faults.inject({ fault: 'withhold', at: { message: 'place-order' } });
    client.send(ask.placeOrder(V, 1), ask.placeOrder(V, 2, resting));
    await client.settle();
    expect(new Set(orderNews(client))).toEqual(new Set(['2 open', '2 Submitted 0+100']));
    expect(server.exchange.executions()).toHaveLength(1);
    const from = client.messages.length;
    server.faults.clear();
    await client.settle();
    expect(new Set(orderNews(client, from))).toEqual(
      new Set(['1 open', '1 Submitted 0+100', '1 fills 100', '1 Filled 100+0']),
    );
  });

  test('a client that comes back learns of the silent order by asking', async () => {
    const server = await startWorld();
    const before = await join(server);
    server.faults.inject({ fault: 'withhold', until: 'release' });
    before.send(...bracket);
    await before.settle();
    expect(orderNews(before)).toEqual([]);
    before.close();
    const after = await join(server);
    await after.ask(ask.openOrders, 'OPEN_ORDER_END');
    expect(orderNews(after).filter((line) => line.endsWith('open'))).toEqual(['1 open', '2 open', '3 open']);
  });

  test.each([
    ['every one until it is released', 'release'],
    ['the next one', undefined],
  ] as const)('an order is lost before the exchange sees it: %s', async (_, until) => {
    const server = await startWorld();
    const client = await join(server);
    server.faults.inject({ fault: 'withhold', reaches: false, until });
    client.send(ask.placeOrder(V, 1, resting));
    await client.settle();
    expect(orderNews(client)).toEqual([]);
    expect(server.exchange.orders()).toEqual([]);
    server.faults.clear();
    client.send(ask.placeOrder(V, 2, resting));
    await client.settle();
    expect(server.exchange.orders()).toHaveLength(1);
  });

  test('a cancel stays pending and the order can still fill', async () => {
    const server = await startWorld();
    const client = await join(server);
    client.send(ask.placeOrder(V, 1, resting), ask.placeOrder(V, 2, resting));
    await client.settle();
    const from = client.messages.length;
    server.faults.inject({ fault: 'withhold', at: { message: 'cancel-order' } });
    server.faults.inject({ fault: 'withhold', at: { message: 'cancel-order', count: 2 } });
    client.send(ask.cancelOrder(V, 1), ask.cancelOrder(V, 2));
    await client.settle();
    expect(server.exchange.orders().map(({ cancelPending }) => cancelPending)).toEqual([true, true]);
    server.exchange.fill({ clientId: 1, orderId: 2 }, { shares: 100, price: '90' });
    server.faults.clear();
    await client.settle();
    expect(server.exchange.orders().map(({ stage }) => stage)).toEqual(['cancelled', 'filled']);
    expect(orderNews(client, from)).toContain('1 PendingCancel 0+100');
    expect(orderNews(client, from)).toContain('1 error 202');
  });

  test('a cancel is lost before the exchange sees it', async () => {
    const server = await startWorld();
    const client = await join(server);
    client.send(ask.placeOrder(V, 1, resting));
    server.faults.inject({ fault: 'withhold', reaches: false, at: { message: 'cancel-order' } });
    client.send(ask.cancelOrder(V, 1));
    await client.settle();
    expect(server.exchange.orders().map(({ stage }) => stage)).toEqual(['working']);
  });
});

describe('a market and a broker that a plan moves', () => {
  test('the stock trades at the prices of a path, each at its time', async () => {
    const server = await startWorld();
    const apple = server.exchange.find(0, 'AAPL');
    server.faults.inject({ fault: 'price', symbol: 'AAPL', last: '101' });
    server.faults.inject({ fault: 'price', symbol: 'AAPL', last: '103.5', at: { seconds: 2 } });
    const last = (): number | undefined => apple && server.exchange.quoteOf(apple).last;
    expect(last()).toBe(1_010_000);
    server.advanceTo(MONDAY_OPENING + 1_000);
    expect(last()).toBe(1_010_000);
    server.advanceTo(MONDAY_OPENING + 2_000);
    expect(last()).toBe(1_035_000);
  });

  test('what a reading does not name is read as before', async () => {
    const server = await startWorld();
    const client = await join(server);
    const exits = { action: 'SELL', parentId: '1', ocaGroup: 'mine', ocaType: '2' };
    const place = (): void => {
      client.send(
        ask.placeOrder(V, 1, { ...resting, transmit: false }),
        ask.placeOrder(V, 2, { ...exits, orderType: 'LMT', limitPrice: '110', transmit: false }),
        ask.placeOrder(V, 3, { ...exits, orderType: 'TRAIL', auxPrice: '5' }),
      );
    };
    server.faults.inject({ fault: 'reading', exitGroups: 'renamed' });
    server.faults.inject({ fault: 'reading', bracketChildren: 'full-fill' });
    server.faults.inject({ fault: 'reading', ocaReduction: 'share-for-share', trailChange: 'restarts' });
    place();
    await client.settle();
    const [entry, target, trail] = server.exchange.orders();
    expect([target?.oca?.group, trail?.oca?.group]).toEqual(
      Array.from({ length: 2 }, () => `exits of ${entry?.permId}`),
    );
    server.exchange.fill({ clientId: 1, orderId: 1 }, { shares: 40, price: '90' });
    expect([target?.stage, trail?.stage]).toEqual(['waiting', 'waiting']);
    server.exchange.fill({ clientId: 1, orderId: 1 }, { shares: 60, price: '90' });
    expect([target?.stage, trail?.stage]).toEqual(['working', 'working']);
    expect([target?.oca?.group, trail?.oca?.group]).toEqual(['mine', 'mine']);
    server.faults.inject({ fault: 'price', symbol: 'AAPL', last: '98' });
    client.send(ask.placeOrder(V, 3, { ...exits, parentId: '0', orderType: 'TRAIL', auxPrice: '5' }));
    await client.settle();
    expect(trail?.terms.trailStopPrice).toBe(930_000);
  });
});
