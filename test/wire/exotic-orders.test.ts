import {
  ConjunctionConnection,
  EventName,
  ExecutionCondition,
  IBApi,
  MarginCondition,
  OrderAction,
  OrderType,
  PercentChangeCondition,
  PriceCondition,
  SecType,
  TimeCondition,
  TimeInForce,
  TriggerMethod,
  VolumeCondition,
  type Contract,
  type Order,
} from '@stoqey/ib';
import { afterEach, describe, expect, test } from 'vitest';
import { startTwsServer, type TwsServer } from '#simulator/tws/tws-server';
import { manualClock } from '#test/wire/manual-clock';

const AAPL: Contract = { conId: 265598, symbol: 'AAPL', secType: SecType.STK, exchange: 'SMART', currency: 'USD' };
const AND = ConjunctionConnection.AND;
const leg = { conId: 265598, ratio: 1, action: OrderAction.BUY, exchange: 'SMART' };
const SPREAD: Contract = {
  symbol: 'AAPL',
  secType: SecType.BAG,
  exchange: 'SMART',
  currency: 'USD',
  comboLegs: [leg, leg],
};
const HEDGED: Contract = { ...AAPL, deltaNeutralContract: { conId: 1, delta: 0.5, price: 10 } };
const NO_SECURITY = 200;
const INVALID = 321;
const UNSUPPORTED_TYPE = 387;

const conditions = [
  new PriceCondition(200, TriggerMethod.Default, 265598, 'SMART', true, AND),
  new TimeCondition('20260105 10:00:00 US/Eastern', true, AND),
  new MarginCondition(30, true, AND),
  new ExecutionCondition('SMART', SecType.STK, 'AAPL', AND),
  new VolumeCondition(1000, 265598, 'SMART', true, AND),
  new PercentChangeCondition(5, 265598, 'SMART', true, AND),
];

const SELL = { action: OrderAction.SELL };
const TRAIL_LIMIT = { ...SELL, orderType: OrderType.TRAIL_LIMIT };
const ADJUSTED = { ...SELL, orderType: OrderType.STP, auxPrice: 100, adjustedOrderType: 'TRAIL' };

/** Every part of an order that moves the fields behind it, and what the simulator answers. */
const EXOTIC: readonly (readonly [string, Contract, Partial<Order>, number, string])[] = [
  ['hidden', AAPL, { hidden: true }, INVALID, 'hidden'],
  [
    'a combination',
    SPREAD,
    { orderComboLegs: [{ price: 1 }, {}], smartComboRoutingParams: [{ tag: 'NonGuaranteed', value: '1' }] },
    NO_SECURITY,
    'No security',
  ],
  ['a delta neutral order', AAPL, { deltaNeutralOrderType: 'None', adjustedOrderType: 'None' }, 0, ''],
  ['a delta neutral contract', HEDGED, {}, INVALID, 'deltaNeutralContract'],
  [
    'scaled',
    AAPL,
    { scaleInitLevelSize: 10, scalePriceIncrement: 0.1 },
    INVALID,
    'scaleInitLevelSize, scalePriceIncrement',
  ],
  ['hedged', AAPL, { hedgeType: 'B', hedgeParam: '1' }, INVALID, 'hedgeType'],
  [
    'an algorithm',
    AAPL,
    { algoStrategy: 'Twap', algoParams: [{ tag: 'strategyType', value: 'Marketable' }] },
    INVALID,
    'algoStrategy',
  ],
  [
    'pegged to a benchmark',
    AAPL,
    { orderType: OrderType.PEG_BENCH, referenceContractId: 1 },
    UNSUPPORTED_TYPE,
    'Unsupported order type',
  ],
  [
    'pegged to the best',
    AAPL,
    { orderType: OrderType.PEG_BEST, competeAgainstBestOffset: 0.01 },
    UNSUPPORTED_TYPE,
    'Unsupported order type',
  ],
  [
    'pegged to the best up to mid',
    AAPL,
    { orderType: OrderType.PEG_BEST, competeAgainstBestOffset: Infinity },
    UNSUPPORTED_TYPE,
    'Unsupported',
  ],
  [
    'pegged to the middle',
    AAPL,
    { orderType: OrderType.PEG_MID, midOffsetAtWhole: 0.01, midOffsetAtHalf: 0.02 },
    UNSUPPORTED_TYPE,
    'Unsupported',
  ],
  ['at IBKR ATS', { ...AAPL, exchange: 'IBKRATS' }, { minTradeQty: 5 }, INVALID, 'minTradeQty'],
  ['at an exchange that does not list it', { ...AAPL, exchange: 'IBIS' }, {}, NO_SECURITY, 'No security'],
  ['at no exchange', { conId: 265598 }, {}, INVALID, 'Missing order exchange'],
  ['with all kinds of conditions', AAPL, { conditions, conditionsIgnoreRth: true }, 0, ''],
  ['a question about margin', AAPL, { whatIf: true }, 0, ''],
  ['trailing by percent', AAPL, { ...SELL, orderType: OrderType.TRAIL, trailingPercent: 1, trailStopPrice: 90 }, 0, ''],
  ['trailing with a limit', AAPL, { ...TRAIL_LIMIT, auxPrice: 2, lmtPriceOffset: 0.1, trailStopPrice: 90 }, 0, ''],
  ['adjusted', AAPL, { ...ADJUSTED, triggerPrice: 500, adjustedStopPrice: 110, adjustedTrailingAmount: 2 }, 0, ''],
  ['good till a date', AAPL, { tif: TimeInForce.GTD, goodTillDate: '20260106 10:00:00 US/Eastern' }, 0, ''],
  ['allowed outside hours', AAPL, { outsideRth: true }, 0, ''],
  [
    'of an institution',
    AAPL,
    { origin: 1, shortSaleSlot: 2, designatedLocation: 'X' },
    INVALID,
    'origin, shortSaleSlot',
  ],
  ['for advisers', AAPL, { faGroup: 'all', modelCode: 'm' }, INVALID, 'faGroup, modelCode'],
  ['in money', AAPL, { cashQty: 1000, extOperator: 'me' }, INVALID, 'extOperator, cashQty'],
  ['of an iceberg', AAPL, { displaySize: 1, discretionaryAmt: 0.1 }, INVALID, 'displaySize, discretionaryAmt'],
  ['delta neutral with a hedge', AAPL, { deltaNeutralOrderType: 'LMT' }, INVALID, 'deltaNeutralOrderType'],
  ['cleared elsewhere', AAPL, { clearingIntent: 'Away', exemptCode: 3 }, INVALID, 'exemptCode, clearingIntent'],
];

