import { present } from '#domain/assert';
import type { ConId, EpochMs, ExecId } from '#domain/ids';
import { add, isZero, subtract, ZERO_MONEY, type Money, type Price } from '#domain/money';
import type { DayMark, PnlFigures } from '#domain/pnl';
import { markOf } from '#domain/position-value';
import type { Quote } from '#domain/quote';
import type { EngineFacts } from '#engine/engine-facts';
import { exchangeRateOf } from '#engine/portfolio/exchange-rates';
import {
  NO_FILLS,
  partOf,
  pnlOf,
  withPart,
  type DaySums,
  type FillPart,
  type KnownPnl,
} from '#engine/portfolio/day-pnl';
import { ACCOUNT_ZONE, sessionDayAt, type SessionDay } from '#engine/portfolio/session-day';

/** A mark taken so long after the reset is another one than that of the reset. */
const MARK_LATE_MAX_MS = 5 * 60_000;

/** The day of one instrument that is held, or was traded since its day began. */
export interface InstrumentDay extends SessionDay {
  readonly conId: ConId;
  readonly symbol: string;
  readonly zone: string;
  readonly sums: DaySums;
  readonly pnl: KnownPnl;
}

interface BookedPart {
  readonly conId: ConId;
  readonly part: FillPart;
}

/** A sum over all instruments, and how many of them are not in it for not being known. */
interface Total {
  readonly sum: Money;
  readonly unknown: number;
}

type Totals = Readonly<Record<keyof PnlFigures, Total>>;
const NOTHING: Total = { sum: ZERO_MONEY, unknown: 0 };
const NOT_COUNTED: KnownPnl = {
  daily: ZERO_MONEY,
  unrealised: ZERO_MONEY,
  realised: ZERO_MONEY,
  why: '',
  whyDaily: '',
};

/**
 * Profit and loss of the running day by instrument, and over the account as running sums: a fill, a tick or a commission
 * costs the same however much was traded. All of it follows from the durable fills, closings, positions and marks.
 */
export class DayBook {
  readonly #days = new Map<ConId, InstrumentDay>();
  readonly #parts = new Map<ExecId, BookedPart>();
  #totals: Totals = { daily: NOTHING, unrealised: NOTHING, realised: NOTHING };
  /** undefined: to be looked for. */
  #nextReset: EpochMs | null | undefined = null;
  #isOpen = false;

