import { present } from '#domain/assert';

/** A correlation wants at least this many common returns; with fewer it is unknown. */
export const COMMON_RETURNS_MIN = 20;
const DAY_MS = 24 * 60 * 60 * 1000;
/**
 * Returns that lie this close to their mean do not vary: what is left is the rounding of a close and of its logarithm,
 * a few 1e-16, and the smallest step of a real price is larger by far.
 */
const ROUNDING = 1e-14;
/**
 * Below this share of its variance a row has lost so much by the days that the other one lacks, that taking them off
 * would cost digits: that pair is computed from its common returns.
 */
const VARIANCE_LEFT_MIN = 0.01;

/** The daily closes of a symbol as typed arrays, so that they can cross to another thread. */
export interface PriceHistory {
  readonly symbol: string;
  /** Days since 1970 of its completed sessions, ascending. */
  readonly days: Int32Array;
  /** Adjusted for splits and dividends; one that is not above zero is as good as missing. */
  readonly closes: Float64Array;
}

/** What the closes of several symbols say of one another. */
export interface Correlations {
  /** The upper triangle without the diagonal, row by row (see `pairIndex`); NaN is unknown. */
  readonly values: Float64Array<ArrayBuffer>;
  readonly unknownPairs: number;
  /** The last day that counts, in days since 1970; null: there is none. */
  readonly asOf: number | null;
}

/** The day of a session's date, counted from 1970. */
export function dayOf(session: string): number {
  return Date.parse(`${session}T00:00:00Z`) / DAY_MS;
}

/** The date of a day counted from 1970. */
export function sessionOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** Where the pair of rows `i` < `j` of `n` stands in the upper triangle. */
export function pairIndex(n: number, i: number, j: number): number {
  return (i * (2 * n - i - 1)) / 2 + (j - i - 1);
}

/**
 * Pearson correlations of daily log returns, by pairs: the calendar is the sorted union of all dates, its
 * last `lookback` + 1; a return exists iff both adjacent closes of the calendar do; a pair counts the returns that both
 * have, with means over those. Unknown below COMMON_RETURNS_MIN of them or without variance; clamped to ±1.
 */
export function correlationsOf(histories: readonly PriceHistory[], lookback: number): Correlations {
  const calendar = calendarOf(histories, lookback);
  const table = tableOf(histories, calendar);
  const values = productsOf(table);
  let unknownPairs = 0;
  for (let i = 0, pair = 0; i < table.n; i += 1) {
    for (let j = i + 1; j < table.n; j += 1, pair += 1) {
      const value = correlationOf(table, i, j, valueAt(values, pair));
      values[pair] = Math.max(-1, Math.min(1, value));
      if (Number.isNaN(value)) unknownPairs += 1;
    }
  }
  return { values, unknownPairs, asOf: calendar.at(-1) ?? null };
}

function calendarOf(histories: readonly PriceHistory[], lookback: number): Int32Array {
  const days = new Set<number>();
  for (const history of histories) for (const day of history.days) days.add(day);
  return Int32Array.from(days)
    .sort()
    .slice(-(lookback + 1));
}

/** Returns of `n` symbols over `length` steps of the calendar, row by row. */
interface ReturnTable {
  readonly n: number;
  readonly length: number;
  /** NaN where one of the two closes is missing. */
  readonly returns: Float64Array;
  /** The same centred and scaled to length 1, 0 where there is none; NaN in the rows that do not vary. One row more. */
  readonly units: Float64Array;
  /** The steps at which each row has no return. */
  readonly missing: readonly (readonly number[])[];
}

function tableOf(histories: readonly PriceHistory[], calendar: Int32Array): ReturnTable {
  const n = histories.length;
  const length = Math.max(0, calendar.length - 1);
  const returns = new Float64Array(n * length);
  const units = new Float64Array((n + 1) * length);
  const stepOfDay = new Map<number, number>();
  for (let step = 0; step < calendar.length; step += 1) stepOfDay.set(dayAt(calendar, step), step);
  const missing = histories.map(({ days, closes }, row) => {
    const aligned = new Float64Array(calendar.length).fill(Number.NaN);
    for (let at = 0; at < days.length; at += 1) {
      const step = stepOfDay.get(dayAt(days, at));
      if (step !== undefined) aligned[step] = valueAt(closes, at);
    }
    const own = returns.subarray(row * length, (row + 1) * length);
    return scaled(own, takeReturns(aligned, own), units.subarray(row * length, (row + 1) * length));
  });
  return { n, length, returns, units, missing };
}

/** Writes the returns between `closes` to `returns`. @returns the steps that have none. */
function takeReturns(closes: Float64Array, returns: Float64Array): readonly number[] {
  const missing: number[] = [];
  for (let step = 0; step < returns.length; step += 1) {
    const before = valueAt(closes, step);
    const close = valueAt(closes, step + 1);
    const isKnown = before > 0 && close > 0;
    // Near 1 the logarithm of a quotient loses what log1p of the difference keeps.
    returns[step] = isKnown ? Math.log1p((close - before) / before) : Number.NaN;
    if (!isKnown) missing.push(step);
  }
  return missing;
}

