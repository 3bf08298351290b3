import type { ClientId, ClientOrderId, ConId, EffectId, EpochMs, ExecId, GroupId, OrderNumber } from '#domain/ids';
import type { CorrelationMatrix } from '#domain/correlation-matrix';
import type { Commission } from '#domain/fill';
import type { LossKey } from '#domain/loss-latch';
import type { Price, Quantity, Ratio, SignedQuantity } from '#domain/money';
import type { OcaMembership, Origin } from '#domain/order-record';
import type { PnlFigures } from '#domain/pnl';
import type { PositionRecord } from '#domain/position';
import type { ProofFinding } from '#domain/reconciliation-proof';
import type { DataFarm, FarmState, Quote } from '#domain/quote';
import type { TradingState } from '#domain/trading-state';
import type { WorkstationState } from '#domain/workstation-state';
import type { ForeignFills } from '#engine/orders/foreign-fills';
import type { OrderIdentity } from '#engine/orders/order-identity';
import type { TrailWatch } from '#engine/managers/trail-watch';
import type { DeadlineTable } from '#engine/deadline-table';

/** A snapshot under way: what IBKR has reported since it began. */
export interface SnapshotInProgress {
  readonly effectId: EffectId;
  readonly startedAt: EpochMs;
  /** Absence counts only for orders that were sent before the snapshot began. */
  readonly expected: ReadonlySet<ClientOrderId>;
  /** What we had lost sight of when it began. */
  readonly unknownBefore: ReadonlySet<ClientOrderId>;
  readonly seen: Set<ClientOrderId>;
  readonly positions: Map<ConId, PositionRecord>;
  readonly findings: ProofFinding[];
  executions: number;
  completed: number;
}

/** A poll of every client's live orders under way. */
export interface OpenOrdersPoll {
  /** Live orders of others when it began: one that is not shown has ended. */
  readonly expected: ReadonlySet<ClientOrderId>;
  readonly seen: Set<ClientOrderId>;
}

/** What an effect under way is about, so that its outcome finds its way back. */
export type EffectInFlight =
  | { readonly kind: 'place'; readonly orders: readonly ClientOrderId[] }
  | { readonly kind: 'modify'; readonly order: ClientOrderId }
  | { readonly kind: 'cancel'; readonly order: ClientOrderId }
  | { readonly kind: 'global-cancel'; readonly orders: readonly ClientOrderId[] }
  | { readonly kind: 'snapshot' }
  | { readonly kind: 'resolve'; readonly wanted: string }
  | { readonly kind: 'subscribe'; readonly conId: ConId };

/** Why the engine wakes up by itself. */
export type Deadline =
  /** The broker has not answered a submit, a modification or a cancel: ask what it knows. */
  | { readonly kind: 'answer-due'; readonly order: ClientOrderId }
  | { readonly kind: 'bracket-exits'; readonly group: GroupId }
  /** A position has had less protection than it should have for as long as that may last. */
  | { readonly kind: 'protection'; readonly conId: ConId }
  /** The budget of a symbol, or of all, allows the next stop to move. */
  | { readonly kind: 'trail' }
  | { readonly kind: 'oco-siblings'; readonly group: GroupId }
  /** IBKR's position has disagreed with the ledger for as long as it may lag behind the fills. */
  | { readonly kind: 'positions' }
  | { readonly kind: 'snapshot' }
  /** The day of profit and loss ends for some instrument. */
  | { readonly kind: 'day-reset' }
  /** A definition has become old: hours and ticks are asked for again. */
  | { readonly kind: 'definitions' };

/** An approved, separate order within the longest duplicate window. */
export interface RecentOrder {
  readonly at: EpochMs;
  readonly order: ClientOrderId;
  readonly number: OrderNumber;
}

