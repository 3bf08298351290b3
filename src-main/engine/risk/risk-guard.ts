import type { DecisionId } from '#domain/ids';
import type { Instrument } from '#domain/instrument';
import { compare, type Quantity } from '#domain/money';
import type { OrderRecord } from '#domain/order-record';
import { answersTo, isTrailing, stopOf, type OrderTerms } from '#domain/order-spec';
import type { Quote } from '#domain/quote';
import { err, ok, type Result } from '#domain/result';
import type { RiskApproved, RiskContext, RiskDecision } from '#domain/risk-decision';
import { isOnTick } from '#domain/tick-rules';
import { collar } from '#engine/risk/checks/collar';
import { connection } from '#engine/risk/checks/connection';
import { duplicate } from '#engine/risk/checks/duplicate';
import { freshness } from '#engine/risk/checks/freshness';
import { geometry } from '#engine/risk/checks/geometry';
import { instrument } from '#engine/risk/checks/instrument';
import { notional } from '#engine/risk/checks/notional';
import { protection } from '#engine/risk/checks/protection';
import { quantity } from '#engine/risk/checks/quantity';
import { short } from '#engine/risk/checks/short';
import { tick } from '#engine/risk/checks/tick';
import { tradingState } from '#engine/risk/checks/trading-state';
import type { RiskCheck } from '#engine/risk/risk-check';

/** Every check, in the order a person reads them. All run on every request: a denial shows everything that is wrong. */
export const RISK_CHECKS: readonly RiskCheck[] = [
  connection,
  tradingState,
  instrument,
  quantity,
  tick,
  geometry,
  freshness,
  collar,
  notional,
  short,
  protection,
  duplicate,
];

/**
 * Decides `context` and nothing else: the same context gives the same answer, which is what `explain` relies on. One
 * denial, or one thing that can not be known, denies.
 */
export function decide(id: DecisionId, context: RiskContext): RiskDecision {
  const verdicts = RISK_CHECKS.map(({ check }) => check(context));
  const stands = verdicts.every(({ verdict }) => verdict === 'pass' || verdict === 'warn');
  return { id, outcome: stands ? 'approved' : 'denied', verdicts, context };
}

/**
 * The only maker of `RiskApproved`: wraps what the approved `decision` was about.
 * @returns the decision itself as the error when it denied.
 */
export function approve<T>(decision: RiskDecision, value: T): Result<RiskApproved<T>, RiskDecision> {
  if (decision.outcome === 'denied') return err(decision);
  return ok(grant(decision.id, value));
}

/** A change that takes risk away: fewer, or a stop nearer to the market. */
export interface Tightening {
  readonly order: OrderRecord;
  readonly terms: OrderTerms;
  readonly quantity: Quantity;
  readonly instrument: Instrument;
  readonly quote: Pick<Quote, 'bid' | 'ask'> | null;
}

/**
 * Permission for a manager to take risk away, without a new decision: the one that approved the order stands, and what is
 * asked is proved to be less of it. Fewer units of the same type, or the stop of a STP or trailing order that moves in the
 * position's favour and not past the last known bid (sell) or ask (buy).
 * @returns in words what is not so as the error.
 */
export function approveTightening<T>(change: Tightening, value: T): Result<RiskApproved<T>, string> {
  const { order, quantity: after } = change;
  const { decisionId } = order;
  if (decisionId === null) return err('no decision of ours approved the order');
  if (compare(after, order.spec.quantity) > 0) return err('a larger quantity is more risk');
  if (compare(after, order.filled) <= 0) return err('so much has filled already');
  const why = whyNotTighter(change);
  return why === null ? ok(grant(decisionId, value)) : err(why);
}

function whyNotTighter({ order: { spec }, terms, instrument, quote }: Tightening): string | null {
  const before = stopOf(spec.terms);
  const after = stopOf(terms);
  if (terms.type !== spec.terms.type) return 'another order type is another risk';
  if (after === null || before === null || after === before) {
    return answersTo(terms, spec.terms) ? null : 'another price needs a decision';
  }
  if (terms.type !== 'STP' && !(isTrailing(terms) && answersTo(terms, spec.terms))) {
    return 'only the stop of an order that stays what it is moves without a decision';
  }
  const towards = spec.side === 'SELL' ? 1 : -1;
  if (compare(after, before) !== towards) return `the stop would move against the position, from ${before} to ${after}`;
  const touch = (spec.side === 'SELL' ? quote?.bid : quote?.ask) ?? null;
  if (touch === null) return 'the market is not known';
  if (compare(touch, after) !== towards) return `the stop ${after} would be past the market, ${touch}`;
  return isOnTick(instrument, after) ? null : `the stop ${after} is off tick`;
}

/** The one cast to the permission type: its brand exists in no other place. */
function grant<T>(decisionId: DecisionId, value: T): RiskApproved<T> {
  return { value, decisionId } as RiskApproved<T>;
}
