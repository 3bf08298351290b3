import { describe, expect, test } from 'vitest';
import { accountId, clientId, execId, ibOrderId, permId } from '#domain/ids';
import { money, price, quantity } from '#domain/money';
import type { OrderTrigger } from '#domain/order-lifecycle';
import { move } from '#engine/orders/order-ledger';
import { Turn } from '#engine/turn';
import { AAPL, aForeignOrder, correctionOf, EngineHarness, OUR_CLIENT } from '#test/builders/engine-harness';

/** BUY 10 AAPL LMT 150 as order 1, in flight. */
function submitted(): EngineHarness {
  const trader = EngineHarness.ready();
  trader.places();
  return trader;
}

function working(): EngineHarness {
  const trader = submitted();
  trader.works(1);
  return trader;
}

describe('status messages repeat, come late and out of order', () => {
  test('the same status twice is one change', () => {
    const trader = submitted();
    expect(trader.typesOf(() => trader.works(1))).toEqual(['order-identified', 'order-state-changed']);
    expect(trader.typesOf(() => trader.works(1))).toEqual([]);
    trader.acknowledges(1, 'parent');
    expect(trader.typesOf(() => trader.acknowledges(1, 'parent'))).toEqual([]);
    trader.status(1, { kind: 'inactive', why: 'locate' });
    expect(trader.typesOf(() => trader.status(1, { kind: 'inactive', why: 'locate' }))).toEqual([]);
  });

  test('why an order is held may change', () => {
    const trader = submitted();
    trader.acknowledges(1, 'parent');
    expect(trader.typesOf(() => trader.acknowledges(1, 'trigger'))).toEqual(['order-state-changed']);
  });

  test('a late word that it works does not undo a fill or a cancel', () => {
    const trader = working();
    trader.fills(1, '4');
    trader.works(1);
    trader.acknowledges(1);
    expect(trader.phaseOf(1)).toBe('partially-filled');
    trader.fills(1, '6');
    trader.works(1);
    trader.cancelled(1);
    expect(trader.phaseOf(1)).toBe('filled');
    const gone = working();
    gone.cancelled(1);
    gone.works(1);
    gone.cancelled(1);
    expect(gone.allOf('order-state-changed').map(({ state }) => state.phase)).toEqual(['working', 'cancelled']);
  });

  test('working before acknowledged is working', () => {
    const trader = submitted();
    trader.works(1);
    trader.acknowledges(1, 'none');
    expect(trader.phaseOf(1)).toBe('pending');
    trader.works(1);
    expect(trader.phaseOf(1)).toBe('working');
  });

  test('a held order that has filled in part goes back to work as partially filled', () => {
    const trader = working();
    trader.fills(1, '4');
    trader.status(1, { kind: 'inactive', why: 'halted' });
    trader.works(1);
    expect(trader.phaseOf(1)).toBe('partially-filled');
  });

  test('of an order that is not in the ledger says nothing', () => {
    const trader = EngineHarness.ready();
    const keys = { clientId: clientId(9), orderId: ibOrderId(5), permId: permId(5), orderRef: null };
    const status = { kind: 'working' } as const;
    expect(trader.typesOf(() => trader.fact({ kind: 'order-status', keys, status, filled: null }))).toEqual([]);
  });

  test('whose every fact comes twice leaves the same ledger', () => {
    const once = EngineHarness.ready();
    const twice = EngineHarness.ready();
    for (const [trader, times] of [
      [once, 1],
      [twice, 2],
    ] as const) {
      trader.placesBracket();
      const parts = ['4', '6'].map((size) => trader.anExecution(1, size));
      const repeat = (act: () => unknown): void => {
        for (let n = 0; n < times; n += 1) act();
      };
      repeat(() => trader.acknowledges(1));
      repeat(() => trader.works(1));
      for (const execution of parts) repeat(() => trader.fact({ kind: 'execution', execution }));
      repeat(() => trader.reports(3, { kind: 'acknowledged', hold: 'trigger' }));
      repeat(() => trader.works(2));
      repeat(() => trader.cancelled(3));
    }
    expect(twice.journal).toEqual(once.journal);
  });
});

