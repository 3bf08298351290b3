import type { WorkstationState } from '#domain/workstation-state';
import type { ObservedFacts } from '#engine/engine-facts';
import type { DayBook } from '#engine/portfolio/day-book';
import type { ExposureBook } from '#engine/portfolio/exposure-book';

/** What is observed, and the books that are kept over it and over the ledger. */
export interface ObservedState extends ObservedFacts {
  /** Profit and loss of the running day. */
  readonly days: DayBook;
  /** Running totals of what is held and worked at worst. */
  readonly exposures: ExposureBook;
}

/** Everything the engine knows. */
export interface EngineState {
  readonly durable: WorkstationState;
  readonly observed: ObservedState;
}
