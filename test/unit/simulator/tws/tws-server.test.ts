import { describe, expect, test } from 'vitest';
import { startTwsServer } from '#simulator/tws/tws-server';
import { join, orderNews, startWorld } from '#test/unit/simulator/tws/tws-world';
import * as ask from '#test/wire/client-requests';
import { manualClock, MONDAY_OPENING } from '#test/wire/manual-clock';
import { framed, RawClient } from '#test/wire/raw-client';

const V = 193;
/** Where the number of conditions stands in an order. */
const CONDITIONS_FIELD = 89;
const resting = { orderType: 'LMT', limitPrice: '90' };

describe('the handshake', () => {
  test('says who and what is there: version, account, next order id, healthy farms', async () => {
    const server = await startWorld();
    const client = await join(server, 3);
    expect(client.version).toBe(193);
    expect(
      client.messages.map(({ name, values }) => [name, values['code'] ?? values['orderId'] ?? values['accounts']]),
    ).toEqual([
      ['MANAGED_ACCTS', 'DU1234567'],
      ['NEXT_VALID_ID', '1'],
      ['ERR_MSG', '2104'],
      ['ERR_MSG', '2106'],
      ['ERR_MSG', '2158'],
    ]);
    expect(server.clientIds()).toEqual([3]);
  });

  test.each([
    ['v100..193', 185, 185],
    ['v100..178', 193, 178],
    ['v180', 193, 180],
    ['v100..200 +PACEAPI', 193, 193],
  ])('a client that offers %s to a server of %i gets %i', async (greeting, maxServerVersion, agreed) => {
    const server = await startWorld({ maxServerVersion });
    const client = await RawClient.greet(server.port, greeting);
    client.send(ask.startApi(1));
    await client.until(({ name }) => name === 'NEXT_VALID_ID');
    expect(client.version).toBe(agreed);
    client.close();
  });

  test.each(['v100..177', 'v194..200', 'hello'])('a client that offers %s is shown the door', async (greeting) => {
    const server = await startWorld();
    const client = await RawClient.greet(server.port, greeting);
    await client.closed;
    expect(client.bytes).toHaveLength(0);
  });

  test('a second client with the same id gets 326 and is closed; the first goes on', async () => {
    const server = await startWorld();
    const first = await join(server, 5);
    const second = await RawClient.greet(server.port);
    second.send(ask.startApi(5));
    await second.closed;
    expect(second.messages.map(({ values }) => values['code'])).toEqual(['326']);
    expect(await first.settle()).toEqual([]);
  });

  test('the server speaks 178 to 193 and nothing else, on a port of its own', async () => {
    await expect(startWorld({ maxServerVersion: 194 })).rejects.toThrow('178 to 193');
    await expect(startWorld({ maxServerVersion: 177 })).rejects.toThrow('178 to 193');
    const server = await startWorld();
    await expect(startWorld({ port: server.port })).rejects.toThrow('EADDRINUSE');
  });
});

