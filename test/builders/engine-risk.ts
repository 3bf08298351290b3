import { clientOrderId, orderNumber } from '#domain/ids';
import { ratio, price, quantity, ZERO_POSITION, ZERO_QUANTITY } from '#domain/money';
import type { OrderTerms, Side } from '#domain/order-spec';
import type { Quote } from '#domain/quote';
import {
  NO_PORTFOLIO,
  type CheckVerdict,
  type RiskContext,
  type RiskLeg,
  type RiskSubject,
} from '#domain/risk-decision';
import { DEFAULT_SETTINGS } from '#domain/settings';
import { emptyQuote } from '#engine/market/quote-board';
import type { RiskCheck } from '#engine/risk/risk-check';
import { FRIDAY } from '#test/builders/domain-records';
import { AAPL } from '#test/builders/engine-harness';

type Limits = NonNullable<RiskContext['limits']>;
type ModifySubject = Extract<RiskSubject, { action: 'modify' }>;

export const market = { type: 'MKT' } as const satisfies OrderTerms;
export const limit = (at: string): Extract<OrderTerms, { type: 'LMT' }> => ({ type: 'LMT', limit: price(at) });
export const stop = (at: string): Extract<OrderTerms, { type: 'STP' }> => ({ type: 'STP', stop: price(at) });

/** One order of a request: DAY, an entry unless `role` says otherwise. */
export function aLegOf(side: Side, shares: string, terms: OrderTerms, role: RiskLeg['role'] = 'parent'): RiskLeg {
  return { role, side, quantity: quantity(shares), terms, timeInForce: 'DAY' };
}

/** A new order of AAPL. */
export function placing(side: Side, shares: string, terms: OrderTerms): RiskSubject {
  return { action: 'place', symbol: 'AAPL', legs: [aLegOf(side, shares, terms)] };
}

/** A new bracket on AAPL: `side` at `terms`, with a target and a stop. */
export function placingBracket(side: Side, terms: OrderTerms, target: string | null, stopAt: string): RiskSubject {
  const out = side === 'BUY' ? 'SELL' : 'BUY';
  const legs = [aLegOf(side, '10', terms)];
  if (target !== null) legs.push(aLegOf(out, '10', limit(target), 'take-profit'));
  return { action: 'place', symbol: 'AAPL', legs: [...legs, aLegOf(out, '10', stop(stopAt), 'stop-loss')] };
}

/** A change of order 7 into `after`. */
export function modifying(after: RiskLeg, change: Partial<ModifySubject> = {}): ModifySubject {
  return {
    action: 'modify',
    symbol: 'AAPL',
    orderId: clientOrderId('run1-7'),
    number: orderNumber(7),
    before: after,
    after,
    filled: quantity('0'),
    entry: null,
    exits: [],
    ...change,
  };
}

/** AAPL at 149.99 to 150.00, real-time. */
export function aQuoteOf(change: Partial<Quote> = {}): Quote {
  const touch = { bid: price('149.99'), ask: price('150'), last: price('150') };
  return { ...emptyQuote(AAPL), ...touch, kind: 'real-time', live: true, tickAt: FRIDAY, ...change };
}

/** A ready session, AAPL just quoted, a flat position, nothing working. */
export function aContext(subject: RiskSubject, change: Partial<RiskContext> = {}): RiskContext {
  return {
    at: FRIDAY,
    origin: 'window',
    subject,
    connection: { phase: 'ready', since: FRIDAY, serverVersion: 193 },
    trading: { state: 'ACTIVE', since: FRIDAY, reason: '', cause: 'person' },
    instrument: AAPL,
    quote: aQuoteOf(),
    quoteAgeMs: 0,
    position: ZERO_POSITION,
    buyLeaves: ZERO_QUANTITY,
    sellLeaves: ZERO_QUANTITY,
    protectedLeaves: ZERO_QUANTITY,
    recent: [],
    settings: DEFAULT_SETTINGS.risk,
    baseCurrency: 'USD',
    exchangeRate: ratio('1'),
    ...NO_PORTFOLIO,
    ...change,
  };
}

/** The limits in force for AAPL: all global ones, unless `change` says otherwise. */
export function limitsOf(change: Partial<Limits> = {}): Limits {
  const { maxCorrelatedExposure, maxDailyLoss, maxOrderNotional, maxPositionSize } = DEFAULT_SETTINGS.risk;
  return {
    positionSize: { value: maxPositionSize, source: 'global' },
    orderExposure: { value: maxOrderNotional, source: 'global' },
    dailyLoss: { value: maxDailyLoss, source: 'global' },
    correlationExposure: { value: maxCorrelatedExposure, source: 'global' },
    ...change,
  };
}

/** What `check` says of `subject`: its verdict, and its reason where there is one. */
export function verdictOf(check: RiskCheck, subject: RiskSubject, change: Partial<RiskContext> = {}): CheckVerdict {
  return check.check(aContext(subject, change));
}

export function passOf(check: RiskCheck): CheckVerdict {
  return { check: check.name, verdict: 'pass' };
}

/** The verdict of a check that does not simply pass. */
export function saying(
  verdict: 'warn' | 'deny' | 'cannot-know',
  check: RiskCheck,
  reason: Record<string, unknown>,
): Record<string, unknown> {
  return { check: check.name, verdict, reason };
}
