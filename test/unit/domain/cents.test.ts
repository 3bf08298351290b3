import { Decimal } from 'decimal.js';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CENTS_MAX, centsOf, worthOf } from '#domain/cents';
import { money, moneyOf, price, quantity, ratio, signedQuantity } from '#domain/money';

/** Decimal text of up to 8 digits before and 6 after the point. */
const anAmount = fc
  .tuple(fc.boolean(), fc.nat(99_999_999), fc.nat(6), fc.nat(999_999))
  .map(([isNegative, whole, places, part]) => {
    const decimals = places === 0 ? '' : `.${String(part).padStart(6, '0').slice(0, places)}`;
    return `${isNegative ? '-' : ''}${whole}${decimals}`;
  });

describe('cents', () => {
  test.each([
    ['0', 0, 0],
    ['12', 1_200, 1_200],
    ['12.3', 1_230, 1_230],
    ['12.34', 1_234, 1_234],
    ['12.341', 1_234, 1_235],
    ['-12.341', -1_235, -1_234],
    ['-0.001', -1, 0],
    ['0.001', 0, 1],
  ])('of %s are %d, or rounded up %d', (amount, down, up) => {
    expect([centsOf(money(amount), 'down'), centsOf(money(amount), 'up')]).toEqual([down, up]);
  });

  test('are an amount again', () => {
    fc.assert(fc.property(fc.integer(), (cents) => centsOf(moneyOf(cents), 'up') === cents));
    fc.assert(fc.property(fc.integer(), (cents) => money(moneyOf(cents)) === moneyOf(cents)));
  });
});

describe('what is held', () => {
  test('is worth price × quantity × multiplier × rate, rounded up to the cent, exactly', () => {
    fc.assert(
      fc.property(
        anAmount,
        anAmount,
        fc.constantFrom('1', '50', '0.1'),
        fc.constantFrom('1', '1.08345'),
        (at, units, multiplier, rate) => {
          const exact = new Decimal(at).times(units).times(multiplier).times(rate).times(100).ceil();
          const known = worthOf(price(at), signedQuantity(units), quantity(multiplier), ratio(rate));
          expect(known).toBe(exact.abs().greaterThan(CENTS_MAX) ? null : exact.toNumber() + 0);
        },
      ),
    );
  });

  test.each([
    ['0.0000000001234', '0.000001', 1],
    ['1234567.1234567891', '1', 123_456_713],
    ['0.00000001', '0.00000001', 1],
  ])('is rounded up from parts of a cent: %s × %s', (at, units, cents) => {
    expect(worthOf(price(at), quantity(units), quantity('1'), ratio('1'))).toBe(cents);
  });

  test('can not be summed beyond ten billion', () => {
    expect(worthOf(price('10000000000'), quantity('1'), quantity('1'), ratio('1'))).toBe(CENTS_MAX);
    expect(worthOf(price('10000000000.01'), quantity('1'), quantity('1'), ratio('1'))).toBeNull();
    expect(worthOf(price('999999999999'), quantity('999999999999'), quantity('1'), ratio('1'))).toBeNull();
  });
});
