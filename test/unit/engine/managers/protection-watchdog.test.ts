import { describe, expect, test } from 'vitest';
import type { BracketOrderRequest } from '#domain/bracket';
import { alarmId, groupId } from '#domain/ids';
import { price, quantity } from '#domain/money';
import { EXIT_GRACE_MS } from '#engine/managers/bracket-manager';
import { COVER_GRACE_MS } from '#engine/managers/protection-cover';
import { NAKED_GRACE_MS } from '#engine/managers/protection-watchdog';
import { RETRY_MS_MAX, RETRY_MS_MIN } from '#engine/managers/protection-patience';
import { AAPL, EngineHarness } from '#test/builders/engine-harness';

const [ENTRY, TARGET, STOP, COVER] = [1, 2, 3, 4] as const;

/** A bracket of 10 that has filled, its exits working. */
function protectedPosition(
  change: Partial<BracketOrderRequest> = {},
  trader = EngineHarness.ready(),
  filled = '10',
): EngineHarness {
  const { entry, target, stop } = trader.placesBracket(change);
  trader.fills(entry, filled);
  trader.works(target);
  trader.acknowledges(stop, 'trigger');
  return trader;
}

const alarms = (trader: EngineHarness): string[] => [...trader.durable.alarms.values()].map(({ text }) => text);
const raised = (trader: EngineHarness): number => trader.allOf('alarm-raised').length;

describe('a person takes the stop of a bracket away', () => {
  function bare(): EngineHarness {
    const trader = protectedPosition();
    trader.cancels(STOP);
    trader.cancelled(STOP);
    return trader;
  }

  test('they are told within a second how much is naked, and what to do', () => {
    const trader = bare();
    trader.passes(NAKED_GRACE_MS - 1);
    expect(alarms(trader)).toEqual([]);
    trader.passes(1);
    expect(trader.allOf('alarm-raised')).toMatchObject([
      {
        alarm: {
          id: `naked:${AAPL.conId}`,
          severity: 'danger',
          orderId: trader.order(STOP).id,
          text: 'AAPL: 10 of 10 have no stop that IBKR has confirmed. Stop 3: Cancelled. Protect or close the position.',
        },
      },
    ]);
  });

  test('it is their will: no stop of ours takes its place, also after a restart', () => {
    const trader = bare();
    trader.passes(60_000);
    trader.crashes();
    trader.connects(() => {
      trader.reports(TARGET, { kind: 'working' });
      trader.reportsPosition('10');
    });
    trader.passes(60_000);
    expect(trader.durable.orders.size).toBe(3);
    expect(alarms(trader)).toHaveLength(1);
  });

  test('IBKR would not take it away: it protects on, and would be covered again', () => {
    const trader = protectedPosition();
    trader.cancels(STOP);
    trader.errs(STOP, 161, 'cancel-failed');
    trader.answersSnapshot(() => {
      trader.reports(TARGET, { kind: 'working' });
      trader.reports(STOP, { kind: 'acknowledged', hold: 'trigger' });
      trader.reportsPosition('10');
    });
    trader.acknowledges(STOP, 'trigger');
    expect(alarms(trader)).toEqual([]);
    trader.cancelled(STOP);
    trader.passes(COVER_GRACE_MS);
    expect(trader.order(COVER).group?.role).toBe('cover');
  });

  test('a part of it: the rest protects, and the part is told', () => {
    const trader = protectedPosition();
    trader.modifies(STOP, { quantity: quantity('6') });
    trader.reports(STOP, { kind: 'working' }, { spec: { ...trader.order(STOP).spec, quantity: quantity('6') } });
    trader.passes(60_000);
    expect(alarms(trader).join()).toContain('AAPL: 4 of 10 have no stop');
    expect(trader.durable.orders.size).toBe(3);
  });

  test('a stop of their own protects as well', () => {
    const trader = bare();
    const own = trader.places({
      side: 'SELL',
      quantity: quantity('10'),
      terms: { type: 'STP', stop: price('140') },
    });
    trader.acknowledges(own, 'trigger');
    trader.passes(NAKED_GRACE_MS);
    expect(alarms(trader)).toEqual([]);
  });

  test('it is told again when the number changes, and not before', () => {
    const trader = bare();
    trader.passes(NAKED_GRACE_MS);
    trader.fills(TARGET, '4', '160');
    expect(alarms(trader).join()).toContain('AAPL: 6 of 6 have no stop');
    expect(raised(trader)).toBe(2);
    trader.works(TARGET);
    trader.passes(60_000);
    expect(raised(trader)).toBe(2);
  });

  test('who has cleared it knows', () => {
    const trader = bare();
    trader.passes(NAKED_GRACE_MS);
    trader.commands({ kind: 'clear-alarm', alarmId: alarmId(`naked:${AAPL.conId}`) });
    trader.passes(60_000);
    expect(alarms(trader)).toEqual([]);
  });

  test('it is over when the position is closed', () => {
    const trader = bare();
    trader.passes(NAKED_GRACE_MS);
    trader.fills(TARGET, '10', '160');
    expect(alarms(trader)).toEqual([]);
    expect(trader.allOf('bracket-closed')).toHaveLength(1);
  });
});

