import type { JournaledEvent } from '#domain/engine-event';
import { FEED_EVENTS_MAX, type Conflated, type FeedAnswer, type HostMeters } from '#domain/feed';
import { laterBy, type ConId, type EpochMs, type Sequence } from '#domain/ids';
import type { RiskPicture } from '#domain/pnl';
import type { Quote } from '#domain/quote';
import type { Clock } from '#ports/clock';

/** Events kept for replicas that follow; who is further behind starts again from a snapshot. */
export const FEED_RING_LENGTH = 50_000;
/** Conflated values go out at most this often: 20 frames a second. */
export const CONFLATION_MS = 50;
/** The risk of the portfolio is looked at anew at most this often: twice a second. */
export const RISK_MS = 500;

/** What the feed reads of the running host. */
export interface FeedSources {
  readonly clock: Clock;
  readonly quotes: () => ReadonlyMap<ConId, Quote>;
  readonly meters: () => HostMeters;
  readonly risk: () => RiskPicture;
  /** A computation of correlations under way; null: none. */
  readonly correlating: () => NonNullable<Conflated['correlating']> | null;
}

interface Waiter {
  readonly after: Sequence;
  readonly conflatedAfter: number;
  readonly settle: (answer: FeedAnswer) => void;
  readonly cancel: () => void;
}

/**
 * The published stream, pulled by replicas. Lossless events stand in a ring; quotes and meters keep only the latest
 * value with a version. Nothing is buffered per client.
 */
export class Feed {
  readonly #sources: FeedSources;
  readonly #ring: JournaledEvent[] = [];
  readonly #waiters = new Set<Waiter>();
  readonly #quoteVersions = new Map<ConId, number>();
  /** The latest picture of risk and the version it goes out with; `text` is what it says, its time apart. */
  #risk: { readonly picture: RiskPicture; readonly text: string; readonly version: number } | null = null;
  #isRiskOld = false;
  #cancelRisk: (() => void) | null = null;
  #version = 1;
  #conflationArmed = false;
  #cancelConflation: (() => void) | null = null;

  constructor(sources: FeedSources) {
    this.#sources = sources;
  }

