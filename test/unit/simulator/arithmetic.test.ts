import { describe, expect, test } from 'vitest';
import { formatUnits, meanText, mulDiv, parseUnits } from '#simulator/fixed';
import { createRandom } from '#simulator/random';
import { CENT_RULE, isOnTick, SUB_DOLLAR_RULE, tickAt, tickBandsOf, tickDown, tickUp } from '#simulator/tick-rules';

describe('amounts in units of 0.0001', () => {
  test.each([
    ['187.25', 1_872_500],
    ['0.5832', 5_832],
    ['100', 1_000_000],
    ['100.', 1_000_000],
    ['-1.5', -15_000],
    ['-0', 0],
    ['0.10000', 1_000],
  ])('"%s" is %i', (text, units) => {
    expect(parseUnits(text)).toBe(units);
  });

  test.each(['', 'NaN', '1e5', '.5', '0.00001', '12345678901', '1,000', ' 1'])('"%s" is no amount', (text) => {
    expect(parseUnits(text)).toBeUndefined();
  });

  test.each([
    [1_872_500, '187.25'],
    [5_832, '0.5832'],
    [-15_000, '-1.5'],
    [-20_000, '-2'],
    [0, '0'],
    [1, '0.0001'],
  ])('%i is written "%s"', (units, text) => {
    expect(formatUnits(units)).toBe(text);
  });

  test('a fraction of a unit is a mistake', () => {
    expect(() => formatUnits(0.5)).toThrow('whole number');
  });

  test.each([
    [3_745_100, 2, '187.255'],
    [10_000, 3, '0.33333333'],
    [-10_000, 3, '-0.33333333'],
    [2_000_000, 2, '100'],
    [500, 0, '0'],
  ])('%i over %i is %s', (total, count, text) => {
    expect(meanText(total, count)).toBe(text);
  });

  test('a × b / c is exact beyond 2^53 and rounds half away from zero', () => {
    expect(mulDiv(10_000_000_000, 1_000_000, 3_000_000)).toBe(3_333_333_333);
    expect([mulDiv(5, 1, 2), mulDiv(-5, 1, 2), mulDiv(5, 1, -2), mulDiv(-5, 1, -2)]).toEqual([3, -3, -3, 3]);
    expect(Object.is(mulDiv(-1, 1, 100), 0)).toBe(true);
    expect(() => mulDiv(1, 1, 0)).toThrow('zero');
  });
});

describe('chance', () => {
  test('comes out the same for the same seed and differently for another', () => {
    const draw = (seed: number): readonly number[] => {
      const random = createRandom(seed);
      return Array.from({ length: 5 }, () => random.uniform());
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(8)).not.toEqual(draw(7));
  });

  test('has the mean and deviation it says', () => {
    const random = createRandom(1);
    const draws = Array.from({ length: 20_000 }, () => random.normal());
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    const deviation = Math.sqrt(draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length);
    expect(mean).toBeCloseTo(0, 1);
    expect(deviation).toBeCloseTo(1, 1);
  });
});

describe('ticks', () => {
  test('US stocks move by the cent; the banded rule by 0.0001 below a dollar', () => {
    expect(tickAt(CENT_RULE, 9)).toBe(100);
    expect([tickAt(SUB_DOLLAR_RULE, 9_999), tickAt(SUB_DOLLAR_RULE, 10_000)]).toEqual([1, 100]);
    expect(tickBandsOf(SUB_DOLLAR_RULE)).toHaveLength(2);
    expect(tickBandsOf(1)).toBeUndefined();
  });

  test('below the lowest band its tick holds', () => {
    expect(tickAt(CENT_RULE, -5)).toBe(100);
  });

  test('prices are moved to the tick, never to zero', () => {
    expect([tickDown(CENT_RULE, 12_345), tickUp(CENT_RULE, 12_345), tickDown(CENT_RULE, 3)]).toEqual([
      12_300, 12_400, 100,
    ]);
    expect([isOnTick(CENT_RULE, 12_300), isOnTick(CENT_RULE, 12_345), isOnTick(SUB_DOLLAR_RULE, 5_832)]).toEqual([
      ...[true, false, true],
    ]);
  });
});
