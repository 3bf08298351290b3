import { OrderAction, OrderType, OptionType, SecType, type Contract, type Order } from '@stoqey/ib';
import { describe, expect, test } from 'vitest';
import {
  decodeOrder,
  encodeModifiedOrder,
  encodePlacedLegs,
  holdKeyOf,
  orderIdOf,
  permIdOf,
  symbolOf,
} from '#adapters/ibkr/ib-order-codec';
import { HoldMemory } from '#adapters/ibkr/ib-order-status';
import { clientId, clientOrderId, ibOrderId, permId } from '#domain/ids';
import { percent, price, quantity, type Price, type Quantity } from '#domain/money';
import type { OrderTerms } from '#domain/order-spec';
import { aBracket, aLeg, aSpec, without } from './builders';

const encodeOne = (spec: Parameters<typeof aSpec>[0]) => encodePlacedLegs([aLeg({ spec: aSpec(spec) })]);

describe('an order that goes out', () => {
  test('carries what we decided and nothing else (pitfall 10)', () => {
    expect(encodeOne({ outsideRth: true, timeInForce: 'IOC' })).toEqual({
      ok: true,
      value: [
        {
          orderId: 1,
          contract: { conId: 265598, exchange: 'SMART' },
          order: {
            action: 'BUY',
            totalQuantity: 10,
            orderType: 'LMT',
            lmtPrice: 150.25,
            tif: 'IOC',
            account: 'DU1234567',
            orderRef: 'run1-1',
            outsideRth: true,
            transmit: true,
            parentId: 0,
          },
        },
      ],
    });
  });

  test.each<[OrderTerms, object]>([
    [{ type: 'MKT' }, { orderType: 'MKT' }],
    [
      { type: 'LMT', limit: price('150.25') },
      { orderType: 'LMT', lmtPrice: 150.25 },
    ],
    [
      { type: 'STP', stop: price('145') },
      { orderType: 'STP', auxPrice: 145 },
    ],
    [
      { type: 'STP LMT', stop: price('145'), limit: price('144.5') },
      { orderType: 'STP LMT', auxPrice: 145, lmtPrice: 144.5 },
    ],
    [
      { type: 'TRAIL', trail: { by: 'amount', amount: price('1.5') }, stop: price('144') },
      { orderType: 'TRAIL', auxPrice: 1.5, trailStopPrice: 144 },
    ],
    [
      { type: 'TRAIL', trail: { by: 'percent', percent: percent('2.5') }, stop: null },
      { orderType: 'TRAIL', trailingPercent: 2.5 },
    ],
    [
      {
        type: 'TRAIL LIMIT',
        trail: { by: 'amount', amount: price('1.5') },
        stop: price('144'),
        limitOffset: price('0.1'),
      },
      { orderType: 'TRAIL LIMIT', auxPrice: 1.5, trailStopPrice: 144, lmtPriceOffset: 0.1 },
    ],
    [
      { type: 'TRAIL LIMIT', trail: { by: 'percent', percent: percent('2') }, stop: null, limitOffset: price('0') },
      { orderType: 'TRAIL LIMIT', trailingPercent: 2, lmtPriceOffset: 0 },
    ],
    [
      {
        type: 'STP TO TRAIL',
        stop: price('140'),
        activation: price('155'),
        trailingStop: price('152'),
        trailAmount: price('3'),
      },
      {
        ...{ orderType: 'STP', auxPrice: 140, adjustedOrderType: 'TRAIL', adjustableTrailingUnit: 0 },
        ...{ triggerPrice: 155, adjustedStopPrice: 152, adjustedTrailingAmount: 3 },
      },
    ],
  ])('has the prices of its type and no others: %o', (terms, wire) => {
    expect(encodeOne({ terms, side: 'SELL' })).toEqual({
      ok: true,
      value: [
        {
          orderId: 1,
          contract: { conId: 265598, exchange: 'SMART' },
          order: {
            ...wire,
            ...{ action: 'SELL', totalQuantity: 10, tif: 'DAY', account: 'DU1234567', orderRef: 'run1-1' },
            ...{ outsideRth: false, transmit: true, parentId: 0 },
          },
        },
      ],
    });
  });

  test('a trailing percentage that no double has exactly is not sent', () => {
    const trail = { by: 'percent', percent: percent('0.1234567890123456') } as const;
    expect(encodeOne({ terms: { type: 'TRAIL', trail, stop: null } })).toMatchObject({ ok: true });
    const finer = { by: 'percent', percent: percent('12.1234567890123456') } as const;
    expect(encodeOne({ terms: { type: 'TRAIL', trail: finer, stop: null } })).toEqual({
      ok: false,
      error: 'trailing percentage 12.1234567890123456 can not be sent to IBKR exactly',
    });
  });

  test('is transmitted only with the last leg of its bracket, whose exits reduce each other', () => {
    const encoded = encodePlacedLegs(aBracket());
    expect(encoded.ok ? encoded.value.map(({ order }) => order) : []).toMatchObject([
      { transmit: false, parentId: 0, orderRef: 'run1-1' },
      { transmit: false, parentId: 1, ocaGroup: 'G1', ocaType: 2, orderRef: 'run1-2' },
      { transmit: true, parentId: 1, ocaGroup: 'G1', ocaType: 2, orderRef: 'run1-3' },
    ]);
    expect(encoded.ok && 'ocaGroup' in (encoded.value[0]?.order ?? {})).toBe(false);
  });

  test('orders of one OCA group that have no entry are each transmitted by themselves', () => {
    const leg = (number: number, type: 1 | 2) =>
      aLeg({
        id: clientOrderId(`run1-${number}`),
        orderId: ibOrderId(number),
        role: 'oco',
        oca: { group: 'oco-9', type },
      });
    const encoded = encodePlacedLegs([leg(1, 1), leg(2, 1)]);
    expect(encoded.ok ? encoded.value.map(({ order }) => order) : []).toMatchObject([
      { transmit: true, parentId: 0, ocaGroup: 'oco-9', ocaType: 1 },
      { transmit: true, parentId: 0, ocaGroup: 'oco-9', ocaType: 1 },
    ]);
  });

  test.each([
    [undefined, undefined],
    ['last', 2],
    ['bidAsk', 4],
    ['mid', 8],
  ] as const)('whose stop is to go by %s says so to IBKR by trigger method %s', (triggerOn, method) => {
    const stop = { side: 'SELL', terms: { type: 'STP', stop: price('145') } } as const;
    const encoded = encodeOne(triggerOn === undefined ? stop : { ...stop, triggerOn });
    expect(encoded.ok && encoded.value[0]?.order.triggerMethod).toBe(method);
  });

  test.each([
    ['0.1', { ok: true }],
    ['123456789.12', { ok: true }],
    ['0.0000001', { ok: false, error: 'limit price 0.0000001 can not be sent to IBKR exactly' }],
    ['9007199254740993', { ok: false, error: 'limit price 9007199254740993 can not be sent to IBKR exactly' }],
    ['0.1234567890123456', { ok: true }],
    [
      '1234.1234567890123456',
      { ok: false, error: 'limit price 1234.1234567890123456 can not be sent to IBKR exactly' },
    ],
  ])('a limit of %s survives the number in between or is refused (pitfall 11)', (limit, result) => {
    expect(encodeOne({ terms: { type: 'LMT', limit: price(limit) } })).toMatchObject(result);
  });

  test('a price or quantity that is no number is refused (pitfall 11)', () => {
    // Only a defect elsewhere could make such amounts.
    const badPrice = 'NaN ' as unknown as Price;
    const badQuantity = 'Infinity ' as unknown as Quantity;
    expect(encodeOne({ terms: { type: 'STP', stop: badPrice } })).toMatchObject({ ok: false });
    expect(encodeOne({ quantity: badQuantity })).toMatchObject({ ok: false });
    expect(encodeOne({ quantity: quantity('0.0000001') })).toMatchObject({ ok: false });
  });

  test('text with a NUL or beyond ASCII is refused: it would shift every field (pitfall 11)', () => {
    const leg = { id: clientOrderId('run1-1'), orderId: ibOrderId(1), spec: aSpec(), parentOrderId: null };
    expect(encodeModifiedOrder({ ...leg, oca: { group: 'a\0b', type: 2 } })).toEqual({
      ok: false,
      error: String.raw`OCA group "a\u0000b" is not plain ASCII`,
    });
    const evil = 'run1-é' as unknown as ReturnType<typeof clientOrderId>;
    expect(encodePlacedLegs([aLeg({ id: evil })])).toMatchObject({ ok: false });
  });

  test('an order of size zero or with an end date is refused', () => {
    expect(encodeOne({ quantity: quantity('0') })).toEqual({ ok: false, error: 'the quantity must be above zero' });
    expect(encodeOne({ timeInForce: 'GTD' })).toEqual({
      ok: false,
      error: 'an order with an end date (GTD) can not be sent',
    });
  });

  test('a bracket with one bad leg is refused as a whole', () => {
    const [parent, target] = aBracket();
    if (parent === undefined || target === undefined) throw new Error('a bracket has three legs');
    const bad = aLeg({ ...target, spec: aSpec({ terms: { type: 'LMT', limit: price('0.0000001') } }) });
    expect(encodePlacedLegs([parent, bad])).toMatchObject({ ok: false });
  });
});

