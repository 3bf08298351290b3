import type { Bar, BarQuery } from '#domain/bar';
import { present } from '#domain/assert';
import { epochMs, laterBy, type EpochMs } from '#domain/ids';
import type { Instrument } from '#domain/instrument';
import { priceFromNumber, quantityFromNumber } from '#domain/money';
import { err, ok, type Result } from '#domain/result';
import { BAR_MINUTES } from './ib-history-plan';
import { timestampOf } from './ib-time';

/** A bar as the library hands it over; what is unset is undefined. */
export interface WireBar {
  /** Seconds since 1970, or YYYYMMDD for a daily bar: requests ask for format 2. */
  readonly time: string;
  readonly open: number | undefined;
  readonly high: number | undefined;
  readonly low: number | undefined;
  readonly close: number | undefined;
  /** −1 where bars have none. */
  readonly volume: number | undefined;
}

const DAILY = /^\d{8}$/;
const SECONDS = /^\d{9,11}$/;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Where `date` (YYYYMMDD) begins at the exchange; in UTC where its zone is not known. */
function midnightOf(date: string, { timeZone }: Instrument): EpochMs {
  const midnight = timestampOf(`${date} 00:00:00 ${timeZone}`, timeZone) ?? timestampOf(`${date}-00:00:00`, timeZone);
  return present(midnight, 'the beginning of a day');
}

function dayAfter(date: string, instrument: Instrument): string {
  const midnight = new Date(midnightOf(date, { ...instrument, timeZone: '' }) + DAY_MS);
  return midnight.toISOString().slice(0, 10).replaceAll('-', '');
}

/** When the session of `date` ends: its last close where the hours of that day are known, else midnight. */
function sessionEndOf(date: string, { instrument, regularHoursOnly }: BarQuery): EpochMs {
  const begins = midnightOf(date, instrument);
  const ends = midnightOf(dayAfter(date, instrument), instrument);
  const hours = (regularHoursOnly ? instrument.liquidHours : instrument.tradingHours) ?? [];
  const closes = hours.map((session) => session.closes).filter((at) => at > begins && at <= ends);
  return closes.length === 0 ? ends : epochMs(Math.max(...closes));
}

/** Where a bar begins, or its session: a request that ends there answers with what is older. */
export function beginningOf(bar: WireBar, { barSize, instrument }: BarQuery): EpochMs {
  return barSize === '1 day' ? midnightOf(bar.time, instrument) : epochMs(Number(bar.time) * 1_000);
}

/** The end of a request as IBKR reads it: `20260105-14:30:00`, UTC. */
export function endText(at: EpochMs): string {
  const [date = '', time = ''] = new Date(at).toISOString().split('T');
  return `${date.replaceAll('-', '')}-${time.slice(0, 8)}`;
}

/** True for a bar whose time can be read. */
export function isTimed({ time }: WireBar, { barSize }: BarQuery): boolean {
  return (barSize === '1 day' ? DAILY : SECONDS).test(time);
}

/**
 * Reads bars.
 * @param wires - oldest first, each with a time that can be read; the last is the newest IBKR has.
 * @returns which one can not be read, when one can not.
 */
export function decodeBars(query: BarQuery, wires: readonly WireBar[], now: EpochMs): Result<readonly Bar[], string> {
  const bars: Bar[] = [];
  for (const [index, wire] of wires.entries()) {
    const [open, high, low, close] = [wire.open, wire.high, wire.low, wire.close].map(priceFromNumber);
    if (open === undefined || high === undefined || low === undefined || close === undefined) {
      return err(`the bar of ${wire.time} lacks a price`);
    }
    const volume = quantityFromNumber(wire.volume) ?? null;
    // Only the newest bar can still run.
    const figures = { open, high, low, close, volume, complete: index < wires.length - 1 || isOver(wire, query, now) };
    bars.push(
      query.barSize === '1 day'
        ? { kind: 'daily', session: wire.time.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3'), ...figures }
        : { kind: 'intraday', begins: beginningOf(wire, query), ...figures },
    );
  }
  return ok(bars);
}

function isOver(wire: WireBar, query: BarQuery, now: EpochMs): boolean {
  const { barSize } = query;
  const ends =
    barSize === '1 day'
      ? sessionEndOf(wire.time, query)
      : laterBy(beginningOf(wire, query), BAR_MINUTES[barSize] * MINUTE_MS);
  return ends <= now;
}
