import type { Bar, BarFailure, BarQuery } from '#domain/bar';
import type { Commission } from '#domain/fill';
import type {
  AccountId,
  ClientId,
  ClientOrderId,
  ConId,
  EffectId,
  EpochMs,
  ExecId,
  IbOrderId,
  PermId,
} from '#domain/ids';
import type { Instrument, InstrumentMatch } from '#domain/instrument';
import type { Money, Price, Quantity, SignedQuantity } from '#domain/money';
import type { Hold, LegRole, OcaMembership } from '#domain/order-record';
import type { ObservedSpec, OrderSpec, Side } from '#domain/order-spec';
import type { PnlFigures } from '#domain/pnl';
import type { DataFarm, FarmState, MarketDataKind, QuotePatch } from '#domain/quote';
import type { Result } from '#domain/result';
import type { RiskApproved } from '#domain/risk-decision';

/** How the broker's status words map: the adapter translates IBKR's, nobody else knows them. */
export type BrokerOrderStatus =
  | { readonly kind: 'acknowledged'; readonly hold: Hold }
  | { readonly kind: 'working' }
  /** Accepted our request to cancel, not done yet. */
  | { readonly kind: 'cancel-pending' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'filled' }
  | { readonly kind: 'inactive'; readonly why: string };

/** The keys an incoming report can be matched by; permId first, then (clientId, orderId), then orderRef. */
export interface BrokerOrderKeys {
  readonly clientId: ClientId | null;
  /** null when IBKR gives 0 (orders entered by hand); negative once such an order is bound to client 0. */
  readonly orderId: IbOrderId | null;
  readonly permId: PermId | null;
  /** Our ClientOrderId where the order is ours; anything or null where it is not. */
  readonly orderRef: string | null;
}

/** A full picture of one order as IBKR shows it (openOrder, completedOrder). */
export interface BrokerOrder extends BrokerOrderKeys {
  readonly spec: ObservedSpec;
  readonly status: BrokerOrderStatus;
  readonly parentOrderId: IbOrderId | null;
  /** The OCA group it is in; TWS shows type 3 for orders without one. */
  readonly oca: OcaMembership | null;
  /** What IBKR shows as filled; null where it does not say. Our own fills come from executions alone. */
  readonly filled: Quantity | null;
}

/** One execution as IBKR reports it, live or in answer to a query. */
export interface BrokerExecution extends BrokerOrderKeys {
  readonly execId: ExecId;
  readonly account: AccountId;
  readonly conId: ConId;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: Quantity;
  readonly price: Price;
  readonly exchange: string;
  readonly at: EpochMs;
}

/** How an instrument is asked for: by what a person typed, or by IBKR's own number for it. */
export type InstrumentQuery =
  { readonly by: 'symbol'; readonly symbol: string } | { readonly by: 'contract'; readonly conId: ConId };

/** What a broker's error about one order means to us: the table of ib-messages.ts decides, the engine acts. */
export type OrderErrorMeaning =
  /** The order (or the new order) was refused for good. */
  | 'rejected'
  /** A price or a modification was refused: a new order is rejected, a live order stays as it was. */
  | 'refused-change'
  /** The order is cancelled (202); fills before it count. */
  | 'cancelled'
  /** Says nothing sure about the order: ask for open orders and executions. */
  | 'uncertain'
  /** The cancel was not carried out (already filled, not found …): ask. */
  | 'cancel-failed'
  /** A warning; the order is not affected. */
  | 'warning';

