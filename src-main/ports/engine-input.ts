import type { Command } from '#domain/command';
import type { CommandKey, EffectId, EpochMs, RunId } from '#domain/ids';
import type { Origin } from '#domain/order-record';
import type { Settings } from '#domain/settings';
import type { BrokerFact, EffectOutcome } from '#ports/broker-port';

/** One input of the engine, stamped by the inbox. */
export type EngineInput = { readonly at: EpochMs } & (
  | { readonly kind: 'start'; readonly runId: RunId; readonly version: string }
  | { readonly kind: 'command'; readonly key: CommandKey; readonly origin: Origin; readonly command: Command }
  /** Define the instrument of `symbol` and subscribe to its quotes; a wish, not a command: nothing is remembered of it. */
  | { readonly kind: 'watch'; readonly symbol: string }
  | { readonly kind: 'fact'; readonly fact: BrokerFact }
  | { readonly kind: 'effect-outcome'; readonly effectId: EffectId; readonly outcome: EffectOutcome }
  | { readonly kind: 'settings'; readonly settings: Settings }
  /** The moment asked for by `nextDeadline` has come. */
  | { readonly kind: 'clock' }
  /** The journal can not be written, or an invariant is broken: nothing new may be risked; cancels still act. */
  | { readonly kind: 'halt'; readonly cause: 'journal' | 'fault'; readonly reason: string }
);
