import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { present } from '#domain/assert';
import { DAY_MS, dateText, dayOfDate, easterSunday, isWeekend, MINUTE_MS, monthsBefore } from '#simulator/calendar-day';
import { VENUES, venueOf, type Venue } from '#simulator/exchange-hours';
import { tradedInstruments } from '#simulator/instruments';
import {
  calendarFor,
  calendarOf,
  easternClock,
  easternText,
  zonedText,
  type SessionCalendar,
} from '#simulator/session-calendar';
import { zoneClock } from '#simulator/zone-clock';

const MONDAY_0930 = Date.UTC(2026, 0, 5, 14, 30);
const HOUR = 60 * MINUTE_MS;
const STOCKS = calendarOf('regular', 'us-stocks');

/** 09:30 or 10:00 on a date of a zone. */
function at(date: string, time: string, zone = 'US/Eastern'): number {
  const [year, month, day] = date.split('-').map(Number);
  const [hour, minute] = time.split(':').map(Number);
  const clock = present(zoneClock(zone), zone);
  return clock.momentOf(dayOfDate(Number(year), Number(month), Number(day)), Number(hour) * 60 + Number(minute));
}

describe('the clock of a zone', () => {
  test('is written as TWS writes it, in winter and in summer', () => {
    expect(easternText(MONDAY_0930)).toBe('20260105 09:30:00 US/Eastern');
    expect(easternText(Date.UTC(2026, 6, 6, 13, 30))).toBe('20260706 09:30:00 US/Eastern');
    expect(easternText(Date.UTC(2026, 0, 5, 5, 0, 7))).toBe('20260105 00:00:07 US/Eastern');
    expect(easternClock(MONDAY_0930)).toBe('09:30');
    expect(zonedText(MONDAY_0930, 'MET')).toBe('20260105 15:30:00 MET');
    expect(zonedText(Date.UTC(2026, 6, 6, 13, 30), 'MET')).toBe('20260706 15:30:00 MET');
  });

  test('changes on the second Sunday of March and the first of November in New York, in the last of March and October in Germany', () => {
    const noons = (zone: string): number[] =>
      Array.from({ length: 365 }, (_, day) => {
        const [before, after] = [day, day + 1].map((it) =>
          present(zoneClock(zone), zone).momentOf(dayOfDate(2026, 1, 1) + it, 720),
        );
        return (Number(after) - Number(before)) / HOUR;
      });
    expect(
      noons('US/Eastern').flatMap((hours, day) =>
        hours === 24 ? [] : [[dateText(dayOfDate(2026, 1, 2) + day), hours]],
      ),
    ).toEqual([
      ['20260308', 23],
      ['20261101', 25],
    ]);
    expect(
      noons('MET').flatMap((hours, day) => (hours === 24 ? [] : [[dateText(dayOfDate(2026, 1, 2) + day), hours]])),
    ).toEqual([
      ['20260329', 23],
      ['20261025', 25],
    ]);
  });

  test('agrees with the machine’s own at any moment of any zone', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2035, 0, 1) }),
        fc.constantFrom('America/New_York', 'Europe/Berlin', 'America/Chicago', 'Asia/Kolkata', 'Australia/Lord_Howe'),
        (moment, zone) => {
          const own = new Date(moment).toLocaleString('sv-SE', { timeZone: zone });
          expect(zonedText(moment, zone)).toBe(`${own.replace(/^(\d+)-(\d+)-(\d+)/, '$1$2$3')} ${zone}`);
        },
      ),
    );
  });

  test('a zone that nobody knows has none', () => {
    expect(zoneClock('Mars/Olympus')).toBeUndefined();
    expect(zoneClock('Mars/Olympus')).toBeUndefined();
  });
});

describe('days', () => {
  test('Easter comes by the moon', () => {
    expect([2024, 2025, 2026, 2027].map((year) => dateText(easterSunday(year)))).toEqual([
      '20240331',
      '20250420',
      '20260405',
      '20270328',
    ]);
  });

  test('a month before the last of March is the last of February', () => {
    expect(dateText(monthsBefore(dayOfDate(2026, 3, 31), 1))).toBe('20260228');
    expect(dateText(monthsBefore(dayOfDate(2026, 1, 15), 12))).toBe('20250115');
    expect(dateText(monthsBefore(dayOfDate(2026, 1, 15), 2))).toBe('20251115');
  });
});

