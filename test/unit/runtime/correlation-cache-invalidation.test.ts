import { describe, expect, test } from 'vitest';
import { present } from '#domain/assert';
import type { CorrelationMatrix } from '#domain/correlation-matrix';
import { clientOrderId, laterBy, type EpochMs } from '#domain/ids';
import { signedQuantity } from '#domain/money';
import { err, ok } from '#domain/result';
import { DEFAULT_SETTINGS } from '#domain/settings';
import { emptyWorkstationState } from '#domain/workstation-state';
import { createEngineState } from '#engine/create-engine-state';
import type { CorrelationPort } from '#ports/correlation-port';
import {
  ANSWER_KEPT_MS,
  CorrelationUpdates,
  LOOK_DELAY_MS,
  RETRY_MS,
  type CorrelationUpdatesOptions,
} from '#runtime/correlation-updates';
import { LINK_WAIT_MS_MAX } from '#runtime/price-histories';
import { aMatrix, inProcessCorrelations } from '#test/builders/correlations';
import { aPosition } from '#test/builders/domain-records';
import { dailyBars, aStock, noBars, PriceDesk } from '#test/builders/price-desk';
import { MemoryStore } from '#test/builders/risk-files';
import { settled } from '#test/builders/workstation-world';

const HOUR_MS = 60 * 60 * 1000;
const TTL_MS = 24 * HOUR_MS;
const NO_LIMITS = {
  maxPositionSize: null,
  maxOrderExposure: null,
  maxDailyLoss: null,
  maxCorrelationExposure: null,
};
const OF_THE_PORTFOLIO = { symbols: null, lookback: null };

/** Updates of a portfolio that the test fills. */
class Desk extends PriceDesk {
  readonly state = createEngineState(emptyWorkstationState('paper'));
  readonly store: MemoryStore<CorrelationMatrix | null>;
  readonly used: CorrelationMatrix[] = [];
  readonly faults: unknown[] = [];
  readonly updates: CorrelationUpdates;
  progressTold = 0;
  compute: CorrelationPort['compute'] = (histories, lookback) => inProcessCorrelations.compute(histories, lookback);

  constructor(initial: CorrelationMatrix | null = null) {
    super();
    this.state.durable.settings = DEFAULT_SETTINGS;
    this.store = new MemoryStore(initial);
    const options: CorrelationUpdatesOptions = {
      broker: this.broker,
      clock: this.clock,
      isReady: this.isReady,
      define: this.define,
      state: this.state,
      worker: { compute: (histories, lookback) => this.compute(histories, lookback) },
      store: this.store,
      initial,
      put: (matrix) => {
        this.state.observed.correlations = matrix;
        this.used.push(matrix);
      },
      onProgress: () => {
        this.progressTold += 1;
      },
      onFault: (error) => this.faults.push(error),
    };
    this.updates = new CorrelationUpdates(options);
    this.updates.begin();
  }

  /** `symbols` are stocks that IBKR has defined. */
  defines(...symbols: readonly string[]): void {
    for (const symbol of symbols) {
      const stock = aStock(symbol);
      this.state.durable.instruments.set(stock.conId, stock);
      this.state.observed.conIdBySymbol.set(symbol, stock.conId);
    }
  }

  holds(...symbols: readonly string[]): void {
    this.defines(...symbols);
    for (const symbol of symbols) {
      const { conId } = aStock(symbol);
      this.state.durable.positions.set(conId, aPosition({ conId, symbol, quantity: signedQuantity('10') }));
    }
  }

  /** Everything that has happened is looked at, and what follows from it is done. */
  async looks(): Promise<void> {
    this.updates.look();
    this.clock.advance(LOOK_DELAY_MS);
    await this.quiet();
  }

  async passes(ms: number): Promise<void> {
    this.clock.advance(ms);
    await this.quiet();
  }

  async quiet(): Promise<void> {
    for (let round = 0; round < 10; round += 1) await settled();
  }

