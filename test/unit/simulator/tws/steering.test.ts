import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startTwsServer } from '#simulator/tws/tws-server';
import { join, orderNews, startWorld } from '#test/unit/simulator/tws/tws-world';
import * as ask from '#test/wire/client-requests';
import { RawClient } from '#test/wire/raw-client';
import { manualClock, MONDAY_OPENING } from '#test/wire/manual-clock';

const V = 193;
const resting = { orderType: 'LMT', limitPrice: '90' };

describe('the master client', () => {
  test('hears of every client’s orders; another hears of its own', async () => {
    const server = await startWorld({ masterClientId: 9 });
    const [trader, master, stranger] = [await join(server, 1), await join(server, 9), await join(server, 2)];
    trader.send(ask.placeOrder(V, 1), ask.placeOrder(V, 2, resting), ask.cancelOrder(V, 2));
    await trader.settle();
    await master.settle();
    await stranger.settle();
    expect(orderNews(master)).toEqual(orderNews(trader));
    expect(orderNews(master)).toContain('1 fills 100');
    expect(orderNews(master)).toContain('2 error 202');
    expect(orderNews(stranger)).toEqual([]);
  });
});

/** Nobody listens there. */
async function isRefused(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  const [error] = await once(socket, 'error').catch((reason: unknown) => [reason]);
  expect(String(error)).toContain('ECONNREFUSED');
}

describe('TWS goes away', () => {
  test('and comes back on its port when its time is up, with the orders it had', async () => {
    const server = await startWorld();
    const client = await join(server);
    client.send(ask.placeOrder(V, 5, resting));
    await client.settle();
    const { port } = server;
    server.restart({ downMs: 1_000, rollBackIds: true });
    await client.closed;
    await isRefused(port);
    server.advanceTo(MONDAY_OPENING + 1_000);
    await server.whenListening();
    await server.whenListening();
    expect(server.port).toBe(port);
    const again = await join(server);
    expect(again.messages.find(({ name }) => name === 'NEXT_VALID_ID')?.values['orderId']).toBe('1');
    await again.ask(ask.openOrders, 'OPEN_ORDER_END');
    expect(orderNews(again)).toContain('5 open');
  });

  test('until it is told to come up', async () => {
    const server = await startWorld();
    server.restart({ downMs: Infinity, rollBackIds: false });
    server.advanceTo(MONDAY_OPENING + 60_000);
    await isRefused(server.port);
    await server.comeUp();
    await expect(join(server)).resolves.toBeDefined();
  });

  test('while another program takes its port it waits', async () => {
    const server = await startWorld();
    const { port } = server;
    server.restart({ downMs: 1_000, rollBackIds: false });
    const squatter = createServer();
    onTestFinished(() => void squatter.close());
    await new Promise<void>((resolve) => squatter.listen(port, '127.0.0.1', resolve));
    server.advanceTo(MONDAY_OPENING + 1_000);
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => squatter.close(resolve));
    const up = server.whenListening();
    server.advanceTo(MONDAY_OPENING + 2_000);
    await up;
    await expect(join(server)).resolves.toBeDefined();
  });

  test('in the middle of a request, which it then has not seen', async () => {
    const server = await startWorld();
    const client = await join(server);
    server.faults.inject({ fault: 'restart', at: { message: 'place-order' } });
    client.send(ask.placeOrder(V, 1, resting));
    await client.closed;
    expect(server.exchange.orders()).toEqual([]);
  });

  test('for good, while it is away already', async () => {
    const server = await startTwsServer({ port: 0, seed: 1, symbols: 1, clock: manualClock(), autoTick: false });
    server.restart({ downMs: Infinity, rollBackIds: false });
    await expect(server.stop()).resolves.toBeUndefined();
  });
});

describe('TWS moves to another port', () => {
  test('says where to, and comes back', async () => {
    const server = await startWorld();
    const home = server.port;
    const client = await join(server);
    server.faults.inject({ fault: 'port-change', forSeconds: 5 });
    await client.closed;
    expect(server.port).not.toBe(home);
    const farewell = client.messages.at(-1)?.values;
    expect([farewell?.['code'], farewell?.['text']?.split(' - ')[1]]).toEqual(['1300', String(server.port)]);
    await expect(join(server)).resolves.toBeDefined();
    server.advanceTo(MONDAY_OPENING + 5_000);
    await server.whenListening();
    expect(server.port).toBe(home);
  });

  test('but not to one that is taken', async () => {
    const squatter = createServer();
    onTestFinished(() => void squatter.close());
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    const address = squatter.address();
    if (address === null || typeof address === 'string') throw new Error('a port');
    const server = await startWorld();
    const home = server.port;
    server.faults.inject({ fault: 'port-change', port: address.port });
    await new Promise((resolve) => setImmediate(resolve));
    expect(server.port).toBe(home);
    await expect(join(server)).resolves.toBeDefined();
  });
});