  /** Durable events, in order. Waiting replicas are answered at once. */
  publish(entries: readonly JournaledEvent[]): void {
    const [first] = entries;
    if (first === undefined) return;
    const last = this.#ring.at(-1);
    // Events that a broken step left out: who follows starts again from a snapshot, which has what they did.
    if (last !== undefined && first.sequence !== last.sequence + 1) this.#ring.length = 0;
    for (const entry of entries) this.#ring.push(entry);
    if (this.#ring.length > FEED_RING_LENGTH * 1.25) this.#ring.splice(0, this.#ring.length - FEED_RING_LENGTH);
    this.#settleWaiters();
  }

  /** A quote changed; it goes out with the next frame. */
  touchQuote(conId: ConId): void {
    this.#quoteVersions.set(conId, this.#version + 1);
    this.#armConflation();
  }

  /** A meter changed; it goes out with the next frame. */
  touchMeters(): void {
    this.#armConflation();
  }

  /** What risk follows from may have changed; where that shows, it goes out within half a second. */
  touchRisk(): void {
    this.#isRiskOld = true;
    if (this.#waiters.size > 0) this.#armRisk();
  }

  /** All latest values; of those that are known at `after` what changed since. */
  conflated(after: number): Conflated {
    const { clock, correlating, meters, quotes } = this.#sources;
    const all = quotes();
    const progress = correlating();
    const changed: Quote[] = [];
    if (after === 0) changed.push(...all.values());
    else {
      for (const [conId, version] of this.#quoteVersions) {
        const quote = version > after ? all.get(conId) : undefined;
        if (quote !== undefined) changed.push(quote);
      }
    }
    if (after === 0) this.#lookAtRisk();
    const risk = this.#risk;
    return {
      version: this.#version,
      now: clock.now(),
      quotes: changed,
      meters: meters(),
      ...(risk !== null && (after === 0 || risk.version > after) ? { risk: risk.picture } : {}),
      ...(progress === null ? {} : { correlating: progress }),
    };
  }

  /** Answers when something newer than both positions exists, or empty-handed after `waitMs`. */
  changes(after: Sequence, conflatedAfter: number, waitMs: number): Promise<FeedAnswer> {
    const ready = this.#answer(after, conflatedAfter);
    if (ready !== null) return Promise.resolve(ready);
    const { clock } = this.#sources;
    return new Promise((resolve) => {
      const waiter: Waiter = {
        after,
        conflatedAfter,
        settle: (answer) => {
          this.#waiters.delete(waiter);
          waiter.cancel();
          resolve(answer);
        },
        cancel: clock.wakeAt(laterBy(clock.now(), waitMs), () => {
          waiter.settle({ kind: 'changes', entries: [], conflated: null });
        }),
      };
      this.#waiters.add(waiter);
      if (this.#isRiskOld) this.#armRisk();
    });
  }

  /** The newest events before `before` (null: all), newest first. */
  history(before: Sequence | null, limit: number): readonly JournaledEvent[] {
    const end = before === null ? this.#ring.length : this.#indexFrom(before);
    return this.#ring.slice(Math.max(0, end - limit), end).reverse();
  }

  /** Ends every waiting pull. */
  stop(): void {
    this.#cancelConflation?.();
    this.#cancelRisk?.();
    for (const waiter of [...this.#waiters]) waiter.settle({ kind: 'changes', entries: [], conflated: null });
  }

  /** Index of the first event at or after `sequence`; the ring has no gaps. */
  #indexFrom(sequence: number): number {
    const [first] = this.#ring;
    return first === undefined ? 0 : Math.min(this.#ring.length, Math.max(0, sequence - first.sequence));
  }

  #answer(after: Sequence, conflatedAfter: number): FeedAnswer | null {
    const last = this.#ring.at(-1);
    const [first] = this.#ring;
    const isBehindRing = first !== undefined && after + 1 < first.sequence;
    // Ahead of everything published, or of this process's values: the replica followed another run.
    const isAhead = conflatedAfter > this.#version || (last !== undefined && after > last.sequence);
    if (isBehindRing || isAhead) return { kind: 'resync' };
    const hasEvents = last !== undefined && last.sequence > after;
    const hasValues = this.#version > conflatedAfter;
    if (!hasEvents && !hasValues) return null;
    const from = this.#indexFrom(after + 1);
    return {
      kind: 'changes',
      entries: hasEvents ? this.#ring.slice(from, from + FEED_EVENTS_MAX) : [],
      conflated: hasValues ? this.conflated(conflatedAfter) : null,
    };
  }

  #settleWaiters(): void {
    for (const waiter of [...this.#waiters]) {
      const answer = this.#answer(waiter.after, waiter.conflatedAfter);
      if (answer !== null) waiter.settle(answer);
    }
  }

  #armRisk(): void {
    if (this.#cancelRisk !== null) return;
    const { clock } = this.#sources;
    this.#cancelRisk = clock.wakeAt(laterBy(clock.now(), RISK_MS), () => {
      this.#cancelRisk = null;
      this.#lookAtRisk();
    });
  }

  #lookAtRisk(): void {
    this.#isRiskOld = false;
    const picture = this.#sources.risk();
    const text = JSON.stringify({ ...picture, at: null });
    if (text === this.#risk?.text) return;
    this.#risk = { picture, text, version: this.#version + 1 };
    this.#armConflation();
  }

  #armConflation(): void {
    if (this.#conflationArmed) return;
    this.#conflationArmed = true;
    const { clock } = this.#sources;
    const at: EpochMs = laterBy(clock.now(), CONFLATION_MS);
    this.#cancelConflation = clock.wakeAt(at, () => {
      this.#conflationArmed = false;
      this.#version += 1;
      this.#settleWaiters();
    });
  }
}
