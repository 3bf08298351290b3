import { present } from '#domain/assert';
import { err, ok, type Result } from '#domain/result';
import { MINUTE_MS, monthOf, monthsBefore, weekdayOf, yearOf } from '#simulator/calendar-day';
import { venueOf, type Venue } from '#simulator/exchange-hours';
import { aggregate, type Bar, type Figures, type TimedFigures } from '#simulator/history-bars';
import { FileDays, InventedDays, type PastDays } from '#simulator/history-days';
import type { Duration, HistoryQuery, WhatToShow } from '#simulator/history-query';
import { Timeline, type TimelineDay } from '#simulator/history-timeline';
import type { SimulatedInstrument } from '#simulator/instruments';
import type { PriceFile } from '#simulator/price-file';
import type { Quote } from '#simulator/quote-board';
import { calendarFor, type SessionKind } from '#simulator/session-calendar';
import type { Rejection } from '#simulator/simulated-order';
import { tickAt } from '#simulator/tick-rules';

export interface HistoryOptions {
  readonly seed: number;
  /** When the market starts, ms since 1970: what is before is made up or out of the file, what is after is recorded. */
  readonly startAt: number;
  readonly session: SessionKind;
  readonly prices?: PriceFile | undefined;
}

/** Ten years. */
const SESSIONS_MADE_UP = 2_520;
export const BARS_PER_REQUEST_MAX = 20_000;
/** A request is answered in one go, so none may take long: as many minutes or seconds are looked at. */
const PIECES_PER_REQUEST_MAX = 100_000;
const SECOND_MS = 1_000;
/** A year has more days of the calendar than trading days, and so has a week with holidays. */
const CALENDAR_DAYS_PER_SESSION = 2;
const HOLIDAYS_IN_A_ROW_MAX = 15;
const DAYS_OF_SECONDS_MAX = 30;
const NOT_COUNTED = -1;

const WORDS: Readonly<Record<WhatToShow, string>> = {
  TRADES: 'Trades',
  MIDPOINT: 'Midpoint',
  BID: 'Bid',
  ASK: 'Ask',
  BID_ASK: 'BidAsk',
  ADJUSTED_LAST: 'AdjustedLast',
};

/** The historical data service of the simulated market: bars of every instrument, made when they are asked for. */
export class History {
  readonly #options: HistoryOptions;
  readonly #timelines: readonly Timeline[];
  readonly #sessions = new Map<Venue, readonly number[]>();

