import { expect, test } from 'vitest';
import { epochMs } from '#domain/ids';
import { sessionDayAt } from '#engine/portfolio/session-day';

const HOUR = 60 * 60_000;
const at = (...[year, month, day, hours, minutes]: readonly [number, number, number, number, number]) =>
  epochMs(Date.UTC(year, month - 1, day, hours, minutes));

test.each([
  ['US/Eastern', at(2026, 11, 20, 15, 30), at(2026, 11, 20, 4, 55)],
  ['Asia/Tokyo', at(2026, 11, 20, 15, 30), at(2026, 11, 20, 14, 55)],
  ['MET (Middle Europe Time)', at(2026, 7, 6, 21, 54), at(2026, 7, 5, 21, 55)],
])('in %s a day begins at 23:55 of its clocks', (zone, now, began) => {
  const day = sessionDayAt(zone, now);
  expect(day).toEqual({ began, until: began + 24 * HOUR });
  expect(sessionDayAt(zone, day.until)).toMatchObject({ began: day.until });
});

test('the day on which clocks go forward has 23 hours, the one on which they go back 25', () => {
  const spring = sessionDayAt('US/Eastern', at(2026, 3, 8, 15, 0));
  expect(spring.until - spring.began).toBe(23 * HOUR);
  const autumn = sessionDayAt('US/Eastern', at(2026, 11, 1, 15, 0));
  expect(autumn.until - autumn.began).toBe(25 * HOUR);
});

test('a zone that nobody knows has the days of New York', () => {
  const now = at(2026, 11, 20, 15, 30);
  expect(sessionDayAt('Mars/Olympus', now)).toEqual(sessionDayAt('America/New_York', now));
});
