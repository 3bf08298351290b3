import { describe, expect, test } from 'vitest';
import { HistoricalPacing, type PacedRequest } from '#simulator/tws/historical-pacing';

const SMALL: PacedRequest = { barMs: 30_000, conId: 1, whatToShow: 'TRADES', text: 'a' };

/** How many of `count` requests are let through, one every `everyMs`. */
function admitted(count: number, everyMs: number, request: (place: number) => Partial<PacedRequest>): number {
  const pacing = new HistoricalPacing();
  return Array.from({ length: count }, (_, place) =>
    pacing.admits({ ...SMALL, text: String(place), ...request(place) }, place * everyMs),
  ).filter((it) => it).length;
}

describe('the pacing of small bars', () => {
  test('lets sixty requests through in ten minutes', () => {
    expect(admitted(70, 5_000, (place) => ({ conId: place }))).toBe(60);
    expect(admitted(200, 10_000, (place) => ({ conId: place }))).toBe(200);
  });

  test('counts bid and ask double', () => {
    expect(admitted(70, 5_000, (place) => ({ conId: place, whatToShow: 'BID_ASK' }))).toBe(30);
  });

  test('lets five requests for one contract and kind of data through in two seconds', () => {
    expect(admitted(8, 100, () => ({}))).toBe(5);
    expect(admitted(8, 100, (place) => ({ conId: place }))).toBe(8);
    expect(admitted(8, 100, (place) => ({ whatToShow: place % 2 === 0 ? 'BID' : 'ASK' }))).toBe(8);
    expect(admitted(8, 100, () => ({ whatToShow: 'BID_ASK' }))).toBe(2);
    expect(admitted(8, 500, () => ({}))).toBe(8);
  });

  test('lets the same request through every fifteen seconds', () => {
    const pacing = new HistoricalPacing();
    expect([0, 14_999, 15_000, 29_999, 30_000].map((at) => pacing.admits(SMALL, at))).toEqual([
      true,
      false,
      true,
      false,
      true,
    ]);
  });

  test('leaves longer bars alone', () => {
    expect(admitted(500, 1, () => ({ barMs: 60_000, text: 'same' }))).toBe(500);
  });
});