describe('fills come only from executions', () => {
  test('the word "filled" alone fills nothing', () => {
    const trader = working();
    trader.status(1, { kind: 'filled' });
    expect(trader.order(1)).toMatchObject({ state: { phase: 'working' }, filled: '0' });
  });

  test('they add up, with their average price and the position', () => {
    const trader = working();
    trader.fills(1, '4', '149.9');
    expect(trader.order(1)).toMatchObject({ state: { phase: 'partially-filled' }, filled: '4', averagePrice: '149.9' });
    trader.fills(1, '6', '150');
    expect(trader.order(1)).toMatchObject({ state: { phase: 'filled' }, filled: '10', averagePrice: '149.96' });
    expect(trader.position()).toBe('10');
  });

  test('an order may fill before IBKR has acknowledged it', () => {
    const trader = submitted();
    trader.fills(1, '10');
    expect(trader.phaseOf(1)).toBe('filled');
    expect(trader.typesOf(() => trader.acknowledges(1))).toEqual([]);
  });

  test('the same execution twice counts once', () => {
    const trader = working();
    const execution = trader.anExecution(1, '4');
    trader.fact({ kind: 'execution', execution });
    expect(trader.typesOf(() => trader.fact({ kind: 'execution', execution }))).toEqual([]);
    expect(trader.order(1).filled).toBe('4');
  });

  test('of an order that is not ours move the position', () => {
    const trader = working();
    trader.fact({
      kind: 'execution',
      execution: { ...trader.anExecution(1, '3'), permId: permId(5), orderId: null, orderRef: null },
    });
    expect(trader.order(1).filled).toBe('0');
    expect(trader.position()).toBe('3');
  });

  test('of another account are none of ours', () => {
    const trader = working();
    trader.fills(1, '3', '150', { account: accountId('DU999') });
    expect(trader.position()).toBe('none');
  });

  test('of a rejected or cancelled order that come late still count', () => {
    const trader = working();
    trader.errs(1, 201, 'rejected');
    trader.fills(1, '4');
    expect(trader.order(1)).toMatchObject({ state: { phase: 'rejected' }, filled: '4' });
    trader.fills(1, '6');
    expect(trader.phaseOf(1)).toBe('filled');
    const gone = working();
    gone.cancelled(1);
    const { state } = gone.order(1);
    gone.passes(500);
    gone.fills(1, '4');
    expect(gone.order(1)).toMatchObject({ state, filled: '4' });
  });

  test('an order reduced in TWS to what has filled is done when IBKR says filled', () => {
    const trader = working();
    trader.fills(1, '4');
    trader.reports(1, { kind: 'working' }, { spec: { ...trader.order(1).spec, quantity: quantity('4') } });
    expect(trader.phaseOf(1)).toBe('partially-filled');
    trader.status(1, { kind: 'filled' });
    expect(trader.phaseOf(1)).toBe('filled');
  });
});

describe('a correction', () => {
  test('takes the place of what it corrects, and may bring an order back to life', () => {
    const trader = working();
    const fill = trader.fills(1, '10');
    const corrected = correctionOf(fill);
    trader.fills(1, '8', '150', { execId: corrected });
    expect(trader.order(1)).toMatchObject({ state: { phase: 'partially-filled' }, filled: '8' });
    expect(trader.position()).toBe('8');
    expect([...trader.durable.fills.keys()]).toEqual([corrected]);
  });

  test('that leaves a filled order unfilled asks IBKR whether the rest still works', () => {
    const trader = working();
    const fill = trader.fills(1, '10');
    trader.fills(1, '8', '150', { execId: correctionOf(fill) });
    trader.passes(0);
    expect(trader.isAskedForSnapshot).toBe(true);
    trader.answersSnapshot(() => {
      trader.reportsCompleted(1, { kind: 'filled' });
      trader.reportsPosition('8');
    });
    expect(trader.order(1)).toMatchObject({ state: { phase: 'filled' }, filled: '8' });
  });

  test('of the price alone asks nothing', () => {
    const trader = working();
    const fill = trader.fills(1, '10');
    trader.fills(1, '10', '149', { execId: correctionOf(fill) });
    trader.passes(0);
    expect(trader.isAskedForSnapshot).toBe(false);
  });

  test('is not undone by the execution it replaced, which comes again in queries', () => {
    const trader = working();
    const fill = trader.fills(1, '10');
    trader.fills(1, '8', '150', { execId: correctionOf(fill, '03') });
    expect(trader.typesOf(() => trader.fills(1, '10', '150', { execId: fill }))).toEqual([]);
    expect(trader.typesOf(() => trader.fills(1, '9', '150', { execId: correctionOf(fill) }))).toEqual([]);
    expect(trader.order(1).filled).toBe('8');
  });

  test('belongs to the order of what it corrects, whatever keys it comes with', () => {
    const trader = working();
    const fill = trader.fills(1, '10');
    const strange = { permId: permId(5), orderId: null, clientId: null, orderRef: null };
    trader.fills(1, '8', '150', { execId: correctionOf(fill), ...strange });
    expect(trader.order(1).filled).toBe('8');
    trader.fills(1, '2');
    expect(trader.order(1)).toMatchObject({ state: { phase: 'filled' }, filled: '10' });
  });

  test('of an execution that was nobody of ours stays so', () => {
    const trader = working();
    const strange = { permId: permId(5), orderId: null, clientId: null, orderRef: null };
    const fill = trader.fills(1, '3', '150', strange);
    trader.fills(1, '2', '150', { execId: correctionOf(fill) });
    expect(trader.order(1).filled).toBe('0');
    expect(trader.position()).toBe('2');
  });
});

