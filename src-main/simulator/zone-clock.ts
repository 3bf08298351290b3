import { DAY_MS, dayOfDate, MINUTE_MS } from '#simulator/calendar-day';

/** IBKR's short names that Intl reads as a fixed offset though the exchanges behind them follow summer time. */
const IBKR_ZONES: ReadonlyMap<string, string> = new Map([
  ['MET', 'Europe/Berlin'],
  ['CET', 'Europe/Berlin'],
  ['EST', 'America/New_York'],
  ['CST', 'America/Chicago'],
]);
/** No zone changes its offset twice within this time. */
const SEARCH_STEP_MS = 14 * DAY_MS;

/** From `from` on (ms since 1970) the zone's clock is `offset` ms ahead of UTC. */
interface Transition {
  readonly from: number;
  readonly offset: number;
}

const clocks = new Map<string, ZoneClock | undefined>();

/** The clock of a zone named as IBKR or the tz database names it; undefined when there is none such. */
export function zoneClock(zone: string): ZoneClock | undefined {
  if (!clocks.has(zone)) clocks.set(zone, makeClock(zone));
  return clocks.get(zone);
}

function makeClock(zone: string): ZoneClock | undefined {
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: IBKR_ZONES.get(zone) ?? zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
    return new ZoneClock(format);
  } catch {
    return undefined; // RangeError: no such zone, which is an answer and not a fault
  }
}

/** The wall clock of one time zone. Intl is asked once for each year: it is far too slow to be asked at each tick. */
export class ZoneClock {
  readonly #format: Intl.DateTimeFormat;
  readonly #years = new Map<number, readonly Transition[]>();

  constructor(format: Intl.DateTimeFormat) {
    this.#format = format;
  }

  /** The local date at `at`, in days since 1970. */
  dayOf(at: number): number {
    return Math.floor((at + this.#offsetAt(at)) / DAY_MS);
  }

  /** The moment that the wall clock shows `minute` minutes after midnight of `day`; negative minutes: of the day before. */
  momentOf(day: number, minute: number): number {
    const wall = day * DAY_MS + minute * MINUTE_MS;
    const guess = wall - this.#offsetAt(wall);
    return wall - this.#offsetAt(guess);
  }

  /** ms since local midnight. */
  timeOf(at: number): number {
    return (at + this.#offsetAt(at)) % DAY_MS;
  }

  #offsetAt(at: number): number {
    const year = new Date(at).getUTCFullYear();
    let transitions = this.#years.get(year);
    if (transitions === undefined) {
      transitions = this.#transitionsOf(year);
      this.#years.set(year, transitions);
    }
    return transitions.reduce((offset, transition) => (at >= transition.from ? transition.offset : offset), 0);
  }

  #transitionsOf(year: number): readonly Transition[] {
    const end = dayOfDate(year + 1, 1, 1) * DAY_MS;
    let from = dayOfDate(year, 1, 1) * DAY_MS;
    let offset = this.#askedOffset(from);
    const transitions: Transition[] = [{ from, offset }];
    while (from < end) {
      const to = Math.min(end, from + SEARCH_STEP_MS);
      const after = this.#askedOffset(to);
      if (after !== offset) transitions.push({ from: this.#changeBetween(from, to), offset: after });
      [from, offset] = [to, after];
    }
    return transitions;
  }

  /** The minute at which the offset changes, by halving. */
  #changeBetween(from: number, to: number): number {
    const before = this.#askedOffset(from);
    let [low, high] = [from, to];
    while (high - low > MINUTE_MS) {
      const middle = Math.floor((low + high) / 2 / MINUTE_MS) * MINUTE_MS;
      if (this.#askedOffset(middle) === before) low = middle;
      else high = middle;
    }
    return high;
  }

  #askedOffset(at: number): number {
    const parts = new Map(this.#format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const field = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
    const wall =
      dayOfDate(field('year'), field('month'), field('day')) * DAY_MS +
      (field('hour') * 60 + field('minute')) * MINUTE_MS;
    return wall - Math.floor(at / MINUTE_MS) * MINUTE_MS;
  }
}
