import { describe, expect, test } from 'vitest';
import { easternClock, easternText, hoursText, isOpen } from '#simulator/session-calendar';

const MONDAY_0930 = Date.UTC(2026, 0, 5, 14, 30);
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe('New York time', () => {
  test('is written as TWS writes it, in winter and in summer', () => {
    expect(easternText(MONDAY_0930)).toBe('20260105 09:30:00 US/Eastern');
    expect(easternText(Date.UTC(2026, 6, 6, 13, 30))).toBe('20260706 09:30:00 US/Eastern');
    expect(easternText(Date.UTC(2026, 0, 5, 5, 0, 7))).toBe('20260105 00:00:07 US/Eastern');
    expect(easternClock(MONDAY_0930)).toBe('09:30');
  });
});

describe('trading hours', () => {
  test.each([
    ['a minute before the opening', MONDAY_0930 - MINUTE, true, false],
    ['at the opening', MONDAY_0930, true, true],
    ['a minute before the close', MONDAY_0930 + 389 * MINUTE, true, true],
    ['at the close', MONDAY_0930 + 390 * MINUTE, true, false],
    ['in the night', MONDAY_0930 - 8 * 60 * MINUTE, false, false],
    ['on Sunday noon', MONDAY_0930 - DAY, false, false],
    ['on Saturday noon', MONDAY_0930 - 2 * DAY, false, false],
  ])('%s', (_, at, trading, liquid) => {
    expect([isOpen('regular', 'trading', at), isOpen('regular', 'liquid', at)]).toEqual([trading, liquid]);
    expect(isOpen('always-open', 'liquid', at)).toBe(true);
  });

  test('the demo market never closes, and says so for six days', () => {
    expect(hoursText('always-open', 'trading', MONDAY_0930)).toBe(
      '20260105:0000-20260105:2359;20260106:0000-20260106:2359;20260107:0000-20260107:2359;' +
        '20260108:0000-20260108:2359;20260109:0000-20260109:2359;20260110:0000-20260110:2359',
    );
  });

  test('the regular market has its hours and its closed Saturday', () => {
    const liquid = hoursText('regular', 'liquid', MONDAY_0930).split(';');
    expect([liquid[0], liquid[5]]).toEqual(['20260105:0930-20260105:1600', '20260110:CLOSED']);
    expect(hoursText('regular', 'trading', MONDAY_0930)).toContain('20260105:0400-20260105:2000');
  });
});
