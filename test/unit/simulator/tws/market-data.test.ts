import { describe, expect, test } from 'vitest';
import { Exchange } from '#simulator/exchange';
import type { ServerMessage } from '#simulator/tws/encode';
import { MarketData, type MarketDataKind } from '#simulator/tws/market-data';
import { Subscriptions } from '#simulator/tws/subscriptions';
import { join, startWorld } from '#test/unit/simulator/tws/tws-world';
import * as ask from '#test/wire/client-requests';
import { MONDAY_OPENING } from '#test/wire/manual-clock';
import type { RawClient } from '#test/wire/raw-client';

const EURO = ask.instrumentFields(12087792, 'IDEALPRO');

const NO_CONTRACT = {
  ...{ conId: 0, symbol: '', secType: '', lastTradeDate: '', strike: '', right: '', multiplier: '', exchange: '' },
  ...{ primaryExchange: '', currency: '', localSymbol: '', tradingClass: '' },
};

/** What a client was told about its lines, in words: `7 type 3`, `7 error 10167`, `7 tick 66`. */
async function told(client: RawClient): Promise<readonly string[]> {
  return (await client.settle()).flatMap(({ name, values }) => {
    if (name === 'MARKET_DATA_TYPE') return [`${values['reqId']} type ${values['type']}`];
    if (name === 'ERR_MSG') return [`${values['id']} error ${values['code']}`];
    return name === 'TICK_REQ_PARAMS' ? [] : [`${values['reqId']} tick ${values['tickType']}`];
  });
}

const LIVE = ['1', '0', '2', '3', '4', '5', '6', '7', '8', '45', '9', '14'].map((type) => `7 tick ${type}`);
const DELAYED = ['66', '69', '67', '70', '68', '71', '72', '73', '74', '75', '76'].map((type) => `7 tick ${type}`);

describe('the kind of data', () => {
  test.each([
    ['live', 1, ['7 type 1', '7 tick 49', ...LIVE]],
    ['live, though delayed was asked for', 3, ['7 type 1', '7 tick 49', ...LIVE]],
  ])('%s', async (_, type, expected) => {
    const client = await join(await startWorld());
    client.send(ask.marketDataTypeOf(type), ask.marketData(7, false));
    expect(await told(client)).toEqual(expected);
  });

  test('an account without live data gets delayed data if it asks for that, and is told so', async () => {
    const server = await startWorld();
    server.faults.inject({ fault: 'delayed-data' });
    const client = await join(server);
    client.send(ask.marketData(7, false), ask.marketDataTypeOf(3), ask.marketData(7, false));
    expect(await told(client)).toEqual(['7 error 10089', '7 type 3', '7 error 10167', ...DELAYED]);
    server.exchange.setPrice('AAPL', { bid: '99', ask: '100.01', last: '100' });
    expect(await told(client)).toEqual(['7 tick 66']);
  });

  test('an account without any data is told so, whatever it asks for', async () => {
    const server = await startWorld();
    const client = await join(server);
    client.send(ask.marketData(8, false));
    await client.settle();
    server.faults.inject({ fault: 'no-market-data' });
    expect(await told(client)).toEqual(['8 error 354']);
    client.send(ask.marketDataTypeOf(4), ask.marketData(7, true), ask.cancelMarketData(8));
    expect(await told(client)).toEqual(['7 error 354', '8 error 300']);
  });

  test('a second session with live data silences the lines of this one until it ends', async () => {
    const server = await startWorld();
    const client = await join(server);
    client.send(ask.marketData(7, false));
    await client.settle();
    server.faults.inject({ fault: 'competing-session' });
    expect(await told(client)).toEqual(['7 error 10197']);
    server.exchange.setPrice('AAPL', { bid: '99', ask: '100.01', last: '100' });
    expect(await told(client)).toEqual([]);
    server.faults.clear();
    expect(await told(client)).toEqual(['7 type 1', '7 tick 49', ...LIVE]);
  });

  test.each<readonly [MarketDataKind, number, readonly ServerMessage[], string]>([
    ['frozen', 1, [[58, 1, 7, 2]], 'a market that is closed shows its last quote, and it stands'],
    ['delayed-frozen', 4, [[58, 1, 7, 4]], 'delayed data of a closed market stands too'],
    ['delayed-frozen', 1, [], 'delayed data is only for those who ask for it'],
  ])('%s data, asked for %i: %j: %s', (kind, type, expected) => {
    const exchange = new Exchange({ seed: 1, startAt: MONDAY_OPENING });
    const sent: ServerMessage[] = [];
    const connection = { subscriptions: new Subscriptions(), send: (message: ServerMessage) => sent.push(message) };
    const marketData = new MarketData(exchange);
    marketData.serve(kind);
    marketData.serve(kind);
    marketData.chooseType(connection, type);
    const contract = { ...NO_CONTRACT, conId: 265598 };
    marketData.open(connection, { kind: 'market-data', reqId: 7, contract, generic: [], snapshot: false });
    expect(sent.filter(([id]) => id === 58)).toEqual(expected);
    const before = sent.length;
    exchange.setPrice('AAPL', { bid: '99', ask: '100.01', last: '100' });
    for (const instrument of exchange.instruments) marketData.quoteChanged(instrument);
    expect(sent).toHaveLength(before);
  });

  test.each([0, 5])('there is no kind %i', async (type) => {
    const client = await join(await startWorld());
    client.send(ask.marketDataTypeOf(type));
    expect(await told(client)).toEqual(['-1 error 321']);
  });
});

