import { describe, expect, test } from 'vitest';
import { present } from '#domain/assert';
import { clientOrderId, ibOrderId } from '#domain/ids';
import { percent, price } from '#domain/money';
import { isTrailing, type OrderSpec, type OrderTerms } from '#domain/order-spec';
import { formatUnits } from '#simulator/fixed';
import { aLeg, aSpec, modify, place, snapshot } from '#test/unit/adapters/ibkr/builders';
import { connectedBroker } from '#test/unit/adapters/ibkr/connected-broker';
import { simulatedTws } from '#test/unit/adapters/ibkr/simulated-tws';
import * as ask from '#test/wire/client-requests';
import { RawClient } from '#test/wire/raw-client';

const PLACE_ORDER = 3;
const MASTER = 9;
const MASTER_OPTIONS = { masterClientId: MASTER } as const;
const UNSET = '1.7976931348623157E308';

const AMOUNT = { by: 'amount', amount: price('1.5') } as const;
const PERCENT = { by: 'percent', percent: percent('2.5') } as const;

interface OnWire {
  readonly terms: OrderTerms;
  /** What the request says beside what every order says. */
  readonly asked: ask.OrderTerms;
  /** What TWS shows of it, as the strict reader names it. */
  readonly shown: Readonly<Record<string, string>>;
}

/** Orders to sell that rest far below the market, by what IBKR is to be told of each. */
const EVERY: readonly (readonly [string, OnWire])[] = [
  [
    'a stop limit',
    {
      terms: { type: 'STP LMT', stop: price('5'), limit: price('4.9') },
      asked: { orderType: 'STP LMT', auxPrice: '5', limitPrice: '4.9' },
      shown: { orderType: 'STP LMT', auxPrice: '5', lmtPrice: '4.9' },
    },
  ],
  [
    'a trailing stop by an amount, with its first stop',
    {
      terms: { type: 'TRAIL', trail: AMOUNT, stop: price('5') },
      asked: { orderType: 'TRAIL', auxPrice: '1.5', trailStopPrice: '5' },
      shown: { orderType: 'TRAIL', auxPrice: '1.5', trailingPercent: UNSET },
    },
  ],
  [
    'a trailing stop by percent',
    {
      terms: { type: 'TRAIL', trail: PERCENT, stop: null },
      asked: { orderType: 'TRAIL', trailingPercent: '2.5' },
      shown: { orderType: 'TRAIL', auxPrice: '0.0', trailingPercent: '2.5' },
    },
  ],
  [
    'a trailing stop limit',
    {
      terms: { type: 'TRAIL LIMIT', trail: AMOUNT, stop: price('5'), limitOffset: price('0.1') },
      asked: { orderType: 'TRAIL LIMIT', auxPrice: '1.5', trailStopPrice: '5', limitPriceOffset: '0.1' },
      shown: { orderType: 'TRAIL LIMIT', auxPrice: '1.5', lmtPriceOffset: '0.1' },
    },
  ],
  [
    'a stop that turns into a trailing one',
    {
      terms: {
        ...{ type: 'STP TO TRAIL', stop: price('5'), activation: price('9000') },
        ...{ trailingStop: price('8000'), trailAmount: price('2') },
      },
      asked: { orderType: 'STP', auxPrice: '5', adjusted: ['TRAIL', '9000', '8000', '', '2', '0'] },
      shown: {
        ...{ orderType: 'STP', auxPrice: '5', adjustedOrderType: 'TRAIL', triggerPrice: '9000' },
        ...{ adjustedStopPrice: '8000', adjustedTrailingAmount: '2', adjustableTrailingUnit: '0' },
      },
    },
  ],
];

const selling = (terms: OrderTerms): OrderSpec =>
  aSpec({ side: 'SELL', timeInForce: 'GTC', terms, triggerOn: 'bidAsk' });
const legOf = (number: number, terms: OrderTerms) =>
  aLeg({ id: clientOrderId(`run1-${number}`), orderId: ibOrderId(number), spec: selling(terms) });

describe.each([178, 185, 188, 193])('at server version %i', (version) => {
  test.each(EVERY)('%s goes out field for field, and so does its change', async (_, { terms, asked }) => {
    const { broker, session } = await connectedBroker({ version });
    const common: ask.OrderTerms = {
      ...{ action: 'SELL', quantity: '10', tif: 'GTC', account: 'DU1234567', orderRef: 'run1-1', outsideRth: false },
      ...{ parentId: '0', triggerMethod: '4', contract: ask.instrumentFields(265598, 'SMART') },
    };
    expect(broker.perform(place([legOf(1, terms)]))).toEqual({ result: 'sent' });
    expect(await session.next(PLACE_ORDER)).toEqual(ask.placeOrder(version, 1, { ...common, ...asked }));
    const oca = { group: 'run1-g1', type: 1 } as const;
    expect(broker.perform(modify({ spec: selling(terms), oca }))).toEqual({ result: 'sent' });
    const changed = { ...common, ...asked, ocaGroup: 'run1-g1', ocaType: '1' };
    expect(await session.next(PLACE_ORDER)).toEqual(ask.placeOrder(version, 1, changed));
  });

  test('every type is shown by TWS to the letter, and read back as what was sent', async () => {
    const { broker, facts, faults, simulator } = await simulatedTws({ maxServerVersion: version, ...MASTER_OPTIONS });
    const master = await RawClient.start(simulator.port, MASTER);
    for (const [index, [, { terms }]] of EVERY.entries()) {
      expect(broker.perform(place([legOf(index + 1, terms)]))).toEqual({ result: 'sent' });
    }
    expect(broker.perform(snapshot())).toEqual({ result: 'sent' });
    await facts.next('snapshot-ended');
    await master.settle();
    expect(master.fault).toBeUndefined();
    const stopAt = (orderRef: string): string => {
      const order = simulator.exchange.orders().find((it) => it.orderRef === orderRef);
      return formatUnits(present(order, orderRef).terms.trailStopPrice);
    };
    for (const [index, [, { terms, shown }]] of EVERY.entries()) {
      const ref = `run1-${index + 1}`;
      const open = master.messages.find(({ name, values }) => name === 'OPEN_ORDER' && values['orderRef'] === ref);
      expect(open?.values).toMatchObject({ ...shown, triggerMethod: '4' });
      const order = facts.of('order-reported').findLast((fact) => fact.order.orderRef === ref)?.order;
      // IBKR has moved the stop of a trailing order up to the market.
      const standing = isTrailing(terms) ? { ...terms, stop: stopAt(ref) } : terms;
      expect(order?.spec).toEqual({ ...selling(terms), terms: standing });
    }
    expect(faults).toEqual([]);
    master.close();
  });
});
