import {
  BarSizeSetting,
  EventName,
  IBApi,
  MarketDataType,
  OrderAction,
  OrderType,
  SecType,
  TimeInForce,
  type Contract,
  type Order,
} from '@stoqey/ib';
import { afterEach, describe, expect, test } from 'vitest';
import { startTwsServer, type TwsServer } from '#simulator/tws/tws-server';
import { manualClock } from '#test/wire/manual-clock';

const AAPL: Contract = { conId: 265598, symbol: 'AAPL', secType: SecType.STK, exchange: 'SMART', currency: 'USD' };
const [ES, OPTION, EURO, SAP] = [649180671, 699200111, 12087792, 14204] as const;
const DECODING_ERROR = 505;
const running: { server?: TwsServer; ib?: IBApi } = {};

afterEach(async () => {
  running.ib?.disconnect();
  await running.server?.stop();
});

/** One thing the client is told, awaited before the next request: the test never sleeps. */
function told(ib: IBApi, event: EventName): Promise<void> {
  return new Promise((resolve) => {
    ib.once(event, () => {
      resolve();
    });
  });
}

function order(fields: Partial<Order>): Order {
  return {
    action: OrderAction.BUY,
    totalQuantity: 100,
    orderType: OrderType.MKT,
    transmit: true,
    tif: TimeInForce.DAY,
    ...fields,
  };
}

