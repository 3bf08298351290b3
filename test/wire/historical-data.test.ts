import { BarSizeSetting, EventName, IBApi, SecType, type Contract } from '@stoqey/ib';
import { afterEach, describe, expect, test } from 'vitest';
import { present } from '#domain/assert';
import { startTwsServer, type TwsServer, type TwsServerOptions } from '#simulator/tws/tws-server';
import { manualClock, MONDAY_OPENING } from '#test/wire/manual-clock';
import { RawClient } from '#test/wire/raw-client';

const AAPL: Contract = { conId: 265598, symbol: 'AAPL', secType: SecType.STK, exchange: 'SMART', currency: 'USD' };
const DECODING_ERROR = 505;
const running: { readonly stop: () => Promise<void> | void }[] = [];

afterEach(async () => {
  for (const { stop } of running.splice(0).reverse()) await stop();
});

async function market(options: Partial<TwsServerOptions> = {}): Promise<TwsServer> {
  const server = await startTwsServer({
    port: 0,
    seed: 7,
    clock: manualClock(),
    autoTick: false,
    session: 'regular',
    ...options,
  });
  running.push({ stop: () => server.stop() });
  return server;
}

async function join(server: TwsServer, clientId = 1): Promise<RawClient> {
  const client = await RawClient.start(server.port, clientId);
  running.push({ stop: () => client.close() });
  return client;
}

/** REQ_HISTORICAL_DATA as every client of these versions writes it. */
function request(
  reqId: number,
  fields: Partial<
    Record<'conId' | 'symbol' | 'secType' | 'end' | 'size' | 'duration' | 'show' | 'format' | 'update' | 'rth', string>
  > = {},
): readonly string[] {
  const { conId = '265598', symbol = '', secType = 'STK', end = '', size = '1 day', duration = '3 D' } = fields;
  const { show = 'TRADES', format = '1', update = '0', rth = '1' } = fields;
  const contract = [conId, symbol, secType, '', '0', '', '', 'SMART', '', 'USD', '', ''];
  const legs = secType === 'BAG' ? ['1', '265598', '1', 'BUY', 'SMART'] : [];
  return ['20', String(reqId), ...contract, '0', end, size, duration, rth, show, format, ...legs, update, ''];
}

/** The code and words of the error that answers. */
async function refusal(client: RawClient, fields: readonly string[]): Promise<string> {
  const { values } = await client.ask(fields, 'ERR_MSG');
  return `${values['id']} ${values['code']} ${values['text']}`;
}

describe.each([178, 182, 193])('the real @stoqey/ib client at server version %i', (version) => {
  test('gets bars, the running bar, and the first moment of all', async () => {
    const server = await market({ maxServerVersion: version });
    const ib = new IBApi({ host: '127.0.0.1', port: server.port, clientId: 5, maxReqPerSec: 1000 });
    running.push({ stop: () => void ib.disconnect() });
    const errors: number[] = [];
    ib.on(EventName.error, (_, code) => errors.push(code));
    const ready = new Promise((resolve) => ib.once(EventName.nextValidId, resolve));
    ib.connect();
    await ready;

    const bars: (readonly (string | number)[])[] = [];
    const finished = new Promise((resolve) => {
      ib.on(EventName.historicalData, (reqId, date, open, high, low, close, volume, count, wap) => {
        if (date.startsWith('finished')) resolve(date);
        else bars.push([reqId, date, open, high, low, close, volume, count ?? 0, wap]);
      });
    });
    ib.reqHistoricalData(9, AAPL, '', '3 D', BarSizeSetting.DAYS_ONE, 'TRADES', 1, 1, true);
    expect(await finished).toBe('finished-20260102 09:30:00 US/Eastern-20260105 09:30:00 US/Eastern');
    expect(bars.map(([reqId, date]) => [reqId, date])).toEqual([
      [9, '20251231'],
      [9, '20260102'],
      [9, '20260105'],
    ]);
    const apple = present(server.exchange.find(265598, ''), 'AAPL');
    expect(bars[1]?.[5]).toBe(server.exchange.quoteOf(apple).close / 10_000);
    for (const [, , open, high, low, close, volume, count, wap] of bars.map((bar) => bar.map(Number))) {
      expect(Number(low) <= Math.min(Number(open), Number(close), Number(wap))).toBe(true);
      expect(Number(high) >= Math.max(Number(open), Number(close), Number(wap))).toBe(true);
      expect(Number(volume) > 0 && Number(count) > 0).toBe(true);
    }

    const updated = new Promise<readonly (string | number)[]>((resolve) => {
      ib.once(EventName.historicalDataUpdate, (reqId, date, open, high, low, close, volume) => {
        resolve([reqId, date, open, high, low, close, volume]);
      });
    });
    server.advanceTo(MONDAY_OPENING + 5_000);
    const update = await updated;
    expect(update.slice(0, 2)).toEqual([9, '20260105']);
    const [, , open, high, low, close] = update.map(Number);
    expect(
      Number(low) <= Math.min(Number(open), Number(close)) && Number(high) >= Math.max(Number(open), Number(close)),
    ).toBe(true);

    const head = new Promise((resolve) => ib.once(EventName.headTimestamp, (_, text) => resolve(text)));
    ib.reqHeadTimestamp(10, AAPL, 'TRADES', true, 1);
    expect(await head).toMatch(/^\d{8}-1[34]:30:00$/);
    expect(errors).not.toContain(DECODING_ERROR);
  });
});

