import { describe, expect, test } from 'vitest';
import { alarmId, ibOrderId, orderNumber } from '#domain/ids';
import { money, price, quantity } from '#domain/money';
import { DEFAULT_SETTINGS } from '#domain/settings';
import { preview, step } from '#engine/engine';
import { aBracketRequest, aLimitOrder, EngineHarness } from '#test/builders/engine-harness';

test('a bracket lives: placed, filled, target hit, stop gone, closed', () => {
  const trader = EngineHarness.ready();
  const { entry, target, stop } = trader.placesBracket();
  trader.acknowledges(entry);
  trader.acknowledges(target, 'parent');
  trader.acknowledges(stop, 'parent');
  trader.works(entry);
  trader.fills(entry, '10');
  trader.works(target);
  trader.acknowledges(stop, 'trigger');
  trader.fills(target, '10', '160');
  trader.cancelled(stop);
  expect([entry, target, stop].map((number) => trader.phaseOf(number))).toEqual(['filled', 'filled', 'cancelled']);
  expect(trader.position()).toBe('0');
  expect(trader.allOf('bracket-closed')).toHaveLength(1);
});

test('a process life begins with its run, disconnected', () => {
  const trader = new EngineHarness();
  expect(trader.journal.map(({ event }) => event)).toMatchObject([
    { type: 'run-started', runId: 'run1', mode: 'paper', version: '0.1.0' },
    { type: 'connection-changed', connection: { phase: 'disconnected', reason: 'starting' } },
  ]);
});

test('events are numbered without gaps and stamped with the time of their input', () => {
  const trader = EngineHarness.ready();
  trader.passes(700);
  trader.places();
  expect(trader.journal.map(({ sequence }) => sequence)).toEqual(trader.journal.map((_, index) => index + 1));
  expect(trader.journal.at(-1)?.at).toBe(trader.now);
});

test('what the account is worth and how far TWS is are observed, not written down', () => {
  const trader = EngineHarness.ready();
  const events = trader.typesOf(() => {
    trader.fact({ kind: 'heartbeat', state: 'alive', roundTripMs: 12 });
    trader.fact({ kind: 'account-value', key: 'NetLiquidation', value: '100000', currency: 'USD' });
  });
  expect(events).toEqual([]);
  expect(trader.state.observed).toMatchObject({ roundTripMs: 12, heartbeatAt: trader.now });
  expect(trader.state.observed.accountValues.get('NetLiquidation')).toBe('100000');
});

test('a late answer makes TWS slow, and what it told only as young as the question; one in time ends that', () => {
  const trader = EngineHarness.ready();
  trader.fact({ kind: 'heartbeat', state: 'alive', roundTripMs: 12 });
  trader.passes(3_000);
  trader.fact({ kind: 'heartbeat', state: 'slow', roundTripMs: null, lateMs: 2_000 });
  expect(trader.state.observed).toMatchObject({
    roundTripMs: 12,
    heartbeatLateMs: 2_000,
    heartbeatAt: trader.now - 3_000,
  });
  trader.fact({ kind: 'heartbeat', state: 'slow', roundTripMs: 2_500, lateMs: 1_500 });
  expect(trader.state.observed).toMatchObject({
    roundTripMs: 2_500,
    heartbeatLateMs: 1_500,
    heartbeatAt: trader.now - 2_500,
  });
  trader.fact({ kind: 'heartbeat', state: 'alive', roundTripMs: 12 });
  expect(trader.state.observed).toMatchObject({ heartbeatLateMs: 0, heartbeatAt: trader.now });
});

test('the next order id that TWS names after it refused one is a floor, never a step back', () => {
  const trader = EngineHarness.ready();
  trader.fact({ kind: 'next-order-id', orderId: ibOrderId(500) });
  expect(trader.state.observed.highestOrderId).toBe(499);
  trader.fact({ kind: 'next-order-id', orderId: ibOrderId(3) });
  expect(trader.state.observed.highestOrderId).toBe(499);
});

test('what IBKR has to say is written down', () => {
  const trader = EngineHarness.ready();
  trader.fact({ kind: 'notice', code: 2104, text: 'Market data farm connection is OK' });
  expect(trader.allOf('notice-received')).toEqual([
    { type: 'notice-received', code: 2104, text: 'Market data farm connection is OK' },
  ]);
});