  get symbols(): readonly (readonly string[])[] {
    return this.used.map((matrix) => matrix.symbols);
  }
}

const matrixOf = (computedAt: EpochMs, symbols = ['AAPL', 'MSFT']): CorrelationMatrix =>
  aMatrix(symbols, { 'AAPL MSFT': 0.8 }, computedAt);

describe('correlation cache invalidation', () => {
  test('the matrix of the last process life is used again while it is fresh', async () => {
    const { clock } = new PriceDesk();
    const kept = matrixOf(laterBy(clock.now(), -HOUR_MS));
    const desk = new Desk(kept);
    desk.holds('AAPL', 'MSFT');
    await desk.looks();
    expect(desk.used).toEqual([kept]);
    expect(desk.asked).toEqual([]);
  });

  test('a matrix older than a day is computed again, and the old one is used until then', async () => {
    const { clock } = new PriceDesk();
    const old = matrixOf(laterBy(clock.now(), -TTL_MS));
    const desk = new Desk(old);
    expect(desk.used).toEqual([old]);
    await desk.looks();
    expect(desk.asked.toSorted()).toEqual(['AAPL', 'MSFT']);
    expect(desk.used).toHaveLength(2);
    expect(desk.store.value).toBe(desk.used[1]);
    expect(desk.used[1]?.summary).toMatchObject({ symbols: 2, lookback: 60, asOf: '2026-01-02', unknownPairs: 0 });
  });

  test('a matrix gets old while the workstation runs', async () => {
    const { clock } = new PriceDesk();
    const desk = new Desk(matrixOf(clock.now()));
    await desk.looks();
    expect(desk.asked).toEqual([]);
    await desk.passes(TTL_MS);
    expect(desk.asked).toHaveLength(2);
    await desk.passes(TTL_MS);
    expect(desk.asked).toHaveLength(4);
  });

  test('a kept matrix over another lookback than the settings have now is computed again', async () => {
    const { clock } = new PriceDesk();
    const kept = matrixOf(clock.now());
    const desk = new Desk(kept);
    const { risk } = DEFAULT_SETTINGS;
    const correlation = { ...risk.correlation, lookbackDays: 30 };
    desk.state.durable.settings = { ...DEFAULT_SETTINGS, risk: { ...risk, correlation } };
    await desk.looks();
    expect(desk.used.at(-1)?.summary.lookback).toBe(30);
    // Now it is of the settings.
    await desk.looks();
    expect(desk.used).toHaveLength(2);
  });

  test('a new symbol in the portfolio makes a new matrix, for which only its own prices are fetched', async () => {
    const desk = new Desk();
    desk.holds('AAPL', 'MSFT');
    await desk.looks();
    expect(desk.asked).toEqual(['AAPL', 'MSFT']);
    desk.holds('TSLA');
    await desk.looks();
    expect(desk.asked).toEqual(['AAPL', 'MSFT', 'TSLA']);
    expect(desk.symbols).toEqual([
      ['AAPL', 'MSFT'],
      ['AAPL', 'MSFT', 'TSLA'],
    ]);
  });

  test('a symbol with a working order belongs to the portfolio, one that is flat or no stock does not', async () => {
    const desk = new Desk();
    desk.holds('AAPL', 'IBM', 'ES', 'GHOST');
    const [flat, future, ghost] = ['IBM', 'ES', 'GHOST'].map(aStock);
    const { durable, observed } = desk.state;
    const position = present(durable.positions.get(present(flat, 'IBM').conId), 'a position');
    durable.positions.set(position.conId, { ...position, quantity: signedQuantity('0') });
    durable.instruments.set(present(future, 'ES').conId, { ...present(future, 'ES'), securityType: 'FUT' });
    durable.instruments.delete(present(ghost, 'GHOST').conId);
    desk.defines('MSFT', 'XOM');
    const [worked, done] = ['MSFT', 'XOM'].map((symbol) => aStock(symbol).conId);
    observed.liveByInstrument.set(present(worked, 'MSFT'), new Set([clientOrderId('run1-1')]));
    observed.liveByInstrument.set(present(done, 'XOM'), new Set());
    await desk.looks();
    expect(desk.symbols).toEqual([['AAPL', 'MSFT']]);
  });

  test('one symbol alone is correlated to nothing: nothing is fetched', async () => {
    const desk = new Desk();
    desk.holds('AAPL');
    await desk.looks();
    expect(desk.asked).toEqual([]);
  });

  test('with the matrix, symbols that have limits or were in it before are kept up to date', async () => {
    const { clock } = new PriceDesk();
    const desk = new Desk(matrixOf(laterBy(clock.now(), -TTL_MS), ['AAPL', 'XOM']));
    desk.state.durable.symbolLimits.set('TSLA', NO_LIMITS);
    desk.holds('MSFT');
    await desk.looks();
    expect(desk.symbols.at(-1)).toEqual(['AAPL', 'MSFT', 'TSLA', 'XOM']);
  });

  test('nothing is fetched before the session is up and reconciled', async () => {
    const desk = new Desk();
    desk.holds('AAPL', 'MSFT');
    desk.ready = false;
    await desk.looks();
    expect(desk.asked).toEqual([]);
    desk.ready = true;
    await desk.looks();
    expect(desk.used).toHaveLength(1);
  });

  test('a symbol without prices is left out, and tried again half an hour later', async () => {
    const desk = new Desk();
    desk.holds('AAPL', 'MSFT', 'NEW');
    desk.answer = ({ instrument, sessions }) =>
      instrument.symbol === 'NEW' ? noBars('no-data') : ok(dailyBars(instrument.symbol, sessions));
    await desk.looks();
    await desk.looks();
    expect(desk.symbols).toEqual([['AAPL', 'MSFT']]);
    expect(desk.asked).toEqual(['AAPL', 'MSFT', 'NEW']);
    desk.answer = ({ instrument, sessions }) => ok(dailyBars(instrument.symbol, sessions));
    await desk.passes(RETRY_MS);
    expect(desk.symbols.at(-1)).toEqual(['AAPL', 'MSFT', 'NEW']);
  });

  test('after a failure it rests for half an hour', async () => {
    const desk = new Desk();
    desk.holds('AAPL', 'MSFT');
    desk.answer = () => noBars('no-data');
    await desk.looks();
    await desk.looks();
    expect(desk.asked).toHaveLength(2);
    await desk.passes(RETRY_MS);
    expect(desk.asked).toHaveLength(4);
  });
});

