import { describe, expect, test } from 'vitest';
import { conId } from '#domain/ids';
import { price } from '#domain/money';
import type { Quote } from '#domain/quote';
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
    trader.fact({ kind: 'market-data', conId: AAPL.conId, dataKind: 'delayed', live: false, why: '' });
    expect(quoteOf(trader)).toMatchObject({ bid: '149.99', kind: 'delayed', live: false });
  });

  test('is not current any more when its farm went down or the link dropped, until it ticks again', () => {
    const trader = EngineHarness.ready();
    trader.fact({ kind: 'data-farm', farm: 'quotes', state: 'down', text: 'usfarm is down' });
    expect(quoteOf(trader)?.live).toBe(false);
    expect(trader.allOf('notice-received')).toMatchObject([{ code: 2103, text: 'usfarm is down' }]);
    trader.fact({ kind: 'data-farm', farm: 'quotes', state: 'up', text: 'usfarm is OK' });
    expect(quoteOf(trader)?.live).toBe(false);
    trader.ticks();
    expect(quoteOf(trader)?.live).toBe(true);
    trader.linkDown();
    expect(quoteOf(trader)?.live).toBe(false);
  });

  test('of an instrument that was never defined is nothing', () => {
    const trader = new EngineHarness();
    const stranger = conId(1);
    trader.fact({ kind: 'quote', conId: stranger, patch: { last: price('1') } });
    trader.fact({ kind: 'market-data', conId: stranger, dataKind: 'real-time', live: true, why: '' });
    expect(trader.state.observed.quotes.size).toBe(0);
  });
});
