import { OrderConditionType, OrderType, type Order } from '@stoqey/ib';
import { describe, expect, test } from 'vitest';
import { observedTermsOf, timeInForceOf } from '#adapters/ibkr/ib-observed-terms';
import { without } from './builders';

const UNSET = Number.MAX_VALUE;
const AMOUNT = { by: 'amount', amount: '1.5' };
const ADJUSTMENT = {
  adjustedOrderType: 'TRAIL',
  triggerPrice: 155,
  adjustedStopPrice: 152,
  adjustedTrailingAmount: 3,
};
const order: Order = { orderType: OrderType.LMT, action: 'SELL' as never, lmtPrice: 150.25, auxPrice: 0, tif: 'DAY' };
const terms = (change: object) => observedTermsOf({ ...order, ...change });
const named = (change: object) => {
  const observed = terms(change);
  return observed.type === 'OTHER' ? observed.name : observed.type;
};

describe('the type and prices of an order', () => {
  test.each<[string, object, object]>([
    ['at market', { orderType: OrderType.MKT }, { type: 'MKT' }],
    ['with a limit', {}, { type: 'LMT', limit: '150.25' }],
    ['with a stop', { orderType: OrderType.STP, auxPrice: 145 }, { type: 'STP', stop: '145' }],
    [
      'of a stop with a limit',
      { orderType: OrderType.STP_LMT, auxPrice: 145 },
      { type: 'STP LMT', limit: '150.25', stop: '145' },
    ],
    [
      'of a trailing stop: its stop is where it stands now, not how far it trails',
      { orderType: OrderType.TRAIL, lmtPrice: 0, trailStopPrice: 144.5, auxPrice: 1.5, trailingPercent: UNSET },
      { type: 'TRAIL', trail: AMOUNT, stop: '144.5' },
    ],
    [
      'of a trailing stop that has no stop yet',
      { orderType: OrderType.TRAIL, trailStopPrice: UNSET, auxPrice: 1.5, trailingPercent: 0 },
      { type: 'TRAIL', trail: AMOUNT, stop: null },
    ],
    [
      'of a trailing stop by percent',
      { orderType: OrderType.TRAIL, trailStopPrice: 144.5, auxPrice: 0, trailingPercent: 2.5 },
      { type: 'TRAIL', trail: { by: 'percent', percent: '2.5' }, stop: '144.5' },
    ],
    [
      'of a trailing stop by percent beside which the amount is told that it comes to',
      { orderType: OrderType.TRAIL, trailStopPrice: 144.5, auxPrice: 3.7, trailingPercent: 2.5 },
      { type: 'TRAIL', trail: { by: 'percent', percent: '2.5' }, stop: '144.5' },
    ],
    [
      'of a trailing stop of which nobody says how far it trails',
      { orderType: OrderType.TRAIL, lmtPrice: 0, trailStopPrice: 144.5, auxPrice: 0, trailingPercent: UNSET },
      { type: 'OTHER', name: 'TRAIL', limit: null, stop: '144.5' },
    ],
    [
      'of a trailing stop that goes on naming what it was adjusted to',
      {
        orderType: OrderType.TRAIL,
        trailStopPrice: 144.5,
        auxPrice: 1.5,
        adjustedOrderType: 'TRAIL',
        triggerPrice: 155,
      },
      { type: 'TRAIL', trail: AMOUNT, stop: '144.5' },
    ],
    [
      'of a trailing stop with a limit, told how far that keeps from the stop',
      { orderType: OrderType.TRAIL_LIMIT, lmtPrice: 144.4, trailStopPrice: 144.5, lmtPriceOffset: 0.1, auxPrice: 1.5 },
      { type: 'TRAIL LIMIT', trail: AMOUNT, stop: '144.5', limitOffset: '0.1' },
    ],
    [
      'of a trailing stop to sell with a limit, which stands below the stop',
      {
        orderType: OrderType.TRAIL_LIMIT,
        lmtPrice: 144.3,
        trailStopPrice: 144.5,
        lmtPriceOffset: UNSET,
        auxPrice: 1.5,
      },
      { type: 'TRAIL LIMIT', trail: AMOUNT, stop: '144.5', limitOffset: '0.2' },
    ],
    [
      'of a trailing stop to buy with a limit, which stands above the stop',
      {
        ...{ orderType: OrderType.TRAIL_LIMIT, action: 'BUY', lmtPrice: 144.7, trailStopPrice: 144.5 },
        ...{ lmtPriceOffset: 0, auxPrice: 1.5 },
      },
      { type: 'TRAIL LIMIT', trail: AMOUNT, stop: '144.5', limitOffset: '0.2' },
    ],
    [
      'of a trailing stop with a limit at its stop, and no stop yet',
      { orderType: OrderType.TRAIL_LIMIT, lmtPrice: 0, trailStopPrice: UNSET, lmtPriceOffset: 0, auxPrice: 1.5 },
      { type: 'TRAIL LIMIT', trail: AMOUNT, stop: null, limitOffset: '0' },
    ],
    [
      'of a trailing stop with a limit that IBKR has not placed yet',
      { orderType: OrderType.TRAIL_LIMIT, lmtPrice: 0, trailStopPrice: 144.5, lmtPriceOffset: UNSET, auxPrice: 1.5 },
      { type: 'OTHER', name: 'TRAIL LIMIT', limit: null, stop: '144.5' },
    ],
    [
      'of a trailing stop with a limit of which nobody says how far it trails',
      { orderType: OrderType.TRAIL_LIMIT, lmtPrice: 144.4, trailStopPrice: UNSET, lmtPriceOffset: 0.1 },
      { type: 'OTHER', name: 'TRAIL LIMIT', limit: '144.4', stop: null },
    ],
    [
      'of a stop that will trail',
      { orderType: OrderType.STP, auxPrice: 145, adjustableTrailingUnit: 0, ...ADJUSTMENT },
      { type: 'STP TO TRAIL', stop: '145', activation: '155', trailingStop: '152', trailAmount: '3' },
    ],
    [
      'of a stop that will trail by an amount without a word of units',
      { orderType: OrderType.STP, auxPrice: 145, ...ADJUSTMENT },
      { type: 'STP TO TRAIL', stop: '145', activation: '155', trailingStop: '152', trailAmount: '3' },
    ],
    [
      'of a stop that will trail by percent, which IBKR documents in two ways',
      { orderType: OrderType.STP, lmtPrice: 0, auxPrice: 145, adjustableTrailingUnit: 100, ...ADJUSTMENT },
      { type: 'OTHER', name: 'STP→TRAIL', limit: null, stop: '145' },
    ],
    [
      'of a stop that will be another one',
      { orderType: OrderType.STP, lmtPrice: 0, auxPrice: 145, ...ADJUSTMENT, adjustedOrderType: 'STP LMT' },
      { type: 'OTHER', name: 'STP→STP LMT', limit: null, stop: '145' },
    ],
    [
      'of a stop with a limit that will trail',
      { orderType: OrderType.STP_LMT, auxPrice: 145, ...ADJUSTMENT },
      { type: 'OTHER', name: 'STP LMT→TRAIL', limit: '150.25', stop: '145' },
    ],
    [
      'of a stop with a limit for its conditions',
      { orderType: OrderType.STP_LMT, auxPrice: 145, allOrNone: true },
      { type: 'OTHER', name: 'STP LMT all or none', limit: '150.25', stop: '145' },
    ],
    [
      'of a trailing stop to sell that the model has not all of: its limit follows it below',
      {
        ...{ orderType: OrderType.TRAIL_LIMIT, lmtPrice: UNSET, trailStopPrice: 144.5, lmtPriceOffset: 0.1 },
        ...{ auxPrice: 1.5, hidden: true },
      },
      { type: 'OTHER', name: 'TRAIL LIMIT hidden', limit: '144.4', stop: '144.5' },
    ],
    [
      'of a trailing stop to buy that the model has not all of: its limit follows it above',
      {
        ...{ orderType: OrderType.TRAIL_LIMIT, action: 'BUY', lmtPrice: 0, trailStopPrice: 144.5, lmtPriceOffset: 0.1 },
        ...{ auxPrice: 1.5, hidden: true },
      },
      { type: 'OTHER', name: 'TRAIL LIMIT hidden', limit: '144.6', stop: '144.5' },
    ],
    [
      'of a stop that stays one ("None")',
      { orderType: OrderType.STP, auxPrice: 145, adjustedOrderType: 'None' },
      { type: 'STP', stop: '145' },
    ],
    [
      'of a stop that stays one (empty)',
      { orderType: OrderType.STP, auxPrice: 145, adjustedOrderType: '' },
      { type: 'STP', stop: '145' },
    ],
    [
      'pegged: its offset is no stop',
      { orderType: OrderType.REL, auxPrice: 0.02 },
      { type: 'OTHER', name: 'REL', limit: '150.25', stop: null },
    ],
    [
      'at the close',
      { orderType: OrderType.MOC, lmtPrice: 0 },
      { type: 'OTHER', name: 'MOC', limit: null, stop: null },
    ],
    ['of no type at all', { orderType: OrderType.None }, { type: 'OTHER', name: '?', limit: '150.25', stop: null }],
  ])('%s', (_, change, expected) => {
    expect(terms(change)).toEqual(expected);
  });

  test('without the price of its type it is shown as it is', () => {
    const rest = without(order, 'lmtPrice', 'auxPrice');
    expect(observedTermsOf(rest)).toEqual({ type: 'OTHER', name: 'LMT', limit: null, stop: null });
    expect(observedTermsOf({ ...rest, orderType: OrderType.STP })).toMatchObject({ type: 'OTHER', name: 'STP' });
    const stopLimit = { ...order, orderType: OrderType.STP_LMT };
    expect(observedTermsOf(without(stopLimit, 'lmtPrice'))).toMatchObject({ type: 'OTHER', name: 'STP LMT' });
    expect(observedTermsOf(without(stopLimit, 'auxPrice'))).toMatchObject({ type: 'OTHER', name: 'STP LMT' });
    for (const price of ['triggerPrice', 'adjustedStopPrice', 'adjustedTrailingAmount', 'auxPrice'] as const) {
      const adjusted: Order = { ...order, orderType: OrderType.STP, auxPrice: 145, ...ADJUSTMENT };
      expect(observedTermsOf(without(adjusted, price))).toMatchObject({ type: 'OTHER', name: 'STP→TRAIL' });
    }
  });
});

