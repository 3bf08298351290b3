import { expect, test } from 'vitest';
import { conId, epochMs } from '#domain/ids';
import type { LossLatch } from '#domain/loss-latch';
import { money, price, quantity } from '#domain/money';
import { emptyRiskTables, foldRiskTables } from '#domain/risk-fold';
import type { SymbolLimits } from '#domain/symbol-limits';

const AAPL = conId(265598);
const LIMITS: SymbolLimits = {
  maxPositionSize: quantity('50'),
  maxOrderExposure: null,
  maxDailyLoss: money('200'),
  maxCorrelationExposure: null,
};
const LATCH: LossLatch = {
  scope: { over: 'symbol', conId: AAPL, symbol: 'AAPL' },
  at: epochMs(1_000),
  loss: money('201.5'),
  limit: money('200'),
  source: 'symbol',
  currency: 'USD',
  until: epochMs(9_000),
};

test('limits that were set stand until they are taken away; the others stay', () => {
  const tables = emptyRiskTables();
  foldRiskTables(tables, {
    type: 'limits-changed',
    origin: 'file',
    defaults: LIMITS,
    symbols: [
      { symbol: 'AAPL', before: null, after: LIMITS },
      { symbol: 'TSLA', before: null, after: LIMITS },
    ],
  });
  expect(tables.defaultLimits).toEqual(LIMITS);
  foldRiskTables(tables, {
    type: 'limits-changed',
    origin: 'cli',
    symbols: [{ symbol: 'AAPL', before: LIMITS, after: null }],
  });
  expect([...tables.symbolLimits.keys()]).toEqual(['TSLA']);
  expect(tables.defaultLimits).toEqual(LIMITS);
});

test('a latched loss stands until it opens, a symbol apart from the account', () => {
  const tables = emptyRiskTables();
  foldRiskTables(tables, { type: 'loss-latched', latch: LATCH });
  foldRiskTables(tables, { type: 'loss-latched', latch: { ...LATCH, scope: { over: 'account' } } });
  expect([...tables.lossLatches.keys()]).toEqual([AAPL, 0]);
  foldRiskTables(tables, { type: 'loss-latch-opened', scope: LATCH.scope, by: 'cli', reason: 'hedged elsewhere' });
  expect([...tables.lossLatches.keys()]).toEqual([0]);
});

test('the newest mark of a day and the newest matrix count', () => {
  const tables = emptyRiskTables();
  const mark = { conId: AAPL, resetAt: epochMs(1_000), mark: price('230') };
  foldRiskTables(tables, { type: 'day-marked', marks: [mark] });
  foldRiskTables(tables, { type: 'day-marked', marks: [{ ...mark, resetAt: epochMs(2_000), mark: price('231') }] });
  expect(tables.dayMarks.get(AAPL)?.mark).toBe('231');
  const summary = {
    version: 'abc',
    symbols: 37,
    lookback: 60,
    asOf: '2026-01-02',
    computedAt: epochMs(3_000),
    unknownPairs: 2,
  };
  foldRiskTables(tables, { type: 'correlations-updated', summary });
  expect(tables.correlations).toEqual(summary);
});

test('what a person opens is remembered with its loss until it latches again or its day ends', () => {
  const tables = emptyRiskTables();
  const { scope, until } = LATCH;
  const opened = { type: 'loss-latch-opened', scope, by: 'cli', reason: 'hedged elsewhere' } as const;
  foldRiskTables(tables, { type: 'loss-latched', latch: LATCH });
  foldRiskTables(tables, { ...opened, loss: money('250') });
  expect(tables.lossResets.get(AAPL)).toEqual({ scope, loss: '250', until });
  foldRiskTables(tables, { type: 'loss-latched', latch: LATCH });
  expect(tables.lossResets.size).toBe(0);
  foldRiskTables(tables, opened);
  expect(tables.lossResets.get(AAPL)?.loss, 'while it is not known, the loss that latched').toBe('201.5');
  foldRiskTables(tables, opened);
  expect(tables.lossResets.size, 'nothing had latched').toBe(0);
  foldRiskTables(tables, { type: 'loss-latched', latch: LATCH });
  foldRiskTables(tables, { type: 'loss-latch-opened', scope, by: 'session', reason: '' });
  expect(tables.lossResets.size).toBe(0);
});
