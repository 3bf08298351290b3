import { describe, expect, test } from 'vitest';
import { quantity } from '#domain/money';
import { ANSWER_DUE_MS } from '#engine/orders/answers';
import { EngineHarness } from '#test/builders/engine-harness';

/** Whether IBKR is asked for its whole picture `ANSWER_DUE_MS` after `act`, and not a millisecond before. */
function isAskedAfter(trader: EngineHarness, act: () => unknown): boolean {
  act();
  trader.passes(ANSWER_DUE_MS - 1);
  expect(trader.isAskedForSnapshot).toBe(false);
  trader.passes(1);
  return trader.isAskedForSnapshot;
}

test('a submit that IBKR does not answer is lost sight of, and IBKR is asked', () => {
  const trader = EngineHarness.ready();
  expect(isAskedAfter(trader, () => trader.places())).toBe(true);
  expect(trader.order(1).state).toMatchObject({ phase: 'unknown', why: 'IBKR has not answered' });
});

describe('an order that works', () => {
  const working = (): EngineHarness => {
    const trader = EngineHarness.ready();
    trader.works(trader.places());
    return trader;
  };

  test('owes no answer', () => {
    expect(isAskedAfter(working(), () => undefined)).toBe(false);
  });

  test('owes one to a cancel, and showing it alive is none', () => {
    const trader = working();
    expect(
      isAskedAfter(trader, () => {
        trader.cancels(1);
        trader.works(1);
        trader.fills(1, '1');
      }),
    ).toBe(true);
    expect(trader.phaseOf(1)).toBe('cancelling');
  });

  test('owes one to a change, and a status or a fill is none', () => {
    const trader = working();
    expect(
      isAskedAfter(trader, () => {
        trader.modifies(1, { quantity: quantity('12') });
        trader.works(1);
        trader.fills(1, '1');
      }),
    ).toBe(true);
  });

  test('owes none once its change is confirmed, its cancel done, or it has filled', () => {
    const changed = working();
    changed.modifies(1, { quantity: quantity('12') });
    changed.reports(1, { kind: 'working' }, { spec: { ...changed.order(1).spec, quantity: quantity('12') } });
    expect(isAskedAfter(changed, () => undefined)).toBe(false);
    const gone = working();
    gone.cancels(1);
    gone.cancelled(1);
    expect(isAskedAfter(gone, () => undefined)).toBe(false);
    const filled = working();
    filled.cancels(1);
    filled.fills(1, '10');
    expect(isAskedAfter(filled, () => undefined)).toBe(false);
  });

  test('that somebody cancels in TWS is looked after too', () => {
    const trader = working();
    expect(isAskedAfter(trader, () => trader.status(1, { kind: 'cancel-pending' }))).toBe(true);
  });
});

test('an answer that came in time leaves nothing due', () => {
  const trader = EngineHarness.ready();
  expect(isAskedAfter(trader, () => trader.acknowledges(trader.places()))).toBe(false);
});

test('a cancel still owes its answer when a change that went before it is refused', () => {
  const trader = EngineHarness.ready();
  trader.works(trader.places());
  trader.modifies(1, { quantity: quantity('12') });
  trader.passes(3_000);
  expect(
    isAskedAfter(trader, () => {
      trader.cancels(1);
      trader.errs(1, 110, 'refused-change');
    }),
  ).toBe(true);
});

test('a late word that a cancel is pending, about an order that is over, owes nothing', () => {
  const trader = EngineHarness.ready();
  trader.fills(trader.places(), '10');
  expect(isAskedAfter(trader, () => trader.status(1, { kind: 'cancel-pending' }))).toBe(false);
});
