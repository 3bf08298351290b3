import { quantity, type Quantity } from '#domain/money';
import type { OcoGroup } from '#domain/oco';

/** What one order of a group was for, what it has filled, and the steps its instrument is traded in. */
export interface OcoLegFill {
  readonly quantity: Quantity;
  readonly filled: Quantity;
  readonly increment: Quantity;
}

/** How a group shares what fills. */
export type OcoRule = Pick<OcoGroup, 'onPartialFill' | 'sharing'>;

/**
 * What each order may still fill, in whole increments, rounded down: never does too much work. `legs` stand in the order
 * of their first fills, those without one last.
 *
 * - `cancel`: once one has filled, the others nothing; it the fraction that is left.
 * - `reduce`, proportional: the fraction of its quantity that no order has filled yet.
 * - `reduce`, share for share: its quantity less the shares that any order has filled.
 */
export function allowedLeaves(rule: OcoRule, legs: readonly OcoLegFill[]): readonly Quantity[] {
  const whole = legs.reduce((product, leg) => product * units(leg.quantity), 1n);
  const free = whole - legs.reduce((sum, leg) => sum + usedOf(whole, leg), 0n);
  const filled = legs.reduce((sum, leg) => sum + units(leg.filled), 0n);
  return legs.map((leg, index) => {
    const own = units(leg.quantity);
    if (countsShares(rule)) return stepped(own - filled, leg);
    const isOver = rule.onPartialFill === 'cancel' && filled > 0n && index > 0;
    return stepped(isOver ? 0n : (own * free) / whole, leg);
  });
}

const countsShares = (rule: OcoRule): boolean => rule.onPartialFill === 'reduce' && rule.sharing === 'share-for-share';

/**
 * How much of what each order has filled is more than the group was for: that of the orders which came later. `legs`
 * stand in the order of their first fills. Share for share a group is for as many as its largest order; otherwise for one
 * order whole, or fractions of several that add up to one.
 */
export function excessOf(rule: OcoRule, legs: readonly OcoLegFill[]): readonly Quantity[] {
  if (countsShares(rule)) return excessShares(legs);
  const whole = legs.reduce((product, leg) => product * units(leg.quantity), 1n);
  let free = whole;
  return legs.map((leg) => {
    const used = usedOf(whole, leg);
    const isWithin = used <= free;
    const allowed = units(stepped((units(leg.quantity) * free) / whole, leg));
    free = isWithin ? free - used : 0n;
    return textOf(isWithin ? 0n : units(leg.filled) - allowed);
  });
}

function excessShares(legs: readonly OcoLegFill[]): readonly Quantity[] {
  let free = legs.reduce((largest, leg) => larger(largest, units(leg.quantity)), 0n);
  return legs.map((leg) => {
    const own = units(leg.quantity);
    const excess = larger(0n, units(leg.filled) - (own < free ? own : free));
    free -= units(leg.filled) - excess;
    return textOf(excess);
  });
}

/** The part of `whole`, the product of all quantities, that a leg's fills use up: exact, for its quantity divides it. */
function usedOf(whole: bigint, { quantity: of, filled }: OcoLegFill): bigint {
  return (whole / units(of)) * units(filled);
}

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** Decimals of a quantity. */
const DECIMALS = 16;
const ONE = 10n ** BigInt(DECIMALS);

/** A quantity as a whole number of its smallest decimals: fractions of fractions stay exact. */
function units(of: Quantity): bigint {
  const [whole = '0', decimals = ''] = of.split('.');
  return BigInt(whole) * ONE + BigInt(decimals.padEnd(DECIMALS, '0'));
}

function textOf(amount: bigint): Quantity {
  return quantity(`${String(amount / ONE)}.${String(amount % ONE).padStart(DECIMALS, '0')}`);
}

function stepped(amount: bigint, { increment }: OcoLegFill): Quantity {
  const step = units(increment);
  return textOf(amount > 0n ? (amount / step) * step : 0n);
}
