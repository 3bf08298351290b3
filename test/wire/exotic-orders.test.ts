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
  ['a delta neutral order', AAPL, { deltaNeutralOrderType: 'None' }, 0, ''],
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
  ['at IBKR ATS', { ...AAPL, exchange: 'IBKRATS' }, { minTradeQty: 5 }, 0, ''],
  ['with all kinds of conditions', AAPL, { conditions, conditionsIgnoreRth: true }, INVALID, 'conditions'],
  ['a question about margin', AAPL, { whatIf: true }, INVALID, 'whatIf'],
  ['trailing', AAPL, { trailingPercent: 1, trailStopPrice: 90 }, INVALID, 'trailStopPrice, trailingPercent'],
  [
    'adjusted',
    AAPL,
    { adjustedOrderType: 'TRAIL', triggerPrice: 120, adjustedStopPrice: 110 },
    INVALID,
    'adjustedOrderType',
  ],
  ['of a certain date', AAPL, { goodTillDate: '20260106 10:00:00' }, INVALID, 'goodTillDate'],
  ['allowed outside hours', AAPL, { outsideRth: true }, 0, ''],
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
        lmtPrice: 1,
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
    expect(server.exchange.orders().map(({ outsideRth }) => outsideRth)).toEqual([false, false, true]);
  });
});
