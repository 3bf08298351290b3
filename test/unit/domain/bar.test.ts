import { expect, test } from 'vitest';
import { BAR_SESSIONS_MAX, barSchema, barWishSchema } from '#domain/bar';
import { A_DAILY_BAR } from '#test/builders/fake-workstation';

const WISH = { barSize: '1 min', what: 'TRADES', sessions: 20, regularHoursOnly: true };

test('a wish for bars has as many sessions as its bar size allows', () => {
  expect(barWishSchema.parse(WISH)).toEqual(WISH);
  expect(barWishSchema.safeParse({ ...WISH, sessions: 0 }).success).toBe(false);
  const tooMany = barWishSchema.safeParse({ ...WISH, sessions: BAR_SESSIONS_MAX['1 min'] + 1 });
  expect(tooMany.error?.issues).toMatchObject([
    { path: ['sessions'], message: 'expected at most 20 sessions for bars of 1 min' },
  ]);
  expect(barWishSchema.safeParse({ ...WISH, barSize: '1 day', sessions: 5_000 }).success).toBe(true);
});

test('a daily bar has a session and no moment', () => {
  expect(barSchema.parse(A_DAILY_BAR)).toEqual(A_DAILY_BAR);
  expect(barSchema.safeParse({ ...A_DAILY_BAR, kind: 'intraday' }).success).toBe(false);
  expect(barSchema.safeParse({ ...A_DAILY_BAR, session: '20260105' }).success).toBe(false);
});
