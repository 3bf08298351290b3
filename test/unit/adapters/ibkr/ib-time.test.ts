import { describe, expect, test } from 'vitest';
import { isKnownZone, timestampOf, tradingSessionsOf, zoneNamedIn } from '#adapters/ibkr/ib-time';

const utc = (...parts: readonly [number, number, number, number, number, number?]): number => {
  const [year, month, day, hours, minutes, seconds] = parts;
  return Date.UTC(year, month - 1, day, hours, minutes, seconds ?? 0);
};

describe('the time of an execution', () => {
  test.each([
    ['20260105 09:31:00 US/Eastern', utc(2026, 1, 5, 14, 31)],
    ['20260706 09:31:07 US/Eastern', utc(2026, 7, 6, 13, 31, 7)],
    ['20260105 09:31:00 America/Chicago', utc(2026, 1, 5, 15, 31)],
    ['20260105 09:31:00 EST', utc(2026, 1, 5, 14, 31)],
    ['20260706 09:31:00 EST', utc(2026, 7, 6, 13, 31)],
    ['20260105 09:31:00 Japan', utc(2026, 1, 5, 0, 31)],
    ['20260105 09:31:00 GB-Eire', utc(2026, 1, 5, 9, 31)],
  ])('%s is read in the zone it names', (text, at) => {
    expect(timestampOf(text, 'Asia/Tokyo')).toBe(at);
  });

  test('with a dash it is UTC', () => {
    expect(timestampOf('20260105-14:31:00', 'Asia/Tokyo')).toBe(utc(2026, 1, 5, 14, 31));
  });

  test.each(['20260105  09:31:00', '20260105 09:31:00'])('%j without a zone is in the zone of TWS', (text) => {
    expect(timestampOf(text, 'US/Pacific')).toBe(utc(2026, 1, 5, 17, 31));
  });

  test('is right for every hour of half a year, more quarters than are remembered', () => {
    const wall = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'Asia/Kolkata',
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    for (let at = utc(2026, 1, 5, 0, 0); at < utc(2026, 7, 6, 0, 0); at += 3_600_000) {
      const text = wall.format(at).replaceAll('-', '');
      expect(timestampOf(`${text} Asia/Kolkata`, 'UTC')).toBe(at);
    }
  });

  test('is right on both sides of a clock change', () => {
    expect(timestampOf('20260308 01:59:59 US/Eastern', 'UTC')).toBe(utc(2026, 3, 8, 6, 59, 59));
    expect(timestampOf('20260308 03:00:00 US/Eastern', 'UTC')).toBe(utc(2026, 3, 8, 7, 0));
    expect(timestampOf('20261101 00:59:59 US/Eastern', 'UTC')).toBe(utc(2026, 11, 1, 4, 59, 59));
    expect(timestampOf('20261101 02:00:00 US/Eastern', 'UTC')).toBe(utc(2026, 11, 1, 7, 0));
  });

  test.each(['', 'yesterday', '20260105', '20260105 09:31:00 Middle/Earth'])('%j can not be read', (text) => {
    expect(timestampOf(text, 'UTC')).toBeNull();
  });
});

describe('the zone TWS runs in', () => {
  test('is named behind its connection time', () => {
    expect(zoneNamedIn('20260105 09:30:00 US/Eastern')).toBe('US/Eastern');
    expect(zoneNamedIn('20260105 09:30:00 EST (Eastern Standard Time)')).toBe('EST (Eastern Standard Time)');
  });

  test.each(['20260105 09:30:00', '20260105 09:30:00 中国标准时间', 'soon'])('is not known from %j', (text) => {
    expect(zoneNamedIn(text)).toBeNull();
  });

  test('is looked up once', () => {
    expect(isKnownZone('Middle/Earth')).toBe(false);
    expect(isKnownZone('Middle/Earth')).toBe(false);
    expect(isKnownZone('US/Eastern')).toBe(true);
  });
});

describe('trading hours', () => {
  test('become moments; a closed day has none', () => {
    const text = '20260105:0400-20260105:2000;20260106:CLOSED;20260107:0930-20260107:1600';
    expect(tradingSessionsOf(text, 'US/Eastern')).toEqual([
      { opens: utc(2026, 1, 5, 9, 0), closes: utc(2026, 1, 6, 1, 0) },
      { opens: utc(2026, 1, 7, 14, 30), closes: utc(2026, 1, 7, 21, 0) },
    ]);
  });

  test('may run over midnight and be split within a day', () => {
    expect(tradingSessionsOf('20260104:1800-20260105:1700;', 'US/Central')).toEqual([
      { opens: utc(2026, 1, 5, 0, 0), closes: utc(2026, 1, 5, 23, 0) },
    ]);
    expect(tradingSessionsOf('20260105:0930-1130,1300-1500', 'Asia/Hong_Kong')).toEqual([
      { opens: utc(2026, 1, 5, 1, 30), closes: utc(2026, 1, 5, 3, 30) },
      { opens: utc(2026, 1, 5, 5, 0), closes: utc(2026, 1, 5, 7, 0) },
    ]);
  });

  test('keep the exchange clock over a change to summer time', () => {
    expect(tradingSessionsOf('20260306:0930-20260306:1600;20260309:0930-20260309:1600', 'US/Eastern')).toEqual([
      { opens: utc(2026, 3, 6, 14, 30), closes: utc(2026, 3, 6, 21, 0) },
      { opens: utc(2026, 3, 9, 13, 30), closes: utc(2026, 3, 9, 20, 0) },
    ]);
  });

  test.each([
    ['', 'US/Eastern'],
    ['20260105:0930-20260105:1600', 'Middle/Earth'],
    ['20260105:0930-20260105:1600', ''],
    ['Monday:0930-1600', 'US/Eastern'],
    ['20260105:0930-noon', 'US/Eastern'],
    ['20260105:1600-20260105:0930', 'US/Eastern'],
  ])('%j in %j are unknown', (text, zone) => {
    expect(tradingSessionsOf(text, zone)).toBeNull();
  });

  test('are kept for 64 sessions at most', () => {
    const text = Array.from({ length: 70 }, () => '20260105:0930-20260105:1600').join(';');
    expect(tradingSessionsOf(text, 'US/Eastern')).toHaveLength(64);
  });
});
