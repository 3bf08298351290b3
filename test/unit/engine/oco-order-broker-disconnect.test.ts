import { describe, expect, test } from 'vitest';
import { orderCustodyOf } from '#domain/custody';
import { laterBy } from '#domain/ids';
import { quantity } from '#domain/money';
import { SIBLING_GRACE_MS } from '#engine/managers/oco-order-manager';
import { EngineHarness } from '#test/builders/engine-harness';
import { anOcoLeg, anOcoRequest, asksForOco, ocoOf, placesOco } from '#test/builders/oco-orders';

const [TARGET, STOP] = [1, 2] as const;
const stopLeg = anOcoRequest().legs[1] ?? anOcoLeg();

function native(): EngineHarness {
  const trader = EngineHarness.ready({ risk: { allowShort: true } });
  placesOco(trader);
  return trader;
}

function managed(): EngineHarness {
  const trader = EngineHarness.ready({ risk: { allowShort: true } });
  placesOco(trader, { legs: [anOcoLeg(), { ...stopLeg, quantity: quantity('30') }] });
  return trader;
}

const asked = (trader: EngineHarness): [number, string][] =>
  trader.effectsOf('modify').map(({ order }) => [order.value.orderId, order.value.spec.quantity]);
const cancelled = (trader: EngineHarness): number[] => trader.effectsOf('cancel').map(({ orderId }) => orderId);
const alarms = (trader: EngineHarness): string[] => trader.allOf('alarm-raised').map(({ alarm }) => alarm.text);

/** Back again: IBKR shows these orders alive. */
function returns(trader: EngineHarness, ...alive: readonly number[]): void {
  trader.linkUp();
  trader.answersSnapshot(() => {
    if (trader.position() !== 'none') trader.reportsPosition(trader.position());
    for (const number of alive) trader.reports(number, { kind: 'working' });
  });
}

describe('while the link is down', () => {
  test('the orders of a group that this app manages are at risk, those that IBKR holds are not', () => {
    const riskOf = (trader: EngineHarness) => orderCustodyOf(trader.durable, trader.order(STOP))?.atRisk;
    const [ours, theirs] = [managed(), native()];
    expect([riskOf(ours), riskOf(theirs)]).toEqual([null, null]);
    ours.linkDown();
    theirs.linkDown();
    expect([riskOf(ours), riskOf(theirs)]).toEqual(['the link is disconnected', null]);
    returns(ours, TARGET, STOP);
    expect(riskOf(ours)).toBeNull();
  });

  test('nothing is sent, and what is owed is taken up as soon as the session is ready', () => {
    const trader = managed();
    trader.losesUpstream();
    trader.fills(TARGET, '5', '160');
    expect(asked(trader)).toEqual([]);
    trader.restoresUpstream();
    expect(asked(trader)).toEqual([]);
    trader.answersSnapshot(() => {
      trader.reports(TARGET, { kind: 'working' });
      trader.reports(STOP, { kind: 'working' });
    });
    expect(asked(trader)).toEqual([[STOP, '15']]);
  });

  test('a fill that the next session reports is followed', () => {
    const trader = managed();
    trader.linkDown();
    trader.linkUp();
    trader.answersSnapshot(() => {
      trader.reports(STOP, { kind: 'working' });
      trader.fills(TARGET, '10', '160');
      trader.reportsCompleted(TARGET, { kind: 'filled' });
    });
    expect(cancelled(trader)).toEqual([STOP]);
  });

  test('IBKR follows the fills of its own group, and the group closes by what it shows', () => {
    const trader = native();
    trader.linkDown();
    trader.linkUp();
    trader.answersSnapshot(() => {
      trader.fills(TARGET, '10', '160');
      trader.reportsCompleted(STOP, { kind: 'cancelled' });
    });
    expect([cancelled(trader), alarms(trader), ocoOf(trader).closed]).toEqual([[], [], trader.now]);
  });

  test('the time in which IBKR may follow goes on', () => {
    const trader = native();
    trader.fills(TARGET, '10', '160');
    trader.losesUpstream();
    trader.passes(SIBLING_GRACE_MS);
    expect(cancelled(trader)).toEqual([]);
    trader.restoresUpstream();
    trader.answersSnapshot(() => {
      trader.reports(STOP, { kind: 'working' });
    });
    expect(cancelled(trader)).toEqual([STOP]);
  });
});

describe('after a crash', () => {
  test('in the moment that IBKR was given, what it has not followed is cancelled once a session is ready', () => {
    const trader = native();
    trader.fills(TARGET, '10', '160');
    const dueBy = ocoOf(trader).siblingsDueBy;
    trader.crashes();
    expect(ocoOf(trader).siblingsDueBy).toBe(dueBy);
    returns(trader, STOP);
    expect(cancelled(trader)).toEqual([]);
    trader.passes(SIBLING_GRACE_MS);
    expect(cancelled(trader)).toEqual([STOP]);
  });

  test('also on a clock that was set back: the moment does not become longer', () => {
    const trader = native();
    trader.fills(TARGET, '10', '160');
    trader.now = laterBy(trader.now, -60_000);
    trader.crashes();
    returns(trader, STOP);
    expect(cancelled(trader)).toEqual([]);
    trader.passes(SIBLING_GRACE_MS);
    expect(cancelled(trader)).toEqual([STOP]);
  });

  test('a group of which only a part reached IBKR says so', () => {
    const trader = EngineHarness.ready({ risk: { allowShort: true } });
    trader.outcome = { result: 'maybe-sent', reason: 'the link dropped' };
    asksForOco(trader);
    trader.linkDown();
    trader.outcome = { result: 'sent' };
    trader.passes(3_000);
    returns(trader, TARGET);
    expect(trader.phaseOf(STOP)).toBe('cancelled');
    expect(alarms(trader)).toEqual([
      'OCO 1, 2: what is left of the group works alone, cancel it if you do not want that. Order 2 is cancelled: Never reached IBKR. Not resent.',
    ]);
    trader.fills(TARGET, '10', '160');
    expect(ocoOf(trader).closed).toBe(trader.now);
  });

  test('an order that has vanished, filled perhaps on another day, is told: what works beside it works alone', () => {
    const trader = native();
    trader.crashes();
    returns(trader, TARGET);
    expect(alarms(trader)).toEqual([expect.stringContaining('Order 2 is cancelled: Not open at IBKR any more')]);
    expect(cancelled(trader)).toEqual([]);
  });

  test('what was asked before is asked again, for the same', () => {
    const trader = managed();
    trader.fills(TARGET, '5', '160');
    trader.crashes();
    returns(trader, TARGET, STOP);
    trader.passes(10_000);
    trader.answersSnapshot(() => {
      trader.reports(TARGET, { kind: 'working' });
      trader.reports(STOP, { kind: 'working' });
    });
    expect(asked(trader)).toEqual([
      [STOP, '15'],
      [STOP, '15'],
    ]);
  });
});
