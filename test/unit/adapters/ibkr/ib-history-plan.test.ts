import { describe, expect, test } from 'vitest';
import { BARS_PER_REQUEST_MAX, requestsOf, stretchOf } from '#adapters/ibkr/ib-history-plan';
import { BAR_SESSIONS_MAX, BAR_SIZES } from '#domain/bar';
import { APPLE } from '#test/builders/fake-workstation';
import { aBarQuery } from './history-world';

const ofSize = (barSize: (typeof BAR_SIZES)[number], regularHoursOnly = true) =>
  aBarQuery({ barSize, regularHoursOnly, sessions: BAR_SESSIONS_MAX[barSize] });

describe('a request for bars covers', () => {
  test('as many regular sessions as have at most 2,000 bars', () => {
    expect(stretchOf(ofSize('1 min'), 20)).toEqual({ duration: '5 D', sessions: 5 });
    expect(stretchOf(ofSize('5 mins'), 100)).toEqual({ duration: '25 D', sessions: 25 });
    expect(stretchOf(ofSize('15 mins'), 300)).toEqual({ duration: '76 D', sessions: 76 });
    expect(stretchOf(ofSize('1 hour'), 1_000)).toEqual({ duration: '285 D', sessions: 285 });
  });

  test('fewer where the hours before and after count too', () => {
    expect(stretchOf(ofSize('1 min', false), 20)).toEqual({ duration: '2 D', sessions: 2 });
  });

  test('what fits when the instrument trades around the clock, as it may where its hours are not known', () => {
    expect(stretchOf(aBarQuery({ instrument: APPLE, barSize: '1 min' }), 20)).toEqual({ duration: '1 D', sessions: 1 });
    const unknown = { ...APPLE, liquidHours: null };
    expect(stretchOf(aBarQuery({ instrument: unknown, barSize: '1 min' }), 20)).toEqual({
      duration: '1 D',
      sessions: 1,
    });
    const empty = { ...APPLE, liquidHours: [] };
    expect(stretchOf(aBarQuery({ instrument: empty, barSize: '1 min' }), 20)).toEqual({ duration: '1 D', sessions: 1 });
  });

  test('no more than what is wanted', () => {
    expect(stretchOf(ofSize('1 min'), 3)).toEqual({ duration: '3 D', sessions: 3 });
    expect(stretchOf(ofSize('1 day'), 365)).toEqual({ duration: '365 D', sessions: 365 });
  });

  test('years above 365 days, which IBKR does not take as days, and at most seven', () => {
    expect(stretchOf(ofSize('1 day'), 366)).toEqual({ duration: '2 Y', sessions: 480 });
    expect(stretchOf(ofSize('1 day'), 5_000)).toEqual({ duration: '7 Y', sessions: 1_680 });
    expect(7 * 262).toBeLessThanOrEqual(BARS_PER_REQUEST_MAX);
  });
});

test('the number of requests is known before', () => {
  expect(requestsOf(aBarQuery())).toBe(1);
  expect(requestsOf(ofSize('1 min'))).toBe(4);
  expect(requestsOf(ofSize('1 day'))).toBe(3);
});

test.each(BAR_SIZES)('the longest query for bars of %s takes at most 40 requests', (barSize) => {
  expect(requestsOf({ ...ofSize(barSize), instrument: APPLE })).toBeLessThanOrEqual(40);
});