describe('a commission', () => {
  const commission = { amount: money('1.05'), currency: 'USD' };

  test('belongs to its execution, once', () => {
    const trader = working();
    const fill = trader.fills(1, '10');
    expect(trader.durable.fills.get(fill)?.commission).toBeNull();
    trader.fact({ kind: 'commission', execId: fill, commission });
    expect(trader.durable.fills.get(fill)?.commission).toEqual(commission);
    expect(trader.typesOf(() => trader.fact({ kind: 'commission', execId: fill, commission }))).toEqual([]);
    const other = { ...commission, amount: money('1.1') };
    expect(trader.typesOf(() => trader.fact({ kind: 'commission', execId: fill, commission: other }))).toEqual([
      'commission-reported',
    ]);
  });

  test('that comes before its execution waits for it', () => {
    const trader = working();
    const execution = trader.anExecution(1, '10');
    expect(trader.typesOf(() => trader.fact({ kind: 'commission', execId: execution.execId, commission }))).toEqual([]);
    trader.fact({ kind: 'execution', execution });
    expect(trader.durable.fills.get(execution.execId)?.commission).toEqual(commission);
  });

  test('whose execution never comes is forgotten in the end', () => {
    const trader = working();
    for (let n = 0; n <= 1_000; n += 1) trader.fact({ kind: 'commission', execId: execId(`x.${n}.01`), commission });
    const { commissions } = trader.state.observed;
    expect(commissions.size).toBe(1_000);
    expect(commissions.has(execId('x.0.01'))).toBe(false);
  });
});

describe('orders of others', () => {
  test('are adopted when first seen: shown, counted, not ours to cancel', () => {
    const trader = EngineHarness.ready();
    trader.reportsForeign();
    expect(trader.order(1)).toMatchObject({
      origin: 'external',
      state: { phase: 'working' },
      spec: { side: 'SELL', quantity: '5' },
      broker: { clientId: 9, permId: 777 },
    });
    expect(trader.cancels(1).outcome).toBe('refused');
    trader.reportsForeign();
    expect(trader.durable.orders.size).toBe(1);
  });

  test('that were entered by hand in TWS have no order id', () => {
    const trader = EngineHarness.ready();
    trader.reportsForeign({ clientId: null, orderId: null });
    expect(trader.order(1).broker).toEqual({ clientId: null, orderId: null, permId: 777 });
    trader.reportsForeign({ clientId: clientId(0), orderId: null });
    expect(trader.order(1).broker).toEqual({ clientId: 0, orderId: null, permId: 777 });
    trader.reportsForeign({ clientId: clientId(0), orderId: ibOrderId(-2) });
    expect(trader.order(1).broker.orderId).toBe(-2);
  });

  test('of another account, or done before we ever saw them, are none of ours', () => {
    const trader = EngineHarness.ready();
    trader.reportsForeign({ spec: { ...aForeignOrder().spec, account: accountId('DU999') } });
    trader.reportsForeign({ status: { kind: 'cancelled' } });
    trader.reportsForeign({ status: { kind: 'filled' } });
    trader.reportsForeign({}, true);
    expect(trader.durable.orders.size).toBe(0);
  });

  test('are followed like ours', () => {
    const trader = EngineHarness.ready();
    trader.reportsForeign({ status: { kind: 'inactive', why: 'locate' } });
    expect(trader.phaseOf(1)).toBe('inactive');
    trader.reportsForeign({ status: { kind: 'acknowledged', hold: 'none' } });
    trader.fills(1, '5', '170');
    expect(trader.phaseOf(1)).toBe('filled');
    expect(trader.position()).toBe('-5');
  });
});

test('terms that somebody changed in TWS are observed, with our own change still in flight', () => {
  const trader = working();
  const { spec } = trader.order(1);
  trader.reports(1, { kind: 'working' }, { spec: { ...spec, quantity: quantity('7') } });
  expect(trader.order(1).spec.quantity).toBe('7');
  trader.modifies(1, { quantity: quantity('9') });
  trader.reports(1, { kind: 'working' }, { spec: { ...spec, quantity: quantity('6') } });
  expect(trader.order(1)).toMatchObject({ spec: { quantity: '6' }, modification: { quantity: '9' } });
  trader.reports(1, { kind: 'working' });
  expect(trader.order(1).modification).not.toBeNull();
  trader.cancelled(1);
  trader.reports(1, { kind: 'cancelled' }, { spec });
  expect(trader.order(1).spec.quantity).toBe('6');
});

