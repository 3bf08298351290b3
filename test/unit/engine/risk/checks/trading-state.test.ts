import { describe, expect, test } from 'vitest';
import { signedQuantity } from '#domain/money';
import { tradingState } from '#engine/risk/checks/trading-state';
import { FRIDAY } from '#test/builders/domain-records';
import { limit, passOf, placing, saying, verdictOf } from '#test/builders/engine-risk';

const buy = placing('BUY', '10', limit('150'));

describe.each(['HALTED', 'REDUCING'] as const)('while trading is %s', (state) => {
  const trading = { state, since: FRIDAY, reason: 'kill switch', cause: 'person' as const };

  test('a new order is denied with the reason', () => {
    expect(verdictOf(tradingState, buy, { trading })).toEqual(
      saying('deny', tradingState, { code: 'TRADING_STATE', state, reason: 'kill switch' }),
    );
  });

  test('an order that only reduces a position passes', () => {
    expect(verdictOf(tradingState, buy, { trading, position: signedQuantity('-10') })).toEqual(passOf(tradingState));
  });
});

test('while trading is ACTIVE every order passes', () => {
  expect(verdictOf(tradingState, buy)).toEqual(passOf(tradingState));
});
