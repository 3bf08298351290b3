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
  readonly #waitingQuotes = new Map<ConId, QuoteFact & { patch: QuoteFact['patch'] }>();

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
    if (waiting !== undefined) {
      this.#waitingQuotes.set(fact.conId, { ...waiting, patch: { ...waiting.patch, ...fact.patch } });
      return;
    }
    this.#waitingQuotes.set(fact.conId, fact);
    this.#queue.push(input);
  }

  /** The next input, or undefined when nothing waits. */
  take(): Unstamped | undefined {
    const input = this.#queue.shift();
    if (input?.kind !== 'fact' || input.fact.kind !== 'quote') return input;
    const latest = this.#waitingQuotes.get(input.fact.conId) ?? input.fact;
    this.#waitingQuotes.delete(input.fact.conId);
    return { kind: 'fact', fact: latest };
  }
}
