import { expect, test } from 'vitest';
import { amountsOf, describeLimit, describeLimits, describeLimitsChanged, scopeWords } from '#domain/limit-words';
import { money, quantity } from '#domain/money';
import type { SymbolLimits } from '#domain/symbol-limits';

const NONE: SymbolLimits = {
  maxPositionSize: null,
  maxOrderExposure: null,
  maxDailyLoss: null,
  maxCorrelationExposure: null,
};

test('a limit is named with what it is counted over', () => {
  expect(describeLimit({ limitName: 'position', of: 'AMD' })).toBe('Position AMD');
  expect(describeLimit({ limitName: 'gross-exposure', of: '' })).toBe('Gross exposure');
});

test('figures are units or money', () => {
  const common = { limitName: 'position', of: 'AMD', source: 'symbol', largest: null } as const;
  const units = { before: quantity('1000'), after: quantity('1500'), limit: quantity('2000') };
  expect(amountsOf({ unit: 'units', ...common, ...units })).toEqual({
    before: '1,000',
    after: '1,500',
    limit: '2,000',
  });
  const amounts = { before: money('0'), after: money('1500.5'), limit: money('2000') };
  expect(amountsOf({ unit: 'money', ...common, currency: 'USD', ...amounts })).toEqual({
    before: '$0',
    after: '$1,500.50',
    limit: '$2,000',
  });
});

test('limits are told as far as they are set', () => {
  expect(describeLimits(NONE)).toBe('nothing');
  expect(describeLimits({ ...NONE, maxPositionSize: quantity('150'), maxDailyLoss: money('2000') })).toBe(
    'position 150, daily loss 2000',
  );
});

test('a change of limits is told with where it was made', () => {
  const limits = { ...NONE, maxOrderExposure: money('5000') };
  const symbols = [
    { symbol: 'AMD', before: null, after: limits },
    { symbol: 'KO', before: limits, after: null },
  ];
  const change = { type: 'limits-changed', symbols } as const;
  expect(describeLimitsChanged({ ...change, origin: 'cli' })).toBe(
    'Limits changed by the command line: AMD order exposure 5000; KO has none of its own any more (was order exposure 5000)',
  );
  expect(describeLimitsChanged({ ...change, symbols: [], defaults: null, origin: 'file' })).toBe(
    'Limits changed in symbol_limits.json: default as global',
  );
  expect(describeLimitsChanged({ ...change, symbols: [], defaults: limits, origin: 'window' })).toBe(
    'Limits changed in the window: default order exposure 5000',
  );
});

test('a change of limits is told with what they were, and of very many only the first', () => {
  const before = { ...NONE, maxPositionSize: quantity('100'), maxDailyLoss: money('9') };
  const after = { ...NONE, maxPositionSize: quantity('50'), maxOrderExposure: money('5000') };
  const change = { type: 'limits-changed', origin: 'file' } as const;
  expect(describeLimitsChanged({ ...change, symbols: [{ symbol: 'AMD', before, after }] })).toBe(
    'Limits changed in symbol_limits.json: AMD position 50 (was 100), order exposure 5000, daily loss as default (was 9)',
  );
  const many = Array.from({ length: 7 }, (_, index) => ({ symbol: `S${index}`, before: null, after: null }));
  expect(describeLimitsChanged({ ...change, symbols: many })).toMatch(
    /S4 has none of its own any more; 2 more symbols$/,
  );
});

test('a loss is of a symbol or of the account', () => {
  expect(scopeWords({ over: 'account' })).toBe('of the account');
});
