import { present } from '#domain/assert';
import {
  MATRIX_STALE_MS_MAX,
  MATRIX_SYMBOLS_MAX,
  type CorrelationPicture,
  type CorrelationUpdate,
} from '#domain/correlation';
import { sessionOf, type PriceHistory } from '#domain/correlation-math';
import { CorrelationMatrix } from '#domain/correlation-matrix';
import type { Conflated } from '#domain/feed';
import { epochMs, laterBy, type EpochMs } from '#domain/ids';
import { isMeantBySymbol } from '#domain/instrument';
import { err, ok, type Result } from '#domain/result';
import type { EngineState } from '#engine/engine-state';
import type { CorrelationPort } from '#ports/correlation-port';
import type { StorePort } from '#ports/store-port';
import type { WorkstationFailure } from '#ports/workstation-port';
import { errorText } from '#runtime/error-text';
import { PriceHistories, type NoPrices, type PriceSources } from '#runtime/price-histories';

/** Symbols whose prices are fetched at a time; what IBKR takes at once is the adapter's to know. */
export const FETCHES_MAX = 4;
/** What happens at once in the portfolio is looked at together, so long after the first of it. */
export const LOOK_DELAY_MS = 2_000;
/** After an update that failed, or a symbol without prices, nothing is tried again by itself for so long. */
export const RETRY_MS = 30 * 60 * 1000;
/** An answer that nobody waited for is kept so long for the next pull. */
export const ANSWER_KEPT_MS = 15_000;
const HOUR_MS = 60 * 60 * 1000;

type Outcome = Result<CorrelationUpdate, WorkstationFailure>;
type Missing = Extract<CorrelationUpdate, { kind: 'done' }>['missing'];

/** What is wanted; null: what the portfolio and the settings say. */
interface Wish {
  readonly symbols: readonly string[] | null;
  readonly lookback: number | null;
}
const OF_THE_PORTFOLIO: Wish = { symbols: null, lookback: null };

interface Run {
  readonly key: string;
  progress: NonNullable<Conflated['correlating']>;
  /** null: under way. */
  outcome: Outcome | null;
  /** Wakes those that wait for the outcome. */
  readonly pulls: Set<() => void>;
}

/** The parts of correlation updates. */
export interface CorrelationUpdatesOptions extends PriceSources {
  /** Read only. */
  readonly state: EngineState;
  readonly worker: CorrelationPort;
  /** Where the matrix outlives the process; `initial` is what it held at the start. */
  readonly store: StorePort<CorrelationMatrix | null>;
  readonly initial: CorrelationMatrix | null;
  /** A matrix is to be used from now on. */
  readonly put: (matrix: CorrelationMatrix) => void;
  /** The progress has changed. */
  readonly onProgress: () => void;
  readonly onFault: (error: unknown) => void;
}

/**
 * Keeps the matrix of correlations as new as the settings want it and as large as the portfolio needs it, and computes it
 * when somebody asks. One update at a time; it goes on when nobody waits for it any more.
 */
export class CorrelationUpdates {
  readonly #options: CorrelationUpdatesOptions;
  readonly #histories: PriceHistories;
  readonly #aborter = new AbortController();
  #run: Run | null = null;
  /** The latest outcome, while nobody has heard it. */
  #unheard: { readonly run: Run; readonly until: EpochMs } | null = null;
  /** Symbols that had no prices, and from when on they may have some. */
  readonly #withoutPrices = new Map<string, EpochMs>();
  /** After a failure nothing is done by itself before. */
  #restsUntil = epochMs(0);
  #lookAt: EpochMs | null = null;
  #cancelLook: () => void = () => undefined;

  constructor(options: CorrelationUpdatesOptions) {
    this.#options = options;
    this.#histories = new PriceHistories(options);
  }

  /** How far the update under way is; null: none is. */
  get progress(): Run['progress'] | null {
    return this.#run?.progress ?? null;
  }

  /** Puts the matrix of the last process life to use. */
  begin(): void {
    const { initial, put } = this.#options;
    if (initial !== null) put(initial);
  }

  /** Something has happened: the session, the portfolio or the settings may be others now. */
  look(): void {
    this.#histories.look();
    this.#lookBy(laterBy(this.#now(), LOOK_DELAY_MS));
  }

  stop(): void {
    this.#aborter.abort();
    this.#histories.look();
    this.#cancelLook();
    this.#run?.pulls.forEach((wake) => wake());
  }