/** The weekdays of a year without a session, and those that end early with their hour. */
function exceptions(calendar: SessionCalendar, year: number): { closed: string[]; early: string[] } {
  const [closed, early]: [string[], string[]] = [[], []];
  const usual = present(calendar.sessionOn('liquid', dayOfDate(2026, 1, 7)), 'a usual day');
  for (let day = dayOfDate(year, 1, 1); day < dayOfDate(year + 1, 1, 1); day += 1) {
    if (isWeekend(day)) continue;
    const session = calendar.sessionOn('liquid', day);
    if (session === undefined) closed.push(dateText(day).slice(4));
    else if (session.closesAt - session.opensAt < usual.closesAt - usual.opensAt) early.push(dateText(day).slice(4));
  }
  return { closed, early };
}

describe('New York', () => {
  test.each([
    [2021, '0101 0118 0215 0402 0531 0705 0906 1125 1224', '1126'],
    [2022, '0117 0221 0415 0530 0620 0704 0905 1124 1226', '1125'],
    [2024, '0101 0115 0219 0329 0527 0619 0704 0902 1128 1225', '0703 1129 1224'],
    [2025, '0101 0109 0120 0217 0418 0526 0619 0704 0901 1127 1225', '0703 1128 1224'],
    [2026, '0101 0119 0216 0403 0525 0619 0703 0907 1126 1225', '1127 1224'],
    [2027, '0101 0118 0215 0326 0531 0618 0705 0906 1125 1224', '1126'],
  ])('keeps the holidays of %i and its half days', (year, closed, early) => {
    for (const venue of ['us-stocks', 'us-options'] as const) {
      const found = exceptions(calendarOf('regular', venue), year);
      expect([found.closed.join(' '), found.early.join(' ')]).toEqual([closed, early]);
    }
  });

  test.each([
    ['a minute before the pre-market', '2026-01-05', '03:59', false, false],
    ['a minute before the opening', '2026-01-05', '09:29', true, false],
    ['at the opening', '2026-01-05', '09:30', true, true],
    ['a minute before the close', '2026-01-05', '15:59', true, true],
    ['at the close', '2026-01-05', '16:00', true, false],
    ['after hours are over', '2026-01-05', '20:00', false, false],
    ['on Sunday noon', '2026-01-04', '12:00', false, false],
    ['on Saturday noon', '2026-01-03', '12:00', false, false],
    ['at noon of a half day', '2026-11-27', '12:59', true, true],
    ['after the close of a half day', '2026-11-27', '13:00', true, false],
    ['in the evening of a half day', '2026-11-27', '17:00', false, false],
    ['at the summer opening', '2026-07-06', '09:30', true, true],
  ])('%s', (_, date, time, trading, liquid) => {
    const moment = at(date, time);
    expect([STOCKS.isOpen('trading', moment), STOCKS.isOpen('liquid', moment)]).toEqual([trading, liquid]);
    expect(calendarOf('always-open', 'us-stocks').isOpen('liquid', moment)).toBe(true);
  });

  test('opens at another moment of UTC when the clocks have changed', () => {
    const opens = (date: string): string => new Date(at(date, '09:30')).toISOString().slice(11, 16);
    expect([opens('2026-03-06'), opens('2026-03-09'), opens('2026-10-30'), opens('2026-11-02')]).toEqual([
      '14:30',
      '13:30',
      '13:30',
      '14:30',
    ]);
    expect(STOCKS.sessionOn('liquid', dayOfDate(2026, 3, 9))).toEqual({
      opensAt: Date.UTC(2026, 2, 9, 13, 30),
      closesAt: Date.UTC(2026, 2, 9, 20),
    });
  });

  test('announces six days, with holidays, weekends and half days', () => {
    expect(STOCKS.hoursText('liquid', at('2026-11-24', '10:00'))).toBe(
      '20261124:0930-20261124:1600;20261125:0930-20261125:1600;20261126:CLOSED;' +
        '20261127:0930-20261127:1300;20261128:CLOSED;20261129:CLOSED',
    );
    expect(STOCKS.hoursText('trading', MONDAY_0930)).toContain('20260105:0400-20260105:2000');
  });

  test('a DAY order lives until the close, also one that was entered on a weekend', () => {
    expect(STOCKS.dayEnd('liquid', MONDAY_0930)).toBe(at('2026-01-05', '16:00'));
    expect(STOCKS.dayEnd('trading', MONDAY_0930)).toBe(at('2026-01-05', '20:00'));
    expect(STOCKS.dayEnd('liquid', at('2026-01-03', '10:00'))).toBe(at('2026-01-05', '16:00'));
    expect(STOCKS.dayEnd('liquid', at('2026-01-05', '16:00'))).toBe(at('2026-01-06', '16:00'));
  });

  test('knows the trading date and the sessions that are over', () => {
    expect(STOCKS.tradingDate(MONDAY_0930)).toBe('20260105');
    expect(STOCKS.tradingDate(at('2026-01-03', '10:00'))).toBe('20260105');
    expect(STOCKS.completedSessions(MONDAY_0930, 3)).toEqual(['20251230', '20251231', '20260102']);
    expect(STOCKS.completedSessions(at('2026-01-05', '20:00'), 1)).toEqual(['20260105']);
  });
});

