import { describe, expect, test } from 'vitest';
import { conId } from '#domain/ids';
import { price } from '#domain/money';
import type { Instrument } from '#domain/instrument';
import type { DataFarm, FarmState, Quote } from '#domain/quote';
import { DEFINITION_AGE_MAX_MS } from '#engine/market/quote-board';
import { AAPL, EngineHarness } from '#test/builders/engine-harness';

const quoteOf = (trader: EngineHarness): Quote | undefined => trader.state.observed.quotes.get(AAPL.conId);
const watches = (trader: EngineHarness): unknown => trader.input({ kind: 'watch', symbol: 'AAPL' });

describe('watching a symbol', () => {
  test('asks IBKR what it is, once, and then for its quotes, once', () => {
    const trader = new EngineHarness();
    watches(trader);
    watches(trader);
    expect(trader.effectsOf('resolve-instrument').map(({ query }) => query)).toEqual([
      { by: 'symbol', symbol: 'AAPL' },
    ]);
    trader.definesAapl();
    watches(trader);
    expect(trader.effectsOf('resolve-instrument')).toHaveLength(1);
    expect(trader.effectsOf('subscribe-quote').map(({ instrument }) => instrument)).toEqual([AAPL]);
  });

  test('asks only what it is where nobody wants its quotes, until somebody does', () => {
    const defines = (trader: EngineHarness): unknown => trader.input({ kind: 'watch', symbol: 'AAPL', quotes: false });
    const trader = new EngineHarness();
    defines(trader);
    trader.definesAapl();
    defines(trader);
    expect(trader.effectsOf('resolve-instrument')).toHaveLength(1);
    expect(trader.effectsOf('subscribe-quote')).toEqual([]);
    watches(trader);
    expect(trader.effectsOf('subscribe-quote')).toHaveLength(1);
  });

  test.each([true, false])('asks for its quotes where somebody wants them, whoever asked first (%s)', (first) => {
    const trader = new EngineHarness();
    trader.input({ kind: 'watch', symbol: 'AAPL', quotes: first });
    trader.input({ kind: 'watch', symbol: 'AAPL', quotes: !first });
    trader.definesAapl();
    expect(trader.effectsOf('subscribe-quote')).toHaveLength(1);
  });

  test('writes nothing down but what the instrument is, and that once', () => {
    const trader = new EngineHarness();
    expect(trader.typesOf(() => watches(trader))).toEqual([]);
    expect(trader.typesOf(() => trader.definesAapl())).toEqual(['instrument-defined']);
    expect(trader.typesOf(() => trader.definesAapl())).toEqual([]);
    expect(trader.typesOf(() => trader.definesAapl({ longName: 'APPLE COMPUTER' }))).toEqual(['instrument-defined']);
  });

  test.each([
    [
      'IBKR knows no such symbol',
      (t: EngineHarness) =>
        t.fact({ kind: 'instrument-unknown', query: { by: 'symbol', symbol: 'AAPL' }, text: '200' }),
    ],
    ['the link drops', (t: EngineHarness) => t.linkDown()],
    [
      'the question is not sent',
      (t: EngineHarness) => t.hearsOutcome(t.last('resolve-instrument').id, { result: 'not-sent', reason: 'no link' }),
    ],
  ])('asks again after %s', (_, happens) => {
    const trader = new EngineHarness();
    trader.outcome = null;
    watches(trader);
    happens(trader);
    watches(trader);
    expect(trader.effectsOf('resolve-instrument')).toHaveLength(2);
  });

  test('subscribes again after a subscription that was not sent', () => {
    const trader = new EngineHarness();
    trader.outcome = { result: 'not-sent', reason: 'no link' };
    trader.definesAapl();
    watches(trader);
    expect(trader.effectsOf('subscribe-quote')).toHaveLength(2);
  });
});

describe('the definition of what is held or traded', () => {
  const future: Instrument = { ...AAPL, conId: conId(900), symbol: 'ESZ6', securityType: 'FUT', exchange: 'CME' };
  const holding = (): EngineHarness => {
    const trader = new EngineHarness();
    trader.connects(() => trader.reportsPosition('1', { conId: future.conId, symbol: 'ESZ6' }));
    return trader;
  };
  const asked = (trader: EngineHarness): unknown[] => trader.effectsOf('resolve-instrument').map(({ query }) => query);

  test('is asked for by its number, for its symbol may be the name of a stock too', () => {
    const trader = holding();
    expect(asked(trader)).toEqual([{ by: 'contract', conId: 900 }]);
    trader.fact({ kind: 'instrument', query: { by: 'contract', conId: future.conId }, instrument: future });
    expect(trader.effectsOf('subscribe-quote').map(({ instrument }) => instrument.symbol)).toEqual(['ESZ6']);
    expect(trader.state.observed.conIdBySymbol.has('ESZ6')).toBe(false);
  });

  test('is asked for again by the first session after a restart, and its quotes flow meanwhile', () => {
    const trader = holding();
    trader.fact({ kind: 'instrument', query: { by: 'contract', conId: future.conId }, instrument: future });
    trader.crashes();
    trader.connects(() => trader.reportsPosition('1', { conId: future.conId, symbol: 'ESZ6' }));
    expect(asked(trader)).toHaveLength(2);
    expect(trader.effectsOf('subscribe-quote')).toHaveLength(2);
  });

  test('of a position that appears while the session is up is asked for at once', () => {
    const trader = EngineHarness.ready();
    trader.reportsPosition('1', { conId: future.conId, symbol: 'ESZ6' });
    expect(asked(trader)).toContainEqual({ by: 'contract', conId: 900 });
  });

  test('is refreshed within the day', () => {
    const trader = EngineHarness.ready();
    trader.passes(DEFINITION_AGE_MAX_MS - 1);
    expect(asked(trader)).toEqual([]);
    trader.passes(1);
    expect(asked(trader)).toEqual([{ by: 'contract', conId: AAPL.conId }]);
    trader.definesAapl({ longName: 'APPLE INC', liquidHours: null });
    trader.fact({ kind: 'instrument-unknown', query: { by: 'contract', conId: AAPL.conId }, text: 'late' });
    trader.passes(DEFINITION_AGE_MAX_MS / 2);
    expect(asked(trader)).toHaveLength(1);
    trader.passes(DEFINITION_AGE_MAX_MS);
    expect(asked(trader)).toHaveLength(2);
  });

  test('of an instrument that the journal knew and nobody defined since is asked for with the others', () => {
    const trader = EngineHarness.ready();
    trader.crashes();
    trader.connects();
    watches(trader);
    trader.fact({ kind: 'instrument', query: { by: 'contract', conId: future.conId }, instrument: future });
    trader.passes(DEFINITION_AGE_MAX_MS);
    expect(asked(trader)).toEqual([
      { by: 'contract', conId: AAPL.conId },
      { by: 'contract', conId: future.conId },
    ]);
  });
});

