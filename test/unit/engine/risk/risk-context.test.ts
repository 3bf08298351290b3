import { describe, expect, test } from 'vitest';
import { present } from '#domain/assert';
import { laterBy, orderNumber } from '#domain/ids';
import { price, quantity } from '#domain/money';
import type { ObservedTerms } from '#domain/order-spec';
import type { RiskContext } from '#domain/risk-decision';
import { modifySubject, riskContextOf } from '#engine/risk/risk-context';
import { aForeignOrder, EngineHarness } from '#test/builders/engine-harness';
import { limit, market, placing, stop } from '#test/builders/engine-risk';

const wish = placing('BUY', '1', limit('150'));
const contextOf = (trader: EngineHarness, subject = wish): RiskContext =>
  riskContextOf(trader.state, trader.now, 'window', subject);

const changing = (trader: EngineHarness, number: number, change: Record<string, unknown> = {}) =>
  modifySubject(trader.state, trader.order(number), {
    number: orderNumber(number),
    limit: null,
    stop: null,
    quantity: null,
    timeInForce: null,
    ...change,
  });

describe('the position', () => {
  test('is unknown until IBKR has shown its whole picture in this session', () => {
    const trader = new EngineHarness();
    trader.definesAapl();
    expect(contextOf(trader).position).toBeNull();
    trader.connects();
    expect(contextOf(trader).position).toBe('0');
    trader.linkDown();
    expect(contextOf(trader).position).toBeNull();
  });

  test('is what IBKR reported', () => {
    const trader = EngineHarness.ready();
    trader.linkDown();
    trader.connects(() => trader.reportsPosition('7'));
    expect(contextOf(trader).position).toBe('7');
  });
});

test('of a symbol that IBKR never named nothing is known', () => {
  const trader = EngineHarness.ready();
  expect(contextOf(trader, { ...wish, symbol: 'MSFT' })).toMatchObject({
    instrument: null,
    quote: null,
    quoteAgeMs: null,
    position: null,
    buyLeaves: '0',
    sellLeaves: '0',
    recent: [],
  });
});

test('a heartbeat keeps a quiet quote fresh', () => {
  const trader = EngineHarness.ready();
  trader.passes(4_000);
  trader.fact({ kind: 'heartbeat', state: 'alive', roundTripMs: 12 });
  trader.passes(1_000);
  expect(contextOf(trader).quoteAgeMs).toBe(1_000);
});

test('before its first tick a quote has no age', () => {
  const trader = EngineHarness.ready();
  trader.crashes();
  trader.connects();
  expect(contextOf(trader)).toMatchObject({ quote: null, quoteAgeMs: null });
});

describe('what other orders may still trade', () => {
  test('counts from the moment an order is sent, by side, less what has filled', () => {
    const trader = EngineHarness.ready({ risk: { allowShort: true } });
    const order = trader.places();
    expect(contextOf(trader)).toMatchObject({ buyLeaves: '10', sellLeaves: '0' });
    trader.fills(order, '4');
    expect(contextOf(trader).buyLeaves).toBe('6');
    trader.cancels(order);
    expect(contextOf(trader).buyLeaves).toBe('6');
    trader.cancelled(order);
    expect(contextOf(trader).buyLeaves).toBe('0');
  });

  test('counts orders of others', () => {
    const trader = EngineHarness.ready();
    trader.reportsForeign();
    expect(contextOf(trader)).toMatchObject({ buyLeaves: '0', sellLeaves: '5' });
  });

  test('counts the larger of old and new while a change is in flight', () => {
    const trader = EngineHarness.ready();
    const order = trader.places();
    trader.works(order);
    trader.modifies(order, { quantity: quantity('25') });
    expect(contextOf(trader).buyLeaves).toBe('25');
    trader.errs(order, 110, 'refused-change');
    expect(contextOf(trader).buyLeaves).toBe('10');
    trader.modifies(order, { quantity: quantity('5') });
    expect(contextOf(trader).buyLeaves).toBe('10');
  });

  test('does not count the exits of a bracket, which close what their entry opens', () => {
    const trader = EngineHarness.ready();
    trader.placesBracket();
    expect(contextOf(trader)).toMatchObject({ buyLeaves: '10', sellLeaves: '0' });
  });

  test('does not count the order that is to be changed', () => {
    const trader = EngineHarness.ready();
    const order = trader.places();
    const subject = changing(trader, order, { quantity: quantity('12') });
    expect(subject.ok && contextOf(trader, subject.value).buyLeaves).toBe('0');
  });
});

