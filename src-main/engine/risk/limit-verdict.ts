import type { LimitFigure } from '#domain/limit-figure';
import { compare, ratio, ratioOf, type Money, type Quantity, type Ratio } from '#domain/money';
import type { CheckName, CheckVerdict, RiskReason } from '#domain/risk-decision';
import { deny, pass, warn } from '#engine/risk/risk-check';

/** Share of a limit from which its check warns. */
const WARN_AT: Ratio = ratio('0.8');

/** True when a limit is passed, and by more than before: what was beyond it already may stay so, not grow. */
export function isWorse<T extends Quantity | Money>(before: T, after: T, limit: T): boolean {
  return compare(after, limit) > 0 && compare(after, before) > 0;
}

/** True from 80 % of a limit, or `share` of it; always where the limit is zero. */
export function isNear<T extends Quantity | Money>(used: T, limit: T, share: Ratio = WARN_AT): boolean {
  const part = ratioOf(used, limit);
  return part === undefined || compare(part, share) >= 0;
}

/** What a check of one limit says of an order that adds: it denies what makes it worse, and warns from 80 % on. */
export function limitVerdict(check: CheckName, figure: LimitFigure, reason: RiskReason): CheckVerdict {
  const { before, after, limit } = figure;
  if (isWorse<Quantity | Money>(before, after, limit)) return deny(check, reason, [figure]);
  return isNear<Quantity | Money>(after, limit) ? warn(check, reason, [figure]) : pass(check, [figure]);
}