/** What is observed and not journaled: it starts unknown with every run. */
export interface ObservedFacts {
  /** Ids of this run are counted from here. */
  idCounter: number;
  /** When this process began; null before it has. */
  beganAt: EpochMs | null;
  clientId: ClientId | null;
  /** max(nextValidId, persisted, seen): the next order id is one more. IBKR reissues ids after a restart. */
  highestOrderId: number;
  heartbeatAt: EpochMs | null;
  roundTripMs: number | null;
  /** How late the answer to the latest heartbeat is, or was when it came; 0 in time. */
  heartbeatLateMs: number;
  /** True once a complete position snapshot was taken in this session: before it, no position is known. */
  positionsKnown: boolean;
  /** Why nothing new may be risked in this process life; null while all is well. */
  halted: TradingState | null;
  readonly identity: OrderIdentity;
  readonly deadlines: DeadlineTable<Deadline>;
  readonly quotes: Map<ConId, Quote>;
  readonly conIdBySymbol: Map<string, ConId>;
  /** Symbols with limits of which IBKR said in this process life that it knows none such. */
  readonly unknownSymbols: Set<string>;
  readonly subscribed: Set<ConId>;
  /** What was asked to be defined and is not answered, by `wantedText`. */
  readonly resolving: Set<string>;
  /** Symbols of these whose quotes nobody wants: their definition is enough. */
  readonly definitionOnly: Set<string>;
  /** When IBKR last defined an instrument in this process life. */
  readonly definedAt: Map<ConId, EpochMs>;
  readonly inFlight: Map<EffectId, EffectInFlight>;
  readonly recent: RecentOrder[];
  /** When people and scripts sent new orders and changes, of the last second before the latest. */
  readonly requestTimes: EpochMs[];
  /** Live orders per instrument: no check walks the whole ledger. */
  readonly liveByInstrument: Map<ConId, Set<ClientOrderId>>;
  /** Brackets and protective stops per instrument that have not ended: no manager walks all of the past. */
  readonly openBrackets: Map<ConId, Set<GroupId>>;
  readonly openStops: Map<ConId, Set<GroupId>>;
  readonly protection: ProtectionMemory;
  /** Where the stop of a trailing order stood when we asked IBKR for a change that names none. */
  readonly trailsInChange: Map<ClientOrderId, TrailInChange>;
  /** Where the stops that this app moves stand in this process life. */
  readonly trails: TrailWatch;
  /** By how much the exits of a bracket were last told to have closed more than its entry had. */
  readonly overfills: Map<GroupId, Quantity>;
  /** Positions that a person wants closed, and who: what is left of them waits for orders that are being cancelled. */
  readonly flattening: Map<ConId, Origin>;
  /** The quantity that each order of an OCO group was last asked to have in all, while it has more. */
  readonly ocoAsked: Map<ClientOrderId, Quantity>;
  /** By order of an OCO group: the excess that could not be traded back, and is left to a person. */
  readonly excessGivenUp: Map<ClientOrderId, Quantity>;
  /** The OCA group of each order as IBKR last showed it; it may rename the one of a bracket's exits. */
  readonly ocaReported: Map<ClientOrderId, OcaMembership>;
  /** Commissions that came before their execution. */
  readonly commissions: Map<ExecId, Commission>;
  /** Cancels that IBKR said it could not do; the next snapshot tells what the order is. */
  readonly failedCancels: Map<ClientOrderId, { readonly code: number; readonly text: string }>;
  /** The code by which IBKR last refused a change of a live order: it repeats itself, and the order lives on. */
  readonly refusedChanges: Map<ClientOrderId, number>;
  /** Positions as IBKR last reported them in this session. */
  readonly brokerPositions: Map<ConId, SignedQuantity>;
  /** Since when each of them has been another one than the ledger's. */
  readonly disagreesSince: Map<ConId, EpochMs>;
  /** When each instrument was last executed, never later than now. */
  readonly executedAt: Map<ConId, EpochMs>;
  readonly foreignFills: ForeignFills;
  /** Account figures by IBKR's keys, in the base currency or in none. */
  readonly accountValues: Map<string, string>;
  /** The keys of figures that IBKR tells as a sum over all currencies. */
  readonly keysInBase: Set<string>;
  /** The currency the account is kept in; null until IBKR has said. */
  baseCurrency: string | null;
  /** One unit of a currency in the base currency, by IBKR. */
  readonly exchangeRates: Map<string, Ratio>;
  /** What IBKR last said of its farms; a farm it never spoke of is missing. */
  readonly farms: Map<DataFarm, FarmState>;
  /** The matrix in use; null: none was ever computed. Another one is another object. */
  correlations: CorrelationMatrix | null;
  /** Sectors by symbol, from sectors.json: they come before IBKR's industries. */
  sectors: ReadonlyMap<string, string>;
  openOrdersPoll: OpenOrdersPoll | null;
  /** Of which losses a person was warned, until they are small again. */
  readonly lossWarnings: Set<LossKey>;
  /** IBKR's own profit and loss, as told in this session, and whether ours was another one; 0: of the account. */
  readonly brokerPnl: Map<ConId | 0, { readonly pnl: PnlFigures; readonly differs: boolean }>;
  /** Orders that were asked to be cancelled because less is allowed: how often, and whether the last was not handed over. */
  readonly sweptOrders: Map<ClientOrderId, { readonly tries: number; readonly isOwed: boolean }>;
  snapshot: SnapshotInProgress | null;
  /** A snapshot asked for while one runs starts when that one ends. */
  snapshotWanted: boolean;
}

/** What was tried to bring protection to what it should be, and not yet achieved. */
export interface ProtectionAttempts {
  readonly count: number;
  /** The quantity that was asked for. */
  readonly asked: Quantity;
  /** It is not tried again before. */
  readonly nextAt: EpochMs;
  /** Why it was not even sent, in words; empty when it was. */
  readonly why: string;
}

/** What the managers of protection remember of this process life; all of it follows again from the records. */
export interface ProtectionMemory {
  /** Since when each condition has stood, by its key: what IBKR may put right by itself is given time. */
  readonly since: Map<string, EpochMs>;
  readonly attempts: Map<string, ProtectionAttempts>;
  /** The text of the last alarm about each instrument: it is told again when it changes. */
  readonly told: Map<ConId, string>;
}

/** `isAsked`: IBKR was asked to put the stop back where it stood. */
export interface TrailInChange {
  readonly stop: Price;
  readonly at: EpochMs;
  readonly isAsked: boolean;
}

/** What the engine knows, apart from the books that are kept over it: what those read. */
export interface EngineFacts {
  readonly durable: WorkstationState;
  readonly observed: ObservedFacts;
}
