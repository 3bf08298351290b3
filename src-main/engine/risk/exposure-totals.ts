import { centsOf, type Cents } from '#domain/cents';
import type { Cluster, ExposureContext } from '#domain/exposure';
import type { RiskContext } from '#domain/risk-decision';
import type { ExposureLimit, OrderExposure } from '#engine/risk/order-exposure';

// What each limit of an exposure counts, for an order's instrument that has `own` in the order's direction.

/** Σ over all instruments, or over those of a sector, of the larger of long and short. */
export function sumOf(rest: Cents, { opposite }: Pick<OrderExposure, 'opposite'>): ExposureLimit['totalOf'] {
  return (own) => rest + Math.max(0, own, opposite);
}

/** What a cluster counts beside the instrument, and whether the instrument is the one in its middle. */
export interface ClusterPart {
  readonly rest: Cents;
  readonly isOwn: boolean;
  readonly isNet: boolean;
}

/** E of domain.md §5. A direction in which the middle of the cluster has nothing is no exposure. */
export function clusterTotal({ rest, isOwn, isNet }: ClusterPart, own: Cents): Cents {
  if (isOwn) return own <= 0 ? 0 : Math.max(0, rest + own);
  return Math.max(0, rest + (isNet ? own : Math.max(0, own)));
}

/** What a stored cluster counts beside the order's instrument. */
export function partOf({ settings, subject }: RiskContext, { before, own, symbol }: Cluster): ClusterPart {
  return {
    rest: centsOf(before, 'up') - centsOf(own, 'up'),
    isOwn: symbol === subject.symbol,
    isNet: settings.correlation.aggregation === 'net',
  };
}

/** What all instruments but the order's count in the gross exposure, or in its sector. */
export function restOf(whole: ExposureContext['gross'], own: ExposureContext['own']): Cents {
  return centsOf(whole, 'up') - centsOf(own, 'up');
}
