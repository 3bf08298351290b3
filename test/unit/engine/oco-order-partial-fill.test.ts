import { describe, expect, test } from 'vitest';
import { quantity } from '#domain/money';
import { SIBLING_GRACE_MS } from '#engine/managers/oco-order-manager';
import { ANSWER_DUE_MS } from '#engine/orders/answers';
import { correctionOf, EngineHarness } from '#test/builders/engine-harness';
import { anOcoLeg, anOcoRequest, ocoOf, placesOco } from '#test/builders/oco-orders';

const [TARGET, STOP] = [1, 2] as const;
const stopLeg = anOcoRequest().legs[1] ?? anOcoLeg();

/** 10 AAPL are held, and an OCO group is to close them. */
function native(): EngineHarness {
  const trader = EngineHarness.ready({ risk: { allowShort: true } });
  placesOco(trader);
  return trader;
}

/** SELL 10 at 160 or 30 at 145: this app shares what fills. */
function managed(sharing: 'proportional' | 'share-for-share' = 'proportional'): EngineHarness {
  const trader = EngineHarness.ready({ risk: { allowShort: true } });
  placesOco(trader, { sharing, legs: [anOcoLeg(), { ...stopLeg, quantity: quantity('30') }] });
  return trader;
}

const asked = (trader: EngineHarness): [number, string][] =>
  trader.effectsOf('modify').map(({ order }) => [order.value.orderId, order.value.spec.quantity]);
const cancelled = (trader: EngineHarness): number[] => trader.effectsOf('cancel').map(({ orderId }) => orderId);

/** IBKR shows the order with another quantity: its own doing, or its answer to us. */
function shows(trader: EngineHarness, number: number, shares: string): void {
  trader.reports(number, { kind: 'working' }, { spec: { ...trader.order(number).spec, quantity: quantity(shares) } });
}

describe('a partial fill of an OCO order that IBKR holds', () => {
  test('gives IBKR a moment to reduce the other', () => {
    const trader = native();
    trader.fills(TARGET, '4', '160');
    expect(ocoOf(trader).siblingsDueBy).toBe(trader.now + SIBLING_GRACE_MS);
    shows(trader, STOP, '6');
    expect(ocoOf(trader).siblingsDueBy).toBeNull();
    trader.passes(SIBLING_GRACE_MS);
    expect([asked(trader), cancelled(trader)]).toEqual([[], []]);
  });

  test('is followed by us when IBKR has not', () => {
    const trader = native();
    trader.fills(TARGET, '4', '160');
    trader.passes(SIBLING_GRACE_MS - 1);
    expect(asked(trader)).toEqual([]);
    trader.passes(1);
    expect(asked(trader)).toEqual([[STOP, '6']]);
    expect(trader.effectsOf('modify')[0]?.order.value.oca).toEqual({ group: ocoOf(trader).id, type: 2 });
    shows(trader, STOP, '6');
    expect(ocoOf(trader).siblingsDueBy).toBeNull();
    expect(trader.allOf('oco-siblings-due').map(({ dueBy }) => dueBy === null)).toEqual([false, true]);
  });

  test('that comes in parts asks IBKR for the whole of it, once', () => {
    const trader = native();
    trader.fills(TARGET, '4', '160');
    trader.passes(600);
    trader.fills(TARGET, '1', '160');
    trader.passes(400);
    expect(asked(trader)).toEqual([[STOP, '5']]);
    trader.works(STOP);
    trader.fills(TARGET, '2', '160');
    expect(asked(trader), 'one change at a time').toEqual([[STOP, '5']]);
    shows(trader, STOP, '5');
    expect(asked(trader)).toEqual([
      [STOP, '5'],
      [STOP, '3'],
    ]);
  });

  test('of both leaves to each what is left of the group', () => {
    const trader = native();
    trader.fills(TARGET, '4', '160');
    trader.fills(STOP, '2', '145');
    trader.passes(SIBLING_GRACE_MS);
    expect(asked(trader)).toEqual([
      [TARGET, '8'],
      [STOP, '6'],
    ]);
  });

  test('that IBKR reports twice is one fill', () => {
    const trader = native();
    const execution = trader.anExecution(TARGET, '4', '160');
    trader.fact({ kind: 'execution', execution });
    trader.fact({ kind: 'execution', execution });
    trader.passes(SIBLING_GRACE_MS);
    expect(asked(trader)).toEqual([[STOP, '6']]);
  });

  test('that a correction takes away is owed no longer', () => {
    const trader = native();
    const { execId } = trader.anExecution(TARGET, '4', '160');
    trader.fills(TARGET, '4', '160', { execId });
    trader.fills(TARGET, '0', '160', { execId: correctionOf(execId) });
    expect(ocoOf(trader).siblingsDueBy).toBeNull();
    trader.passes(SIBLING_GRACE_MS);
    expect(asked(trader)).toEqual([]);
  });

  test('cancels the others where the group says so', () => {
    const trader = EngineHarness.ready({ risk: { allowShort: true } });
    placesOco(trader, { onPartialFill: 'cancel', legs: [anOcoLeg(), { ...stopLeg, quantity: quantity('30') }] });
    expect(ocoOf(trader).custody).toBe('native');
    trader.fills(STOP, '1', '145');
    trader.passes(SIBLING_GRACE_MS);
    expect([asked(trader), cancelled(trader)]).toEqual([[], [TARGET]]);
    expect(trader.phaseOf(STOP)).toBe('partially-filled');
  });
});