describe('IBKR does not confirm the stop', () => {
  test('that it has rejected: a stop of ours takes its place before anybody needs to be told', () => {
    const trader = EngineHarness.ready();
    trader.placesBracket();
    trader.errs(STOP, 201, 'rejected');
    trader.fills(ENTRY, '10');
    trader.passes(COVER_GRACE_MS);
    trader.acknowledges(COVER, 'trigger');
    trader.passes(60_000);
    expect(alarms(trader)).toEqual([]);
  });

  test('ours neither: it is told, and ended when IBKR confirms one', () => {
    const trader = EngineHarness.ready();
    trader.placesBracket();
    trader.acknowledges(STOP, 'parent');
    trader.fills(ENTRY, '4');
    trader.passes(NAKED_GRACE_MS);
    expect(alarms(trader)).toEqual([
      'AAPL: 4 of 4 have no stop that IBKR has confirmed. Stop 3: Waits for entry. Protect or close the position.',
    ]);
    trader.acknowledges(COVER, 'trigger');
    expect(alarms(trader)).toEqual([]);
  });

  test('ours would trigger at once: it is denied, the alarm says so, and it is tried again when it may pass', () => {
    const trader = EngineHarness.ready();
    trader.placesBracket();
    trader.acknowledges(STOP, 'parent');
    trader.fills(ENTRY, '4');
    trader.ticks('144', '144.01');
    trader.passes(NAKED_GRACE_MS);
    expect(alarms(trader)).toEqual([
      'AAPL: 4 of 4 have no stop that IBKR has confirmed. Stop 3: Waits for entry; no stop of ours covers it: ' +
        'Cover 145.00 would trigger at once: a SELL stop must be below the bid 144.00. Protect or close the position.',
    ]);
    expect(trader.durable.orders.size).toBe(3);
    trader.ticks();
    trader.passes(RETRY_MS_MAX);
    expect(trader.order(COVER).spec.quantity).toBe('4');
  });

  test('ours is rejected too: it is tried again, ever more seldom', () => {
    const trader = EngineHarness.ready();
    trader.placesBracket();
    trader.acknowledges(TARGET, 'parent');
    trader.acknowledges(STOP, 'parent');
    trader.fills(ENTRY, '4');
    const placed: number[] = [];
    for (let second = 0; second < 1_200; second += 1) {
      const latest = trader.order(trader.durable.orders.size);
      if (latest.state.phase === 'submitting' && latest.group?.role === 'cover') {
        placed.push(second);
        trader.errs(latest.number, 201, 'rejected', 'no');
      }
      trader.ticks();
      trader.passes(1_000);
    }
    expect(placed.slice(0, 5).map((at, index) => at - (placed[index - 1] ?? at))).toEqual([0, 1, 2, 4, 8]);
    const [group] = trader.durable.groups.values();
    expect(group?.covers).toHaveLength(20);
    expect(alarms(trader).join()).toContain('no stop of ours covers it: 20 stops of ours have covered it already');
  });

  test('and its type is none that we place', () => {
    const trader = EngineHarness.ready();
    trader.placesBracket();
    const terms = { type: 'OTHER', name: 'MIT', limit: null, stop: price('145') } as const;
    trader.reports(STOP, { kind: 'acknowledged', hold: 'parent' }, { spec: { ...trader.order(STOP).spec, terms } });
    trader.fills(ENTRY, '4');
    trader.passes(NAKED_GRACE_MS);
    expect(alarms(trader).join()).toContain('its stop was made a MIT order, which we do not place');
  });

  test('while TWS has lost IBKR: it is told all the same, and covered when it is back', () => {
    const trader = EngineHarness.ready();
    trader.placesBracket();
    trader.acknowledges(STOP, 'parent');
    trader.losesUpstream();
    trader.fills(ENTRY, '4');
    trader.passes(NAKED_GRACE_MS);
    expect(alarms(trader)).toHaveLength(1);
    expect(trader.durable.orders.size).toBe(3);
    trader.restoresUpstream();
    const { orderId: parentOrderId } = trader.order(ENTRY).broker;
    trader.answersSnapshot(() => {
      trader.reports(ENTRY, { kind: 'working' });
      for (const exit of [TARGET, STOP]) {
        trader.reports(exit, { kind: 'acknowledged', hold: 'parent' }, { parentOrderId });
      }
      trader.reportsPosition('4');
    });
    expect(trader.order(COVER).spec.quantity).toBe('4');
  });

  test('although its entry has filled whole: it is asked, told, and given no second stop, for it has one', () => {
    const trader = EngineHarness.ready();
    trader.placesBracket();
    trader.acknowledges(STOP, 'parent');
    trader.fills(ENTRY, '10');
    trader.passes(NAKED_GRACE_MS);
    expect(alarms(trader)).toHaveLength(1);
    expect(trader.isAskedForSnapshot).toBe(true);
    trader.passes(COVER_GRACE_MS);
    expect(trader.durable.orders.size).toBe(3);
    trader.answersSnapshot(() => {
      trader.reports(TARGET, { kind: 'working' });
      trader.reports(STOP, { kind: 'acknowledged', hold: 'parent' });
      trader.reportsPosition('10');
    });
    expect(trader.order(STOP).state, 'it names no entry any more').toMatchObject({ hold: 'trigger' });
    expect(alarms(trader)).toEqual([]);
  });

  test('while nothing may be risked: nothing of ours is sent', () => {
    const trader = EngineHarness.ready();
    trader.placesBracket();
    trader.acknowledges(STOP, 'parent');
    trader.input({ kind: 'halt', cause: 'journal', reason: 'disk full' });
    trader.fills(ENTRY, '10');
    trader.passes(60_000);
    expect(trader.effectsOf('place')).toHaveLength(1);
    expect(alarms(trader).join()).toContain('AAPL: 10 of 10 have no stop');
  });

  test('of a day whose executions it no longer reports: it may have filled, so that no stop is added, and it is told', () => {
    const trader = protectedPosition();
    trader.linkDown();
    trader.connects(() => trader.reportsPosition('10'));
    trader.passes(60_000);
    expect(trader.durable.orders.size).toBe(3);
    const told =
      'AAPL: 10 of 10 have no stop that IBKR has confirmed. Stop 3: Cancelled. Protect or close the position.';
    expect(alarms(trader)).toEqual([told]);
    trader.crashes();
    trader.connects(() => trader.reportsPosition('10'));
    trader.passes(60_000);
    expect(alarms(trader), 'after a restart too').toEqual([told]);
    expect(raised(trader)).toBe(1);
  });
});

