import { expect, test } from 'vitest';
import { permId } from '#domain/ids';
import { quantity, signedQuantity } from '#domain/money';
import { FOREIGN_ORDERS_MAX, ForeignFills } from '#engine/orders/foreign-fills';
import { AAPL } from '#test/builders/engine-harness';

test("IBKR's figure only grows: an older one that comes late takes nothing back", () => {
  const fills = new ForeignFills();
  fills.learn({ permId: permId(1) }, AAPL.conId, 'BUY', quantity('5'));
  fills.learn({ permId: permId(1) }, AAPL.conId, 'BUY', quantity('3'));
  expect(fills.explain(AAPL.conId, signedQuantity('5'))).toBe(true);
});

test('executions of an order that IBKR never showed filled are no concern', () => {
  const fills = new ForeignFills();
  fills.countInLedger({ permId: permId(1) }, quantity('5'));
  fills.countInLedger({ permId: null }, quantity('5'));
  expect(fills.explain(AAPL.conId, signedQuantity('5'))).toBe(false);
});

test('more executions than IBKR shows filled leave nothing to explain with', () => {
  const fills = new ForeignFills();
  fills.learn({ permId: permId(1) }, AAPL.conId, 'BUY', quantity('5'));
  fills.countInLedger({ permId: permId(1) }, quantity('8'));
  expect(fills.explain(AAPL.conId, signedQuantity('1'))).toBe(false);
});

test('a difference takes what it needs from the oldest orders, and leaves the rest', () => {
  const fills = new ForeignFills();
  for (const id of [1, 2]) fills.learn({ permId: permId(id) }, AAPL.conId, 'BUY', quantity('5'));
  expect(fills.explain(AAPL.conId, signedQuantity('5'))).toBe(true);
  expect(fills.explain(AAPL.conId, signedQuantity('6'))).toBe(false);
  expect(fills.explain(AAPL.conId, signedQuantity('5'))).toBe(true);
});

test('the oldest orders are forgotten', () => {
  const fills = new ForeignFills();
  for (let n = 1; n <= FOREIGN_ORDERS_MAX + 1; n += 1) {
    fills.learn({ permId: permId(n) }, AAPL.conId, 'SELL', quantity('1'));
  }
  expect(fills.explain(AAPL.conId, signedQuantity(`-${FOREIGN_ORDERS_MAX + 1}`))).toBe(false);
  expect(fills.explain(AAPL.conId, signedQuantity(`-${FOREIGN_ORDERS_MAX}`))).toBe(true);
});
