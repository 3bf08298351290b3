import { describe, expect, test } from 'vitest';
import { percent, price } from '#domain/money';
import type { Trail } from '#domain/order-spec';
import type { RiskSubject } from '#domain/risk-decision';
import { tick } from '#engine/risk/checks/tick';
import { AAPL } from '#test/builders/engine-harness';
import { limit, market, passOf, placing, placingBracket, saying, stop, verdictOf } from '#test/builders/engine-risk';

test('whole cents pass, and a market order has no price to judge', () => {
  expect(verdictOf(tick, placing('BUY', '10', limit('150.01')))).toEqual(passOf(tick));
  expect(verdictOf(tick, placing('BUY', '10', market))).toEqual(passOf(tick));
});

test('a price between two ticks is denied and both neighbours are named', () => {
  expect(verdictOf(tick, placing('BUY', '10', limit('150.005')))).toEqual(
    saying('deny', tick, {
      code: 'PRICE_OFF_TICK',
      leg: 'parent',
      field: 'limit',
      price: '150.005',
      increment: '0.01',
      below: '150',
      above: '150.01',
    }),
  );
});

test('the tick is that of the band the price falls into', () => {
  const priceBands = [
    { from: price('0'), increment: price('0.0001') },
    { from: price('1'), increment: price('0.05') },
  ];
  const instrument = { ...AAPL, priceBands };
  expect(verdictOf(tick, placing('BUY', '10', limit('0.9999')), { instrument })).toEqual(passOf(tick));
  expect(verdictOf(tick, placing('SELL', '10', stop('1.01')), { instrument })).toMatchObject({
    reason: { code: 'PRICE_OFF_TICK', field: 'stop', increment: '0.05', below: '1', above: '1.05' },
  });
});

test('zero and less is no price', () => {
  expect(verdictOf(tick, placing('BUY', '10', limit('0')))).toEqual(
    saying('deny', tick, { code: 'PRICE_NOT_POSITIVE', leg: 'parent', field: 'limit', price: '0' }),
  );
  expect(verdictOf(tick, placing('SELL', '10', stop('-1')))).toMatchObject({
    verdict: 'deny',
    reason: { code: 'PRICE_NOT_POSITIVE', field: 'stop', price: '-1' },
  });
});

test('the exits of a bracket stand on ticks too', () => {
  expect(verdictOf(tick, placingBracket('BUY', limit('150'), '160.001', '145'))).toMatchObject({
    verdict: 'deny',
    reason: { code: 'PRICE_OFF_TICK', leg: 'take-profit' },
  });
});

test('without a definition ticks are not judged: that is the business of the instrument check', () => {
  expect(verdictOf(tick, placing('BUY', '10', limit('150.005')), { instrument: null })).toEqual(passOf(tick));
});

describe('how far a stop trails', () => {
  const trailing = (trail: Trail, at: string | null = null): RiskSubject =>
    placing('SELL', '10', { type: 'TRAIL', trail, stop: at === null ? null : price(at) });
  const by = (amount: string): Trail => ({ by: 'amount', amount: price(amount) });
  const adjusted = (trailAmount: string): RiskSubject =>
    placing('SELL', '10', {
      type: 'STP TO TRAIL',
      stop: price('145'),
      activation: price('155'),
      trailingStop: price('152'),
      trailAmount: price(trailAmount),
    });

  test('is at least a tick at the price where it would rest', () => {
    expect(verdictOf(tick, trailing(by('0.01')))).toEqual(passOf(tick));
    expect(verdictOf(tick, adjusted('3'))).toEqual(passOf(tick));
    const tooShort = { code: 'TRAIL_BELOW_TICK', leg: 'parent', distance: '0.001', increment: '0.01' };
    expect(verdictOf(tick, trailing(by('0.001'), '145'))).toEqual(saying('deny', tick, tooShort));
    expect(verdictOf(tick, trailing(by('0.001')), { quote: null })).toEqual(saying('deny', tick, tooShort));
    expect(verdictOf(tick, adjusted('0.001'))).toEqual(saying('deny', tick, tooShort));
  });

  test('is above zero', () => {
    expect(verdictOf(tick, trailing(by('0')))).toMatchObject({ reason: { code: 'PRICE_NOT_POSITIVE', price: '0' } });
  });

  test('by percent it has no tick, and without an instrument none is known', () => {
    expect(verdictOf(tick, trailing({ by: 'percent', percent: percent('0.001') }))).toEqual(passOf(tick));
    expect(verdictOf(tick, trailing(by('0.001')), { instrument: null })).toEqual(passOf(tick));
  });
});