  /** False before the fills of the running days were counted once. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  get days(): IterableIterator<InstrumentDay> {
    return this.#days.values();
  }

  /** When the first of the days ends; null while there is none. */
  get nextReset(): EpochMs | null {
    if (this.#nextReset === undefined) {
      this.#nextReset = null;
      for (const { until } of this.#days.values()) {
        if (this.#nextReset === null || until < this.#nextReset) this.#nextReset = until;
      }
    }
    return this.#nextReset;
  }

  of(conId: ConId): InstrumentDay | undefined {
    return this.#days.get(conId);
  }

  /** A figure over the whole account; null while one of its instruments is not known. */
  total(figure: keyof PnlFigures): Money | null {
    const { sum, unknown } = this.#totals[figure];
    return unknown === 0 ? sum : null;
  }

  /** Counts what a process life begins with: the fills since the day of each instrument began. */
  open(state: EngineFacts, at: EpochMs): void {
    this.#isOpen = true;
    for (const execId of state.durable.fills.keys()) this.book(state, at, execId);
    for (const conId of state.durable.positions.keys()) this.refresh(state, at, conId);
  }

  /** Fill `execId` came, was replaced, or has its commission now. */
  book({ durable }: EngineFacts, at: EpochMs, execId: ExecId): void {
    const booked = this.#parts.get(execId);
    if (booked !== undefined) {
      this.#parts.delete(execId);
      this.#count(booked, -1);
    }
    const fill = durable.fills.get(execId);
    if (fill === undefined) return;
    const { conId, symbol } = fill;
    const day = this.#days.get(conId) ?? newDay(durable.instruments.get(conId)?.timeZone, conId, symbol, at);
    if (fill.at < day.began) return;
    this.#set(day);
    const part: BookedPart = { conId, part: partOf(fill, durable.closings.get(execId)) };
    this.#parts.set(execId, part);
    this.#count(part, 1);
  }

  /** The position, trades, price, rate or definition of `conId` may have changed. */
  refresh(state: EngineFacts, at: EpochMs, conId: ConId): void {
    const { durable, observed } = state;
    const position = durable.positions.get(conId);
    if (position === undefined) return;
    const { quantity: held, averageCost, symbol } = position;
    const known = this.#days.get(conId);
    const instrument = durable.instruments.get(conId);
    if (known === undefined && isZero(held)) return;
    if (known !== undefined && instrument !== undefined && known.zone !== instrument.timeZone) {
      this.restart(state, at, [conId]);
      return;
    }
    const day = known ?? newDay(instrument?.timeZone, conId, symbol, at);
    if (isZero(held) && day.sums.fills === 0) {
      this.#drop(day);
      return;
    }
    const quote = observed.quotes.get(conId);
    const pnl = pnlOf({
      sums: day.sums,
      held,
      averageCost,
      instrument,
      mark: markOf(quote),
      markBefore: markBefore(durable.dayMarks.get(conId), day, quote),
      rateOf: (currency) => exchangeRateOf(state, currency),
    });
    this.#retotal(day.pnl, pnl);
    this.#set({ ...day, pnl });
  }

  /** The instruments whose day has ended, and the mark of each at its reset, where it was seen in time. */
  ended({ observed }: EngineFacts, at: EpochMs): { readonly conIds: readonly ConId[]; readonly marks: DayMark[] } {
    const over = [...this.#days.values()].filter(({ until }) => until <= at);
    const marks = over.flatMap(({ conId, until: resetAt }): DayMark[] => {
      const quote = observed.quotes.get(conId);
      const mark = quote?.live === true && at - resetAt <= MARK_LATE_MAX_MS ? markOf(quote) : null;
      return mark === null ? [] : [{ conId, resetAt, mark }];
    });
    return { conIds: over.map(({ conId }) => conId), marks };
  }

  /** The days of `conIds` begin anew, with what was filled since. */
  restart(state: EngineFacts, at: EpochMs, conIds: readonly ConId[]): void {
    const restarted = new Set(conIds);
    for (const conId of restarted) this.#drop(present(this.#days.get(conId), 'the day that begins anew'));
    for (const [execId, { conId }] of this.#parts) if (restarted.has(conId)) this.#parts.delete(execId);
    for (const [execId, { conId }] of state.durable.fills) {
      if (restarted.has(conId)) this.book(state, at, execId);
    }
    for (const conId of restarted) this.refresh(state, at, conId);
  }

  #set(day: InstrumentDay): void {
    if (!this.#days.has(day.conId)) this.#nextReset = undefined;
    this.#days.set(day.conId, day);
  }

  #drop(day: InstrumentDay): void {
    this.#retotal(day.pnl, NOT_COUNTED);
    this.#days.delete(day.conId);
    this.#nextReset = undefined;
  }

  #count({ conId, part }: BookedPart, direction: 1 | -1): void {
    const day = present(this.#days.get(conId), 'the day of a fill that counts');
    this.#days.set(conId, { ...day, sums: withPart(day.sums, part, direction) });
  }

  #retotal(before: PnlFigures, after: PnlFigures): void {
    const moved = (figure: keyof PnlFigures): Total => {
      const { sum, unknown } = this.#totals[figure];
      const [old, now] = [before[figure], after[figure]];
      if (old === now) return this.#totals[figure];
      return {
        sum: add(subtract(sum, old ?? ZERO_MONEY), now ?? ZERO_MONEY),
        unknown: unknown - (old === null ? 1 : 0) + (now === null ? 1 : 0),
      };
    };
    this.#totals = { daily: moved('daily'), unrealised: moved('unrealised'), realised: moved('realised') };
  }
}

function newDay(timeZone: string | undefined, conId: ConId, symbol: string, at: EpochMs): InstrumentDay {
  const zone = timeZone ?? ACCOUNT_ZONE;
  return { ...sessionDayAt(zone, at), conId, symbol, zone, sums: NO_FILLS, pnl: NOT_COUNTED };
}

/** The mark at which the day began: the one that we saw, else IBKR's close of the day before. */
function markBefore(seen: DayMark | undefined, day: SessionDay, quote: Quote | undefined): Price | null {
  return seen?.resetAt === day.began ? seen.mark : (quote?.close ?? null);
}
