import { describe, expect, test } from 'vitest';
import { percent, price, quantity } from '#domain/money';
import { AAPL } from '#test/builders/engine-harness';
import { TrailingDesk } from '#test/builders/trailing-desk';

const AT_155 = { activationPrice: price('155') };

describe('without an initial stop', () => {
  test('nothing rests before the activation price, and the answer warns of it', () => {
    const desk = TrailingDesk.holding();
    const reply = desk.trails(AT_155);
    expect(reply).toMatchObject({ outcome: 'accepted', orders: [], decision: { outcome: 'approved' } });
    expect(reply.message).toBe(
      'No stop rests at IBKR before AAPL touches 155.00: until then nothing protects the position, and this app has to run for the stop to be placed.',
    );
    expect(desk.stop).toMatchObject({ order: null, state: { phase: 'waiting' }, waterMark: null });
    expect(desk.effectsOf('place')).toEqual([]);
  });

  test('more than is held is denied before it waits', () => {
    const desk = TrailingDesk.holding();
    expect(desk.trails({ ...AT_155, quantity: quantity('11') })).toMatchObject({
      outcome: 'denied',
      orders: [{ number: 1 }],
    });
    expect(desk.durable.protectiveStops.size).toBe(0);
  });

  test('a cent below the activation price is not enough; at it the stop is placed behind the market', () => {
    const desk = TrailingDesk.holding();
    desk.trails(AT_155);
    desk.settlesAt('154.99');
    expect(desk.stop.state.phase).toBe('waiting');
    const events = desk.trades('155').map(({ type }) => type);
    expect(events).toEqual(['stop-activated', 'decision-made', 'orders-intended']);
    expect(desk.order(1)).toMatchObject({ origin: 'manager', spec: { terms: { type: 'STP', stop: '152' } } });
    expect(desk.stop).toMatchObject({ order: desk.order(1).id, state: { phase: 'guarding' }, waterMark: '155' });
    desk.takesOn(1);
    desk.movesTo('156', 1);
    expect(desk.stopOf(1)).toBe('153');
  });

  test('it protects what is held by then and has no stop yet', () => {
    const desk = TrailingDesk.holding();
    desk.trails(AT_155);
    const waiting = desk.stop.id;
    desk.rests({ quantity: quantity('4') });
    desk.settlesAt('155');
    expect(desk.order(2)).toMatchObject({ group: { id: waiting }, spec: { quantity: '6' } });
    expect(desk.durable.protectiveStops.get(waiting)?.quantity).toBe('10');
  });

  test('when all that is held has a stop by then, it ends', () => {
    const desk = TrailingDesk.holding();
    desk.trails(AT_155);
    const waiting = desk.stop.id;
    desk.rests();
    desk.settlesAt('155');
    expect(desk.durable.protectiveStops.get(waiting)?.state).toMatchObject({
      phase: 'ended',
      why: 'all that is held has a stop already',
    });
  });

  test('a stop that would trigger at once waits until the market is wider of it', () => {
    const desk = TrailingDesk.holding();
    desk.trails({ ...AT_155, trail: { by: 'amount', amount: price('0.02') } });
    const { conId } = AAPL;
    const wide = { bid: price('154'), ask: price('156') };
    for (let tick = 0; tick < 2; tick += 1) desk.fact({ kind: 'quote', conId, patch: { ...wide, last: price('155') } });
    expect(desk.stop).toMatchObject({ order: null, state: { phase: 'guarding' } });
    desk.fact({ kind: 'quote', conId, patch: { bid: price('154.99') } });
    expect(desk.order(1).spec.terms).toEqual({ type: 'STP', stop: '154.98' });
  });

  test('denied when it is to be placed, it ends and a person is told that nothing protects the position', () => {
    const desk = TrailingDesk.holding();
    desk.trails(AT_155);
    const { settings } = desk.durable;
    const risk = { ...settings.risk, maxOrderQuantity: quantity('5') };
    desk.input({ kind: 'settings', settings: { ...settings, risk } });
    desk.settlesAt('155');
    expect(desk.stop.state).toMatchObject({ phase: 'ended' });
    expect(desk.phaseOf(1)).toBe('denied');
    expect(desk.alarms).toEqual([
      'AAPL: its activation price was touched, and a stop at 152.00 was denied. Nothing protects the position. Quantity is 10. The limit is 5 (global).',
    ]);
  });

  test('with the position gone there is nothing left to wait for', () => {
    const desk = TrailingDesk.holding();
    desk.trails(AT_155);
    desk.places({ side: 'SELL', terms: { type: 'MKT' } });
    desk.fills(1, '9');
    expect(desk.stop.state.phase).toBe('waiting');
    desk.fills(1, '1');
    expect(desk.stop.state).toMatchObject({ phase: 'ended', why: 'the position is closed' });
    desk.settlesAt('155');
    expect(desk.effectsOf('place')).toHaveLength(1);
  });

  test('while IBKR has not shown the new stop, it stays where it is', () => {
    const desk = TrailingDesk.holding();
    desk.trails(AT_155);
    desk.settlesAt('155');
    desk.settlesAt('157');
    expect(desk.ratchets).toEqual([]);
    desk.takesOn(1);
    desk.passes(0);
    expect(desk.ratchets).toEqual(['154']);
  });
});

