import { describe, expect, test } from 'vitest';
import { EXIT_GRACE_MS } from '#engine/managers/bracket-manager';
import { EngineHarness } from '#test/builders/engine-harness';

function placed(): EngineHarness {
  const trader = EngineHarness.ready();
  trader.placesBracket();
  return trader;
}

const cancelledByUs = (trader: EngineHarness): number[] => trader.effectsOf('cancel').map(({ orderId }) => orderId);

describe('the entry is rejected with no fill', () => {
  test('and IBKR takes the children away: the group ends', () => {
    const trader = placed();
    trader.errs(1, 201, 'rejected', 'insufficient funds');
    trader.errs(2, 202, 'cancelled');
    trader.errs(3, 202, 'cancelled');
    expect([1, 2, 3].map((number) => trader.phaseOf(number))).toEqual(['rejected', 'cancelled', 'cancelled']);
    expect(trader.allOf('bracket-closed')).toHaveLength(1);
    trader.passes(10_000);
    expect(cancelledByUs(trader)).toEqual([]);
  });

  test('and IBKR leaves the children: we cancel them, and the group ends', () => {
    const trader = placed();
    trader.acknowledges(2, 'parent');
    trader.acknowledges(3, 'parent');
    trader.errs(1, 201, 'rejected', 'insufficient funds');
    trader.passes(EXIT_GRACE_MS);
    expect(cancelledByUs(trader)).toEqual([2, 3]);
    trader.cancelled(2);
    trader.cancelled(3);
    expect(trader.allOf('bracket-closed')).toHaveLength(1);
    expect(trader.position()).toBe('none');
  });

  test('and IBKR never took the children: they are cancelled, found missing, and over', () => {
    const trader = placed();
    trader.errs(1, 201, 'rejected', 'insufficient funds');
    trader.passes(EXIT_GRACE_MS);
    trader.errs(2, 10_147, 'cancel-failed', 'not found');
    trader.errs(3, 10_147, 'cancel-failed', 'not found');
    for (let round = 0; round < 3; round += 1) {
      if (trader.isAskedForSnapshot) trader.answersSnapshot();
      trader.passes(6_000);
    }
    expect([1, 2, 3].map((number) => trader.phaseOf(number))).toEqual(['rejected', 'cancelled', 'cancelled']);
    expect(trader.allOf('bracket-closed')).toHaveLength(1);
  });

  test('while the children are rejected too', () => {
    const trader = placed();
    for (const number of [3, 2, 1]) trader.errs(number, 201, 'rejected');
    expect([1, 2, 3].map((number) => trader.phaseOf(number))).toEqual(['rejected', 'rejected', 'rejected']);
    expect(trader.allOf('bracket-closed')).toHaveLength(1);
  });

  test('and we crash before the children are gone: the next life takes them away', () => {
    const trader = placed();
    trader.acknowledges(2, 'parent');
    trader.acknowledges(3, 'parent');
    trader.errs(1, 201, 'rejected');
    trader.crashes();
    trader.connects(() => [2, 3].map((number) => trader.reports(number, { kind: 'acknowledged', hold: 'parent' })));
    trader.passes(EXIT_GRACE_MS);
    expect(cancelledByUs(trader)).toEqual([2, 3]);
  });
});

test('the entry is cancelled with no fill: the children go with it', () => {
  const trader = placed();
  trader.works(1);
  trader.cancels(1);
  trader.cancelled(1);
  trader.passes(EXIT_GRACE_MS);
  expect(cancelledByUs(trader)).toEqual([1, 2, 3]);
});

test('the entry is denied: no child ever was', () => {
  const trader = EngineHarness.ready();
  trader.losesUpstream();
  expect(trader.placesBracket().stop).toBe(1);
  expect(trader.phaseOf(1)).toBe('denied');
  expect(trader.durable.orders.size).toBe(1);
});

test('the rest of the entry is rejected after a fill: the children stay, for they protect what filled', () => {
  const trader = placed();
  trader.fills(1, '4');
  trader.works(2);
  trader.acknowledges(3, 'trigger');
  trader.errs(1, 201, 'rejected');
  trader.passes(10_000);
  expect(cancelledByUs(trader)).toEqual([]);
  expect([2, 3].map((number) => trader.phaseOf(number))).toEqual(['working', 'pending']);
});

test('a child is rejected: the entry stays, and the person is told by its state', () => {
  const trader = placed();
  trader.works(1);
  trader.errs(3, 201, 'rejected', 'stop price too far away');
  expect(trader.phaseOf(1)).toBe('working');
  expect(trader.order(3).state).toMatchObject({ phase: 'rejected', reason: 'stop price too far away' });
});
