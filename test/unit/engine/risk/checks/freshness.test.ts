import { describe, expect, test } from 'vitest';
import { signedQuantity } from '#domain/money';
import { freshness } from '#engine/risk/checks/freshness';
import { aQuoteOf, limit, passOf, placing, saying, verdictOf } from '#test/builders/engine-risk';

const order = placing('SELL', '10', limit('150'));
const cannotKnow = (reason: Record<string, unknown>): unknown =>
  saying('cannot-know', freshness, { symbol: 'AAPL', ...reason });

test('a price of exactly 5 s is fresh, one millisecond more is stale', () => {
  expect(verdictOf(freshness, order, { quoteAgeMs: 5_000 })).toEqual(passOf(freshness));
  expect(verdictOf(freshness, order, { quoteAgeMs: 5_001 })).toEqual(
    cannotKnow({ code: 'QUOTE_STALE', ageMs: 5_001, limitMs: 5_000 }),
  );
});

test('without a quote, or before its first tick, nothing can be known', () => {
  expect(verdictOf(freshness, order, { quote: null })).toEqual(cannotKnow({ code: 'NO_QUOTE' }));
  expect(verdictOf(freshness, order, { quoteAgeMs: null })).toEqual(cannotKnow({ code: 'NO_QUOTE' }));
});

test('delayed data is no price to trade on', () => {
  expect(verdictOf(freshness, order, { quote: aQuoteOf({ kind: 'delayed' }) })).toEqual(
    cannotKnow({ code: 'QUOTE_NOT_REAL_TIME', kind: 'delayed' }),
  );
});

test('an interrupted subscription is no price to trade on', () => {
  expect(verdictOf(freshness, order, { quote: aQuoteOf({ live: false }) })).toEqual(
    cannotKnow({ code: 'QUOTE_NOT_REAL_TIME', kind: 'interrupted' }),
  );
});

test('a halted symbol has no price to trade on', () => {
  expect(verdictOf(freshness, order, { quote: aQuoteOf({ halted: true }) })).toEqual(cannotKnow({ code: 'HALTED' }));
});

describe('an order that only reduces a position', () => {
  const position = signedQuantity('10');

  test.each([
    ['without a quote', { quote: null }],
    ['on delayed data', { quote: aQuoteOf({ kind: 'delayed' }) }],
    ['on a halted symbol', { quote: aQuoteOf({ halted: true }) }],
    ['on a stale quote', { quoteAgeMs: 60_000 }],
  ])('gets a warning %s', (_, change) => {
    expect(verdictOf(freshness, order, { position, ...change }).verdict).toBe('warn');
  });
});
