import { MINUTE_MS } from '#simulator/calendar-day';
import { aggregate, afterSplit, type Figures, type TimedFigures } from '#simulator/history-bars';
import type { DayFigures } from '#simulator/history-days';
import type { Quote } from '#simulator/quote-board';

export const FINE_SLOT_MS = 5_000;
/** An hour of five seconds, a day and a bit of minutes, a year of days. */
const FINE_KEPT_MAX = 720;
const MINUTES_KEPT_MAX = 1_500;
const DAYS_KEPT_MAX = 252;

interface Slot extends TimedFigures {
  readonly day: number;
}

/** Bars of one length, the newest growing with each trade. */
class Series {
  slots: Slot[] = [];
  readonly #slotMs: number;
  readonly #keptMax: number;

  constructor(slotMs: number, keptMax: number) {
    this.#slotMs = slotMs;
    this.#keptMax = keptMax;
  }

  add(at: number, day: number, trade: Figures): void {
    const start = this.#slotMs === Infinity ? 0 : at - (at % this.#slotMs);
    const last = this.slots.at(-1);
    if (last?.at === start && last.day === day) {
      this.slots[this.slots.length - 1] = { at: start, day, ...aggregate([last, trade]) };
      return;
    }
    this.slots.push({ at: start, day, ...trade });
    if (this.slots.length > this.#keptMax) this.slots.shift();
  }
}

/** What was traded of one instrument since the market started. */
export class LiveBars {
  readonly #fine = new Series(FINE_SLOT_MS, FINE_KEPT_MAX);
  readonly #minutes = new Series(MINUTE_MS, MINUTES_KEPT_MAX);
  readonly #days = new Series(Infinity, DAYS_KEPT_MAX);
  /** The same days in their regular hours. */
  readonly #regularDays = new Series(Infinity, DAYS_KEPT_MAX);
  #shown: Quote;

  constructor(quote: Quote) {
    this.#shown = quote;
  }

  /** Begins the day at `at` with what is on display already. */
  begin(at: number, day: number, regular: boolean): void {
    const { open, high, low, last, volume } = this.#shown;
    this.#add(at, day, regular, { open, high, low, close: last, volume, count: 1, wap: last });
  }

  /** Takes what `quote` shows new at `at`, on trading date `day`, in regular hours or outside of them. */
  record(quote: Quote, at: number, day: number, regular: boolean): void {
    const before = this.#shown;
    const { last, volume } = quote;
    // A volume that shrank is that of a new day.
    const traded = volume < before.volume ? volume : volume - before.volume;
    this.#shown = quote;
    if (last === before.last && traded === 0) return;
    // A replayed day may have met its high or low between two ticks.
    const high = quote.high > before.high ? quote.high : last;
    const low = quote.low < before.low ? quote.low : last;
    this.#add(at, day, regular, { open: last, high, low, close: last, volume: traded, count: 1, wap: last });
  }

  /** After a split the past is told in the new shares. */
  split(from: number, to: number): void {
    for (const series of [this.#fine, this.#minutes, this.#days, this.#regularDays]) {
      series.slots = series.slots.map((slot) => afterSplit(slot, from, to));
    }
  }

  /** The trading dates on which something traded, oldest first. */
  days(regularOnly: boolean): readonly DayFigures[] {
    return (regularOnly ? this.#regularDays : this.#days).slots;
  }

  minutesOf(day: number): readonly TimedFigures[] {
    return this.#minutes.slots.filter((slot) => slot.day === day);
  }

  /** The bars of five seconds of the minute that begins at `at`, as far as they are remembered. */
  fineBarsOf(at: number): readonly TimedFigures[] {
    return this.#fine.slots.filter((slot) => slot.at >= at && slot.at < at + MINUTE_MS);
  }

  #add(at: number, day: number, regular: boolean, trade: Figures): void {
    for (const series of [this.#fine, this.#minutes, this.#days]) series.add(at, day, trade);
    if (regular) this.#regularDays.add(at, day, trade);
  }
}