describe('other exchanges', () => {
  test.each([
    [2024, '0101 0329 0401 0501 1224 1225 1226 1231', '1230'],
    [2026, '0101 0403 0406 0501 1224 1225 1231', '1230'],
    [2028, '0414 0417 0501 1225 1226', '1229'],
  ])('Frankfurt keeps its own holidays in %i', (year, closed, early) => {
    const found = exceptions(calendarOf('regular', 'xetra'), year);
    expect([found.closed.join(' '), found.early.join(' ')]).toEqual([closed, early]);
  });

  test('Chicago closes for three holidays and at noon on the others', () => {
    const found = exceptions(calendarOf('regular', 'index-futures'), 2026);
    expect(found.closed.join(' ')).toBe('0101 0403 1225');
    expect(found.early.join(' ')).toBe('0119 0216 0525 0619 0703 0907 1126 1127 1224');
  });

  test('currencies rest at Christmas and New Year', () => {
    expect(exceptions(calendarOf('regular', 'currencies'), 2026)).toEqual({ closed: ['0101', '1225'], early: [] });
  });

  test('the future’s Monday begins on Sunday evening in Chicago', () => {
    const futures = calendarOf('regular', 'index-futures');
    expect(futures.isOpen('trading', at('2026-01-04', '16:59', 'US/Central'))).toBe(false);
    expect(futures.isOpen('trading', at('2026-01-04', '17:00', 'US/Central'))).toBe(true);
    expect(futures.isOpen('liquid', at('2026-01-04', '17:00', 'US/Central'))).toBe(false);
    expect(futures.tradingDate(at('2026-01-04', '17:00', 'US/Central'))).toBe('20260105');
    expect(futures.isOpen('trading', at('2026-01-05', '16:00', 'US/Central'))).toBe(false);
    expect(futures.hoursText('trading', at('2026-01-04', '12:00', 'US/Central'))).toContain(
      '20260104:CLOSED;20260104:1700-20260105:1600;20260105:1700-20260106:1600;',
    );
  });

  test('every instrument has the calendar of its exchange', () => {
    const zones = tradedInstruments(1).map((it) => [it.localSymbol, venueOf(it), calendarFor('regular', it).zone]);
    expect(zones).toEqual([
      ['AAPL', 'us-stocks', 'US/Eastern'],
      ['ESZ7', 'index-futures', 'US/Central'],
      ['AAPL  271217C00240000', 'us-options', 'US/Eastern'],
      ['EUR.USD', 'currencies', 'US/Eastern'],
      ['SAP', 'xetra', 'MET'],
      ['BRK B', 'us-stocks', 'US/Eastern'],
    ]);
  });
});

