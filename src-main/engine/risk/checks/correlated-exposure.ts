import { present } from '#domain/assert';
import type { Cluster, ExposureContext } from '#domain/exposure';
import type { LimitFigure } from '#domain/limit-figure';
import type { CheckVerdict, RiskContext, RiskReason } from '#domain/risk-decision';
import { clusterTotal, partOf } from '#engine/risk/exposure-totals';
import { knownExposureOf, unknownVerdict } from '#engine/risk/exposure-verdict';
import { limitVerdict } from '#engine/risk/limit-verdict';
import { figureOf, type OrderExposure } from '#engine/risk/order-exposure';
import { addsRisk, deny, pass, warn, type RiskCheck } from '#engine/risk/risk-check';

/** This check's own name, in the words of the plan: the correlation risk guard. */
const NAME = 'correlated-exposure';

/**
 * The exposure of the order's symbol with all that is correlated to it, and of every other symbol that is correlated to it
 * with all that is correlated to that one: what AAPL adds also counts against TSLA's limit (domain.md §5).
 */
export const correlatedExposure: RiskCheck = {
  name: NAME,
  check: (context) => {
    const { exposure } = context;
    if (exposure === null) return pass(NAME);
    const order = knownExposureOf(context, exposure);
    if (!order.ok) return unknownVerdict(NAME, context, order.error);
    const figures = exposure.clusters.map((cluster) => clusterFigure(context, order.value, cluster));
    if (!addsRisk(context)) return pass(NAME, figures);
    const verdicts = exposure.clusters.map((cluster, n) =>
      clusterVerdict(context, cluster, present(figures[n], 'the figure of a cluster')),
    );
    const denied = verdicts.find(({ verdict }) => verdict === 'deny');
    if (denied?.verdict === 'deny') return { ...denied, figures };
    const lacking = lackOf(context, exposure);
    if (lacking?.code === 'CORRELATIONS_MISSING' && lacking.policy === 'deny') return deny(NAME, lacking, figures);
    const near = verdicts.find(({ verdict }) => verdict === 'warn');
    if (near?.verdict === 'warn') return { ...near, figures };
    return lacking === null ? pass(NAME, figures) : warn(NAME, lacking, figures);
  },
};

function clusterFigure(context: RiskContext, order: OrderExposure, cluster: Cluster): LimitFigure {
  const { symbol, limit, source } = cluster;
  const part = partOf(context, cluster);
  return figureOf(context, order, {
    limitName: NAME,
    of: symbol,
    source,
    limit,
    rest: part.rest,
    totalOf: (own) => clusterTotal(part, own),
  });
}

function clusterVerdict(context: RiskContext, { symbol, members, others }: Cluster, figure: LimitFigure): CheckVerdict {
  const { threshold } = context.settings.correlation;
  return limitVerdict(NAME, figure, { code: 'CORRELATED_EXPOSURE', symbol, figure, threshold, members, others });
}

/** What is to be said of how the correlations are known; null: all that matter are known, and new enough. */
function lackOf({ settings }: RiskContext, { correlations }: ExposureContext): RiskReason | null {
  if (correlations.state === 'fresh') return null;
  if (correlations.state === 'stale') return { code: 'CORRELATIONS_STALE', ageMs: correlations.ageMs };
  const { symbols } = correlations;
  const policy = settings.correlation.onMissing;
  return symbols.length === 0 ? null : { code: 'CORRELATIONS_MISSING', symbols, policy };
}
