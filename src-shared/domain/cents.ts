import {
  notionalOf,
  scaledBy,
  type Money,
  type Price,
  type Quantity,
  type Ratio,
  type SignedQuantity,
} from '#domain/money';

/**
 * Whole cents, or hundredths of whatever the account is kept in: sums of them are exact in a double, and cost little.
 * Only totals over many instruments are kept so; everything else is decimal text.
 */
export type Cents = number;

/** More than this of one instrument can not be summed exactly: ten billion. */
export const CENTS_MAX: Cents = 1_000_000_000_000;
const CENT_PLACES = 2;
/** Texts of at most so many characters have at most as many digits, which a double holds exactly. */
const SMALL_LENGTH_MAX = 15;
/** 10^15 is the largest power of ten that a double still divides whole numbers by without loss. */
const PLACES_MAX = 15;

/** The cents of an amount, rounded up or down where it has parts of one. Infinite where it is larger than a double. */
export function centsOf(amount: Money, towards: 'up' | 'down'): Cents {
  const isNegative = amount.startsWith('-');
  const digits = isNegative ? amount.slice(1) : amount;
  const point = digits.indexOf('.');
  if (point === -1) return Number(amount) * 100;
  const fraction = digits.slice(point + 1);
  const magnitude =
    Number(digits.slice(0, point)) * 100 + Number(fraction.slice(0, CENT_PLACES).padEnd(CENT_PLACES, '0'));
  const isAway = fraction.length > CENT_PLACES && (towards === 'up') !== isNegative;
  const cents = isAway ? magnitude + 1 : magnitude;
  return isNegative && cents !== 0 ? -cents : cents;
}

/**
 * price × quantity × multiplier × rate, rounded up to the cent: what is held at worst is never counted too low.
 * @returns null where it is more than `CENTS_MAX`, either way.
 */
export function worthOf(
  price: Price,
  quantity: Quantity | SignedQuantity,
  multiplier: Quantity,
  rate: Ratio,
): Cents | null {
  const cents =
    smallWorth(price, quantity, multiplier, rate) ??
    centsOf(scaledBy(notionalOf(price, quantity, multiplier), rate), 'up');
  return Math.abs(cents) > CENTS_MAX ? null : cents;
}

/** The same in whole numbers; undefined where they would not be exact. */
function smallWorth(...factors: readonly string[]): Cents | undefined {
  let product = 1;
  let places = -CENT_PLACES;
  for (const factor of factors) {
    if (factor === '1') continue;
    if (factor.length > SMALL_LENGTH_MAX) return undefined;
    const point = factor.indexOf('.');
    const decimals = point === -1 ? 0 : factor.length - point - 1;
    product *= point === -1 ? Number(factor) : Math.round(Number(factor) * 10 ** decimals);
    places += decimals;
    if (!Number.isSafeInteger(product)) return undefined;
  }
  if (places <= 0) return normal(product * 10 ** -places);
  if (places > PLACES_MAX) return undefined;
  const scale = 10 ** places;
  const rest = product % scale;
  const whole = (product - rest) / scale;
  return normal(rest > 0 ? whole + 1 : whole);
}

/** Never −0. */
const normal = (cents: Cents): Cents => (cents === 0 ? 0 : cents);