describe('an update that somebody asks for', () => {
  test('is of what they name, and of what is held in any case', async () => {
    const desk = new Desk();
    desk.holds('XOM');
    const answer = await desk.updates.pull({ symbols: ['MSFT', 'AAPL'], lookback: 30 }, 1_000);
    expect(desk.symbols).toEqual([['AAPL', 'MSFT', 'XOM']]);
    expect(answer).toEqual(ok({ kind: 'done', summary: desk.used[0]?.summary, missing: [] }));
    expect(desk.queries[0]?.sessions).toBe(32);
  });

  test('takes a while: it says how far it is, and whoever asks again waits for the same', async () => {
    const desk = new Desk();
    let open: () => void = () => undefined;
    desk.answer = async ({ instrument, sessions }) => {
      if (instrument.symbol === 'MSFT') await new Promise<void>((resolve) => (open = resolve));
      return ok(dailyBars(instrument.symbol, sessions));
    };
    const wish = { symbols: ['AAPL', 'MSFT'], lookback: null };
    const early = desk.updates.pull(wish, 1_000);
    await desk.quiet();
    await desk.passes(1_000);
    expect(await early).toEqual(ok({ kind: 'under-way', done: 1, of: 2, symbol: 'AAPL' }));
    expect(desk.updates.progress).toEqual({ done: 1, of: 2, symbol: 'AAPL' });
    expect(desk.progressTold).toBe(1);
    const late = desk.updates.pull({ ...wish, symbols: ['MSFT', 'AAPL'] }, 1_000);
    open();
    expect(await late).toMatchObject({ ok: true, value: { kind: 'done' } });
    expect(desk.asked).toEqual(['AAPL', 'MSFT']);
    expect(desk.updates.progress).toBeNull();
  });

  test('goes on when nobody waits, and the answer is kept for a moment', async () => {
    const desk = new Desk();
    const wish = { symbols: ['AAPL', 'MSFT'], lookback: null };
    const early = desk.updates.pull(wish, 0);
    desk.clock.advance(0);
    expect(await early).toMatchObject({ value: { kind: 'under-way' } });
    await desk.quiet();
    expect(desk.used).toHaveLength(1);
    expect(await desk.updates.pull(wish, 0)).toMatchObject({ value: { kind: 'done' } });
    expect(desk.used).toHaveLength(1);
    expect(await desk.updates.pull(wish, 1_000)).toMatchObject({ value: { kind: 'done' } });
    expect(desk.used, 'heard once').toHaveLength(2);
  });

  test('an answer that nobody came for is forgotten', async () => {
    const desk = new Desk();
    const wish = { symbols: ['AAPL', 'MSFT'], lookback: null };
    void desk.updates.pull(wish, 0);
    desk.clock.advance(0);
    await desk.quiet();
    await desk.passes(ANSWER_KEPT_MS);
    expect(await desk.updates.pull(wish, 1_000)).toMatchObject({ value: { kind: 'done' } });
    expect(desk.used).toHaveLength(2);
  });

  test('waits for another one that is under way', async () => {
    const desk = new Desk();
    const [one, other] = await Promise.all([
      desk.updates.pull({ symbols: ['AAPL', 'MSFT'], lookback: null }, 1_000),
      desk.updates.pull({ symbols: ['TSLA', 'XOM'], lookback: null }, 1_000),
    ]);
    expect(one).toMatchObject({ value: { kind: 'done', summary: { symbols: 2 } } });
    expect(other).toMatchObject({ value: { kind: 'done', summary: { symbols: 2 } } });
    expect(desk.symbols).toEqual([
      ['AAPL', 'MSFT'],
      ['TSLA', 'XOM'],
    ]);
  });

  test('without two symbols it says why there is nothing to compute', async () => {
    const desk = new Desk();
    const nothing = 'Correlations want two symbols with prices.';
    expect(await desk.updates.pull(OF_THE_PORTFOLIO, 1_000)).toEqual(err({ code: 'NOT_FOUND', reason: nothing }));
    desk.answer = ({ instrument, sessions }) =>
      instrument.symbol === 'AAPL' ? ok(dailyBars('AAPL', sessions)) : noBars('no-data');
    const reason = `${nothing} NOPE: no bars today`;
    const answer = await desk.updates.pull({ symbols: ['AAPL', 'NOPE'], lookback: null }, 1_000);
    expect(answer).toEqual(err({ code: 'NOT_FOUND', reason }));
  });

  test('names what has no prices', async () => {
    const desk = new Desk();
    desk.answer = ({ instrument, sessions }) =>
      instrument.symbol === 'NOPE' ? noBars('no-data') : ok(dailyBars(instrument.symbol, sessions));
    const answer = await desk.updates.pull({ symbols: ['AAPL', 'MSFT', 'NOPE'], lookback: null }, 1_000);
    expect(answer).toMatchObject({ value: { missing: [{ symbol: 'NOPE', why: 'no bars today' }] } });
  });

  test('when TWS does not come back it ends, and the next one goes on with the prices that are there', async () => {
    const desk = new Desk();
    const symbols = ['A', 'B', 'C', 'D', 'E', 'F'];
    desk.answer = ({ instrument, sessions }) => {
      if (instrument.symbol === 'A') return ok(dailyBars('A', sessions));
      desk.ready = false;
      return noBars('not-connected');
    };
    const lost = desk.updates.pull({ symbols, lookback: null }, 2 * LINK_WAIT_MS_MAX);
    await desk.quiet();
    await desk.passes(LINK_WAIT_MS_MAX);
    const reason = 'TWS is not connected: the prices of 1 of 6 symbols are there, and kept for the next update.';
    expect(await lost).toEqual(err({ code: 'BROKER_UNAVAILABLE', reason }));
    const askedBefore = desk.asked.length;
    desk.ready = true;
    desk.answer = ({ instrument, sessions }) => ok(dailyBars(instrument.symbol, sessions));
    expect(await desk.updates.pull({ symbols, lookback: null }, 1_000)).toMatchObject({ value: { kind: 'done' } });
    expect(desk.asked.slice(askedBefore).toSorted()).toEqual(['B', 'C', 'D', 'E', 'F']);
  });

  test('a computation that breaks is told, and the old matrix stays', async () => {
    const desk = new Desk();
    desk.compute = () => Promise.reject(new Error('out of memory'));
    const answer = await desk.updates.pull({ symbols: ['AAPL', 'MSFT'], lookback: null }, 1_000);
    const reason = 'The correlations were not computed: out of memory';
    expect(answer).toEqual(err({ code: 'BROKER_UNAVAILABLE', reason }));
    expect(desk.faults).toHaveLength(1);
    expect(desk.used).toEqual([]);
  });

  test('a matrix that can not be stored is used all the same', async () => {
    const desk = new Desk();
    desk.store.unwritable = new Error('the disk is full');
    const answer = await desk.updates.pull({ symbols: ['AAPL', 'MSFT'], lookback: null }, 1_000);
    expect(answer).toMatchObject({ value: { kind: 'done' } });
    expect(desk.used).toHaveLength(1);
    expect(desk.faults).toEqual([desk.store.unwritable]);
  });

  test('the end of the workstation ends it', async () => {
    const desk = new Desk();
    desk.answer = () => new Promise(() => undefined);
    const waiting = desk.updates.pull({ symbols: ['AAPL', 'MSFT'], lookback: null }, 60_000);
    await desk.quiet();
    desk.updates.stop();
    expect(await waiting).toMatchObject({ value: { kind: 'under-way' } });
    desk.updates.look();
    expect(desk.clock.pending()).toBe(0);
  });
});

