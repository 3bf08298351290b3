import { expect, test } from 'vitest';
import { price } from '#domain/money';
import { denialsOf, largestPassing } from '#domain/risk-decision';
import { readsLimits } from '#test/builders/limits-file';
import { PortfolioDesk, type DeskOptions } from '#test/builders/portfolio-desk';

/** TSLA costs 100; it may have 10 units, 2,000 dollars an order. */
function limited(options: DeskOptions = {}): PortfolioDesk {
  const desk = new PortfolioDesk(options);
  readsLimits(desk.engine);
  return desk;
}

test('an order beyond the position of its symbol is denied, with the largest that passes', () => {
  const decision = limited().asks('BUY', '11', 'TSLA');
  expect(denialsOf(decision)).toMatchObject([{ code: 'POSITION_LIMIT', symbol: 'TSLA' }]);
  expect(largestPassing(decision)).toBe('10');
});

test('working orders count: what is held and what may fill share the limit', () => {
  const desk = limited({ holds: { TSLA: '4' } });
  desk.places('BUY', '5', 'TSLA');
  expect(desk.asks('BUY', '1', 'TSLA').outcome).toBe('approved');
  expect(desk.asks('BUY', '2', 'TSLA').outcome).toBe('denied');
});

test('an order beyond the exposure of one order is denied, whatever the position may be', () => {
  const desk = limited();
  const limit = { terms: { type: 'LMT', limit: price('100') } } as const;
  expect(denialsOf(desk.asks('BUY', '34', 'AAPL'))).toMatchObject([{ code: 'ORDER_NOTIONAL', limit: '5000' }]);
  expect(desk.asks('BUY', '9', 'TSLA', limit).outcome).toBe('approved');
});

test('a larger position than the limit can always be reduced', () => {
  const desk = limited({ holds: { TSLA: '50' } });
  expect(desk.asks('SELL', '5', 'TSLA').outcome).toBe('approved');
  expect(desk.asks('BUY', '1', 'TSLA').outcome).toBe('denied');
});
