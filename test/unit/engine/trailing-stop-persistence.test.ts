import { describe, expect, test } from 'vitest';
import { price } from '#domain/money';
import { AAPL } from '#test/builders/engine-harness';
import { TrailingDesk } from '#test/builders/trailing-desk';

/** A text with `words` in it. */
const containing = (words: string): unknown => expect.stringContaining(words);

/** A stop that has followed the market from 147 to 149. */
function followed(): TrailingDesk {
  const desk = TrailingDesk.holding();
  const number = desk.rests();
  desk.movesTo('152', number);
  return desk;
}

describe('after a restart', () => {
  test('the stop that rests at IBKR is the floor: the market has to exceed what it stands for', () => {
    const desk = followed();
    desk.restarts([1]);
    desk.movesTo('150', 1);
    desk.movesTo('152', 1);
    expect(desk.stopOf(1)).toBe('149');
    desk.movesTo('153', 1);
    expect(desk.stopOf(1)).toBe('150');
    expect(desk.ratchets).toEqual(['149', '150']);
  });

  test('a change whose answer was lost with the process has happened when IBKR shows it', () => {
    const desk = followed();
    desk.settlesAt('154');
    const { spec, modification } = desk.order(1);
    expect(modification).not.toBeNull();
    desk.crashes();
    desk.holds('10', '0', () => {
      const moved = { ...spec, terms: { type: 'STP' as const, stop: price('151') } };
      desk.reports(1, { kind: 'acknowledged', hold: 'trigger' }, { spec: moved });
    });
    desk.isQuoted(AAPL);
    desk.movesTo('153', 1);
    expect(desk.stopOf(1)).toBe('151');
    desk.movesTo('154.2', 1);
    expect(desk.stopOf(1)).toBe('151.2');
  });

  test('a change that was sent and never written down, and stands at IBKR, is the floor too', () => {
    const desk = followed();
    const written = desk.journal.length;
    desk.settlesAt('154');
    const { spec } = desk.order(1);
    desk.crashes(written);
    desk.holds('10', '0', () => {
      const moved = { ...spec, terms: { type: 'STP' as const, stop: price('151') } };
      desk.reports(1, { kind: 'acknowledged', hold: 'trigger' }, { spec: moved });
    });
    desk.isQuoted(AAPL);
    desk.movesTo('153', 1);
    expect(desk.stopOf(1)).toBe('151');
    desk.movesTo('155', 1);
    expect(desk.stopOf(1)).toBe('152');
  });

  test('the first price of all may be a wrong one: the second confirms it', () => {
    const desk = followed();
    desk.restarts([1]);
    desk.trades('160');
    expect(desk.ratchets).toEqual(['149']);
    desk.trades('160');
    expect(desk.ratchets).toEqual(['149', '157']);
  });

  test('a stop that waited for its activation price still waits', () => {
    const desk = TrailingDesk.holding();
    desk.trails({ activationPrice: price('155') });
    desk.restarts([]);
    desk.settlesAt('154');
    desk.settlesAt('155');
    expect(desk.order(1).spec.terms).toEqual({ type: 'STP', stop: '152' });
  });

  test('its activation price was touched and it could not be placed yet: it is placed from that price on', () => {
    const desk = TrailingDesk.holding();
    desk.trails({ activationPrice: price('155'), trail: { by: 'amount', amount: price('0.02') } });
    const patch = { bid: price('154'), ask: price('156'), last: price('155') };
    for (let tick = 0; tick < 2; tick += 1) desk.fact({ kind: 'quote', conId: AAPL.conId, patch });
    desk.restarts([]);
    desk.fact({ kind: 'quote', conId: AAPL.conId, patch: { ...patch, bid: price('154.99') } });
    expect(desk.order(1).spec.terms).toEqual({ type: 'STP', stop: '154.98' });
  });

  test('a resting stop that is not there any more is not placed again by itself: a person is told', () => {
    const desk = followed();
    desk.restarts([]);
    desk.settlesAt('155');
    expect(desk.stop.state).toMatchObject({ phase: 'suspended' });
    expect(desk.alarms).toEqual([expect.stringContaining('AAPL: stop 1 is suspended')]);
    expect(desk.effectsOf('place')).toHaveLength(1);
  });

  test('a stop that went with its position is done', () => {
    const desk = followed();
    desk.restarts([], '0');
    expect(desk.stop.state).toMatchObject({ phase: 'ended', why: 'the position is closed' });
    expect(desk.alarms.filter((text) => text.includes('suspended'))).toEqual([]);
  });

  test('a stop that a person had asked to cancel is done when it is gone', () => {
    const desk = followed();
    desk.cancels(1);
    desk.restarts([]);
    expect(desk.stop.state).toMatchObject({ phase: 'ended', why: 'it was cancelled' });
  });

  test('what has ended is not followed again', () => {
    const desk = followed();
    desk.cancels(1);
    desk.cancelled(1);
    desk.restarts([]);
    desk.settlesAt('155');
    expect(desk.ratchets).toEqual(['149']);
  });
});

describe('after the link was lost', () => {
  test('it continues from the resting stop, within the same budget', () => {
    const desk = followed();
    desk.linkDown();
    desk.holds('10', '0', () => desk.takesOn(1));
    desk.isQuoted(AAPL);
    desk.movesTo('151', 1);
    expect(desk.ratchets).toEqual(['149']);
    desk.movesTo('153', 1);
    expect(desk.stopOf(1)).toBe('150');
  });

  test('a stop that never reached IBKR leaves the position naked, and a person is told', () => {
    const desk = TrailingDesk.holding();
    desk.outcome = { result: 'not-sent', reason: 'the link to TWS is down' };
    desk.trails();
    expect(desk.stop.state).toMatchObject({ phase: 'suspended' });
    expect(desk.alarms).toHaveLength(1);
  });
});

describe('a split', () => {
  /** Two new shares for one, while a session is ready. */
  function splits(desk: TrailingDesk, live: readonly number[]): void {
    desk.linkDown();
    desk.connects(() => {
      for (const number of live) desk.takesOn(number);
      desk.reportsPosition('20', { averageCost: price('75') });
    });
    desk.isQuoted(AAPL);
  }

  test('nothing moves any more until a person has looked', () => {
    const desk = followed();
    splits(desk, [1]);
    expect(desk.stop.state).toMatchObject({ phase: 'suspended', why: containing('split or merged') });
    desk.settlesAt('155');
    expect(desk.ratchets).toEqual(['149']);
    expect(desk.alarms).toEqual([expect.stringContaining('the shares were split or merged')]);
    expect(desk.rearms(1)).toMatchObject({ outcome: 'accepted', orders: [{ number: 1 }] });
    expect(desk.alarms).toEqual([]);
    expect(desk.stop).toMatchObject({ state: { phase: 'guarding' }, waterMark: '152' });
    desk.settlesAt('155');
    expect(desk.ratchets).toEqual(['149', '152']);
  });

  test('that took the resting stop away is told once more', () => {
    const desk = followed();
    splits(desk, []);
    expect(desk.stop.state).toMatchObject({ phase: 'suspended', why: containing('no stop rests') });
  });

  test('ends a stop that waited for a price of before', () => {
    const desk = TrailingDesk.holding();
    desk.trails({ activationPrice: price('155') });
    splits(desk, []);
    expect(desk.stop.state).toMatchObject({ phase: 'ended' });
    expect(desk.alarms).toEqual([expect.stringContaining('waited for its activation price has ended')]);
  });
});
