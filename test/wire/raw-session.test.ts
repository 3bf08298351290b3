import { afterEach, describe, expect, test } from 'vitest';
import type { OrderInstruction } from '#simulator/simulated-order';
import { startTwsServer, type TwsServer } from '#simulator/tws/tws-server';
import * as ask from '#test/wire/client-requests';
import { manualClock, MONDAY_OPENING } from '#test/wire/manual-clock';
import { RawClient } from '#test/wire/raw-client';
import { decodeStrictly, KNOWN_MESSAGES } from '#test/wire/strict-decoder';

let server: TwsServer | undefined;

afterEach(async () => {
  await server?.stop();
});

const CONDITIONS = [
  ['1', 'a', '1', '500', '265598', 'SMART', '0'],
  ['3', 'o', '1', '20260109 10:00:00 US/Eastern'],
  ['4', 'a', '0', '10'],
  ['5', 'a', 'STK', 'SMART', 'MSFT'],
  ['6', 'a', '1', '900000000', '265598', 'SMART'],
  ['7', 'a', '1', '50', '265598', 'SMART'],
] as const;
const BY_HAND: OrderInstruction = {
  ...{
    conId: 265598,
    symbol: 'AAPL',
    action: 'BUY',
    orderType: 'LMT',
    quantity: '3',
    limitPrice: '100',
    stopPrice: '',
  },
  ...{ trailStopPrice: '', trailingPercent: '', limitPriceOffset: '', tif: 'DAY', goodTillDate: '', triggerPrice: '' },
  ...{ adjustedOrderType: '', adjustedStopPrice: '', adjustedStopLimitPrice: '', adjustedTrailingAmount: '' },
  ...{ adjustableTrailingUnit: 0, conditions: [], conditionsIgnoreRth: false, conditionsCancelOrder: false },
  ...{ ocaGroup: '', ocaType: 0, orderRef: '', parentId: 0, transmit: true, outsideRth: false, triggerMethod: 0 },
};

/** What TWS says about an order of this shape. */
function returned({ limitPrice = '0.0', auxPrice = '0.0', ...shape }: ask.OrderTerms): Record<string, string> {
  const { adjusted = ['None'], conditions = [] } = shape;
  return {
    ...{ orderType: shape.orderType ?? '', lmtPrice: limitPrice, auxPrice, tif: shape.tif ?? 'DAY' },
    ...{ goodTillDate: shape.goodTillDate ?? '', conditions: String(conditions.length) },
    ...{ outsideRth: shape.outsideRth === true ? '1' : '0' },
    ...(shape.adjusted === undefined
      ? {}
      : { adjustedOrderType: adjusted[0], triggerPrice: '250', adjustableTrailingUnit: adjusted[5] ?? '' }),
    ...(shape.trailStopPrice === undefined ? {} : { trailStopPriceAgain: shape.trailStopPrice }),
    ...(shape.trailingPercent === undefined ? {} : { trailingPercent: shape.trailingPercent }),
    // TWS reckons the limit of a trailing limit order from its stop.
    ...(shape.limitPriceOffset === undefined ? {} : { lmtPriceOffset: shape.limitPriceOffset, lmtPrice: '192.4' }),
    ...Object.fromEntries(conditions.map(([type = ''], place) => [`conditionType${place}`, type])),
  };
}

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

    await client.ask(ask.positionsMulti(9), 'POSITION_MULTI_END');
    await client.ask(ask.accountUpdatesMulti(10), 'ACCOUNT_UPDATE_MULTI_END');
    client.send(ask.cancelPositionsMulti(9), ask.cancelAccountUpdatesMulti(10), ask.serverLogLevel);
    client.send(ask.softDollarTiers(11), ask.familyCodes, ask.depthExchanges, ask.newsProviders, ask.userInfo(12));
    client.send(ask.marketDataOf(13, ask.APPLE, '221,233,236,375'));
    await client.ask(ask.history(14, true), 'HISTORICAL_DATA');
    await client.ask(ask.headTimestamp(15), 'HEAD_TIMESTAMP');

    // Every shape of order comes back as it was sent: from the open orders, as completed, and as an answer to what-if.
    const shapes: readonly ask.OrderTerms[] = [
      { orderType: 'STP LMT', limitPrice: '180', auxPrice: '181', tif: 'GTD', goodTillDate: '20260130 12:00:00' },
      { orderType: 'TRAIL', auxPrice: '3', trailStopPrice: '192.5', tif: 'GTC' },
      { orderType: 'TRAIL', trailingPercent: '2.5', outsideRth: true },
      { orderType: 'TRAIL LIMIT', auxPrice: '3', trailStopPrice: '192.5', limitPriceOffset: '0.1' },
      { orderType: 'STP', auxPrice: '180', adjusted: ['TRAIL', '250', '240', '', '2.5', '0'] },
      { orderType: 'STP', auxPrice: '180', adjusted: ['TRAIL', '250', '240', '', '2.5', '100'] },
      { orderType: 'STP', auxPrice: '180', adjusted: ['STP LMT', '250', '240', '239', '', '0'] },
      { orderType: 'LMT', limitPrice: '400', conditions: CONDITIONS, conditionsCancelOrder: false },
    ];
    const { orderId } = (await client.ask(ask.nextId, 'NEXT_VALID_ID')).values;
    for (const [place, shape] of shapes.entries()) {
      const id = Number(orderId) + 2 * place;
      const question = { action: 'SELL', quantity: '7', ...shape };
      const answer = await client.ask(ask.placeOrder(version, id, { ...question, whatIf: true }), 'OPEN_ORDER');
      expect(answer.values).toMatchObject({
        orderId: String(id),
        whatIf: '1',
        commission: '1',
        orderType: shape.orderType,
      });
      const opened = await client.ask(ask.placeOrder(version, id + 1, question), 'OPEN_ORDER');
      expect(opened.values).toMatchObject({ orderId: String(id + 1), whatIf: '0', ...returned(shape) });
    }
    await client.ask(ask.openOrders, 'OPEN_ORDER_END');
    client.send(ask.globalCancel(version));
    const completed = client.messages.length;
    await client.ask(ask.completedOrders, 'COMPLETED_ORDERS_END');
    const ended = client.messages.slice(completed).map((message) => message.values);
    for (const shape of shapes) {
      // What a stop would have become is not told of an order that is over.
      const told = Object.entries(returned(shape)).filter(([name]) => !/^(adjust|triggerPrice)/.test(name));
      expect(ended).toContainEqual(expect.objectContaining({ ...Object.fromEntries(told), totalQuantity: '7' }));
    }

    // An order entered by hand belongs to nobody until client 0 binds it.
    client.send(ask.noAutoOpenOrders);
    await client.settle();
    tws.exchange.placeByHand(BY_HAND);
    await client.ask(ask.allOpenOrders, 'OPEN_ORDER_END');
    expect(client.messages.findLast(({ name }) => name === 'OPEN_ORDER')?.values['orderId']).toBe('0');
    const bound = await client.ask(ask.openOrders, 'ORDER_BOUND');
    expect(bound.values['orderId']).toBe('-2');
    tws.exchange.releasePrice('AAPL');
    tws.advanceTo(MONDAY_OPENING + 20_000);
    await client.until(({ name }) => name === 'HISTORICAL_DATA_UPDATE');
    client.send(ask.marketDataTypeOf(3));
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
