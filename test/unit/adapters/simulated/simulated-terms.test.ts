import { describe, expect, test } from 'vitest';
import { percent, price } from '#domain/money';
import type { OrderTerms, TriggerSource } from '#domain/order-spec';
import { present } from '#domain/assert';
import type { AdjustedTerms } from '#simulator/simulated-order';
import { SimulatedDesk } from './simulated-desk';

const AMOUNT = { by: 'amount', amount: price('2') } as const;
const PERCENT = { by: 'percent', percent: percent('1.5') } as const;

/** What IBKR shows of an order of ours with these terms, a SELL beside a market at 100.00 to 100.02. */
function shown(terms: OrderTerms): unknown {
  const desk = SimulatedDesk.connected();
  desk.places('SELL', '5', terms);
  return desk.said('order-reported')[0]?.order.spec.terms;
}

describe('the terms of an order', () => {
  test.each<readonly [string, OrderTerms]>([
    ['LMT', { type: 'LMT', limit: price('110') }],
    ['STP', { type: 'STP', stop: price('90') }],
    ['STP LMT', { type: 'STP LMT', stop: price('90'), limit: price('89.5') }],
    ['TRAIL by an amount', { type: 'TRAIL', trail: AMOUNT, stop: price('99') }],
    ['TRAIL by a percentage', { type: 'TRAIL', trail: PERCENT, stop: price('99') }],
    [
      'STP that becomes a TRAIL',
      {
        type: 'STP TO TRAIL',
        stop: price('95'),
        activation: price('105'),
        trailingStop: price('103'),
        trailAmount: price('2'),
      },
    ],
  ])('%s are shown as they were sent', (_name, terms) => {
    expect(shown(terms)).toEqual(terms);
  });

  test('of a market order say nothing more', () => {
    expect(shown({ type: 'MKT' })).toEqual({ type: 'MKT' });
  });

  test('a trailing stop without a price starts at the market', () => {
    expect(shown({ type: 'TRAIL', trail: AMOUNT, stop: null })).toEqual({
      type: 'TRAIL',
      trail: AMOUNT,
      stop: '98.02',
    });
  });

  test('the limit of a trailing stop keeps its distance', () => {
    const terms: OrderTerms = { type: 'TRAIL LIMIT', trail: AMOUNT, stop: null, limitOffset: price('0.5') };
    expect(shown(terms)).toEqual({ ...terms, stop: '98.02' });
    expect(shown({ ...terms, stop: price('97') })).toMatchObject({ type: 'TRAIL LIMIT', limitOffset: '0.5' });
  });

  test('a trailing stop that IBKR has not priced has no stop yet', () => {
    const desk = SimulatedDesk.connected();
    const entry = desk.leg('BUY', '5', { type: 'LMT', limit: price('90') });
    const stop = desk.leg('SELL', '5', { type: 'TRAIL', trail: AMOUNT, stop: null }, { parentOrderId: entry.orderId });
    desk.performs(desk.placing(entry, stop));
    desk.passes(100);
    const report = desk.said('order-reported').find(({ order }) => order.orderId === stop.orderId);
    expect(report?.order.spec.terms).toEqual({ type: 'TRAIL', trail: AMOUNT, stop: null });
  });

  test('an adjustment that we never place is another type', () => {
    const desk = SimulatedDesk.connected({ client: 9 });
    const leg = desk.leg('SELL', '5', { type: 'STP', stop: price('95') });
    desk.performs(desk.placing(leg));
    desk.passes(100);
    const order = present(desk.exchange.order({ clientId: 9, orderId: leg.orderId }), 'the order');
    const adjusted: AdjustedTerms = {
      adjustedOrderType: 'STP LMT',
      triggerPrice: 1_050_000,
      adjustedStopPrice: 1_030_000,
      adjustedStopLimitPrice: 1_020_000,
      adjustedTrailingAmount: 0,
      unit: 'amount',
    };
    order.terms = { ...order.terms, adjusted };
    desk.performs(desk.snapshot());
    desk.passes(500);
    const asShown = desk.said('order-reported').at(-1)?.order.spec.terms;
    expect(asShown).toEqual({ type: 'OTHER', name: 'STP→STP LMT', limit: null, stop: '95' });
  });

  test.each<readonly [TriggerSource, number]>([
    ['last', 2],
    ['bidAsk', 4],
    ['mid', 8],
  ])('what lets a stop go by %s is IBKR’s method %d', (triggerOn, method) => {
    const desk = SimulatedDesk.connected();
    const spec = { ...desk.spec('SELL', '5', { type: 'STP', stop: price('90') }), triggerOn };
    const leg = desk.places('SELL', '5', { type: 'STP', stop: price('90') }, { spec });
    expect(desk.exchange.order({ clientId: 1, orderId: leg.orderId })?.triggerMethod).toBe(method);
    expect(desk.said('order-reported')[0]?.order.spec.triggerOn).toBe(triggerOn);
  });
});
