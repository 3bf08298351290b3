import { expect, test } from 'vitest';
import { clientOrderId, decisionId, orderNumber } from '#domain/ids';
import { accepted, denied, refused } from '#engine/reply';
import { decide } from '#engine/risk/risk-guard';
import { aContext, limit, placing } from '#test/builders/engine-risk';

const order = { id: clientOrderId('run1-1'), number: orderNumber(1) };
const decision = decide(decisionId('d-1'), aContext(placing('BUY', '0', limit('150.005'))));

test('accepted says nothing but which orders', () => {
  const withMore = { ...order, phase: 'submitting' };
  expect(accepted([withMore], decision)).toEqual({
    outcome: 'accepted',
    orders: [order],
    decision,
    message: '',
    repeated: false,
  });
});

test('denied says everything that is wrong, in words', () => {
  expect(denied([order], decision)).toMatchObject({
    outcome: 'denied',
    orders: [order],
    message:
      'Quantity is 0. It must be more than 0. Price 150.005 is not a multiple of the tick 0.01. Nearest: 150.00 and 150.01.',
  });
});

test('refused says why; nothing was decided', () => {
  expect(refused('There is no order 12.')).toEqual({
    outcome: 'refused',
    orders: [],
    decision: null,
    message: 'There is no order 12.',
    repeated: false,
  });
  expect(refused('Order 1 is filled.', [order]).orders).toEqual([order]);
});
