import type { Exchange } from '#simulator/exchange';
import type { SimulatedInstrument } from '#simulator/instruments';
import { tickAt } from '#simulator/tick-rules';
import type { RequestOf } from '#simulator/tws/decode';
import { errorMessage, marketDataType, snapshotEnd, tickRequestParameters } from '#simulator/tws/encode';
import { findInstrument } from '#simulator/tws/instrument-lookup';
import type { LineConnection, MarketDataLine, MarketDataType } from '#simulator/tws/subscriptions';
import { NO_ID, refuse, refuseContract } from '#simulator/tws/refusal';
import { genericNews, haltTick, tickNews, ticksOf } from '#simulator/tws/tick-messages';

/**
 * The market data the account has: live; frozen, the last quote of a market that is closed; delayed or delayed and
 * frozen, for those who ask for that; none; or none as long as the user has another session with live data.
 */
export type MarketDataKind = 'live' | 'frozen' | 'delayed' | 'delayed-frozen' | 'none' | 'competing';

const DELAYED_ASKED_FOR = 3;
const LEGAL_GENERIC_TICKS = [
  ...['100', '101', '105', '106', '165', '221', '225', '232', '233', '236', '258', '292', '293', '294', '295', '318'],
  ...['375', '411', '456', '460', '586', '587', '588', '595', '619'],
];
const NOT_SUBSCRIBED = {
  code: 354,
  text: 'Requested market data is not subscribed.',
};
const DELAYED_AVAILABLE = {
  code: 10089,
  text: 'Requested market data requires additional subscription for API. Delayed market data is available.',
};
const SHOWN_DELAYED = {
  code: 10167,
  text: 'Requested market data is not subscribed. Displaying delayed market data.',
};
const COMPETING = { code: 10197, text: 'No market data during competing live session' };

