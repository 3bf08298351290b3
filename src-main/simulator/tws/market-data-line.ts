import type { SimulatedInstrument } from '#simulator/instruments';
import type { Quote } from '#simulator/quote-board';
import type { ClientConnection } from '#simulator/tws/client-connection';

/** How the data of a line comes, by TWS's number. */
export type MarketDataType = 1 | 2 | 3 | 4;

/** One market data subscription of one client, and what it was told last. */
export interface MarketDataLine {
  readonly connection: ClientConnection;
  readonly reqId: number;
  readonly instrument: SimulatedInstrument;
  /** The additional ticks that were asked for. */
  readonly generic: readonly string[];
  /** 0 until the client was told. */
  type: MarketDataType | 0;
  /** Undefined until a quote was told. */
  told: Quote | undefined;
}
