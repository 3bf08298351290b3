import { Decimal } from 'decimal.js';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COMMON_RETURNS_MIN, correlationsOf, dayOf, pairIndex, sessionOf } from '#domain/correlation-math';
import { present } from '#domain/assert';
import { aHistory } from '#test/builders/correlations';

const DIGITS = 32;
const D = Decimal.clone({ precision: DIGITS });

/** Closes to the cent, or none, of one symbol by day. */
type Closes = readonly (number | null)[];

/** The same every time: a linear congruential generator, from 0 to 1. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

/** Prices that partly move with a market; `gapShare` of the days are missing. */
function someCloses(symbols: number, days: number, gapShare: number, seed = 42): Closes[] {
  const roll = dice(seed);
  const market = Array.from({ length: days }, () => roll() - 0.5);
  return Array.from({ length: symbols }, (_, row) => {
    let close = 20 + 400 * roll();
    return market.map((move) => {
      close *= 1 + 0.03 * ((row % 3) * 0.5 * move + (roll() - 0.5));
      return roll() < gapShare ? null : Math.round(close * 100) / 100;
    });
  });
}

/** By the textbook's other formula, n·Σxy − Σx·Σy, on decimals of 32 digits; null: unknown. */
function independently(a: Closes, b: Closes): Decimal | null {
  const returns = (closes: Closes): (Decimal | null)[] =>
    closes.slice(1).map((close, before) => {
      const last = closes[before];
      return close === null || last === null || last === undefined ? null : new D(close).div(last).ln();
    });
  const ys = returns(b);
  const common = returns(a).flatMap((x, step) => {
    const y = ys[step];
    return x === null || y === null || y === undefined ? [] : [{ x, y }];
  });
  const n = common.length;
  if (n < 20) return null;
  const sum = (of: (pair: { x: Decimal; y: Decimal }) => Decimal): Decimal =>
    common.reduce((total, pair) => total.plus(of(pair)), new D(0));
  const [x, y] = [sum((pair) => pair.x), sum((pair) => pair.y)];
  const xx = sum((pair) => pair.x.times(pair.x));
  const yy = sum((pair) => pair.y.times(pair.y));
  const xy = sum((pair) => pair.x.times(pair.y));
  const spread = xx
    .times(n)
    .minus(x.times(x))
    .times(yy.times(n).minus(y.times(y)));
  return spread.lte('1e-26') ? null : xy.times(n).minus(x.times(y)).div(spread.sqrt());
}

/** The largest distance of ours from the independent computation; unknown must be unknown in both. */
function largestDifference(closes: readonly Closes[], lookback: number): number {
  const { values } = correlationsOf(
    closes.map((one, row) => aHistory(`S${row}`, one)),
    lookback,
  );
  let largest = 0;
  for (const [i, a] of closes.entries()) {
    for (const [j, b] of closes.entries()) {
      if (i >= j) continue;
      const ours = present(values[pairIndex(closes.length, i, j)], 'a pair');
      const theirs = independently(a.slice(-(lookback + 1)), b.slice(-(lookback + 1)));
      expect(Number.isNaN(ours), `S${i} and S${j}`).toBe(theirs === null);
      if (theirs !== null) largest = Math.max(largest, theirs.minus(ours).abs().toNumber());
    }
  }
  return largest;
}

const correlationOf = (a: Closes, b: Closes, lookback = 60): number =>
  present(correlationsOf([aHistory('A', a), aHistory('B', b)], lookback).values[0], 'the pair');

/** A random walk of `days` closes. */
const walk = (days: number, seed: number): number[] =>
  present(someCloses(1, days, 0, seed)[0], 'a walk').map((close) => close ?? 0);

