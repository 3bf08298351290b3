import { epochMs, type EpochMs } from '#domain/ids';

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

/** Clocks change at full quarters of an hour of UTC, so that one offset holds for the whole quarter. */
const QUARTER_MS = 15 * 60 * 1000;
/** Quarters remembered of one zone: a reconciliation brings thousands of executions of a few hours. */
const QUARTERS_MAX = 1_000;

const clocks = new Map<string, ZoneClock | null>();

/** The wall clock of a zone as IBKR names it, e.g. `US/Eastern` or `EST (Eastern Standard Time)`; null when unknown. */
export function zoneClockOf(zone: string): ZoneClock | null {
  const known = clocks.get(zone);
  if (known !== undefined) return known;
  const clock = makeClock(zone.replace(/ *\(.*$/, ''));
  clocks.set(zone, clock);
  return clock;
}

function makeClock(zone: string): ZoneClock | null {
  try {
    return new ZoneClock(
      new Intl.DateTimeFormat('en-US', {
        timeZone: IBKR_ZONES.get(zone) ?? zone,
        hourCycle: 'h23',
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
      }),
    );
  } catch {
    return null; // RangeError: no such zone, which is an answer and not a fault
  }
}

/** The wall clock of one zone, through every change to and from summer time. */
export class ZoneClock {
  readonly #format: Intl.DateTimeFormat;
  readonly #offsets = new Map<number, number>();

  constructor(format: Intl.DateTimeFormat) {
    this.#format = format;
  }

  /** What the clock shows at `at`, as if that were UTC, in milliseconds since 1970. */
  wallAt(at: number): number {
    return at + this.#offsetMsAt(at);
  }

  /** The moment at which the clock shows `wall`, in the same terms. */
  momentOf(wall: number): EpochMs {
    // The offset of the first guess may be that of the other side of a clock change; the second is right.
    const guess = wall - this.#offsetMsAt(wall);
    return epochMs(wall - this.#offsetMsAt(guess));
  }

  #offsetMsAt(at: number): number {
    const quarter = Math.floor(at / QUARTER_MS);
    const known = this.#offsets.get(quarter);
    if (known !== undefined) return known;
    const offset = this.#computedOffsetMs(quarter * QUARTER_MS);
    if (this.#offsets.size >= QUARTERS_MAX) this.#offsets.clear();
    this.#offsets.set(quarter, offset);
    return offset;
  }

  #computedOffsetMs(at: number): number {
    const parts = new Map(this.#format.formatToParts(at).map((part) => [part.type, Number(part.value)]));
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
}