describe('orders belong to the broker, not to the connection', () => {
  test('after a reconnect the client finds its orders, fills, finished orders and the next id', async () => {
    const server = await startWorld();
    const before = await join(server, 2);
    before.send(ask.placeOrder(V, 10, { quantity: '50' }), ask.placeOrder(V, 11, resting));
    before.send(ask.placeOrder(V, 12, { ...resting, transmit: false }));
    await before.settle();
    before.close();
    server.exchange.fill({ clientId: 2, orderId: 11 }, { shares: 5, price: '90' });

    const after = await join(server, 2);
    expect(after.messages.find(({ name }) => name === 'NEXT_VALID_ID')?.values['orderId']).toBe('13');
    await after.ask(ask.openOrders, 'OPEN_ORDER_END');
    await after.ask(ask.executions(1), 'EXECUTION_DATA_END');
    expect(orderNews(after)).toEqual(['11 open', '11 Submitted 5+95', '10 fills 50', '11 fills 5']);
    await after.ask(ask.completedOrders, 'COMPLETED_ORDERS_END');
    const completed = after.messages.find(({ name }) => name === 'COMPLETED_ORDER');
    expect(completed?.values).toMatchObject({ status: 'Filled', completedStatus: 'Filled Size: 50' });
  });

  test('a client hears of its own orders only, and sees all when it asks for all', async () => {
    const server = await startWorld();
    const [mine, other] = [await join(server, 1), await join(server, 2)];
    other.send(ask.placeOrder(V, 4, resting));
    await other.settle();
    expect(await mine.settle()).toEqual([]);
    await mine.ask(ask.openOrders, 'OPEN_ORDER_END');
    expect(orderNews(mine)).toEqual([]);
    await mine.ask(ask.allOpenOrders, 'OPEN_ORDER_END');
    expect(orderNews(mine)).toEqual(['4 open', '4 Submitted 0+100']);
    mine.send(ask.cancelOrder(V, 4));
    await mine.settle();
    expect(orderNews(mine)).toContain('4 error 10147');
  });

  test('executions of other clients are for client 0 only', async () => {
    const server = await startWorld();
    const [master, trader, stranger] = [await join(server, 0), await join(server, 1), await join(server, 2)];
    trader.send(ask.placeOrder(V, 1));
    await trader.settle();
    for (const client of [master, trader, stranger]) {
      const from = client.messages.length;
      await client.ask(ask.executions(9), 'EXECUTION_DATA_END');
      expect(orderNews(client, from)).toEqual(client === stranger ? [] : ['1 fills 100']);
    }
  });

  test.each([
    ['of this client', ['1', '', '', '', '', '', ''], 1],
    ['of another client', ['2', '', '', '', '', '', ''], 0],
    ['of this account', ['', 'DU1234567', '', '', '', '', ''], 1],
    ['of another account', ['', 'DU7', '', '', '', '', ''], 0],
    ['from this second on, in UTC', ['', '', '20260105-14:30:00', '', '', '', ''], 1],
    ['from the next second on, in UTC', ['', '', '20260105-14:30:01', '', '', '', ''], 0],
    ['from this second on', ['', '', '20260105 09:30:00', '', '', '', ''], 1],
    ['from the next second on, in Berlin', ['', '', '20260105 15:30:01 MET', '', '', '', ''], 0],
    ['from a day that does not exist on', ['', '', '20260231 09:30:00', '', '', '', ''], 1],
    ['of Apple', ['', '', '', 'AAPL', '', '', ''], 1],
    ['of options', ['', '', '', '', 'OPT', '', ''], 0],
    ['on SMART', ['', '', '', '', '', 'SMART', ''], 1],
    ['on ARCA', ['', '', '', '', '', 'ARCA', ''], 0],
    ['of sales', ['', '', '', '', '', '', 'SELL'], 0],
    ['of purchases', ['', '', '', '', '', '', 'buy'], 1],
    ['that bought', ['', '', '', '', '', '', 'BOT'], 1],
    ['that sold', ['', '', '', '', '', '', 'SLD'], 0],
  ])('executions can be asked for: those %s', async (_, filter, count) => {
    const server = await startWorld();
    const client = await join(server, 1);
    client.send(ask.placeOrder(V, 1));
    await client.settle();
    const from = client.messages.length;
    await client.ask(['7', '3', '1', ...filter], 'EXECUTION_DATA_END');
    expect(orderNews(client, from)).toHaveLength(count);
  });
});

