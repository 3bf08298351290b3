import { describe, expect, test } from 'vitest';
import { epochMs } from '#domain/ids';
import { NO_TRAFFIC, trafficOn } from '#domain/order-traffic';
import { restoreState, snapshotOf } from '#domain/state-snapshot';
import { EngineHarness } from '#test/builders/engine-harness';

const HOUR_MS = 3_600_000;

const trafficOf = (trader: EngineHarness): { messages: number; executions: number } => {
  const { messages, executions } = trafficOn(trader.durable.orderTraffic, trader.now);
  return { messages, executions };
};

describe('the messages about orders of a day', () => {
  test('are submissions leg by leg, changes and cancels, over executions', () => {
    const trader = EngineHarness.ready();
    const { entry, stop } = trader.placesBracket();
    for (const number of [entry, entry + 1, stop]) trader.works(number);
    expect(trafficOf(trader)).toEqual({ messages: 3, executions: 0 });
    trader.fills(entry, '4');
    trader.fills(entry, '6');
    trader.cancels(stop);
    expect(trafficOf(trader)).toEqual({ messages: 4, executions: 2 });
  });

  test('an order that we denied was no message', () => {
    const trader = EngineHarness.ready();
    trader.commands({
      kind: 'set-trading-state',
      state: 'HALTED',
      includingStops: false,
      everywhere: false,
      reason: '',
    });
    trader.places();
    expect(trafficOf(trader).messages).toBe(0);
  });

  test('an execution of an earlier day, told again, is none of today', () => {
    const trader = EngineHarness.ready();
    const number = trader.places();
    trader.fills(number, '4', '150', { at: epochMs(trader.now - 24 * HOUR_MS) });
    expect(trafficOf(trader)).toEqual({ messages: 1, executions: 0 });
  });

  test('begin anew at midnight in New York', () => {
    const trader = EngineHarness.ready();
    trader.places();
    const { began, until } = trader.durable.orderTraffic;
    expect([began, until]).toEqual([Date.UTC(2026, 10, 20, 5), Date.UTC(2026, 10, 21, 5)]);
    trader.now = epochMs(until - 1);
    expect(trafficOf(trader).messages).toBe(1);
    trader.now = until;
    expect(trafficOf(trader).messages).toBe(0);
  });

  test('survive a restart, from the journal and from a checkpoint', () => {
    const trader = EngineHarness.ready();
    trader.places();
    const before = trader.durable.orderTraffic;
    expect(before).not.toEqual(NO_TRAFFIC);
    trader.crashes();
    expect(trader.durable.orderTraffic).toEqual(before);
    expect(restoreState(snapshotOf(trader.durable)).orderTraffic).toEqual(before);
  });
});
