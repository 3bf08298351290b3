import { assertNever, present } from '#domain/assert';
import type { Alarm } from '#domain/alarm';
import { averageCostAfter } from '#domain/average-cost';
import type { BracketGroup } from '#domain/bracket';
import type { ConnectionState } from '#domain/connection-state';
import type { EngineEvent, EventOf, JournaledEvent, RememberedReply } from '#domain/engine-event';
import { executionFamilyOf, type Fill } from '#domain/fill';
import { closingOf, correctedClosing, type FillClosing } from '#domain/fill-closing';
import {
  epochMs,
  sequence,
  type AccountId,
  type AlarmId,
  type ClientOrderId,
  type CommandKey,
  type ConId,
  type DecisionId,
  type EpochMs,
  type ExecId,
  type GroupId,
  type OrderNumber,
  type RunId,
  type Sequence,
} from '#domain/ids';
import type { Instrument } from '#domain/instrument';
import {
  add,
  averagePriceOf,
  compare,
  isZero,
  signedBy,
  subtract,
  ZERO_POSITION,
  ZERO_QUANTITY,
  type Price,
} from '#domain/money';
import type { OcoGroup } from '#domain/oco';
import { NO_TRAFFIC, trafficAfter, type OrderTraffic } from '#domain/order-traffic';
import type { OrderRecord } from '#domain/order-record';
import { stopOf } from '#domain/order-spec';
import type { PositionRecord } from '#domain/position';
import type { Acknowledgement, PositionDifference } from '#domain/position-difference';
import type { ReconciliationProof } from '#domain/reconciliation-proof';
import { emptyRiskTables, foldRiskTables, type RiskTables } from '#domain/risk-fold';
import type { RiskDecision } from '#domain/risk-decision';
import { DEFAULT_SETTINGS, type Settings, type TradingMode } from '#domain/settings';
import type { TradingState } from '#domain/trading-state';
import { setClockBack } from '#domain/set-clock-back';
import { STOP_MOVES_MAX, type ProtectiveStop, type ProtectiveStopState, type StopMove } from '#domain/trailing-stop';

/** How long the answer to a command is remembered. */
export const COMMAND_MEMORY_MS = 24 * 60 * 60 * 1000;
/** How many decisions are kept in memory; older ones are in the journal. */
export const DECISIONS_MAX = 2_000;

/** A command's answer, found again by its key. */
export interface RememberedCommand {
  readonly at: EpochMs;
  readonly payloadHash: string;
  readonly reply: RememberedReply;
}

/**
 * The durable state: what the journal's events fold to. Engine and every replica hold one and fold it with the same
 * `apply`, so they can never disagree. Tables change in place, records are replaced.
 */
export interface WorkstationState extends RiskTables {
  sequence: Sequence;
  at: EpochMs;
  runId: RunId | null;
  mode: TradingMode;
  version: string;
  account: AccountId | null;
  settings: Settings;
  connection: ConnectionState;
  trading: TradingState;
  /** Messages about orders and executions of the day of the last of them. */
  orderTraffic: OrderTraffic;
  proof: ReconciliationProof | null;
  /** Until when the last session was ready: what happened later, nobody watched. Null before the first. */
  readyUntil: EpochMs | null;
  /** Position differences that nothing explained and no person has taken note of. */
  readonly unexplained: Map<ConId, PositionDifference>;
  /** The last time a person did. */
  acknowledgement: Acknowledgement | null;
  /** Counts ids of this run; starts again with each run. */
  nextOrderNumber: number;
  readonly instruments: Map<ConId, Instrument>;
  readonly orders: Map<ClientOrderId, OrderRecord>;
  readonly orderByNumber: Map<OrderNumber, ClientOrderId>;
  readonly groups: Map<GroupId, BracketGroup>;
  readonly ocoGroups: Map<GroupId, OcoGroup>;
  readonly protectiveStops: Map<GroupId, ProtectiveStop>;
  /** Where the stop of each order stood, oldest first: only of those that moved. */
  readonly stopMoves: Map<ClientOrderId, readonly StopMove[]>;
  readonly fills: Map<ExecId, Fill>;
  /** The fills of each order, oldest first. */
  readonly fillsByOrder: Map<ClientOrderId, readonly ExecId[]>;
  /** The latest execution of each correction family. */
  readonly fillByFamily: Map<string, ExecId>;
  /** What each fill that closed something closed, and at which cost. */
  readonly closings: Map<ExecId, FillClosing>;
  readonly positions: Map<ConId, PositionRecord>;
  readonly decisions: Map<DecisionId, RiskDecision>;
  readonly commands: Map<CommandKey, RememberedCommand>;
  readonly alarms: Map<AlarmId, Alarm>;
}

