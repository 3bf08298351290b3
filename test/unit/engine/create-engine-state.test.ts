import { describe, expect, test } from 'vitest';
import { quantity } from '#domain/money';
import { createEngineState } from '#engine/create-engine-state';
import { nextDeadline } from '#engine/engine';
import { AAPL, EngineHarness } from '#test/builders/engine-harness';

test('over an empty journal everything observed is unknown', () => {
  const { observed } = createEngineState(new EngineHarness().foldedJournal());
  expect(observed).toMatchObject({ clientId: null, highestOrderId: 0, heartbeatAt: null, positionsKnown: false });
  expect(observed.quotes.size).toBe(0);
});

test('over a journal the indexes are those of the engine that wrote it', () => {
  const trader = EngineHarness.ready();
  trader.placesBracket();
  trader.placesBracket({ takeProfit: null, quantity: quantity('5') });
  const order = trader.places({ quantity: quantity('3') });
  trader.fills(order, '3');
  trader.reportsForeign();
  const { observed } = createEngineState(trader.foldedJournal());
  const { observed: before } = trader.state;
  expect(observed.conIdBySymbol).toEqual(before.conIdBySymbol);
  expect(observed.highestOrderId).toBe(before.highestOrderId);
  expect(observed.liveByInstrument).toEqual(before.liveByInstrument);
  expect(observed.recent).toEqual(before.recent);
  for (const { number } of trader.durable.orders.values()) {
    expect(observed.identity.find(trader.keysOf(number))?.number).toBe(number);
  }
});

describe('a script that repeats itself after a crash', () => {
  test('is a duplicate all the same', () => {
    const trader = EngineHarness.ready();
    const order = trader.places();
    trader.crashes();
    trader.connects(() => trader.reports(order, { kind: 'working' }));
    trader.ticks();
    trader.places();
    expect(trader.phaseOf(2)).toBe('denied');
  });

  test('is not held up by exits, denials and orders of others', () => {
    const trader = EngineHarness.ready();
    trader.placesBracket();
    trader.places({ quantity: quantity('0') });
    trader.reportsForeign();
    expect(createEngineState(trader.foldedJournal()).observed.recent.map(({ number }) => number)).toEqual([1]);
  });
});

test('deadlines of the last life are gone; what they were for is taken up when the session is ready', () => {
  const trader = EngineHarness.ready();
  trader.places();
  expect(nextDeadline(trader.state)).not.toBeNull();
  trader.crashes();
  expect(nextDeadline(trader.state)).toBeNull();
  expect(trader.state.observed.subscribed.has(AAPL.conId)).toBe(false);
});