let server: TwsServer | undefined;
let ib: IBApi | undefined;

afterEach(async () => {
  ib?.disconnect();
  await server?.stop();
});

describe.each([178, 185, 188, 193])('orders of every shape from the real client at server version %i', (version) => {
  test('are read to the last field, and refused by name where they can not be honoured', async () => {
    server = await startTwsServer({
      port: 0,
      seed: 1,
      clock: manualClock(),
      autoTick: false,
      maxServerVersion: version,
    });
    const client = new IBApi({ host: '127.0.0.1', port: server.port, clientId: 1, maxReqPerSec: 1000 });
    ib = client;
    const errors = new Map<number, { readonly code: number; readonly text: string }>();
    client.on(EventName.error, (cause, code, id) => errors.set(id, { code, text: cause.message }));
    const ready = new Promise<void>((resolve) => client.once(EventName.nextValidId, () => resolve()));
    client.connect();
    await ready;
    for (const [place, [, contract, fields]] of EXOTIC.entries()) {
      const order = {
        action: OrderAction.BUY,
        orderType: OrderType.LMT,
        totalQuantity: 1,
        ...(fields.orderType === undefined ? { lmtPrice: 1 } : {}),
        transmit: true,
      };
      client.placeOrder(place + 1, contract, { ...order, ...fields });
    }
    const data = { ...SPREAD, deltaNeutralContract: { conId: 1, delta: 1, price: 1 } };
    client.reqMktData(900, data, '', false, false);
    const answered = new Promise<void>((resolve) => client.once(EventName.currentTime, () => resolve()));
    client.reqCurrentTime();
    await answered;

    const answers = EXOTIC.map(([name], place) => [name, errors.get(place + 1)?.code ?? 0]);
    expect(answers).toEqual(EXOTIC.map(([name, , , code]) => [name, code]));
    for (const [place, [, , , , text]] of EXOTIC.entries()) expect(errors.get(place + 1)?.text ?? '').toContain(text);
    expect(errors.get(900)).toMatchObject({ code: NO_SECURITY });
    const entered = EXOTIC.flatMap(([, , fields, code], place) =>
      code === 0 && fields.whatIf !== true ? [place + 1] : [],
    );
    expect(server.exchange.orders().map(({ orderId }) => orderId)).toEqual(entered);
  });
});