  /** @param quoteOf what is on display at the start. */
  constructor(
    options: HistoryOptions,
    instruments: readonly SimulatedInstrument[],
    quoteOf: (instrument: SimulatedInstrument) => Quote,
  ) {
    this.#options = options;
    this.#timelines = instruments.map((instrument) => {
      const calendar = calendarFor(options.session, instrument);
      const makePast = (): PastDays => this.#pastOf(instrument);
      return new Timeline(instrument, calendar, makePast, quoteOf(instrument), options.startAt);
    });
  }

  /** Takes down what the quote of an instrument shows new at `at`. */
  record({ index }: SimulatedInstrument, quote: Quote, at: number): void {
    this.#timeline(index).record(quote, at);
  }

  /** `from` shares became `to`: the past is told in the new shares, as IBKR does. */
  split({ index }: SimulatedInstrument, from: number, to: number): void {
    this.#timeline(index).split(from, to);
  }

  /** The first moment for which there are bars, ms since 1970. */
  headOf({ index }: SimulatedInstrument): number {
    const timeline = this.#timeline(index);
    return timeline.opensAt(timeline.firstDay());
  }

  /**
   * The bars that `query` asks for at `at`, oldest first; the running one is among them.
   * @returns error 162 when there are none or too many.
   */
  bars(instrument: SimulatedInstrument, query: HistoryQuery, at: number): Result<readonly Bar[], Rejection> {
    const noTrades = instrument.secType === 'CASH' && (query.show === 'TRADES' || query.show === 'ADJUSTED_LAST');
    const found = noTrades ? [] : this.#find(this.#timeline(instrument.index), query, at);
    if (found === undefined || found.length > BARS_PER_REQUEST_MAX) return refuse('Time length exceed max.');
    if (found.length > 0) return ok(found.map((bar) => shown(bar, query.show, instrument.marketRuleId)));
    return refuse(`HMDS query returned no data: ${instrument.localSymbol}@${instrument.exchange} ${WORDS[query.show]}`);
  }

  /** The newest bar of a query that goes on; undefined before the first trade. */
  newestBar(instrument: SimulatedInstrument, query: HistoryQuery, at: number): Bar | undefined {
    const found = this.bars(instrument, { ...query, duration: durationOfOne(query) }, at);
    return found.ok ? found.value.at(-1) : undefined;
  }

  #find(timeline: Timeline, query: HistoryQuery, at: number): readonly Bar[] | undefined {
    const { barSize, regularHoursOnly } = query;
    // A trade of this very moment has happened.
    const end = query.end === undefined || query.end > at ? at + 1 : query.end;
    const days = daysWithin(timeline, this.#withDayBefore(timeline, query, at), end);
    if (barSize.kind !== 'intraday') return longBars(timeline, days, query, end);
    const pieceMs = barSize.ms < MINUTE_MS ? SECOND_MS : MINUTE_MS;
    const span = days.reduce((sum, { session }) => sum + session.closesAt - session.opensAt, 0);
    if (query.duration.unit !== 'S' && span / pieceMs > PIECES_PER_REQUEST_MAX) return undefined;
    const { from, minutes } =
      query.duration.unit === 'S'
        ? lastSeconds(timeline, days, query.duration.count, regularHoursOnly, end, barSize.ms)
        : { from: -Infinity, minutes: days.flatMap((day) => minutesOf(timeline, day, regularHoursOnly, end)) };
    const pieces =
      pieceMs === MINUTE_MS
        ? minutes
        : minutes.flatMap((minute) => timeline.secondsOf(minute, at).map((it) => ({ ...it, of: minute.of })));
    return intradayBars(
      timeline,
      pieces.filter((piece) => piece.at >= from && piece.at < end),
      barSize.ms,
    );
  }

  /**
   * In the market that is always open, the day on which it was started is only the rest of one: whoever asks for the last
   * days of five minutes gets one day more, and not the two minutes since the start alone.
   */
  #withDayBefore({ clock }: Timeline, query: HistoryQuery, at: number): HistoryQuery {
    const { session, startAt } = this.#options;
    const { unit, count } = query.duration;
    const isRest = session === 'always-open' && query.end === undefined && clock.dayOf(at) === clock.dayOf(startAt);
    if (!isRest || unit !== 'D' || query.barSize.kind !== 'intraday') return query;
    return { ...query, duration: { unit, count: count + 1 } };
  }

  #pastOf(instrument: SimulatedInstrument): PastDays {
    const { seed, prices } = this.#options;
    const sessions = this.#sessionsOf(instrument);
    return prices?.rows.has(instrument.localSymbol) === true
      ? new FileDays(prices, instrument.localSymbol, sessions)
      : new InventedDays(seed, instrument, sessions);
  }

  #sessionsOf(instrument: SimulatedInstrument): readonly number[] {
    const { startAt, session, prices } = this.#options;
    const venue = venueOf(instrument);
    const count = Math.max(SESSIONS_MADE_UP, prices?.dates.length ?? 0);
    const sessions = this.#sessions.get(venue) ?? calendarFor(session, instrument).completedDays(startAt, count);
    this.#sessions.set(venue, sessions);
    return sessions;
  }

  #timeline(index: number): Timeline {
    return present(this.#timelines[index], 'timeline');
  }
}

/** A minute with the day it belongs to. */
interface Piece extends TimedFigures {
  readonly of: TimelineDay;
}

function refuse(message: string): { readonly ok: false; readonly error: Rejection } {
  return err({ code: 162, text: `Historical Market Data Service error message:${message}` });
}

/** The days that a request may need, oldest first. */
function daysWithin(timeline: Timeline, query: HistoryQuery, end: number): readonly TimelineDay[] {
  const { count, unit } = query.duration;
  const last = timeline.clock.dayOf(end - 1);
  const since = (day: number): readonly TimelineDay[] =>
    timeline.daysSince(day, query.regularHoursOnly).filter(({ session }) => session.opensAt < end);
  switch (unit) {
    case 'S':
      return since(last - DAYS_OF_SECONDS_MAX);
    case 'D':
      return since(last - count * CALENDAR_DAYS_PER_SESSION - HOLIDAYS_IN_A_ROW_MAX).slice(-count);
    case 'W':
      return since(last - count * 7 + 1);
    case 'M':
      return since(monthsBefore(last, count) + 1);
    case 'Y':
      return since(monthsBefore(last, count * 12) + 1);
  }
}

function minutesOf(timeline: Timeline, of: TimelineDay, regularOnly: boolean, end: number): readonly Piece[] {
  return timeline.minutesOf(of, regularOnly).flatMap((it) => (it.at < end ? [{ ...it, of }] : []));
}

