import { assert } from '#domain/assert';
import type { EngineEvent } from '#domain/engine-event';
import { sequence, type AccountId, type Sequence } from '#domain/ids';
import type { JournalEntry, JournalPort, JournalPosition } from '#ports/journal-port';

interface Waiter {
  readonly wanted: Sequence;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** A journal in memory whose disk works when the test says so. */
export class ManualJournal implements JournalPort<EngineEvent> {
  /** Everything appended, durable or not. */
  readonly entries: JournalEntry<EngineEvent>[] = [];
  account: AccountId | null = null;
  /** Makes everything durable the moment it is appended. */
  isPrompt = false;
  durableSequence: Sequence;
  #failure: Error | null = null;
  #waiters: Waiter[] = [];
  readonly #startedAt: Sequence;
  readonly #durableListeners = new Set<(sequence: Sequence) => void>();
  readonly #failureListeners = new Set<(error: Error) => void>();

  /** @param startedAt the last sequence of an earlier life. */
  constructor(startedAt: Sequence = sequence(0)) {
    this.#startedAt = startedAt;
    this.durableSequence = startedAt;
  }

  get position(): JournalPosition {
    const last = this.entries.at(-1)?.sequence ?? this.#startedAt;
    return { sequence: last, checksum: `checksum-${last}` };
  }

  /** How many entries wait for the disk. */
  get waiting(): number {
    return this.position.sequence - this.durableSequence;
  }

  append(entries: readonly JournalEntry<EngineEvent>[]): void {
    for (const entry of entries) {
      assert(entry.sequence === this.position.sequence + 1, 'sequences follow on without a gap');
      this.entries.push(entry);
    }
    if (this.isPrompt) this.sync();
  }

  /** The disk finishes the next `count` entries, or everything. */
  sync(count = this.waiting): void {
    if (this.#failure !== null || count === 0) return;
    this.durableSequence = sequence(Math.min(this.position.sequence, this.durableSequence + count));
    const waiting = this.#waiters;
    this.#waiters = waiting.filter(({ wanted }) => wanted > this.durableSequence);
    for (const { resolve, wanted } of waiting) if (wanted <= this.durableSequence) resolve();
    for (const listener of this.#durableListeners) listener(this.durableSequence);
  }

  /** The disk breaks: nothing more becomes durable. */
  fail(error = new Error('no space left on device')): void {
    this.#failure = error;
    for (const { reject } of this.#waiters.splice(0)) reject(error);
    for (const listener of this.#failureListeners) listener(error);
  }

  durable(wanted: Sequence): Promise<void> {
    assert(wanted <= this.position.sequence, 'only what was appended becomes durable');
    if (wanted <= this.durableSequence) return Promise.resolve();
    if (this.#failure !== null) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => this.#waiters.push({ wanted, resolve, reject }));
  }

  onDurable(listener: (sequence: Sequence) => void): () => void {
    this.#durableListeners.add(listener);
    return () => this.#durableListeners.delete(listener);
  }

  onFailure(listener: (error: Error) => void): () => void {
    if (this.#failure !== null) listener(this.#failure);
    this.#failureListeners.add(listener);
    return () => this.#failureListeners.delete(listener);
  }

  bindAccount(account: AccountId): Promise<void> {
    this.account = account;
    return Promise.resolve();
  }

  rotate(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
