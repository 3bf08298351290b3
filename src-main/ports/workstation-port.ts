import type { BarsAnswer, BarWish } from '#domain/bar';
import type { CorrelationPicture, CorrelationUpdate } from '#domain/correlation';
import type { Command, CommandReply, RiskyCommand } from '#domain/command';
import type { JournaledEvent } from '#domain/engine-event';
import type { FeedAnswer, FeedStart, HostMeters } from '#domain/feed';
import type { CommandKey, EpochMs, Sequence } from '#domain/ids';
import type { Instrument, InstrumentMatch } from '#domain/instrument';
import type { Origin } from '#domain/order-record';
import type { Quote } from '#domain/quote';
import type { Result } from '#domain/result';
import type { RiskPicture } from '#domain/pnl';
import type { RiskOverride } from '#domain/risk-override';
import type { RiskDecision } from '#domain/risk-decision';
import type { WorkstationState } from '#domain/workstation-state';

/** Why the workstation could not answer at all (a denial or refusal is an answer). */
export type WorkstationFailure =
  | { readonly code: 'BUSY'; readonly reason: string }
  | { readonly code: 'BROKER_UNAVAILABLE'; readonly reason: string }
  | { readonly code: 'NOT_FOUND'; readonly reason: string };

/** The running workstation, as the doors (window, browser, command line) see it. Implemented by the runtime. */
export interface WorkstationPort {
  /** Read only; changes under your hands between awaits. */
  readonly state: WorkstationState;
  readonly startedAt: EpochMs;
  now(): EpochMs;
  meters(): HostMeters;
  /** Settles once the answer is durable. The same key gives the same answer. */
  execute(
    key: CommandKey,
    origin: Origin,
    command: Command,
    override?: RiskOverride | null,
  ): Promise<Result<CommandReply, WorkstationFailure>>;
  /** Decides without sending or remembering. */
  preview(
    origin: Origin,
    command: RiskyCommand,
    wish?: { readonly override: RiskOverride | null; readonly margin: boolean },
  ): Promise<Result<RiskDecision, WorkstationFailure>>;
  riskPicture(): RiskPicture;
  correlations(): CorrelationPicture | null;
  /** Computes correlations anew; after `waitMs` the answer says how far it is, and the next call goes on. */
  updateCorrelations(
    symbols: readonly string[] | null,
    lookback: number | null,
    waitMs: number,
  ): Promise<Result<CorrelationUpdate, WorkstationFailure>>;
  /** Defines and subscribes; waits for a first tick until the deadline. */
  quote(
    symbol: string,
    waitMs: number,
  ): Promise<Result<{ readonly instrument: Instrument; readonly quote: Quote | null }, WorkstationFailure>>;
  /**
   * Defines the instrument and fetches its bars. They may take minutes: after `waitMs` the answer says how far they are,
   * and the next call with the same wish goes on. Whoever wishes the same shares the work, which ends when nobody comes
   * back for it.
   */
  fetchBars(symbol: string, wish: BarWish, waitMs: number): Promise<Result<BarsAnswer, WorkstationFailure>>;
  search(query: string): Promise<Result<readonly InstrumentMatch[], WorkstationFailure>>;
  explain(
    reference: string,
  ): Result<
    { readonly decision: RiskDecision; readonly replayed: RiskDecision; readonly same: boolean },
    WorkstationFailure
  >;
  /** Settles once everything in it is durable: no replica shows what a crash could lose. */
  feedStart(): Promise<FeedStart>;
  /** Answers when something newer than both positions is durable, or after `waitMs`. */
  changes(after: Sequence, conflatedAfter: number, waitMs: number): Promise<FeedAnswer>;
  /** Recent events, newest first. */
  history(before: Sequence | null, limit: number): readonly JournaledEvent[];
}