describe('recent orders', () => {
  test('are those of this instrument within the longest window, newest first', () => {
    const trader = EngineHarness.ready();
    const first = trader.places({ quantity: quantity('1') });
    trader.passes(1_000);
    const second = trader.places({ quantity: quantity('2') });
    expect(contextOf(trader).recent.map(({ number }) => number)).toEqual([second, first]);
    trader.passes(9_000);
    expect(contextOf(trader).recent.map(({ number }) => number)).toEqual([second]);
  });

  test('are those of this instrument only, of types that can be placed', () => {
    const trader = EngineHarness.ready();
    const order = trader.places();
    const terms = { type: 'OTHER', name: 'REL', limit: null, stop: price('140') } as const;
    trader.reports(order, { kind: 'working' }, { spec: { ...trader.order(order).spec, terms } });
    expect(contextOf(trader).recent).toEqual([]);
  });

  test('are 50 at most', () => {
    const trader = EngineHarness.ready();
    for (let n = 1; n <= 60; n += 1) {
      trader.cancelled(trader.places({ quantity: quantity(String(n)) }));
      trader.now = laterBy(trader.now, 150); // no faster than the settings allow
      trader.ticks();
    }
    const { recent } = contextOf(trader);
    expect(recent).toHaveLength(50);
    expect(recent[0]?.number).toBe(60);
  });
});

describe('a change', () => {
  test('keeps what it does not name', () => {
    const trader = EngineHarness.ready();
    const order = trader.places();
    const kept = { role: 'parent', side: 'BUY', quantity: '10', terms: limit('150'), timeInForce: 'DAY' };
    expect(changing(trader, order, { limit: price('151') })).toMatchObject({
      ok: true,
      value: { before: kept, after: { ...kept, terms: limit('151') }, filled: '0', entry: null, exits: [] },
    });
    expect(changing(trader, order, { timeInForce: 'GTC', quantity: quantity('9') })).toMatchObject({
      value: { after: { ...kept, quantity: '9', timeInForce: 'GTC' } },
    });
  });

  test('of a stop with more prices than one keeps those it does not name', () => {
    const trader = EngineHarness.ready();
    const stopLimit = trader.places({ terms: { type: 'STP LMT', stop: price('155'), limit: price('156') } });
    expect(changing(trader, stopLimit, { limit: price('157') })).toMatchObject({
      value: { after: { terms: { type: 'STP LMT', stop: '155', limit: '157' } } },
    });
    expect(changing(trader, stopLimit, { stop: price('154') })).toMatchObject({
      value: { after: { terms: { type: 'STP LMT', stop: '154', limit: '156' } } },
    });
  });

  test('of a trailing stop names its stop only when a person does: IBKR has moved it since', () => {
    const trader = EngineHarness.ready();
    const trail = { by: 'amount', amount: price('2') } as const;
    const shows = (terms: ObservedTerms): number => {
      trader.reportsForeign({ spec: { ...aForeignOrder().spec, terms } });
      return trader.durable.orders.size;
    };
    const trailing = shows({ type: 'TRAIL', trail, stop: price('148') });
    expect(changing(trader, trailing, { quantity: quantity('3') })).toMatchObject({
      value: { after: { terms: { type: 'TRAIL', trail, stop: null } } },
    });
    expect(changing(trader, trailing, { stop: price('149') })).toMatchObject({
      value: { after: { terms: { stop: '149' } } },
    });
  });

  test('of a type from outside of the union is a bug of ours', () => {
    const trader = EngineHarness.ready();
    const strange = { ...trader.order(trader.places()), spec: { terms: { type: 'STRANGE' } } } as never;
    const nothing = { number: orderNumber(1), limit: null, stop: null, quantity: null, timeInForce: null };
    expect(() => modifySubject(trader.state, strange, nothing)).toThrow('unexpected variant');
  });

  test('names a price only where the order has one', () => {
    const trader = EngineHarness.ready();
    const stopped = trader.places({ terms: stop('155') });
    const atMarket = trader.places({ terms: market });
    expect(changing(trader, stopped, { stop: price('156') })).toMatchObject({
      value: { after: { terms: stop('156') } },
    });
    expect(changing(trader, stopped)).toMatchObject({ value: { after: { terms: stop('155') } } });
    expect(changing(trader, atMarket, { quantity: quantity('3') })).toMatchObject({
      value: { after: { terms: market, quantity: '3' } },
    });
    expect(changing(trader, stopped, { limit: price('156') })).toEqual({
      ok: false,
      error: `Order ${stopped} is a STP order and has no limit price.`,
    });
    expect(changing(trader, atMarket, { stop: price('156') })).toEqual({
      ok: false,
      error: `Order ${atMarket} is a MKT order and has no stop price.`,
    });
  });

  test('of a type that this release does not place is refused', () => {
    const trader = EngineHarness.ready();
    const terms = { type: 'OTHER', name: 'REL', limit: null, stop: null } as const;
    trader.reportsForeign({ spec: { ...aForeignOrder().spec, terms } });
    expect(changing(trader, 1)).toEqual({
      ok: false,
      error: 'Order 1 is a REL order that this release can not modify without losing what it says.',
    });
  });
});

