import { describe, expect, test } from 'vitest';
import { alarmId, clientId } from '#domain/ids';
import { quantity } from '#domain/money';
import { isLive } from '#domain/order-record';
import { ANSWER_DUE_MS } from '#engine/orders/answers';
import { EXIT_GRACE_MS } from '#engine/managers/bracket-manager';
import { EngineHarness } from '#test/builders/engine-harness';

const [ENTRY, TARGET, STOP] = [1, 2, 3] as const;

/** A bracket whose entry works and whose exits wait for it. */
function placed(): EngineHarness {
  const trader = EngineHarness.ready();
  trader.placesBracket();
  trader.works(ENTRY);
  trader.acknowledges(TARGET, 'parent');
  trader.acknowledges(STOP, 'parent');
  return trader;
}

/** A bracket whose entry has filled and whose exits work. */
function filled(): EngineHarness {
  const trader = placed();
  trader.fills(ENTRY, '10');
  trader.works(TARGET);
  trader.acknowledges(STOP, 'trigger');
  return trader;
}

const cancelled = (trader: EngineHarness): number[] => trader.effectsOf('cancel').map(({ orderId }) => orderId);

describe('exits that close more than the entry had', () => {
  const alarms = (trader: EngineHarness): string[] => trader.allOf('alarm-raised').map(({ alarm }) => alarm.text);

  test('both filled: told at once, with the position that is left', () => {
    const trader = filled();
    trader.fills(TARGET, '10');
    expect(alarms(trader)).toEqual([]);
    trader.fills(STOP, '4');
    trader.fills(STOP, '6');
    expect(alarms(trader)).toEqual([
      'Bracket 1: its exits closed 4 AAPL more than its entry had. The position is -4 now: close what you do not want.',
      'Bracket 1: its exits closed 10 AAPL more than its entry had. The position is -10 now: close what you do not want.',
    ]);
  });

  test("an exit's execution that comes before the entry's is no excess any longer when the entry's has come", () => {
    const trader = placed();
    trader.fills(TARGET, '10');
    expect(trader.durable.alarms.size).toBe(1);
    trader.fills(ENTRY, '10');
    expect(trader.durable.alarms.size).toBe(0);
    trader.fills(STOP, '10');
    expect(alarms(trader)).toHaveLength(2);
  });

  test('also after the bracket has closed, and not again for the same excess', () => {
    const trader = filled();
    trader.fills(TARGET, '10');
    trader.cancelled(STOP);
    trader.fills(STOP, '3');
    expect(alarms(trader)).toHaveLength(1);
    trader.status(STOP, { kind: 'cancelled' });
    trader.reportsCompleted(STOP, { kind: 'filled' });
    expect(alarms(trader)).toHaveLength(1);
  });
});