describe('a partial fill of an OCO order that this app manages', () => {
  test('reduces the other at once, by the same fraction', () => {
    const trader = managed();
    expect(ocoOf(trader).custody).toBe('managed');
    expect(trader.last('place').legs.value.map(({ oca }) => oca)).toEqual([null, null]);
    trader.fills(TARGET, '5', '160');
    expect(asked(trader)).toEqual([[STOP, '15']]);
    expect(trader.last('modify')).toMatchObject({ priority: 'reduce', order: { value: { oca: null } } });
    expect(ocoOf(trader).siblingsDueBy).toBeNull();
  });

  test('never leaves more at work than the fraction, whatever can be traded', () => {
    const trader = managed();
    trader.fills(STOP, '4', '145');
    expect(asked(trader), '10 × 26/30 is 8.67').toEqual([[TARGET, '8']]);
  });

  test('reduces the other share for share where the group says so', () => {
    const trader = managed('share-for-share');
    trader.fills(TARGET, '5', '160');
    expect(asked(trader)).toEqual([[STOP, '25']]);
    shows(trader, STOP, '25');
    trader.fills(STOP, '6', '145');
    expect(cancelled(trader), '10 − 11 shares').toEqual([TARGET]);
  });

  test('of an order that IBKR has not confirmed is followed once it has', () => {
    const trader = EngineHarness.ready({ risk: { allowShort: true } });
    trader.commands({
      kind: 'place-oco',
      request: anOcoRequest({ legs: [anOcoLeg(), { ...stopLeg, quantity: quantity('30') }] }),
    });
    trader.fills(TARGET, '5', '160');
    expect(asked(trader)).toEqual([]);
    trader.works(STOP);
    expect(asked(trader)).toEqual([[STOP, '15']]);
  });

  test('is not sent again while IBKR answers, and cancels what it will not reduce', () => {
    const trader = managed();
    trader.fills(TARGET, '5', '160');
    trader.errs(STOP, 201, 'refused-change');
    trader.works(STOP);
    expect([asked(trader), cancelled(trader)]).toEqual([[[STOP, '15']], []]);
    trader.passes(ANSWER_DUE_MS);
    expect([asked(trader), cancelled(trader)]).toEqual([[[STOP, '15']], [STOP]]);
  });

  test('waits for the next snapshot where IBKR does not answer', () => {
    const trader = managed();
    trader.fills(TARGET, '5', '160');
    trader.passes(ANSWER_DUE_MS);
    expect(cancelled(trader)).toEqual([]);
    trader.answersSnapshot(() => {
      trader.reports(TARGET, { kind: 'working' });
      trader.reports(STOP, { kind: 'working' });
    });
    expect(trader.allOf('modification-refused')).toHaveLength(1);
    trader.passes(ANSWER_DUE_MS);
    expect(cancelled(trader)).toEqual([STOP]);
  });

  test('reduces again what IBKR shows larger again', () => {
    const trader = managed();
    trader.fills(TARGET, '5', '160');
    shows(trader, STOP, '15');
    shows(trader, STOP, '30');
    expect(asked(trader)).toEqual([
      [STOP, '15'],
      [STOP, '15'],
    ]);
  });

  test('cancels an order that somebody has made another type of in TWS', () => {
    const trader = managed();
    const { spec } = trader.order(STOP);
    const terms = { type: 'OTHER', name: 'REL', limit: null, stop: null } as const;
    trader.reports(STOP, { kind: 'working' }, { spec: { ...spec, terms } });
    trader.fills(TARGET, '5', '160');
    expect([asked(trader), cancelled(trader)]).toEqual([[], [STOP]]);
  });
});