/** The minutes of the last `count` seconds before the last trade that is before `end`, and where their first bar begins. */
function lastSeconds(
  timeline: Timeline,
  days: readonly TimelineDay[],
  count: number,
  regularOnly: boolean,
  end: number,
  barMs: number,
): { readonly from: number; readonly minutes: readonly Piece[] } {
  const found: (readonly Piece[])[] = [];
  let from = Infinity;
  for (const day of days.toReversed()) {
    const minutes = minutesOf(timeline, day, regularOnly, end);
    const last = minutes.at(-1);
    if (from === Infinity && last !== undefined) {
      const first = Math.min(end, last.at + MINUTE_MS) - count * SECOND_MS;
      from = first - (timeline.clock.timeOf(first) % barMs);
    }
    found.unshift(minutes.filter(({ at }) => at + MINUTE_MS > from));
    if (day.session.opensAt <= from) break;
  }
  return { from, minutes: found.flat() };
}

/** Bars of a day and longer. */
function longBars(
  timeline: Timeline,
  days: readonly TimelineDay[],
  { barSize, regularHoursOnly }: HistoryQuery,
  end: number,
): readonly Bar[] {
  const bars = days.map((day): Bar => {
    const figures = figuresUntil(timeline, day, regularHoursOnly, end);
    return { ...figures, at: day.session.opensAt, day: day.day };
  });
  if (barSize.kind === 'day') return bars;
  const groupOf = barSize.kind === 'week' ? weekOf : monthNumberOf;
  return runsOf(bars, ({ day }) => groupOf(day)).map((run) => {
    const last = present(run.at(-1), 'last day of a week or month');
    return { ...aggregate(run), at: last.at, day: last.day };
  });
}

/** A day's figures, or those of the part of it that is before `end`. */
function figuresUntil(timeline: Timeline, day: TimelineDay, regularOnly: boolean, end: number): Figures {
  if (day.session.closesAt - MINUTE_MS < end) return day.figures;
  return aggregate(timeline.minutesOf(day, regularOnly).filter(({ at }) => at < end));
}

/** Pieces gathered by the exchange's clock: bars begin at whole multiples of their length, or with the session. */
function intradayBars(timeline: Timeline, pieces: readonly Piece[], barMs: number): readonly Bar[] {
  const slotOf = ({ at }: Piece): number => at - (timeline.clock.timeOf(at) % barMs);
  const runs = runsOf(pieces, (piece) => slotOf(piece));
  return runs.map((run) => {
    const first = present(run[0], 'first piece of a bar');
    const { day, opening } = first.of;
    const slot = slotOf(first);
    const at = opening !== undefined && opening > slot && opening <= first.at ? opening : slot;
    return { at, day, ...aggregate(run) };
  });
}

/** Cuts a list where the key changes. */
function runsOf<T>(items: readonly T[], keyOf: (item: T) => number): readonly (readonly T[])[] {
  const runs: T[][] = [];
  let before: number | undefined;
  for (const item of items) {
    const key = keyOf(item);
    if (key === before) runs.at(-1)?.push(item);
    else runs.push([item]);
    before = key;
  }
  return runs;
}

/** A bar as it is told: the quotes lie one tick around the trades. */
function shown(bar: Bar, show: WhatToShow, ruleId: number): Bar {
  const tick = tickAt(ruleId, bar.close);
  const quoted = { volume: NOT_COUNTED, count: NOT_COUNTED, wap: NOT_COUNTED };
  const moved = (by: number): Bar => ({
    ...bar,
    ...{ open: Math.max(tick, bar.open + by), high: Math.max(tick, bar.high + by) },
    ...{ low: Math.max(tick, bar.low + by), close: Math.max(tick, bar.close + by) },
    ...quoted,
  });
  switch (show) {
    case 'TRADES':
    case 'ADJUSTED_LAST':
      return bar;
    case 'MIDPOINT':
      return moved(0);
    case 'BID':
      return moved(-tick);
    case 'ASK':
      return moved(tick);
    case 'BID_ASK': {
      // Average bid, highest ask, lowest bid, average ask.
      const [bid, ask] = [moved(-tick), moved(tick)];
      return { ...bid, open: Math.max(tick, bar.wap - tick), high: ask.high, close: bar.wap + tick };
    }
  }
}

function durationOfOne({ barSize }: HistoryQuery): Duration {
  switch (barSize.kind) {
    case 'intraday':
      return { count: barSize.ms / SECOND_MS, unit: 'S' };
    case 'day':
      return { count: 1, unit: 'D' };
    case 'week':
      return { count: 1, unit: 'W' };
    case 'month':
      return { count: 1, unit: 'M' };
  }
}

/** Weeks begin on Monday. */
function weekOf(day: number): number {
  return day - ((weekdayOf(day) + 6) % 7);
}

function monthNumberOf(day: number): number {
  return yearOf(day) * 12 + monthOf(day);
}
