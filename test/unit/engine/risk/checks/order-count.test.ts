import { describe, expect, test } from 'vitest';
import { signedQuantity } from '#domain/money';
import { DEFAULT_SETTINGS } from '#domain/settings';
import { orderCount } from '#engine/risk/checks/order-count';
import {
  aLegOf,
  limit,
  market,
  modifying,
  passOf,
  placing,
  placingBracket,
  saying,
  verdictOf,
} from '#test/builders/engine-risk';

const buy = placing('BUY', '1', limit('150'));
const working = (buys: number, sells = 0) => ({ working: { buy: buys, sell: sells } });
const reasonOf = (side: 'BUY' | 'SELL', count: number, most = 20): Record<string, unknown> => ({
  code: 'ORDERS_PER_SIDE',
  side,
  working: count,
  limit: most,
});

describe('working orders of one symbol and side', () => {
  test('17 pass, the 18th warns, the 20th still passes, the 21st is denied', () => {
    expect(verdictOf(orderCount, buy, working(16))).toEqual(passOf(orderCount));
    expect(verdictOf(orderCount, buy, working(17))).toEqual(saying('warn', orderCount, reasonOf('BUY', 17)));
    expect(verdictOf(orderCount, buy, working(19)).verdict).toBe('warn');
    expect(verdictOf(orderCount, buy, working(20))).toEqual(saying('deny', orderCount, reasonOf('BUY', 20)));
  });

  test('the other side does not count', () => {
    expect(verdictOf(orderCount, buy, working(0, 20))).toEqual(passOf(orderCount));
  });

  test('a bracket counts its exits', () => {
    const bracket = placingBracket('BUY', limit('150'), '160', '140');
    expect(verdictOf(orderCount, bracket, working(0, 19))).toEqual(saying('deny', orderCount, reasonOf('SELL', 19)));
    expect(verdictOf(orderCount, bracket, working(0, 18)).verdict).toBe('warn');
  });

  test('fewer may be allowed, but what closes has all that IBKR takes', () => {
    const settings = { ...DEFAULT_SETTINGS.risk, ordersPerSideMax: 5 };
    const context = { ...working(0, 5), settings, position: signedQuantity('10') };
    expect(verdictOf(orderCount, placing('SELL', '11', market), context)).toEqual(
      saying('deny', orderCount, reasonOf('SELL', 5, 5)),
    );
    expect(verdictOf(orderCount, placing('SELL', '10', market), context)).toEqual(passOf(orderCount));
    expect(verdictOf(orderCount, placing('SELL', '10', market), { ...context, ...working(0, 20) })).toEqual(
      saying('deny', orderCount, reasonOf('SELL', 20)),
    );
  });

  test('a change adds none, and a manager is not held up', () => {
    expect(verdictOf(orderCount, modifying(aLegOf('BUY', '1', limit('150'))), working(20))).toEqual(passOf(orderCount));
    expect(verdictOf(orderCount, buy, { ...working(20), origin: 'manager' })).toEqual(passOf(orderCount));
    expect(verdictOf(orderCount, buy, { working: null })).toEqual(passOf(orderCount));
  });
});
