import { assertNever } from '#domain/assert';
import type { ClusterMember } from '#domain/exposure';
import type { LimitFigure } from '#domain/limit-figure';
import { compare, minOf, ZERO_QUANTITY, type Money, type Quantity } from '#domain/money';
import type { LimitSource } from '#domain/limit-source';
import { figuresOf, isOverridable, largestPassing, type RiskDecision } from '#domain/risk-decision';
import { LOSS_WARN_AT_SHARE, shareOf, WARN_AT_SHARE } from '#renderer/stores/limit-shares';

/** Clusters shown for one order: those nearest to their limits. */
const CLUSTERS_SHOWN_MAX = 3;

/** One limit before and after the order. */
export interface RiskRow {
  readonly name: string;
  readonly before: Money | Quantity;
  readonly after: Money | Quantity;
  readonly limit: Money | Quantity;
  /** Shares of the limit. */
  readonly beforeShare: number;
  readonly afterShare: number;
  readonly warnAt: number;
  /** It would grow beyond its limit: what the engine denies. One that was over it already and shrinks passes. */
  readonly severity: 'pass' | 'warn' | 'deny';
  readonly source: LimitSource;
  /** `sh`, or empty for money. */
  readonly unit: string;
  /** The names that count in it, where it is about correlated symbols. */
  readonly cluster: { readonly members: readonly ClusterMember[]; readonly others: number } | null;
}

/** The numbers of a decision, for the bars of ticket and dialogs. The verdicts are the engine's and are not redone here. */
export interface RiskFigures {
  readonly limits: readonly RiskRow[];
  /** Clusters farther from their limits, which are not among `limits`. */
  readonly clustersLeftOut: number;
  /** The largest quantity within all limits; null when it is not known. */
  readonly largest: Quantity | null;
}

export function riskFiguresOf(decision: Pick<RiskDecision, 'context' | 'verdicts'>): RiskFigures {
  const { subject, settings } = decision.context;
  const figures = figuresOf(decision).map((figure) => rowOf(figure, decision));
  const clusters = figures
    .filter(({ cluster }) => cluster !== null)
    .sort((a, b) => b.afterShare - a.afterShare || a.name.localeCompare(b.name));
  const shown = new Set(clusters.slice(0, CLUSTERS_SHOWN_MAX));
  const limits = figures.filter((row) => row.cluster === null || shown.has(row));
  const before = subject.action === 'modify' ? subject.before.quantity : ZERO_QUANTITY;
  const after = subject.action === 'modify' ? subject.after : subject.legs[0];
  if (after !== undefined) {
    const shares = {
      beforeShare: shareOf(before, settings.maxOrderQuantity),
      afterShare: shareOf(after.quantity, settings.maxOrderQuantity),
    };
    limits.push({
      ...{ name: 'Order quantity', before, after: after.quantity, limit: settings.maxOrderQuantity },
      ...{ ...shares, warnAt: WARN_AT_SHARE, source: 'global', unit: 'sh', cluster: null },
      severity: severityOf(shares, WARN_AT_SHARE),
    });
  }
  const passing = sizeDecides(decision) ? largestPassing(decision) : null;
  return {
    limits,
    clustersLeftOut: clusters.length - shown.size,
    largest: passing === null ? null : minOf(passing, settings.maxOrderQuantity),
  };
}

/** True when a smaller order could pass: nothing denies it but limits of amount. */
function sizeDecides({ verdicts }: Pick<RiskDecision, 'verdicts'>): boolean {
  return verdicts.every(
    ({ check, verdict }) =>
      (verdict !== 'deny' && verdict !== 'cannot-know') || check === 'quantity' || isOverridable(check),
  );
}

function rowOf(figure: LimitFigure, decision: Pick<RiskDecision, 'context' | 'verdicts'>): RiskRow {
  const { before, after, limit, source, limitName, of, unit } = figure;
  const shares = { beforeShare: shareOf(before, limit), afterShare: shareOf(after, limit) };
  const warnAt = limitName === 'daily-loss' ? LOSS_WARN_AT_SHARE : WARN_AT_SHARE;
  return {
    ...{ before, after, limit, source, warnAt, ...shares },
    name: nameOf(figure, decision.context.subject.symbol),
    severity: severityOf(shares, warnAt),
    unit: unit === 'units' ? 'sh' : '',
    cluster: limitName === 'correlated-exposure' ? clusterOf(of, decision) : null,
  };
}

/** A limit in few words: the ticket stands for its symbol, so only another one is named. */
function nameOf({ limitName, of }: LimitFigure, symbol: string): string {
  switch (limitName) {
    case 'order-exposure':
      return 'Order exposure';
    case 'position':
      return 'Position';
    case 'gross-exposure':
      return 'Gross exposure';
    case 'sector-exposure':
      return `Sector ${of}`;
    case 'correlated-exposure':
      return of === symbol ? 'Correlated' : `Correlated ${of}`;
    case 'daily-loss':
      return of === symbol ? 'Daily loss' : 'Daily loss, account';
    default:
      return assertNever(limitName);
  }
}

function severityOf(
  { beforeShare, afterShare }: Pick<RiskRow, 'beforeShare' | 'afterShare'>,
  warnAt: number,
): RiskRow['severity'] {
  if (afterShare > 1 && afterShare > beforeShare) return 'deny';
  return afterShare >= warnAt ? 'warn' : 'pass';
}

/** What counts in the cluster around `symbol`, in the direction that is nearest to its limit. */
function clusterOf(
  symbol: string,
  { context }: Pick<RiskDecision, 'context'>,
): { readonly members: readonly ClusterMember[]; readonly others: number } {
  const found = (context.exposure?.clusters ?? []).filter((cluster) => cluster.symbol === symbol);
  const [first] = found.sort((a, b) => compare(b.before, a.before));
  if (first === undefined) return { members: [], others: 0 };
  const { members, others } = first;
  // A cluster of its own symbol alone counts nobody else.
  const alone = others === 0 && members.every((member) => member.symbol === symbol);
  return { members: alone ? [] : members, others };
}