describe('a plan', () => {
  test('is carried out from the start', async () => {
    const server = await startWorld({ faults: [{ fault: 'client-id-in-use' }] });
    await expect(join(server)).rejects.toThrow();
    server.faults.clear();
    await expect(join(server)).resolves.toBeDefined();
  });

  test('that finds nothing to spoil spoils nothing', async () => {
    const server = await startWorld();
    for (const fault of ['duplicate-execution', 'correct-execution', 'both-oca-legs-fill'] as const) {
      server.faults.inject({ fault });
    }
    expect(server.exchange.executions()).toEqual([]);
    const client = await join(server);
    server.faults.inject({ fault: 'fill-before-cancel' });
    client.send(ask.cancelOrder(V, 77));
    await client.settle();
    expect(orderNews(client)).toEqual(['77 error 10147']);
  });

  test('fills no order before its cancel that does not work yet', async () => {
    const server = await startWorld();
    const client = await join(server);
    server.faults.inject({ fault: 'fill-before-cancel' });
    client.send(ask.placeOrder(V, 1, { ...resting, transmit: false }), ask.cancelOrder(V, 1));
    await client.settle();
    expect(server.exchange.executions()).toEqual([]);
  });
});

describe('several faults at once', () => {
  test('the end of one is not the end of another', async () => {
    const server = await startWorld();
    const client = await join(server);
    server.faults.inject({ fault: 'upstream-lost' });
    server.faults.inject({ fault: 'delay', milliseconds: 60_000 });
    server.faults.inject({ fault: 'silent-handshake' });
    server.faults.inject({ fault: 'freeze', forSeconds: 1 });
    const newcomer = await RawClient.greet(server.port);
    client.send(ask.currentTime);
    const heard = server.waitFor(({ message }) => message.kind === 'current-time');
    const from = client.messages.length;
    server.advanceTo(MONDAY_OPENING + 1_000);
    await heard;
    server.advanceTo(MONDAY_OPENING + 2_000);
    expect(client.messages).toHaveLength(from);
    expect(newcomer.messages).toEqual([]);
    server.faults.clear();
    await client.until(({ name }) => name === 'CURRENT_TIME', from);
    newcomer.close();
  });
});

describe('TWS has lost IBKR', () => {
  test('what is asked for and needs it waits; who comes newly is told', async () => {
    const server = await startWorld();
    const client = await join(server);
    server.faults.inject({ fault: 'upstream-lost' });
    client.send(ask.placeOrder(V, 1, resting), ask.marketData(9, false));
    await client.settle();
    expect(server.exchange.orders()).toEqual([]);
    const late = await join(server, 2);
    await late.settle();
    expect(late.messages.some(({ values }) => values['code'] === '1100')).toBe(true);
    server.faults.inject({ fault: 'upstream-restored' });
    await client.settle();
    expect(server.exchange.orders()).toHaveLength(1);
    expect(client.messages.some(({ values }) => values['code'] === '1102')).toBe(true);
  });

  test('of more than it can keep it tells the newest', async () => {
    const server = await startWorld();
    const client = await join(server);
    client.send(ask.placeOrder(V, 1, resting));
    await client.settle();
    const from = client.messages.length;
    server.faults.inject({ fault: 'upstream-lost' });
    server.exchange.fill({ clientId: 1, orderId: 1 }, { shares: 100, price: '90' });
    for (let times = 0; times < 5_000; times += 1) {
      server.exchange.halt('AAPL');
      server.exchange.resume('AAPL');
    }
    server.faults.inject({ fault: 'upstream-restored' });
    await client.settle();
    expect(orderNews(client, from)).toEqual([]);
  });

  test('what waits for one farm does not come with another', async () => {
    const server = await startWorld();
    const client = await join(server);
    server.faults.inject({ fault: 'farm-down', farm: 'quotes' });
    server.faults.inject({ fault: 'farm-down', farm: 'definitions' });
    client.send(ask.marketData(9, false), ask.contractDetails(7));
    await client.settle();
    const told = (name: string): boolean => client.messages.some((message) => message.name === name);
    server.faults.inject({ fault: 'farm-up', farm: 'definitions' });
    await client.settle();
    expect([told('CONTRACT_DATA'), told('TICK_PRICE')]).toEqual([true, false]);
    server.faults.inject({ fault: 'farm-up', farm: 'quotes' });
    await client.settle();
    expect(told('TICK_PRICE')).toBe(true);
  });

  test('without the farm of history bars are refused: 162', async () => {
    const server = await startWorld();
    const client = await join(server);
    server.faults.inject({ fault: 'farm-down', farm: 'history' });
    server.faults.inject({ fault: 'farm-down', farm: 'quotes' });
    client.send(ask.history(40, false));
    await client.settle();
    expect(client.messages.find(({ values }) => values['id'] === '40')?.values['code']).toBe('162');
    server.faults.inject({ fault: 'farm-up', farm: 'quotes' });
    expect(server.faults.isFarmDown('history')).toBe(true);
    server.faults.clear();
    client.send(ask.history(41, false));
    await client.settle();
    expect(client.messages.some(({ name }) => name === 'HISTORICAL_DATA')).toBe(true);
  });
});
