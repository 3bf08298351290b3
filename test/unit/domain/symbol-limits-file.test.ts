import { describe, expect, test } from 'vitest';
import { NO_LIMITS, stricterLimits } from '#domain/limit-change';
import { money, quantity } from '#domain/money';
import { describeIssues } from '#domain/schema-issues';
import {
  isFigure,
  LIMITED_SYMBOLS_MAX,
  limitsFileOf,
  limitsFileSchema,
  limitTableOf,
  NO_LIMITS_FILE,
  sectorsFileSchema,
} from '#domain/symbol-limits-file';

/** The example of the client's plan. */
const PLAN = {
  symbol_limits: {
    AAPL: { max_position_size: 50, max_order_exposure: 5000.0, max_daily_loss: 200.0 },
    TSLA: {
      max_position_size: 10,
      max_order_exposure: 2000.0,
      max_daily_loss: 100.0,
      max_correlation_exposure: 10000.0,
    },
  },
  default_limits: { max_position_size: 100, max_order_exposure: 10000.0, max_daily_loss: 1000.0 },
};

/** Why a document is refused. */
function refusalOf(raw: unknown): string {
  const { error } = limitsFileSchema.safeParse(raw);
  return error === undefined ? 'it is not refused' : describeIssues(error, raw);
}

const withAapl = (limits: object, symbol = 'AAPL'): unknown => ({ ...PLAN, symbol_limits: { [symbol]: limits } });

describe('symbol_limits.json', () => {
  test('of the plan is read as it is meant', () => {
    const { symbols, defaults } = limitTableOf(limitsFileSchema.parse(PLAN));
    expect(symbols.get('AAPL')).toEqual({
      maxPositionSize: '50',
      maxOrderExposure: '5000',
      maxDailyLoss: '200',
      maxCorrelationExposure: null,
    });
    expect(symbols.get('TSLA')?.maxCorrelationExposure).toBe('10000');
    expect(defaults).toMatchObject({ maxPositionSize: '100', maxCorrelationExposure: null });
  });

  test('is written as it was read, to the last digit', () => {
    const exact = { ...PLAN, default_limits: { ...PLAN.default_limits, max_daily_loss: 123456789012.345 } };
    const file = limitsFileSchema.parse(withAapl({ max_daily_loss: 0.1 }));
    for (const each of [limitsFileSchema.parse(PLAN), limitsFileSchema.parse(exact), file]) {
      const { symbols, defaults } = limitTableOf(each);
      expect(limitsFileOf(symbols, defaults ?? NO_LIMITS)).toEqual(each);
    }
  });

  test('that is not there has no limits and no defaults', () => {
    expect(limitTableOf(NO_LIMITS_FILE)).toEqual({ symbols: new Map(), defaults: null });
  });

  test('may write a symbol as people do', () => {
    const { symbols } = limitTableOf(limitsFileSchema.parse(withAapl({ max_position_size: 5 }, 'brk.b')));
    expect([...symbols.keys()]).toEqual(['BRK B']);
  });

  test.each([
    ['an unknown key', withAapl({ max_positon_size: 5 }), 'at symbol_limits.AAPL: found {"max_positon_size":5}'],
    [
      'a negative limit',
      withAapl({ max_daily_loss: -200 }),
      'at symbol_limits.AAPL.max_daily_loss: found -200; expected',
    ],
    ['a limit in words', withAapl({ max_daily_loss: '200' }), 'at symbol_limits.AAPL.max_daily_loss: found "200"'],
    ['more digits than are kept', withAapl({ max_daily_loss: 0.1234567890123456 }), 'and 15 in all'],
    ['a number beyond all', withAapl({ max_daily_loss: 1e300 }), 'and 15 in all'],
    ['no defaults', { symbol_limits: {} }, 'at default_limits: found nothing'],
    [
      'a default that is missing',
      { ...PLAN, default_limits: { max_position_size: 1, max_order_exposure: 1 } },
      'at default_limits.max_daily_loss: found nothing',
    ],
    ['a key that is no symbol', withAapl({}, '$$$'), 'expected a symbol such as AAPL or BRK B as its key'],
    [
      'one symbol twice',
      { ...PLAN, symbol_limits: { 'BRK.B': {}, 'brk b': {} } },
      'expected each symbol once, "BRK.B" and "brk b" both mean BRK B',
    ],
    [
      'too many symbols',
      {
        ...PLAN,
        symbol_limits: Object.fromEntries(
          Array.from({ length: LIMITED_SYMBOLS_MAX + 1 }, (_, index) => [`S${index}`, {}]),
        ),
      },
      'expected at most 2000 symbols',
    ],
  ])('with %s is refused, with path, value and what was expected', (_, raw, words) => {
    expect(refusalOf(raw)).toContain(words);
  });
});

test('a figure has at most fifteen digits, and twelve before the point', () => {
  expect(['0', '50', '5000.25', '0.000000000000001', '123456789012.123'].map(isFigure)).not.toContain(false);
  expect(['', '-1', '1234567890123', '123456789012.1234'].map(isFigure)).not.toContain(true);
});

test('of two sets of limits the stricter counts, field by field', () => {
  const a = { ...NO_LIMITS, maxPositionSize: quantity('5'), maxDailyLoss: money('100') };
  const b = { ...NO_LIMITS, maxPositionSize: quantity('7'), maxOrderExposure: money('9') };
  expect(stricterLimits(a, b)).toEqual({
    maxPositionSize: '5',
    maxOrderExposure: '9',
    maxDailyLoss: '100',
    maxCorrelationExposure: null,
  });
});

test('sectors stand under symbols as IBKR writes them', () => {
  expect(sectorsFileSchema.parse({ 'brk.b': ' Insurance ' })).toEqual({ 'BRK B': 'Insurance' });
  expect(sectorsFileSchema.safeParse({ AAPL: '' }).success).toBe(false);
});