describe('a change within a bracket', () => {
  const subjectOf = (trader: EngineHarness, number: number) => {
    const subject = changing(trader, number, { quantity: quantity('9') });
    return present(subject.ok ? subject.value : null, 'the subject');
  };

  test('of an exit knows the price its unfilled entry waits at', () => {
    const trader = EngineHarness.ready();
    const { entry, target, stop: stopLoss } = trader.placesBracket();
    expect(subjectOf(trader, stopLoss).entry).toBe('150');
    expect(subjectOf(trader, target).entry).toBe('150');
    trader.fills(entry, '1');
    expect(subjectOf(trader, stopLoss).entry).toBeNull();
  });

  test('of an exit of a market entry knows the touch, as far as there is one', () => {
    const trader = EngineHarness.ready();
    const { stop: stopLoss } = trader.placesBracket({ parent: market });
    expect(subjectOf(trader, stopLoss).entry).toBe('150');
    trader.crashes();
    expect(subjectOf(trader, stopLoss).entry).toBeNull();
  });

  test('of an exit whose entry is over, or of another type by now, knows no entry', () => {
    const trader = EngineHarness.ready();
    const { entry, stop: stopLoss } = trader.placesBracket();
    const terms = { type: 'OTHER', name: 'REL', limit: null, stop: null } as const;
    trader.reports(entry, { kind: 'working' }, { spec: { ...trader.order(entry).spec, terms } });
    expect(subjectOf(trader, stopLoss).entry).toBeNull();
    trader.cancelled(entry);
    expect(subjectOf(trader, stopLoss).entry).toBeNull();
  });

  test('of the unfilled entry knows its live exits', () => {
    const trader = EngineHarness.ready();
    const { entry, target, stop: stopLoss } = trader.placesBracket();
    const roles = (): string[] => subjectOf(trader, entry).exits.map(({ role }) => role);
    expect(roles()).toEqual(['take-profit', 'stop-loss']);
    trader.cancelled(target);
    expect(roles()).toEqual(['stop-loss']);
    const terms = { type: 'OTHER', name: 'REL', limit: null, stop: null } as const;
    trader.reports(stopLoss, { kind: 'working' }, { spec: { ...trader.order(stopLoss).spec, terms } });
    expect(roles()).toEqual([]);
  });

  test('of the entry of a bracket without a target knows the stop, and of a filling entry nothing', () => {
    const trader = EngineHarness.ready();
    const { entry } = trader.placesBracket({ takeProfit: null });
    expect(subjectOf(trader, entry).exits).toMatchObject([{ role: 'stop-loss', terms: stop('145') }]);
    trader.fills(entry, '1');
    expect(subjectOf(trader, entry).exits).toEqual([]);
  });
});