test('the OCA group of an order bound from TWS is repeated as it was shown when the order is changed', () => {
  const trader = EngineHarness.ready();
  const oca = { group: 'by hand', type: 3 } as const;
  const spec = { ...aForeignOrder().spec, side: 'BUY', terms: { type: 'LMT', limit: price('140') } } as const;
  trader.reportsForeign({ clientId: OUR_CLIENT, orderId: ibOrderId(-2), spec, oca });
  trader.modifies(1, { limit: price('141') });
  expect(trader.last('modify').order.value).toMatchObject({ oca, parentOrderId: null });
});

describe('a completed order', () => {
  test('is over: filled although its executions are too old to be reported', () => {
    const trader = working();
    trader.modifies(1, { quantity: quantity('12') });
    trader.reportsCompleted(1, { kind: 'filled' });
    expect(trader.order(1)).toMatchObject({ state: { phase: 'filled' }, filled: '0', modification: null });
  });

  test('is over: cancelled, or refused where a live one would be held', () => {
    const trader = working();
    trader.reportsCompleted(1, { kind: 'cancelled' });
    expect(trader.phaseOf(1)).toBe('cancelled');
    const refused = working();
    refused.reportsCompleted(1, { kind: 'inactive', why: 'margin' });
    expect(refused.order(1).state).toMatchObject({ phase: 'rejected', code: null, reason: 'margin' });
  });

  test('that is over already changes nothing', () => {
    const trader = working();
    trader.fills(1, '10');
    expect(trader.typesOf(() => trader.reportsCompleted(1, { kind: 'filled' }))).toEqual([]);
  });
});

describe('an order that the ledger took for over, and IBKR shows alive', () => {
  const lost = (): EngineHarness => {
    const trader = working();
    trader.linkDown();
    trader.connects();
    expect(trader.phaseOf(1)).toBe('cancelled');
    trader.passes(1_000);
    return trader;
  };

  test('outside of a snapshot is asked about', () => {
    const trader = lost();
    trader.reports(1, { kind: 'working' });
    expect(trader.phaseOf(1)).toBe('cancelled');
    trader.passes(0);
    expect(trader.isAskedForSnapshot).toBe(true);
  });

  test.each([{ kind: 'working' } as const, { kind: 'acknowledged', hold: 'none' } as const])(
    'in a snapshot is alive ($kind), and IBKR is asked once more',
    (status) => {
      const trader = lost();
      trader.reports(1, status);
      trader.passes(0);
      trader.answersSnapshot(() => trader.reports(1, status));
      expect(trader.phaseOf(1)).toBe(status.kind === 'working' ? 'working' : 'pending');
      expect(trader.durable.proof?.findings).toMatchObject([{ kind: 'settled-order', number: 1 }]);
      trader.passes(0);
      trader.answersSnapshot();
      expect(trader.phaseOf(1)).toBe('cancelled');
    },
  );

  test('was a message that crossed another when it ended only after the snapshot began', () => {
    const trader = working();
    trader.linkDown();
    trader.connects(() => {
      trader.passes(10);
      trader.errs(1, 201, 'rejected');
      trader.reports(1, { kind: 'working' });
    });
    expect(trader.phaseOf(1)).toBe('rejected');
  });

  test('stays over when the snapshot shows it over', () => {
    const trader = lost();
    trader.linkDown();
    trader.connects(() => trader.reports(1, { kind: 'cancelled' }));
    expect(trader.phaseOf(1)).toBe('cancelled');
  });
});

test('the lifecycle leads no report back before the submit', () => {
  const trader = working();
  const draft = { ...trader.order(1), state: { phase: 'draft' } } as never;
  for (const trigger of ['deny', 'submit'] satisfies OrderTrigger[]) {
    expect(() => move(new Turn(trader.state, trader.now), draft, trigger)).toThrow('no report leads back');
  }
});

test('what another client of the same number does is not about our order', () => {
  const trader = working();
  trader.reportsForeign({ clientId: clientId(9), orderId: ibOrderId(1) });
  expect(trader.order(1).broker).toMatchObject({ clientId: OUR_CLIENT, orderId: 1 });
  expect(trader.state.observed.liveByInstrument.get(AAPL.conId)?.size).toBe(2);
});
