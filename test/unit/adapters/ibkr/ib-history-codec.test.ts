import { describe, expect, test } from 'vitest';
import { decodeBars, endText, isTimed, type WireBar } from '#adapters/ibkr/ib-history-codec';
import { barSchema } from '#domain/bar';
import { epochMs } from '#domain/ids';
import { ok } from '#domain/result';
import { aBarQuery, APPLE_WITH_HOURS, MONDAY_OPEN } from './history-world';

const HOUR_MS = 60 * 60_000;
const at = (hours: number) => epochMs(MONDAY_OPEN + hours * HOUR_MS);
const wire = (time: string, change: Partial<WireBar> = {}): WireBar => ({
  time,
  open: 100.1,
  high: 101.25,
  low: 99,
  close: 100.5,
  volume: 1234.5,
  ...change,
});
const seconds = (ms: number): string => String(ms / 1_000);
const completeAt = (hours: number, query = aBarQuery(), time = '20260105'): boolean | undefined => {
  const decoded = decodeBars(query, [wire(time)], at(hours));
  return decoded.ok ? decoded.value[0]?.complete : undefined;
};

describe('bars', () => {
  test('of a day belong to a session, the others begin at a moment; prices stay as exact as they were sent', () => {
    const figures = { open: '100.1', high: '101.25', low: '99', close: '100.5', volume: '1234.5', complete: true };
    expect(decodeBars(aBarQuery(), [wire('20260102')], at(0))).toEqual(
      ok([{ kind: 'daily', session: '2026-01-02', ...figures }]),
    );
    const hourly = decodeBars(aBarQuery({ barSize: '1 hour' }), [wire(seconds(MONDAY_OPEN))], at(1));
    expect(hourly).toEqual(ok([{ kind: 'intraday', begins: MONDAY_OPEN, ...figures }]));
    if (hourly.ok) expect(barSchema.array().parse(hourly.value)).toEqual(hourly.value);
  });

  test('of midpoints have no volume', () => {
    const decoded = decodeBars(aBarQuery({ what: 'MIDPOINT' }), [wire('20260102', { volume: -1 })], at(0));
    expect(decoded.ok && decoded.value[0]?.volume).toBeNull();
  });

  test.each(['open', 'high', 'low', 'close'] as const)('without %s are none', (field) => {
    expect(decodeBars(aBarQuery(), [wire('20260102'), wire('20260105', { [field]: undefined })], at(0))).toEqual({
      ok: false,
      error: 'the bar of 20260105 lacks a price',
    });
  });

  test('have a date or seconds since 1970, as their size has it', () => {
    expect(isTimed(wire('20260102'), aBarQuery())).toBe(true);
    expect(isTimed(wire('20260102 09:30:00'), aBarQuery())).toBe(false);
    expect(isTimed(wire('1767623400'), aBarQuery())).toBe(false);
    expect(isTimed(wire('1767623400'), aBarQuery({ barSize: '1 min' }))).toBe(true);
    expect(isTimed(wire('20260102'), aBarQuery({ barSize: '1 min' }))).toBe(false);
  });
});

describe('the newest bar is complete', () => {
  test('once its minutes are over', () => {
    const query = aBarQuery({ barSize: '15 mins' });
    expect(completeAt(0.2, query, seconds(MONDAY_OPEN))).toBe(false);
    expect(completeAt(0.25, query, seconds(MONDAY_OPEN))).toBe(true);
  });

  test('of a day: once the regular session is over, or the whole one', () => {
    expect(completeAt(6.4)).toBe(false);
    expect(completeAt(6.5)).toBe(true);
    expect(completeAt(10.4, aBarQuery({ regularHoursOnly: false }))).toBe(false);
    expect(completeAt(10.5, aBarQuery({ regularHoursOnly: false }))).toBe(true);
  });

  test('of a day whose hours are not known: at midnight there, which is in UTC where even the zone is not known', () => {
    const unknown = { ...APPLE_WITH_HOURS, liquidHours: null };
    expect(completeAt(14.4, aBarQuery({ instrument: unknown }))).toBe(false);
    expect(completeAt(14.5, aBarQuery({ instrument: unknown }))).toBe(true);
    const nowhere = aBarQuery({ instrument: { ...unknown, timeZone: '' } });
    expect(completeAt(9.4, nowhere)).toBe(false);
    expect(completeAt(9.5, nowhere)).toBe(true);
  });

  test('and those before it are, always', () => {
    const decoded = decodeBars(aBarQuery(), [wire('20260102'), wire('20260105')], at(1));
    expect(decoded.ok && decoded.value.map(({ complete }) => complete)).toEqual([true, false]);
  });
});

test('the end of a request is written in UTC', () => {
  expect(endText(epochMs(MONDAY_OPEN))).toBe('20260105-14:30:00');
});
