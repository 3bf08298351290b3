import { describe, expect, test } from 'vitest';
import { modeOf, trailingStopConfigSchema, type TrailingStopConfig } from '#domain/trailing-stop';

const config = (change: Record<string, unknown> = {}): TrailingStopConfig =>
  trailingStopConfigSchema.parse({
    symbol: 'aapl',
    side: 'SELL',
    quantity: '10',
    trail: { by: 'percent', percent: '2.0' },
    activationPrice: null,
    initialStopPrice: null,
    triggerOn: 'last',
    mode: null,
    outsideRth: false,
    ...change,
  });
const amount = { by: 'amount', amount: '3' };

describe('a trailing stop as a person asks for it', () => {
  test('trails by an amount or by a percentage, never both', () => {
    expect(config()).toMatchObject({ symbol: 'AAPL', trail: { by: 'percent', percent: '2' } });
    expect(() => config({ trail: { by: 'amount', amount: '3', percent: '2' } })).toThrow();
    expect(() => config({ trail: { by: 'percent', percent: '100' } })).toThrow('above 0 and below 100');
  });

  test('is held by IBKR unless what it asks for needs this app', () => {
    expect(modeOf(config())).toBe('native');
    expect(modeOf(config({ trail: amount, activationPrice: '160', initialStopPrice: '145' }))).toBe('native');
    expect(modeOf(config({ trail: amount, activationPrice: '160' }))).toBe('managed');
    expect(modeOf(config({ activationPrice: '160', initialStopPrice: '145' }))).toBe('managed');
    expect(modeOf(config({ mode: 'managed' }))).toBe('managed');
  });
});
