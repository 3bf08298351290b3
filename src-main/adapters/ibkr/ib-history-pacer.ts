import type { BarQuery, BarSize } from '#domain/bar';
import { epochMs, laterBy, type EpochMs } from '#domain/ids';

/** At most `max` requests of one scope in any `windowMs`. */
interface Limit {
  readonly scope: string;
  readonly max: number;
  readonly windowMs: number;
}

/** Our own: of the 50 messages a second that IBKR takes, orders have 40. */
const ALL = { max: 5, windowMs: 1_000 } as const;
/** The sixth within two seconds is a violation. Source: IBKR API, pacing violations. */
const ONE_CONTRACT = { max: 5, windowMs: 2_000 } as const;
/**
 * IBKR's limit for bars of 30 seconds or less, and from one minute up it slows down whom it finds too busy. Ours begin at
 * one minute; the smallest keep to it.
 */
const SMALL_BARS = { max: 60, windowMs: 600_000 } as const;
const SMALL: BarSize = '1 min';
const WINDOW_MS_MAX = SMALL_BARS.windowMs;

function limitsOf({ instrument, barSize, what }: BarQuery): readonly Limit[] {
  const limits: Limit[] = [
    { scope: 'all', ...ALL },
    { scope: `${instrument.conId} ${what}`, ...ONE_CONTRACT },
  ];
  return barSize === SMALL ? [...limits, { scope: 'small', ...SMALL_BARS }] : limits;
}

/** Knows when the next request for bars may go to IBKR. Holds no timer. */
export class HistoryPacer {
  /** The latest moments at which requests of a scope were sent: as many as the scope's limit counts, oldest first. */
  readonly #sent = new Map<string, readonly EpochMs[]>();

  /** When a request for `query` may be sent at the earliest. */
  earliest(query: BarQuery): EpochMs {
    const moments = limitsOf(query).map(({ scope, max, windowMs }) => {
      const counted = this.#sent.get(scope)?.at(-max);
      return counted === undefined ? epochMs(0) : laterBy(counted, windowMs);
    });
    return epochMs(Math.max(...moments));
  }

  /** A request for `query` is sent at `now`. */
  note(query: BarQuery, now: EpochMs): void {
    for (const [scope, moments] of this.#sent) {
      if (moments.every((at) => now - at >= WINDOW_MS_MAX)) this.#sent.delete(scope);
    }
    for (const { scope, max } of limitsOf(query)) {
      this.#sent.set(scope, [...(this.#sent.get(scope) ?? []), now].slice(-max));
    }
  }
}