describe.each([178, 179, 182, 183, 184, 185, 186, 187, 189, 190, 192, 193])(
  'the real @stoqey/ib client at server version %i',
  (version) => {
    test('goes through a whole trading session without one decoding error on either side', async () => {
      const server = await startTwsServer({
        port: 0,
        seed: 7,
        clock: manualClock(),
        autoTick: false,
        maxServerVersion: version,
      });
      const ib = new IBApi({ host: '127.0.0.1', port: server.port, clientId: 0, maxReqPerSec: 1000 });
      running.server = server;
      running.ib = ib;
      const errors: { code: number; id: number; text: string }[] = [];
      ib.on(EventName.error, (cause, code, id) => errors.push({ code, id, text: cause.message }));

      let done = told(ib, EventName.nextValidId);
      ib.connect();
      await done;
      expect(ib.serverVersion).toBe(version);
      const ask = async (event: EventName, request: () => unknown): Promise<void> => {
        done = told(ib, event);
        request();
        await done;
      };

      await ask(EventName.contractDetailsEnd, () => ib.reqContractDetails(1001, AAPL));
      await ask(EventName.symbolSamples, () => ib.reqMatchingSymbols(1002, 'APPL'));
      await ask(EventName.marketRule, () => ib.reqMarketRule(26));
      ib.reqMarketDataType(MarketDataType.REALTIME);
      await ask(EventName.tickSnapshotEnd, () => ib.reqMktData(1003, AAPL, '', true, false));
      await ask(EventName.tickPrice, () => ib.reqMktData(1004, AAPL, '', false, false));
      await ask(EventName.accountDownloadEnd, () => ib.reqAccountUpdates(true, 'DU1234567'));
      await ask(EventName.commissionReport, () => ib.placeOrder(1, AAPL, order({ orderRef: 'one' })));
      ib.placeOrder(2, AAPL, order({ orderType: OrderType.LMT, lmtPrice: 1, transmit: false }));
      ib.placeOrder(
        3,
        AAPL,
        order({ action: OrderAction.SELL, orderType: OrderType.LMT, lmtPrice: 900, parentId: 2, transmit: false }),
      );
      await ask(EventName.openOrder, () =>
        ib.placeOrder(
          4,
          AAPL,
          order({ action: OrderAction.SELL, orderType: OrderType.STP, auxPrice: 0.5, parentId: 2 }),
        ),
      );
      await ask(EventName.openOrderEnd, () => ib.reqOpenOrders());
      await ask(EventName.openOrderEnd, () => ib.reqAllOpenOrders());
      ib.reqAutoOpenOrders(true);
      await ask(EventName.orderStatus, () =>
        ib.placeOrder(2, AAPL, order({ orderType: OrderType.LMT, lmtPrice: 1.5 })),
      );
      await ask(EventName.error, () => ib.cancelOrder(4));
      await ask(EventName.positionEnd, () => ib.reqPositions());
      ib.cancelPositions();
      await ask(EventName.pnl, () => ib.reqPnL(1005, 'DU1234567', ''));
      await ask(EventName.pnlSingle, () => ib.reqPnLSingle(1006, 'DU1234567', '', 265598));
      ib.cancelPnL(1005);
      ib.cancelPnLSingle(1006);
      await ask(EventName.accountSummaryEnd, () => ib.reqAccountSummary(1007, 'All', 'NetLiquidation,BuyingPower'));
      ib.cancelAccountSummary(1007);
      await ask(EventName.execDetailsEnd, () => ib.reqExecutions(1008, {}));
      await ask(EventName.managedAccounts, () => ib.reqManagedAccts());
      await ask(EventName.nextValidId, () => ib.reqIds());
      await ask(EventName.error, () => ib.reqGlobalCancel());
      await ask(EventName.completedOrdersEnd, () => ib.reqCompletedOrders(true));
      await ask(EventName.updatePortfolio, () => ib.placeOrder(5, AAPL, order({ action: OrderAction.SELL })));
      ib.cancelMktData(1004);
      ib.reqAccountUpdates(false, 'DU1234567');
      await ask(EventName.historicalData, () =>
        ib.reqHistoricalData(1009, AAPL, '', '5 D', BarSizeSetting.DAYS_ONE, 'TRADES', 1, 1, false),
      );
      await ask(EventName.error, () => ib.reqMktDepth(1010, AAPL, 5, false));
      const question = order({ orderType: OrderType.TRAIL, action: OrderAction.SELL, auxPrice: 1, whatIf: true });
      await ask(EventName.openOrder, () => ib.placeOrder(6, AAPL, question));
      await ask(EventName.positionMultiEnd, () => ib.reqPositionsMulti(1011, 'DU1234567', ''));
      await ask(EventName.accountUpdateMultiEnd, () => ib.reqAccountUpdatesMulti(1012, 'DU1234567', '', true));
      ib.cancelPositionsMulti(1011);
      ib.cancelAccountUpdatesMulti(1012);
      await ask(EventName.softDollarTiers, () => ib.reqSoftDollarTiers(1013));
      await ask(EventName.familyCodes, () => ib.reqFamilyCodes());
      await ask(EventName.mktDepthExchanges, () => ib.reqMktDepthExchanges());
      await ask(EventName.newsProviders, () => ib.reqNewsProviders());
      await ask(EventName.userInfo, () => ib.reqUserInfo(1014));
      await ask(EventName.tickString, () => ib.reqMktData(1015, AAPL, '233,236', false, false));
      server.exchange.halt('AAPL');
      await ask(EventName.tickGeneric, () => ib.reqMktData(1016, AAPL, '', false, false));
      server.exchange.resume('AAPL');
      for (const [reqId, conId] of [ES, OPTION, EURO, SAP].entries()) {
        const contract = { conId, exchange: '' };
        await ask(EventName.contractDetailsEnd, () => ib.reqContractDetails(1020 + reqId, contract));
      }
      await ask(EventName.currentTime, () => ib.reqCurrentTime());

      expect(errors.filter(({ code }) => code === DECODING_ERROR)).toEqual([]);
      expect(errors.filter(({ code }) => code === 320)).toEqual([]);
      expect(errors.filter(({ code }) => code === 321)).toMatchObject([{ id: 1010 }]);
      expect(server.received.filter(({ message }) => message.kind === 'unsupported')).toEqual([]);
    });
  },
);