test('changed settings count from then on', () => {
  const trader = EngineHarness.ready();
  const risk = { ...DEFAULT_SETTINGS.risk, maxOrderNotional: money('1000') };
  trader.input({ kind: 'settings', settings: { ...DEFAULT_SETTINGS, risk } });
  expect(trader.phaseOf(trader.places())).toBe('denied');
});

test('a person clears an alarm once', () => {
  const trader = EngineHarness.ready();
  trader.input({ kind: 'halt', cause: 'fault', reason: 'one' });
  const clear = { kind: 'clear-alarm', alarmId: alarmId('halted') } as const;
  expect(trader.commands(clear)).toMatchObject({ outcome: 'accepted', orders: [] });
  expect(trader.allOf('alarm-cleared')).toMatchObject([{ origin: 'window' }]);
  expect(trader.commands(clear)).toMatchObject({
    outcome: 'refused',
    message: 'That alarm is not standing any more.',
  });
});

describe('a preview decides and leaves no trace', () => {
  const decided = (trader: EngineHarness, command: Parameters<typeof preview>[3]): unknown => {
    const before = trader.journal.length;
    const answer = preview(trader.state, trader.now, 'window', command);
    expect(trader.journal).toHaveLength(before);
    return answer;
  };

  test('of a new bracket', () => {
    const trader = EngineHarness.ready();
    expect(decided(trader, { kind: 'place-bracket', request: aBracketRequest() })).toMatchObject({
      ok: true,
      value: { id: 'preview', outcome: 'approved' },
    });
    const request = aBracketRequest({ stopLoss: { type: 'STP', stop: price('155') } });
    expect(decided(trader, { kind: 'place-bracket', request })).toMatchObject({ value: { outcome: 'denied' } });
    expect(trader.durable.orders.size).toBe(0);
  });

  test('of a new order while halted: it says that it would not pass', () => {
    const trader = EngineHarness.ready();
    trader.input({ kind: 'halt', cause: 'fault', reason: 'one' });
    expect(decided(trader, { kind: 'place-order', request: aLimitOrder() })).toMatchObject({
      value: { outcome: 'denied' },
    });
  });

  test('of a stop for a position that nothing protects, and of one where nothing is held', () => {
    const trader = EngineHarness.ready();
    const request = { symbol: 'AAPL', protection: { by: 'stop', stop: price('145') } } as const;
    expect(decided(trader, { kind: 'protect-position', request })).toMatchObject({ ok: false });
    trader.fills(trader.places(), '10');
    expect(decided(trader, { kind: 'protect-position', request })).toMatchObject({
      value: { outcome: 'approved', context: { subject: { legs: [{ role: 'protective-stop', quantity: '10' }] } } },
    });
    expect(decided(trader, { kind: 'close-position', symbol: 'AAPL' })).toMatchObject({
      value: { outcome: 'approved', context: { subject: { legs: [{ side: 'SELL', terms: { type: 'MKT' } }] } } },
    });
  });

  const change = { limit: null, stop: null, quantity: quantity('5'), timeInForce: null };

  test('of a change', () => {
    const trader = EngineHarness.ready();
    const number = orderNumber(trader.places());
    expect(decided(trader, { kind: 'modify-order', request: { number, ...change } })).toMatchObject({
      ok: true,
      value: { outcome: 'approved', context: { subject: { action: 'modify', after: { quantity: '5' } } } },
    });
    const odd = { number, ...change, stop: price('1') };
    expect(decided(trader, { kind: 'modify-order', request: odd })).toEqual({
      ok: false,
      error: 'Order 1 is a LMT order and has no stop price.',
    });
  });

  test('of a change of an order that is not there', () => {
    const trader = EngineHarness.ready();
    expect(decided(trader, { kind: 'modify-order', request: { number: orderNumber(12), ...change } })).toEqual({
      ok: false,
      error: 'There is no order 12.',
    });
  });
});

test('an input, a fact, a command or a deadline from outside of the unions is a bug of ours', () => {
  const trader = EngineHarness.ready();
  const strange = JSON.parse('{"kind":"strange"}') as never;
  expect(() => trader.input(strange)).toThrow('unexpected variant');
  expect(() => trader.fact(strange)).toThrow('unexpected variant');
  expect(() => trader.commands(strange)).toThrow('unexpected variant');
  expect(() => preview(trader.state, trader.now, 'window', strange)).toThrow('unexpected variant');
  trader.state.observed.deadlines.set('strange', trader.now, strange);
  expect(() => step(trader.state, { kind: 'clock', at: trader.now })).toThrow('unexpected variant');
});