describe('callbacks come as TWS sends them', () => {
  test('a new order twice, a fill with two statuses, commission last', async () => {
    const server = await startWorld();
    const client = await join(server);
    const from = client.messages.length;
    client.send(ask.placeOrder(V, 1));
    await client.settle();
    expect(client.messages.slice(from, -1).map(({ name, values }) => [name, values['status']])).toEqual([
      ['OPEN_ORDER', 'Submitted'],
      ['ORDER_STATUS', 'Submitted'],
      ['OPEN_ORDER', 'Submitted'],
      ['ORDER_STATUS', 'Submitted'],
      ['EXECUTION_DATA', undefined],
      ['OPEN_ORDER', 'Filled'],
      ['ORDER_STATUS', 'Filled'],
      ['ORDER_STATUS', 'Filled'],
      ['COMMISSION_REPORT', undefined],
    ]);
  });

  test('a rejected order shows itself Inactive with the cause', async () => {
    const server = await startWorld({ startingCash: 100 });
    const client = await join(server);
    client.send(ask.placeOrder(V, 1));
    await client.settle();
    expect(orderNews(client)).toEqual(['1 open', '1 Inactive 0+100', '1 error 201']);
    await client.ask(ask.completedOrders, 'COMPLETED_ORDERS_END');
    expect(client.messages.at(-2)?.values).toMatchObject({
      status: 'Inactive',
      completedStatus: 'Cancelled by Trader',
    });
  });

  test('a child names its parent and why it is held, until the parent is done', async () => {
    const server = await startWorld();
    const client = await join(server);
    client.send(ask.placeOrder(V, 1, { ...resting, transmit: false }));
    client.send(ask.placeOrder(V, 2, { action: 'SELL', orderType: 'STP', auxPrice: '80', parentId: '1' }));
    await client.settle();
    expect(client.messages.at(-2)?.values).toMatchObject({ orderId: '2', parentId: '1', whyHeld: 'child' });
    server.exchange.fill({ clientId: 1, orderId: 1 }, { shares: 100, price: '90' });
    await client.settle();
    expect(client.messages.at(-2)?.values).toMatchObject({ orderId: '2', parentId: '0', whyHeld: '' });
  });

  test('those who follow account and positions hear of every fill, whoever traded', async () => {
    const server = await startWorld();
    const [watcher, trader] = [await join(server, 1), await join(server, 2)];
    await watcher.ask(ask.positions, 'POSITION_END');
    await watcher.ask(ask.accountUpdates(true), 'ACCT_DOWNLOAD_END');
    const from = watcher.messages.length;
    trader.send(ask.placeOrder(V, 1));
    await trader.settle();
    await watcher.settle();
    const names = new Set(watcher.messages.slice(from).map(({ name }) => name));
    expect(names).toEqual(new Set(['POSITION', 'PORTFOLIO_VALUE', 'ACCT_VALUE', 'ACCT_UPDATE_TIME', 'CURRENT_TIME']));
    expect(watcher.messages.find(({ name }) => name === 'POSITION')?.values).toMatchObject({
      ...{ symbol: 'AAPL', position: '100', averageCost: '100.01' },
    });
  });
});

