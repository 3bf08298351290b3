import { expect, test } from 'vitest';
import { figuresOf } from '#domain/risk-decision';
import { readsLimits } from '#test/builders/limits-file';
import { PortfolioDesk } from '#test/builders/portfolio-desk';

test('a symbol that the file does not name has the default limits', () => {
  const desk = new PortfolioDesk();
  readsLimits(desk.engine);
  const decision = desk.asks('BUY', '101', 'XOM');
  expect(decision.outcome).toBe('denied');
  expect(figuresOf(decision)).toContainEqual(
    expect.objectContaining({ limitName: 'position', limit: '100', source: 'default' }),
  );
  expect(desk.asks('BUY', '100', 'XOM').outcome).toBe('approved');
});

test('without a file the global limits are the defaults', () => {
  const decision = new PortfolioDesk().asks('BUY', '101', 'XOM');
  expect(decision.outcome).toBe('approved');
  expect(figuresOf(decision)).toContainEqual(
    expect.objectContaining({ limitName: 'position', limit: '100000', source: 'global' }),
  );
});
