import { DAY_MS, dayOfDate, MINUTE_MS } from '#simulator/calendar-day';
import { zoneClock } from '#simulator/zone-clock';

const MOMENT = /^(\d{4})(\d{2})(\d{2})(?:( |-)(\d{2}):(\d{2})(?::(\d{2}))?(?: ([A-Za-z_/]{1,40}))?)?$/;
const HOURS_MAX = 24;
const MINUTES_MAX = 60;

/** A day or a moment as a client wrote it. */
export interface WrittenMoment {
  /** ms since 1970; the first moment of the day when there is no time. */
  readonly at: number;
  readonly wholeDay: boolean;
}

/**
 * Reads "20260105 15:30:00 US/Eastern", "20260105-20:30:00" (UTC) or "20260105".
 * @param zone where the clock stands when the text names none.
 * @returns undefined when it is no date, or its zone is unknown.
 */
export function parseMoment(text: string, zone: string): WrittenMoment | undefined {
  const match = MOMENT.exec(text);
  if (match === null) return undefined;
  const [, year, month, date, separator, hour = '0', minute = '0', second = '0', name] = match;
  const clock = zoneClock(name ?? (separator === '-' ? 'UTC' : zone));
  const day = dayOfDate(Number(year), Number(month), Number(date));
  // A date that does not exist, such as 31 April, comes back as another one.
  const exists = new Date(day * DAY_MS).getUTCDate() === Number(date) && Number(month) <= 12;
  const [hours, minutes, seconds] = [Number(hour), Number(minute), Number(second)];
  if (clock === undefined || !exists || hours >= HOURS_MAX || minutes >= MINUTES_MAX || seconds >= MINUTES_MAX) {
    return undefined;
  }
  const at = clock.momentOf(day, hours * MINUTES_MAX + minutes) + (seconds * MINUTE_MS) / MINUTES_MAX;
  return { at, wholeDay: separator === undefined };
}