/** Something the broker (or the link to it) told us. Facts are never dropped, whatever the state. */
export type BrokerFact =
  | { readonly kind: 'link-connecting'; readonly endpoint: string }
  | { readonly kind: 'link-handshaking'; readonly endpoint: string }
  /** The session is usable: nextValidId and the managed accounts are known. */
  | {
      readonly kind: 'link-up';
      readonly serverVersion: number;
      readonly accounts: readonly AccountId[];
      readonly nextOrderId: IbOrderId;
      readonly clientId: ClientId;
    }
  | {
      readonly kind: 'link-down';
      readonly reason: string;
      readonly code: number | null;
      readonly retryAt: EpochMs | null;
    }
  /** 1100, 2110: TWS lost IBKR. */
  | { readonly kind: 'upstream-lost'; readonly code: number; readonly text: string }
  /** 1101 (`dataLost`), 1102. Subscriptions are restored by the adapter; the engine reconciles in both cases. */
  | { readonly kind: 'upstream-restored'; readonly dataLost: boolean }
  /** TWS answered in time. */
  | { readonly kind: 'heartbeat'; readonly state: 'alive'; readonly roundTripMs: number }
  /**
   * The answer came late, or (`roundTripMs` null) is late and still out: TWS is there, for only silence ends the link.
   * `lateMs`: how long after the moment by which it was expected.
   */
  | {
      readonly kind: 'heartbeat';
      readonly state: 'slow';
      readonly roundTripMs: number | null;
      readonly lateMs: number;
    }
  | { readonly kind: 'snapshot-begun'; readonly effectId: EffectId }
  /** `complete` false: a query failed or timed out, what was not reported is unknown, not absent. */
  | { readonly kind: 'snapshot-ended'; readonly effectId: EffectId; readonly complete: boolean; readonly why: string }
  | { readonly kind: 'order-reported'; readonly order: BrokerOrder; readonly completed: boolean }
  | {
      readonly kind: 'order-status';
      readonly keys: BrokerOrderKeys;
      readonly status: BrokerOrderStatus;
      readonly filled: Quantity | null;
    }
  | {
      readonly kind: 'order-error';
      readonly orderId: IbOrderId;
      readonly clientId: ClientId;
      readonly code: number;
      readonly text: string;
      readonly meaning: OrderErrorMeaning;
    }
  /** Client 0: an order that was entered by hand in TWS got a number; from now on it can be changed and cancelled here. */
  | {
      readonly kind: 'order-bound';
      readonly permId: PermId;
      readonly clientId: ClientId;
      readonly orderId: IbOrderId;
    }
  /** TWS named its next order id again, after it had refused one as taken: a floor for ours. */
  | { readonly kind: 'next-order-id'; readonly orderId: IbOrderId }
  | { readonly kind: 'execution'; readonly execution: BrokerExecution }
  | { readonly kind: 'commission'; readonly execId: ExecId; readonly commission: Commission }
  | {
      readonly kind: 'position';
      readonly account: AccountId;
      readonly conId: ConId;
      readonly symbol: string;
      readonly quantity: SignedQuantity;
      readonly averageCost: Price | null;
    }
  | { readonly kind: 'account-value'; readonly key: string; readonly value: string; readonly currency: string }
  /** IBKR's own profit and loss of the account, and of one position; null where it says that it has none. */
  | { readonly kind: 'account-pnl'; readonly pnl: PnlFigures }
  | { readonly kind: 'position-pnl'; readonly conId: ConId; readonly pnl: PnlFigures }
  | { readonly kind: 'instrument'; readonly query: InstrumentQuery; readonly instrument: Instrument }
  | { readonly kind: 'instrument-unknown'; readonly query: InstrumentQuery; readonly text: string }
  | { readonly kind: 'quote'; readonly conId: ConId; readonly patch: QuotePatch }
  /** `why`: what keeps the data from being live and real-time, in words; empty when nothing does. */
  | {
      readonly kind: 'market-data';
      readonly conId: ConId;
      readonly dataKind: MarketDataKind;
      readonly live: boolean;
      readonly why: string;
    }
  /** One of IBKR's data farms went down or came back. Without quotes' farm, quotes are stale until they tick again. */
  | { readonly kind: 'data-farm'; readonly farm: DataFarm; readonly state: FarmState; readonly text: string }
  /** Between these two every live order of every client is reported; asked for again and again while others may trade. */
  | { readonly kind: 'open-orders-begun' }
  /** `complete` false: what was not reported is unknown, not absent. */
  | { readonly kind: 'open-orders-ended'; readonly complete: boolean }
  /** TWS said something that could not be read: it may have been about an order. */
  | { readonly kind: 'unreadable'; readonly text: string }
  | { readonly kind: 'notice'; readonly code: number; readonly text: string };

/** One order of a place effect, in the order it goes to the wire. A bracket is only transmitted with its last order. */
export interface PlacedLeg {
  readonly id: ClientOrderId;
  readonly orderId: IbOrderId;
  readonly role: LegRole;
  readonly spec: OrderSpec;
  /** The entry this leg is attached to; null for the entry itself and single orders. */
  readonly parentOrderId: IbOrderId | null;
  readonly oca: OcaMembership | null;
}

/** A live order's new terms. IBKR identifies a modification by the same client id and order id. */
export interface ModifiedOrder {
  readonly id: ClientOrderId;
  readonly orderId: IbOrderId;
  readonly spec: OrderSpec;
  /** 0 once the parent is gone: IBKR answers 135 otherwise. */
  readonly parentOrderId: IbOrderId | null;
  /** Resent unchanged, for IBKR refuses to change an OCA group. */
  readonly oca: OcaMembership | null;
}

