import { Decimal } from 'decimal.js';
import * as z from 'zod';
import type { Brand } from '#domain/brand';
import { addSmall, compareSmall, multiplySmall, subtractSmall, timesWithin } from '#domain/small-decimal';

/**
 * Amounts are canonical decimal strings: plain notation, no exponent, no trailing zeros, no leading `+`, never `-0`.
 * Canonical text makes equality `===`, survives JSON byte for byte, and can not hold a binary rounding error.
 */

/** A price per unit, in the instrument's currency. May be negative (spreads, some futures). */
export type Price = Brand<string, 'Price'>;
/** An amount of shares or contracts, never negative. */
export type Quantity = Brand<string, 'Quantity'>;
/** A position or a change of one: positive long, negative short. */
export type SignedQuantity = Brand<string, 'SignedQuantity'>;
/** An amount of money in a currency that stands beside it. */
export type Money = Brand<string, 'Money'>;
/** A plain ratio: 0.05 is five percent. */
export type Ratio = Brand<string, 'Ratio'>;
/** A percentage: 2 is two percent. */
export type Percent = Brand<string, 'Percent'>;

type Amount = Price | Quantity | SignedQuantity | Money | Ratio | Percent;

const D = Decimal.clone({ precision: 40, rounding: Decimal.ROUND_HALF_EVEN, toExpNeg: -40, toExpPos: 40 });
/** Decimals of an amount; products are rounded to them. */
const DECIMALS_MAX = 16;
/**
 * Digits before the point of what a person may enter. Every figure computed from such numbers stays far within what an
 * amount may have, so that no request can make a figure that the journal would not read back.
 */
const ENTERED_WHOLE_DIGITS_MAX = 12;
/** The longest amount text: sign, 60 digits, point, 16 decimals. */
const AMOUNT_LENGTH_MAX = 78;
const PLAIN_DECIMAL = /^[+-]?(\d{1,60}(\.\d{0,16})?|\.\d{1,16})$/;
const CANONICAL = /^(0|-?(0\.\d{0,15}[1-9]|[1-9]\d{0,59}(\.\d{0,15}[1-9])?))$/;

function canonical(value: Decimal): string {
  return value.isZero() ? '0' : value.toFixed();
}

function parseAmount(text: string): string | undefined {
  if (CANONICAL.test(text)) return text;
  if (text.length > AMOUNT_LENGTH_MAX || !PLAIN_DECIMAL.test(text)) return undefined;
  return canonical(new D(text));
}

function amountSchema<T extends Amount>(what: string, allowed: (text: string) => boolean): z.ZodType<T, string> {
  return z.string().transform((text, context): T => {
    const value = parseAmount(text);
    if (value !== undefined && allowed(value)) return value as T;
    context.addIssue({ code: 'custom', message: `expected ${what}, got "${text.slice(0, AMOUNT_LENGTH_MAX)}"` });
    return z.NEVER;
  });
}

const anySign = (): boolean => true;
const notNegative = (text: string): boolean => !text.startsWith('-');
const enterable = (text: string): boolean => text.replace(/^-|\..*$/g, '').length <= ENTERED_WHOLE_DIGITS_MAX;

export const priceSchema = amountSchema<Price>('a price such as 150.25', anySign);
export const quantitySchema = amountSchema<Quantity>('a quantity such as 10, zero or more', notNegative);
export const signedQuantitySchema = amountSchema<SignedQuantity>('a signed quantity such as -10', anySign);
export const moneySchema = amountSchema<Money>('an amount of money such as 1000.50', anySign);
export const ratioSchema = amountSchema<Ratio>('a ratio such as 0.05', anySign);

/** A price and a quantity as people enter them. */
export const enteredPriceSchema = amountSchema<Price>('a price such as 150.25, at most 12 digits', enterable);
export const enteredQuantitySchema = amountSchema<Quantity>(
  'a quantity such as 10, zero or more, at most 12 digits',
  (text) => notNegative(text) && enterable(text),
);

/** An amount of money as people enter it: a limit, never negative. */
export const enteredMoneySchema = amountSchema<Money>(
  'an amount of money such as 1000.50, zero or more, at most 12 digits',
  (text) => notNegative(text) && enterable(text),
);

/** A percentage above 0 and below 100: 2 is two percent. */
export const percentSchema = amountSchema<Percent>(
  'a percentage above 0 and below 100, such as 2',
  (text) => notNegative(text) && text !== '0' && new D(text).lessThan(100),
);

