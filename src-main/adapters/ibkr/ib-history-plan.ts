import type { BarQuery, BarSize } from '#domain/bar';

/** More in one answer keeps the event loop busy for too long. */
export const BARS_PER_REQUEST_MAX = 2_000;
/** IBKR wants longer durations in years (error 321). */
const DURATION_DAYS_MAX = 365;
/** The fewest sessions that a year has, on the exchanges with the most holidays. */
const SESSIONS_PER_YEAR_MIN = 240;
/** 7 years of 262 weekdays are no more than 2,000 daily bars. */
const YEARS_PER_REQUEST_MAX = 7;
const DAY_MINUTES = 24 * 60;
const DAY_MS = DAY_MINUTES * 60_000;

/** How long a bar lasts, in minutes; a daily one lasts a session. */
export const BAR_MINUTES = {
  '1 min': 1,
  '5 mins': 5,
  '15 mins': 15,
  '1 hour': 60,
  '1 day': DAY_MINUTES,
} as const satisfies Readonly<Record<BarSize, number>>;

/** One request's stretch: IBKR's words for it, and how many sessions it covers at least. */
export interface Stretch {
  readonly duration: string;
  readonly sessions: number;
}

/** The longest that the instrument trades in one day, in minutes; around the clock where its hours are not known. */
function sessionMinutes({ instrument, regularHoursOnly }: BarQuery): number {
  const hours = (regularHoursOnly ? instrument.liquidHours : instrument.tradingHours) ?? [];
  const byDay = new Map<number, number>();
  for (const { opens, closes } of hours) {
    const day = Math.floor(opens / DAY_MS);
    byDay.set(day, (byDay.get(day) ?? 0) + (closes - opens) / 60_000);
  }
  return byDay.size === 0 ? DAY_MINUTES : Math.min(DAY_MINUTES, Math.max(...byDay.values()));
}

/** The stretch of the next request when `sessions` are still to be had: at most BARS_PER_REQUEST_MAX bars. */
export function stretchOf(query: BarQuery, sessions: number): Stretch {
  if (query.barSize === '1 day' && sessions > DURATION_DAYS_MAX) {
    const years = Math.min(YEARS_PER_REQUEST_MAX, Math.ceil(sessions / SESSIONS_PER_YEAR_MIN));
    return { duration: `${years} Y`, sessions: years * SESSIONS_PER_YEAR_MIN };
  }
  const barsPerSession = Math.ceil(sessionMinutes(query) / BAR_MINUTES[query.barSize]);
  const days = Math.min(sessions, DURATION_DAYS_MAX, Math.floor(BARS_PER_REQUEST_MAX / barsPerSession));
  return { duration: `${days} D`, sessions: days };
}

/** How many requests `query` takes, as far as can be told before. */
export function requestsOf(query: BarQuery): number {
  let requests = 0;
  for (let left = query.sessions; left > 0; left -= stretchOf(query, left).sessions) requests += 1;
  return requests;
}
