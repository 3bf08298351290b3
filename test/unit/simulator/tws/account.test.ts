import { describe, expect, test } from 'vitest';
import { Subscriptions } from '#simulator/tws/subscriptions';
import { join, startWorld } from '#test/unit/simulator/tws/tws-world';
import * as ask from '#test/wire/client-requests';
import { MONDAY_OPENING } from '#test/wire/manual-clock';
import type { ServerMessage } from '#test/wire/strict-decoder';

const V = 193;
const [ES, OPTION, SAP] = [
  ask.instrumentFields(649180671, 'CME'),
  ask.instrumentFields(699200111, 'SMART'),
  ask.instrumentFields(14204, 'IBIS'),
];

/** `NetLiquidation USD` and the like, with what each stands at. */
function figures(messages: readonly ServerMessage[]): ReadonlyMap<string, string> {
  const lines = messages.filter(({ name }) => /^(ACCT_VALUE|ACCOUNT_SUMMARY|ACCOUNT_UPDATE_MULTI)$/.test(name));
  return new Map(
    lines.map(({ values }) => [
      `${values['key'] ?? values['tag']} ${values['currency']}`.trim(),
      values['value'] ?? '',
    ]),
  );
}

async function traded(): ReturnType<typeof startWorld> {
  const server = await startWorld();
  server.exchange.setPrice('SAP', { bid: '238.6', ask: '238.62', last: '238.62' });
  server.exchange.setPrice('EUR', { bid: '1.0999', ask: '1.1001', last: '1.1' });
  const client = await join(server, 9);
  client.send(
    ask.placeOrder(V, 1),
    ask.placeOrder(V, 2, { contract: ES, quantity: '1' }),
    ask.placeOrder(V, 3, { contract: OPTION, quantity: '2' }),
    ask.placeOrder(V, 4, { contract: SAP, quantity: '10' }),
  );
  await client.settle();
  client.close();
  return server;
}

describe('account values', () => {
  test('come by currency, with the rate that each is valued at', async () => {
    const server = await traded();
    const client = await join(server);
    await client.ask(ask.accountUpdates(true), 'ACCT_DOWNLOAD_END');
    const values = figures(client.messages);
    expect(values.get('ExchangeRate EUR')).toBe('1.1');
    expect(values.get('ExchangeRate USD')).toBe('1');
    expect(values.get('CashBalance EUR')).toBe('-2387.2');
    expect(values.get('StockMarketValue EUR')).toBe('2386.2');
    expect(values.get('NetLiquidationByCurrency BASE')).toBe(values.get('NetLiquidation USD'));
    expect(values.get('AccountType')).toBe('INDIVIDUAL');
    expect(Number(values.get('Cushion'))).toBeGreaterThan(0.5);
  });

  test('the portfolio counts with multipliers, each instrument in its own currency', async () => {
    const server = await traded();
    const client = await join(server);
    await client.ask(ask.accountUpdates(true), 'ACCT_DOWNLOAD_END');
    const portfolio = client.messages.filter(({ name }) => name === 'PORTFOLIO_VALUE').map(({ values }) => values);
    expect(portfolio.map((it) => [it['localSymbol'], it['position'], it['multiplier'] ?? '', it['currency']])).toEqual([
      ['AAPL', '100', '', 'USD'],
      ['ESZ7', '1', '50', 'USD'],
      ['AAPL  271217C00240000', '2', '100', 'USD'],
      ['SAP', '10', '', 'EUR'],
    ]);
    for (const { position, multiplier = '', marketPrice, marketValue } of portfolio) {
      expect(Number(marketValue)).toBeCloseTo(
        Number(position) * Number(multiplier === '' ? 1 : multiplier) * Number(marketPrice),
        4,
      );
    }
  });

  test('a request of its own is answered with the same values, and followed until it is cancelled', async () => {
    const server = await traded();
    const client = await join(server);
    await client.ask(ask.accountUpdates(true), 'ACCT_DOWNLOAD_END');
    const same = figures(client.messages);
    client.send(ask.accountUpdates(false));
    const from = client.messages.length;
    await client.ask(ask.accountUpdatesMulti(5), 'ACCOUNT_UPDATE_MULTI_END');
    expect(figures(client.messages.slice(from))).toEqual(same);
    await client.ask(ask.positionsMulti(6), 'POSITION_MULTI_END');
    client.send(ask.placeOrder(V, 1));
    const news = await client.settle();
    expect(news.find(({ name }) => name === 'POSITION_MULTI')?.values).toMatchObject({ reqId: '6', position: '200' });
    expect(figures(news).size).toBe(same.size);
    server.advanceTo(MONDAY_OPENING + 200_000);
    expect(figures(await client.settle()).size).toBe(same.size);
    client.send(ask.cancelAccountUpdatesMulti(5), ask.cancelPositionsMulti(6), ask.placeOrder(V, 2));
    const names = (await client.settle()).map(({ name }) => name);
    expect(names).not.toContain('ACCOUNT_UPDATE_MULTI');
    expect(names).not.toContain('POSITION_MULTI');
  });
});

describe('a summary', () => {
  test.each([
    [
      'single figures',
      'AccountType,NetLiquidation,DayTradesRemainingT+3,SMA',
      ['AccountType', 'DayTradesRemainingT+3', 'NetLiquidation USD'],
    ],
    ['a figure of the ledger', 'UnrealizedPnL', ['UnrealizedPnL USD']],
  ])('has %s', async (_, tags, expected) => {
    const server = await traded();
    const client = await join(server);
    await client.ask(['62', '1', '5', 'All', tags], 'ACCOUNT_SUMMARY_END');
    expect([...figures(client.messages).keys()]).toEqual(expected);
  });

  test.each([
    ['$LEDGER', ['USD']],
    ['$LEDGER:EUR', ['EUR']],
    ['$LEDGER:ALL', ['BASE', 'USD', 'EUR']],
  ])('with %s has the ledger of %s', async (tag, currencies) => {
    const server = await traded();
    const client = await join(server);
    await client.ask(['62', '1', '5', 'All', tag], 'ACCOUNT_SUMMARY_END');
    const keys = [...figures(client.messages).keys()].filter((key) => key.startsWith('CashBalance '));
    expect(keys).toEqual(currencies.map((currency) => `CashBalance ${currency}`));
  });
});

describe('profit', () => {
  test('of the day is counted from the close of the day before', async () => {
    const server = await startWorld();
    server.exchange.transfer('AAPL', 100);
    const client = await join(server);
    server.exchange.setPrice('AAPL', { bid: '101.99', ask: '102.01', last: '102' });
    const { values } = await client.ask(ask.pnlSingle(6), 'PNL_SINGLE');
    expect(values).toMatchObject({ position: '100', daily: '200', unrealized: '200', realized: '0', value: '10200' });
    const account = await client.ask(ask.pnl(7), 'PNL');
    expect(account.values).toMatchObject({ daily: '200', unrealized: '200', realized: '0' });
  });
});

test('what a client follows is forgotten when IBKR comes back without it; its lines are closed one by one', () => {
  const subscriptions = new Subscriptions();
  subscriptions.accountUpdates = true;
  subscriptions.positions = true;
  for (const followed of [subscriptions.accountUpdatesMulti, subscriptions.positionsMulti, subscriptions.pnl]) {
    followed.add(5);
  }
  subscriptions.summaries.set(6, ['SMA']);
  subscriptions.pnlSingle.set(7, 265598);
  subscriptions.forget();
  expect(subscriptions).toEqual(new Subscriptions());
});
