import { describe, expect, test } from 'vitest';
import { percent, price, quantity } from '#domain/money';
import { aBracketRequest, EngineHarness } from '#test/builders/engine-harness';
import { stop } from '#test/builders/engine-risk';

const levels = [
  { quantity: quantity('5'), limit: price('155') },
  { quantity: quantity('3'), limit: price('160') },
  { quantity: quantity('2'), limit: price('165') },
];

describe('a bracket', () => {
  test('may be entered by a stop above the market', () => {
    const trader = EngineHarness.ready();
    trader.placesBracket({
      parent: stop('155'),
      takeProfit: { limit: price('165') },
      stopLoss: { type: 'STP', stop: price('150') },
    });
    expect(trader.order(1).spec.terms).toEqual({ type: 'STP', stop: '155' });
    expect(trader.last('place').legs.value).toHaveLength(3);
  });

  test.each([
    { type: 'STP LMT' as const, stop: price('145'), limit: price('144.5') },
    { type: 'TRAIL' as const, trail: { by: 'amount' as const, amount: price('3') }, stop: null },
    { type: 'TRAIL' as const, trail: { by: 'percent' as const, percent: percent('2') }, stop: price('146') },
  ])('may have another stop than a plain one: $type', (stopLoss) => {
    const trader = EngineHarness.ready();
    const { stop: number } = trader.placesBracket({ stopLoss });
    expect(trader.order(number).spec.terms).toEqual(stopLoss);
    expect(trader.order(number).group?.role).toBe('stop-loss');
  });

  test('has its exits in an OCA group of its own: the fill of one reduces the other', () => {
    const trader = EngineHarness.ready();
    trader.placesBracket();
    const [group] = trader.durable.groups.keys();
    expect(trader.last('place').legs.value.map(({ oca }) => oca)).toEqual([
      null,
      { group, type: 2 },
      { group, type: 2 },
    ]);
  });

  test('without a target needs none', () => {
    const trader = EngineHarness.ready();
    trader.placesBracket({ takeProfit: null });
    expect(trader.last('place').legs.value.map(({ oca }) => oca)).toEqual([null, null]);
  });
});

describe('scaling out', () => {
  test('is a bracket for each level, decided as one: IBKR gives exits the quantity of their entry', () => {
    const trader = EngineHarness.ready();
    const reply = trader.commands({
      kind: 'place-bracket',
      request: aBracketRequest({ takeProfit: null, levels }),
    });
    expect(reply).toMatchObject({ outcome: 'accepted' });
    expect(reply.orders.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(trader.allOf('decision-made')).toHaveLength(1);
    expect(
      trader.effectsOf('place').map(({ legs }) => legs.value.map(({ spec }) => [spec.quantity, spec.terms])),
    ).toEqual(
      levels.map((level) => [
        [level.quantity, { type: 'LMT', limit: '150' }],
        [level.quantity, { type: 'LMT', limit: level.limit }],
        [level.quantity, { type: 'STP', stop: '145' }],
      ]),
    );
    const groups = [...trader.durable.groups.values()];
    expect(groups.map(({ scaleOut }) => [scaleOut?.level, scaleOut?.of])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    expect(new Set(groups.map(({ scaleOut }) => scaleOut?.id)).size).toBe(1);
  });

  test('at one level is a bracket like any other', () => {
    const trader = EngineHarness.ready();
    const level = { quantity: quantity('10'), limit: price('160') };
    trader.commands({ kind: 'place-bracket', request: aBracketRequest({ takeProfit: null, levels: [level] }) });
    const [group] = trader.durable.groups.values();
    expect(group?.scaleOut).toBeNull();
  });

  test('of other quantities than the whole is denied, and shown once, whole', () => {
    const trader = EngineHarness.ready();
    const reply = trader.commands({
      kind: 'place-bracket',
      request: aBracketRequest({ takeProfit: null, levels: levels.slice(0, 2) }),
    });
    expect(reply.outcome).toBe('denied');
    expect(reply.message).toContain('8');
    expect(reply.orders).toHaveLength(1);
    expect(trader.order(1)).toMatchObject({ state: { phase: 'denied' }, spec: { quantity: '10' }, group: null });
    expect(trader.durable.groups.size).toBe(0);
    expect(trader.effectsOf('place')).toEqual([]);
  });

  test('closes level by level: the last one shrinks first when the position is closed by hand', () => {
    const trader = EngineHarness.ready();
    trader.commands({ kind: 'place-bracket', request: aBracketRequest({ takeProfit: null, levels }) });
    for (const entry of [1, 4, 7]) {
      trader.fills(entry, trader.order(entry).spec.quantity);
      trader.works(entry + 1);
      trader.acknowledges(entry + 2, 'trigger');
    }
    const close = trader.places({
      side: 'SELL',
      quantity: quantity('3'),
      terms: { type: 'LMT', limit: price('149.99') },
    });
    trader.fills(close, '3', '149.99');
    expect(trader.effectsOf('modify').map(({ order }) => [order.value.orderId, order.value.spec.quantity])).toEqual([
      [5, '2'],
      [6, '2'],
    ]);
    trader.passes(1_000);
    expect(trader.effectsOf('cancel').map(({ orderId }) => orderId)).toEqual([8, 9]);
  });
});

test('a bracket of a symbol that IBKR has not named is refused', () => {
  const trader = EngineHarness.ready();
  expect(trader.commands({ kind: 'place-bracket', request: aBracketRequest({ symbol: 'APPL' }) })).toMatchObject({
    outcome: 'refused',
  });
});

test('an order that only closes goes before what opens', () => {
  const trader = EngineHarness.ready();
  trader.fills(trader.places(), '10');
  trader.places({ side: 'SELL', quantity: quantity('10'), terms: { type: 'MKT' } });
  expect(trader.last('place').priority).toBe('reduce');
});
