import { describe, expect, test } from 'vitest';
import { effectId } from '#domain/ids';
import { quantity } from '#domain/money';
import { EngineHarness } from '#test/builders/engine-harness';

const NOT_SENT = { result: 'not-sent', reason: 'it waited too long' } as const;
const MAYBE_SENT = { result: 'maybe-sent', reason: 'the socket broke' } as const;

describe('a bracket', () => {
  test('that was sent waits for its answers', () => {
    const trader = EngineHarness.ready();
    trader.outcome = null;
    trader.placesBracket();
    expect(trader.typesOf(() => trader.hearsOutcome(trader.last('place').id, { result: 'sent' }))).toEqual([]);
  });

  test('that was not sent is over, every leg of it', () => {
    const trader = EngineHarness.ready();
    trader.outcome = NOT_SENT;
    trader.placesBracket();
    for (const number of [1, 2, 3]) {
      expect(trader.order(number).state).toMatchObject({
        phase: 'cancelled',
        reason: 'Never sent: it waited too long',
      });
    }
    expect(trader.allOf('bracket-closed')).toHaveLength(1);
  });

  test('that may have been sent is unknown, and IBKR is asked', () => {
    const trader = EngineHarness.ready();
    trader.outcome = MAYBE_SENT;
    trader.placesBracket();
    expect([1, 2, 3].map((number) => trader.phaseOf(number))).toEqual(['unknown', 'unknown', 'unknown']);
    expect(trader.isAskedForSnapshot).toBe(true);
  });

  test('that waited behind other messages when the link dropped was never sent', () => {
    const trader = EngineHarness.ready();
    trader.outcome = null;
    trader.placesBracket();
    trader.linkDown();
    expect(trader.phaseOf(1)).toBe('unknown');
    trader.hearsOutcome(trader.last('place').id, { result: 'not-sent', reason: 'the link to TWS is down' });
    expect([1, 2, 3].map((number) => trader.phaseOf(number))).toEqual(['cancelled', 'cancelled', 'cancelled']);
  });
});

test('an outcome counts once, and one that nobody waits for changes nothing', () => {
  const trader = EngineHarness.ready();
  trader.places();
  expect(trader.typesOf(() => trader.hearsOutcome(trader.last('place').id, NOT_SENT))).toEqual([]);
  expect(trader.typesOf(() => trader.hearsOutcome(effectId('e-odd'), NOT_SENT))).toEqual([]);
  expect(trader.phaseOf(1)).toBe('submitting');
});

describe('a change', () => {
  const changed = (): EngineHarness => {
    const trader = EngineHarness.ready();
    trader.works(trader.places());
    trader.outcome = null;
    trader.modifies(1, { quantity: quantity('12') });
    return trader;
  };

  test('that was not sent is refused', () => {
    const trader = changed();
    trader.hearsOutcome(trader.last('modify').id, NOT_SENT);
    expect(trader.order(1)).toMatchObject({ state: { phase: 'working' }, modification: null });
  });

  test('that may have been sent stays in flight, and IBKR is asked', () => {
    const trader = changed();
    trader.hearsOutcome(trader.last('modify').id, MAYBE_SENT);
    expect(trader.order(1).modification).not.toBeNull();
    expect(trader.isAskedForSnapshot).toBe(true);
  });

  test('of an order that ended meanwhile is over already', () => {
    const trader = changed();
    trader.fills(1, '10');
    expect(trader.typesOf(() => trader.hearsOutcome(trader.last('modify').id, NOT_SENT))).toEqual([]);
  });
});

describe('a cancel', () => {
  const cancelling = (phase: 'submitting' | 'working' | 'partially-filled'): EngineHarness => {
    const trader = EngineHarness.ready();
    trader.places();
    if (phase !== 'submitting') trader.works(1);
    if (phase === 'partially-filled') trader.fills(1, '4');
    trader.outcome = null;
    trader.cancels(1);
    return trader;
  };

  test.each(['working', 'partially-filled'] as const)('that was not sent leaves a %s order what it was', (phase) => {
    const trader = cancelling(phase);
    trader.hearsOutcome(trader.last('cancel').id, NOT_SENT);
    expect(trader.phaseOf(1)).toBe(phase);
    expect(trader.allOf('cancel-refused')).toMatchObject([{ text: 'Never sent: it waited too long' }]);
    expect(trader.isAskedForSnapshot).toBe(true);
  });

  test('that was not sent leaves an order that IBKR has not confirmed unknown, until a snapshot settles it', () => {
    const trader = cancelling('submitting');
    trader.hearsOutcome(trader.last('cancel').id, NOT_SENT);
    expect(trader.phaseOf(1)).toBe('unknown');
    trader.answersSnapshot(() => trader.reports(1, { kind: 'working' }));
    expect(trader.phaseOf(1)).toBe('working');
  });

  test('that may have been sent stays asked for', () => {
    const trader = cancelling('working');
    trader.hearsOutcome(trader.last('cancel').id, MAYBE_SENT);
    expect(trader.phaseOf(1)).toBe('cancelling');
    expect(trader.isAskedForSnapshot).toBe(true);
  });

  test('that was not sent, of an order that IBKR had shown alive by then, changes nothing but asks', () => {
    const trader = cancelling('working');
    trader.errs(1, 161, 'cancel-failed');
    trader.works(1);
    const events = trader.typesOf(() => trader.hearsOutcome(trader.last('cancel').id, NOT_SENT));
    expect(events).toEqual([]);
    expect(trader.phaseOf(1)).toBe('working');
  });

  test('of an order that had not been sent removes it: neither message goes out', () => {
    const trader = EngineHarness.ready();
    trader.outcome = null;
    trader.cancels(trader.places());
    trader.hearsOutcome(trader.last('place').id, { result: 'not-sent', reason: 'cancelled before it was sent' });
    trader.hearsOutcome(trader.last('cancel').id, { result: 'not-sent', reason: 'the order had not been sent' });
    expect(trader.order(1).state).toMatchObject({
      phase: 'cancelled',
      reason: 'Never sent: cancelled before it was sent',
    });
    expect(trader.isAskedForSnapshot).toBe(false);
  });
});

test('a snapshot that was not sent is asked for again', () => {
  const trader = new EngineHarness();
  trader.outcome = NOT_SENT;
  trader.linkUp();
  trader.outcome = { result: 'sent' };
  trader.passes(1_999);
  expect(trader.effectsOf('snapshot')).toHaveLength(1);
  trader.passes(1);
  expect(trader.effectsOf('snapshot')).toHaveLength(2);
  trader.answersSnapshot();
  expect(trader.phase).toBe('ready');
});

test('an effect from outside of the union is a bug of ours', () => {
  const trader = EngineHarness.ready();
  trader.state.observed.inFlight.set(effectId('e-odd'), JSON.parse('{"kind":"strange"}') as never);
  expect(() => trader.hearsOutcome(effectId('e-odd'), NOT_SENT)).toThrow('unexpected variant');
});

describe('when the link drops', () => {
  test('a submit in flight is unknown: never assumed rejected, never resent', () => {
    const trader = EngineHarness.ready();
    trader.placesBracket();
    trader.acknowledges(1);
    trader.linkDown();
    expect([1, 2, 3].map((number) => trader.phaseOf(number))).toEqual(['pending', 'unknown', 'unknown']);
    expect(trader.order(2).state).toMatchObject({ why: 'the link to TWS dropped before IBKR answered' });
    trader.connects(() => [1, 2, 3].map((number) => trader.reports(number, { kind: 'working' })));
    expect(trader.effectsOf('place')).toHaveLength(1);
  });
});
