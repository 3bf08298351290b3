import type { ExposureContext } from '#domain/exposure';
import type { LimitFigure } from '#domain/limit-figure';
import { err, type Result } from '#domain/result';
import type { CheckVerdict, RiskContext, RiskReason } from '#domain/risk-decision';
import { restOf, sumOf } from '#engine/risk/exposure-totals';
import { limitVerdict } from '#engine/risk/limit-verdict';
import { figureOf, orderExposureOf, type ExposureLimit, type OrderExposure } from '#engine/risk/order-exposure';
import { addsRisk, cannotKnow, pass } from '#engine/risk/risk-check';

type SumName = 'gross-exposure' | 'sector-exposure';
type Sum = Pick<ExposureLimit, 'of' | 'limit' | 'source'> & Pick<ExposureContext['sector'], 'before'>;

/**
 * What the order is to the exposure of its instrument, where everything that is held and worked can be valued.
 * @returns as the error what is not known.
 */
export function knownExposureOf(context: RiskContext, { unknown }: ExposureContext): Result<OrderExposure, RiskReason> {
  return unknown.length > 0 ? err({ code: 'EXPOSURE_UNKNOWN', symbols: unknown }) : orderExposureOf(context);
}

/** What can not be known denies what adds risk, and nothing else. */
export function unknownVerdict(check: CheckVerdict['check'], context: RiskContext, reason: RiskReason): CheckVerdict {
  return addsRisk(context) ? cannotKnow(check, reason) : pass(check);
}

/** What a limit of the sum over several instruments says. */
export function sumVerdict(
  check: SumName,
  context: RiskContext,
  exposure: ExposureContext,
  { before, of, limit, source }: Sum,
  reasonOf: (figure: LimitFigure) => RiskReason,
): CheckVerdict {
  const order = knownExposureOf(context, exposure);
  if (!order.ok) return unknownVerdict(check, context, order.error);
  const rest = restOf(before, exposure.own);
  const totalOf = sumOf(rest, order.value);
  const figure = figureOf(context, order.value, { limitName: check, of, source, limit, rest, totalOf });
  return addsRisk(context) ? limitVerdict(check, figure, reasonOf(figure)) : pass(check, [figure]);
}
