import { describe, expect, test } from 'vitest';
import { assert } from '#domain/assert';
import { parsePriceFile } from '#simulator/price-file';
import { startTwsServer } from '#simulator/tws/tws-server';
import { join, orderNews, startWorld } from '#test/unit/simulator/tws/tws-world';
import * as ask from '#test/wire/client-requests';
import { manualClock } from '#test/wire/manual-clock';

/** Contract fields as a client that knows no number fills them in. */
const described = (
  symbol: string,
  secType: string,
  rest: Partial<Record<'date' | 'strike' | 'right' | 'multiplier' | 'exchange' | 'primary' | 'currency', string>> = {},
): readonly string[] => [
  ...['0', symbol, secType, rest.date ?? '', rest.strike ?? '0.0', rest.right ?? '', rest.multiplier ?? ''],
  ...[rest.exchange ?? '', rest.primary ?? '', rest.currency ?? '', '', ''],
];

describe('every kind of instrument is known', () => {
  test.each([
    ['a future by its month', described('ES', 'FUT', { date: '202712', exchange: 'CME' }), '649180671'],
    ['a future by its day', described('ES', 'FUT', { date: '20271217', multiplier: '50' }), '649180671'],
    [
      'an option by strike and right',
      described('AAPL', 'OPT', { date: '20271217', strike: '240.0', right: 'CALL', exchange: 'SMART' }),
      '699200111',
    ],
    ['an option whose right is left open', described('AAPL', 'OPT', { right: '?' }), '699200111'],
    ['a pair of currencies', described('EUR', 'CASH', { exchange: 'IDEALPRO', currency: 'USD' }), '12087792'],
    ['a German stock at its exchange', described('SAP', 'STK', { exchange: 'IBIS', currency: 'EUR' }), '14204'],
    ['a German stock by SMART', described('SAP', 'STK', { exchange: 'SMART', currency: 'EUR' }), '14204'],
    ['a share class', described('BRK B', 'STK', { exchange: 'SMART', currency: 'USD' }), '72063691'],
    ['a stock at another exchange', described('AAPL', 'STK', { exchange: 'ARCA', primary: 'NASDAQ' }), '265598'],
  ])('%s', async (_, contract, conId) => {
    const client = await join(await startWorld());
    await client.ask(ask.contractDetailsOf(1, contract), 'CONTRACT_DATA_END');
    expect(client.messages.filter(({ name }) => name === 'CONTRACT_DATA').map(({ values }) => values['conId'])).toEqual(
      [conId],
    );
  });

  test.each([
    ['a put that is not listed', described('AAPL', 'OPT', { right: 'P' })],
    ['another strike', described('AAPL', 'OPT', { strike: '250' })],
    ['another month', described('ES', 'FUT', { date: '202803' })],
    ['another multiplier', described('ES', 'FUT', { multiplier: '5' })],
    ['an American SAP', described('SAP', 'STK', { exchange: 'SMART', currency: 'USD' })],
    ['a future at SMART', described('ES', 'FUT', { exchange: 'SMART' })],
    ['a stock with another listing', described('AAPL', 'STK', { primary: 'NYSE' })],
  ])('%s is not', async (_, contract) => {
    const client = await join(await startWorld());
    client.send(ask.contractDetailsOf(1, contract));
    await client.settle();
    expect(orderNews(client)).toEqual(['1 error 200']);
  });

  test('details tell where and how each trades', async () => {
    const client = await join(await startWorld());
    for (const conId of [649180671, 699200111, 12087792, 14204]) {
      await client.ask(ask.contractDetailsOf(1, ask.instrumentFields(conId, '')), 'CONTRACT_DATA_END');
    }
    const details = client.messages.filter(({ name }) => name === 'CONTRACT_DATA').map(({ values }) => values);
    expect(details).toMatchObject([
      { secType: 'FUT', exchange: 'CME', multiplier: '50', minTick: '0.25', underSymbol: 'ES', underSecType: 'IND' },
      { secType: 'OPT', exchange: 'SMART', multiplier: '100', strike: '240', right: 'C', underConId: '265598' },
      { secType: 'CASH', exchange: 'IDEALPRO', validExchanges: 'IDEALPRO', minTick: '0.0001' },
      { secType: 'STK', exchange: 'IBIS', validExchanges: 'SMART,IBIS', currency: 'EUR', timeZoneId: 'MET' },
    ]);
    expect(details[0]).toMatchObject({
      lastTradeDateOrContractMonth: '20271217 08:30 US/Central',
      timeZoneId: 'US/Central',
    });
  });

  test('an option on a stock that does not trade here has no number for it', async () => {
    const prices = parsePriceFile('date,symbol,open,high,low,close,volume\n2026-01-02,KO,60,61,59,60.5,1000\n');
    assert(prices.ok, 'the file is in order');
    const server = await startTwsServer({
      port: 0,
      seed: 1,
      clock: manualClock(),
      autoTick: false,
      prices: prices.value,
    });
    const client = await join(server);
    const own = await client.ask(ask.contractDetailsOf(1, ask.instrumentFields(699200111, '')), 'CONTRACT_DATA');
    expect(own.values).toMatchObject({ underConId: '0', underSymbol: 'AAPL' });
    await server.stop();
  });

  test('each is traded on its own exchange', async () => {
    const server = await startWorld();
    const client = await join(server);
    const orders = [
      ask.instrumentFields(649180671, 'CME'),
      ask.instrumentFields(699200111, 'SMART'),
      ask.instrumentFields(12087792, 'IDEALPRO'),
      ask.instrumentFields(14204, 'SMART'),
    ].map((contract, place) => ask.placeOrder(193, place + 1, { contract, quantity: '1' }));
    client.send(...orders, ask.placeOrder(193, 5));
    await client.settle();
    const fills = client.messages.filter(({ name }) => name === 'EXECUTION_DATA').map(({ values }) => values);
    expect(fills.map((it) => it['exchange'])).toEqual(['CME', 'CBOE', 'IDEALPRO', 'IBIS', 'ISLAND']);
    const paid = client.messages
      .filter(({ name }) => name === 'COMMISSION_REPORT')
      .map(({ values }) => values['currency']);
    expect(paid).toEqual(['USD', 'USD', 'USD', 'EUR', 'USD']);
  });
});

test('what is found for a pattern tells which derivatives there are', async () => {
  const client = await join(await startWorld());
  const { values } = await client.ask(['81', '1', 'aapl'], 'SYMBOL_SAMPLES');
  expect(values).toMatchObject({ count: '1', symbol0: 'AAPL', derivative0: 'OPT' });
  const sap = await client.ask(['81', '1', 'SAP'], 'SYMBOL_SAMPLES');
  expect(sap.values).toMatchObject({ symbol0: 'SAP', currency0: 'EUR' });
});
