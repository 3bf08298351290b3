import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noiseKey, normalAt, uniformAt } from '#simulator/noise';
import { PricePath } from '#simulator/price-path';

describe('chance without a state', () => {
  test('gives the same draw for the same key and place, and others for others', () => {
    const draws = Array.from({ length: 1000 }, (_, place) => uniformAt(noiseKey('AAPL', 5), place));
    expect(draws).toEqual(Array.from({ length: 1000 }, (_, place) => uniformAt(noiseKey('AAPL', 5), place)));
    expect(new Set(draws).size).toBeGreaterThan(990);
    expect(noiseKey('AAPL', 5)).not.toBe(noiseKey('AAP', 'L5'));
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...draws)).toBeLessThan(1);
  });

  test('draws bell-shaped with mean 0 and deviation 1', () => {
    const draws = Array.from({ length: 4000 }, (_, place) => normalAt(noiseKey('bell'), place));
    const mean = draws.reduce((sum, it) => sum + it, 0) / draws.length;
    const variance = draws.reduce((sum, it) => sum + (it - mean) ** 2, 0) / draws.length;
    expect(Math.abs(mean)).toBeLessThan(0.05);
    expect(Math.abs(variance - 1)).toBeLessThan(0.1);
  });
});

const turns = fc
  .array(fc.integer({ min: 1, max: 10_000_000 }), { minLength: 4, maxLength: 4 })
  .map((prices) => prices.toSorted((a, b) => a - b))
  .chain(([low = 0, a = 0, b = 0, high = 0]) =>
    fc.constantFrom({ open: a, high, low, close: b }, { open: b, high, low, close: a }),
  );

describe('the way of a price through a day', () => {
  test('meets open, high, low and close, and never leaves the range', () => {
    fc.assert(
      fc.property(turns, fc.integer({ min: 4, max: 500 }), fc.integer(), (day, slices, seed) => {
        const path = new PricePath(day, slices, noiseKey(seed));
        const prices = Array.from({ length: slices * 2 + 1 }, (_, half) => path.at(half / 2));
        expect([prices[0], prices.at(-1)]).toEqual([day.open, day.close]);
        expect([Math.max(...prices), Math.min(...prices)]).toEqual([day.high, day.low]);
        expect([path.at(path.highAt), path.at(path.lowAt)]).toEqual([day.high, day.low]);
      }),
    );
  });

  test('has no place outside, and no room in less than four slices', () => {
    const day = { open: 2, high: 3, low: 1, close: 2 };
    expect(() => new PricePath(day, 4, 1).at(4.1)).toThrow('place');
    expect(() => new PricePath(day, 4, 1).at(-0.1)).toThrow('place');
    expect(() => new PricePath(day, 3, 1)).toThrow('room');
    expect(() => new PricePath({ ...day, open: 4 }, 4, 1)).toThrow('between');
    expect(() => new PricePath({ ...day, close: 0.5 }, 4, 1)).toThrow('between');
  });
});
