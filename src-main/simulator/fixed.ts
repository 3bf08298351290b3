import { assert, present } from '#domain/assert';

/** How many units make one: prices and money are whole numbers of 0.0001, so that nothing drifts. */
export const UNITS_PER_ONE = 10_000;
const DECIMALS = 4;
const MEAN_DECIMALS = 8;
const PLAIN_DECIMAL = /^(-?)(\d{1,10})(?:\.(\d*))?$/;

/** The whole number of 0.0001 that `text` stands for; undefined when it is no plain decimal or finer than 0.0001. */
export function parseUnits(text: string): number | undefined {
  const match = PLAIN_DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign, whole, fraction = ''] = match;
  const kept = fraction.slice(0, DECIMALS).padEnd(DECIMALS, '0');
  if (/[1-9]/.test(fraction.slice(DECIMALS))) return undefined;
  const size = Number(whole) * UNITS_PER_ONE + Number(kept);
  return sign === '-' && size !== 0 ? -size : size;
}

/** `units` × 0.0001 as plain decimal text without trailing zeros: 1872500 → "187.25". */
export function formatUnits(units: number): string {
  assert(Number.isSafeInteger(units), 'an amount is a whole number of 0.0001');
  const size = Math.abs(units);
  const fraction = size % UNITS_PER_ONE;
  const whole = (size - fraction) / UNITS_PER_ONE;
  const sign = units < 0 ? '-' : '';
  return fraction === 0
    ? `${sign}${String(whole)}`
    : `${sign}${String(whole)}.${withoutTrailingZeros(fraction, DECIMALS)}`;
}

/** `total / count` (total in units) as decimal text with up to 8 decimals; "0" when there is nothing to divide. */
export function meanText(total: number, count: number): string {
  if (count === 0) return '0';
  const scaled = mulDiv(total, UNITS_PER_ONE, count);
  const size = Math.abs(scaled);
  const one = UNITS_PER_ONE * UNITS_PER_ONE;
  const fraction = size % one;
  const whole = String((size - fraction) / one);
  const text = fraction === 0 ? whole : `${whole}.${withoutTrailingZeros(fraction, MEAN_DECIMALS)}`;
  return scaled < 0 ? `-${text}` : text;
}

/** a × b / c rounded half away from zero, without overflow on the way. */
export function mulDiv(a: number, b: number, c: number): number {
  assert(c !== 0, 'no division by zero');
  const product = BigInt(a) * BigInt(b);
  const divisor = BigInt(c);
  const negative = product < 0n !== divisor < 0n;
  const size = product < 0n ? -product : product;
  const by = divisor < 0n ? -divisor : divisor;
  const rounded = Number((size * 2n + by) / (by * 2n));
  return negative && rounded !== 0 ? -rounded : rounded;
}

function withoutTrailingZeros(fraction: number, decimals: number): string {
  return String(fraction).padStart(decimals, '0').replace(/0+$/, '');
}

/** The units of a price that a test or the universe wrote down. @throws InvariantError when it is no price. */
export function unitsOf(text: string): number {
  return present(parseUnits(text), `price ${text}`);
}
