import { describe, expect, test } from 'vitest';
import { clientId, ibOrderId, permId } from '#domain/ids';
import type { BrokerOrderKeys } from '#ports/broker-port';
import { EngineHarness, OUR_CLIENT } from '#test/builders/engine-harness';

const nothing: BrokerOrderKeys = { clientId: null, orderId: null, permId: null, orderRef: null };
const found = (trader: EngineHarness, keys: Partial<BrokerOrderKeys>): number | undefined =>
  trader.state.observed.identity.find({ ...nothing, ...keys })?.number;
const reported = (trader: EngineHarness, keys: Partial<BrokerOrderKeys>): number | undefined =>
  trader.state.observed.identity.findReported({ ...nothing, ...keys })?.number;

/** Order 1, which IBKR knows as order id 1 and permId 1900000001. */
function known(): EngineHarness {
  const trader = EngineHarness.ready();
  trader.works(trader.places());
  return trader;
}

const PERM = permId(1_900_000_001);

describe('a report is matched', () => {
  test('by permId, whatever else it says', () => {
    expect(found(known(), { permId: PERM, clientId: clientId(0), orderId: ibOrderId(77), orderRef: 'odd' })).toBe(1);
  });

  test('else by client id and order id, never by the order id alone', () => {
    const trader = known();
    expect(found(trader, { clientId: OUR_CLIENT, orderId: ibOrderId(1) })).toBe(1);
    expect(found(trader, { clientId: clientId(9), orderId: ibOrderId(1) })).toBeUndefined();
    expect(found(trader, { orderId: ibOrderId(1) })).toBeUndefined();
  });

  test('else by the reference', () => {
    const trader = known();
    expect(found(trader, { orderRef: trader.order(1).id })).toBe(1);
    expect(found(trader, { orderRef: 'somebody else' })).toBeUndefined();
    expect(found(trader, { orderRef: 'run9-1' })).toBeUndefined();
    expect(found(trader, {})).toBeUndefined();
  });
});

describe('a reissued order id is another order', () => {
  const number = { clientId: OUR_CLIENT, orderId: ibOrderId(1) };

  test('when it comes with another permId', () => {
    expect(found(known(), { ...number, permId: permId(5) })).toBeUndefined();
  });

  test('when it comes with another reference', () => {
    expect(found(known(), { ...number, orderRef: 'morning-run-7' })).toBeUndefined();
  });

  test('when a full report of it comes without our reference', () => {
    const trader = EngineHarness.ready();
    trader.places();
    expect(reported(trader, { ...number, permId: permId(5) })).toBeUndefined();
    expect(reported(trader, { ...number })).toBeUndefined();
    expect(reported(trader, { ...number, orderRef: trader.order(1).id })).toBe(1);
    expect(reported(known(), { ...number, permId: PERM })).toBe(1);
  });

  test('and takes the number over, for good', () => {
    const trader = known();
    trader.fills(1, '2');
    trader.reportsForeign({ ...number, permId: permId(5) });
    expect(found(trader, number)).toBe(2);
    trader.fills(1, '2');
    expect(found(trader, number)).toBe(2);
    expect(trader.state.observed.identity.findByOrderId(OUR_CLIENT, ibOrderId(1))?.number).toBe(2);
    trader.crashes();
    expect(found(trader, number)).toBe(2);
  });
});

test('an order of another client is known by its number too', () => {
  const trader = EngineHarness.ready();
  trader.reportsForeign();
  const number = { clientId: clientId(9), orderId: ibOrderId(3) };
  expect(found(trader, { ...number, orderRef: 'theirs' })).toBe(1);
  expect(reported(trader, { ...number, orderRef: 'theirs' })).toBe(1);
});

test('a copy made in TWS repeats the reference of the original, and is another order', () => {
  const trader = known();
  const { id } = trader.order(1);
  expect(found(trader, { orderRef: id, permId: permId(5) })).toBeUndefined();
  expect(found(trader, { orderRef: id, permId: PERM })).toBe(1);
});