describe('market data', () => {
  test('a line tells the whole quote first and then only what changes', async () => {
    const server = await startWorld();
    const client = await join(server);
    client.send(ask.marketData(7, false));
    const first = await client.settle();
    const ticks = first.filter(({ name }) => name.startsWith('TICK_')).map(({ values }) => values['tickType']);
    expect(ticks).toEqual([undefined, '49', '1', '0', '2', '3', '4', '5', '6', '7', '8', '45', '9', '14']);
    server.exchange.setPrice('AAPL', { bid: '99.99', ask: '100.02', last: '100' });
    expect((await client.settle()).map(({ values }) => values['price'])).toEqual(['100.02']);
    server.exchange.setPrice('AAPL', { bid: '500', ask: '500.02', bidSize: 7, askSize: 8 });
    const types = (await client.settle()).map(({ values }) => values['tickType']);
    expect(types).toEqual(['1', '0', '2', '3', '4', '6']);
    server.exchange.setPrice('AAPL', { bid: '1', ask: '1.02', last: '1.01', bidSize: 7, askSize: 8 });
    expect((await client.settle()).map(({ values }) => values['tickType'])).toEqual(['1', '2', '4', '7']);
  });

  test('a line that is cancelled is silent; cancelling it again is an error', async () => {
    const server = await startWorld();
    const client = await join(server);
    client.send(ask.marketData(7, false), ask.marketData(8, false), ask.cancelMarketData(7));
    await client.settle();
    server.exchange.setPrice('AAPL', { bid: '99', ask: '100.02', last: '100' });
    const told = await client.settle();
    expect(new Set(told.map(({ values }) => values['reqId']))).toEqual(new Set(['8']));
    client.send(ask.cancelMarketData(7));
    await client.settle();
    expect(orderNews(client)).toEqual(['7 error 300']);
  });

  test('an id in use is refused', async () => {
    const server = await startWorld();
    const client = await join(server);
    client.send(ask.marketData(7, false), ask.marketData(7, false));
    await client.settle();
    expect(orderNews(client)).toEqual(['7 error 322']);
  });

  test('lines of a client that has left cost nothing more', async () => {
    const server = await startWorld();
    const client = await join(server);
    client.send(ask.marketData(7, false));
    await client.settle();
    client.close();
    const other = await join(server, 2);
    server.exchange.setPrice('AAPL', { bid: '99', ask: '100.02' });
    expect(await other.settle()).toEqual([]);
  });

  test('the same seed and the same requests give the same bytes', async () => {
    const run = async (seed: number): Promise<string> => {
      const server = await startTwsServer({ port: 0, seed, clock: manualClock(), autoTick: false, symbols: 20 });
      const client = await RawClient.start(server.port, 1);
      const apple = server.exchange.find(265598, '');
      expect(apple?.symbol).toBe('AAPL');
      client.send(ask.marketData(1, false), ask.placeOrder(V, 1, { quantity: '3000' }), ask.accountUpdates(true));
      await client.settle();
      for (let step = 1; step <= 20; step += 1) server.advanceTo(MONDAY_OPENING + step * 250);
      await client.settle();
      client.close();
      await server.stop();
      return client.bytes.toString('latin1');
    };
    const bytes = await run(1);
    expect(bytes.length).toBeGreaterThan(5_000);
    expect(await run(1)).toBe(bytes);
    expect(await run(2)).not.toBe(bytes);
  });
});

