import { err, ok, type Result } from '#domain/result';
import { dayOfDate, DAY_MS, MINUTE_MS } from '#simulator/calendar-day';
import type { Rejection } from '#simulator/simulated-order';
import { zoneClock } from '#simulator/zone-clock';

const SECOND_MS = 1_000;
const HOUR_MS = 60 * MINUTE_MS;

/** How long each bar within a day is, by TWS's words for it. */
const INTRADAY_SIZES: ReadonlyMap<string, number> = new Map([
  ['1 secs', SECOND_MS],
  ['5 secs', 5 * SECOND_MS],
  ['10 secs', 10 * SECOND_MS],
  ['15 secs', 15 * SECOND_MS],
  ['30 secs', 30 * SECOND_MS],
  ['1 min', MINUTE_MS],
  ['2 mins', 2 * MINUTE_MS],
  ['3 mins', 3 * MINUTE_MS],
  ['5 mins', 5 * MINUTE_MS],
  ['10 mins', 10 * MINUTE_MS],
  ['15 mins', 15 * MINUTE_MS],
  ['20 mins', 20 * MINUTE_MS],
  ['30 mins', 30 * MINUTE_MS],
  ['1 hour', HOUR_MS],
  ['2 hours', 2 * HOUR_MS],
  ['3 hours', 3 * HOUR_MS],
  ['4 hours', 4 * HOUR_MS],
  ['8 hours', 8 * HOUR_MS],
]);
const LONG_SIZES: ReadonlyMap<string, LongSize> = new Map([
  ['1 day', 'day'],
  ['1 week', 'week'],
  ['1W', 'week'],
  ['1 month', 'month'],
  ['1M', 'month'],
]);

type LongSize = 'day' | 'week' | 'month';
/** A bar within a day by its length in ms, or a longer one by its name. */
export type BarSize = { readonly kind: 'intraday'; readonly ms: number } | { readonly kind: LongSize };

const SHOWN = ['TRADES', 'MIDPOINT', 'BID', 'ASK', 'BID_ASK', 'ADJUSTED_LAST'] as const;
export type WhatToShow = (typeof SHOWN)[number];
/** What TWS knows and this simulator has no data for. */
const NOT_SIMULATED: ReadonlySet<string> = new Set([
  ...['HISTORICAL_VOLATILITY', 'OPTION_IMPLIED_VOLATILITY', 'REBATE_RATE', 'FEE_RATE', 'SCHEDULE', 'AGGTRADES'],
  ...['YIELD_BID', 'YIELD_ASK', 'YIELD_BID_ASK', 'YIELD_LAST'],
]);

export type DurationUnit = 'S' | 'D' | 'W' | 'M' | 'Y';

/** Seconds, trading days, or weeks, months and years of the calendar. */
export interface Duration {
  readonly count: number;
  readonly unit: DurationUnit;
}

/** A request for bars that is understood. */
export interface HistoryQuery {
  /** ms since 1970; undefined: now. */
  readonly end: number | undefined;
  readonly duration: Duration;
  readonly barSize: BarSize;
  readonly show: WhatToShow;
  readonly regularHoursOnly: boolean;
}

/** The words of a request, as they were sent. */
export interface HistoryWords {
  readonly endDateTime: string;
  readonly duration: string;
  readonly barSize: string;
  readonly whatToShow: string;
  readonly regularHoursOnly: boolean;
  readonly keepUpToDate: boolean;
}

const MOMENT = /^(\d{4})(\d{2})(\d{2})(-| {1,2})(\d{2}):(\d{2}):(\d{2})(?: (\S+))?$/;
const DURATION = /^(\d{1,6}) ([SDWMY])$/;
const SECONDS_MAX = 86_400;
const DAYS_MAX = 365;
const WEEKS_MAX = 52;
const MONTHS_MAX = 12;
const YEARS_MAX = 40;
const DURATION_MAX: Readonly<Record<DurationUnit, number>> = {
  S: SECONDS_MAX,
  D: DAYS_MAX,
  W: WEEKS_MAX,
  M: MONTHS_MAX,
  Y: YEARS_MAX,
};
/** TWS refuses to keep bars up to date that are shorter. */
const UPDATED_BAR_MS_MIN = 5 * SECOND_MS;
const YEAR_MIN = 1900;