describe('a change of an order', () => {
  const leg = { id: clientOrderId('run1-3'), orderId: ibOrderId(3), spec: aSpec() };

  test('repeats the OCA group as it was, and names its parent while there is one', () => {
    const oca = { group: 'IBKR renamed 17', type: 3 } as const;
    expect(encodeModifiedOrder({ ...leg, parentOrderId: ibOrderId(1), oca })).toMatchObject({
      value: { orderId: 3, order: { parentId: 1, ocaGroup: 'IBKR renamed 17', ocaType: 3, transmit: true } },
    });
  });

  test('names parent 0 once the parent is gone, for IBKR answers 135 otherwise', () => {
    const encoded = encodeModifiedOrder({ ...leg, parentOrderId: null, oca: null });
    expect(encoded).toMatchObject({ value: { order: { parentId: 0 } } });
    expect(encoded.ok && 'ocaType' in encoded.value.order).toBe(false);
  });

  test('of the quantity of a trailing order names no stop, for IBKR has moved it since', () => {
    const spec = aSpec({
      side: 'SELL',
      terms: { type: 'TRAIL', trail: { by: 'amount', amount: price('2') }, stop: null },
    });
    const encoded = encodeModifiedOrder({ ...leg, spec, parentOrderId: null, oca: null });
    expect(encoded).toMatchObject({ value: { order: { orderType: 'TRAIL', auxPrice: 2 } } });
    expect(encoded.ok && 'trailStopPrice' in encoded.value.order).toBe(false);
  });
});

