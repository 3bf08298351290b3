import { describe, expect, test } from 'vitest';
import { laterBy } from '#domain/ids';
import { DEFAULT_SETTINGS } from '#domain/settings';
import type { RiskContext } from '#domain/risk-decision';
import { marketHours } from '#engine/risk/checks/market-hours';
import { FRIDAY } from '#test/builders/domain-records';
import { aLegOf, limit, market, modifying, passOf, placing, saying, verdictOf } from '#test/builders/engine-risk';

const opensAt = laterBy(FRIDAY, 60_000);
const closed: Partial<RiskContext> = { hours: { state: 'closed', opensAt } };
const unknown: Partial<RiskContext> = { hours: { state: 'unknown' } };
const buy = placing('BUY', '1', market);
const allowing = (orderManagementWhenClosed: 'cancel-only' | 'enabled'): Partial<RiskContext> => ({
  settings: { ...DEFAULT_SETTINGS.risk, orderManagementWhenClosed },
});

describe('while the market is closed', () => {
  test('new orders and changes by hand wait, and are told until when', () => {
    const reason = { code: 'MARKET_CLOSED', symbol: 'AAPL', opensAt };
    for (const origin of ['window', 'cli'] as const) {
      expect(verdictOf(marketHours, buy, { ...closed, origin })).toEqual(saying('deny', marketHours, reason));
    }
    const change = modifying(aLegOf('SELL', '10', limit('160')));
    expect(verdictOf(marketHours, change, closed)).toEqual(saying('deny', marketHours, reason));
  });

  test('cancel-only lets no order pass either; enabled lets all', () => {
    expect(verdictOf(marketHours, buy, { ...closed, ...allowing('cancel-only') }).verdict).toBe('deny');
    expect(verdictOf(marketHours, buy, { ...closed, ...allowing('enabled') })).toEqual(passOf(marketHours));
  });

  test('managers go on', () => {
    expect(verdictOf(marketHours, buy, { ...closed, origin: 'manager' })).toEqual(passOf(marketHours));
  });
});

test('hours that IBKR has not told let only cancels pass', () => {
  const reason = { code: 'HOURS_UNKNOWN', symbol: 'AAPL' };
  expect(verdictOf(marketHours, buy, unknown)).toEqual(saying('deny', marketHours, reason));
  expect(verdictOf(marketHours, buy, { ...unknown, ...allowing('enabled') })).toEqual(passOf(marketHours));
});

test('an open market, and an instrument that is not known', () => {
  expect(verdictOf(marketHours, buy, { hours: { state: 'open', closesAt: opensAt } })).toEqual(passOf(marketHours));
  expect(verdictOf(marketHours, buy, { hours: null })).toEqual(passOf(marketHours));
});