describe('a stop of ours beside a target that works', () => {
  function stopRejected(): EngineHarness {
    const trader = protectedPosition();
    trader.errs(STOP, 201, 'rejected');
    trader.passes(COVER_GRACE_MS);
    return trader;
  }
  const groupOf = (trader: EngineHarness, number: number): string | undefined =>
    trader
      .effectsOf('place')
      .flatMap(({ legs }) => legs.value)
      .find(({ id }) => id === trader.order(number).id)?.oca?.group;

  test('joins its OCA group: what one of them fills the other does not close again', () => {
    const trader = stopRejected();
    expect(groupOf(trader, COVER)).toBe(trader.order(COVER).group?.id);
    trader.acknowledges(COVER, 'trigger');
    trader.fills(TARGET, '4', '160');
    trader.passes(EXIT_GRACE_MS - 1);
    expect(trader.allOf('modification-requested')).toEqual([]);
    trader.passes(1);
    expect(trader.allOf('modification-requested')).toMatchObject([
      { id: trader.order(COVER).id, modification: { quantity: '6' } },
    ]);
  });

  test('joins it under the name that IBKR shows', () => {
    const trader = protectedPosition();
    trader.reports(TARGET, { kind: 'working' }, { oca: { group: '1900000001', type: 2 } });
    trader.errs(STOP, 201, 'rejected');
    trader.passes(COVER_GRACE_MS);
    expect(groupOf(trader, COVER)).toBe('1900000001');
  });

  test('that IBKR does not take in: the target goes first, and the next stands alone', () => {
    const trader = stopRejected();
    trader.errs(COVER, 201, 'rejected', 'no new member');
    trader.passes(RETRY_MS_MIN);
    expect(trader.phaseOf(TARGET)).toBe('cancelling');
    trader.passes(RETRY_MS_MIN);
    expect(trader.durable.orders.size).toBe(COVER);
    trader.cancelled(TARGET);
    trader.passes(RETRY_MS_MIN);
    expect(trader.order(COVER + 1)).toMatchObject({ group: { role: 'cover' }, spec: { quantity: '10' } });
    expect(groupOf(trader, COVER + 1)).toBeUndefined();
  });

  test('is the same quantity again: nothing more may be protected', () => {
    const trader = stopRejected();
    trader.acknowledges(COVER, 'trigger');
    expect(trader.modifies(TARGET, { quantity: quantity('10'), limit: price('161') })).toMatchObject({
      outcome: 'accepted',
    });
    expect(trader.modifies(COVER, { quantity: quantity('11') })).toMatchObject({ outcome: 'denied' });
  });
});

