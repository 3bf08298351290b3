import { describe, expect, test } from 'vitest';
import { dataMeaningOf, orderMeaningOf, sessionMeaningOf, subjectOf } from '#adapters/ibkr/ib-messages';

describe('the number of an error says what it is about', () => {
  test.each([
    [-1, 'session'],
    [0, 'session'],
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

describe('for a data request', () => {
  test.each([
    [102, { kind: 'number-in-use' }],
    [162, { kind: 'failed' }],
    [165, { kind: 'warning' }],
    [200, { kind: 'instrument-unknown' }],
    [320, { kind: 'failed' }],
    [321, { kind: 'failed' }],
    [322, { kind: 'number-in-use' }],
    [354, { kind: 'quote', dataKind: 'unknown' }],
    [366, { kind: 'failed' }],
    [2150, { kind: 'warning' }],
    [10089, { kind: 'quote', dataKind: 'unknown' }],
    [10090, { kind: 'quote', dataKind: 'delayed' }],
    [10167, { kind: 'quote', dataKind: 'delayed' }],
    [10168, { kind: 'quote', dataKind: 'unknown' }],
    [10197, { kind: 'quote', dataKind: null }],
    [99999, { kind: 'failed' }],
  ] as const)('code %i means %o', (code, meaning) => {
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
    [2103, { kind: 'quote-farm', up: false }],
    [2104, { kind: 'quote-farm', up: true }],
    [2105, { kind: 'notice' }],
    [2106, { kind: 'notice' }],
    [2107, { kind: 'notice' }],
    [2108, { kind: 'quote-farm', up: true }],
    [2110, { kind: 'upstream-lost' }],
    [2119, { kind: 'quote-farm', up: true }],
    [2157, { kind: 'notice' }],
    [2158, { kind: 'notice' }],
    [99999, { kind: 'notice' }],
  ] as const)('code %i means %o', (code, meaning) => {
    expect(sessionMeaningOf(code)).toEqual(meaning);
  });
});
