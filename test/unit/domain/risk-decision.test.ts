import { expect, test } from 'vitest';
import type { LimitFigure } from '#domain/limit-figure';
import { money, quantity } from '#domain/money';
import {
  checkNameSchema,
  figuresOf,
  isOverridable,
  largestPassing,
  mayOverride,
  overriddenOf,
  type CheckVerdict,
} from '#domain/risk-decision';
import { aDecision } from '#test/builders/domain-records';

const position = (largest: string | null): LimitFigure => ({
  unit: 'units',
  limitName: 'position',
  of: 'AMD',
  source: 'symbol',
  largest: largest === null ? null : quantity(largest),
  before: quantity('0'),
  after: quantity('50'),
  limit: quantity('150'),
});
const HALTED = { code: 'HALTED', symbol: 'AMD' } as const;
const tooLong = { check: 'position', verdict: 'deny', reason: HALTED } as const satisfies CheckVerdict;

test('an override is for limits of size and for the hours, never for what makes an order sane', () => {
  expect(checkNameSchema.options.filter(isOverridable)).toEqual([
    'market-hours',
    'notional',
    'position',
    'gross-exposure',
    'sector-exposure',
    'correlated-exposure',
  ]);
});

test('a denial can be overridden when every check that denies can', () => {
  const insane = { check: 'tick', verdict: 'deny', reason: HALTED } as const;
  const unknown = { check: 'position', verdict: 'cannot-know', reason: HALTED } as const;
  expect(mayOverride(aDecision([tooLong]))).toBe(true);
  expect(mayOverride(aDecision([tooLong, insane]))).toBe(false);
  expect(mayOverride(aDecision([tooLong, unknown]))).toBe(false);
  expect(mayOverride(aDecision())).toBe(false);
});

test('what a person let pass is told apart from what warns', () => {
  expect(overriddenOf(aDecision([{ ...tooLong, verdict: 'overridden' }]))).toEqual([HALTED]);
  expect(overriddenOf(aDecision([{ ...tooLong, verdict: 'warn' }]))).toEqual([]);
});

test('the largest quantity that passes is the least that any limit lets pass', () => {
  const loss: LimitFigure = {
    ...{ unit: 'money', limitName: 'daily-loss', of: '', source: 'global', largest: null, currency: 'USD' },
    ...{ before: money('0'), after: money('0'), limit: money('1') },
  };
  const verdicts: CheckVerdict[] = [
    { check: 'tick', verdict: 'pass' },
    { check: 'daily-loss', verdict: 'pass', figures: [loss] },
    { check: 'position', verdict: 'pass', figures: [position('100')] },
    { ...tooLong, figures: [position('70'), position('80')] },
  ];
  expect(figuresOf({ verdicts })).toHaveLength(4);
  expect(largestPassing({ verdicts })).toBe('70');
  expect(largestPassing({ verdicts: verdicts.slice(0, 2) })).toBeNull();
});
