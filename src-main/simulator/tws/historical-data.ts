import { monthsBefore } from '#simulator/calendar-day';
import type { Exchange } from '#simulator/exchange';
import type { Bar } from '#simulator/history-bars';
import { isShown, readHistoryQuery, type HistoryQuery } from '#simulator/history-query';
import type { SimulatedInstrument } from '#simulator/instruments';
import { calendarFor, dayInZone } from '#simulator/session-calendar';
import type { ClientConnection } from '#simulator/tws/client-connection';
import { errorMessage } from '#simulator/tws/encode';
import {
  headTimestamp,
  historicalData,
  historicalDataUpdate,
  type MomentStyle,
} from '#simulator/tws/historical-messages';
import { HistoricalPacing } from '#simulator/tws/historical-pacing';
import type {
  HeadTimestampRequest,
  HistoricalBarsRequest,
  HistoricalRequest,
} from '#simulator/tws/historical-requests';
import { findInstrument } from '#simulator/tws/instrument-lookup';
import { refuse, refuseContract } from '#simulator/tws/refusal';

const SERVICE = 'Historical Market Data Service error message:';
/** Requests that are kept up to date count as open. */
const OPEN_REQUESTS_MAX = 50;
/** TWS sends a running bar anew about this often. */
const UPDATE_INTERVAL_MS = 1_000;
const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;

/** A request whose newest bar goes on. */
interface Stream {
  readonly instrument: SimulatedInstrument;
  readonly query: HistoryQuery;
  readonly style: MomentStyle;
  sentAt: number;
  sent: Bar | undefined;
}

/** Answers what clients ask of the historical data service, and keeps bars up to date. */
export class HistoricalData {
  readonly #exchange: Exchange;
  readonly #pacing = new HistoricalPacing();
  readonly #streams = new Map<ClientConnection, Map<number, Stream>>();

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
    exchange.subscribe((event) => {
      if (event.kind === 'quote') this.#follow(event.instrument);
    });
  }

  answer(connection: ClientConnection, request: HistoricalRequest): void {
    switch (request.kind) {
      case 'historical-data':
        this.#bars(connection, request);
        return;
      case 'head-timestamp':
        this.#head(connection, request);
        return;
      case 'cancel-historical-data':
        this.#cancel(connection, request.reqId);
        return;
      case 'cancel-head-timestamp':
        return; // it was answered at once
    }
  }

  #bars(connection: ClientConnection, request: HistoricalBarsRequest): void {
    const { reqId, contract } = request;
    const instrument = findInstrument(this.#exchange, contract);
    if (instrument === undefined) {
      refuseContract(connection, reqId);
      return;
    }
    if (this.#streamsOf(connection).has(reqId)) {
      connection.send(errorMessage(reqId, 322, 'Error processing request.-Duplicate ticker id'));
      return;
    }
    const { zone } = calendarFor(this.#exchange.session, instrument);
    const query = readHistoryQuery(request, zone);
    if (!query.ok) {
      connection.send(errorMessage(reqId, query.error.code, query.error.text));
      return;
    }
    if (!this.#admits(request, instrument, query.value)) {
      connection.send(errorMessage(reqId, 162, `${SERVICE}Historical data request pacing violation`));
      return;
    }
    this.#send(connection, request, instrument, query.value, zone);
  }

  #send(
    connection: ClientConnection,
    { reqId, formatDate, keepUpToDate }: HistoricalBarsRequest,
    instrument: SimulatedInstrument,
    query: HistoryQuery,
    zone: string,
  ): void {
    const { now, history } = this.#exchange;
    const bars = history.bars(instrument, query, now);
    if (!bars.ok) {
      connection.send(errorMessage(reqId, bars.error.code, bars.error.text));
      return;
    }
    const style = { zone, formatDate, barSize: query.barSize };
    const end = query.end ?? now;
    connection.send(historicalData(reqId, startOf(query, end, zone), end, bars.value, style));
    if (!keepUpToDate) return;
    const stream = { instrument, query, style, sentAt: now, sent: bars.value.at(-1) };
    this.#streams.set(connection, this.#streamsOf(connection).set(reqId, stream));
  }

  #admits(request: HistoricalBarsRequest, { conId }: SimulatedInstrument, query: HistoryQuery): boolean {
    for (const connection of this.#streams.keys()) if (!connection.alive) this.#streams.delete(connection);
    const open = [...this.#streams.values()].reduce((sum, streams) => sum + streams.size, 0);
    if (open >= OPEN_REQUESTS_MAX) return false;
    const { endDateTime, duration, barSize, regularHoursOnly } = request;
    const text = [conId, endDateTime, duration, barSize, query.show, regularHoursOnly].join(' ');
    const barMs = query.barSize.kind === 'intraday' ? query.barSize.ms : DAY_MS;
    return this.#pacing.admits({ barMs, conId, whatToShow: query.show, text }, this.#exchange.now);
  }

  #head(connection: ClientConnection, { reqId, contract, whatToShow, formatDate }: HeadTimestampRequest): void {
    const instrument = findInstrument(this.#exchange, contract);
    if (instrument === undefined) {
      refuseContract(connection, reqId);
      return;
    }
    if (!isShown(whatToShow.toUpperCase())) {
      refuse(connection, reqId, 'What to show field is missing or incorrect.');
      return;
    }
    connection.send(headTimestamp(reqId, this.#exchange.history.headOf(instrument), formatDate));
  }

  #cancel(connection: ClientConnection, reqId: number): void {
    const running = this.#streamsOf(connection).delete(reqId);
    connection.send(
      running
        ? errorMessage(reqId, 162, `${SERVICE}API historical data query cancelled: ${reqId}`)
        : errorMessage(reqId, 366, `No historical data query found for ticker id:${reqId}`),
    );
  }

  /** Sends the running bar to those who follow it, when it has changed and is due. */
  #follow(instrument: SimulatedInstrument): void {
    for (const [connection, streams] of this.#streams) {
      if (!connection.alive) this.#streams.delete(connection);
      else
        for (const [reqId, stream] of streams)
          if (stream.instrument === instrument) this.#update(connection, reqId, stream);
    }
  }

  #update(connection: ClientConnection, reqId: number, stream: Stream): void {
    const { now, history } = this.#exchange;
    if (now < stream.sentAt + UPDATE_INTERVAL_MS) return;
    stream.sentAt = now;
    const bar = history.newestBar(stream.instrument, stream.query, now);
    if (bar === undefined || isSame(bar, stream.sent)) return;
    stream.sent = bar;
    connection.send(historicalDataUpdate(reqId, bar, stream.style));
  }

  #streamsOf(connection: ClientConnection): Map<number, Stream> {
    return this.#streams.get(connection) ?? new Map<number, Stream>();
  }
}

function isSame(bar: Bar, sent: Bar | undefined): boolean {
  return (
    bar.at === sent?.at &&
    bar.open === sent.open &&
    bar.high === sent.high &&
    bar.low === sent.low &&
    bar.close === sent.close &&
    bar.volume === sent.volume
  );
}

/** The moment that a request reaches back to, by the calendar. */
function startOf({ duration: { count, unit } }: HistoryQuery, end: number, zone: string): number {
  const months = (number: number): number => {
    const day = dayInZone(end, zone);
    return end - (day - monthsBefore(day, number)) * DAY_MS;
  };
  switch (unit) {
    case 'S':
      return end - count * SECOND_MS;
    case 'D':
      return end - count * DAY_MS;
    case 'W':
      return end - count * 7 * DAY_MS;
    case 'M':
      return months(count);
    case 'Y':
      return months(count * 12);
  }
}