const stock: Contract = { conId: 265598, symbol: 'AAPL', secType: SecType.STK };
const open: Order = {
  orderType: OrderType.LMT,
  action: OrderAction.BUY,
  totalQuantity: 10,
  lmtPrice: 150.25,
  auxPrice: 0,
  tif: 'DAY',
  account: 'DU1234567',
  orderRef: 'run1-1',
  clientId: 7,
  permId: 1900000001,
  parentId: 0,
  ocaGroup: '',
  ocaType: 3,
  outsideRth: true,
};
const decode = (
  order: Partial<Order>,
  status = 'Submitted',
  contract: Contract = stock,
  orderId: number | undefined = 1,
) =>
  decodeOrder(orderId, contract, { ...open, ...order }, { status: status as never, warningText: '' }, new HoldMemory());

describe('an order that IBKR shows', () => {
  test('is read in full', () => {
    expect(decode({})).toEqual({
      ok: true,
      value: {
        clientId: 7,
        orderId: 1,
        permId: 1900000001,
        orderRef: 'run1-1',
        status: { kind: 'working' },
        parentOrderId: null,
        oca: null, // the default OCA type 3 means nothing without a group
        filled: null,
        spec: {
          account: 'DU1234567',
          conId: 265598,
          symbol: 'AAPL',
          side: 'BUY',
          quantity: '10',
          timeInForce: 'DAY',
          outsideRth: true,
          terms: { type: 'LMT', limit: '150.25' },
        },
      },
    });
  });

  test.each([
    [0, null],
    [-17, -17],
  ])('entered by hand it has the number %s: none before client 0 bound it, negative afterwards', (orderId, number) => {
    expect(decode({ orderRef: '' }, 'Submitted', stock, orderId)).toMatchObject({
      value: { orderId: number, orderRef: null },
    });
  });

  test('may lack what completed orders lack', () => {
    const rest = without(open, 'clientId', 'permId', 'orderRef', 'parentId', 'ocaGroup', 'outsideRth');
    expect(decodeOrder(undefined, stock, rest, { status: 'Filled' as never }, new HoldMemory())).toMatchObject({
      value: {
        clientId: null,
        permId: null,
        orderRef: null,
        parentOrderId: null,
        oca: null,
        spec: { outsideRth: false },
      },
    });
  });

  test('completed with a total of zero has the quantity that filled', () => {
    expect(decode({ totalQuantity: 0, filledQuantity: 7 })).toMatchObject({ value: { spec: { quantity: '7' } } });
    expect(decode({ totalQuantity: 0 })).toMatchObject({ value: { spec: { quantity: '0' } } });
  });

  test.each([
    ['GTC', 'GTC', 'LMT'],
    ['OPG', 'DAY', 'OTHER'],
  ])('with the time in force %s is shown as %s and %s', (tif, timeInForce, type) => {
    expect(decode({ tif: tif as never })).toMatchObject({ value: { spec: { timeInForce, terms: { type } } } });
  });

  test.each([
    ['2147483647', 'quantity 2147483647 can not be sent to IBKR exactly'],
    ['9300000000000000000', 'quantity 9300000000000000000 can not be sent to IBKR exactly'],
  ])('a quantity of %s, which IBKR reads as "not set", is never sent', (text, error) => {
    expect(encodePlacedLegs([aLeg({ spec: aSpec({ quantity: quantity(text) }) })])).toEqual({ ok: false, error });
  });

  test.each([
    ['SSHORT', 'SELL'],
    ['SLONG', 'SELL'],
    ['SELL', 'SELL'],
    ['BUY', 'BUY'],
  ])('with the action %s is a %s', (action, side) => {
    expect(decode({ action: action as never })).toMatchObject({ value: { spec: { side } } });
  });

  test('in a group of its own keeps the name of the group', () => {
    expect(decode({ ocaGroup: 'G1', ocaType: 1, parentId: 4 })).toMatchObject({
      value: { oca: { group: 'G1', type: 1 }, parentOrderId: 4 },
    });
  });

  test.each([
    [2, 'last'],
    [4, 'bidAsk'],
    [8, 'mid'],
    [0, undefined],
    [7, undefined],
    [undefined, undefined],
  ])('with the trigger method %s goes by %s', (method, triggerOn) => {
    const decoded = decode(method === undefined ? {} : { triggerMethod: method });
    expect(decoded.ok && decoded.value.spec.triggerOn).toBe(triggerOn);
  });

  test('says why it is inactive, from whoever says it', () => {
    const state = (more: object) => ({ status: 'Inactive' as never, ...more });
    const holds = new HoldMemory();
    const why = (more: object) => decodeOrder(1, stock, open, state(more), holds);
    expect(why({ warningText: 'no margin', completedStatus: 'x' })).toMatchObject({
      value: { status: { why: 'no margin' } },
    });
    expect(why({ completedStatus: 'Rejected' })).toMatchObject({ value: { status: { why: 'Rejected' } } });
    expect(why({})).toMatchObject({ value: { status: { why: 'IBKR does not say why' } } });
    holds.learnWhyHeld('p1900000001', 'locate', false);
    expect(why({})).toMatchObject({ value: { status: { why: 'held until shares to borrow are found (locate)' } } });
  });

  test.each<[string, Partial<Order>, Contract]>([
    ['account', { account: '' }, stock],
    ['side', { action: 'HOLD' as never }, stock],
    ['quantity', { totalQuantity: 9223372036854776000 }, stock],
    ['instrument number', {}, { ...stock, conId: 0 }],
    ['symbol', {}, { ...stock, symbol: '' }],
  ])('with a senseless %s is refused and shown', (_, order, contract) => {
    const decoded = decode(order, 'Submitted', contract);
    expect(decoded).toMatchObject({
      ok: false,
      error: expect.stringContaining('an order can not be read: {') as string,
    });
  });

  test('with an unknown status is refused', () => {
    expect(decode({}, 'Sparkling')).toEqual({ ok: false, error: 'an order has the unknown status "Sparkling"' });
  });
});

