import { describe, expect, test } from 'vitest';
import { ibOrderId } from '#domain/ids';
import { EngineHarness, OUR_CLIENT } from '#test/builders/engine-harness';

const submitted = (): EngineHarness => {
  const trader = EngineHarness.ready();
  trader.places();
  return trader;
};
const working = (): EngineHarness => {
  const trader = submitted();
  trader.works(1);
  return trader;
};

test('an error about an order that is not in the ledger is a notice', () => {
  const trader = EngineHarness.ready();
  const stranger = { orderId: ibOrderId(99), clientId: OUR_CLIENT };
  trader.fact({ kind: 'order-error', ...stranger, code: 201, text: 'rejected', meaning: 'rejected' });
  expect(trader.allOf('notice-received')).toEqual([{ type: 'notice-received', code: 201, text: 'rejected' }]);
});

describe('a rejection', () => {
  test('ends a new order, with the code and the text of IBKR', () => {
    const trader = submitted();
    trader.errs(1, 201, 'rejected', 'Order rejected - reason: insufficient funds');
    expect(trader.order(1).state).toMatchObject({
      phase: 'rejected',
      code: 201,
      reason: 'Order rejected - reason: insufficient funds',
    });
  });

  test('can come after IBKR accepted the order', () => {
    const trader = working();
    trader.errs(1, 201, 'rejected');
    expect(trader.phaseOf(1)).toBe('rejected');
  });

  test('that comes twice, or is followed by its status, changes nothing more', () => {
    const trader = submitted();
    trader.errs(1, 201, 'rejected');
    expect(trader.typesOf(() => trader.errs(1, 201, 'rejected'))).toEqual([]);
    expect(trader.typesOf(() => trader.status(1, { kind: 'inactive', why: 'rejected' }))).not.toContain(
      'order-state-changed',
    );
    expect(trader.phaseOf(1)).toBe('rejected');
  });

  test('of a held order ends it', () => {
    const trader = submitted();
    trader.status(1, { kind: 'inactive', why: 'locate' });
    expect(trader.phaseOf(1)).toBe('inactive');
    trader.errs(1, 201, 'rejected');
    expect(trader.phaseOf(1)).toBe('rejected');
  });
});

describe('a refused price (110)', () => {
  test('rejects a new order', () => {
    const trader = submitted();
    trader.errs(1, 110, 'refused-change');
    expect(trader.order(1).state).toMatchObject({ phase: 'rejected', code: 110 });
  });

  test('rejects a new order that is being cancelled already', () => {
    const trader = submitted();
    trader.cancels(1);
    trader.errs(1, 110, 'refused-change');
    expect(trader.phaseOf(1)).toBe('rejected');
  });

  test('never ends an order that IBKR has taken: it is noted, and IBKR is asked', () => {
    const trader = working();
    trader.errs(1, 110, 'refused-change', 'off tick');
    expect(trader.phaseOf(1)).toBe('working');
    expect(trader.allOf('notice-received')).toMatchObject([{ code: 110, text: 'Order 1: off tick' }]);
    expect(trader.isAskedForSnapshot).toBe(true);
  });

  test('of an order that is over is noted only', () => {
    const trader = working();
    trader.cancelled(1);
    trader.errs(1, 110, 'refused-change');
    expect(trader.isAskedForSnapshot).toBe(false);
  });
});

describe('word that an order is cancelled (202)', () => {
  test('ends it with the text of IBKR', () => {
    const trader = working();
    trader.errs(1, 202, 'cancelled', 'Order Canceled - reason:');
    expect(trader.order(1).state).toMatchObject({ phase: 'cancelled', reason: 'Order Canceled - reason:' });
  });

  test('does not undo a fill', () => {
    const trader = working();
    trader.fills(1, '10');
    trader.errs(1, 202, 'cancelled');
    expect(trader.phaseOf(1)).toBe('filled');
  });
});

describe('a cancel that failed', () => {
  test('of an order that nobody here cancels is looked into', () => {
    const trader = working();
    trader.errs(1, 10_147, 'cancel-failed');
    expect(trader.phaseOf(1)).toBe('working');
    expect(trader.isAskedForSnapshot).toBe(true);
  });

  test('of an order that has filled meanwhile needs nothing', () => {
    const trader = working();
    trader.cancels(1);
    trader.fills(1, '10');
    trader.errs(1, 10_148, 'cancel-failed');
    expect(trader.isAskedForSnapshot).toBe(false);
    expect(trader.phaseOf(1)).toBe('filled');
  });
});

describe('an error that says nothing sure', () => {
  test('loses sight of a submit: 103 may be about our own order', () => {
    const trader = submitted();
    trader.errs(1, 103, 'uncertain', 'Duplicate order id');
    expect(trader.order(1).state).toMatchObject({ phase: 'unknown', why: 'IBKR answered 103: Duplicate order id' });
    expect(trader.isAskedForSnapshot).toBe(true);
    trader.answersSnapshot(() => trader.reports(1, { kind: 'working' }));
    expect(trader.phaseOf(1)).toBe('working');
  });

  test('about a live order is noted, and IBKR is asked', () => {
    const trader = working();
    trader.errs(1, 135, 'uncertain', 'Can not find order');
    expect(trader.phaseOf(1)).toBe('working');
    expect(trader.allOf('notice-received')).toMatchObject([{ text: 'Order 1: Can not find order' }]);
    expect(trader.isAskedForSnapshot).toBe(true);
  });

  test('about an order that is over is noted only', () => {
    const trader = working();
    trader.fills(1, '10');
    trader.errs(1, 104, 'uncertain');
    expect(trader.isAskedForSnapshot).toBe(false);
  });
});

test('a warning is noted under the number of the order', () => {
  const trader = working();
  trader.errs(1, 399, 'warning', 'will not be placed until 09:30');
  expect(trader.allOf('notice-received')).toMatchObject([
    { code: 399, text: 'Order 1: will not be placed until 09:30' },
  ]);
  expect(trader.isAskedForSnapshot).toBe(false);
});

test('a meaning from outside of the union is a bug of ours', () => {
  expect(() => working().errs(1, 1, 'strange' as never)).toThrow('unexpected variant');
});