describe('the picture of the correlations', () => {
  test('is there once there is a matrix, with the sectors of its symbols', () => {
    const desk = new Desk();
    expect(desk.updates.picture()).toBeNull();
    const matrix = matrixOf(desk.clock.now(), ['AAPL', 'MSFT', 'XOM']);
    desk.state.observed.correlations = matrix;
    desk.defines('AAPL', 'MSFT');
    desk.state.observed.sectors = new Map([['MSFT', 'Software']]);
    expect(desk.updates.picture()).toEqual({
      ...matrix.toData(),
      sectors: ['Technology', 'Software', ''],
      state: 'fresh',
      ageMs: 0,
    });
  });

  test('says whether it is fresh, stale, or too old to be used', () => {
    const desk = new Desk();
    const stateAfter = (ms: number) => {
      desk.state.observed.correlations = matrixOf(laterBy(desk.clock.now(), -ms));
      const { state, ageMs } = present(desk.updates.picture(), 'a picture');
      return { state, ageMs };
    };
    expect(stateAfter(TTL_MS - 1)).toEqual({ state: 'fresh', ageMs: TTL_MS - 1 });
    expect(stateAfter(TTL_MS)).toEqual({ state: 'stale', ageMs: TTL_MS });
    expect(stateAfter(7 * TTL_MS)).toEqual({ state: 'stale', ageMs: 7 * TTL_MS });
    expect(stateAfter(7 * TTL_MS + 1)).toEqual({ state: 'missing', ageMs: 7 * TTL_MS + 1 });
    // The clock was set back since.
    expect(stateAfter(-5)).toEqual({ state: 'fresh', ageMs: 0 });
  });
});
