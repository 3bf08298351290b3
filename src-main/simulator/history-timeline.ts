import { present } from '#domain/assert';
import { MINUTE_MS } from '#simulator/calendar-day';
import { afterSplit, aggregate, subdivide, type Figures, type TimedFigures } from '#simulator/history-bars';
import type { DayFigures, PastDays } from '#simulator/history-days';
import { FINE_SLOT_MS, LiveBars } from '#simulator/history-live';
import type { SimulatedInstrument } from '#simulator/instruments';
import { noiseKey } from '#simulator/noise';
import { SLICES_MIN } from '#simulator/price-path';
import type { Quote } from '#simulator/quote-board';
import type { Session, SessionCalendar } from '#simulator/session-calendar';
import { tickDown, tickUp } from '#simulator/tick-rules';
import { zoneClock, type ZoneClock } from '#simulator/zone-clock';

const SECOND_MS = 1_000;
/** Outside regular hours little is traded, and near the open and the close. */
const EXTENDED_OF_VOLUME = 0.02;
const EXTENDED_OF_PRICE = 0.001;

/** One trading date of an instrument. */
export interface TimelineDay {
  readonly day: number;
  /** The whole day, so far. */
  readonly figures: Figures;
  /** When its first and its last trade may have happened: those of a day that is recorded are its own. */
  readonly session: Session;
  /** When the exchange opens; undefined on a day that only the demo market has. */
  readonly opening: number | undefined;
  /** Its regular hours; undefined for a day that was recorded. */
  readonly regular: Figures | undefined;
}

/** Everything that was ever traded of one instrument: the days before the market started, and what was recorded since. */
export class Timeline {
  readonly clock: ZoneClock;
  readonly #instrument: SimulatedInstrument;
  readonly #calendar: SessionCalendar;
  readonly #makePast: () => PastDays;
  readonly #live: LiveBars;
  #past: PastDays | undefined;
  /** Shares before and after all splits. */
  #split = { from: 1, to: 1 };
  /** What the calendar said, good until `until`. */
  #hours = { until: -Infinity, open: false, regular: false, day: 0 };

  constructor(
    instrument: SimulatedInstrument,
    calendar: SessionCalendar,
    makePast: () => PastDays,
    quote: Quote,
    startAt: number,
  ) {
    this.#instrument = instrument;
    this.#calendar = calendar;
    this.#makePast = makePast;
    this.#live = new LiveBars(quote);
    this.clock = present(zoneClock(calendar.zone), calendar.zone);
    const { open, day, regular } = this.#hoursAt(startAt);
    if (open) this.#live.begin(startAt, day, regular);
  }

  /** Takes down what `quote` shows new at `at`. */
  record(quote: Quote, at: number): void {
    const { open, day, regular } = this.#hoursAt(at);
    if (open) this.#live.record(quote, at, day, regular);
  }

  /** From now on the past is told in the new shares. */
  split(from: number, to: number): void {
    this.#split = { from: this.#split.from * from, to: this.#split.to * to };
    this.#live.split(from, to);
  }

  /** The first trading date of all. */
  firstDay(): number {
    return this.#pastDays().first;
  }

  /** When regular hours begin on `day`; its midnight when it has none. */
  opensAt(day: number): number {
    return this.#calendar.sessionOn('liquid', day)?.opensAt ?? this.clock.momentOf(day, 0);
  }

