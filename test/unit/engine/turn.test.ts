import { describe, expect, test } from 'vitest';
import { clientId, ibOrderId } from '#domain/ids';
import { isLive } from '#domain/order-record';
import { emptyWorkstationState } from '#domain/workstation-state';
import { createEngineState } from '#engine/create-engine-state';
import { Turn } from '#engine/turn';
import { AAPL, correctionOf, EngineHarness } from '#test/builders/engine-harness';

describe('ids', () => {
  test('are run id and counter, so that two lives never mint the same', () => {
    const trader = EngineHarness.ready();
    const first = trader.order(trader.places());
    trader.crashes();
    trader.connects();
    trader.ticks();
    trader.passes(5_000);
    trader.ticks();
    const second = trader.order(trader.places({ side: 'BUY', timeInForce: 'GTC' }));
    expect(first.id).toMatch(/^run1-\d+$/);
    expect(second.id).toMatch(/^run2-\d+$/);
  });

  test('need a run', () => {
    const turn = new Turn(createEngineState(emptyWorkstationState('paper')), EngineHarness.ready().now);
    expect(() => turn.newEffectId()).toThrow('the run id is missing');
  });
});

describe('IBKR order ids', () => {
  const idOf = (trader: EngineHarness, number: number): number | null => trader.order(number).broker.orderId;

  test('start where IBKR says', () => {
    const trader = new EngineHarness();
    trader.linkUp({ nextOrderId: ibOrderId(500) });
    trader.answersSnapshot();
    trader.definesAapl();
    trader.ticks();
    const { entry, target, stop } = trader.placesBracket();
    expect([entry, target, stop].map((number) => idOf(trader, number))).toEqual([500, 501, 502]);
  });

  test('never roll back with IBKR after its restart', () => {
    const trader = EngineHarness.ready();
    const first = trader.places();
    trader.linkDown();
    trader.linkUp({ nextOrderId: ibOrderId(1) });
    trader.answersSnapshot(() => trader.reports(first, { kind: 'working' }));
    trader.passes(10_000);
    trader.ticks();
    expect(idOf(trader, trader.places())).toBe(2);
  });

  test('never roll back over a crash of ours', () => {
    const trader = EngineHarness.ready();
    const first = trader.places();
    trader.crashes();
    trader.connects(() => trader.reports(first, { kind: 'working' }));
    trader.passes(10_000);
    trader.ticks();
    expect(idOf(trader, trader.places())).toBe(2);
  });

  test('stay above those that IBKR shows of our client, and ignore how other clients count', () => {
    const trader = EngineHarness.ready();
    trader.reportsForeign({ clientId: clientId(1), orderId: ibOrderId(40) });
    trader.crashes();
    trader.connects(() => trader.reportsForeign({ clientId: clientId(1), orderId: ibOrderId(40) }));
    trader.ticks();
    expect(idOf(trader, trader.places())).toBe(41);
    const other = EngineHarness.ready();
    other.reportsForeign({ clientId: clientId(9), orderId: ibOrderId(1_700_000_000) });
    other.crashes();
    other.connects(() => other.reports(1, { kind: 'working' }));
    other.ticks();
    expect(idOf(other, other.places())).toBe(1);
  });
});

test('the index of live orders follows each change', () => {
  const trader = EngineHarness.ready();
  const live = (): number => trader.state.observed.liveByInstrument.get(AAPL.conId)?.size ?? 0;
  trader.places({ quantity: AAPL.multiplier, side: 'SELL' });
  expect(live()).toBe(0);
  const order = trader.places();
  expect(live()).toBe(1);
  const fill = trader.fills(order, '10');
  expect(live()).toBe(0);
  trader.fills(order, '8', '150', { execId: correctionOf(fill) });
  expect(isLive(trader.order(order))).toBe(true);
  expect(live()).toBe(1);
});

test('an order that is not in the ledger is a bug of ours', () => {
  const trader = EngineHarness.ready();
  const { id } = trader.order(trader.places());
  trader.durable.orders.delete(id);
  expect(() => new Turn(trader.state, trader.now).order(id)).toThrow('the order is missing');
});
