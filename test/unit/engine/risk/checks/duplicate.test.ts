import { describe, expect, test } from 'vitest';
import { laterBy, orderNumber } from '#domain/ids';
import { quantity } from '#domain/money';
import type { RecentApproval } from '#domain/risk-decision';
import { duplicate } from '#engine/risk/checks/duplicate';
import { FRIDAY } from '#test/builders/domain-records';
import { aLegOf, limit, modifying, passOf, placing, saying, stop, verdictOf } from '#test/builders/engine-risk';

const order = placing('BUY', '10', limit('150'));
const recently = (ageMs: number, change: Partial<RecentApproval> = {}): { readonly recent: RecentApproval[] } => ({
  recent: [
    {
      number: orderNumber(7),
      at: laterBy(FRIDAY, -ageMs),
      side: 'BUY',
      quantity: quantity('10'),
      terms: limit('150'),
      ...change,
    },
  ],
});

describe('the same order again', () => {
  test('from the window is a double click for 2 s', () => {
    expect(verdictOf(duplicate, order, recently(1_999))).toEqual(
      saying('deny', duplicate, { code: 'DUPLICATE', of: 7, ageMs: 1_999, windowMs: 2_000 }),
    );
    expect(verdictOf(duplicate, order, recently(2_000))).toEqual(passOf(duplicate));
  });

  test('from a script is a repetition for 10 s', () => {
    expect(verdictOf(duplicate, order, { origin: 'cli', ...recently(9_999) })).toEqual(
      saying('deny', duplicate, { code: 'DUPLICATE', of: 7, ageMs: 9_999, windowMs: 10_000 }),
    );
    expect(verdictOf(duplicate, order, { origin: 'cli', ...recently(10_000) })).toEqual(passOf(duplicate));
  });

  test('from a manager is meant', () => {
    expect(verdictOf(duplicate, order, { origin: 'manager', ...recently(0) })).toEqual(passOf(duplicate));
  });
});

test.each([
  ['the other side', { side: 'SELL' as const }],
  ['another quantity', { quantity: quantity('11') }],
  ['another price', { terms: limit('150.01') }],
  ['another type', { terms: stop('150') }],
])('%s is another order', (_, change) => {
  expect(verdictOf(duplicate, order, recently(0, change))).toEqual(passOf(duplicate));
});

test('a change is never a duplicate', () => {
  expect(verdictOf(duplicate, modifying(aLegOf('BUY', '10', limit('150'))), recently(0))).toEqual(passOf(duplicate));
});
