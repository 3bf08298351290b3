import type { DecisionId } from '#domain/ids';
import { err, ok, type Result } from '#domain/result';
import type { RiskApproved, RiskContext, RiskDecision } from '#domain/risk-decision';
import { collar } from '#engine/risk/checks/collar';
import { connection } from '#engine/risk/checks/connection';
import { duplicate } from '#engine/risk/checks/duplicate';
import { freshness } from '#engine/risk/checks/freshness';
import { geometry } from '#engine/risk/checks/geometry';
import { instrument } from '#engine/risk/checks/instrument';
import { notional } from '#engine/risk/checks/notional';
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
  // The one cast to the permission type: its brand exists in no other place.
  return ok({ value, decisionId: decision.id } as RiskApproved<T>);
}
