import { describe, expect, test } from 'vitest';
import { custodyOf, ocoOrderRequestSchema, type OcoOrderRequest } from '#domain/oco';

const leg = (quantity: string) => ({
  symbol: 'AAPL',
  side: 'BUY',
  quantity,
  terms: { type: 'LMT', limit: '145' },
  timeInForce: 'GTC',
  outsideRth: false,
});
const request = (quantities: readonly string[], onPartialFill = 'reduce'): OcoOrderRequest =>
  ocoOrderRequestSchema.parse({
    legs: quantities.map(leg),
    onPartialFill,
    sharing: 'proportional',
    onOverfill: 'alert',
  });

describe('an OCO group', () => {
  test('has at least two orders', () => {
    expect(() => request(['10'])).toThrow();
  });

  test('of equal orders is held by IBKR, as is one in which any fill cancels the others', () => {
    expect(custodyOf(request(['10', '10', '10']))).toBe('native');
    expect(custodyOf(request(['10', '20'], 'cancel'))).toBe('native');
  });

  test('of unequal orders that reduce each other is managed by this app', () => {
    expect(custodyOf(request(['10', '20']))).toBe('managed');
  });
});
