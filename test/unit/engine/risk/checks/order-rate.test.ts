import { describe, expect, test } from 'vitest';
import { signedQuantity } from '#domain/money';
import { orderRate } from '#engine/risk/checks/order-rate';
import { market, passOf, placing, saying, verdictOf } from '#test/builders/engine-risk';

const buy = placing('BUY', '1', market);
const sent = (inLastSecond: number, today = inLastSecond, executionsToday = 10) => ({
  messages: { inLastSecond, today, executionsToday },
});

describe('orders and changes in a second', () => {
  test('ten pass, the eleventh is denied', () => {
    expect(verdictOf(orderRate, buy, sent(9))).toEqual(passOf(orderRate));
    expect(verdictOf(orderRate, buy, { ...sent(10), origin: 'cli' })).toEqual(
      saying('deny', orderRate, { code: 'ORDER_RATE', inLastSecond: 10, limit: 10 }),
    );
  });

  test('what closes and what managers send is not held up', () => {
    const closing = { ...sent(10), position: signedQuantity('1') };
    expect(verdictOf(orderRate, placing('SELL', '1', market), closing)).toEqual(passOf(orderRate));
    expect(verdictOf(orderRate, buy, { ...sent(100), origin: 'manager' })).toEqual(passOf(orderRate));
    expect(verdictOf(orderRate, buy, { messages: null })).toEqual(passOf(orderRate));
  });
});

test('from 15 messages for each execution and one people are warned: IBKR asks for fewer than 20', () => {
  expect(verdictOf(orderRate, buy, sent(0, 44, 2))).toEqual(passOf(orderRate));
  expect(verdictOf(orderRate, buy, sent(0, 45, 2))).toEqual(
    saying('warn', orderRate, { code: 'ORDER_EFFICIENCY', messages: 45, executions: 2, warnAt: 15 }),
  );
});