/** The state before the first event. */
export function emptyWorkstationState(mode: TradingMode): WorkstationState {
  const start = epochMs(0);
  return {
    sequence: sequence(0),
    at: start,
    runId: null,
    mode,
    version: '',
    account: null,
    settings: DEFAULT_SETTINGS,
    connection: { phase: 'disconnected', since: start, reason: 'not connected yet', code: null, retryAt: null },
    trading: { state: 'ACTIVE', since: start, reason: '', cause: 'person' },
    orderTraffic: NO_TRAFFIC,
    proof: null,
    readyUntil: null,
    unexplained: new Map(),
    acknowledgement: null,
    nextOrderNumber: 1,
    instruments: new Map(),
    orders: new Map(),
    orderByNumber: new Map(),
    groups: new Map(),
    ocoGroups: new Map(),
    protectiveStops: new Map(),
    stopMoves: new Map(),
    fills: new Map(),
    fillsByOrder: new Map(),
    fillByFamily: new Map(),
    closings: new Map(),
    positions: new Map(),
    decisions: new Map(),
    commands: new Map(),
    alarms: new Map(),
    ...emptyRiskTables(),
  };
}

/** Which records an event replaced: what a grid row or a store has to look at again. */
export interface Touched {
  readonly orders?: readonly ClientOrderId[];
  readonly groups?: readonly GroupId[];
  readonly ocoGroups?: readonly GroupId[];
  readonly protectiveStops?: readonly GroupId[];
  readonly positions?: readonly ConId[];
  readonly instruments?: readonly ConId[];
  readonly fills?: readonly ExecId[];
  readonly decisions?: readonly DecisionId[];
  readonly alarms?: readonly AlarmId[];
  readonly session?: true;
}

/** Folds one journaled event into `state`. The only way the durable state changes. */
export function apply(state: WorkstationState, entry: JournaledEvent): Touched {
  // A new run after a crash: the last thing the old one wrote down is the last that it is known to have watched.
  if (entry.event.type === 'run-started') leaveReady(state, epochMs(Math.min(state.at, entry.at)));
  state.sequence = entry.sequence;
  state.at = entry.at;
  state.orderTraffic = trafficAfter(state.orderTraffic, entry);
  return fold(state, entry.event, entry.at);
}