describe('questions and answers', () => {
  const contract = (
    conId: string,
    symbol: string,
    secType: string,
    currency: string,
    localSymbol = '',
  ): readonly string[] => [...[conId, symbol, secType, '', '', '', '', 'SMART', '', currency, localSymbol, '']];

  test.each([
    ['by number', contract('265598', '', 'STK', 'USD')],
    ['by symbol', contract('', 'AAPL', 'STK', 'USD')],
    ['by local symbol alone', contract('0', '', '', '', 'AAPL')],
  ])('an instrument is found %s', async (_, fields) => {
    const server = await startWorld();
    const client = await join(server);
    await client.ask(['9', '8', '1', ...fields, '', '', '', ''], 'CONTRACT_DATA_END');
    expect(client.messages.at(-2)?.values).toMatchObject({ conId: '265598', minTick: '0.01', industry: 'Technology' });
  });

  test.each([
    ['an unknown symbol', contract('', 'NOPE', 'STK', 'USD')],
    ['a bond', contract('', 'AAPL', 'BOND', 'USD')],
    ['no symbol at all', contract('', '', 'STK', 'USD')],
    ['a number nobody has', contract('7', '', 'STK', 'USD')],
    ['a number and another symbol', contract('265598', 'MSFT', 'STK', 'USD')],
    ['another currency', contract('', 'AAPL', 'STK', 'EUR')],
  ])('%s has no security definition: 200, for details, data and orders alike', async (_, fields) => {
    const server = await startWorld();
    const client = await join(server);
    client.send(['9', '8', '1', ...fields, '', '', '', '']);
    client.send(['1', '11', '2', ...fields, '0', '', '0', '0', '']);
    const order = [...ask.placeOrder(V, 3)];
    order.splice(2, fields.length, ...fields);
    client.send(order);
    await client.settle();
    expect(orderNews(client)).toEqual(['1 error 200', '2 error 200', '3 error 200']);
  });

  test('symbols are found by their beginning or by the name, the exact one first', async () => {
    const server = await startWorld();
    const client = await join(server);
    const found = async (pattern: string): Promise<readonly (string | undefined)[]> => {
      const { values } = await client.ask(['81', '1', pattern], 'SYMBOL_SAMPLES');
      return Array.from({ length: Number(values['count']) }, (_, place) => values[`symbol${place}`]);
    };
    expect((await found('c'))[0]).toBe('C');
    expect(await found('apple')).toEqual(['AAPL']);
    expect(await found('aap')).toEqual(['AAPL']);
    expect(await found(' ')).toEqual([]);
    expect((await found('CORP')).length).toBe(16);
  });

  test('a banded market rule comes with all its bands, an unknown one is refused', async () => {
    const server = await startWorld();
    const client = await join(server);
    const { values } = await client.ask(ask.marketRule(557), 'MARKET_RULE');
    expect(values).toMatchObject({ lowEdge0: '0', increment0: '0.0001', lowEdge1: '1', increment1: '0.01' });
    client.send(ask.marketRule(9));
    expect((await client.settle()).map((message) => message.values['code'])).toEqual(['321']);
  });

  test.each<[string, readonly string[], string]>([
    ['an account that is not ours', ['6', '2', '1', 'DU99'], '-1'],
    ['profit of another account', ['92', '5', 'DU99', ''], '5'],
    ['profit of a stock in another account', ['94', '5', 'DU99', '', '265598'], '5'],
    ['profit of an unknown stock', ['94', '5', 'DU1234567', '', '7'], '5'],
    ['a summary of another group', ['62', '1', '5', 'Family', 'NetLiquidation'], '5'],
    ['a market data type that does not exist', ['59', '1', '5'], '-1'],
    ['auto-binding by a client other than 0', ['15', '1', '1'], '-1'],
    ['a summary of a figure that does not exist', ['62', '1', '5', 'All', 'NetLiquidation,Happiness'], '5'],
    ['positions of another account', ['74', '1', '5', 'DU99', ''], '5'],
    ['positions of a model', ['74', '1', '5', 'DU1234567', 'Growth'], '5'],
    ['account values of a model', ['76', '1', '5', '', 'Growth', '1'], '5'],
    ['an ISIN', ['9', '8', '5', ...contract('', 'AAPL', 'STK', 'USD'), '0', 'ISIN', 'US0378331005', ''], '5'],
    ['market depth', ['10', '5', '7', ...contract('', 'AAPL', 'STK', 'USD'), '5', '0', ''], '7'],
    ['option chains', ['78', '7', 'AAPL', '', 'STK', '265598'], '7'],
    ['news bulletins', ['12', '1', '1'], '-1'],
    ['a message nobody knows', ['177', '1'], '-1'],
  ])('%s is refused with 321, never ignored', async (_, fields, id) => {
    const server = await startWorld();
    const client = await join(server);
    client.send(fields);
    const [answer, ...rest] = await client.settle();
    expect(rest).toEqual([]);
    expect(answer?.values).toMatchObject({ id, code: '321' });
  });

  test('an order for another account or with a part that is not simulated is refused', async () => {
    const server = await startWorld();
    const client = await join(server);
    const foreign = [...ask.placeOrder(V, 1)];
    foreign[23] = 'DU99';
    const hidden = [...ask.placeOrder(V, 2)];
    hidden[34] = '1';
    client.send(foreign, hidden);
    await client.settle();
    expect(orderNews(client)).toEqual(['1 error 321', '2 error 321']);
    expect(client.messages.filter(({ values }) => values['code'] === '321')[1]?.values['text']).toContain('hidden');
    expect(server.exchange.orders()).toEqual([]);
  });

  test('profit and account values are repeated as time goes by, until they are cancelled', async () => {
    const server = await startWorld({ symbols: 1, tickIntervalMs: 60_000 });
    const client = await join(server);
    client.send(ask.placeOrder(V, 1), ask.pnl(5), ask.pnlSingle(6), ask.accountSummary(7), ask.accountUpdates(true));
    await client.settle();
    server.advanceTo(MONDAY_OPENING + 1_000);
    expect((await client.settle()).map(({ name }) => name)).toEqual(['PNL', 'PNL_SINGLE']);
    server.advanceTo(MONDAY_OPENING + 200_000);
    const names = new Set((await client.settle()).map(({ name }) => name));
    expect(names).toEqual(
      new Set([
        'PNL',
        'PNL_SINGLE',
        'ACCT_VALUE',
        'PORTFOLIO_VALUE',
        'ACCT_UPDATE_TIME',
        'ACCOUNT_SUMMARY',
        'ACCOUNT_SUMMARY_END',
      ]),
    );
    client.send(ask.cancelPnl(5), ask.cancelPnlSingle(6), ask.cancelAccountSummary(7), ask.accountUpdates(false));
    await client.settle();
    server.advanceTo(MONDAY_OPENING + 500_000);
    expect(await client.settle()).toEqual([]);
  });
});

