import { describe, expect, test } from 'vitest';
import { price, quantity, signedQuantity, type Price, type Quantity } from '#domain/money';
import type { RiskSubject } from '#domain/risk-decision';
import { protection } from '#engine/risk/checks/protection';
import { aLegOf, limit, modifying, placing, stop, verdictOf } from '#test/builders/engine-risk';

const standing = (side: 'BUY' | 'SELL', shares: string): RiskSubject => ({
  action: 'place',
  symbol: 'AAPL',
  legs: [aLegOf(side, shares, stop('145'), 'protective-stop')],
});
const changing = (from: string, to: string, change: { readonly filled?: Quantity; readonly entry?: Price } = {}) =>
  modifying(aLegOf('SELL', to, stop('145'), 'stop-loss'), {
    before: aLegOf('SELL', from, stop('145'), 'stop-loss'),
    ...change,
  });
const verdict = (subject: RiskSubject, position: string | null, covered = '0') =>
  verdictOf(protection, subject, {
    position: position === null ? null : signedQuantity(position),
    protectedLeaves: quantity(covered),
  });

describe('a stop that stands by itself', () => {
  test('protects what is held and has no exit', () => {
    expect(verdict(standing('SELL', '10'), '10').verdict).toBe('pass');
    expect(verdict(standing('SELL', '4'), '10', '6').verdict).toBe('pass');
    expect(verdict(standing('BUY', '10'), '-10').verdict).toBe('pass');
  });

  test('is denied for more than that, with the numbers', () => {
    expect(verdict(standing('SELL', '5'), '10', '6')).toEqual({
      check: 'protection',
      verdict: 'deny',
      reason: { code: 'PROTECTS_TOO_MUCH', quantity: '5', position: '10', covered: '6' },
    });
  });

  test('is denied on the wrong side, and where nothing is held', () => {
    expect(verdict(standing('BUY', '5'), '10').verdict).toBe('deny');
    expect(verdict(standing('SELL', '5'), '0').verdict).toBe('deny');
  });

  test('can not be judged before the position is known', () => {
    expect(verdict(standing('SELL', '5'), null)).toMatchObject({
      verdict: 'cannot-know',
      reason: { code: 'POSITION_UNKNOWN' },
    });
  });
});

describe('a change of an exit', () => {
  test('that makes it larger than what it closes is denied', () => {
    expect(verdict(changing('13', '23'), '13').verdict).toBe('deny');
    expect(verdict(changing('5', '13'), '13').verdict).toBe('pass');
    expect(verdict(changing('10', '13', { filled: quantity('3') }), '10').verdict).toBe('pass');
  });

  test('that makes it smaller, or changes its price alone, is not this check’s business', () => {
    expect(verdict(changing('23', '13'), '5').verdict).toBe('pass');
    expect(verdict(changing('13', '13'), '5').verdict).toBe('pass');
  });

  test('that waits for its entry is not either: IBKR gives it the quantity of the entry', () => {
    expect(verdict(changing('10', '20', { entry: price('150') }), '0').verdict).toBe('pass');
  });
});

test('an entry adds no protection', () => {
  expect(verdict(placing('BUY', '10', limit('150')), '0').verdict).toBe('pass');
});
