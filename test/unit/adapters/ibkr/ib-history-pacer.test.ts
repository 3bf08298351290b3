import { expect, test } from 'vitest';
import { HistoryPacer } from '#adapters/ibkr/ib-history-pacer';
import { epochMs } from '#domain/ids';
import { aBarQuery, MONDAY_OPEN, ofAnother } from './history-world';

const at = (ms: number) => epochMs(MONDAY_OPEN + ms);

test('the first request may go at once', () => {
  expect(new HistoryPacer().earliest(aBarQuery())).toBeLessThanOrEqual(MONDAY_OPEN);
});

test('at most five requests go within a second, whatever they ask for', () => {
  const pacer = new HistoryPacer();
  for (const n of [0, 1, 2, 3]) pacer.note(ofAnother(n), at(n * 10));
  expect(pacer.earliest(ofAnother(9))).toBeLessThanOrEqual(at(40));
  pacer.note(ofAnother(4), at(40));
  expect(pacer.earliest(ofAnother(9))).toBe(at(1_000));
});

test('of one contract and kind of data at most five go within two seconds', () => {
  const pacer = new HistoryPacer();
  for (const n of [0, 1, 2, 3, 4]) pacer.note(aBarQuery({ sessions: n + 1 }), at(n * 300));
  expect(pacer.earliest(aBarQuery())).toBe(at(2_000));
  expect(pacer.earliest(aBarQuery({ what: 'MIDPOINT' }))).toBe(at(1_000));
  expect(pacer.earliest(ofAnother(1))).toBe(at(1_000));
});

test('of the smallest bars at most 60 requests go within ten minutes', () => {
  const pacer = new HistoryPacer();
  const small = (n: number) => ofAnother(n, aBarQuery({ barSize: '1 min' }));
  for (let n = 0; n < 60; n += 1) pacer.note(small(n), at(n * 1_000));
  expect(pacer.earliest(small(99))).toBe(at(600_000));
  expect(pacer.earliest(ofAnother(99))).toBeLessThanOrEqual(at(60_000));
});

test('what is long past is forgotten', () => {
  const pacer = new HistoryPacer();
  for (let n = 0; n < 5; n += 1) pacer.note(aBarQuery(), at(0));
  pacer.note(ofAnother(1), at(600_000));
  expect(pacer.earliest(aBarQuery())).toBeLessThanOrEqual(at(0));
});
