import type { Correlations, PriceHistory } from '#domain/correlation-math';

/** Correlations, and the name by which equal ones are known. */
export interface ComputedCorrelations extends Correlations {
  /** The hash of symbols, lookback and values. */
  readonly version: string;
}

/** Computes correlations where the event loop does not wait for it. */
export interface CorrelationPort {
  /** See `correlationsOf`. Rejects when the computation broke. */
  compute(histories: readonly PriceHistory[], lookback: number): Promise<ComputedCorrelations>;
}