function fold(state: WorkstationState, event: EngineEvent, at: EpochMs): Touched {
  switch (event.type) {
    case 'run-started':
      state.runId = event.runId;
      state.mode = event.mode;
      state.version = event.version;
      return { orders: setClockBack(state.orders, at), session: true };
    case 'account-bound':
      state.account = event.account;
      return { session: true };
    case 'settings-changed':
      state.settings = event.settings;
      return { session: true };
    case 'connection-changed':
      if (event.connection.phase !== 'ready') leaveReady(state, at);
      state.connection = event.connection;
      return { session: true };
    case 'reconciliation-proved':
      state.proof = event.proof;
      return { session: true };
    case 'trading-state-changed':
      state.trading = event.trading;
      return { session: true };
    case 'instrument-defined':
      state.instruments.set(event.instrument.conId, event.instrument);
      return { instruments: [event.instrument.conId] };
    case 'command-answered':
      rememberCommand(state, event.key, { at, payloadHash: event.payloadHash, reply: event.reply });
      return {};
    case 'decision-made':
      rememberDecision(state, event.decision);
      return { decisions: [event.decision.id] };
    case 'order-denied':
    case 'order-adopted':
      return { orders: [insertOrder(state, event.order)] };
    case 'orders-intended':
      return intend(state, event);
    case 'order-identified':
      return replaceOrder(state, event.id, at, { broker: event.broker });
    case 'order-state-changed':
      return replaceOrder(state, event.id, at, { state: event.state });
    case 'cancel-requested':
      return {
        ...(event.origin === 'manager' ? {} : waiveStop(state, event.id, true)),
        ...replaceOrder(state, event.id, at, { state: { phase: 'cancelling', since: at, effectId: event.effectId } }),
      };
    case 'cancel-refused':
      return {
        ...waiveStop(state, event.id, false),
        ...replaceOrder(state, event.id, at, { state: event.state }),
      };
    case 'modification-requested':
      return {
        ...(isMadeSmallerByPerson(event) ? waiveStop(state, event.id, true) : {}),
        ...replaceOrder(state, event.id, at, { modification: event.modification, decisionId: event.decisionId }),
      };
    case 'modification-confirmed':
      return observeTerms(state, event, at, true);
    case 'modification-refused':
      return replaceOrder(state, event.id, at, { modification: null });
    case 'terms-observed':
      return observeTerms(state, event, at, false);
    case 'fill-recorded':
      return recordFill(state, event.fill, at);
    case 'fill-corrected':
      return correctFill(state, event.fill, event.replaces, at);
    case 'commission-reported': {
      const fill = present(state.fills.get(event.execId), 'the fill of a commission');
      state.fills.set(event.execId, { ...fill, commission: event.commission });
      return { fills: [event.execId] };
    }
    case 'position-adopted':
      state.positions.set(event.position.conId, event.position);
      return { positions: [event.position.conId] };
    case 'position-adjusted':
      return adjustPosition(state, event, at);
    case 'differences-acknowledged':
      state.unexplained.clear();
      state.acknowledgement = event.acknowledgement;
      return { session: true };
    case 'bracket-exits-due': {
      const group = present(state.groups.get(event.groupId), 'the group whose exits are due');
      state.groups.set(event.groupId, { ...group, exitsDueBy: event.dueBy });
      return { groups: [event.groupId] };
    }
    case 'bracket-share-given-up': {
      const group = present(state.groups.get(event.groupId), 'the group that gives up');
      const givenUp = add(group.givenUp ?? ZERO_QUANTITY, event.quantity);
      state.groups.set(event.groupId, { ...group, givenUp });
      return { groups: [event.groupId] };
    }
    case 'bracket-closed': {
      const group = present(state.groups.get(event.groupId), 'the group that closes');
      state.groups.set(event.groupId, { ...group, closed: event.at, exitsDueBy: null });
      return { groups: [event.groupId] };
    }
    case 'stop-awaited':
      state.protectiveStops.set(event.stop.id, event.stop);
      return { protectiveStops: [event.stop.id] };
    case 'stop-activated':
      return moveStop(state, event.groupId, { phase: 'guarding', since: at }, event.waterMark);
    case 'stop-ratcheted': {
      const stop = present(state.protectiveStops.get(event.groupId), 'the stop that follows the market');
      state.protectiveStops.set(stop.id, { ...stop, waterMark: event.waterMark });
      const touched = replaceOrder(state, event.id, at, { modification: event.modification });
      return { ...touched, protectiveStops: [stop.id] };
    }
    case 'stop-suspended':
      return moveStop(state, event.groupId, { phase: 'suspended', since: at, why: event.why });
    case 'stop-rearmed':
      return moveStop(state, event.groupId, { phase: 'guarding', since: at }, event.waterMark);
    case 'stop-ended':
      return moveStop(state, event.groupId, { phase: 'ended', at, why: event.why });
    case 'oco-siblings-due':
      return replaceOco(state, event.groupId, { siblingsDueBy: event.dueBy });
    case 'oco-overfilled':
      return overfill(state, event);
    case 'oco-closed':
      return replaceOco(state, event.groupId, { closed: event.at, siblingsDueBy: null });
    case 'limits-changed':
    case 'loss-latched':
    case 'loss-latch-opened':
    case 'day-marked':
    case 'correlations-updated':
      foldRiskTables(state, event);
      return { session: true };
    case 'override-used':
      return {};
    case 'alarm-raised':
      state.alarms.set(event.alarm.id, event.alarm);
      return { alarms: [event.alarm.id] };
    case 'alarm-cleared':
      state.alarms.delete(event.alarmId);
      return { alarms: [event.alarmId] };
    case 'notice-received':
      return {};
    default:
      return assertNever(event);
  }
}

