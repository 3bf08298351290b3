import { describe, expect, test } from 'vitest';
import { wasRefused } from '#engine/managers/protection-book';
import { VANISHED_REASON } from '#engine/orders/reconciliation';
import { anOrder, FRIDAY } from '#test/builders/domain-records';

describe('an order of ours was refused', () => {
  test('when IBKR rejected it, or has never had it', () => {
    expect(wasRefused(anOrder({ state: { phase: 'rejected', at: FRIDAY, code: 201, reason: '' } }))).toBe(true);
    expect(wasRefused(anOrder({ state: { phase: 'cancelled', at: FRIDAY, reason: VANISHED_REASON } }))).toBe(true);
  });

  test('not when it works, was cancelled or filled', () => {
    expect(wasRefused(anOrder({ state: { phase: 'working', since: FRIDAY } }))).toBe(false);
    expect(wasRefused(anOrder({ state: { phase: 'cancelled', at: FRIDAY, reason: 'by hand' } }))).toBe(false);
    expect(wasRefused(anOrder({ state: { phase: 'filled', at: FRIDAY } }))).toBe(false);
  });
});
