import type { EpochMs } from '#domain/ids';

/**
 * The engine's alarm clock: at most one time per key. A deadline is always derivable from the records it belongs to;
 * this is their index by time.
 */
export class DeadlineTable<Value> {
  readonly #entries = new Map<string, { readonly at: EpochMs; readonly value: Value }>();
  #next: EpochMs | null = null;

  /** The earliest deadline, or null. */
  get next(): EpochMs | null {
    return this.#next;
  }

  /** Sets the deadline of `key`, replacing an earlier or later one. */
  set(key: string, at: EpochMs, value: Value): void {
    const old = this.#entries.get(key);
    this.#entries.set(key, { at, value });
    if (old?.at === this.#next) this.#findNext();
    else if (this.#next === null || at < this.#next) this.#next = at;
  }

  /** When the deadline of `key` is; undefined without one. */
  at(key: string): EpochMs | undefined {
    return this.#entries.get(key)?.at;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** Forgets the deadline of `key`. */
  clear(key: string): void {
    const old = this.#entries.get(key);
    if (old === undefined) return;
    this.#entries.delete(key);
    if (old.at === this.#next) this.#findNext();
  }

  /** Removes and returns what is due at `now`, earliest first. */
  takeDue(now: EpochMs): readonly Value[] {
    if (this.#next === null || this.#next > now) return [];
    const due = [...this.#entries].filter(([, entry]) => entry.at <= now).sort(([, a], [, b]) => a.at - b.at);
    for (const [key] of due) this.#entries.delete(key);
    this.#findNext();
    return due.map(([, entry]) => entry.value);
  }

  #findNext(): void {
    this.#next = null;
    for (const { at } of this.#entries.values()) if (this.#next === null || at < this.#next) this.#next = at;
  }
}
