import type { Exchange } from '#simulator/exchange';
import type { SimulatedInstrument } from '#simulator/instruments';
import type { Quote } from '#simulator/quote-board';
import { tickAt } from '#simulator/tick-rules';
import type { ClientConnection } from '#simulator/tws/client-connection';
import type { MarketDataLine } from '#simulator/tws/market-data-line';
import {
  marketDataType,
  snapshotEnd,
  tickPrice,
  tickRequestParameters,
  tickSize,
  type ServerMessage,
} from '#simulator/tws/encode';

/** TWS's tick types. */
const TICK = {
  BID_SIZE: 0,
  BID: 1,
  ASK: 2,
  ASK_SIZE: 3,
  LAST: 4,
  LAST_SIZE: 5,
  HIGH: 6,
  LOW: 7,
  VOLUME: 8,
  CLOSE: 9,
  OPEN: 14,
};
const LIVE = 1;
const AUTO_EXECUTE = 1;

/** Level-1 lines of all clients: a change of one stock costs only the lines on that stock. */
export class MarketData {
  readonly #exchange: Exchange;
  readonly #lines = new Map<number, Set<MarketDataLine>>();

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  /** Opens a line and tells the whole quote; a snapshot ends there. */
  open(connection: ClientConnection, reqId: number, instrument: SimulatedInstrument, snapshot: boolean): void {
    const told = this.#exchange.quoteOf(instrument);
    connection.send(marketDataType(reqId, LIVE));
    connection.send(tickRequestParameters(reqId, tickAt(instrument.marketRuleId, told.last)));
    for (const message of wholeQuote(reqId, told)) connection.send(message);
    if (snapshot) {
      connection.send(snapshotEnd(reqId));
      return;
    }
    this.close(connection, reqId);
    const line: MarketDataLine = { connection, reqId, instrument, told };
    connection.subscriptions.lines.set(reqId, line);
    const lines = this.#lines.get(instrument.index);
    if (lines === undefined) this.#lines.set(instrument.index, new Set([line]));
    else lines.add(line);
  }

  /** Ends a line; false when there was none. */
  close(connection: ClientConnection, reqId: number): boolean {
    const line = connection.subscriptions.lines.get(reqId);
    if (line === undefined) return false;
    this.#lines.get(line.instrument.index)?.delete(line);
    return connection.subscriptions.lines.delete(reqId);
  }

  closeAll(connection: ClientConnection): void {
    for (const reqId of connection.subscriptions.lines.keys()) this.close(connection, reqId);
  }

  /** Tells every line on `instrument` what is new. */
  quoteChanged(instrument: SimulatedInstrument): void {
    const lines = this.#lines.get(instrument.index);
    if (lines === undefined) return;
    const quote = this.#exchange.quoteOf(instrument);
    for (const line of lines) {
      tellChanges(line, quote);
      line.told = quote;
    }
  }
}

function wholeQuote(reqId: number, quote: Quote): readonly ServerMessage[] {
  return [
    tickPrice(reqId, TICK.BID, quote.bid, quote.bidSize, AUTO_EXECUTE),
    tickSize(reqId, TICK.BID_SIZE, quote.bidSize),
    tickPrice(reqId, TICK.ASK, quote.ask, quote.askSize, AUTO_EXECUTE),
    tickSize(reqId, TICK.ASK_SIZE, quote.askSize),
    tickPrice(reqId, TICK.LAST, quote.last, quote.lastSize, 0),
    tickSize(reqId, TICK.LAST_SIZE, quote.lastSize),
    tickPrice(reqId, TICK.HIGH, quote.high, 0, 0),
    tickPrice(reqId, TICK.LOW, quote.low, 0, 0),
    tickSize(reqId, TICK.VOLUME, quote.volume),
    tickPrice(reqId, TICK.CLOSE, quote.close, 0, 0),
    tickPrice(reqId, TICK.OPEN, quote.open, 0, 0),
  ];
}

function tellChanges({ connection, reqId, told }: MarketDataLine, quote: Quote): void {
  if (quote.bid !== told.bid) connection.send(tickPrice(reqId, TICK.BID, quote.bid, quote.bidSize, AUTO_EXECUTE));
  if (quote.bidSize !== told.bidSize) connection.send(tickSize(reqId, TICK.BID_SIZE, quote.bidSize));
  if (quote.ask !== told.ask) connection.send(tickPrice(reqId, TICK.ASK, quote.ask, quote.askSize, AUTO_EXECUTE));
  if (quote.askSize !== told.askSize) connection.send(tickSize(reqId, TICK.ASK_SIZE, quote.askSize));
  if (quote.last !== told.last) connection.send(tickPrice(reqId, TICK.LAST, quote.last, quote.lastSize, 0));
  if (quote.lastSize !== told.lastSize) connection.send(tickSize(reqId, TICK.LAST_SIZE, quote.lastSize));
  if (quote.high !== told.high) connection.send(tickPrice(reqId, TICK.HIGH, quote.high, 0, 0));
  if (quote.low !== told.low) connection.send(tickPrice(reqId, TICK.LOW, quote.low, 0, 0));
  if (quote.volume !== told.volume) connection.send(tickSize(reqId, TICK.VOLUME, quote.volume));
}