/**
 * Understands the words of a request for bars.
 * @param zone in which a moment without a zone is meant.
 * @returns TWS's refusal of what it does not understand: error 321.
 */
export function readHistoryQuery(words: HistoryWords, zone: string): Result<HistoryQuery, Rejection> {
  const { endDateTime, keepUpToDate, regularHoursOnly } = words;
  const end = endDateTime === '' ? undefined : momentOf(endDateTime, zone);
  if (end === null) {
    const format = "Format is 'YYYYMMDD{SPACE}hh:mm:ss[{SPACE}TMZ]' or 'YYYYMMDD{DASH}hh:mm:ss' in UTC";
    return refuse(`Historical data query end date/time string [${endDateTime}] is invalid.  ${format}.`);
  }
  const duration = durationOf(words.duration);
  if (!duration.ok) return duration;
  const barSize = barSizeOf(words.barSize);
  if (barSize === undefined) {
    const legal = [...INTRADAY_SIZES.keys(), ...LONG_SIZES.keys()].join(', ');
    return refuse(`Historical data bar size setting is invalid. Legal ones are: ${legal}.`);
  }
  const show = words.whatToShow.toUpperCase();
  if (!isShown(show)) {
    return NOT_SIMULATED.has(show)
      ? refuse(`The simulator has no historical data of type ${show}.`)
      : refuse('What to show field is missing or incorrect.');
  }
  if (end !== undefined && show === 'ADJUSTED_LAST') return refuse('End date not supported with adjusted last.');
  if (keepUpToDate && end !== undefined) return refuse('End date not supported with keep up to date.');
  if (keepUpToDate && barSize.kind === 'intraday' && barSize.ms < UPDATED_BAR_MS_MIN) {
    return refuse('Only bars of 5 secs and more can be kept up to date.');
  }
  return ok({ end, duration: duration.value, barSize, show, regularHoursOnly });
}

/** What `whatToShow` asks for; undefined when no bars of it can be had. */
export function isShown(text: string): text is WhatToShow {
  return SHOWN.some((known) => known === text);
}

/** The moment of `20260105 16:00:00 US/Eastern`, of `20260105 16:00:00` in `zone`, of `20260105-21:00:00` in UTC. */
function momentOf(text: string, zone: string): number | null {
  const match = MOMENT.exec(text);
  if (match === null) return null;
  const [year, month, date, hour, minute, second] = [1, 2, 3, 5, 6, 7].map((group) => Number(match[group]));
  const day = dayOfDate(Number(year), Number(month), Number(date));
  const isDate = new Date(day * DAY_MS).toISOString().startsWith(text.replace(/^(....)(..)(..).*$/, '$1-$2-$3'));
  if (!isDate || Number(year) < YEAR_MIN) return null;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const named = match[8];
  if (match[4] === '-' && named !== undefined) return null;
  const clock = zoneClock(match[4] === '-' ? 'UTC' : (named ?? zone));
  if (clock === undefined) return null;
  return clock.momentOf(day, Number(hour) * 60 + Number(minute)) + Number(second) * SECOND_MS;
}

function durationOf(text: string): Result<Duration, Rejection> {
  const match = DURATION.exec(text);
  const unit = ['S', 'D', 'W', 'M', 'Y'].find((known): known is DurationUnit => known === match?.[2]);
  const count = Number(match?.[1]);
  if (unit === undefined || count === 0) {
    return refuse('Historical data query duration is invalid. Legal ones are: integer{SPACE}unit (S|D|W|M|Y).');
  }
  if (count <= DURATION_MAX[unit]) return ok({ count, unit });
  return unit === 'S'
    ? refuse('Historical data requests for durations longer than 86400 seconds must be made in days.')
    : refuse('Historical data requests for durations longer than 365 days must be made in years.');
}

function barSizeOf(text: string): BarSize | undefined {
  const ms = INTRADAY_SIZES.get(text);
  if (ms !== undefined) return { kind: 'intraday', ms };
  const kind = LONG_SIZES.get(text);
  return kind === undefined ? undefined : { kind };
}

function refuse(cause: string): { readonly ok: false; readonly error: Rejection } {
  return err({ code: 321, text: `Error validating request.-'bN' : cause - ${cause}` });
}
