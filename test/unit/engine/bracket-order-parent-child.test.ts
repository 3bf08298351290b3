import { describe, expect, test } from 'vitest';
import { quantity } from '#domain/money';
import { EngineHarness } from '#test/builders/engine-harness';

describe('one request is one group', () => {
  test('of an entry and its exits: opposite side, same quantity, GTC, one effect with the entry first', () => {
    const trader = EngineHarness.ready();
    const { entry, target, stop } = trader.placesBracket();
    const orders = [entry, target, stop].map((number) => trader.order(number));
    expect(
      orders.map(({ spec, group }) => [group?.role, spec.side, spec.quantity, spec.timeInForce, spec.terms]),
    ).toEqual([
      ['parent', 'BUY', '10', 'DAY', { type: 'LMT', limit: '150' }],
      ['take-profit', 'SELL', '10', 'GTC', { type: 'LMT', limit: '160' }],
      ['stop-loss', 'SELL', '10', 'GTC', { type: 'STP', stop: '145' }],
    ]);
    const effect = trader.last('place');
    expect(trader.effectsOf('place')).toHaveLength(1);
    expect(effect.legs.value.map(({ id }) => id)).toEqual(orders.map(({ id }) => id));
    expect(new Set(orders.map(({ group }) => group?.id))).toEqual(new Set([...trader.durable.groups.keys()]));
  });

  test('whose exits name the entry as their parent', () => {
    const trader = EngineHarness.ready();
    trader.placesBracket();
    expect(trader.last('place').legs.value.map(({ orderId, parentOrderId }) => [orderId, parentOrderId])).toEqual([
      [1, null],
      [2, 1],
      [3, 1],
    ]);
  });

  test('that is written down as a whole', () => {
    const trader = EngineHarness.ready();
    trader.placesBracket();
    expect(trader.allOf('orders-intended').map(({ orders }) => orders.length)).toEqual([3]);
    const [group] = trader.durable.groups.values();
    expect(group).toMatchObject({
      symbol: 'AAPL',
      side: 'BUY',
      parent: trader.order(1).id,
      takeProfit: trader.order(2).id,
      stopLoss: trader.order(3).id,
      closed: null,
    });
  });

  test('without a target of two', () => {
    const trader = EngineHarness.ready();
    const { stop } = trader.placesBracket({ takeProfit: null });
    expect(stop).toBe(2);
    const [group] = trader.durable.groups.values();
    expect(group).toMatchObject({ takeProfit: null, stopLoss: trader.order(2).id });
  });

  test('whose exits are DAY orders when told so', () => {
    const trader = EngineHarness.ready();
    trader.placesBracket({ exitTimeInForce: 'DAY' });
    expect([2, 3].map((number) => trader.order(number).spec.timeInForce)).toEqual(['DAY', 'DAY']);
  });
});

describe('the exits of a live bracket', () => {
  test('wait for the entry, and work once it has filled', () => {
    const trader = EngineHarness.ready();
    trader.placesBracket();
    trader.works(1);
    trader.acknowledges(2, 'parent');
    trader.acknowledges(3, 'parent');
    expect(trader.order(3).state).toMatchObject({ phase: 'pending', hold: 'parent' });
    trader.fills(1, '10');
    trader.works(2);
    trader.acknowledges(3, 'trigger');
    expect([1, 2, 3].map((number) => trader.phaseOf(number))).toEqual(['filled', 'working', 'pending']);
    expect(trader.order(3).state).toMatchObject({ hold: 'trigger' });
    expect(trader.position()).toBe('10');
  });

  test('shrink with each other as IBKR reports it', () => {
    const trader = EngineHarness.ready();
    trader.placesBracket();
    trader.fills(1, '10');
    trader.works(2);
    trader.works(3);
    trader.fills(2, '4', '160');
    const reduced = { ...trader.order(3).spec, quantity: quantity('6') };
    trader.reports(3, { kind: 'working' }, { spec: reduced });
    expect(trader.order(3).spec.quantity).toBe('6');
    trader.fills(3, '6', '145');
    trader.reports(2, { kind: 'cancelled' });
    expect([2, 3].map((number) => trader.phaseOf(number))).toEqual(['cancelled', 'filled']);
    expect(trader.position()).toBe('0');
    expect(trader.allOf('bracket-closed')).toHaveLength(1);
  });

  test('can be cancelled one by one', () => {
    const trader = EngineHarness.ready();
    trader.placesBracket();
    trader.fills(1, '10');
    trader.works(2);
    trader.works(3);
    trader.cancels(2);
    trader.cancelled(2);
    trader.passes(10_000);
    expect(trader.phaseOf(3)).toBe('working');
    expect(trader.allOf('bracket-closed')).toEqual([]);
  });
});
