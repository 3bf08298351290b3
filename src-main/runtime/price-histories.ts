import type { Bar, BarFailure } from '#domain/bar';
import { dayOf, type PriceHistory } from '#domain/correlation-math';
import { laterBy, type EpochMs } from '#domain/ids';
import type { Instrument } from '#domain/instrument';
import { toNumber } from '#domain/money';
import { err, ok, type Result } from '#domain/result';
import type { BrokerPort, StopSignal } from '#ports/broker-port';
import type { Clock } from '#ports/clock';
import type { WorkstationFailure } from '#ports/workstation-port';

/** Prices are asked for again after so long, and after each close of their exchange that is known. */
export const PRICES_KEPT_MS = 12 * 60 * 60 * 1000;
/** So often a symbol's prices are asked for while TWS is there and does not bring them. */
export const PRICE_ATTEMPTS_MAX = 3;
/** So long in all a symbol waits for a dropped link; what was fetched is kept, so the next update goes on from there. */
export const LINK_WAIT_MS_MAX = 10 * 60 * 1000;

/** Why there are no prices of a symbol. `link`: TWS is not there, for any symbol. */
export interface NoPrices {
  readonly kind: 'link' | 'symbol';
  readonly text: string;
}

/** What is needed to fetch prices. */
export interface PriceSources {
  readonly broker: Pick<BrokerPort, 'fetchBars'>;
  readonly clock: Clock;
  /** True while the session is up and reconciled. */
  readonly isReady: () => boolean;
  /** Has IBKR define a symbol. */
  readonly define: (symbol: string) => Promise<Result<Instrument, WorkstationFailure>>;
}

interface Kept {
  readonly history: PriceHistory;
  readonly sessions: number;
  readonly until: EpochMs;
}

type Attempt = Result<PriceHistory, { readonly text: string; readonly mayPass: boolean }>;

/** Daily closes of symbols by IBKR, each asked for once a day; through a dropped link it waits, and then goes on. */
export class PriceHistories {
  readonly #sources: PriceSources;
  readonly #kept = new Map<string, Kept>();
  /** Wakes those that wait for the session. */
  readonly #waiting = new Set<() => void>();

  constructor(sources: PriceSources) {
    this.#sources = sources;
  }

  /** The closes of at least the last `sessions` completed sessions, as far as IBKR has them. */
  async fetch(symbol: string, sessions: number, signal: StopSignal): Promise<Result<PriceHistory, NoPrices>> {
    const kept = this.#kept.get(symbol);
    if (kept !== undefined && kept.sessions >= sessions && this.#sources.clock.now() < kept.until) {
      return ok(kept.history);
    }
    const { clock, isReady } = this.#sources;
    const deadline = laterBy(clock.now(), LINK_WAIT_MS_MAX);
    for (let attempts = 1; ;) {
      if (!(await this.#isReadyBy(deadline, signal))) {
        const why = signal.aborted ? 'the workstation is closing' : 'TWS is not connected';
        return err({ kind: 'link', text: why });
      }
      const attempt = await this.#attempt(symbol, sessions, signal);
      if (attempt.ok) return attempt;
      const { mayPass, text } = attempt.error;
      // What a lost link has broken says nothing about the symbol.
      if (mayPass && !isReady()) continue;
      if (!mayPass || attempts >= PRICE_ATTEMPTS_MAX) return err({ kind: 'symbol', text });
      attempts += 1;
    }
  }

  /** The session has changed: whoever waits for it looks again. */
  look(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  async #attempt(symbol: string, sessions: number, signal: StopSignal): Promise<Attempt> {
    const { broker, clock, define } = this.#sources;
    const known = await define(symbol);
    if (!known.ok) {
      const { code, reason } = known.error;
      return err({ text: reason.replace(`${symbol}: `, ''), mayPass: code === 'BROKER_UNAVAILABLE' });
    }
    const instrument = known.value;
    const askedAt = clock.now();
    const query = {
      instrument,
      barSize: '1 day',
      what: 'ADJUSTED_LAST',
      // The session that runs has no close yet.
      sessions: sessions + 1,
      regularHoursOnly: true,
    } as const;
    const bars = await broker.fetchBars(query, () => undefined, signal);
    if (!bars.ok) return err({ text: bars.error.text, mayPass: mayPass(bars.error) });
    const history = historyOf(symbol, bars.value);
    if (history.days.length === 0) return err({ text: 'IBKR has no completed session', mayPass: false });
    this.#kept.set(symbol, { history, sessions, until: nextCloseOf(instrument, askedAt) });
    return ok(history);
  }

  /** Waits until the session is up; false: it was not in time. */
  async #isReadyBy(deadline: EpochMs, signal: StopSignal): Promise<boolean> {
    const { clock, isReady } = this.#sources;
    while (!isReady() && !signal.aborted && clock.now() < deadline) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          cancel();
          this.#waiting.delete(wake);
          resolve();
        };
        const cancel = clock.wakeAt(deadline, wake);
        this.#waiting.add(wake);
      });
    }
    return isReady() && !signal.aborted;
  }
}

function mayPass({ kind }: BarFailure): boolean {
  return kind === 'not-connected' || kind === 'pacing' || kind === 'timeout';
}

function historyOf(symbol: string, bars: readonly Bar[]): PriceHistory {
  const sessions = bars.flatMap((bar) => (bar.kind === 'daily' && bar.complete ? [bar] : []));
  return {
    symbol,
    days: Int32Array.from(sessions, ({ session }) => dayOf(session)),
    // A statistic over prices, not an amount of money: a double is what it is computed in.
    closes: Float64Array.from(sessions, ({ close }) => toNumber(close)),
  };
}

/** When prices that were asked for at `askedAt` are not the latest any more. */
function nextCloseOf({ liquidHours }: Instrument, askedAt: EpochMs): EpochMs {
  const closes = (liquidHours ?? []).map((session) => session.closes).filter((at) => at > askedAt);
  return [...closes, laterBy(askedAt, PRICES_KEPT_MS)].reduce((a, b) => (b < a ? b : a));
}
