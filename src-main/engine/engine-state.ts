import type { ClientId, ClientOrderId, ConId, EffectId, EpochMs, ExecId, GroupId, OrderNumber } from '#domain/ids';
import type { Commission } from '#domain/fill';
import type { SignedQuantity } from '#domain/money';
import type { ProofFinding } from '#domain/reconciliation-proof';
import type { Quote } from '#domain/quote';
import type { TradingState } from '#domain/trading-state';
import type { WorkstationState } from '#domain/workstation-state';
import type { OrderIdentity } from '#engine/orders/order-identity';
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
  readonly positions: Map<ConId, SignedQuantity>;
  readonly findings: ProofFinding[];
  executions: number;
}

/** What an effect under way is about, so that its outcome finds its way back. */
export type EffectInFlight =
  | { readonly kind: 'place'; readonly orders: readonly ClientOrderId[] }
  | { readonly kind: 'modify'; readonly order: ClientOrderId }
  | { readonly kind: 'cancel'; readonly order: ClientOrderId }
  | { readonly kind: 'snapshot' }
  | { readonly kind: 'resolve'; readonly symbol: string }
  | { readonly kind: 'subscribe'; readonly conId: ConId };

/** Why the engine wakes up by itself. */
export type Deadline =
  /** The broker has not answered a submit, a modification or a cancel: ask what it knows. */
  | { readonly kind: 'answer-due'; readonly order: ClientOrderId }
  | { readonly kind: 'bracket-exits'; readonly group: GroupId }
  /** IBKR's position has disagreed with the ledger for as long as it may lag behind the fills. */
  | { readonly kind: 'positions' }
  | { readonly kind: 'snapshot' };

/** An approved, separate order within the longest duplicate window. */
export interface RecentOrder {
  readonly at: EpochMs;
  readonly order: ClientOrderId;
  readonly number: OrderNumber;
}

/** What is observed and not journaled: it starts unknown with every run. */
export interface ObservedState {
  /** Ids of this run are counted from here. */
  idCounter: number;
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
  readonly subscribed: Set<ConId>;
  /** Symbols whose definition was asked for in this session. */
  readonly resolving: Set<string>;
  readonly inFlight: Map<EffectId, EffectInFlight>;
  readonly recent: RecentOrder[];
  /** Live orders per instrument: no check walks the whole ledger. */
  readonly liveByInstrument: Map<ConId, Set<ClientOrderId>>;
  readonly groupByOrder: Map<ClientOrderId, GroupId>;
  /** Commissions that came before their execution. */
  readonly commissions: Map<ExecId, Commission>;
  /** Cancels that IBKR said it could not do; the next snapshot tells what the order is. */
  readonly failedCancels: Map<ClientOrderId, { readonly code: number; readonly text: string }>;
  /** The code by which IBKR last refused a change of a live order: it repeats itself, and the order lives on. */
  readonly refusedChanges: Map<ClientOrderId, number>;
  /** Positions as IBKR last reported them in this session. */
  readonly brokerPositions: Map<ConId, SignedQuantity>;
  readonly accountValues: Map<string, string>;
  snapshot: SnapshotInProgress | null;
  /** A snapshot asked for while one runs starts when that one ends. */
  snapshotWanted: boolean;
}

/** Everything the engine knows. */
export interface EngineState {
  readonly durable: WorkstationState;
  readonly observed: ObservedState;
}
