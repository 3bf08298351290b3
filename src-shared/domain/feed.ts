import type { JournaledEvent } from '#domain/engine-event';
import type { EpochMs, Sequence } from '#domain/ids';
import type { Ratio } from '#domain/money';
import type { RiskPicture } from '#domain/pnl';
import type { DataFarm, FarmState, Quote } from '#domain/quote';
import type { StateSnapshot } from '#domain/state-snapshot';

/** Most events in one answer: more are fetched with the next pull. */
export const FEED_EVENTS_MAX = 1_024;

/** Figures of the running host, conflated to the latest value. */
export interface HostMeters {
  /** The last heartbeat's round trip to TWS in milliseconds; null before the first. */
  readonly roundTripMs: number | null;
  /** When TWS last answered a heartbeat. */
  readonly heartbeatAt: EpochMs | null;
  /** Above 0: TWS is slow, and so late is (or was) its answer to the latest heartbeat, in milliseconds. */
  readonly heartbeatLateMs: number;
  /** Messages to IBKR in the last full second, and the budget they count against. */
  readonly messagesPerSecond: number;
  readonly messagesPerSecondMax: number;
  /** Inputs that wait for the engine. */
  readonly inboxLength: number;
  /** Highest sequence that is on disk. */
  readonly durableSequence: Sequence;
  /** Account figures by IBKR's keys, e.g. NetLiquidation → "100000.00", in the base currency. */
  readonly accountValues: Readonly<Record<string, string>>;
  /** The account's own currency; null until IBKR has said. */
  readonly baseCurrency: string | null;
  /** One unit of each other currency in the base currency, by IBKR. */
  readonly exchangeRates: Readonly<Record<string, Ratio>>;
  /** IBKR's farms, as far as it spoke of them in this session. */
  readonly farms: Readonly<Partial<Record<DataFarm, FarmState>>>;
}

/** Latest values, at most 20 frames a second. */
export interface Conflated {
  /** Ascends with each change; pass it back as `conflatedAfter`. */
  readonly version: number;
  /** The host's clock, so that ages are shown by one clock. */
  readonly now: EpochMs;
  readonly quotes: readonly Quote[];
  readonly meters: HostMeters;
  /** Absent where it has not changed; null until the engine knows any of it. */
  readonly risk?: RiskPicture | null;
  /** A computation of correlations under way: `done` of `of` symbols have their prices. Absent: none. */
  readonly correlating?: { readonly done: number; readonly of: number; readonly symbol: string };
}

/** Where a replica starts: the state at `snapshot.sequence` and all latest values. */
export interface FeedStart {
  readonly snapshot: StateSnapshot;
  readonly conflated: Conflated;
}

/**
 * What is newer than a replica's position. `resync`: the position is too old (or from another run) to be continued;
 * start again from a snapshot.
 */
export type FeedAnswer =
  | { readonly kind: 'changes'; readonly entries: readonly JournaledEvent[]; readonly conflated: Conflated | null }
  | { readonly kind: 'resync' };
