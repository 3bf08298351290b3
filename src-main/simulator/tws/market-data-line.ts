import type { SimulatedInstrument } from '#simulator/instruments';
import type { Quote } from '#simulator/quote-board';
import type { ServerMessage } from '#simulator/tws/encode';

/** One market data subscription of one client, and the quote it was told last. */
export interface MarketDataLine {
  readonly connection: { send(message: ServerMessage): void };
  readonly reqId: number;
  readonly instrument: SimulatedInstrument;
  told: Quote;
}
