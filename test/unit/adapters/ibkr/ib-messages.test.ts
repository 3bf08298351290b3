import { describe, expect, test } from 'vitest';
import { dataMeaningOf, orderMeaningOf, sessionMeaningOf, subjectOf } from '#adapters/ibkr/ib-messages';

describe('the number of an error says what it is about', () => {
  test.each([
    [-1, 'session'],
    [0, 'session'],
    [-2, 'order'],
    [1, 'order'],
    [999_999_999, 'order'],
    [1_000_000_000, 'data-request'],
  ] as const)('%i: %s', (id, subject) => {
    expect(subjectOf(id)).toBe(subject);
  });
});

describe('for an order', () => {
  test.each([
    [100, 'uncertain'],
    [102, 'uncertain'],
    [103, 'uncertain'],
    [104, 'uncertain'],
    [105, 'uncertain'],
    [109, 'rejected'],
    [110, 'refused-change'],
    [135, 'uncertain'],
    [161, 'cancel-failed'],
    [200, 'rejected'],
    [201, 'rejected'],
    [202, 'cancelled'],
    [203, 'rejected'],
    [320, 'refused-change'],
    [321, 'refused-change'],
    [322, 'uncertain'],
    [399, 'warning'],
    [404, 'warning'],
    [434, 'refused-change'],
    [460, 'rejected'],
    [2109, 'warning'],
    [10006, 'rejected'],
    [10147, 'cancel-failed'],
    [10148, 'cancel-failed'],
    [99999, 'uncertain'],
    [2099, 'uncertain'],
    [2170, 'uncertain'],
  ] as const)('code %i means %s', (code, meaning) => {
    expect(orderMeaningOf(code)).toBe(meaning);
  });

  test.each([104, 105, 135, 161, 10147, 10148])('code %i never means that the order is gone', (code) => {
    expect(['rejected', 'cancelled']).not.toContain(orderMeaningOf(code));
  });
});

const withheld = (code: number, dataKind: string | null, mayReturn = false) => ({
  kind: 'quote',
  dataKind,
  mayReturn,
  why: expect.stringMatching(new RegExp(`\\(${code}\\)$`)) as string,
});

describe('for a data request', () => {
  test.each([
    [102, { kind: 'number-in-use' }],
    [162, { kind: 'failed' }],
    [165, { kind: 'warning' }],
    [200, { kind: 'instrument-unknown' }],
    [320, { kind: 'failed' }],
    [321, { kind: 'failed' }],
    [322, { kind: 'number-in-use' }],
    [354, withheld(354, 'unknown')],
    [366, { kind: 'failed' }],
    [2150, { kind: 'warning' }],
    [10089, withheld(10089, 'unknown')],
    [10090, withheld(10090, 'delayed')],
    [10167, withheld(10167, 'delayed')],
    [10168, withheld(10168, 'unknown')],
    [10186, withheld(10186, 'unknown')],
    [10197, withheld(10197, null, true)],
    [10225, withheld(10225, null, true)],
    [101, withheld(101, 'unknown', true)],
    [300, { kind: 'moot' }],
    [99999, { kind: 'failed' }],
  ])('code %i means %o', (code, meaning) => {
    expect(dataMeaningOf(code)).toEqual(meaning);
  });
});

describe('for the session', () => {
  test.each([
    [100, { kind: 'too-fast' }],
    [320, { kind: 'request-refused' }],
    [321, { kind: 'request-refused' }],
    [322, { kind: 'request-refused' }],
    [326, { kind: 'client-id-in-use' }],
    [502, { kind: 'connect' }],
    [503, { kind: 'connect' }],
    [504, { kind: 'connect' }],
    [505, { kind: 'unreadable' }],
    [506, { kind: 'connect' }],
    [507, { kind: 'connect' }],
    [1100, { kind: 'upstream-lost' }],
    [1101, { kind: 'upstream-restored', dataLost: true }],
    [1102, { kind: 'upstream-restored', dataLost: false }],
    [1300, { kind: 'connect' }],
    [2103, { kind: 'farm', farm: 'quotes', state: 'down' }],
    [2104, { kind: 'farm', farm: 'quotes', state: 'up' }],
    [2105, { kind: 'farm', farm: 'history', state: 'down' }],
    [2106, { kind: 'farm', farm: 'history', state: 'up' }],
    [2107, { kind: 'farm', farm: 'history', state: 'idle' }],
    [2108, { kind: 'farm', farm: 'quotes', state: 'idle' }],
    [2110, { kind: 'upstream-lost' }],
    [2119, { kind: 'farm', farm: 'quotes', state: 'idle' }],
    [2157, { kind: 'farm', farm: 'definitions', state: 'down' }],
    [2158, { kind: 'farm', farm: 'definitions', state: 'up' }],
    [99999, { kind: 'notice' }],
  ] as const)('code %i means %o', (code, meaning) => {
    expect(sessionMeaningOf(code)).toEqual(meaning);
  });
});
