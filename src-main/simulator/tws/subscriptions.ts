import type { MarketDataLine, MarketDataType } from '#simulator/tws/market-data-line';

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
