import { present } from '#domain/assert';
import {
  add,
  compare,
  isNegative,
  isPositive,
  isZero,
  leavesOf,
  magnitudeOf,
  ZERO_QUANTITY,
  type Price,
  type Quantity,
} from '#domain/money';
import { limitOf, stopOf, type OrderTerms, type Side } from '#domain/order-spec';
import type { CheckName, CheckVerdict, RiskContext, RiskLeg, RiskReason } from '#domain/risk-decision';

/**
 * One pre-trade check: looks at the context and nothing else, and says pass, warn, deny or cannot-know with the numbers
 * it used.
 */
export interface RiskCheck {
  readonly name: CheckName;
  readonly check: (context: RiskContext) => CheckVerdict;
}

export const pass = (check: CheckName): CheckVerdict => ({ check, verdict: 'pass' });
export const warn = (check: CheckName, reason: RiskReason): CheckVerdict => ({ check, verdict: 'warn', reason });
export const deny = (check: CheckName, reason: RiskReason): CheckVerdict => ({ check, verdict: 'deny', reason });
export const cannotKnow = (check: CheckName, reason: RiskReason): CheckVerdict => ({
  check,
  verdict: 'cannot-know',
  reason,
});

/** The legs as they would be after approval: all of a new order, or the changed one. */
export function legsOf(context: RiskContext): readonly RiskLeg[] {
  return context.subject.action === 'place' ? context.subject.legs : [context.subject.after];
}

/** The leg that acts first: the entry, or the changed order. */
export function mainLegOf(context: RiskContext): RiskLeg {
  return present(legsOf(context)[0], 'the first leg');
}

/**
 * True when the request can only bring the position closer to zero: opposite to it, and together with the other closing
 * orders not larger than it. A bracket is never reducing, for its exits trade back. Reducing requests are exempt from
 * exposure limits and from what needs a price, never from sanity (domain.md §5).
 */
export function isReducing(context: RiskContext): boolean {
  const { position, subject } = context;
  const [leg, ...exits] = legsOf(context);
  if (leg === undefined || exits.length > 0 || position === null || isZero(position)) return false;
  if ((leg.side === 'SELL') !== isPositive(position)) return false;
  const open = subject.action === 'modify' ? leavesOf(leg.quantity, subject.filled) : leg.quantity;
  // What protects the position stands beside the order that closes it, and shrinks with each of its fills.
  const closing = isExitRole(leg.role) ? ZERO_QUANTITY : leg.side === 'SELL' ? context.sellLeaves : context.buyLeaves;
  return compare(add(open, closing), magnitudeOf(position)) <= 0;
}

/** True for the legs that only ever close what a position has. */
export function isExitRole(role: RiskLeg['role']): boolean {
  return role !== 'parent' && role !== 'oco';
}

/** What cannot be known denies a request that adds risk, and only warns one that reduces it. */
export function unknownUnlessReducing(check: CheckName, context: RiskContext, reason: RiskReason): CheckVerdict {
  return isReducing(context) ? warn(check, reason) : cannotKnow(check, reason);
}

/** The prices a leg carries, by field. */
export function pricesOf(terms: OrderTerms): readonly { readonly field: 'limit' | 'stop'; readonly price: Price }[] {
  const limit = limitOf(terms);
  const stop = stopOf(terms);
  const prices = terms.type === 'STP TO TRAIL' ? [terms.activation, terms.trailingStop] : [];
  return [
    ...(limit === null ? [] : [{ field: 'limit' as const, price: limit }]),
    ...[...(stop === null ? [] : [stop]), ...prices].map((price) => ({ field: 'stop' as const, price })),
  ];
}

/** The price a side trades against at once: the ask for BUY, the bid for SELL; null when unknown. */
export function farTouch(context: RiskContext, side: Side): Price | null {
  if (context.quote === null) return null;
  return side === 'BUY' ? context.quote.ask : context.quote.bid;
}

export const isAboveZero = (amount: Quantity | Price): boolean => !isZero(amount) && !isNegative(amount);