describe('a client that does not speak the protocol', () => {
  const unknownCondition = [...ask.placeOrder(V, 9)];
  unknownCondition.splice(CONDITIONS_FIELD, 1, '1', '9');

  test.each<[string, Buffer]>([
    ['no greeting', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['a message longer than any request', Buffer.concat([Buffer.from('API\0'), Buffer.from([127, 0, 0, 0])])],
    ['an empty message', Buffer.concat([Buffer.from('API\0'), Buffer.from([0, 0, 0, 0])])],
  ])('%s: the connection is closed', async (_, bytes) => {
    const server = await startWorld();
    const client = await RawClient.connect(server.port);
    client.write(bytes);
    await client.closed;
    await expect(join(server)).resolves.toBeDefined();
  });

  test('a message that does not end is refused', async () => {
    const server = await startWorld();
    const client = await join(server);
    client.write(Buffer.from([0, 0, 0, 2, 53, 53]));
    await client.closed;
  });

  test('a request before the client has said who it is closes the connection', async () => {
    const server = await startWorld();
    const client = await RawClient.greet(server.port);
    client.send(ask.currentTime);
    await client.closed;
  });

  test.each<[string, readonly string[], string]>([
    ['text where a number belongs', ['7', '3', 'x', '', '', '', '', '', '', ''], '-1'],
    ['a price that is no number', ask.placeOrder(V, 9, { orderType: 'LMT', limitPrice: 'NaN' }), '9'],
    ['a cancel of nothing', ['2'], '-1'],
    ['a negative client id', ['71', '2', '-1', ''], '-1'],
    ['a number for a message', ['x'], '-1'],
    ['nothing', [''], '-1'],
    ['a condition of a type that does not exist', unknownCondition, '9'],
    ['conditions without end', [...ask.placeOrder(V, 9).slice(0, CONDITIONS_FIELD), '999999999'], '9'],
  ])('%s is answered with 320 and the connection lives', async (_, fields, id) => {
    const server = await startWorld();
    const client = await join(server);
    client.send(fields);
    const [answer] = await client.settle();
    expect(answer?.values['code']).toBe(fields[0] === '' ? '321' : '320');
    expect(answer?.values['id']).toBe(id);
  });

  test('bytes may come one by one, or many messages at once', async () => {
    const server = await startWorld();
    const client = await join(server);
    for (const byte of framed(ask.managedAccounts)) client.write(Buffer.from([byte]));
    client.send(ask.managedAccounts, ask.managedAccounts);
    expect((await client.settle()).map(({ name }) => name)).toEqual(Array(3).fill('MANAGED_ACCTS'));
  });
});

describe('a client that is no good to its server', () => {
  test('one that vanishes with a reset leaves its orders and everybody else alone', async () => {
    const server = await startWorld();
    const [client, other] = [await join(server, 1), await join(server, 2)];
    client.send(ask.placeOrder(V, 1, resting));
    await client.settle();
    client.reset();
    await client.closed;
    expect(await other.settle()).toEqual([]);
    server.exchange.fill({ clientId: 1, orderId: 1 }, { shares: 100, price: '90' });
    expect(await other.settle()).toEqual([]);
    expect(server.exchange.orders().map(({ stage }) => stage)).toEqual(['filled']);
  });

  test('one that never reads is cut off before it eats the memory', async () => {
    const server = await startWorld();
    const client = await join(server);
    client.pause();
    const text = 'x'.repeat(8 * 1024 * 1024);
    for (let sent = 0; sent < 12 && server.clientIds().length > 0; sent += 1) {
      server.sendInfo(1100, text);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(server.clientIds()).toEqual([]);
  });
});

describe('what a test can see and say', () => {
  test('waits for a message that came or will come', async () => {
    const server = await startWorld();
    const coming = server.waitFor(({ message }) => message.kind === 'place-order');
    const never = server.waitFor(({ message }) => message.kind === 'positions');
    const client = await join(server);
    client.send(ask.placeOrder(V, 1));
    expect(await coming).toMatchObject({ clientId: 1, message: { orderId: 1, contract: { conId: 265598 } } });
    await expect(server.waitFor(({ message }) => message.kind === 'start-api')).resolves.toMatchObject({ clientId: 1 });
    const again = server.waitFor(({ message }) => message.kind === 'place-order', server.received.length);
    client.send(ask.placeOrder(V, 2));
    expect(await again).toMatchObject({ message: { orderId: 2 } });
    await Promise.all([expect(never).rejects.toThrow('stopped'), server.stop()]);
  });

  test('the log of received messages has an end', async () => {
    const server = await startWorld();
    const client = await join(server);
    client.send(...Array.from({ length: 10_001 }, () => ask.currentTime));
    await client.settle();
    expect(server.received).toHaveLength(10_000);
  });

  test('TWS can say that its own line is down and up again', async () => {
    const server = await startWorld();
    const client = await join(server);
    const stranger = await RawClient.greet(server.port);
    server.sendInfo(1100, 'Connectivity between IBKR and Trader Workstation has been lost.');
    server.sendInfo(1102, 'Connectivity restored \u2013 data maintained.');
    const told = (await client.settle()).map(({ values }) => [values['id'], values['code'], values['text']]);
    expect(told).toEqual([
      ['-1', '1100', 'Connectivity between IBKR and Trader Workstation has been lost.'],
      ['-1', '1102', 'Connectivity restored \\u2013 data maintained.'],
    ]);
    stranger.close();
  });

  test('with a real clock time flows by itself and each request is answered in its present', async () => {
    let now = MONDAY_OPENING;
    const running: (() => void)[] = [];
    const clock = {
      now: () => now,
      every: (_: number, run: () => void) => (running.push(run), () => running.splice(0)),
    };
    const server = await startWorld({ autoTick: true, clock });
    const client = await join(server);
    now += 5_000;
    expect((await client.ask(ask.currentTime, 'CURRENT_TIME')).values['seconds']).toBe(String(now / 1000));
    client.send(ask.marketData(1, false));
    server.exchange.releasePrice('AAPL');
    const from = (await client.settle(), client.messages.length);
    now += 5_000;
    for (const run of running) run();
    await client.until(({ name }) => name === 'TICK_PRICE' || name === 'TICK_SIZE', from);
    await server.stop();
    expect(running).toEqual([]);
  });
});