describe('the demo market', () => {
  const demo = calendarOf('always-open', 'us-stocks');

  test('never closes, and says so for six days', () => {
    expect(demo.hoursText('trading', MONDAY_0930)).toBe(
      '20260105:0000-20260105:2359;20260106:0000-20260106:2359;20260107:0000-20260107:2359;' +
        '20260108:0000-20260108:2359;20260109:0000-20260109:2359;20260110:0000-20260110:2359',
    );
    expect(demo.zone).toBe('US/Eastern');
  });

  test('its day ends at midnight in New York, whatever the exchange', () => {
    for (const venue of VENUES) {
      const calendar = calendarOf('always-open', venue);
      expect(calendar.dayEnd('liquid', at('2026-01-04', '23:59'))).toBe(at('2026-01-05', '00:00'));
      expect(calendar.nextChange(at('2026-01-05', '00:00'))).toBe(at('2026-01-06', '00:00'));
      expect(calendar.tradingDate(at('2026-01-04', '23:59'))).toBe('20260104');
    }
  });

  test('what came before its day are the sessions of the exchange', () => {
    expect(demo.completedSessions(at('2026-01-04', '23:59'), 2)).toEqual(['20251231', '20260102']);
    expect(demo.completedSessions(at('2026-01-05', '23:59'), 1)).toEqual(['20260102']);
    expect(demo.sessionOn('liquid', dayOfDate(2026, 1, 4))).toBeUndefined();
  });
});

describe('at any moment of any exchange', () => {
  const moments = fc.integer({ min: Date.UTC(1995, 0, 1), max: Date.UTC(2035, 0, 1) });
  const venues = fc.constantFrom<Venue>(...VENUES);

  test('nothing trades on a holiday or a weekend, and regular hours are within all hours', () => {
    fc.assert(
      fc.property(moments, venues, (moment, venue) => {
        const calendar = calendarOf('regular', venue);
        if (!calendar.isOpen('trading', moment)) return;
        const day = calendar.tradingDay(moment);
        const session = present(calendar.sessionOn('trading', day), 'the session that is open');
        expect(isWeekend(day)).toBe(false);
        expect(session.opensAt <= moment && moment < session.closesAt).toBe(true);
        const liquid = present(calendar.sessionOn('liquid', day), 'regular hours');
        expect(session.opensAt <= liquid.opensAt && liquid.closesAt <= session.closesAt).toBe(true);
      }),
    );
  });

  test('nothing changes before the next change, and then something does', () => {
    fc.assert(
      fc.property(moments, venues, fc.double({ min: 0, max: 1, noNaN: true }), (moment, venue, share) => {
        const calendar = calendarOf('regular', venue);
        const standing = (it: number): string =>
          `${calendar.isOpen('trading', it)} ${calendar.isOpen('liquid', it)} ${calendar.tradingDate(it)}`;
        const next = calendar.nextChange(moment);
        expect(next).toBeGreaterThan(moment);
        expect(standing(moment + Math.floor((next - 1 - moment) * share))).toBe(standing(moment));
        expect(standing(next)).not.toBe(standing(moment));
      }),
    );
  });

  test('the completed sessions are over, and none is left out', () => {
    fc.assert(
      fc.property(moments, venues, (moment, venue) => {
        const calendar = calendarOf('regular', venue);
        const days = calendar.completedDays(moment, 5);
        const first = present(days[0], 'first');
        const all = Array.from({ length: calendar.tradingDay(moment) - first }, (_, ahead) => first + ahead);
        expect(days).toEqual(all.filter((day) => calendar.sessionOn('trading', day) !== undefined));
        for (const day of days) {
          expect(present(calendar.sessionOn('trading', day), 'session').closesAt).toBeLessThanOrEqual(moment);
        }
      }),
    );
  });

  test('a session is as long in UTC as on the wall, but for the night in which the clocks change', () => {
    for (const venue of VENUES) {
      const calendar = calendarOf('regular', venue);
      for (let day = dayOfDate(2024, 1, 1); day < dayOfDate(2028, 1, 1); day += 1) {
        const liquid = calendar.sessionOn('liquid', day);
        if (liquid === undefined) continue;
        const hours = (liquid.closesAt - liquid.opensAt) / HOUR;
        expect(hours).toBeGreaterThan(3);
        expect(hours).toBeLessThan(25);
        expect(liquid.opensAt).toBeLessThan((day + 1) * DAY_MS);
      }
    }
  });
});
