import { assert, present } from '#domain/assert';
import { dateText } from '#simulator/calendar-day';
import {
  closingMinute,
  hoursOf,
  venueOf,
  type ExchangeHours,
  type SessionSpan,
  type Venue,
} from '#simulator/exchange-hours';
import type { SimulatedInstrument } from '#simulator/instruments';
import { zoneClock, type ZoneClock } from '#simulator/zone-clock';

export type { SessionSpan } from '#simulator/exchange-hours';

/** When the simulated market trades: always (the demo), or in each exchange's hours. */
export type SessionKind = 'always-open' | 'regular';

/** A stretch of trading: from `opensAt` up to and without `closesAt`, ms since 1970. */
export interface Session {
  readonly opensAt: number;
  readonly closesAt: number;
}

/** When one instrument trades. Times are ms since 1970, dates YYYYMMDD. */
export interface SessionCalendar {
  /** The exchange's time zone as contract details name it, e.g. US/Eastern. */
  readonly zone: string;
  /** True when orders trade at `at`. */
  isOpen(span: SessionSpan, at: number): boolean;
  /** The hours of today and the next days as contract details carry them. */
  hoursText(span: SessionSpan, at: number): string;
  /** When a DAY order taken at `at` expires: with the running session, or with the next one when closed. */
  dayEnd(span: SessionSpan, at: number): number;
  /** The date of the running session, or of the next one when closed. */
  tradingDate(at: number): string;
  /** The last `count` trading dates that were over at `at`, oldest first. */
  completedSessions(at: number, count: number): readonly string[];
  /** The next moment after `at` at which `isOpen` or `tradingDate` may answer differently. */
  nextChange(at: number): number;
  /** The session of trading date `day` (days since 1970); undefined on a day without one. */
  sessionOn(span: SessionSpan, day: number): Session | undefined;
  /** Like `completedSessions`, in days since 1970. */
  completedDays(at: number, count: number): readonly number[];
  /** Like `tradingDate`, in days since 1970. */
  tradingDay(at: number): number;
}

export const EXCHANGE_TIME_ZONE = 'US/Eastern';
const DAYS_ANNOUNCED = 6;
/** No exchange rests longer. */
const DAYS_CLOSED_MAX = 14;
const SPANS = ['trading', 'liquid'] as const satisfies readonly SessionSpan[];
const NEW_YORK = present(zoneClock(EXCHANGE_TIME_ZONE), EXCHANGE_TIME_ZONE);

const calendars = new Map<string, SessionCalendar>();

/** The calendar of the exchange where `instrument` trades. */
export function calendarFor(kind: SessionKind, instrument: SimulatedInstrument): SessionCalendar {
  return calendarOf(kind, venueOf(instrument));
}

/** The calendar of a venue. */
export function calendarOf(kind: SessionKind, venue: Venue): SessionCalendar {
  const key = `${kind} ${venue}`;
  const calendar = calendars.get(key) ?? make(kind, hoursOf(venue));
  calendars.set(key, calendar);
  return calendar;
}

function make(kind: SessionKind, hours: ExchangeHours): SessionCalendar {
  const regular = new ExchangeCalendar(hours);
  return kind === 'regular' ? regular : new AlwaysOpenCalendar(regular);
}

class ExchangeCalendar implements SessionCalendar {
  readonly zone: string;
  readonly clock: ZoneClock;
  readonly #hours: ExchangeHours;

  constructor(hours: ExchangeHours) {
    this.#hours = hours;
    this.zone = hours.zone;
    this.clock = present(zoneClock(hours.zone), hours.zone);
  }

  isOpen(span: SessionSpan, at: number): boolean {
    return this.#nextSession(span, at).session.opensAt <= at;
  }

  hoursText(span: SessionSpan, at: number): string {
    const today = this.clock.dayOf(at);
    return Array.from({ length: DAYS_ANNOUNCED }, (_, ahead) => {
      const session = this.sessionOn(span, today + ahead);
      if (session === undefined) return `${dateText(today + ahead)}:CLOSED`;
      return `${this.#hourText(session.opensAt)}-${this.#hourText(session.closesAt)}`;
    }).join(';');
  }

  dayEnd(span: SessionSpan, at: number): number {
    return this.#nextSession(span, at).session.closesAt;
  }

  tradingDate(at: number): string {
    return dateText(this.tradingDay(at));
  }

