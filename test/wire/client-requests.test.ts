import { createServer, type AddressInfo } from 'node:net';
import {
  BarSizeSetting,
  ConjunctionConnection,
  EventName,
  IBApi,
  LogLevel,
  MarketDataType,
  OrderAction,
  OrderType,
  PriceCondition,
  SecType,
  TimeCondition,
  TimeInForce,
  TriggerMethod,
  type Contract,
} from '@stoqey/ib';
import { describe, expect, test } from 'vitest';
import { requestIdOf } from '#simulator/tws/decode';
import * as ask from '#test/wire/client-requests';
import { framed, Splitter } from '#test/wire/raw-client';

const AAPL: Contract = { conId: 265598, symbol: 'AAPL', secType: SecType.STK, exchange: 'SMART', currency: 'USD' };
const GREETING_BYTES = 17; // "API\0", a length, "v100..193"

/** What the real client puts on the wire for the calls of `use`, at a server version. */
async function sentBy(version: number, use: (ib: IBApi) => void): Promise<readonly (readonly string[])[]> {
  const messages: (readonly string[])[] = [];
  const splitter = new Splitter();
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const server = createServer((socket) => {
    let greeted = false;
    socket.on('data', (chunk) => {
      const body = greeted ? chunk : chunk.subarray(GREETING_BYTES);
      if (!greeted) socket.write(framed([String(version), '20260105 09:30:00 US/Eastern']));
      greeted = true;
      for (const fields of splitter.push(body)) {
        messages.push(fields);
        if (fields[0] === '71') socket.write(framed(['9', '1', '1']));
        if (fields[0] === '49') finish();
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address: AddressInfo | string | null = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const ib = new IBApi({ host: '127.0.0.1', port, clientId: 3, maxReqPerSec: 1000 });
  const ready = new Promise<void>((resolve) => ib.once(EventName.nextValidId, () => resolve()));
  ib.connect();
  await ready;
  use(ib);
  ib.reqCurrentTime();
  await finished;
  ib.disconnect();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return messages;
}

describe.each([178, 185, 188, 193])('what the real @stoqey/ib client sends at server version %i', (version) => {
  test('is, field for field, what the wire tests send', async () => {
    const sent = await sentBy(version, (ib) => {
      ib.reqMktData(1, AAPL, '', true, false);
      ib.reqMktData(2, AAPL, '', false, false);
      ib.cancelMktData(2);
      ib.placeOrder(1, AAPL, {
        ...{ action: OrderAction.BUY, totalQuantity: 100, orderType: OrderType.MKT, tif: TimeInForce.DAY },
        transmit: true,
      });
      ib.placeOrder(2, AAPL, {
        ...{ action: OrderAction.SELL, totalQuantity: 7, orderType: OrderType.LMT, lmtPrice: 210.5, parentId: 1 },
        ...{ transmit: false, tif: TimeInForce.GTC, ocaGroup: 'exits', ocaType: 2, orderRef: 'b1-target' },
      });
      ib.placeOrder(3, AAPL, {
        ...{ action: OrderAction.SELL, totalQuantity: 7, orderType: OrderType.TRAIL_LIMIT, trailStopPrice: 90.5 },
        ...{ auxPrice: 1.5, lmtPriceOffset: 0.1, outsideRth: true, goodTillDate: '20260109 16:00:00 US/Eastern' },
        ...{ tif: TimeInForce.GTD, transmit: true, whatIf: true },
      });
      ib.placeOrder(4, AAPL, {
        ...{ action: OrderAction.SELL, totalQuantity: 7, orderType: OrderType.STP, auxPrice: 90 },
        ...{ adjustedOrderType: 'TRAIL', triggerPrice: 120, adjustedStopPrice: 110, adjustedTrailingAmount: 2 },
        ...{ adjustedStopLimitPrice: 109, adjustableTrailingUnit: 0, tif: TimeInForce.DAY, transmit: true },
        conditions: [
          new PriceCondition(200, TriggerMethod.Default, 265598, 'SMART', true, ConjunctionConnection.OR),
          new TimeCondition('20260105 10:00:00 US/Eastern', true, ConjunctionConnection.AND),
        ],
        conditionsCancelOrder: true,
      });
      ib.cancelOrder(2);
      ib.reqOpenOrders();
      ib.reqAccountUpdates(true, 'DU1234567');
      ib.reqAccountUpdates(false, 'DU1234567');
      ib.reqExecutions(3, {});
      ib.reqIds();
      ib.reqContractDetails(4, AAPL);
      ib.reqAutoOpenOrders(true);
      ib.reqAllOpenOrders();
      ib.reqManagedAccts();
      ib.reqGlobalCancel();
      ib.reqMarketDataType(MarketDataType.REALTIME);
      ib.reqPositions();
      ib.reqAccountSummary(5, 'All', 'NetLiquidation,BuyingPower');
      ib.cancelAccountSummary(5);
      ib.cancelPositions();
      ib.reqMatchingSymbols(6, 'APPL');
      ib.reqMarketRule(26);
      ib.reqPnL(7, 'DU1234567', '');
      ib.cancelPnL(7);
      ib.reqPnLSingle(8, 'DU1234567', '', 265598);
      ib.cancelPnLSingle(8);
      ib.reqCompletedOrders(true);
      ib.reqMarketDataType(MarketDataType.DELAYED);
      ib.reqMktData(9, AAPL, '233,236', false, false);
      ib.setServerLogLevel(LogLevel.DETAIL);
      ib.reqPositionsMulti(10, 'DU1234567', '');
      ib.cancelPositionsMulti(10);
      ib.reqAccountUpdatesMulti(11, 'DU1234567', '', true);
      ib.cancelAccountUpdatesMulti(11);
      ib.reqSoftDollarTiers(12);
      ib.reqFamilyCodes();
      ib.reqMktDepthExchanges();
      ib.reqNewsProviders();
      ib.reqUserInfo(13);
    });
    const exit = { action: 'SELL', quantity: '7', orderType: 'LMT', limitPrice: '210.5', parentId: '1', tif: 'GTC' };
    expect(sent).toEqual([
      ask.startApi(3),
      ask.marketData(1, true),
      ask.marketData(2, false),
      ask.cancelMarketData(2),
      ask.placeOrder(version, 1),
      ask.placeOrder(version, 2, { ...exit, transmit: false, ocaGroup: 'exits', ocaType: '2', orderRef: 'b1-target' }),
      ask.placeOrder(version, 3, {
        ...{ action: 'SELL', quantity: '7', orderType: 'TRAIL LIMIT', auxPrice: '1.5', limitPriceOffset: '0.1' },
        ...{ trailStopPrice: '90.5', tif: 'GTD', goodTillDate: '20260109 16:00:00 US/Eastern' },
        ...{ outsideRth: true, whatIf: true },
      }),
      ask.placeOrder(version, 4, {
        ...{ action: 'SELL', quantity: '7', orderType: 'STP', auxPrice: '90', conditionsCancelOrder: true },
        adjusted: ['TRAIL', '120', '110', '109', '2', '0'],
        conditions: [
          ['1', 'o', '1', '200', '265598', 'SMART', '0'],
          ['3', 'a', '1', '20260105 10:00:00 US/Eastern'],
        ],
      }),
      ask.cancelOrder(version, 2),
      ask.openOrders,
      ask.accountUpdates(true),
      ask.accountUpdates(false),
      ask.executions(3),
      ask.nextId,
      ask.contractDetails(4),
      ask.autoOpenOrders,
      ask.allOpenOrders,
      ask.managedAccounts,
      ask.globalCancel(version),
      ask.marketDataType,
      ask.positions,
      ask.accountSummary(5),
      ask.cancelAccountSummary(5),
      ask.cancelPositions,
      ask.matchingSymbols(6),
      ask.marketRule(26),
      ask.pnl(7),
      ask.cancelPnl(7),
      ask.pnlSingle(8),
      ask.cancelPnlSingle(8),
      ask.completedOrders,
      ask.marketDataTypeOf(3),
      ask.marketDataOf(9, ask.APPLE, '233,236'),
      ask.serverLogLevel,
      ask.positionsMulti(10),
      ask.cancelPositionsMulti(10),
      ask.accountUpdatesMulti(11),
      ask.cancelAccountUpdatesMulti(11),
      ask.softDollarTiers(12),
      ask.familyCodes,
      ask.depthExchanges,
      ask.newsProviders,
      ask.userInfo(13),
      ask.currentTime,
    ]);
  });

  test('carries its request id where the simulator looks for it, also in requests it does not know', async () => {
    const sent = await sentBy(version, (ib) => {
      ib.reqHistoricalData(71, AAPL, '', '5 D', BarSizeSetting.DAYS_ONE, 'TRADES', 1, 1, false);
      ib.cancelHistoricalData(71);
      ib.reqMktDepth(72, AAPL, 5, false);
      ib.reqRealTimeBars(73, AAPL, 5, 'TRADES', true);
      ib.reqHeadTimestamp(74, AAPL, 'TRADES', true, 1);
      ib.reqPositionsMulti(75, 'DU1234567', '');
      ib.reqNewsBulletins(true);
    });
    expect(sent.slice(1, -1).map(requestIdOf)).toEqual([71, 71, 72, 73, 74, 75, -1]);
  });
});