describe('names and numbers', () => {
  test('a future is called by its local name, without the time behind its date (pitfall 12)', () => {
    const future: Contract = { conId: 1, symbol: 'ES', secType: SecType.FUT };
    const dated = { ...future, lastTradeDateOrContractMonth: '20261218 08:30 US/Central' };
    expect(symbolOf({ ...dated, localSymbol: 'ESZ6' })).toBe('ESZ6');
    expect(symbolOf({ ...dated, localSymbol: '' })).toBe('ES 20261218');
    expect(symbolOf(future)).toBe('ES');
    expect(symbolOf({ secType: SecType.OPT, right: OptionType.Call, localSymbol: 'AAPL  260117C00200000' })).toBe(
      'AAPL 260117C00200000',
    );
    expect(symbolOf({ secType: SecType.STK })).toBe('');
  });

  test('an order number is not zero, a permanent id above zero, and neither is a sentinel', () => {
    expect([3, 0, -3, Number.NaN, 2_147_483_647, undefined].map(orderIdOf)).toEqual([3, null, -3, null, null, null]);
    expect([permIdOf(3), permIdOf(0), permIdOf(undefined)]).toEqual([3, null, null]);
  });

  test('an order is remembered by its permanent id as soon as it has one', () => {
    const keys = { clientId: clientId(7), orderId: ibOrderId(3), permId: null };
    expect(holdKeyOf(keys)).toBe('7:3');
    expect(holdKeyOf({ ...keys, permId: permId(9) })).toBe('p9');
    expect(holdKeyOf({ ...keys, orderId: null })).toBe('7:null');
  });
});
