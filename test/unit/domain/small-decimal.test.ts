import { Decimal } from 'decimal.js';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addSmall, compareSmall, multiplySmall, subtractSmall, timesWithin } from '#domain/small-decimal';

const PLACES_MAX = 16;
const D = Decimal.clone({ precision: 60, toExpNeg: -60, toExpPos: 60 });
const textOf = (value: Decimal): string => (value.isZero() ? '0' : value.toFixed());

/** Canonical texts of prices, quantities and rates, short and long ones. */
const aText = fc
  .tuple(fc.integer({ min: -99_999_999, max: 99_999_999 }), fc.nat(12), fc.nat(9))
  .map(([whole, places, zeros]) => textOf(new D(whole).div(new D(10).pow(places)).times(new D(10).pow(zeros))));
const aPositive = aText.map((text) => text.replace('-', '')).filter((text) => text !== '0');

/** What is answered at all is the exact answer. */
function expectExact(answer: string | undefined, exact: Decimal): void {
  if (answer !== undefined) expect(answer).toBe(textOf(exact));
}

describe('arithmetic on short decimals', () => {
  test('is exact where it answers', () => {
    fc.assert(
      fc.property(aText, aText, (a, b) => {
        expectExact(addSmall(a, b), new D(a).plus(b));
        expectExact(subtractSmall(a, b), new D(a).minus(b));
        expectExact(multiplySmall(a, b, PLACES_MAX), new D(a).times(b));
        if (a !== b) expect(compareSmall(a, b) ?? new D(a).comparedTo(b)).toBe(new D(a).comparedTo(b));
      }),
      { numRuns: 2_000 },
    );
  });

  test('divides into whole parts exactly', () => {
    fc.assert(
      fc.property(aPositive, aPositive, (a, step) => {
        expectExact(timesWithin(a, step), new D(a).div(step).floor());
      }),
      { numRuns: 2_000 },
    );
  });

  test('answers for what orders are made of', () => {
    expect(addSmall('150.25', '0.05')).toBe('150.3');
    expect(addSmall('-150.25', '150.25')).toBe('0');
    expect(subtractSmall('150', '150.01')).toBe('-0.01');
    expect(multiplySmall('150.25', '-100', PLACES_MAX)).toBe('-15025');
    expect(multiplySmall('1.08345', '0.5', PLACES_MAX)).toBe('0.541725');
    expect(timesWithin('1000', '150.25')).toBe('6');
    expect(compareSmall('-2', '-10.5')).toBe(1);
    expect(compareSmall('9.99', '10')).toBe(-1);
  });

  test('leaves to others what it can not do exactly', () => {
    const long = '1234567890.123456';
    expect([addSmall(long, '1'), addSmall('1', long), compareSmall(long, '1'), compareSmall('1', long)]).toEqual(
      Array.from({ length: 4 }, () => undefined),
    );
    expect(subtractSmall('1', long)).toBeUndefined();
    expect(timesWithin('1', long)).toBeUndefined();
    expect([multiplySmall(long, '1', PLACES_MAX), multiplySmall('1', long, PLACES_MAX)]).toEqual([
      undefined,
      undefined,
    ]);
    expect(multiplySmall('99999999', '99999999', PLACES_MAX)).toBeUndefined();
    expect(multiplySmall('0.001', '0.001', 5)).toBeUndefined();
    expect(addSmall('999999999999', '0.00001')).toBeUndefined();
  });
});