/** Urgency at the message pacer, most urgent first. */
export type EffectPriority = 'cancel' | 'reduce' | 'new' | 'trail' | 'data';

/**
 * What the engine wants done. Every effect that changes an order returns exactly one `EffectOutcome`; after `validUntil`
 * it is not sent any more.
 */
export type Effect =
  | {
      readonly kind: 'place';
      readonly id: EffectId;
      readonly validUntil: EpochMs;
      /** `reduce`: it closes or protects what is held, and goes before what opens. */
      readonly priority: 'reduce' | 'new';
      readonly legs: RiskApproved<readonly PlacedLeg[]>;
    }
  | {
      readonly kind: 'modify';
      readonly id: EffectId;
      readonly validUntil: EpochMs;
      /** `trail`: a manager tightens a stop. It does not wait for the disk: what rests at IBKR is the floor after a crash. */
      readonly priority: 'reduce' | 'new' | 'trail';
      readonly order: RiskApproved<ModifiedOrder>;
    }
  | {
      readonly kind: 'cancel';
      readonly id: EffectId;
      readonly validUntil: EpochMs;
      readonly clientOrderId: ClientOrderId;
      readonly orderId: IbOrderId;
    }
  /** IBKR's own: every live order of every client, those entered by hand in TWS too. */
  | { readonly kind: 'global-cancel'; readonly id: EffectId; readonly validUntil: EpochMs }
  /** Open orders, then executions and completed orders, then positions; bracketed by begun/ended facts. */
  | { readonly kind: 'snapshot'; readonly id: EffectId; readonly validUntil: EpochMs }
  /** Contract details and market rule; answered by an `instrument` or `instrument-unknown` fact of the same query. */
  | {
      readonly kind: 'resolve-instrument';
      readonly id: EffectId;
      readonly validUntil: EpochMs;
      readonly query: InstrumentQuery;
    }
  | {
      readonly kind: 'subscribe-quote';
      readonly id: EffectId;
      readonly validUntil: EpochMs;
      readonly instrument: Instrument;
    };

/** What became of an effect's bytes. `maybe-sent`: the link dropped while they were on their way. */
export type EffectOutcome =
  | { readonly result: 'sent' }
  | { readonly result: 'not-sent'; readonly reason: string }
  | { readonly result: 'maybe-sent'; readonly reason: string };

/** An order that IBKR is asked about, and that is not sent. Its order id counts as used. */
export interface WhatIfQuestion {
  readonly orderId: IbOrderId;
  readonly spec: OrderSpec;
}

/** What the account would be after an order, in its own currency. */
export interface MarginAnswer {
  /** Initial margin requirement. */
  readonly initialAfter: Money;
  /** Equity with loan value. */
  readonly equityAfter: Money;
}

/** Where facts go. Must be called from the event loop in the order things happened. */
export type FactListener = (fact: BrokerFact) => void;

/** Says that nobody waits any more. The platform's AbortSignal is one. */
export interface StopSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** A broker: the real TWS session or the in-process simulation. */
export interface BrokerPort {
  /** Starts connecting and keeps reconnecting until `stop`. Facts flow to `listener` from then on. */
  start(listener: FactListener): void;
  /** Closes the session. No fact follows once the promise settles. */
  stop(): Promise<void>;
  /**
   * Hands an effect's messages to the socket at once (the pacer sits before this call).
   * @returns what became of it, known when the bytes were handed to the operating system or refused.
   */
  perform(effect: Effect): EffectOutcome;
  /** Searches instruments by name or symbol; rejects when not connected or after the deadline. */
  searchInstruments(query: string): Promise<readonly InstrumentMatch[]>;
  /** What an order would do to the account's margin. Never rejects. @returns as the error why that is not known. */
  whatIf(question: WhatIfQuestion): Promise<Result<MarginAnswer, string>>;
  /**
   * The latest bars, oldest first, none twice; fewer than asked for where IBKR has no more. Takes as many requests as
   * IBKR's limits want. Never rejects.
   * @param onProgress - told at first and after each request how many are answered, of how many in all (an estimate).
   * @param signal - ends it: the failure is `aborted`.
   */
  fetchBars(
    query: BarQuery,
    onProgress: (done: number, of: number) => void,
    signal: StopSignal,
  ): Promise<Result<readonly Bar[], BarFailure>>;
}