function intend(state: WorkstationState, event: EventOf<'orders-intended'>): Touched {
  const { group, oco, stop } = event;
  const orders = event.orders.map((order) => insertOrder(state, order));
  if (group !== null) state.groups.set(group.id, group);
  if (oco !== undefined) state.ocoGroups.set(oco.id, oco);
  if (stop !== undefined) state.protectiveStops.set(stop.id, stop);
  return {
    orders,
    ...(group === null ? {} : { groups: [group.id] }),
    ...(oco === undefined ? {} : { ocoGroups: [oco.id] }),
    ...(stop === undefined ? {} : { protectiveStops: [stop.id] }),
  };
}

function moveStop(
  state: WorkstationState,
  id: GroupId,
  to: ProtectiveStopState,
  waterMark?: ProtectiveStop['waterMark'],
): Touched {
  const stop = present(state.protectiveStops.get(id), 'the protective stop that changes');
  state.protectiveStops.set(id, {
    ...stop,
    state: to,
    waterMark: waterMark === undefined ? stop.waterMark : waterMark,
  });
  return { protectiveStops: [id] };
}

function replaceOco(state: WorkstationState, id: GroupId, change: Partial<Omit<OcoGroup, 'id'>>): Touched {
  const group = present(state.ocoGroups.get(id), 'the OCO group that changes');
  state.ocoGroups.set(id, { ...group, ...change });
  return { ocoGroups: [id] };
}

function overfill(state: WorkstationState, { groupId, id, excess, policy }: EventOf<'oco-overfilled'>): Touched {
  const { legs, closed } = present(state.ocoGroups.get(groupId), 'the OCO group that filled too much');
  return replaceOco(state, groupId, {
    legs: legs.map((leg) => (leg.order === id ? { ...leg, excess } : leg)),
    closed: policy === 'flatten-excess' && !isZero(excess) ? null : closed,
  });
}

function insertOrder(state: WorkstationState, order: OrderRecord): ClientOrderId {
  state.orders.set(order.id, order);
  state.orderByNumber.set(order.number, order.id);
  state.nextOrderNumber = Math.max(state.nextOrderNumber, order.number + 1);
  return order.id;
}

function isMadeSmallerByPerson({ origin, before, modification }: EventOf<'modification-requested'>): boolean {
  return origin !== 'manager' && compare(modification.quantity, before.quantity) < 0;
}

/** A person takes a stop of a bracket away, or a part of it: that is their will, and no stop of ours takes its place. */
function waiveStop(state: WorkstationState, id: ClientOrderId, stopWaived: boolean): Touched {
  const { group } = present(state.orders.get(id), 'the order that is asked to change');
  const bracket = group?.role === 'stop-loss' || group?.role === 'cover' ? state.groups.get(group.id) : undefined;
  if (bracket === undefined || (bracket.stopWaived ?? false) === stopWaived) return {};
  state.groups.set(bracket.id, { ...bracket, stopWaived });
  return { groups: [bracket.id] };
}

function replaceOrder(
  state: WorkstationState,
  id: ClientOrderId,
  at: EpochMs,
  change: Partial<Omit<OrderRecord, 'id' | 'number'>>,
): Touched {
  const order = present(state.orders.get(id), 'the order that changes');
  state.orders.set(id, { ...order, ...change, changed: at });
  return { orders: [id] };
}

function observeTerms(
  state: WorkstationState,
  event: Pick<Extract<EngineEvent, { type: 'terms-observed' }>, 'id' | 'terms' | 'quantity' | 'timeInForce'>,
  at: EpochMs,
  confirms: boolean,
): Touched {
  const order = present(state.orders.get(event.id), 'the order whose terms are reported');
  const { terms, quantity, timeInForce } = event;
  noteStopMove(state, order, stopOf(terms), at);
  return replaceOrder(state, event.id, at, {
    spec: { ...order.spec, terms, quantity, timeInForce },
    ...(confirms ? { modification: null } : {}),
  });
}

/** Remembers where a stop stood when it moves: who moved it (this app, a person, IBKR) makes no difference. */
function noteStopMove(
  state: WorkstationState,
  { id, spec, group, created }: OrderRecord,
  stop: Price | null,
  at: EpochMs,
): void {
  const before = stopOf(spec.terms);
  if (stop === null || stop === before) return;
  const first: readonly StopMove[] = before === null ? [] : [{ at: created, stop: before, waterMark: null }];
  const waterMark = group === null ? null : (state.protectiveStops.get(group.id)?.waterMark ?? null);
  const moves = [...(state.stopMoves.get(id) ?? first), { at, stop, waterMark }];
  state.stopMoves.set(id, moves.slice(-STOP_MOVES_MAX));
}

