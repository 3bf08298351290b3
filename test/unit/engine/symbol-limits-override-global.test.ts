import { expect, test } from 'vitest';
import { money, quantity } from '#domain/money';
import { denialsOf, figuresOf } from '#domain/risk-decision';
import { A_LIMITS_FILE, readsLimits } from '#test/builders/limits-file';
import { PortfolioDesk } from '#test/builders/portfolio-desk';

test("a symbol's own limit takes precedence over default and global ones", () => {
  const desk = new PortfolioDesk();
  expect(desk.asks('BUY', '60', 'AAPL').outcome, 'by the global limits alone').toBe('approved');
  readsLimits(desk.engine);
  const decision = desk.asks('BUY', '60', 'AAPL');
  expect(decision.outcome).toBe('denied');
  expect(figuresOf(decision)).toContainEqual(
    expect.objectContaining({ limitName: 'position', after: '60', limit: '50', source: 'symbol' }),
  );
});

test('field by field: what the symbol does not say, the default says, and then the global limit', () => {
  const desk = new PortfolioDesk();
  readsLimits(desk.engine, { ...A_LIMITS_FILE, symbol_limits: { AAPL: { max_position_size: 50 } } });
  const sources = Object.fromEntries(
    figuresOf(desk.asks('BUY', '1', 'AAPL')).map(({ limitName, source }) => [limitName, source]),
  );
  expect(sources).toMatchObject({ position: 'symbol', 'order-exposure': 'default', 'correlated-exposure': 'global' });
});

test('a limit in the file that is looser than the global one does not count', () => {
  const desk = new PortfolioDesk({ risk: { maxPositionSize: quantity('40'), maxOrderNotional: money('9999') } });
  readsLimits(desk.engine);
  const decision = desk.asks('BUY', '41', 'AAPL');
  expect(denialsOf(decision)).toMatchObject([{ code: 'ORDER_NOTIONAL' }, { code: 'POSITION_LIMIT' }]);
  expect(figuresOf(decision)).toContainEqual(
    expect.objectContaining({ limitName: 'position', limit: '40', source: 'global' }),
  );
});
