import { present } from '#domain/assert';
import type { SimulatedInstrument } from '#simulator/instruments';
import { calendarFor, EXCHANGE_TIME_ZONE, type SessionKind, type SessionSpan } from '#simulator/session-calendar';
import { zoneClock } from '#simulator/zone-clock';

const NEW_YORK = present(zoneClock(EXCHANGE_TIME_ZONE), EXCHANGE_TIME_ZONE);

type OpenSpans = Readonly<Record<SessionSpan, boolean>>;

/** When each instrument trades. It asks the calendars only when an answer may have changed. */
export class MarketHours {
  readonly kind: SessionKind;
  readonly #instruments: readonly SimulatedInstrument[];
  #open: readonly OpenSpans[] = [];
  /** `#open` holds from here up to and without `#until`. */
  #from = Infinity;
  #until = -Infinity;
  #closed = false;
  /** What `changes` has told, and until when nothing else can be told. */
  #told: readonly OpenSpans[];
  #toldUntil: number;

  constructor(kind: SessionKind, instruments: readonly SimulatedInstrument[], startAt: number) {
    this.kind = kind;
    this.#instruments = instruments;
    this.#ask(startAt);
    this.#told = this.#open;
    this.#toldUntil = this.#until;
  }

  /** The zone the instrument's dates are written in. */
  zoneOf(instrument: SimulatedInstrument): string {
    return calendarFor(this.kind, instrument).zone;
  }

  /** Closes every market, or lets them follow their hours again. */
  setClosed(closed: boolean): void {
    this.#closed = closed;
    this.#until = -Infinity;
    this.#toldUntil = -Infinity;
  }

  /** Instruments for which a market has opened or closed since the last call. */
  changes(at: number): readonly SimulatedInstrument[] {
    if (at < this.#toldUntil) return [];
    if (at >= this.#until) this.#ask(at);
    const told = this.#told;
    this.#told = this.#open;
    this.#toldUntil = this.#until;
    return this.#instruments.filter(({ index }) => differs(told[index], this.#open[index]));
  }

  isOpen({ index }: SimulatedInstrument, span: SessionSpan, at: number): boolean {
    if (at < this.#from || at >= this.#until) this.#ask(at);
    return present(this.#open[index], 'hours')[span];
  }

  /** When a day order taken at `at` expires. */
  dayEnd(instrument: SimulatedInstrument, span: SessionSpan, at: number): number {
    return calendarFor(this.kind, instrument).dayEnd(span, at);
  }

  /** The New York midnight before `at`: what TWS reports about "today" begins there. */
  startOfDay(at: number): number {
    return NEW_YORK.momentOf(NEW_YORK.dayOf(at), 0);
  }

  /** The New York midnight after `at`. */
  endOfDay(at: number): number {
    return NEW_YORK.momentOf(NEW_YORK.dayOf(at) + 1, 0);
  }

  #ask(at: number): void {
    const calendars = this.#instruments.map((instrument) => calendarFor(this.kind, instrument));
    this.#open = calendars.map((calendar) => ({
      trading: !this.#closed && calendar.isOpen('trading', at),
      liquid: !this.#closed && calendar.isOpen('liquid', at),
    }));
    this.#from = at;
    this.#until = Math.min(...[...new Set(calendars)].map((calendar) => calendar.nextChange(at)));
  }
}

function differs(a: OpenSpans | undefined, b: OpenSpans | undefined): boolean {
  return a?.trading !== b?.trading || a?.liquid !== b?.liquid;
}