function recordFill(state: WorkstationState, fill: Fill, at: EpochMs): Touched {
  state.fills.set(fill.execId, fill);
  state.fillByFamily.set(executionFamilyOf(fill.execId), fill.execId);
  const closing = closingOf(state.positions.get(fill.conId), fill);
  if (closing !== null) state.closings.set(fill.execId, closing);
  const positions = [movePosition(state, fill, at, 1)];
  if (fill.orderId === null) return { fills: [fill.execId], positions };
  const ids = [...(state.fillsByOrder.get(fill.orderId) ?? []), fill.execId];
  return { fills: [fill.execId], positions, ...tallyOrder(state, fill.orderId, ids, at) };
}

function correctFill(state: WorkstationState, fill: Fill, replaces: ExecId, at: EpochMs): Touched {
  const old = present(state.fills.get(replaces), 'the fill that a correction replaces');
  movePosition(state, old, at, -1);
  const closing = state.closings.get(replaces);
  state.closings.delete(replaces);
  if (closing !== undefined) state.closings.set(fill.execId, correctedClosing(closing, old, fill));
  state.fills.delete(replaces);
  state.fills.set(fill.execId, fill);
  state.fillByFamily.set(executionFamilyOf(fill.execId), fill.execId);
  const positions = [movePosition(state, fill, at, 1)];
  const fills = [replaces, fill.execId];
  if (fill.orderId === null) return { fills, positions };
  const ids = (state.fillsByOrder.get(fill.orderId) ?? []).map((id) => (id === replaces ? fill.execId : id));
  return { fills, positions, ...tallyOrder(state, fill.orderId, ids, at) };
}

function tallyOrder(state: WorkstationState, id: ClientOrderId, execIds: readonly ExecId[], at: EpochMs): Touched {
  state.fillsByOrder.set(id, execIds);
  const fills = execIds.map((execId) => present(state.fills.get(execId), 'a fill of the order'));
  const filled = fills.reduce((sum, fill) => add(sum, fill.quantity), ZERO_QUANTITY);
  return replaceOrder(state, id, at, { filled, averagePrice: averagePriceOf(fills) ?? null });
}

function movePosition(state: WorkstationState, fill: Fill, at: EpochMs, direction: 1 | -1): ConId {
  const held = state.positions.get(fill.conId);
  const before = held?.quantity ?? ZERO_POSITION;
  const change = signedBy(fill.side, fill.quantity);
  const after = direction === 1 ? add(before, change) : subtract(before, change);
  state.positions.set(fill.conId, {
    conId: fill.conId,
    symbol: fill.symbol,
    account: fill.account,
    quantity: after,
    averageCost: direction === 1 ? averageCostAfter(held, after, fill) : null,
    changed: at,
  });
  return fill.conId;
}

/** The session is not ready any more, if it was. */
function leaveReady(state: WorkstationState, at: EpochMs): void {
  if (state.connection.phase !== 'ready') return;
  state.readyUntil = at;
  state.connection = { phase: 'disconnected', since: at, reason: 'not connected', code: null, retryAt: null };
}

function adjustPosition(state: WorkstationState, event: EventOf<'position-adjusted'>, at: EpochMs): Touched {
  const { position, before, cause } = event;
  const { conId, symbol, quantity: brokers } = position;
  state.positions.set(conId, position);
  if (cause !== 'unexplained') return { positions: [conId] };
  const ours = state.unexplained.get(conId)?.ours ?? before;
  state.unexplained.set(conId, { conId, symbol, at, ours, brokers });
  return { positions: [conId], session: true };
}

function rememberDecision(state: WorkstationState, decision: RiskDecision): void {
  state.decisions.set(decision.id, decision);
  for (const oldest of state.decisions.keys()) {
    if (state.decisions.size <= DECISIONS_MAX) break;
    state.decisions.delete(oldest);
  }
}

function rememberCommand(state: WorkstationState, key: CommandKey, command: RememberedCommand): void {
  state.commands.set(key, command);
  // Insertion order is age order, so forgetting stops at the first answer that is young enough.
  for (const [old, { at }] of state.commands) {
    if (command.at - at <= COMMAND_MEMORY_MS) break;
    state.commands.delete(old);
  }
}
