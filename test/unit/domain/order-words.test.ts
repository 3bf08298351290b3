import { describe, expect, test } from 'vitest';
import { effectId } from '#domain/ids';
import { percent, price, quantity } from '#domain/money';
import type { OrderState } from '#domain/order-record';
import { describeOrder, describeState, describeStatus, describeTerms } from '#domain/order-words';
import { anOrder, FRIDAY } from '#test/builders/domain-records';

const since = FRIDAY;
const at = FRIDAY;

const STATES: readonly (readonly [OrderState, string, string])[] = [
  [{ phase: 'denied', at }, 'Denied', 'denied by the risk check, not sent'],
  [{ phase: 'submitting', since, effectId: effectId('e-1') }, 'Sent', 'sent, no answer yet'],
  [{ phase: 'pending', since, hold: 'none' }, 'Accepted', 'accepted, not working yet'],
  [{ phase: 'pending', since, hold: 'trigger' }, 'Not elected', 'accepted, waits for its trigger'],
  [{ phase: 'pending', since, hold: 'parent' }, 'Waits for entry', 'accepted, waits for its entry'],
  [{ phase: 'pending', since, hold: 'other' }, 'Held', 'accepted, held by IBKR'],
  [{ phase: 'working', since }, 'Working', 'working'],
  [{ phase: 'partially-filled', since }, 'Part filled', 'part filled, 30 left'],
  [{ phase: 'filled', at }, 'Filled', 'filled 20 @ 164.09'],
  [{ phase: 'cancelling', since, effectId: null }, 'Cancel requested', 'cancel requested, may still fill'],
  [{ phase: 'cancelled', at, reason: 'by hand' }, 'Cancelled', 'cancelled: by hand'],
  [{ phase: 'cancelled', at, reason: '' }, 'Cancelled', 'cancelled'],
  [{ phase: 'rejected', at, code: 201, reason: 'margin' }, 'Rejected', 'rejected by IBKR: margin (201)'],
  [{ phase: 'rejected', at, code: null, reason: '' }, 'Rejected', 'rejected by IBKR'],
  [{ phase: 'inactive', since, why: 'no locate' }, 'Inactive', 'held by IBKR, not working: no locate'],
  [
    { phase: 'unknown', since, why: 'the link dropped' },
    'Unknown',
    'may or may not be at IBKR, not resent: the link dropped',
  ],
];

describe('where an order stands', () => {
  test.each(STATES)('%o', (state, status, sentence) => {
    const order = anOrder({ state, filled: quantity('20'), averagePrice: price('164.09') });
    expect(describeStatus(state)).toBe(status);
    expect(describeState(order)).toBe(sentence);
  });

  test('a fill whose price is not known yet has none', () => {
    expect(describeState(anOrder({ state: { phase: 'filled', at }, averagePrice: null }))).toBe('filled');
  });
});

describe('orders in words', () => {
  test('terms are the type and its prices', () => {
    expect(describeTerms({ type: 'MKT' })).toBe('MKT');
    expect(describeTerms({ type: 'LMT', limit: price('164.1') })).toBe('LMT 164.10');
    expect(describeTerms({ type: 'STP', stop: price('161') })).toBe('STP 161.00');
    const stopLimit = { type: 'STP LMT', limit: price('160.5'), stop: price('161') } as const;
    expect(describeTerms(stopLimit)).toBe('STP LMT 161.00 160.50');
    const other = { type: 'OTHER', name: 'REL', limit: price('160.5'), stop: null } as const;
    expect(describeTerms(other)).toBe('REL 160.50');
  });

  test('a trailing stop says how far it keeps, and where it stands once that is known', () => {
    const byAmount = { by: 'amount', amount: price('3') } as const;
    const byPercent = { by: 'percent', percent: percent('2') } as const;
    expect(describeTerms({ type: 'TRAIL', trail: byAmount, stop: null })).toBe('TRAIL 3.00');
    expect(describeTerms({ type: 'TRAIL', trail: byPercent, stop: price('147') })).toBe('TRAIL 2 %, stop 147.00');
    expect(describeTerms({ type: 'TRAIL LIMIT', trail: byAmount, stop: price('147'), limitOffset: price('0.1') })).toBe(
      'TRAIL LIMIT 3.00, stop 147.00, limit 0.10 behind',
    );
    expect(
      describeTerms({
        type: 'STP TO TRAIL',
        stop: price('145'),
        activation: price('155'),
        trailingStop: price('152'),
        trailAmount: price('3'),
      }),
    ).toBe('STP 145.00, trails 3.00 from 155.00');
  });

  test('an order is said as a trader says it', () => {
    expect(describeOrder(anOrder().spec)).toBe('BUY 50 AMD LMT 164.10');
  });
});