/** Mints an amount from text. @throws ZodError naming what was expected. */
export const price = (text: string): Price => priceSchema.parse(text);
export const quantity = (text: string): Quantity => quantitySchema.parse(text);
export const signedQuantity = (text: string): SignedQuantity => signedQuantitySchema.parse(text);
export const money = (text: string): Money => moneySchema.parse(text);
export const ratio = (text: string): Ratio => ratioSchema.parse(text);
export const percent = (text: string): Percent => percentSchema.parse(text);

export const ZERO_QUANTITY: Quantity = quantity('0');
export const ZERO_POSITION: SignedQuantity = signedQuantity('0');
export const ZERO_MONEY: Money = money('0');

/**
 * The decimal text of a double that was itself printed from decimal text (what a broker's wire gives us): the
 * shortest text that reads back as the same double, which is the text that was sent.
 * @returns undefined for NaN, infinities and the "unset" sentinels of IBKR (Double.MAX, Int.MAX, Long.MAX).
 */
export function decimalTextOf(value: number | undefined): string | undefined {
  if (value === undefined || !Number.isFinite(value)) return undefined;
  const size = Math.abs(value);
  if (size === Number.MAX_VALUE || size === 2_147_483_647 || size >= 9.2e18) return undefined;
  const text = String(value);
  return CANONICAL.test(text) ? text : canonical(new D(text).toDecimalPlaces(DECIMALS_MAX));
}

/** The price a wire double stands for; undefined when it is unset. */
export function priceFromNumber(value: number | undefined): Price | undefined {
  return decimalTextOf(value) as Price | undefined;
}

/** The quantity a wire double stands for; undefined when it is unset or negative. */
export function quantityFromNumber(value: number | undefined): Quantity | undefined {
  const text = decimalTextOf(value);
  return text === undefined || text.startsWith('-') ? undefined : (text as Quantity);
}

/** The position a wire double stands for; undefined when it is unset. */
export function signedQuantityFromNumber(value: number | undefined): SignedQuantity | undefined {
  return decimalTextOf(value) as SignedQuantity | undefined;
}

/** The money a wire double stands for; undefined when it is unset. */
export function moneyFromNumber(value: number | undefined): Money | undefined {
  return decimalTextOf(value) as Money | undefined;
}

/** The amount that so many whole cents are. */
export function moneyOf(cents: number): Money {
  const magnitude = Math.abs(cents);
  const part = magnitude % 100;
  const whole = String((magnitude - part) / 100);
  const sign = cents < 0 ? '-' : '';
  if (part === 0) return `${sign}${whole}` as Money;
  const decimals = part % 10 === 0 ? String(part / 10) : String(part).padStart(2, '0');
  return `${sign}${whole}.${decimals}` as Money;
}

/** `a + b` of one kind. */
export function add<T extends Amount>(a: T, b: T): T {
  return (addSmall(a, b) ?? canonical(new D(a).plus(b))) as T;
}

/** `a − b` of one kind. For quantities the caller states that `a ≥ b`; see `leavesOf` for the clamped form. */
export function subtract<T extends Price | SignedQuantity | Money | Ratio>(a: T, b: T): T {
  return (subtractSmall(a, b) ?? canonical(new D(a).minus(b))) as T;
}

/** `a − b`, never below zero: what is left of a quantity, or of a limit. */
export function leavesOf<T extends Quantity | Money>(a: T, b: T): T {
  const left = subtractSmall(a, b) ?? canonical(new D(a).minus(b));
  return (left.startsWith('-') ? '0' : left) as T;
}

/** −1, 0 or 1 as `a` is below, at or above `b`. */
export function compare<T extends Amount>(a: T, b: T): -1 | 0 | 1 {
  if (a === b) return 0;
  return compareSmall(a, b) ?? (new D(a).lessThan(b) ? -1 : 1);
}

export const isZero = (a: Amount): boolean => a === '0';
export const isNegative = (a: Amount): boolean => a.startsWith('-');
export const isPositive = (a: Amount): boolean => a !== '0' && !a.startsWith('-');

/** The larger of two amounts of one kind. */
export function maxOf<T extends Amount>(a: T, b: T): T {
  return compare(a, b) >= 0 ? a : b;
}

/** The smaller of two amounts of one kind. */
export function minOf<T extends Amount>(a: T, b: T): T {
  return compare(a, b) <= 0 ? a : b;
}

/** |a| of a position. */
export function magnitudeOf(a: SignedQuantity): Quantity {
  return (isNegative(a) ? a.slice(1) : a) as unknown as Quantity;
}