describe('exits that should be gone', () => {
  test('are left to IBKR for a moment, and then cancelled by us', () => {
    const trader = placed();
    trader.cancelled(ENTRY);
    trader.passes(EXIT_GRACE_MS - 1);
    expect(cancelled(trader)).toEqual([]);
    trader.passes(1);
    expect(cancelled(trader)).toEqual([TARGET, STOP]);
    expect(trader.allOf('bracket-exits-due')).toHaveLength(1);
    expect(trader.allOf('cancel-requested')).toMatchObject([
      { origin: 'manager', reason: 'its bracket is over' },
      { origin: 'manager' },
    ]);
  });

  test('that IBKR takes away itself need nothing, and the bracket closes', () => {
    const trader = placed();
    trader.cancelled(ENTRY);
    trader.cancelled(TARGET);
    trader.cancelled(STOP);
    expect(trader.allOf('bracket-closed')).toHaveLength(1);
    trader.passes(EXIT_GRACE_MS);
    expect(cancelled(trader)).toEqual([]);
  });

  test('are the sibling of an exit that has filled', () => {
    const trader = filled();
    trader.fills(STOP, '10', '145');
    trader.passes(EXIT_GRACE_MS);
    expect(cancelled(trader)).toEqual([TARGET]);
  });

  test('are not those of an exit that has filled in part: IBKR reduces the other itself', () => {
    const trader = filled();
    trader.fills(TARGET, '4', '160');
    trader.passes(EXIT_GRACE_MS);
    expect(cancelled(trader)).toEqual([]);
  });

  test('are not those of an entry that filled while its cancel was on the way', () => {
    const trader = placed();
    trader.cancelled(ENTRY);
    trader.fills(ENTRY, '10');
    trader.passes(EXIT_GRACE_MS);
    expect(cancelled(trader)).toEqual([]);
    trader.works(TARGET);
    trader.fills(TARGET, '10', '160');
    trader.passes(EXIT_GRACE_MS);
    expect(cancelled(trader)).toEqual([STOP]);
  });

  test('are not those of an entry that may still fill, although an exit is done with what it had', () => {
    const trader = placed();
    trader.fills(ENTRY, '4');
    trader.reports(TARGET, { kind: 'working' }, { spec: { ...trader.order(TARGET).spec, quantity: quantity('4') } });
    trader.fills(TARGET, '4', '160');
    expect(trader.phaseOf(TARGET)).toBe('filled');
    trader.passes(EXIT_GRACE_MS);
    expect(cancelled(trader), 'the stop protects what fills next').toEqual([]);
  });

  test('are all of them once the exits have closed what a cancelled entry had filled', () => {
    const trader = placed();
    trader.fills(ENTRY, '4');
    trader.cancelled(ENTRY);
    trader.passes(EXIT_GRACE_MS);
    expect(cancelled(trader)).toEqual([]);
    trader.fills(TARGET, '4', '160');
    trader.passes(EXIT_GRACE_MS);
    expect(cancelled(trader)).toEqual([TARGET, STOP]);
  });

  describe.each([
    {
      what: 'that IBKR calls filled, of a day whose executions it no longer reports',
      entry: (trader: EngineHarness): void => void trader.reportsCompleted(ENTRY, { kind: 'filled' }),
    },
    { what: 'that vanished while nobody was looking: it may have filled', entry: (): void => undefined },
  ])('of an entry $what', ({ entry }) => {
    function nextDay(held: string): EngineHarness {
      const trader = placed();
      trader.linkDown();
      trader.connects(() => {
        entry(trader);
        trader.reports(TARGET, { kind: 'working' });
        trader.reports(STOP, { kind: 'acknowledged', hold: 'trigger' });
        trader.reportsPosition(held);
      });
      expect(isLive(trader.order(ENTRY))).toBe(false);
      expect(trader.order(ENTRY).filled).toBe('0');
      trader.passes(EXIT_GRACE_MS);
      return trader;
    }

    test('are none: its stop stays while something is held', () => {
      expect(cancelled(nextDay('10'))).toEqual([]);
    });

    test('are all of them when nothing is held any more: they would open a position', () => {
      expect(cancelled(nextDay('0'))).toEqual([TARGET, STOP]);
    });
  });

  test('are the sibling of an exit that IBKR calls filled without its executions', () => {
    const trader = filled();
    trader.linkDown();
    trader.connects(() => {
      trader.reportsCompleted(STOP, { kind: 'filled' });
      trader.reports(TARGET, { kind: 'working' });
    });
    trader.passes(EXIT_GRACE_MS);
    expect(cancelled(trader)).toEqual([TARGET]);
  });

  test('are not cancelled twice while the first cancel is on the way', () => {
    const trader = placed();
    trader.cancelled(ENTRY);
    trader.cancels(TARGET);
    trader.passes(EXIT_GRACE_MS);
    expect(cancelled(trader)).toEqual([TARGET, STOP]);
  });

  test('are cancelled again when IBKR ignored the cancel', () => {
    const trader = placed();
    trader.cancelled(ENTRY);
    trader.cancelled(TARGET);
    trader.passes(EXIT_GRACE_MS + ANSWER_DUE_MS);
    trader.answersSnapshot(() => trader.reports(STOP, { kind: 'working' }));
    expect(trader.phaseOf(STOP)).toBe('working');
    trader.passes(ANSWER_DUE_MS);
    expect(cancelled(trader)).toEqual([STOP, STOP]);
  });

  test('wait for the next session when there is none, also after a crash', () => {
    const trader = placed();
    trader.cancelled(ENTRY);
    trader.losesUpstream();
    trader.passes(EXIT_GRACE_MS);
    expect(cancelled(trader)).toEqual([]);
    trader.crashes();
    trader.connects(() => [TARGET, STOP].map((number) => trader.reports(number, { kind: 'working' })));
    trader.passes(EXIT_GRACE_MS);
    expect(cancelled(trader)).toEqual([TARGET, STOP]);
  });

  test('of an earlier client id can not be cancelled here: a person is told, once', () => {
    const trader = placed();
    trader.cancelled(ENTRY);
    trader.cancelled(TARGET);
    trader.linkDown();
    trader.linkUp({ clientId: clientId(2) });
    trader.answersSnapshot(() => trader.reports(STOP, { kind: 'working' }));
    trader.passes(EXIT_GRACE_MS + ANSWER_DUE_MS);
    const { id } = trader.order(STOP);
    expect(trader.allOf('alarm-raised')).toMatchObject([
      {
        alarm: {
          id: alarmId(`foreign-exit:${id}`),
          orderId: id,
          text: 'Order 3 is left over from a bracket that has ended, and was placed under another API client id. Cancel it in TWS.',
        },
      },
    ]);
    expect(cancelled(trader)).toEqual([]);
  });
});

describe('a bracket closes', () => {
  test('when its entry has filled and both exits are over', () => {
    const trader = filled();
    trader.fills(TARGET, '10', '160');
    expect(trader.allOf('bracket-closed')).toEqual([]);
    trader.cancelled(STOP);
    const [group] = trader.durable.groups.values();
    expect(group).toMatchObject({ closed: trader.now, exitsDueBy: null });
    expect(trader.typesOf(() => trader.cancelled(STOP))).toEqual([]);
  });

  test('without a target when its stop is over', () => {
    const trader = EngineHarness.ready();
    const { entry, stop } = trader.placesBracket({ takeProfit: null });
    trader.fills(entry, '10');
    trader.fills(stop, '10', '145');
    expect(trader.allOf('bracket-closed')).toHaveLength(1);
  });

  test('after a crash that lost the word for it', () => {
    const trader = filled();
    trader.fills(TARGET, '10', '160');
    trader.cancelled(STOP);
    trader.crashes(trader.journal.findIndex(({ event }) => event.type === 'bracket-closed'));
    expect(trader.allOf('bracket-closed')).toEqual([]);
    trader.connects(() => trader.reportsPosition('0'));
    expect(trader.allOf('bracket-closed')).toHaveLength(1);
  });

  test('and what is due for it later finds it closed, or with nothing to do', () => {
    const trader = filled();
    trader.fills(TARGET, '10', '160');
    const [group] = trader.durable.groups.keys();
    trader.cancelled(STOP);
    const due = (): void => {
      if (group === undefined) return;
      trader.state.observed.deadlines.set('late', trader.now, { kind: 'bracket-exits', group });
      trader.passes(0);
    };
    due();
    expect(cancelled(trader)).toEqual([]);
  });
});