describe('correlation calculation', () => {
  test('agrees with an independent computation to 1e-12 where every day has its close', () => {
    expect(largestDifference(someCloses(9, 61, 0), 60)).toBeLessThan(1e-12);
  });

  test('agrees with it where days are missing, each symbol others', () => {
    expect(largestDifference(someCloses(9, 90, 0.1), 60)).toBeLessThan(1e-12);
    expect(largestDifference(someCloses(6, 70, 0.3), 60)).toBeLessThan(1e-12);
  });

  test('agrees with it where a symbol is new, and where the other lacks the one day on which it jumped', () => {
    const [a = [], b = [], c = []] = someCloses(3, 61, 0, 7);
    const young = a.map((close, day) => (day < 35 ? null : close));
    const jumped = b.map((close, day) => (day < 30 || close === null ? close : close * 1_000));
    const without = c.map((close, day) => (day === 30 ? null : close));
    expect(largestDifference([young, jumped, without], 60)).toBeLessThan(1e-12);
  });

  test('a split that nobody adjusted for counts only where both have that day', () => {
    const calm = walk(61, 3);
    const jumped = calm.map((close, day) => (day < 30 ? close : close / 7));
    const without = calm.map((close, day) => (day === 30 ? null : close));
    expect(correlationOf(jumped, calm)).toBeLessThan(0.5);
    expect(correlationOf(jumped, without)).toBeCloseTo(1, 12);
  });

  test('what moves the same way is correlated by 1, what moves the other way by −1', () => {
    const close = walk(61, 5);
    expect(correlationOf(close, close)).toBeCloseTo(1, 14);
    expect(correlationOf(close, close)).toBeLessThanOrEqual(1);
    expect(
      correlationOf(
        close,
        close.map((price) => 1_000 / price),
      ),
    ).toBeCloseTo(-1, 14);
  });

  test('only the last lookback + 1 days of everybody count', () => {
    const [a, b] = [walk(100, 1), walk(100, 2)];
    expect(correlationOf(a, b, 40)).toBe(correlationOf(a.slice(-41), b.slice(-41), 40));
  });

  test('a return over a day that only another symbol has does not exist', () => {
    // C trades on a day on which A and B do not: their step over it is no daily return.
    const [a, b, c] = [walk(40, 1), walk(40, 2), walk(40, 3)];
    const closed = (closes: number[]): Closes => closes.map((close, day) => (day === 20 ? null : close));
    const { values } = correlationsOf([aHistory('A', closed(a)), aHistory('B', closed(b)), aHistory('C', c)], 39);
    expect(values[0]).toBeCloseTo(present(independently(closed(a), closed(b)), 'a number').toNumber(), 12);
    expect(values[0]).not.toBeCloseTo(correlationOf(closed(a), closed(b), 39), 6);
  });

  test('fewer than 20 common returns are unknown, 20 are enough', () => {
    expect(COMMON_RETURNS_MIN).toBe(20);
    const [a, b] = [walk(61, 1), walk(61, 2)];
    expect(correlationOf(a.slice(0, 20), b.slice(0, 20))).toBeNaN();
    expect(correlationOf(a.slice(0, 21), b.slice(0, 21))).not.toBeNaN();
    const late = (from: number): Closes => b.map((close, day) => (day < from ? null : close));
    expect(correlationOf(a, late(41))).toBeNaN();
    expect(correlationOf(a, late(40))).not.toBeNaN();
  });

  test('without variance it is unknown: a constant price, and one that grows by the same share each day', () => {
    const close = walk(61, 1);
    const gap = close.map((price, day) => (day === 9 ? null : price));
    const still = close.map(() => 12.34);
    const growing = close.map((_, day) => 10 * 1.1 ** day);
    for (const flat of [still, growing]) {
      expect(correlationOf(close, flat)).toBeNaN();
      expect(correlationOf(gap, flat)).toBeNaN();
      expect(correlationOf(flat, flat)).toBeNaN();
    }
  });

  test('a symbol that moved only on days that the other lacks has no variance with it', () => {
    const close = walk(61, 1);
    const once = close.map((_, day) => (day < 30 ? 10 : 12));
    const without = close.map((price, day) => (day === 30 ? null : price));
    expect(correlationOf(once, without)).toBeNaN();
    expect(correlationOf(without, once)).toBeNaN();
    expect(correlationOf(once, close)).not.toBeNaN();
  });

  test('a close that is not above zero is as good as missing', () => {
    const [a, b] = [walk(61, 1), walk(61, 2)];
    const broken = b.map((close, day) => (day === 5 ? 0 : close));
    const missing = b.map((close, day) => (day === 5 ? null : close));
    expect(correlationOf(a, broken)).toBe(correlationOf(a, missing));
  });

  test('tells the last day that counts and how many pairs are unknown', () => {
    const [a, b] = [walk(61, 1), walk(61, 2)];
    const flat = a.map(() => 5);
    const three = correlationsOf([aHistory('A', a), aHistory('B', b), aHistory('C', flat)], 60);
    expect(three).toMatchObject({ asOf: 60, unknownPairs: 2 });
    expect(correlationsOf([], 60)).toEqual({ values: new Float64Array(0), unknownPairs: 0, asOf: null });
    const never = correlationsOf([aHistory('A', []), aHistory('B', [])], 60);
    expect(never).toEqual({ values: new Float64Array([Number.NaN]), unknownPairs: 1, asOf: null });
  });

  test('days are counted from 1970 and come back as dates', () => {
    expect(dayOf('1970-01-02')).toBe(1);
    expect(sessionOf(dayOf('2016-02-29'))).toBe('2016-02-29');
  });
});

describe('for any prices', () => {
  const closesOf = fc.array(fc.option(fc.integer({ min: 1, max: 1_000_000 }), { nil: null, freq: 8 }), {
    minLength: 0,
    maxLength: 50,
  });

  test('a correlation lies from −1 to 1 or is unknown, and does not depend on the order of two symbols', () => {
    fc.assert(
      fc.property(closesOf, closesOf, (a, b) => {
        const value = correlationOf(a, b, 40);
        expect(Number.isNaN(value) || Math.abs(value) <= 1).toBe(true);
        const other = correlationOf(b, a, 40);
        if (Number.isNaN(value)) expect(other).toBeNaN();
        else expect(Math.abs(other - value)).toBeLessThan(1e-12);
      }),
    );
  });

  test('it does not matter in which currency a symbol is priced', () => {
    fc.assert(
      fc.property(closesOf, closesOf, fc.double({ min: 0.01, max: 100, noNaN: true }), (a, b, factor) => {
        const value = correlationOf(a, b, 40);
        const scaled = correlationOf(
          a.map((close) => (close === null ? null : close * factor)),
          b,
          40,
        );
        if (Number.isNaN(value)) expect(scaled).toBeNaN();
        else expect(Math.abs(scaled - value)).toBeLessThan(1e-9);
      }),
    );
  });

  test('it does not matter what else is in the matrix, as long as it trades on the same days', () => {
    const days = 45;
    const closed = fc.array(fc.integer({ min: 100, max: 200 }), { minLength: days, maxLength: days });
    fc.assert(
      fc.property(closed, closed, closed, (a, b, c) => {
        const { values } = correlationsOf([aHistory('A', a), aHistory('C', c), aHistory('B', b)], days - 1);
        const alone = correlationOf(a, b, days - 1);
        const among = present(values[1], 'A with B');
        if (Number.isNaN(alone)) expect(among).toBeNaN();
        else expect(among).toBeCloseTo(alone, 13);
      }),
    );
  });
});
