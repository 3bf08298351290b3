import { afterEach, describe, expect, test } from 'vitest';
import { startTwsServer, type TwsServer } from '#simulator/tws/tws-server';
import * as ask from '#test/wire/client-requests';
import { manualClock, MONDAY_OPENING } from '#test/wire/manual-clock';
import { RawClient } from '#test/wire/raw-client';
import { decodeStrictly, KNOWN_MESSAGES } from '#test/wire/strict-decoder';

let server: TwsServer | undefined;

afterEach(async () => {
  await server?.stop();
});

async function startAt(maxServerVersion: number): Promise<TwsServer> {
  server = await startTwsServer({ port: 0, seed: 11, clock: manualClock(), autoTick: false, maxServerVersion });
  return server;
}

describe.each([178, 185, 193])('a whole session read strictly at server version %i', (version) => {
  test('every message type of the simulator is sent and has exactly the fields of that version', async () => {
    const tws = await startAt(version);
    tws.exchange.setPrice('AAPL', { bid: '199.99', ask: '200.01', last: '200', askSize: 60 });
    const client = await RawClient.start(tws.port, 0);
    expect(client.version).toBe(version);

    await client.ask(ask.contractDetails(1), 'CONTRACT_DATA_END');
    await client.ask(ask.matchingSymbols(2), 'SYMBOL_SAMPLES');
    await client.ask(ask.marketRule(557), 'MARKET_RULE');
    client.send(ask.marketDataType);
    await client.ask(ask.marketData(3, true), 'TICK_SNAPSHOT_END');
    client.send(ask.marketData(4, false));
    await client.ask(ask.accountUpdates(true), 'ACCT_DOWNLOAD_END');
    await client.ask(ask.positions, 'POSITION_END');
    await client.ask(ask.pnl(5), 'PNL');
    await client.ask(ask.pnlSingle(6), 'PNL_SINGLE');

    // A bracket of 100 against 60 on display: two fills, then the exits work.
    client.send(
      ask.placeOrder(version, 1, { orderType: 'LMT', limitPrice: '200.05', transmit: false, orderRef: 'b1-entry' }),
      ask.placeOrder(version, 2, {
        ...{ action: 'SELL', orderType: 'LMT', limitPrice: '210', parentId: '1', transmit: false, tif: 'GTC' },
      }),
      ask.placeOrder(version, 3, { action: 'SELL', orderType: 'STP', auxPrice: '190', parentId: '1', tif: 'GTC' }),
    );
    await client.until(({ name, values }) => name === 'EXECUTION_DATA' && values['shares'] === '60');
    tws.advanceTo(MONDAY_OPENING + 1_000);
    await client.until(({ name, values }) => name === 'EXECUTION_DATA' && values['shares'] === '40');
    await client.until(({ name }) => name === 'COMMISSION_REPORT');

    await client.ask(ask.openOrders, 'OPEN_ORDER_END');
    await client.ask(ask.allOpenOrders, 'OPEN_ORDER_END');
    client.send(ask.autoOpenOrders);
    client.send(ask.placeOrder(version, 3, { action: 'SELL', orderType: 'STP', auxPrice: '195', tif: 'GTC' }));
    tws.exchange.setPrice('AAPL', { bid: '194.99', ask: '195.01', last: '195' });
    await client.until(({ name, values }) => name === 'ORDER_STATUS' && values['status'] === 'Cancelled');
    client.send(ask.placeOrder(version, 4, { orderType: 'LMT', limitPrice: '100' }));
    client.send(ask.cancelOrder(version, 4));
    client.send(ask.placeOrder(version, 5, { orderType: 'LMT', limitPrice: '100' }));
    client.send(ask.globalCancel(version));
    await client.ask(ask.completedOrders, 'COMPLETED_ORDERS_END');
    await client.ask(ask.executions(7), 'EXECUTION_DATA_END');
    await client.ask(ask.accountSummary(8), 'ACCOUNT_SUMMARY_END');
    await client.ask(ask.managedAccounts, 'MANAGED_ACCTS');
    const { values } = await client.ask(ask.nextId, 'NEXT_VALID_ID');
    expect(values).toMatchObject({ orderId: '6' });
    client.send(ask.cancelPnl(5), ask.cancelPnlSingle(6), ask.cancelAccountSummary(8), ask.cancelPositions);
    client.send(ask.cancelMarketData(4), ask.accountUpdates(false));
    await client.settle();

    expect(client.fault).toBeUndefined();
    expect(new Set(client.messages.map(({ name }) => name))).toEqual(new Set(KNOWN_MESSAGES));
    const codes = client.messages.filter(({ name }) => name === 'ERR_MSG').map((message) => message.values['code']);
    expect(new Set(codes)).toEqual(new Set(['2104', '2106', '2158', '202']));
    expect(tws.received.filter(({ message }) => message.kind === 'unsupported')).toEqual([]);
  });
});

test.each([
  [178, 114, 135],
  [179, 114, 135],
  [182, 114, 135],
  [183, 115, 136],
  [184, 116, 137],
  [185, 116, 138],
  [186, 116, 138],
  [187, 118, 138],
  [188, 118, 138],
  [189, 119, 139],
  [190, 117, 139],
  [191, 117, 139],
  [192, 118, 139],
  [193, 118, 141],
])('at %i an order has %i fields on its way in and %i on its way back', async (version, sent, returned) => {
  const tws = await startAt(version);
  const client = await RawClient.start(tws.port, 1);
  const request = ask.placeOrder(version, 1, { orderType: 'LMT', limitPrice: '1' });
  const { fieldCount } = await client.ask(request, 'OPEN_ORDER');
  expect([request.length, fieldCount]).toEqual([sent, returned]);
});

test.each([178, 185, 193])(
  'at %i one field too many or too few in an order is refused, not misread',
  async (version) => {
    const tws = await startAt(version);
    const client = await RawClient.start(tws.port, 1);
    const whole = ask.placeOrder(version, 1, { orderType: 'LMT', limitPrice: '1' });
    for (const wrong of [[...whole, ''], whole.slice(0, -1)]) {
      const { values } = await client.ask(wrong, 'ERR_MSG');
      expect(values).toMatchObject({ id: '1', code: '320' });
    }
    expect(tws.exchange.orders()).toEqual([]);
  },
);

describe('the strict decoder itself', () => {
  test.each<[string, readonly string[], string]>([
    ['a message it does not know', ['999'], 'not in the strict decoder'],
    ['a field too many', ['9', '1', '5', ''], '1 field(s) left'],
    ['a field too few', ['9', '1'], 'missing'],
    ['an exponent in a price', ['1', '6', '7', '1', '1e-7', '100', '1'], 'wanted a decimal'],
    ['a wrong message version', ['9', '2', '5'], 'wanted "1"'],
  ])('refuses %s', (_, fields, complaint) => {
    expect(() => decodeStrictly(fields, 193)).toThrow(complaint);
  });

  test('knows what changed between the versions', () => {
    const contract = ['10', '1', 'AAPL', 'STK', ''];
    expect(() => decodeStrictly(contract, 178)).toThrow('(strike)');
    expect(() => decodeStrictly(contract, 185)).toThrow('(lastTradeDate)');
  });
});