describe('the historical data service', () => {
  test('writes moments as text in the exchange’s zone, or as seconds since 1970', async () => {
    const client = await join(await market());
    const intraday = { size: '1 hour', duration: '1 D', end: '20260102 12:00:00 US/Eastern' };
    const text = await client.ask(request(1, intraday), 'HISTORICAL_DATA');
    expect([text.values['count'], text.values['date0'], text.values['date2']]).toEqual([
      '3',
      '20260102 09:30:00 US/Eastern',
      '20260102 11:00:00 US/Eastern',
    ]);
    expect([text.values['start'], text.values['end']]).toEqual([
      '20260101 12:00:00 US/Eastern',
      '20260102 12:00:00 US/Eastern',
    ]);
    const seconds = await client.ask(request(2, { ...intraday, format: '2' }), 'HISTORICAL_DATA');
    expect(seconds.values['date0']).toBe(String(Date.UTC(2026, 0, 2, 14, 30) / 1000));
    const days = await client.ask(request(3, { format: '2' }), 'HISTORICAL_DATA');
    expect(days.values['date0']).toBe('20251231');
  });

  test.each([
    ['60 S', '20260105 09:29:00'],
    ['2 W', '20251222 09:30:00'],
    ['1 M', '20251205 09:30:00'],
    ['1 Y', '20250105 09:30:00'],
  ])('says since when it was asked for with %s', async (duration, start) => {
    const client = await join(await market());
    const { values } = await client.ask(request(1, { duration }), 'HISTORICAL_DATA');
    expect(values['start']).toBe(`${start} US/Eastern`);
  });

  test('tells quotes without a volume', async () => {
    const client = await join(await market());
    const { values } = await client.ask(request(1, { show: 'MIDPOINT' }), 'HISTORICAL_DATA');
    expect([values['volume0'], values['average0'], values['trades0']]).toEqual(['-1', '-1', '-1']);
  });

  test('refuses what it does not understand, does not know, or has nothing of', async () => {
    const client = await join(await market());
    expect(await refusal(client, request(1, { size: '7 mins' }))).toContain('1 321 Error validating request');
    expect(await refusal(client, request(2, { show: 'GOSSIP' }))).toContain('2 321');
    expect(await refusal(client, request(3, { conId: '5' }))).toContain('3 200 No security definition');
    expect(await refusal(client, request(4, { conId: '0', secType: 'BAG' }))).toContain('4 200');
    expect(await refusal(client, request(5, { end: '19990101-00:00:00' }))).toBe(
      '5 162 Historical Market Data Service error message:HMDS query returned no data: AAPL@SMART Trades',
    );
    expect(await refusal(client, ['25', '1', '5'])).toBe('5 366 No historical data query found for ticker id:5');
  });

  test('answers a pacing violation as IBKR does', async () => {
    const client = await join(await market());
    const small = { size: '30 secs', duration: '60 S', end: '20260102-17:00:00' };
    await client.ask(request(1, small), 'HISTORICAL_DATA');
    expect(await refusal(client, request(2, small))).toBe(
      '2 162 Historical Market Data Service error message:Historical data request pacing violation',
    );
  });

  test('keeps the newest bar up to date until that is cancelled, once a second and only when it has changed', async () => {
    const server = await market();
    const client = await join(server);
    await client.ask(request(1, { update: '1' }), 'HISTORICAL_DATA');
    await client.ask(request(2, { update: '1', size: '5 mins', duration: '1 D', conId: '272093' }), 'HISTORICAL_DATA');
    expect(await refusal(client, request(1, { update: '1' }))).toContain('1 322');
    server.exchange.setPrice('AAPL', { bid: '99.99', ask: '100.01', last: '100' });
    server.advanceTo(MONDAY_OPENING + 500);
    expect((await client.settle()).map(({ name }) => name)).not.toContain('HISTORICAL_DATA_UPDATE');
    server.advanceTo(MONDAY_OPENING + 10_000);
    const updates = (await client.settle()).filter(({ name }) => name === 'HISTORICAL_DATA_UPDATE');
    const forMicrosoft = updates.filter(({ values }) => values['reqId'] === '2');
    expect(forMicrosoft.length).toBeGreaterThan(5);
    expect(forMicrosoft.at(-1)?.values['date']).toBe('20260105 09:30:00 US/Eastern');
    // A pinned stock trades no more: there is nothing new to tell.
    expect(updates.filter(({ values }) => values['reqId'] === '1').length).toBeLessThanOrEqual(1);
    server.exchange.setPrice('AAPL', { bid: '100.99', ask: '101.01', last: '101' });
    const told = (await client.settle()).filter(({ values }) => values['reqId'] === '1');
    expect(told.map(({ values }) => values['close'])).toEqual(['101']);
    server.advanceTo(MONDAY_OPENING + 12_000);
    server.exchange.setPrice('AAPL', { bid: '100.99', ask: '101.01', last: '101' });
    expect((await client.settle()).filter(({ values }) => values['reqId'] === '1')).toEqual([]);

    expect(await refusal(client, ['25', '1', '2'])).toBe(
      '2 162 Historical Market Data Service error message:API historical data query cancelled: 2',
    );
    server.advanceTo(MONDAY_OPENING + 20_000);
    expect((await client.settle()).filter(({ name }) => name === 'HISTORICAL_DATA_UPDATE')).toEqual([]);
  });

  test('keeps at most fifty bars up to date, and forgets those of a client that has gone', async () => {
    const server = await market();
    const [first, second] = [await join(server, 1), await join(server, 2)];
    for (let id = 1; id <= 50; id += 1) await first.ask(request(id, { update: '1' }), 'HISTORICAL_DATA');
    expect(await refusal(second, request(1))).toContain('1 162');
    first.close();
    server.advanceTo(MONDAY_OPENING + 5_000);
    await expect.poll(() => server.clientIds()).toEqual([2]);
    const answer = await second.ask(request(2), 'HISTORICAL_DATA');
    expect(answer.values['count']).toBe('3');
  });

  test('no longer tells a client that has gone', async () => {
    const server = await market();
    const [first, second] = [await join(server, 1), await join(server, 2)];
    await first.ask(request(1, { update: '1' }), 'HISTORICAL_DATA');
    first.close();
    await expect.poll(() => server.clientIds()).toEqual([2]);
    server.exchange.transfer('AAPL', 100);
    server.advanceTo(MONDAY_OPENING + 5_000);
    expect((await second.settle()).map(({ name }) => name)).not.toContain('HISTORICAL_DATA_UPDATE');
  });

  test('says since when there is data', async () => {
    const client = await join(await market());
    const head = (reqId: string, conId: string, show: string, format: string): readonly string[] => [
      ...['87', reqId, conId, '', 'STK', '', '0', '', '', 'SMART', '', 'USD', '', '', '0', '1', show, format],
    ];
    expect((await client.ask(head('1', '265598', 'TRADES', '1'), 'HEAD_TIMESTAMP')).values['head']).toMatch(
      /^\d{8}-\d\d:30:00$/,
    );
    expect((await client.ask(head('2', '265598', 'TRADES', '2'), 'HEAD_TIMESTAMP')).values['head']).toMatch(/^\d{10}$/);
    expect(await refusal(client, head('3', '5', 'TRADES', '1'))).toContain('3 200');
    expect(await refusal(client, head('4', '265598', 'GOSSIP', '1'))).toContain('4 321');
    client.send(['90', '1']);
    expect(await client.settle()).toEqual([]);
  });
});