describe("IBKR's farms", () => {
  const says = (trader: EngineHarness, farm: DataFarm, state: FarmState): unknown[] =>
    trader
      .eventsOf(() => trader.fact({ kind: 'data-farm', farm, state, text: `${farm} ${state}` }))
      .map((event) => (event.type === 'notice-received' ? event.code : event.type));

  test('news is what changes: not that all is well when a session begins, nor what is repeated', () => {
    const trader = EngineHarness.ready();
    expect(says(trader, 'history', 'up')).toEqual([]);
    expect(says(trader, 'history', 'idle')).toEqual([]);
    expect(says(trader, 'history', 'down')).toEqual([2105]);
    expect(says(trader, 'history', 'down')).toEqual([]);
    expect(says(trader, 'history', 'up')).toEqual([2106]);
    expect(says(trader, 'definitions', 'down')).toEqual([2157]);
    expect(Object.fromEntries(trader.state.observed.farms)).toEqual({ history: 'up', definitions: 'down' });
    expect(quoteOf(trader)?.live).toBe(true);
  });

  test('nothing is known of them in a new session', () => {
    const trader = EngineHarness.ready();
    says(trader, 'quotes', 'down');
    trader.linkDown();
    expect(trader.state.observed.farms.size).toBe(0);
  });
});

describe('the quote', () => {
  test('is patched tick by tick, without an event', () => {
    const trader = EngineHarness.ready();
    trader.passes(1_000);
    const patch = { bid: price('150.01') };
    expect(trader.typesOf(() => trader.fact({ kind: 'quote', conId: AAPL.conId, patch }))).toEqual([]);
    expect(quoteOf(trader)).toMatchObject({ bid: '150.01', ask: '150', live: true, tickAt: trader.now });
  });

  test('starts with nothing known', () => {
    const trader = new EngineHarness();
    trader.definesAapl();
    expect(quoteOf(trader)).toBeUndefined();
    trader.fact({ kind: 'quote', conId: AAPL.conId, patch: { last: price('150') } });
    expect(quoteOf(trader)).toMatchObject({ bid: null, ask: null, last: '150', kind: 'unknown', halted: false });
  });

  test('says how current its data is', () => {
    const trader = EngineHarness.ready();
    trader.fact({ kind: 'market-data', conId: AAPL.conId, dataKind: 'delayed', live: false, why: 'no subscription' });
    expect(quoteOf(trader)).toMatchObject({ bid: '149.99', kind: 'delayed', live: false, why: 'no subscription' });
  });

  test('is not current any more when its farm went down or the link dropped, until it ticks again', () => {
    const trader = EngineHarness.ready();
    trader.fact({ kind: 'data-farm', farm: 'quotes', state: 'down', text: 'usfarm is down' });
    expect(quoteOf(trader)?.live).toBe(false);
    expect(trader.allOf('notice-received')).toMatchObject([{ code: 2103, text: 'usfarm is down' }]);
    trader.fact({ kind: 'data-farm', farm: 'quotes', state: 'up', text: 'usfarm is OK' });
    expect(quoteOf(trader)?.live).toBe(false);
    trader.fact({ kind: 'quote', conId: AAPL.conId, patch: { last: price('150') } });
    expect(quoteOf(trader)).toMatchObject({ live: true, why: '' });
    trader.linkDown();
    expect(quoteOf(trader)?.live).toBe(false);
  });

  test('does not become current by what still comes while TWS has lost IBKR', () => {
    const trader = EngineHarness.ready();
    const tick = (): unknown => trader.fact({ kind: 'quote', conId: AAPL.conId, patch: { last: price('151') } });
    trader.losesUpstream();
    tick();
    expect(quoteOf(trader)).toMatchObject({ last: '151', live: false });
    trader.restoresUpstream();
    tick();
    expect(quoteOf(trader)?.live).toBe(true);
  });

  test('of an instrument that was never defined is nothing', () => {
    const trader = new EngineHarness();
    const stranger = conId(1);
    trader.fact({ kind: 'quote', conId: stranger, patch: { last: price('1') } });
    trader.fact({ kind: 'market-data', conId: stranger, dataKind: 'real-time', live: true, why: '' });
    expect(trader.state.observed.quotes.size).toBe(0);
  });
});