/** Writes `returns`, centred and scaled to length 1, to `unit`. @returns `missing`. */
function scaled(returns: Float64Array, missing: readonly number[], unit: Float64Array): readonly number[] {
  const count = returns.length - missing.length;
  let sum = 0;
  for (const value of returns) if (!Number.isNaN(value)) sum += value;
  const mean = sum / count;
  let squares = 0;
  for (const value of returns) if (!Number.isNaN(value)) squares += (value - mean) ** 2;
  const norm = varies(squares, count) ? Math.sqrt(squares) : Number.NaN;
  for (let step = 0; step < unit.length; step += 1) unit[step] = (valueAt(returns, step) - mean) / norm;
  for (const step of missing) unit[step] = 0;
  return missing;
}

/** The scalar products of all pairs of unit rows, four at a time: most of the work, and all of it where nothing is missing. */
function productsOf({ n, length, units }: ReturnTable): Float64Array<ArrayBuffer> {
  const products = new Float64Array((n * (n - 1)) / 2);
  const put = (i: number, j: number, value: number): void => {
    if (i < j && j < n) products[pairIndex(n, i, j)] = value;
  };
  // With an odd number of rows, the last is taken together with the empty one.
  for (let i = 0; i < n; i += 2) {
    for (let j = i; j < n; j += 2) {
      let [upLeft, upRight, downLeft, downRight] = [0, 0, 0, 0];
      const [i0, i1, j0, j1] = [i * length, (i + 1) * length, j * length, (j + 1) * length];
      for (let step = 0; step < length; step += 1) {
        const x0 = valueAt(units, i0 + step);
        const x1 = valueAt(units, i1 + step);
        const y0 = valueAt(units, j0 + step);
        const y1 = valueAt(units, j1 + step);
        upLeft += x0 * y0;
        upRight += x0 * y1;
        downLeft += x1 * y0;
        downRight += x1 * y1;
      }
      put(i, j, upLeft);
      put(i, j + 1, upRight);
      put(i + 1, j, downLeft);
      put(i + 1, j + 1, downRight);
    }
  }
  return products;
}

/** The correlation of two rows whose `product` is known: what the other one lacks is taken off each. */
function correlationOf(table: ReturnTable, i: number, j: number, product: number): number {
  const { length, missing, units } = table;
  const missingX = present(missing[i], 'a row');
  const missingY = present(missing[j], 'a row');
  if (missingX.length + missingY.length === 0) return length < COMMON_RETURNS_MIN ? Number.NaN : product;
  const x = withoutSteps(units, i * length, missingY);
  const y = withoutSteps(units, j * length, missingX);
  const n = length - missingX.length - missingY.length + countOfBoth(missingX, missingY);
  if (n < COMMON_RETURNS_MIN) return Number.NaN;
  const xx = x.squares - (x.sum * x.sum) / n;
  const yy = y.squares - (y.sum * y.sum) / n;
  if (xx < VARIANCE_LEFT_MIN || yy < VARIANCE_LEFT_MIN) return correlationOfCommon(table, i, j);
  return (product - (x.sum * y.sum) / n) / Math.sqrt(xx * yy);
}

/** Sum and squares of a unit row, which are 0 and 1, without `steps`. */
function withoutSteps(units: Float64Array, from: number, steps: readonly number[]): { sum: number; squares: number } {
  let sum = 0;
  let squares = 1;
  for (const step of steps) {
    const value = valueAt(units, from + step);
    sum -= value;
    squares -= value * value;
  }
  return { sum, squares };
}

/** How many of two ascending lists are in both. */
function countOfBoth(a: readonly number[], b: readonly number[]): number {
  let both = 0;
  let at = 0;
  for (const value of a) {
    while (at < b.length && Number(b[at]) < value) at += 1;
    if (b[at] === value) both += 1;
  }
  return both;
}

/** The correlation of two rows from the returns that both have, in two passes. */
function correlationOfCommon({ length, returns }: ReturnTable, i: number, j: number): number {
  const xs: number[] = [];
  const ys: number[] = [];
  let [sumX, sumY] = [0, 0];
  for (let step = 0; step < length; step += 1) {
    const x = valueAt(returns, i * length + step);
    const y = valueAt(returns, j * length + step);
    if (Number.isNaN(x + y)) continue;
    xs.push(x);
    ys.push(y);
    sumX += x;
    sumY += y;
  }
  const n = xs.length;
  let [xx, yy, xy] = [0, 0, 0];
  for (let at = 0; at < n; at += 1) {
    const x = Number(xs[at]) - sumX / n;
    const y = Number(ys[at]) - sumY / n;
    xx += x * x;
    yy += y * y;
    xy += x * y;
  }
  return varies(xx, n) && varies(yy, n) ? xy / Math.sqrt(xx * yy) : Number.NaN;
}

/** False when `squares`, the sum of `count` squared distances from the mean, is rounding and nothing else. */
function varies(squares: number, count: number): boolean {
  return squares > count * ROUNDING * ROUNDING;
}

// Anything more, a check included, doubles the time of the inner loops. One for each kind of array keeps them fast.
const valueAt = (values: Float64Array, index: number): number => Number(values[index]);
const dayAt = (days: Int32Array, index: number): number => Number(days[index]);
