import { present } from '#domain/assert';
import type { ConId } from '#domain/ids';
import type { BrokerFact } from '#ports/broker-port';
import type { EngineInput } from '#ports/engine-input';

/** Inputs that may wait before commands are turned away. Facts about orders are always kept. */
export const INBOX_LENGTH_MAX = 10_000;

/** An input before it is stamped with time. */
export type Unstamped = EngineInput extends infer Input ? (Input extends unknown ? Omit<Input, 'at'> : never) : never;
type QuoteFact = Extract<BrokerFact, { kind: 'quote' }>;

/**
 * The one queue into the engine. It is usually empty: inputs are taken at once, and wait only while the engine is at
 * work on an earlier one. Quotes that wait conflate to the latest value of each field.
 */
export class Inbox {
  readonly #queue: Unstamped[] = [];
  readonly #waitingQuotes = new Map<ConId, QuoteFact>();

  get length(): number {
    return this.#queue.length;
  }

  /** False when a command has to be turned away: BUSY. */
  get hasRoom(): boolean {
    return this.#queue.length < INBOX_LENGTH_MAX;
  }

  put(input: Unstamped): void {
    if (input.kind !== 'fact' || input.fact.kind !== 'quote') {
      this.#queue.push(input);
      return;
    }
    const { fact } = input;
    const waiting = this.#waitingQuotes.get(fact.conId);
    if (waiting === undefined) this.#queue.push(input);
    this.#waitingQuotes.set(fact.conId, { ...fact, patch: { ...waiting?.patch, ...fact.patch } });
  }

  /** Puts `input` before everything that waits. */
  putFirst(input: Unstamped): void {
    this.#queue.unshift(input);
  }

  /** The next input, or undefined when nothing waits. */
  take(): Unstamped | undefined {
    const input = this.#queue.shift();
    if (input?.kind !== 'fact' || input.fact.kind !== 'quote') return input;
    const { conId } = input.fact;
    const fact = present(this.#waitingQuotes.get(conId), 'the latest of a waiting quote');
    this.#waitingQuotes.delete(conId);
    return { kind: 'fact', fact };
  }
}