describe('the position becomes smaller by something else', () => {
  function holdingTwo(): EngineHarness {
    const trader = protectedPosition();
    trader.passes(10_000);
    trader.ticks();
    return protectedPosition({ stopLoss: { type: 'STP', stop: price('140') } }, trader);
  }

  const [, , , , TARGET_2, STOP_2, CLOSE] = [1, 2, 3, 4, 5, 6, 7] as const;
  const resized = (trader: EngineHarness): (readonly [number, string])[] =>
    trader.effectsOf('modify').map(({ order }) => [order.value.orderId, order.value.spec.quantity]);
  const cancelled = (trader: EngineHarness): number[] => trader.effectsOf('cancel').map(({ orderId }) => orderId);

  function sells(trader: EngineHarness, shares: string): void {
    const close = trader.places({
      side: 'SELL',
      quantity: quantity(shares),
      terms: { type: 'LMT', limit: price('149.99') },
    });
    expect(close).toBe(CLOSE);
    trader.works(close);
  }

  test('a close that waits moves nothing; as it fills the newest bracket shrinks, at once', () => {
    const trader = holdingTwo();
    sells(trader, '15');
    trader.passes(10_000);
    expect(resized(trader)).toEqual([]);
    trader.fills(CLOSE, '4', '149.99');
    expect(resized(trader)).toEqual([
      [TARGET_2, '6'],
      [STOP_2, '6'],
    ]);
    expect(trader.effectsOf('modify').map(({ priority }) => priority)).toEqual(['reduce', 'reduce']);
    expect(alarms(trader)).toEqual([]);
  });

  test('what was closed by hand stays closed for the bracket that shrank: the next one protects its own', () => {
    const trader = protectedPosition();
    const close = trader.places({ side: 'SELL', quantity: quantity('6'), terms: { type: 'MKT' } });
    trader.fills(close, '6');
    for (const exit of [TARGET, STOP]) {
      trader.reports(exit, { kind: 'working' }, { spec: { ...trader.order(exit).spec, quantity: quantity('4') } });
    }
    expect(trader.allOf('bracket-share-given-up')).toMatchObject([{ quantity: '6' }]);
    protectedPosition({ quantity: quantity('5') }, trader, '5');
    const orders = trader.durable.orders.size;
    trader.passes(60_000);
    expect(trader.durable.orders.size).toBe(orders);
    expect(alarms(trader)).toEqual([]);
    trader.crashes();
    expect(trader.durable.groups.get(trader.order(STOP).group?.id ?? groupId('none'))?.givenUp).toBe('6');
  });

  test('it stays closed too where IBKR will not make one of the exits smaller: that one shrinks later', () => {
    const trader = protectedPosition();
    const close = trader.places({ side: 'SELL', quantity: quantity('6'), terms: { type: 'MKT' } });
    trader.modifies(TARGET, { limit: price('161') });
    trader.fills(close, '6');
    expect(resized(trader)).toEqual([
      [TARGET, '10'],
      [STOP, '4'],
    ]);
    expect(trader.allOf('bracket-share-given-up')).toMatchObject([{ quantity: '6' }]);
    trader.reports(STOP, { kind: 'working' }, { spec: { ...trader.order(STOP).spec, quantity: quantity('4') } });
    protectedPosition({ quantity: quantity('6') }, trader, '6');
    trader.errs(TARGET, 201, 'refused-change', 'no');
    const orders = trader.durable.orders.size;
    trader.passes(60_000);
    expect(resized(trader)).toContainEqual([TARGET, '4']);
    expect(resized(trader)).not.toContainEqual([STOP, '10']);
    expect(trader.durable.orders.size).toBe(orders);
  });

  test('closed whole: the newest goes, then the older shrinks', () => {
    const trader = holdingTwo();
    sells(trader, '15');
    trader.fills(CLOSE, '15', '149.99');
    expect(resized(trader)).toEqual([
      [TARGET, '5'],
      [STOP, '5'],
    ]);
    trader.passes(1_000);
    expect(cancelled(trader)).toEqual([TARGET_2, STOP_2]);
    expect(trader.allOf('cancel-requested')[0]).toMatchObject({
      reason: 'the position is smaller than what its entry has filled',
    });
    trader.cancelled(TARGET_2);
    trader.cancelled(STOP_2);
    expect(trader.allOf('bracket-closed')).toHaveLength(1);
    trader.passes(60_000);
    expect(alarms(trader)).toEqual([]);
  });

  test('flat or flipped: nothing is left to protect, all exits go', () => {
    const trader = holdingTwo();
    sells(trader, '20');
    trader.fills(CLOSE, '20', '149.99');
    trader.passes(1_000);
    expect(cancelled(trader)).toEqual([TARGET, STOP, TARGET_2, STOP_2]);
  });

  test('while an entry still works: its exits go, for IBKR gives them its quantity, and a stop of ours stays', () => {
    const trader = EngineHarness.ready();
    trader.placesBracket();
    trader.works(ENTRY);
    trader.fills(ENTRY, '6');
    trader.works(TARGET);
    trader.acknowledges(STOP, 'trigger');
    const close = trader.places({
      side: 'SELL',
      quantity: quantity('2'),
      terms: { type: 'LMT', limit: price('149.99') },
    });
    trader.fills(close, '2', '149.99');
    trader.passes(1_000);
    expect(cancelled(trader)).toEqual([TARGET, STOP]);
    trader.cancelled(TARGET);
    trader.cancelled(STOP);
    trader.passes(COVER_GRACE_MS);
    expect(trader.order(5).spec).toMatchObject({ quantity: '4', terms: { type: 'STP', stop: '145' } });
    expect(trader.order(5).group?.role).toBe('cover');
    trader.acknowledges(5, 'trigger');
    trader.passes(60_000);
    expect(cancelled(trader)).toEqual([TARGET, STOP]);
  });

  test('closed without a target: its stop goes', () => {
    const trader = EngineHarness.ready();
    const { stop } = trader.placesBracket({ takeProfit: null });
    trader.cancelled(stop - 1);
    trader.passes(1_000);
    expect(cancelled(trader)).toEqual([stop]);
  });

  test('twice, while the first change is under way: the second follows when IBKR has confirmed the first', () => {
    const trader = protectedPosition();
    const close = trader.places({
      side: 'SELL',
      quantity: quantity('5'),
      terms: { type: 'LMT', limit: price('149.99') },
    });
    trader.fills(close, '3', '149.99');
    trader.fills(close, '2', '149.99');
    const ofStop = (): string[] => resized(trader).flatMap(([number, shares]) => (number === STOP ? [shares] : []));
    expect(ofStop()).toEqual(['7']);
    trader.reports(STOP, { kind: 'working' }, { spec: { ...trader.order(STOP).spec, quantity: quantity('7') } });
    expect(ofStop()).toEqual(['7', '5']);
  });
});

