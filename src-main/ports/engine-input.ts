import type { Command } from '#domain/command';
import type { CorrelationMatrix } from '#domain/correlation-matrix';
import type { CommandKey, EffectId, EpochMs, RunId } from '#domain/ids';
import type { Origin } from '#domain/order-record';
import type { RiskOverride } from '#domain/risk-override';
import type { Settings } from '#domain/settings';
import type { LimitTable } from '#domain/symbol-limits';
import type { BrokerFact, EffectOutcome } from '#ports/broker-port';

/** One input of the engine, stamped by the inbox. */
export type EngineInput = { readonly at: EpochMs } & (
  | { readonly kind: 'start'; readonly runId: RunId; readonly version: string }
  | {
      readonly kind: 'command';
      readonly key: CommandKey;
      readonly origin: Origin;
      readonly command: Command;
      /** A person lets this one pass what may be overridden; absent: nothing. */
      readonly override?: RiskOverride | null;
    }
  /**
   * Define the instrument of `symbol` and subscribe to its quotes; a wish, not a command: nothing is remembered of it.
   * `quotes` false: the definition is enough.
   */
  | { readonly kind: 'watch'; readonly symbol: string; readonly quotes?: boolean }
  | { readonly kind: 'fact'; readonly fact: BrokerFact }
  | { readonly kind: 'effect-outcome'; readonly effectId: EffectId; readonly outcome: EffectOutcome }
  | { readonly kind: 'settings'; readonly settings: Settings }
  /** What symbol_limits.json holds; `why`: it can not be used, in words, and the limits in force stay. */
  | {
      readonly kind: 'limits';
      readonly limits: LimitTable | null;
      readonly why: string;
      /** The limits of a symbol that IBKR calls by another name now went along with it. */
      readonly renamed?: { readonly from: string; readonly to: string };
    }
  /** A file that people edit can not be used, in words; empty: it can again. */
  | { readonly kind: 'file'; readonly file: 'sectors.json' | 'symbol_ids.json'; readonly why: string }
  /** The matrix to be used from now on. */
  | { readonly kind: 'correlations'; readonly matrix: CorrelationMatrix }
  /** Sectors by symbol, from sectors.json: they come before IBKR's industries. */
  | { readonly kind: 'sectors'; readonly sectors: ReadonlyMap<string, string> }
  /** The moment asked for by `nextDeadline` has come. */
  | { readonly kind: 'clock' }
  /** The journal can not be written, or an invariant is broken: nothing new may be risked; cancels still act. */
  | { readonly kind: 'halt'; readonly cause: 'journal' | 'fault'; readonly reason: string }
);
