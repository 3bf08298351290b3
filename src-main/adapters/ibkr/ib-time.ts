import { epochMs, type EpochMs } from '#domain/ids';
import type { TradingSession } from '#domain/instrument';

/** The most trading sessions kept of one instrument: two weeks of split days fit. */
const SESSIONS_MAX = 64;

/**
 * What IBKR means by the short names that Intl either does not know or reads as a fixed offset. The exchanges behind
 * them follow daylight saving time.
 */
const IBKR_ZONES: ReadonlyMap<string, string> = new Map([
  ['EST', 'America/New_York'],
  ['EDT', 'America/New_York'],
  ['CST', 'America/Chicago'],
  ['CDT', 'America/Chicago'],
  ['MST', 'America/Denver'],
  ['PST', 'America/Los_Angeles'],
  ['PDT', 'America/Los_Angeles'],
  ['BST', 'Europe/London'],
  ['CET', 'Europe/Paris'],
  ['MET', 'Europe/Paris'],
  ['JST', 'Asia/Tokyo'],
  ['HKT', 'Asia/Hong_Kong'],
]);

const formats = new Map<string, Intl.DateTimeFormat | null>();

function makeFormat(timeZone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
  } catch {
    return null; // RangeError: no such zone, which is an answer and not a fault
  }
}

/** The wall clock of a zone IBKR names, e.g. `US/Eastern` or `EST (Eastern Standard Time)`; null when unknown. */
function formatOf(zone: string): Intl.DateTimeFormat | null {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const short = zone.replace(/ *\(.*$/, '');
  const format = makeFormat(IBKR_ZONES.get(short) ?? short);
  formats.set(zone, format);
  return format;
}

/** Clocks change at full quarters of an hour of UTC, so that one offset holds for the whole quarter. */
const QUARTER_MS = 15 * 60 * 1000;
/** Quarters remembered of one zone: a reconciliation brings thousands of executions of a few hours. */
const QUARTERS_MAX = 1_000;
const offsets = new WeakMap<Intl.DateTimeFormat, Map<number, number>>();

/** How far the zone's wall clock is ahead of UTC at `at`, in milliseconds. */
function offsetMsAt(format: Intl.DateTimeFormat, at: number): number {
  const quarter = Math.floor(at / QUARTER_MS);
  const ofZone = offsets.get(format) ?? new Map<number, number>();
  const known = ofZone.get(quarter);
  if (known !== undefined) return known;
  const offset = computedOffsetMs(format, quarter * QUARTER_MS);
  if (ofZone.size >= QUARTERS_MAX) ofZone.clear();
  offsets.set(format, ofZone.set(quarter, offset));
  return offset;
}

function computedOffsetMs(format: Intl.DateTimeFormat, at: number): number {
  const parts = new Map(format.formatToParts(at).map((part) => [part.type, Number(part.value)]));
  const field = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
  const wall = Date.UTC(
    field('year'),
    field('month') - 1,
    field('day'),
    field('hour'),
    field('minute'),
    field('second'),
  );
  return wall - at;
}

/** The moment a zone's wall clock shows `YYYYMMDD` and `hh`, `mm`, `ss`. */
function momentOf(format: Intl.DateTimeFormat, date: string, hours: number, minutes: number, seconds: number): EpochMs {
  const wall = utcOf(date, hours, minutes, seconds);
  // The offset of the first guess may be that of the other side of a clock change; the second is right.
  const guess = wall - offsetMsAt(format, wall);
  return epochMs(wall - offsetMsAt(format, guess));
}

function utcOf(date: string, hours: number, minutes: number, seconds: number): number {
  const year = Number(date.slice(0, 4));
  return Date.UTC(year, Number(date.slice(4, 6)) - 1, Number(date.slice(6, 8)), hours, minutes, seconds);
}

/** True when times can be read in this zone. */
export function isKnownZone(zone: string): boolean {
  return formatOf(zone) !== null;
}

const TIMESTAMP = /^\d{8}(-| +)\d{2}:\d{2}:\d{2}( +\S.*)?$/;

/**
 * Reads IBKR's timestamps: `20260105 09:31:00 US/Eastern`, `20260105-14:31:00` (UTC), and the old
 * `20260105  09:31:00`, which is in the zone TWS runs in.
 * @returns null when the text or its zone can not be read.
 */
export function timestampOf(text: string, twsZone: string): EpochMs | null {
  if (!TIMESTAMP.test(text)) return null;
  const date = text.slice(0, 8);
  const time = text.slice(8).replace(/^[- ]+/, '');
  const [hours, minutes, seconds] = [Number(time.slice(0, 2)), Number(time.slice(3, 5)), Number(time.slice(6, 8))];
  const zone = time.slice(8).trim();
  if (zone === '' && text.charAt(8) === '-') return epochMs(utcOf(date, hours, minutes, seconds));
  const format = formatOf(zone === '' ? twsZone : zone);
  return format === null ? null : momentOf(format, date, hours, minutes, seconds);
}

/** The zone at the end of a timestamp, e.g. of the connection time TWS announces; null when it has none we know. */
export function zoneNamedIn(timestamp: string): string | null {
  const zone = TIMESTAMP.test(timestamp) ? timestamp.replace(/^\d{8}[- ]+\d{2}:\d{2}:\d{2} */, '') : '';
  return zone !== '' && isKnownZone(zone) ? zone : null;
}

const DAY = /^\d{8}:(CLOSED|.+-.+)$/;
const STRETCH = /^(\d{8}:)?\d{4}-(\d{8}:)?\d{4}$/;

function edgeOf(format: Intl.DateTimeFormat, day: string, text: string): EpochMs {
  const date = text.length > 4 ? text.slice(0, 8) : day;
  const time = text.slice(-4);
  return momentOf(format, date, Number(time.slice(0, 2)), Number(time.slice(2, 4)), 0);
}

/**
 * Reads trading hours as contract details give them, `20260105:0400-20260105:2000;20260106:CLOSED`, or in the old form
 * `20260105:0400-0930,0930-1600`, into absolute time.
 * @returns null when anything in it can not be read: hours that are half known are unknown.
 */
export function tradingSessionsOf(text: string, zone: string): readonly TradingSession[] | null {
  const format = formatOf(zone);
  const days = text.split(';').filter((day) => day !== '');
  if (format === null || days.length === 0) return null;
  const sessions: TradingSession[] = [];
  for (const dayText of days) {
    if (!DAY.test(dayText)) return null;
    const day = dayText.slice(0, 8);
    const stretches = dayText.slice(9);
    if (stretches === 'CLOSED') continue;
    for (const stretch of stretches.split(',')) {
      if (!STRETCH.test(stretch)) return null;
      const dash = stretch.indexOf('-');
      const opens = edgeOf(format, day, stretch.slice(0, dash));
      const closes = edgeOf(format, day, stretch.slice(dash + 1));
      if (closes <= opens) return null;
      sessions.push({ opens, closes });
    }
  }
  return sessions.slice(0, SESSIONS_MAX);
}