describe('a stop that stands by itself', () => {
  const [STANDING, CLOSE] = [1, 2] as const;

  /** Holds 10 AAPL from before, with a trailing stop of IBKR's that protects all of them. */
  function guarded(trail = '3'): EngineHarness {
    const trader = new EngineHarness();
    trader.definesAapl();
    trader.connects(() => trader.reportsPosition('10'));
    trader.ticks();
    const { outcome } = trader.commands({
      kind: 'place-trailing-stop',
      request: {
        symbol: 'AAPL',
        side: 'SELL',
        quantity: quantity('10'),
        trail: { by: 'amount', amount: price(trail) },
        activationPrice: null,
        initialStopPrice: null,
        triggerOn: 'last',
        mode: 'native',
        outsideRth: false,
      },
    });
    expect(outcome).toBe('accepted');
    trader.acknowledges(STANDING, 'trigger');
    return trader;
  }

  function sells(trader: EngineHarness, shares: string): void {
    const close = trader.places({
      side: 'SELL',
      quantity: quantity(shares),
      terms: { type: 'LMT', limit: price('149.99') },
    });
    trader.works(close);
    trader.fills(close, shares, '149.99');
  }

  test('shrinks with the position, at once', () => {
    const trader = guarded();
    sells(trader, '4');
    expect(trader.effectsOf('modify').map(({ order, priority }) => [order.value.spec.quantity, priority])).toEqual([
      ['6', 'reduce'],
    ]);
  });

  test('never grows by itself', () => {
    const trader = guarded();
    const buy = trader.places({ quantity: quantity('5') });
    trader.fills(buy, '5');
    trader.passes(60_000);
    expect(trader.effectsOf('modify')).toEqual([]);
    expect(alarms(trader)).toEqual([]);
  });

  test('that waits for its activation price has no order, and nothing to shrink', () => {
    const trader = guarded();
    trader.fills(trader.places({ quantity: quantity('5') }), '5');
    const waiting = trader.commands({
      kind: 'place-trailing-stop',
      request: {
        symbol: 'AAPL',
        side: 'SELL',
        quantity: quantity('5'),
        trail: { by: 'amount', amount: price('3') },
        activationPrice: price('170'),
        initialStopPrice: null,
        triggerOn: 'last',
        mode: 'managed',
        outsideRth: false,
      },
    });
    expect(waiting.outcome).toBe('accepted');
    sells(trader, '4');
    expect(trader.effectsOf('modify')).toEqual([]);
  });

  test('goes with the position', () => {
    const trader = guarded();
    sells(trader, '10');
    expect(trader.phaseOf(CLOSE)).toBe('filled');
    expect(trader.allOf('cancel-requested')).toMatchObject([
      { id: trader.order(STANDING).id, origin: 'manager', reason: 'what it protected is closed' },
    ]);
  });

  test('that would not go is asked for again, and told', () => {
    const trader = guarded();
    sells(trader, '10');
    for (let times = 0; times < 12; times += 1) {
      if (trader.phaseOf(STANDING) === 'cancelling') trader.errs(STANDING, 161, 'cancel-failed');
      if (trader.isAskedForSnapshot) {
        trader.answersSnapshot(() => {
          trader.reports(STANDING, { kind: 'acknowledged', hold: 'trigger' });
          trader.reportsPosition('0');
        });
      }
      trader.passes(5_000);
    }
    expect(trader.allOf('cancel-requested').length).toBeGreaterThan(3);
    expect(alarms(trader)).toEqual([
      expect.stringContaining('Order 1 would close 10 AAPL, but only 0 are left to protect: IBKR has refused'),
    ]);
    trader.cancelled(STANDING);
    expect(alarms(trader)).toEqual([]);
  });

  test('fills: nothing is left to protect, and nothing to tell', () => {
    const trader = guarded();
    trader.fills(STANDING, '10', '147');
    trader.passes(60_000);
    expect(alarms(trader)).toEqual([]);
  });

  test('that IBKR takes away leaves the position naked', () => {
    const trader = guarded();
    trader.errs(STANDING, 201, 'rejected', 'no');
    trader.passes(NAKED_GRACE_MS);
    expect(alarms(trader).join('\n')).toContain(
      'AAPL: 10 of 10 have no stop that IBKR has confirmed. Stop 1: Rejected.',
    );
  });

  test('makes no room for one that is not there any more: the one that is there stays', () => {
    const trader = guarded();
    trader.errs(STANDING, 201, 'rejected', 'no');
    const { stop } = trader.placesBracket({ takeProfit: null });
    trader.fills(stop - 1, '10');
    trader.acknowledges(stop, 'trigger');
    sells(trader, '10');
    trader.passes(60_000);
    expect(trader.effectsOf('modify')).toEqual([]);
    expect(trader.effectsOf('cancel')).toEqual([]);
  });

  test.each([
    ['is asked to shrink', '4', '6'],
    ['is asked to go', '10', null],
  ])('%s: what fills before IBKR has answered keeps its own exits', (_, sold, left) => {
    const trader = guarded();
    sells(trader, sold);
    expect(trader.order(STANDING).modification?.quantity ?? null).toBe(left);
    const { stop } = trader.placesBracket({ takeProfit: null });
    trader.fills(stop - 1, '10');
    trader.acknowledges(stop, 'trigger');
    expect(trader.effectsOf('modify').map(({ order }) => order.value.orderId)).not.toContain(stop);
    expect(trader.allOf('bracket-exits-due')).toEqual([]);
    expect(trader.allOf('bracket-share-given-up')).toEqual([]);
  });

  test('and a bracket beside it protect no more than is held: the newer shrinks', () => {
    const trader = guarded();
    const { stop } = trader.placesBracket({ takeProfit: null });
    trader.fills(stop - 1, '10');
    trader.acknowledges(stop, 'trigger');
    sells(trader, '4');
    expect(trader.effectsOf('modify').map(({ order }) => [order.value.orderId, order.value.spec.quantity])).toEqual([
      [stop, '6'],
    ]);
  });
});
