import { dateText } from '#simulator/calendar-day';
import { formatUnits } from '#simulator/fixed';
import type { Bar } from '#simulator/history-bars';
import type { HistoryQuery } from '#simulator/history-query';
import { zonedText } from '#simulator/session-calendar';
import type { ServerMessage } from '#simulator/tws/encode';
import type { WireField } from '#simulator/tws/wire';

/** What a bar's figures are when nothing is counted. */
const NOT_COUNTED = -1;
const SECOND_MS = 1_000;
const SECONDS_SINCE_1970 = 2;

/** How the moments of an answer are written. */
export interface MomentStyle {
  readonly zone: string;
  /** As the client asked: 2 is seconds since 1970, all else is text. */
  readonly formatDate: number;
  readonly barSize: HistoryQuery['barSize'];
}

/** HISTORICAL_DATA: what was covered, and the bars; from server version 124 on without a version of its own. */
export const historicalData = (
  reqId: number,
  start: number,
  end: number,
  bars: readonly Bar[],
  style: MomentStyle,
): ServerMessage => [
  17,
  reqId,
  zonedText(start, style.zone),
  zonedText(end, style.zone),
  bars.length,
  ...bars.flatMap((bar): WireField[] => [
    momentOf(bar, style),
    formatUnits(bar.open),
    formatUnits(bar.high),
    formatUnits(bar.low),
    formatUnits(bar.close),
    bar.volume,
    averageOf(bar),
    bar.count,
  ]),
];

/** HISTORICAL_DATA_UPDATE: the running bar, its fields in an order of their own. */
export const historicalDataUpdate = (reqId: number, bar: Bar, style: MomentStyle): ServerMessage => [
  90,
  reqId,
  bar.count,
  momentOf(bar, style),
  formatUnits(bar.open),
  formatUnits(bar.close),
  formatUnits(bar.high),
  formatUnits(bar.low),
  averageOf(bar),
  bar.volume,
];

/** HEAD_TIMESTAMP: `20160104-14:30:00` in UTC, or seconds since 1970. */
export const headTimestamp = (reqId: number, at: number, formatDate: number): ServerMessage => [
  88,
  reqId,
  formatDate === SECONDS_SINCE_1970 ? at / SECOND_MS : zonedText(at, 'UTC').replace(/ UTC$/, '').replace(' ', '-'),
];

/** A day's bar has its date whatever the style: TWS gives no moment for it. */
function momentOf({ at, day }: Bar, { zone, formatDate, barSize }: MomentStyle): WireField {
  if (barSize.kind !== 'intraday') return dateText(day);
  return formatDate === SECONDS_SINCE_1970 ? at / SECOND_MS : zonedText(at, zone);
}

function averageOf({ wap }: Bar): WireField {
  return wap === NOT_COUNTED ? NOT_COUNTED : formatUnits(wap);
}