  tradingDay(at: number): number {
    return this.#nextSession('trading', at).day;
  }

  completedSessions(at: number, count: number): readonly string[] {
    return this.completedDays(at, count).map(dateText);
  }

  completedDays(at: number, count: number): readonly number[] {
    return this.daysBefore(this.tradingDay(at), count);
  }

  nextChange(at: number): number {
    return Math.min(
      ...SPANS.map((span) => {
        const { opensAt, closesAt } = this.#nextSession(span, at).session;
        return opensAt > at ? opensAt : closesAt;
      }),
    );
  }

  sessionOn(span: SessionSpan, day: number): Session | undefined {
    const closes = closingMinute(this.#hours, span, day);
    if (closes === undefined) return undefined;
    const { opens } = this.#hours.spans[span];
    return { opensAt: this.clock.momentOf(day, opens), closesAt: this.clock.momentOf(day, closes) };
  }

  /** The last `count` days with a session before `day`, oldest first. */
  daysBefore(day: number, count: number): readonly number[] {
    const days: number[] = [];
    for (let before = day - 1; days.length < count; before -= 1) {
      if (closingMinute(this.#hours, 'trading', before) !== undefined) days.push(before);
    }
    return days.reverse();
  }

  /** The session that runs at `at`, or the next one. */
  #nextSession(span: SessionSpan, at: number): { readonly day: number; readonly session: Session } {
    const today = this.clock.dayOf(at);
    let day = today;
    let session = this.sessionOn(span, day);
    while (session === undefined || session.closesAt <= at) {
      day += 1;
      assert(day <= today + DAYS_CLOSED_MAX, 'an exchange opens within two weeks');
      session = this.sessionOn(span, day);
    }
    return { day, session };
  }

  /** `20260105:0930` */
  #hourText(at: number): string {
    return `${dateText(this.clock.dayOf(at))}:${clockText(this.clock, at).slice(0, 5).replace(':', '')}`;
  }
}

/** A market that never closes. Its day ends at midnight in New York; what came before it are the exchange's own sessions. */
class AlwaysOpenCalendar implements SessionCalendar {
  readonly zone: string;
  readonly #regular: ExchangeCalendar;

  constructor(regular: ExchangeCalendar) {
    this.#regular = regular;
    this.zone = regular.zone;
  }

  isOpen(): boolean {
    return true;
  }

  hoursText(_span: SessionSpan, at: number): string {
    const today = this.#regular.clock.dayOf(at);
    return Array.from({ length: DAYS_ANNOUNCED }, (_, ahead) => {
      const date = dateText(today + ahead);
      return `${date}:0000-${date}:2359`;
    }).join(';');
  }

  dayEnd(_span: SessionSpan, at: number): number {
    return NEW_YORK.momentOf(this.tradingDay(at) + 1, 0);
  }

  tradingDate(at: number): string {
    return dateText(this.tradingDay(at));
  }

  tradingDay(at: number): number {
    return NEW_YORK.dayOf(at);
  }

  completedSessions(at: number, count: number): readonly string[] {
    return this.completedDays(at, count).map(dateText);
  }

  completedDays(at: number, count: number): readonly number[] {
    return this.#regular.daysBefore(this.tradingDay(at), count);
  }

  nextChange(at: number): number {
    return this.dayEnd('trading', at);
  }

  sessionOn(span: SessionSpan, day: number): Session | undefined {
    return this.#regular.sessionOn(span, day);
  }
}

/** "20260105 09:30:00 US/Eastern": how TWS writes a moment. */
export function zonedText(at: number, zone: string): string {
  const clock = present(zoneClock(zone), zone);
  return `${dateText(clock.dayOf(at))} ${clockText(clock, at)} ${zone}`;
}

/** The date at `at` in a zone, in days since 1970. */
export function dayInZone(at: number, zone: string): number {
  return present(zoneClock(zone), zone).dayOf(at);
}

/** The same in New York, where TWS's own moments are. */
export function easternText(at: number): string {
  return zonedText(at, EXCHANGE_TIME_ZONE);
}

/** "09:30": the clock of the account window. */
export function easternClock(at: number): string {
  return clockText(NEW_YORK, at).slice(0, 5);
}

/** HH:MM:SS */
function clockText(clock: ZoneClock, at: number): string {
  return new Date(clock.timeOf(at)).toISOString().slice(11, 19);
}
