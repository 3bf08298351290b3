import type { Bar, BarFailure, BarQuery, BarsAnswer } from '#domain/bar';
import { laterBy } from '#domain/ids';
import { err, ok, type Result } from '#domain/result';
import type { BrokerPort } from '#ports/broker-port';
import type { Clock } from '#ports/clock';
import type { WorkstationFailure } from '#ports/workstation-port';

/** Questions for bars that may be under way at a time. */
export const BAR_FETCHES_MAX = 32;
/** A question nobody has pulled for so long is given up; an answer that nobody came for is thrown away. */
export const BARS_UNWANTED_MS = 15_000;

interface Fetch {
  readonly aborter: AbortController;
  done: number;
  of: number;
  /** null: under way. */
  answer: Result<readonly Bar[], BarFailure> | null;
  /** Wakes those that wait for the answer. */
  readonly pulls: Set<() => void>;
  cancelEnd: () => void;
}

/**
 * Questions for bars, each asked of the broker once for everybody who has the same. Bars may take minutes: they are pulled,
 * and a pull that comes too early is told how far it is.
 */
export class BarFetches {
  readonly #broker: BrokerPort;
  readonly #clock: Clock;
  readonly #fetches = new Map<string, Fetch>();

  constructor(broker: BrokerPort, clock: Clock) {
    this.#broker = broker;
    this.#clock = clock;
  }

  /** The bars, or after `waitMs` how far they are. */
  async pull(query: BarQuery, waitMs: number): Promise<Result<BarsAnswer, WorkstationFailure>> {
    const key = keyOf(query);
    const fetch = this.#fetches.get(key) ?? this.#begin(key, query);
    if (fetch === null) {
      return err({ code: 'BUSY', reason: `More than ${BAR_FETCHES_MAX} questions for bars at once; try again.` });
    }
    fetch.cancelEnd();
    if (fetch.answer === null) await this.#news(fetch, waitMs);
    else this.#fetches.delete(key);
    const { answer, done, of } = fetch;
    if (answer === null) {
      if (fetch.pulls.size === 0) this.#endUnlessWanted(key, fetch);
      return ok({ kind: 'under-way', done, of });
    }
    const { instrument } = query;
    if (answer.ok) return ok({ kind: 'bars', instrument, bars: answer.value });
    const code = answer.error.kind === 'no-data' ? 'NOT_FOUND' : 'BROKER_UNAVAILABLE';
    return err({ code, reason: `${instrument.symbol}: ${answer.error.text}` });
  }

  #begin(key: string, query: BarQuery): Fetch | null {
    if (this.#fetches.size >= BAR_FETCHES_MAX) return null;
    const fetch: Fetch = {
      aborter: new AbortController(),
      done: 0,
      of: 0,
      answer: null,
      pulls: new Set(),
      cancelEnd: () => undefined,
    };
    this.#fetches.set(key, fetch);
    const onProgress = (done: number, of: number): void => {
      fetch.done = done;
      fetch.of = of;
    };
    void this.#broker.fetchBars(query, onProgress, fetch.aborter.signal).then((answer) => {
      fetch.answer = answer;
      // Without anybody who waits it is kept for the next pull.
      if (fetch.pulls.size > 0) this.#fetches.delete(key);
      for (const wake of fetch.pulls) wake();
    });
    return fetch;
  }

  /** Settles with the answer, or after `waitMs`. */
  #news(fetch: Fetch, waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel();
        fetch.pulls.delete(wake);
        resolve();
      };
      const cancel = this.#clock.wakeAt(laterBy(this.#clock.now(), waitMs), wake);
      fetch.pulls.add(wake);
    });
  }

  #endUnlessWanted(key: string, fetch: Fetch): void {
    fetch.cancelEnd();
    fetch.cancelEnd = this.#clock.wakeAt(laterBy(this.#clock.now(), BARS_UNWANTED_MS), () => {
      this.#fetches.delete(key);
      fetch.aborter.abort();
    });
  }
}

function keyOf({ instrument, barSize, what, sessions, regularHoursOnly }: BarQuery): string {
  return [instrument.conId, barSize, what, sessions, regularHoursOnly].join(' ');
}
