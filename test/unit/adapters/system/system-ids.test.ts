import { expect, test } from 'vitest';
import { systemIds } from '#adapters/system/system-ids';

test('run ids are short, differ, and sort by the time of their making', () => {
  let now = 1_750_000_000_000;
  const ids = systemIds(() => now);
  const made = Array.from({ length: 200 }, () => {
    now += 1;
    return ids.newRunId();
  });
  expect(made.every((id) => /^[0-9a-z]{12}$/.test(id))).toBe(true);
  expect([...made].sort()).toEqual(made);
  expect(new Set(made.map((id) => id.slice(8))).size).toBeGreaterThan(1);
});

test('run ids follow the wall clock unless told otherwise', () => {
  const time = (id: string): number => Number.parseInt(id.slice(0, 8), 36);
  const before = Date.now();
  const made = time(systemIds().newRunId());
  expect(made).toBeGreaterThanOrEqual(before);
  expect(made).toBeLessThanOrEqual(Date.now());
});

test('journal ids differ', () => {
  const ids = systemIds();
  expect(ids.newJournalId()).toMatch(/^[0-9a-f-]{36}$/);
  expect(ids.newJournalId()).not.toBe(ids.newJournalId());
});
