import { describe, expect, test } from 'vitest';
import { percent, price, quantity } from '#domain/money';
import { AAPL } from '#test/builders/engine-harness';
import { TrailingDesk } from '#test/builders/trailing-desk';

/** A text with `words` in it. */
const containing = (words: string): unknown => expect.stringContaining(words);

const NATIVE = { mode: 'native' } as const;

describe('held by IBKR', () => {
  test('is what is asked for unless it needs this app', () => {
    const desk = TrailingDesk.holding();
    const number = desk.rests({ mode: null, trail: { by: 'percent', percent: percent('2') } });
    expect(desk.order(number).spec.terms).toEqual({
      ...{ type: 'TRAIL', trail: { by: 'percent', percent: '2' }, stop: null },
    });
    expect(desk.stop).toMatchObject({ plan: { kind: 'native' }, state: { phase: 'guarding' }, waterMark: null });
  });

  test('its stop is followed from what IBKR shows, and never moved by this app', () => {
    const desk = TrailingDesk.holding();
    const number = desk.rests({ ...NATIVE, initialStopPrice: price('146') });
    desk.showsStop(number, '149');
    desk.settlesAt('155');
    expect(desk.ratchets).toEqual([]);
    expect(desk.stopOf(number)).toBe('149');
    expect(desk.durable.stopMoves.get(desk.order(number).id)).toMatchObject([{ stop: '146' }, { stop: '149' }]);
  });

  test('an unlikely trail is denied by the checks', () => {
    const desk = TrailingDesk.holding();
    const trail = { by: 'amount' as const, amount: price('0.001') };
    expect(desk.trails({ ...NATIVE, trail })).toMatchObject({ outcome: 'denied' });
  });
});

describe('one that waits for its activation price has no order to cancel', () => {
  const waiting = (): TrailingDesk => {
    const desk = TrailingDesk.holding();
    desk.trails({ activationPrice: price('160') });
    return desk;
  };

  test('a person gives it up by its symbol', () => {
    const desk = waiting();
    expect(desk.commands({ kind: 'drop-waiting-stops', symbol: 'TSLA' })).toMatchObject({
      outcome: 'refused',
      message: containing('No trailing stop of TSLA waits'),
    });
    expect(desk.commands({ kind: 'drop-waiting-stops', symbol: 'AAPL' })).toMatchObject({ outcome: 'accepted' });
    expect(desk.stop.state).toMatchObject({ phase: 'ended', why: 'a person gave it up' });
    desk.settlesAt('161');
    expect(desk.durable.orders.size).toBe(0);
  });

  test('cancelling everything gives it up too, unless stops are to be kept', () => {
    const desk = waiting();
    expect(desk.commands({ kind: 'cancel-all', symbol: null, keepStops: true })).toMatchObject({ outcome: 'refused' });
    expect(desk.commands({ kind: 'cancel-all', symbol: 'AAPL', keepStops: false })).toMatchObject({
      outcome: 'accepted',
    });
    expect(desk.stop.state.phase).toBe('ended');
  });

  test('one that rests is cancelled as an order', () => {
    const desk = TrailingDesk.holding();
    desk.rests();
    expect(desk.commands({ kind: 'drop-waiting-stops', symbol: 'AAPL' })).toMatchObject({ outcome: 'refused' });
    expect(desk.stop.state.phase).toBe('guarding');
  });
});

describe('a stop ends', () => {
  test('when it has filled, and its alarms with it', () => {
    const desk = TrailingDesk.holding();
    const number = desk.rests();
    desk.fills(number, '10', '147');
    expect(desk.stop.state).toMatchObject({ phase: 'ended', why: 'it filled' });
    expect(desk.allOf('stop-ended')).toHaveLength(1);
    desk.settlesAt('155');
    expect(desk.ratchets).toEqual([]);
  });

  test('when a person cancels it', () => {
    const desk = TrailingDesk.holding();
    const number = desk.rests();
    const other = desk.places();
    desk.cancels(number, other);
    desk.cancelled(number);
    expect(desk.stop.state).toMatchObject({ phase: 'ended', why: 'it was cancelled' });
    expect(desk.alarms).toEqual([]);
  });

  test('when the position is gone, and IBKR takes the stop away', () => {
    const desk = TrailingDesk.holding();
    const number = desk.rests();
    desk.places({ side: 'SELL', terms: { type: 'MKT' } });
    desk.fills(number + 1, '10');
    desk.cancelled(number);
    expect(desk.stop.state.phase).toBe('ended');
    expect(desk.alarms).toEqual([]);
  });

  test('also one that was suspended', () => {
    const desk = TrailingDesk.holding();
    const number = desk.rests();
    desk.cancelled(number);
    expect(desk.alarms).toHaveLength(1);
    desk.places({ side: 'SELL', terms: { type: 'MKT' } });
    desk.fills(number + 1, '10');
    expect(desk.stop.state).toMatchObject({ phase: 'ended', why: 'the position is closed' });
    expect(desk.alarms).toEqual([]);
  });
});

