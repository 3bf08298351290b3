import type { SimulatedInstrument } from '#simulator/instruments';
import type { PriceFile } from '#simulator/price-file';
import type { Readings } from '#simulator/readings';
import type { SessionKind } from '#simulator/session-calendar';
import type { OrderKey, Rejection, SimulatedExecution, SimulatedOrder } from '#simulator/simulated-order';

export interface ExchangeOptions extends Partial<Readings> {
  /** The same seed and the same calls give the same market, to the byte. */
  readonly seed: number;
  /** The moment the market starts at, ms since 1970. */
  readonly startAt: number;
  /** How many symbols trade; default all. */
  readonly symbols?: number | undefined;
  /** Seconds of market in one second of time; default 1. */
  readonly speed?: number | undefined;
  /** How often every quote is renewed; default 250. */
  readonly tickIntervalMs?: number | undefined;
  /** Default always-open. */
  readonly session?: SessionKind | undefined;
  readonly account?: string | undefined;
  /** Replays these prices instead of a made-up market; only their symbols trade then. */
  readonly prices?: PriceFile | undefined;
  /** Dollars the account starts with; default 1,000,000. */
  readonly startingCash?: number | undefined;
}

/** What happened at the exchange, in the order it happened. */
export type ExchangeEvent =
  /** `new`: transmitted; `fill`: after an execution; `changed`: modified, activated or reduced; `ended`: not filled. */
  | { readonly kind: 'order'; readonly order: SimulatedOrder; readonly why: 'new' | 'fill' | 'changed' | 'ended' }
  | { readonly kind: 'execution'; readonly execution: SimulatedExecution }
  | { readonly kind: 'commission'; readonly execution: SimulatedExecution }
  | { readonly kind: 'order-error'; readonly key: OrderKey; readonly rejection: Rejection }
  | { readonly kind: 'quote'; readonly instrument: SimulatedInstrument }
  /** A position that changed without an execution: a transfer or a split. */
  | { readonly kind: 'position'; readonly instrument: SimulatedInstrument }
  | { readonly kind: 'halt'; readonly instrument: SimulatedInstrument; readonly halted: boolean };

/** Prices a test sets, as decimal text. `last` left out: the trade before, brought within bid and ask. */
export interface SteeredPrice {
  readonly bid: string;
  readonly ask: string;
  readonly last?: string | undefined;
  /** Displayed shares, renewed at each tick; default 10,000. */
  readonly bidSize?: number | undefined;
  readonly askSize?: number | undefined;
}

export interface SteeredFill {
  readonly shares: number;
  readonly price: string;
  /** Leaves the OCA group alone: how two legs fill in the same instant. */
  readonly ignoringOca?: boolean | undefined;
}

/** What an execution should have been. */
export interface Correction {
  readonly shares?: number | undefined;
  readonly price?: string | undefined;
}

/** Every `from` shares become `to`. */
export interface Split {
  readonly from: number;
  readonly to: number;
}