/** Level-1 lines of all clients: a change of one instrument costs only the lines on that instrument. */
export class MarketData {
  readonly #exchange: Exchange;
  readonly #lines = new Map<number, Set<MarketDataLine>>();
  #kind: MarketDataKind = 'live';

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  /** Serves all lines with another kind of data from now on, and tells them so. */
  serve(kind: MarketDataKind): void {
    if (kind === this.#kind) return;
    this.#kind = kind;
    for (const lines of this.#lines.values()) {
      for (const line of lines) if (!this.#begin(line)) this.close(line.connection, line.reqId);
    }
  }

  /** Opens a line and tells the whole quote; a snapshot ends there. */
  open(connection: LineConnection, { reqId, contract, generic, snapshot }: RequestOf<'market-data'>): void {
    const instrument = findInstrument(this.#exchange, contract);
    const illegal = generic.filter((tick) => !LEGAL_GENERIC_TICKS.includes(tick));
    if (instrument === undefined) refuseContract(connection, reqId);
    else if (connection.subscriptions.lines.has(reqId)) {
      connection.send(errorMessage(reqId, 322, 'Error processing request.-Duplicate ticker id'));
    } else if (illegal.length > 0) {
      const legal = LEGAL_GENERIC_TICKS.join(',');
      refuse(connection, reqId, `Incorrect generic tick list of ${illegal.join(',')}.  Legal ones are: ${legal}`);
    } else if (snapshot && generic.length > 0) {
      refuse(connection, reqId, 'Snapshot market data subscription is not applicable to generic ticks');
    } else this.#open({ connection, reqId, instrument, generic, type: 0, told: undefined }, snapshot);
  }

  /** Ends a line; false when there was none. */
  close(connection: LineConnection, reqId: number): boolean {
    const line = connection.subscriptions.lines.get(reqId);
    if (line === undefined) return false;
    this.#lines.get(line.instrument.index)?.delete(line);
    return connection.subscriptions.lines.delete(reqId);
  }

  /** Ends a line as the client asked; an error when there is none. */
  cancel(connection: LineConnection, reqId: number): void {
    if (this.close(connection, reqId)) return;
    connection.send(errorMessage(reqId, 300, `Can't find EId with tickerId:${String(reqId)}`));
  }

  closeAll(connection: LineConnection): void {
    for (const reqId of connection.subscriptions.lines.keys()) this.close(connection, reqId);
  }

  /** The kind of data the client wants on lines to come. */
  chooseType(connection: LineConnection, type: number): void {
    if (isMarketDataType(type)) connection.subscriptions.marketDataType = type;
    else refuse(connection, NO_ID, `Invalid market data type ${String(type)}`);
  }

  /** Tells every line on `instrument` what is new. */
  quoteChanged(instrument: SimulatedInstrument): void {
    const lines = this.#lines.get(instrument.index);
    if (lines === undefined || (this.#kind !== 'live' && this.#kind !== 'delayed')) return;
    for (const line of lines) this.#tell(line);
  }

  /** Tells every line on `instrument` that it is halted, or trades again. */
  haltChanged(instrument: SimulatedInstrument, halted: boolean): void {
    for (const { connection, reqId } of this.#lines.get(instrument.index) ?? []) {
      connection.send(haltTick(reqId, halted));
    }
  }

  #open(line: MarketDataLine, snapshot: boolean): void {
    if (!this.#begin(line)) return;
    const { connection, reqId, instrument } = line;
    if (snapshot) {
      connection.send(snapshotEnd(reqId));
      return;
    }
    connection.subscriptions.lines.set(reqId, line);
    const lines = this.#lines.get(instrument.index);
    if (lines === undefined) this.#lines.set(instrument.index, new Set([line]));
    else lines.add(line);
  }

  /** Begins to serve a line with what there is now. @returns false when it ends instead. */
  #begin(line: MarketDataLine): boolean {
    const { connection, reqId, instrument } = line;
    line.told = undefined;
    if (this.#kind === 'competing') {
      connection.send(errorMessage(reqId, COMPETING.code, COMPETING.text));
      return true; // silent until the other session ends
    }
    const type = typeFor(this.#kind, connection.subscriptions.marketDataType);
    if (typeof type === 'object') {
      connection.send(errorMessage(reqId, type.code, type.text));
      return false;
    }
    line.type = type;
    connection.send(marketDataType(reqId, type));
    if (type >= DELAYED_ASKED_FOR) connection.send(errorMessage(reqId, SHOWN_DELAYED.code, SHOWN_DELAYED.text));
    const tick = tickAt(instrument.marketRuleId, this.#exchange.quoteOf(instrument).last);
    connection.send(tickRequestParameters(reqId, tick));
    if (type < DELAYED_ASKED_FOR) connection.send(haltTick(reqId, this.#exchange.isHalted(instrument)));
    this.#tell(line);
    return true;
  }

  #tell(line: MarketDataLine): void {
    const { connection, reqId, instrument, generic, told } = line;
    const quote = this.#exchange.quoteOf(instrument);
    const trades = instrument.secType !== 'CASH';
    const telling = { reqId, types: ticksOf(line.type), trades, now: this.#exchange.now };
    for (const message of tickNews(telling, quote, told)) connection.send(message);
    if (generic.length > 0) for (const message of genericNews(telling, generic, quote, told)) connection.send(message);
    line.told = quote;
  }
}

/** How a client that asked for `asked` is served, or why it is not. */
function typeFor(
  kind: Exclude<MarketDataKind, 'competing'>,
  asked: MarketDataType,
): MarketDataType | { readonly code: number; readonly text: string } {
  switch (kind) {
    case 'live':
      return 1;
    case 'frozen':
      return 2;
    case 'delayed':
      return asked >= DELAYED_ASKED_FOR ? 3 : DELAYED_AVAILABLE;
    case 'delayed-frozen':
      return asked >= DELAYED_ASKED_FOR ? 4 : DELAYED_AVAILABLE;
    case 'none':
      return NOT_SUBSCRIBED;
  }
}

function isMarketDataType(type: number): type is MarketDataType {
  return type === 1 || type === 2 || type === 3 || type === 4;
}
