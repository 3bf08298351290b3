import type { DecisionId } from '#domain/ids';
import type { Instrument } from '#domain/instrument';
import { compare, type Quantity } from '#domain/money';
import type { OrderRecord } from '#domain/order-record';
import { answersTo, isTrailing, stopOf, type OrderTerms } from '#domain/order-spec';
import type { Quote } from '#domain/quote';
import { err, ok, type Result } from '#domain/result';
import {
  isOverridable,
  isSameDecision,
  type CheckVerdict,
  type RiskApproved,
  type RiskContext,
  type RiskDecision,
} from '#domain/risk-decision';
import { isOnTick } from '#domain/tick-rules';
import { collar } from '#engine/risk/checks/collar';
import { connection } from '#engine/risk/checks/connection';
import { correlatedExposure } from '#engine/risk/checks/correlated-exposure';
import { dailyLoss } from '#engine/risk/checks/daily-loss';
import { duplicate } from '#engine/risk/checks/duplicate';
import { flip } from '#engine/risk/checks/flip';
import { freshness } from '#engine/risk/checks/freshness';
import { geometry } from '#engine/risk/checks/geometry';
import { grossExposure } from '#engine/risk/checks/gross-exposure';
import { instrument } from '#engine/risk/checks/instrument';
import { margin } from '#engine/risk/checks/margin';
import { marketHours } from '#engine/risk/checks/market-hours';
import { notional } from '#engine/risk/checks/notional';
import { orderCount } from '#engine/risk/checks/order-count';
import { orderRate } from '#engine/risk/checks/order-rate';
import { position } from '#engine/risk/checks/position';
import { protection } from '#engine/risk/checks/protection';
import { quantity } from '#engine/risk/checks/quantity';
import { sectorExposure } from '#engine/risk/checks/sector-exposure';
import { selfCross } from '#engine/risk/checks/self-cross';
import { short } from '#engine/risk/checks/short';
import { symbolList } from '#engine/risk/checks/symbol-list';
import { tick } from '#engine/risk/checks/tick';
import { tradingState } from '#engine/risk/checks/trading-state';
import type { RiskCheck } from '#engine/risk/risk-check';

/** Every check, in the order a person reads them. All run on every request: a denial shows everything that is wrong. */
export const RISK_CHECKS: readonly RiskCheck[] = [
  connection,
  tradingState,
  dailyLoss,
  symbolList,
  instrument,
  marketHours,
  quantity,
  tick,
  geometry,
  freshness,
  collar,
  notional,
  position,
  grossExposure,
  sectorExposure,
  correlatedExposure,
  short,
  flip,
  protection,
  orderCount,
  orderRate,
  selfCross,
  duplicate,
  margin,
];

/**
 * Decides `context` and nothing else: the same context gives the same answer, which is what `explain` relies on. One
 * denial, or one thing that can not be known, denies; a denial of a limit that a person overrides does not.
 */
export function decide(id: DecisionId, context: RiskContext): RiskDecision {
  return decideBy(RISK_CHECKS, id, context);
}

/**
 * Decides a stored decision again, by the checks that it names: one that an older release made knows fewer.
 * @returns the decision as it is made now, and whether it is the same.
 */
export function decideAgain(stored: RiskDecision): { readonly replayed: RiskDecision; readonly same: boolean } {
  const named = new Set(stored.verdicts.map(({ check }) => check));
  const checks = RISK_CHECKS.filter(({ name }) => named.has(name));
  const replayed = decideBy(checks, stored.id, stored.context);
  return { replayed, same: isSameDecision(stored, replayed) };
}

function decideBy(checks: readonly RiskCheck[], id: DecisionId, context: RiskContext): RiskDecision {
  const verdicts = checks.map(({ check }) => overridden(context, check(context)));
  const stands = verdicts.every(({ verdict }) => verdict !== 'deny' && verdict !== 'cannot-know');
  return { id, outcome: stands ? 'approved' : 'denied', verdicts, context };
}

/** A denial that the person who asks lets pass. */
function overridden(context: RiskContext, verdict: CheckVerdict): CheckVerdict {
  if (context.override === null || verdict.verdict !== 'deny' || !isOverridable(verdict.check)) return verdict;
  return { ...verdict, verdict: 'overridden' };
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
