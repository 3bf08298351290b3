import { present } from '#domain/assert';
import type { LimitFigure } from '#domain/limit-figure';
import {
  add,
  compare,
  isNegative,
  isPositive,
  isZero,
  leavesOf,
  magnitudeOf,
  maxOf,
  roundToMultiple,
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

/** The use of the limits a check is about, where it is about any and they are known. */
export type Figures = readonly LimitFigure[];

const withFigures = (verdict: CheckVerdict, figures: Figures): CheckVerdict =>
  figures.length === 0 ? verdict : { ...verdict, figures: [...figures] };

export const pass = (check: CheckName, figures: Figures = []): CheckVerdict =>
  withFigures({ check, verdict: 'pass' }, figures);
export const warn = (check: CheckName, reason: RiskReason, figures: Figures = []): CheckVerdict =>
  withFigures({ check, verdict: 'warn', reason }, figures);
export const deny = (check: CheckName, reason: RiskReason, figures: Figures = []): CheckVerdict =>
  withFigures({ check, verdict: 'deny', reason }, figures);
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
  const closable = closableOf(context);
  return !isZero(closable) && compare(openOf(context), closable) <= 0;
}

/** The most that the request may have open and still only reduce; zero where it can not reduce. */
function closableOf(context: RiskContext): Quantity {
  const { position } = context;
  const leg = mainLegOf(context);
  if (legsOf(context).length > 1 || position === null || isZero(position)) return ZERO_QUANTITY;
  if ((leg.side === 'SELL') !== isPositive(position)) return ZERO_QUANTITY;
  // What protects the position stands beside the order that closes it, and shrinks with each of its fills.
  const closing = isExitRole(leg.role) ? ZERO_QUANTITY : leavesOn(context, leg.side);
  return leavesOf(magnitudeOf(position), closing);
}

/** What the other orders of a side have open at worst. */
export function leavesOn({ buyLeaves, sellLeaves }: RiskContext, side: Side): Quantity {
  return side === 'BUY' ? buyLeaves : sellLeaves;
}

/** What the main order would have open after approval. */
export function openOf(context: RiskContext): Quantity {
  const { subject } = context;
  const { quantity } = mainLegOf(context);
  return subject.action === 'modify' ? leavesOf(quantity, subject.filled) : quantity;
}

/**
 * True for what can make a position larger: limits of exposures and losses are about these alone. What protects a position
 * only ever closes it, also while it waits for its entry.
 */
export function addsRisk(context: RiskContext): boolean {
  return !isExitRole(mainLegOf(context).role) && !isReducing(context);
}

/**
 * The largest quantity the order may have, where a limit lets it have `open` open: in the instrument's increments, what has
 * filled included, and never less than what only reduces.
 */
export function largestOf(context: RiskContext, open: Quantity): Quantity {
  const { instrument, subject } = context;
  const most = maxOf(open, closableOf(context));
  const whole = subject.action === 'modify' ? add(most, subject.filled) : most;
  return instrument === null ? whole : roundToMultiple(whole, instrument.sizeIncrement, 'down');
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
