import { describe, expect, test } from 'vitest';
import { price, quantity, ratio, signedQuantity } from '#domain/money';
import { describeUnknowable, markOf, valueOfPosition, type ValuationBasis } from '#domain/position-value';

/** A future of 50 euros a point at 100, in an account in dollars. */
const basis = (change: Partial<ValuationBasis> = {}): ValuationBasis => ({
  instrument: { currency: 'EUR', multiplier: quantity('50') },
  quote: { last: price('100'), close: price('99') },
  baseCurrency: 'USD',
  exchangeRates: { EUR: ratio('1.1') },
  ...change,
});
const held = (shares: string): { quantity: ReturnType<typeof signedQuantity> } => ({
  quantity: signedQuantity(shares),
});

describe('what a position is worth in the currency of the account', () => {
  test('its multiplier and exchange rate count, and a short position is worth less than nothing', () => {
    expect(valueOfPosition(held('2'), basis())).toEqual({ ok: true, value: '11000' });
    expect(valueOfPosition(held('-2'), basis())).toEqual({ ok: true, value: '-11000' });
  });

  test('the base currency needs no rate', () => {
    const instrument = { currency: 'USD', multiplier: quantity('1') };
    expect(valueOfPosition(held('3'), basis({ instrument, exchangeRates: {} }))).toEqual({ ok: true, value: '300' });
  });

  test('it is marked at the last trade, else at the last close', () => {
    expect(markOf({ last: null, close: price('99') })).toBe('99');
    expect(markOf({ last: null, close: null })).toBeNull();
    expect(markOf(undefined)).toBeNull();
  });

  test.each([
    ['no-definition', basis({ instrument: undefined }), 'IBKR has not defined it yet'],
    ['no-price', basis({ quote: undefined }), 'no price yet'],
    ['no-exchange-rate', basis({ exchangeRates: {} }), 'no exchange rate yet'],
    ['no-exchange-rate', basis({ baseCurrency: null }), 'no exchange rate yet'],
  ] as const)('it can not be known: %s', (why, known, words) => {
    expect(valueOfPosition(held('2'), known)).toEqual({ ok: false, error: why });
    expect(describeUnknowable(why)).toBe(words);
  });
});
