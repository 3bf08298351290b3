import { epochMs, type EpochMs } from '#domain/ids';
import type { TradingSession } from '#domain/instrument';
import { zoneClockOf, type ZoneClock } from '#domain/zone-clock';

/** The most trading sessions kept of one instrument: two weeks of split days fit. */
const SESSIONS_MAX = 64;

/** The moment a zone's wall clock shows `YYYYMMDD` and `hh`, `mm`, `ss`. */
function momentOf(clock: ZoneClock, date: string, hours: number, minutes: number, seconds: number): EpochMs {
  return clock.momentOf(utcOf(date, hours, minutes, seconds));
}

function utcOf(date: string, hours: number, minutes: number, seconds: number): number {
  const year = Number(date.slice(0, 4));
  return Date.UTC(year, Number(date.slice(4, 6)) - 1, Number(date.slice(6, 8)), hours, minutes, seconds);
}

/** True when times can be read in this zone. */
export function isKnownZone(zone: string): boolean {
  return zoneClockOf(zone) !== null;
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
  const clock = zoneClockOf(zone === '' ? twsZone : zone);
  return clock === null ? null : momentOf(clock, date, hours, minutes, seconds);
}

/** The zone at the end of a timestamp, e.g. of the connection time TWS announces; null when it has none we know. */
export function zoneNamedIn(timestamp: string): string | null {
  const zone = TIMESTAMP.test(timestamp) ? timestamp.replace(/^\d{8}[- ]+\d{2}:\d{2}:\d{2} */, '') : '';
  return zone !== '' && isKnownZone(zone) ? zone : null;
}

const DAY = /^\d{8}:(CLOSED|.+-.+)$/;
const STRETCH = /^(\d{8}:)?\d{4}-(\d{8}:)?\d{4}$/;

function edgeOf(clock: ZoneClock, day: string, text: string): EpochMs {
  const date = text.length > 4 ? text.slice(0, 8) : day;
  const time = text.slice(-4);
  return momentOf(clock, date, Number(time.slice(0, 2)), Number(time.slice(2, 4)), 0);
}

/**
 * Reads trading hours as contract details give them, `20260105:0400-20260105:2000;20260106:CLOSED`, or in the old form
 * `20260105:0400-0930,0930-1600`, into absolute time.
 * @returns null when anything in it can not be read: hours that are half known are unknown.
 */
export function tradingSessionsOf(text: string, zone: string): readonly TradingSession[] | null {
  const clock = zoneClockOf(zone);
  const days = text.split(';').filter((day) => day !== '');
  if (clock === null || days.length === 0) return null;
  const sessions: TradingSession[] = [];
  for (const dayText of days) {
    if (!DAY.test(dayText)) return null;
    const day = dayText.slice(0, 8);
    const stretches = dayText.slice(9);
    if (stretches === 'CLOSED') continue;
    for (const stretch of stretches.split(',')) {
      if (!STRETCH.test(stretch)) return null;
      const dash = stretch.indexOf('-');
      const opens = edgeOf(clock, day, stretch.slice(0, dash));
      const closes = edgeOf(clock, day, stretch.slice(dash + 1));
      if (closes <= opens) return null;
      sessions.push({ opens, closes });
    }
  }
  return sessions.slice(0, SESSIONS_MAX);
}