/** −a of a position: what is short, counted as what is long. */
export function negated(a: SignedQuantity): SignedQuantity {
  if (isZero(a)) return a;
  return (isNegative(a) ? a.slice(1) : `-${a}`) as unknown as SignedQuantity;
}

/** |a| of an amount of money. */
export function absoluteMoney(a: Money): Money {
  return (isNegative(a) ? a.slice(1) : a) as unknown as Money;
}

/** A quantity as a change of position: + for BUY, − for SELL. */
export function signedBy(side: 'BUY' | 'SELL', q: Quantity): SignedQuantity {
  return (side === 'BUY' || isZero(q) ? q : `-${q}`) as unknown as SignedQuantity;
}

/** price × quantity × multiplier, in the instrument's currency; 16 decimal places. */
export function notionalOf(p: Price, q: Quantity | SignedQuantity, multiplier: Quantity): Money {
  const each = multiplySmall(p, q, DECIMALS_MAX);
  const small = each === undefined ? undefined : multiplySmall(each, multiplier, DECIMALS_MAX);
  return (small ?? canonical(new D(p).times(q).times(multiplier).toDecimalPlaces(DECIMALS_MAX))) as Money;
}

/** An amount in points times what a point is worth; 16 decimal places. */
export function worthOfPoints(points: Money, multiplier: Quantity): Money {
  return canonical(new D(points).times(multiplier).toDecimalPlaces(DECIMALS_MAX)) as Money;
}

/** An amount times a ratio; 16 decimal places. */
export function scaledBy<T extends Price | Money>(a: T, by: Ratio): T {
  return (multiplySmall(a, by, DECIMALS_MAX) ?? canonical(new D(a).times(by).toDecimalPlaces(DECIMALS_MAX))) as T;
}

/** `percent` of `a`: 2 of 150 is 3; 16 decimal places. */
export function percentOf<T extends Price | Money | Quantity>(a: T, by: Percent): T {
  return canonical(new D(a).times(by).div(100).toDecimalPlaces(DECIMALS_MAX)) as T;
}

/** The percentage that a double stands for; undefined outside 0 to 100. */
export function percentFromNumber(value: number | undefined): Percent | undefined {
  return percentSchema.safeParse(decimalTextOf(value)).data;
}

/** `a / b` rounded to 12 decimal places, or undefined when `b` is zero. */
export function ratioOf<T extends Price | Money | Quantity>(a: T, b: T): Ratio | undefined {
  return isZero(b) ? undefined : (canonical(new D(a).div(b).toDecimalPlaces(12)) as Ratio);
}

/** The largest whole number of units of `unit` that `amount` pays for; undefined when the unit is zero or less. */
export function unitsWithin(amount: Money, unit: Money): Quantity | undefined {
  if (!isPositive(unit)) return undefined;
  if (!isPositive(amount)) return ZERO_QUANTITY;
  return (timesWithin(amount, unit) ?? canonical(new D(amount).div(unit).floor())) as Quantity;
}

/** True when `a` is a whole multiple of `step` (step above zero). */
export function isMultipleOf<T extends Price | Quantity>(a: T, step: T): boolean {
  return new D(a).mod(step).isZero();
}

/** `a` moved down (or up) to the nearest multiple of `step` (step above zero). */
export function roundToMultiple<T extends Price | Quantity>(a: T, step: T, direction: 'down' | 'up'): T {
  const steps = new D(a).div(step);
  return canonical((direction === 'down' ? steps.floor() : steps.ceil()).times(step)) as T;
}

/** The mean price of fills: Σ price×quantity / Σ quantity, 12 decimal places; undefined without fills. */
export function averagePriceOf(
  fills: readonly { readonly price: Price; readonly quantity: Quantity }[],
): Price | undefined {
  let value = new D(0);
  let total = new D(0);
  for (const fill of fills) {
    value = value.plus(new D(fill.price).times(fill.quantity));
    total = total.plus(fill.quantity);
  }
  return total.isZero() ? undefined : (canonical(value.div(total).toDecimalPlaces(12)) as Price);
}

/** For display and charts only: the nearest double. Never for a decision. */
export function toNumber(a: Amount): number {
  return Number(a);
}

/** `a` with exactly `places` decimals, for display. */
export function toFixedPlaces(a: Amount, places: number): string {
  return new D(a).toFixed(places);
}

/** How many decimals a tick of `increment` needs: 0.01 → 2, 0.25 → 2, 1 → 0. */
export function decimalPlacesOf(increment: Price | Quantity): number {
  const point = increment.indexOf('.');
  return point === -1 ? 0 : increment.length - point - 1;
}