describe('with an initial stop', () => {
  test('it rests at once, and trails from the activation price on', () => {
    const desk = TrailingDesk.holding();
    const number = desk.rests({ ...AT_155, initialStopPrice: price('145') });
    expect(desk.stop).toMatchObject({ state: { phase: 'waiting' }, waterMark: null });
    desk.movesTo('154.99', number);
    expect(desk.stopOf(number)).toBe('145');
    desk.movesTo('155', number);
    expect(desk.allOf('stop-activated')).toMatchObject([{ waterMark: '155' }]);
    expect(desk.stopOf(number)).toBe('152');
  });

  test('touched while a change of the stop is on its way, it moves once that is answered', () => {
    const desk = TrailingDesk.holding();
    const number = desk.rests({ ...AT_155, initialStopPrice: price('145') });
    desk.modifies(number, { stop: price('146') });
    desk.settlesAt('155');
    expect(desk.ratchets).toEqual([]);
    desk.confirms(number);
    desk.trades('155');
    expect(desk.ratchets).toEqual(['152']);
  });

  test('a person may move what rests meanwhile, and it still waits', () => {
    const desk = TrailingDesk.holding();
    const number = desk.rests({ ...AT_155, initialStopPrice: price('145') });
    desk.showsStop(number, '146');
    desk.movesTo('154', number);
    expect(desk.ratchets).toEqual([]);
    expect(desk.stop.state.phase).toBe('waiting');
  });
});

describe('held by IBKR', () => {
  const NATIVE = { ...AT_155, mode: null, initialStopPrice: price('145') } as const;

  test('it is a stop that turns into a trailing one', () => {
    const desk = TrailingDesk.holding();
    const number = desk.rests(NATIVE);
    expect(desk.order(number).spec.terms).toEqual({
      ...{ type: 'STP TO TRAIL', stop: '145', activation: '155', trailingStop: '152', trailAmount: '3' },
    });
    expect(desk.stop).toMatchObject({ plan: { kind: 'native' }, state: { phase: 'waiting' }, waterMark: null });
  });

  test('that IBKR shows it as a trailing stop says that the price was touched', () => {
    const desk = TrailingDesk.holding();
    const number = desk.rests(NATIVE);
    const { spec } = desk.order(number);
    const terms = { type: 'TRAIL' as const, trail: { by: 'amount' as const, amount: price('3') }, stop: price('152') };
    for (let report = 0; report < 2; report += 1) {
      desk.reports(number, { kind: 'acknowledged', hold: 'trigger' }, { spec: { ...spec, terms } });
    }
    expect(desk.allOf('stop-activated')).toMatchObject([{ groupId: desk.stop.id, waterMark: null }]);
    expect(desk.stop.state.phase).toBe('guarding');
  });

  test('what IBKR can not do is refused in words', () => {
    const desk = TrailingDesk.holding();
    const byPercent = { trail: { by: 'percent' as const, percent: percent('2') } };
    expect(desk.trails({ ...NATIVE, ...byPercent, mode: 'native' }).message).toContain(
      'only by an amount, not by percent',
    );
    expect(desk.trails({ ...NATIVE, initialStopPrice: null, mode: 'native' }).message).toContain(
      'only with an initial stop',
    );
    expect(desk.trails({ ...NATIVE, initialStopPrice: price('152.01') }).message).toContain(
      'the stop would move against the position, from 152.01 to 152.00',
    );
  });

  test('percent with an activation price is moved by this app, unless told otherwise', () => {
    const desk = TrailingDesk.holding();
    desk.rests({ ...NATIVE, trail: { by: 'percent', percent: percent('2') } });
    expect(desk.stop.plan.kind).toBe('managed');
  });
});