  /** The update that is wished for, or after `waitMs` how far it is; one of another wish comes first. */
  async pull(wish: Wish, waitMs: number): Promise<Outcome> {
    const key = keyOf(wish);
    const unheard = this.#unheard;
    if (unheard?.run.key === key && unheard.run.outcome !== null && this.#now() < unheard.until) {
      this.#unheard = null;
      return unheard.run.outcome;
    }
    const deadline = laterBy(this.#now(), waitMs);
    for (;;) {
      const run = this.#run ?? this.#begin(wish);
      await this.#news(run, deadline);
      if (run.outcome === null) return ok({ kind: 'under-way', ...run.progress });
      if (run.key === key) return run.outcome;
    }
  }

  picture(): CorrelationPicture | null {
    const { state } = this.#options;
    const matrix = state.observed.correlations;
    if (matrix === null) return null;
    const ageMs = Math.max(0, this.#now() - matrix.summary.computedAt);
    const freshness = this.#isOld(matrix) ? 'stale' : 'fresh';
    return {
      ...matrix.toData(),
      sectors: matrix.symbols.map((symbol) => this.#sectorOf(symbol)),
      state: ageMs > MATRIX_STALE_MS_MAX ? 'missing' : freshness,
      ageMs,
    };
  }

  #sectorOf(symbol: string): string {
    const { durable, observed } = this.#options.state;
    const conId = observed.conIdBySymbol.get(symbol);
    const instrument = conId === undefined ? undefined : durable.instruments.get(conId);
    return observed.sectors.get(symbol) ?? instrument?.industry ?? '';
  }

  #now(): EpochMs {
    return this.#options.clock.now();
  }

  /** Older than the settings want it. */
  #isOld({ summary }: CorrelationMatrix): boolean {
    const { ttlHours } = this.#options.state.durable.settings.risk.correlation;
    return this.#now() >= laterBy(summary.computedAt, ttlHours * HOUR_MS);
  }