describe('what a line tells', () => {
  test('a halt and its end, and a line that begins in it', async () => {
    const server = await startWorld();
    const client = await join(server);
    client.send(ask.marketData(7, false));
    await client.settle();
    server.exchange.halt('AAPL');
    server.exchange.halt('MSFT');
    client.send(ask.marketData(8, false));
    const first = await client.settle();
    const halted = first.filter(({ name }) => name === 'TICK_GENERIC').map(({ values }) => values['value']);
    expect(halted).toEqual(['1', '1']);
    server.exchange.resume('AAPL');
    expect((await client.settle()).map(({ values }) => values['value'])).toEqual(['0', '0']);
  });

  test('a pair of currencies has no trades: bid, ask, and the day', async () => {
    const client = await join(await startWorld());
    client.send(ask.marketDataOf(7, EURO));
    const types = ['49', '1', '0', '2', '3', '6', '7', '9', '14'].map((type) => `7 tick ${type}`);
    expect(await told(client)).toEqual(['7 type 1', ...types]);
  });

  test('additional ticks: mark price, what can be borrowed, and every trade', async () => {
    const server = await startWorld();
    const client = await join(server);
    client.send(ask.marketDataOf(7, ask.APPLE, '100,221,233,236,375'));
    expect((await told(client)).slice(-5)).toEqual(['7 tick 37', '7 tick 48', '7 tick 46', '7 tick 89', '7 tick 77']);
    server.exchange.setPrice('AAPL', { bid: '99.99', ask: '100.02', last: '100' });
    expect(await told(client)).toEqual(['7 tick 2']);
    client.send(ask.placeOrder(193, 1));
    server.advanceTo(server.exchange.now + 250);
    const after = await client.settle();
    const trade = after.findLast(({ name, values }) => name === 'TICK_STRING' && values['tickType'] === '48');
    expect(trade?.values['value']).toMatch(/^100\.02;100;1767623400250;\d+;100\.02;true$/);
  });

  test.each([
    ['additional ticks nobody knows', ask.marketDataOf(7, ask.APPLE, '233,999')],
    ['additional ticks of a snapshot', [...ask.marketDataOf(7, ask.APPLE, '233').slice(0, 17), '1', '0', '']],
  ])('%s are refused', async (_, request) => {
    const client = await join(await startWorld());
    client.send(request);
    expect(await told(client)).toEqual(['7 error 321']);
  });

  test('a regulatory snapshot is a snapshot', async () => {
    const client = await join(await startWorld());
    const end = await client.ask([...ask.marketDataOf(7, ask.APPLE).slice(0, 17), '0', '1', ''], 'TICK_SNAPSHOT_END');
    expect(end.values).toMatchObject({ reqId: '7' });
  });
});
