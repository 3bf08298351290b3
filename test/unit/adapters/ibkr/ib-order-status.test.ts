import { describe, expect, test } from 'vitest';
import { brokerStatusOf, HoldMemory, type HoldEvidence } from '#adapters/ibkr/ib-order-status';

const plain: HoldEvidence = { whyHeld: '', waitsForTrigger: false, isChild: false };

describe('a status word of IBKR', () => {
  test.each([
    ['ApiPending', { kind: 'acknowledged', hold: 'none' }],
    ['PendingSubmit', { kind: 'acknowledged', hold: 'none' }],
    ['PreSubmitted', { kind: 'acknowledged', hold: 'none' }],
    ['Submitted', { kind: 'working' }],
    ['PendingCancel', { kind: 'cancel-pending' }],
    ['Cancelled', { kind: 'cancelled' }],
    ['ApiCancelled', { kind: 'cancelled' }],
    ['Filled', { kind: 'filled' }],
    ['Inactive', { kind: 'inactive', why: 'held until shares to borrow are found (locate)' }],
    ['Unknown', null],
    ['Sparkling', null],
  ] as const)('%s', (word, status) => {
    expect(brokerStatusOf(word, plain, 'locate')).toEqual(status);
  });

  test('Inactive without a reason says so', () => {
    expect(brokerStatusOf('Inactive', plain, '')).toEqual({ kind: 'inactive', why: 'IBKR does not say why' });
  });
});

describe('a PreSubmitted order waits', () => {
  test.each([
    ['for its parent when IBKR says child', { ...plain, whyHeld: 'child' }, 'parent'],
    ['for its parent first when IBKR says both', { ...plain, whyHeld: 'child,trigger' }, 'parent'],
    ['for its trigger when IBKR says so', { ...plain, whyHeld: 'trigger' }, 'trigger'],
    ['for its trigger when it is a stop', { ...plain, waitsForTrigger: true }, 'trigger'],
    ['for shares to borrow', { ...plain, whyHeld: 'locate', waitsForTrigger: true }, 'other'],
    ['for nothing', plain, 'none'],
    ['for its parent until a status said otherwise', { ...plain, whyHeld: null, isChild: true }, 'parent'],
    [
      'for its trigger when no status came and it has no parent',
      { ...plain, whyHeld: null, waitsForTrigger: true },
      'trigger',
    ],
    [
      'for its trigger once a status cleared the parent',
      { whyHeld: '', waitsForTrigger: true, isChild: true },
      'trigger',
    ],
  ] as const)('%s', (_, evidence, hold) => {
    expect(brokerStatusOf('PreSubmitted', evidence, '')).toEqual({ kind: 'acknowledged', hold });
  });
});

describe('what is known of a hold', () => {
  test('joins what openOrder and orderStatus say', () => {
    const holds = new HoldMemory();
    expect(holds.learnShape('p1', true, true)).toEqual({ whyHeld: null, waitsForTrigger: true, isChild: true });
    expect(holds.learnWhyHeld('p1', 'child', true)).toEqual({ whyHeld: 'child', waitsForTrigger: true, isChild: true });
    expect(holds.learnShape('p1', true, true)).toMatchObject({ whyHeld: 'child' });
    expect(holds.learnWhyHeld('p2', '', false)).toEqual({ whyHeld: '', waitsForTrigger: false, isChild: false });
  });

  test('is kept for ten thousand orders; the one untouched longest is forgotten', () => {
    const holds = new HoldMemory();
    for (let n = 0; n < 10_000; n += 1) holds.learnWhyHeld(`p${n}`, 'child', true);
    holds.learnShape('p0', true, true);
    holds.learnShape('p10000', true, true);
    expect(holds.learnShape('p0', true, true).whyHeld).toBe('child');
    expect(holds.learnShape('p1', true, true).whyHeld).toBeNull();
  });
});