  #lookBy(at: EpochMs): void {
    if (this.#aborter.signal.aborted || (this.#lookAt !== null && this.#lookAt <= at)) return;
    this.#cancelLook();
    this.#lookAt = at;
    this.#cancelLook = this.#options.clock.wakeAt(at, () => {
      this.#lookAt = null;
      this.#updateWhereDue();
    });
  }

  /** Begins an update when the matrix is too old or lacks what is held or worked, and says when to look again. */
  #updateWhereDue(): void {
    const { isReady, state } = this.#options;
    if (this.#run !== null || !isReady()) return;
    const now = this.#now();
    if (now < this.#restsUntil) {
      this.#lookBy(this.#restsUntil);
      return;
    }
    const matrix = state.observed.correlations;
    const lacking = this.#portfolio().filter((symbol) => matrix?.has(symbol) !== true);
    const isNews = lacking.some((symbol) => now >= (this.#withoutPrices.get(symbol) ?? 0));
    const isDue = matrix !== null && (this.#isOld(matrix) || !this.#isOfSettings(matrix));
    if ((isNews || isDue) && this.#wanted(null).length >= 2) {
      this.#begin(OF_THE_PORTFOLIO);
      return;
    }
    const { ttlHours } = state.durable.settings.risk.correlation;
    const moments = lacking.flatMap((symbol) => this.#withoutPrices.get(symbol) ?? []);
    if (matrix !== null) moments.push(laterBy(matrix.summary.computedAt, ttlHours * HOUR_MS));
    const next = moments.filter((at) => at > now).sort((a, b) => a - b)[0];
    if (next !== undefined) this.#lookBy(next);
  }

  /** What a person has asked for with another lookback is kept until it is old. */
  #isOfSettings(matrix: CorrelationMatrix): boolean {
    const { initial, state } = this.#options;
    return matrix !== initial || matrix.summary.lookback === state.durable.settings.risk.correlation.lookbackDays;
  }

  /** The symbols of stocks that are held or worked. */
  #portfolio(): readonly string[] {
    const { durable, observed } = this.#options.state;
    const worked = [...observed.liveByInstrument].flatMap(([conId, orders]) => (orders.size > 0 ? [conId] : []));
    const held = [...durable.positions.values()].flatMap(({ conId, quantity }) => (quantity === '0' ? [] : [conId]));
    const symbols = [...held, ...worked].flatMap((conId) => {
      const instrument = durable.instruments.get(conId);
      return instrument !== undefined && isMeantBySymbol(instrument) ? [instrument.symbol] : [];
    });
    return [...new Set(symbols)];
  }

  /** The symbols of an update. What is held or worked belongs to each: nobody takes from the checks what they need. */
  #wanted(symbols: readonly string[] | null): readonly string[] {
    const { durable, observed } = this.#options.state;
    const others = symbols ?? [...durable.symbolLimits.keys(), ...(observed.correlations?.symbols ?? [])];
    return [...new Set([...this.#portfolio(), ...others])].slice(0, MATRIX_SYMBOLS_MAX).sort();
  }

  #begin({ symbols, lookback }: Wish): Run {
    const wanted = this.#wanted(symbols);
    const run: Run = {
      key: keyOf({ symbols, lookback }),
      progress: { done: 0, of: wanted.length, symbol: '' },
      outcome: null,
      pulls: new Set(),
    };
    this.#run = run;
    const days = lookback ?? this.#options.state.durable.settings.risk.correlation.lookbackDays;
    void this.#update(run, wanted, days)
      .catch((error: unknown): Outcome => {
        this.#options.onFault(error);
        return err({ code: 'BROKER_UNAVAILABLE', reason: `The correlations were not computed: ${errorText(error)}` });
      })
      .then((outcome) => {
        run.outcome = outcome;
        this.#run = null;
        const isOwn = run.key === keyOf(OF_THE_PORTFOLIO);
        // What a lost link has ended goes on as soon as it is back.
        if (!outcome.ok && isOwn && this.#options.isReady()) this.#restsUntil = laterBy(this.#now(), RETRY_MS);
        if (run.pulls.size === 0) this.#unheard = { run, until: laterBy(this.#now(), ANSWER_KEPT_MS) };
        for (const wake of [...run.pulls]) wake();
        this.#options.onProgress();
        this.look();
      });
    return run;
  }

  async #update(run: Run, wanted: readonly string[], lookback: number): Promise<Outcome> {
    const { put, store, onFault, worker } = this.#options;
    const { histories, missing, lost } = await this.#pricesOf(run, wanted, lookback);
    if (lost !== null) {
      const reason = `${lost}: the prices of ${histories.length} of ${wanted.length} symbols are there, and kept for the next update.`;
      return err({ code: 'BROKER_UNAVAILABLE', reason });
    }
    if (histories.length < 2) {
      const why = missing.map(({ symbol, why: text }) => `${symbol}: ${text}`).join('; ');
      const reason = `Correlations want two symbols with prices.${why === '' ? '' : ` ${why}`}`;
      return err({ code: 'NOT_FOUND', reason });
    }
    const { asOf, unknownPairs, values, version } = await worker.compute(histories, lookback);
    const summary = {
      version,
      symbols: histories.length,
      lookback,
      asOf: sessionOf(present(asOf, 'the last day of prices')),
      computedAt: this.#now(),
      unknownPairs,
    };
    const matrix = new CorrelationMatrix(
      summary,
      histories.map(({ symbol }) => symbol),
      values,
    );
    put(matrix);
    // The matrix is in use all the same; the next start computes it again.
    await store.write(matrix).catch(onFault);
    return ok({ kind: 'done', summary, missing });
  }

  /** The prices of `wanted`, a few at a time; `lost`: TWS is gone for good, in words. */
  async #pricesOf(
    run: Run,
    wanted: readonly string[],
    lookback: number,
  ): Promise<{ histories: readonly PriceHistory[]; missing: Missing; lost: string | null }> {
    const found = new Map<string, Result<PriceHistory, NoPrices>>();
    let lost: string | null = null;
    const queue = [...wanted];
    const fetchOne = async (symbol: string): Promise<void> => {
      const prices = await this.#histories.fetch(symbol, lookback + 1, this.#aborter.signal);
      found.set(symbol, prices);
      if (prices.ok) this.#withoutPrices.delete(symbol);
      else if (prices.error.kind === 'link') lost = prices.error.text;
      else this.#withoutPrices.set(symbol, laterBy(this.#now(), RETRY_MS));
      run.progress = { ...run.progress, done: found.size, symbol };
      this.#options.onProgress();
    };
    const lanes = Array.from({ length: FETCHES_MAX }, async () => {
      for (let symbol = queue.shift(); symbol !== undefined && lost === null; symbol = queue.shift()) {
        await fetchOne(symbol);
      }
    });
    await Promise.all(lanes);
    const answers = wanted.flatMap((symbol) => {
      const prices = found.get(symbol);
      return prices === undefined ? [] : [{ symbol, prices }];
    });
    return {
      histories: answers.flatMap(({ prices }) => (prices.ok ? [prices.value] : [])),
      missing: answers.flatMap(({ symbol, prices }) => (prices.ok ? [] : [{ symbol, why: prices.error.text }])),
      lost,
    };
  }

  /** Settles with the outcome, or at the deadline. */
  #news(run: Run, deadline: EpochMs): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel();
        run.pulls.delete(wake);
        resolve();
      };
      const cancel = this.#options.clock.wakeAt(deadline, wake);
      run.pulls.add(wake);
    });
  }
}

function keyOf({ symbols, lookback }: Wish): string {
  return JSON.stringify([symbols === null ? null : [...symbols].sort(), lookback]);
}