describe('IBKR takes a stop away from under the position', () => {
  test.each([
    ['cancelled', (desk: TrailingDesk) => desk.cancelled(1), 'cancelled'],
    ['rejected', (desk: TrailingDesk) => desk.errs(1, 201, 'rejected', 'no margin'), 'rejected by IBKR: no margin'],
  ])('%s: it is suspended, and a person is told once', (_what, happens, words) => {
    const desk = TrailingDesk.holding();
    desk.rests();
    happens(desk);
    happens(desk);
    expect(desk.stop.state).toMatchObject({ phase: 'suspended', why: containing(words) });
    expect(desk.alarms).toEqual([expect.stringContaining('Look at the position, then re-arm it or place another.')]);
    expect(desk.allOf('stop-suspended')).toHaveLength(1);
  });

  test('after it had refused to cancel it for us', () => {
    const desk = TrailingDesk.holding();
    const number = desk.rests();
    desk.cancels(number);
    desk.errs(number, 161, 'cancel-failed');
    desk.works(number);
    desk.cancelled(number);
    expect(desk.stop.state.phase).toBe('suspended');
  });
});

describe('a person arms a suspended stop again', () => {
  test('a managed one, where nothing rests: it is placed behind the market as it is now', () => {
    const desk = TrailingDesk.holding();
    const number = desk.rests();
    desk.cancelled(number);
    desk.settlesAt('151');
    const reply = desk.rearms(number);
    expect(reply).toMatchObject({ outcome: 'accepted', orders: [{ number: 2 }], decision: { outcome: 'approved' } });
    expect(desk.order(2).spec.terms).toEqual({ type: 'STP', stop: '148' });
    expect(desk.stop).toMatchObject({ order: desk.order(2).id, state: { phase: 'guarding' }, waterMark: '151' });
    expect(desk.alarms).toEqual([]);
    desk.takesOn(2);
    desk.movesTo('152', 2);
    expect(desk.stopOf(2)).toBe('149');
  });

  test('for what is held by then', () => {
    const desk = TrailingDesk.holding();
    desk.rests();
    desk.places({ side: 'SELL', terms: { type: 'MKT' }, quantity: quantity('3') });
    desk.cancelled(1);
    desk.fills(2, '3');
    desk.rearms(1);
    expect(desk.order(3).spec.quantity).toBe('7');
  });

  test('one that IBKR holds, as it was', () => {
    const desk = TrailingDesk.holding();
    desk.rests({ ...NATIVE, initialStopPrice: price('146') });
    desk.cancelled(1);
    desk.rearms(1);
    expect(desk.order(2).spec.terms).toEqual({ type: 'TRAIL', trail: { by: 'amount', amount: '3' }, stop: null });
    expect(desk.stop).toMatchObject({ state: { phase: 'guarding' }, waterMark: null });
  });

  test('one that does not trail, as it was', () => {
    const desk = TrailingDesk.holding();
    const protection = { by: 'stop' as const, stop: price('145') };
    desk.commands({ kind: 'protect-position', request: { symbol: 'AAPL', protection } });
    desk.takesOn(1);
    desk.cancelled(1);
    expect(desk.stop.state.phase).toBe('suspended');
    desk.passes(3_000);
    desk.rearms(1);
    expect(desk.order(2).spec).toMatchObject({ quantity: '10', terms: { type: 'STP', stop: '145' } });
    expect(desk.order(2).spec.triggerOn).toBeUndefined();
    expect(desk.stop).toMatchObject({ plan: { kind: 'fixed' }, state: { phase: 'guarding' }, waterMark: null });
  });

  test('not when nothing is left to protect', () => {
    const desk = TrailingDesk.holding();
    desk.rests();
    desk.cancelled(1);
    desk.passes(3_000);
    desk.rests();
    expect(desk.rearms(1)).toMatchObject({
      outcome: 'refused',
      message: 'AAPL: nothing is held that has no stop yet.',
    });
  });

  test('not without a price to trail from', () => {
    const desk = TrailingDesk.holding();
    desk.rests();
    desk.cancelled(1);
    desk.isQuoted(AAPL, false);
    expect(desk.rearms(1).message).toBe('There is no real-time price of AAPL to trail from now.');
  });

  test('not past the checks', () => {
    const desk = TrailingDesk.holding();
    desk.rests({ ...NATIVE, activationPrice: price('155'), initialStopPrice: price('146') });
    desk.cancelled(1);
    desk.settlesAt('146');
    expect(desk.rearms(1)).toMatchObject({ outcome: 'denied', orders: [{ number: 2 }] });
    expect(desk.stop.state.phase).toBe('suspended');
  });

  test('not an order of a type that this release does not place', () => {
    const desk = TrailingDesk.holding();
    desk.rests(NATIVE);
    const { spec } = desk.order(1);
    const terms = { type: 'OTHER' as const, name: 'MIT', limit: null, stop: price('140') };
    desk.reports(1, { kind: 'working' }, { spec: { ...spec, terms } });
    desk.cancelled(1);
    expect(desk.rearms(1).message).toBe('Order 1 was a MIT order. Place another stop.');
  });

  test('what is not suspended is said', () => {
    const desk = TrailingDesk.holding();
    desk.rests({ quantity: quantity('5') });
    desk.places();
    expect(desk.rearms(9).message).toBe('There is no order 9.');
    expect(desk.rearms(2).message).toBe('Order 2 is no stop that stands for a position.');
    expect(desk.rearms(1).message).toBe('Order 1 is not suspended: its stop is guarding.');
  });
});
