import {
  dayOfDate,
  easterSunday,
  FRIDAY,
  isWeekend,
  MONDAY,
  nthWeekday,
  SATURDAY,
  SUNDAY,
  THURSDAY,
  weekdayOf,
} from '#simulator/calendar-day';

/** The days of one year on which an exchange does not trade, and those on which it closes early. */
export interface YearOfHolidays {
  readonly closed: ReadonlySet<number>;
  readonly early: ReadonlySet<number>;
}

const GOOD_FRIDAY = -2;
const EASTER_MONDAY = 1;
const JUNETEENTH_SINCE = 2022;

/** Days of mourning and of storms, on which the New York exchanges stayed closed. */
const SPECIAL_CLOSINGS: readonly number[] = [
  dayOfDate(2001, 9, 11),
  dayOfDate(2001, 9, 12),
  dayOfDate(2001, 9, 13),
  dayOfDate(2001, 9, 14),
  dayOfDate(2004, 6, 11),
  dayOfDate(2007, 1, 2),
  dayOfDate(2012, 10, 29),
  dayOfDate(2012, 10, 30),
  dayOfDate(2018, 12, 5),
  dayOfDate(2025, 1, 9),
];

/**
 * New York: NYSE rule 7.2. A holiday on a Sunday is kept on Monday, one on a Saturday on Friday, but for New Year's Day,
 * whose Friday would be the last day of an accounting year. Trading ends at 13:00 on the day after Thanksgiving, on Christmas
 * Eve and on 3 July, when these are not holidays or weekends themselves.
 */
export function newYorkHolidays(year: number): YearOfHolidays {
  const closed = new Set([...wholeDays(year), ...shortDaysOfFutures(year)]);
  for (const day of SPECIAL_CLOSINGS) closed.add(day);
  return { closed, early: halfDays(year, closed) };
}

/**
 * Chicago's equity index futures, simplified: closed on New Year's Day, Good Friday and Christmas; on the other holidays of New York,
 * and on its half days, trading ends at noon. The real exchange has a few more variants, by the quarter of an hour.
 */
export function chicagoHolidays(year: number): YearOfHolidays {
  const closed = new Set(wholeDays(year));
  const early = new Set([...shortDaysOfFutures(year), ...halfDays(year, closed)]);
  return { closed, early };
}

/** Xetra, by its trading calendar since 2022. The last trading day of the year ends at 14:00. */
export function frankfurtHolidays(year: number): YearOfHolidays {
  const easter = easterSunday(year);
  const closed = new Set([
    dayOfDate(year, 1, 1),
    easter + GOOD_FRIDAY,
    easter + EASTER_MONDAY,
    dayOfDate(year, 5, 1),
    dayOfDate(year, 12, 24),
    dayOfDate(year, 12, 25),
    dayOfDate(year, 12, 26),
    dayOfDate(year, 12, 31),
  ]);
  let last = dayOfDate(year, 12, 30);
  while (isWeekend(last)) last -= 1;
  return { closed, early: new Set([last]) };
}

/** Currencies rest at Christmas and at New Year only. */
export function currencyHolidays(year: number): YearOfHolidays {
  return { closed: new Set([dayOfDate(year, 1, 1), dayOfDate(year, 12, 25)]), early: new Set() };
}

function wholeDays(year: number): readonly number[] {
  const newYear = dayOfDate(year, 1, 1);
  return [
    ...(weekdayOf(newYear) === SATURDAY ? [] : [observed(newYear)]),
    easterSunday(year) + GOOD_FRIDAY,
    observed(dayOfDate(year, 12, 25)),
  ];
}

function shortDaysOfFutures(year: number): readonly number[] {
  return [
    nthWeekday(3, MONDAY, year, 1), // Martin Luther King
    nthWeekday(3, MONDAY, year, 2), // Washington
    nthWeekday(1, MONDAY, year, 6) - 7, // Memorial Day: the last Monday of May
    ...(year < JUNETEENTH_SINCE ? [] : [observed(dayOfDate(year, 6, 19))]),
    observed(dayOfDate(year, 7, 4)),
    nthWeekday(1, MONDAY, year, 9), // Labor Day
    thanksgiving(year),
  ];
}

function halfDays(year: number, closed: ReadonlySet<number>): ReadonlySet<number> {
  // On a Friday 3 July and Christmas Eve are the observed holidays themselves.
  const eves = [dayOfDate(year, 7, 3), dayOfDate(year, 12, 24)].filter((day) => weekdayOf(day) !== FRIDAY);
  return new Set([thanksgiving(year) + 1, ...eves].filter((day) => !isWeekend(day) && !closed.has(day)));
}

function thanksgiving(year: number): number {
  return nthWeekday(4, THURSDAY, year, 11);
}

function observed(day: number): number {
  const weekday = weekdayOf(day);
  if (weekday === SATURDAY) return day - 1;
  return weekday === SUNDAY ? day + 1 : day;
}
