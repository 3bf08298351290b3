import { expect, test } from 'vitest';
import { price } from '#domain/money';
import type { OrderRecord } from '#domain/order-record';
import { distanceOf, marketPriceOf } from '#domain/order-distance';
import { anOrder, FRIDAY } from '#test/builders/domain-records';

const touch = { bid: price('99'), ask: price('101'), last: price('100') };
const withTerms = (terms: OrderRecord['spec']['terms']): OrderRecord => anOrder({ spec: { ...anOrder().spec, terms } });

test('the market is the last trade, else the touch', () => {
  expect(marketPriceOf(touch)).toBe('100');
  expect(marketPriceOf({ ...touch, last: null })).toBe('99');
  expect(marketPriceOf({ bid: null, ask: price('101'), last: null })).toBe('101');
  expect(marketPriceOf({ bid: null, ask: null, last: null })).toBeNull();
  expect(marketPriceOf(undefined)).toBeNull();
});

test('an order is as far from the market as the price that it waits for', () => {
  expect(distanceOf(withTerms({ type: 'LMT', limit: price('98') }), touch)).toEqual({ change: '-2', ratio: '-0.02' });
  const stopLimit = { type: 'STP LMT', stop: price('105'), limit: price('106') } as const;
  expect(distanceOf(withTerms(stopLimit), touch)).toEqual({ change: '5', ratio: '0.05' });
});

test('nothing is far from a market that is not known, and neither is an order without a price or at its end', () => {
  expect(distanceOf(anOrder(), undefined)).toBeNull();
  expect(distanceOf(withTerms({ type: 'MKT' }), touch)).toBeNull();
  expect(distanceOf(anOrder({ state: { phase: 'filled', at: FRIDAY } }), touch)).toBeNull();
  expect(distanceOf(anOrder(), { ...touch, last: price('0') })).toBeNull();
});
