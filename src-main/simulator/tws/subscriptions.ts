import type { SimulatedInstrument } from '#simulator/instruments';
import type { Quote } from '#simulator/quote-board';
import type { ServerMessage } from '#simulator/tws/encode';

/** How the data of a line comes, by TWS's number. */
export type MarketDataType = 1 | 2 | 3 | 4;

/** What a line needs of its client's connection. */
export interface LineConnection {
  readonly subscriptions: Subscriptions;
  send(message: ServerMessage): void;
}

/** One market data subscription of one client, and what it was told last. */
export interface MarketDataLine {
  readonly connection: LineConnection;
  readonly reqId: number;
  readonly instrument: SimulatedInstrument;
  /** The additional ticks that were asked for. */
  readonly generic: readonly string[];
  /** 0 until the client was told. */
  type: MarketDataType | 0;
  /** Undefined until a quote was told. */
  told: Quote | undefined;
}

/** What one client has asked to be told. */
export class Subscriptions {
  accountUpdates = false;
  positions = false;
  readonly accountUpdatesMulti = new Set<number>();
  readonly positionsMulti = new Set<number>();
  /** Account summary: tags by request id. */
  readonly summaries = new Map<number, readonly string[]>();
  readonly pnl = new Set<number>();
  /** Profit of single instruments: conId by request id. */
  readonly pnlSingle = new Map<number, number>();
  readonly lines = new Map<number, MarketDataLine>();
  /** The kind of market data the client asked for: 1 live, 2 frozen, 3 delayed, 4 delayed and frozen. */
  marketDataType: MarketDataType = 1;

  /** Forgets all but the market data lines. */
  forget(): void {
    this.accountUpdates = false;
    this.positions = false;
    for (const set of [this.accountUpdatesMulti, this.positionsMulti, this.pnl]) set.clear();
    this.summaries.clear();
    this.pnlSingle.clear();
  }
}
