import type { BracketOrderRequest } from '#domain/bracket';
import type { CommandKey, EffectId, EpochMs, OrderNumber, AlarmId } from '#domain/ids';
import type { Price, Quantity } from '#domain/money';
import type { Origin } from '#domain/order-record';
import type { OrderTerms, Side, TimeInForce } from '#domain/order-spec';
import type { Settings } from '#domain/settings';
import type { BrokerFact, EffectOutcome } from '#ports/broker-port';

/** A single order as a person asks for it; the account and the instrument number are filled in by the engine. */
export interface SingleOrderRequest {
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: Quantity;
  readonly terms: OrderTerms;
  readonly timeInForce: TimeInForce;
  readonly outsideRth: boolean;
}

/** A change of a live order; null keeps what is. */
export interface ModifyRequest {
  readonly number: OrderNumber;
  readonly limit: Price | null;
  readonly stop: Price | null;
  readonly quantity: Quantity | null;
  readonly timeInForce: TimeInForce | null;
}

/** What a person, a script or the window may command. Imperative and idempotent by key. */
export type Command =
  | { readonly kind: 'place-order'; readonly request: SingleOrderRequest }
  | { readonly kind: 'place-bracket'; readonly request: BracketOrderRequest }
  | { readonly kind: 'modify-order'; readonly request: ModifyRequest }
  | { readonly kind: 'cancel-orders'; readonly numbers: readonly OrderNumber[] }
  | { readonly kind: 'cancel-all'; readonly symbol: string | null; readonly keepStops: boolean }
  | { readonly kind: 'clear-alarm'; readonly alarmId: AlarmId }
  /** Define the instrument and subscribe to its quotes. */
  | { readonly kind: 'watch'; readonly symbol: string };

/** One input of the engine, stamped by the inbox. */
export type EngineInput = { readonly at: EpochMs } & (
  | { readonly kind: 'command'; readonly key: CommandKey; readonly origin: Origin; readonly command: Command }
  | { readonly kind: 'fact'; readonly fact: BrokerFact }
  | { readonly kind: 'effect-outcome'; readonly effectId: EffectId; readonly outcome: EffectOutcome }
  | { readonly kind: 'settings'; readonly settings: Settings }
  /** The moment asked for by `nextDeadline` has come. */
  | { readonly kind: 'clock' }
  /** The journal can not be written: halt, let only cancels act. */
  | { readonly kind: 'journal-failed'; readonly reason: string }
);