  /** The trading dates from `day` on, oldest first. */
  daysSince(day: number, regularOnly: boolean): readonly TimelineDay[] {
    const past = this.#pastDays()
      .since(day)
      .map((it) => this.#pastDay(it, regularOnly));
    const live = this.#live
      .days(regularOnly)
      .filter((it) => it.day >= day)
      .map((figures): TimelineDay => {
        const minutes = this.#liveMinutes(figures.day, regularOnly);
        const opensAt = minutes[0]?.at ?? this.opensAt(figures.day);
        const closesAt = (minutes.at(-1)?.at ?? opensAt) + MINUTE_MS;
        const opening = this.#calendar.sessionOn(regularOnly ? 'liquid' : 'trading', figures.day)?.opensAt;
        return { day: figures.day, figures, session: { opensAt, closesAt }, opening, regular: undefined };
      });
    return [...past, ...live];
  }

  /** The minutes of a day, oldest first. */
  minutesOf({ day, regular: whole }: TimelineDay, regularOnly: boolean): readonly TimedFigures[] {
    if (whole === undefined) return this.#liveMinutes(day, regularOnly);
    const liquid = this.#session('liquid', day);
    const regular = this.#minutesIn(liquid.opensAt, liquid.closesAt, whole);
    if (regularOnly) return regular;
    const trading = this.#session('trading', day);
    return [
      ...this.#minutesIn(trading.opensAt, liquid.opensAt, this.#outside(whole, whole.open)),
      ...regular,
      ...this.#minutesIn(liquid.closesAt, trading.closesAt, this.#outside(whole, whole.close)),
    ];
  }

  /** The seconds of a minute, those of the running one up to `now`. */
  secondsOf(minute: TimedFigures, now: number): readonly TimedFigures[] {
    const fine = this.#live.fineBarsOf(minute.at);
    const remembered = fine.length > 0 && aggregate(fine).volume === minute.volume;
    if (!remembered) return this.#slices(minute, MINUTE_MS / SECOND_MS, SECOND_MS);
    return fine.flatMap((bar) => {
      const passed = Math.min(FINE_SLOT_MS, now - bar.at) / SECOND_MS;
      return passed < SLICES_MIN ? [bar] : this.#slices(bar, Math.ceil(passed), SECOND_MS);
    });
  }

  #liveMinutes(day: number, regularOnly: boolean): readonly TimedFigures[] {
    const minutes = this.#live.minutesOf(day);
    return regularOnly ? minutes.filter(({ at }) => this.#calendar.isOpen('liquid', at)) : minutes;
  }

  #pastDays(): PastDays {
    this.#past ??= this.#makePast();
    return this.#past;
  }

  #pastDay(figures: DayFigures, regularOnly: boolean): TimelineDay {
    const onlyRegular = regularOnly || !this.#pastDays().extended;
    const session = this.#session(onlyRegular ? 'liquid' : 'trading', figures.day);
    const whole = afterSplit(figures, this.#split.from, this.#split.to);
    const outside = regularOnly ? [] : this.#outsideParts(whole, figures.day);
    const volume = outside.reduce((sum, it) => sum + it.volume, whole.volume);
    const count = outside.reduce((sum, it) => sum + it.count, whole.count);
    const opening = session.opensAt;
    return { day: figures.day, figures: { ...whole, volume, count }, session, opening, regular: whole };
  }

  /** What was traded before and after the regular hours of a day. */
  #outsideParts(whole: Figures, day: number): readonly Figures[] {
    const [trading, liquid] = [this.#session('trading', day), this.#session('liquid', day)];
    return [
      ...(trading.opensAt < liquid.opensAt ? [this.#outside(whole, whole.open)] : []),
      ...(liquid.closesAt < trading.closesAt ? [this.#outside(whole, whole.close)] : []),
    ].flatMap((it) => (it === undefined ? [] : [it]));
  }

  #outside({ high, low, volume, count }: Figures, around: number): Figures | undefined {
    if (!this.#pastDays().extended) return undefined;
    const rule = this.#instrument.marketRuleId;
    return {
      ...{ open: around, close: around, wap: around },
      high: Math.min(high, tickUp(rule, around * (1 + EXTENDED_OF_PRICE))),
      low: Math.max(low, tickDown(rule, around * (1 - EXTENDED_OF_PRICE))),
      volume: Math.floor(volume * EXTENDED_OF_VOLUME),
      count: Math.floor(count * EXTENDED_OF_VOLUME),
    };
  }

  #minutesIn(from: number, to: number, figures: Figures | undefined): readonly TimedFigures[] {
    if (figures === undefined || from >= to) return [];
    return this.#slices({ at: from, ...figures }, (to - from) / MINUTE_MS, MINUTE_MS);
  }

  #slices(whole: TimedFigures, slices: number, sliceMs: number): readonly TimedFigures[] {
    const key = noiseKey(this.#instrument.conId, whole.at);
    return subdivide(whole, slices, key, this.#instrument.marketRuleId).map((slice, place) => ({
      at: whole.at + place * sliceMs,
      ...slice,
    }));
  }

  #session(span: 'liquid' | 'trading', day: number): Session {
    return present(this.#calendar.sessionOn(span, day), 'session of a past day');
  }

  #hoursAt(at: number): { readonly open: boolean; readonly regular: boolean; readonly day: number } {
    if (at >= this.#hours.until) {
      this.#hours = {
        until: this.#calendar.nextChange(at),
        open: this.#calendar.isOpen('trading', at),
        regular: this.#calendar.isOpen('liquid', at),
        day: this.#calendar.tradingDay(at),
      };
    }
    return this.#hours;
  }
}
