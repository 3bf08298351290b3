import { describe, expect, test } from 'vitest';
import { isTerminal, nextPhase, ORDER_TRANSITIONS, type OrderPhase, type OrderTrigger } from '#domain/order-lifecycle';

const TRIGGERS: readonly OrderTrigger[] = [
  'deny',
  'submit',
  'acknowledge',
  'work',
  'fill-part',
  'fill-all',
  'request-cancel',
  'cancel',
  'reject',
  'hold',
  'lose-sight',
  'reappear',
];

/**
 * The whole table once more, one letter a phase, `-` for what may not happen; columns as TRIGGERS. Written by hand from
 * domain.md §1, so that a change of the table has to be meant.
 */
const LETTERS: Readonly<Record<string, OrderPhase>> = {
  N: 'denied',
  S: 'submitting',
  P: 'pending',
  W: 'working',
  T: 'partially-filled',
  F: 'filled',
  X: 'cancelling',
  C: 'cancelled',
  R: 'rejected',
  I: 'inactive',
  U: 'unknown',
};
const TABLE: Readonly<Record<OrderPhase, string>> = {
  draft: 'NS----------',
  denied: '------------',
  submitting: '--PWTFXCRIU-',
  pending: '--PWTFXCRIU-',
  working: '--P-TFXCRIU-',
  'partially-filled': '----TFXCRIU-',
  filled: '----T-------',
  cancelling: '----XFXCR-U-',
  cancelled: '----CF-----U',
  rejected: '----RF-----U',
  inactive: '--PWTFXCR-U-',
  unknown: '--PWTFXCRI--',
};

const cases = Object.entries(TABLE).flatMap(([phase, row]) =>
  TRIGGERS.map((trigger, column) => [phase, trigger, LETTERS[row[column] ?? '']] as const),
);

describe('the order state machine', () => {
  test.each(cases)('%s on %s leads to %s', (phase, trigger, next) => {
    expect(nextPhase(phase as OrderPhase, trigger)).toBe(next);
  });

  test('the table here covers every phase and every trigger', () => {
    expect(Object.keys(TABLE).sort()).toEqual(Object.keys(ORDER_TRANSITIONS).sort());
    for (const row of Object.values(TABLE)) expect(row).toHaveLength(TRIGGERS.length);
    const used = Object.values(ORDER_TRANSITIONS).flatMap((row) => Object.keys(row));
    expect(new Set(used)).toEqual(new Set(TRIGGERS));
  });

  test('what is terminal stays terminal, but for a corrected fill and an order that IBKR shows alive after all', () => {
    const phases = Object.keys(TABLE) as OrderPhase[];
    expect(phases.filter(isTerminal)).toEqual(['denied', 'filled', 'cancelled', 'rejected']);
    const ways = phases.filter(isTerminal).flatMap((phase) =>
      TRIGGERS.flatMap((trigger) => {
        const next = nextPhase(phase, trigger);
        return next === undefined || isTerminal(next) ? [] : [`${phase} ${trigger} ${next}`];
      }),
    );
    expect(ways).toEqual([
      'filled fill-part partially-filled',
      'cancelled reappear unknown',
      'rejected reappear unknown',
    ]);
  });

  test('what is unknown or inactive can still become anything a live order can', () => {
    expect(isTerminal('unknown')).toBe(false);
    expect(isTerminal('inactive')).toBe(false);
  });
});
