import { describe, expect, test } from 'vitest';
import { orderNumber } from '#domain/ids';
import { price, quantity } from '#domain/money';
import { riskReasonSchema } from '#domain/risk-decision';
import {
  describeCheck,
  describeDecision,
  describeExit,
  describeReason,
  describeSubject,
  describeVerdict,
} from '#domain/risk-words';
import { aDecision, aLeg, anOrder } from '#test/builders/domain-records';
import { COLLAR, NOTIONAL, REASONS } from '#test/builders/risk-reasons';

describe('why a check did not pass', () => {
  test.each(REASONS)('%o', (reason, words) => {
    expect(riskReasonSchema.parse(reason)).toEqual(reason);
    expect(describeReason(reason)).toBe(words);
  });

  test('every code has its words here', () => {
    const told = new Set(REASONS.map(([{ code }]) => code));
    const codes = riskReasonSchema.options.map((option) => option.shape.code.value);
    expect([...told].sort()).toEqual([...codes].sort());
  });
});

describe('verdicts and decisions', () => {
  test('a verdict names its check', () => {
    expect(describeCheck('freshness')).toBe('Price freshness');
    expect(describeVerdict({ check: 'tick', verdict: 'pass' })).toBe('Tick passes.');
    expect(describeVerdict({ check: 'notional', verdict: 'deny', reason: NOTIONAL })).toBe(
      `Order exposure denies. ${describeReason(NOTIONAL)}`,
    );
    expect(
      describeVerdict({ check: 'freshness', verdict: 'cannot-know', reason: { code: 'NO_QUOTE', symbol: 'AMD' } }),
    ).toBe('Price freshness cannot know. There is no quote for AMD yet; orders that add risk need one.');
  });

  test('an approval says what was approved, and what it warns of', () => {
    expect(describeDecision(aDecision())).toBe('Approved: BUY 50 AMD LMT 164.10.');
    expect(describeDecision(aDecision([{ check: 'collar', verdict: 'warn', reason: COLLAR }]))).toBe(
      `Approved with a warning: BUY 50 AMD LMT 164.10. ${describeReason(COLLAR)}`,
    );
  });

  test('a denial gives every reason, the warnings apart', () => {
    const decision = aDecision([
      { check: 'collar', verdict: 'warn', reason: COLLAR },
      { check: 'notional', verdict: 'deny', reason: NOTIONAL },
      { check: 'freshness', verdict: 'cannot-know', reason: { code: 'HALTED', symbol: 'AMD' } },
    ]);
    expect(describeDecision(decision)).toBe(
      'Denied: BUY 50 AMD LMT 164.10. Order exposure would be $12,768. The limit is $10,000 (global). ' +
        'Largest that passes: 10. AMD is halted. Orders that add risk pass once it trades again.',
    );
  });

  test('what a person let pass is told as such, with what else warns', () => {
    const passed = { check: 'notional', verdict: 'overridden', reason: NOTIONAL } as const;
    const warns = { check: 'collar', verdict: 'warn', reason: COLLAR } as const;
    const asked = 'Approved by override: BUY 50 AMD LMT 164.10.';
    expect(describeDecision(aDecision([passed]))).toBe(`${asked} ${describeReason(NOTIONAL)}`);
    expect(describeDecision(aDecision([warns, passed]))).toBe(
      `${asked} ${describeReason(NOTIONAL)} ${describeReason(COLLAR)}`,
    );
    expect(describeVerdict(passed)).toBe(`Order exposure is overridden. ${describeReason(NOTIONAL)}`);
  });

  test('a bracket is told with its exits, a modification with before and after', () => {
    const target = aLeg({ role: 'take-profit', side: 'SELL', terms: { type: 'LMT', limit: price('170') } });
    const stop = aLeg({ role: 'stop-loss', side: 'SELL', terms: { type: 'STP', stop: price('161') } });
    expect(describeSubject({ action: 'place', symbol: 'AMD', legs: [aLeg(), target, stop] })).toBe(
      'BUY 50 AMD LMT 164.10, target 170.00, stop-loss 161.00',
    );
    const after = { ...stop, terms: { type: 'STP', stop: price('161.5') } } as const;
    const { id } = anOrder();
    const number = orderNumber(1053);
    const filled = quantity('0');
    expect(
      describeSubject({
        action: 'modify',
        symbol: 'AMD',
        orderId: id,
        number,
        before: stop,
        after,
        filled,
        entry: null,
        exits: [],
      }),
    ).toBe('modify 1053: SELL 50 AMD STP 161.00 → SELL 50 AMD STP 161.50');
    expect(describeExit('stop-loss', { type: 'MKT' })).toBe('stop-loss MKT');
  });
});