describe('what a plain order has not is in the name', () => {
  test.each<[object, string]>([
    [{ tif: 'FOK' }, 'LMT FOK'],
    [{ tif: undefined }, 'LMT ?'],
    [{ tif: 'GTD', goodTillDate: '20261218 16:00:00 US/Eastern' }, 'LMT until 20261218 16:00:00 US/Eastern'],
    [{ tif: 'GTD' }, 'LMT until ?'],
    [{ goodAfterTime: '20261218 10:00:00' }, 'LMT after 20261218 10:00:00'],
    [{ goodAfterTime: '', algoStrategy: '', conditions: [], hedgeType: '' }, 'LMT'],
    [{ algoStrategy: 'Adaptive' }, 'LMT Adaptive'],
    [{ triggerMethod: 7 }, 'LMT by trigger method 7'],
    [{ triggerMethod: 4 }, 'LMT'],
    [{ triggerMethod: 0, minQty: 2_147_483_647, displaySize: 0, discretionaryAmt: 0 }, 'LMT'],
    [{ allOrNone: true, hidden: true }, 'LMT all or none hidden'],
    [{ minQty: 5, displaySize: 100 }, 'LMT minimum quantity iceberg'],
    [{ sweepToFill: true, discretionaryAmt: 0.05 }, 'LMT sweep to fill discretionary'],
    [{ scaleInitLevelSize: 10, hedgeType: 'D' }, 'LMT scale hedge'],
    [{ algoStrategy: 'x'.repeat(100) }, `LMT ${'x'.repeat(56)}`],
  ])('%o', (change, name) => {
    expect(named(change)).toBe(name);
  });

  test('conditions are named with how they join', () => {
    const condition = (type: OrderConditionType, conjunctionConnection: string) => ({ type, conjunctionConnection });
    const conditions = [
      condition(OrderConditionType.Price, 'a'),
      condition(OrderConditionType.Time, 'o'),
      condition(OrderConditionType.PercentChange, 'a'),
    ];
    expect(named({ conditions })).toBe('LMT if price and time or percent change');
    expect(named({ conditions: [condition(OrderConditionType.Margin, 'a')] })).toBe('LMT if margin');
    expect(named({ conditions: [condition(OrderConditionType.Execution, 'a')] })).toBe('LMT if execution');
    expect(named({ conditions: [condition(OrderConditionType.Volume, 'a')] })).toBe('LMT if volume');
    expect(named({ conditions: [{}] })).toBe('LMT if another condition');
  });
});

test.each([
  ['DAY', 'DAY'],
  ['GTC', 'GTC'],
  ['IOC', 'IOC'],
  ['GTD', 'GTD'],
  ['OPG', null],
  [undefined, null],
])('the time in force %s is %s', (word, tif) => {
  expect(timeInForceOf(word)).toBe(tif);
});
