import { isReady } from '#domain/connection-state';
import { laterBy, type ConId } from '#domain/ids';
import { isZero, ZERO_POSITION } from '#domain/money';
import { isLive, stateTimeOf, type OrderRecord } from '#domain/order-record';
import type { ReconciliationProof } from '#domain/reconciliation-proof';
import type { SnapshotInProgress } from '#engine/engine-facts';
import { ANSWER_DUE_MS, askAgain } from '#engine/orders/answers';
import { isFilledWhole, move } from '#engine/orders/order-ledger';
import { adoptPosition } from '#engine/orders/position-differences';
import { compareWithLedger, mayLag } from '#engine/orders/position-lag';
import { watchContract } from '#engine/market/quote-board';
import { messageText } from '#engine/text-limits';
import type { Turn } from '#engine/turn';
import type { BrokerFact } from '#ports/broker-port';

/** A snapshot that could not be started within this time is asked for again. */
const SNAPSHOT_VALID_MS = 30_000;
/** How long after an incomplete snapshot the next one starts. */
const SNAPSHOT_RETRY_MS = 2_000;
/** The code of a message that could not be read, by the library's own table. */
const UNREADABLE = 505;
/** How long further unreadable messages are waited for before the one snapshot that they ask for. */
const UNREADABLE_PAUSE_MS = 2_000;
/** The schema of the proof bounds what it lists. */
const FINDINGS_MAX = 20_000;
/**
 * An order in flight when the link dropped may reach IBKR after the first snapshot was taken: only a snapshot that began
 * this much later proves that it never arrived.
 */
export const NEVER_ARRIVED_AFTER_MS = 3_000;

/** How an order ended that IBKR had acknowledged and no longer shows. It may have filled on an earlier day. */
export const VANISHED_REASON = 'Not open at IBKR any more: expired or cancelled while nobody was looking';

/** Asks IBKR for its whole picture; while one is under way, the next one waits for it. */
export function wantSnapshot(turn: Turn): void {
  turn.state.observed.snapshotWanted = true;
  startWantedSnapshot(turn);
}

function isSnapshotUnderWay({ state: { observed } }: Turn): boolean {
  return observed.snapshot !== null || [...observed.inFlight.values()].some(({ kind }) => kind === 'snapshot');
}

function startWantedSnapshot(turn: Turn): void {
  const { observed, durable } = turn.state;
  const { phase } = durable.connection;
  if (isSnapshotUnderWay(turn) || (phase !== 'ready' && phase !== 'reconciling')) return;
  observed.snapshotWanted = false;
  const id = turn.newEffectId();
  observed.inFlight.set(id, { kind: 'snapshot' });
  turn.ask({ kind: 'snapshot', id, validUntil: laterBy(turn.at, SNAPSHOT_VALID_MS) });
}

/** From here on reports count as the answer; absence counts only for what IBKR was asked to take before. */
export function onSnapshotBegun(turn: Turn, fact: Extract<BrokerFact, { kind: 'snapshot-begun' }>): void {
  const { observed } = turn.state;
  if (!observed.inFlight.has(fact.effectId)) return; // asked for in a session that is over
  const live = liveOrders(turn).filter(({ state }) => state.phase !== 'submitting');
  const expected = new Set(live.map(({ id }) => id));
  const unknownBefore = new Set(live.filter(({ state }) => state.phase === 'unknown').map(({ id }) => id));
  observed.snapshot = {
    unknownBefore,
    effectId: fact.effectId,
    startedAt: turn.at,
    expected,
    seen: new Set(),
    positions: new Map(),
    findings: [],
    executions: 0,
    completed: 0,
  };
}

/**
 * The stream lags behind the fills, and a snapshot that is not complete explains nothing: a position is only compared
 * here, and adopted when a complete snapshot ends (domain.md §7).
 */
export function onPosition(turn: Turn, fact: Extract<BrokerFact, { kind: 'position' }>): void {
  const { durable, observed } = turn.state;
  const { account, conId, symbol, quantity, averageCost } = fact;
  if (account !== durable.account) return;
  observed.brokerPositions.set(conId, quantity);
  observed.snapshot?.positions.set(conId, { conId, symbol, account, quantity, averageCost, changed: turn.at });
  compareWithLedger(turn, conId, quantity);
  if (isReady(durable.connection) && !isZero(quantity)) watchContract(turn, conId);
}

/** Orders of other clients that a poll does not show any more have ended: a snapshot tells how. */
export function onOpenOrdersBegun(turn: Turn): void {
  const foreign = liveOrders(turn).filter(({ origin }) => origin === 'external');
  turn.state.observed.openOrdersPoll = { expected: new Set(foreign.map(({ id }) => id)), seen: new Set() };
}

export function onOpenOrdersEnded(turn: Turn, { complete }: Extract<BrokerFact, { kind: 'open-orders-ended' }>): void {
  const { observed } = turn.state;
  const { openOrdersPoll } = observed;
  observed.openOrdersPoll = null;
  if (openOrdersPoll === null || !complete) return;
  const { expected, seen } = openOrdersPoll;
  if ([...expected].some((id) => !seen.has(id) && isLive(turn.order(id)))) wantSnapshot(turn);
}

/** Something of what TWS said was lost: its whole picture says what it may have been. Once for a burst of them. */
export function onUnreadable(turn: Turn, { text }: Extract<BrokerFact, { kind: 'unreadable' }>): void {
  turn.emit({ type: 'notice-received', code: UNREADABLE, text: messageText(text) });
  if (!turn.state.observed.deadlines.has('snapshot')) askAgain(turn, laterBy(turn.at, UNREADABLE_PAUSE_MS));
}

/** Still another position than ours: a snapshot finds the executions that explain it, or adopts it. */
export function onPositionsDue(turn: Turn): void {
  const { observed } = turn.state;
  for (const [conId, quantity] of observed.brokerPositions) compareWithLedger(turn, conId, quantity);
  if ([...observed.disagreesSince.keys()].some((conId) => !mayLag(turn, conId))) wantSnapshot(turn);
}

/** Settles what the snapshot did not show, and writes down the proof. */
export function onSnapshotEnded(turn: Turn, fact: Extract<BrokerFact, { kind: 'snapshot-ended' }>): void {
  const { durable, observed } = turn.state;
  const { snapshot } = observed;
  if (snapshot?.effectId !== fact.effectId) return;
  observed.inFlight.delete(fact.effectId);
  observed.snapshot = null;
  if (!fact.complete) {
    retryLater(turn);
    return;
  }
  for (const id of snapshot.expected) if (!snapshot.seen.has(id)) settleAbsent(turn, snapshot, turn.order(id));
  for (const id of snapshot.unknownBefore) reportSettled(snapshot, turn.order(id));
  for (const position of durable.positions.values()) {
    if (snapshot.positions.has(position.conId) || isZero(position.quantity)) continue;
    observed.brokerPositions.set(position.conId, ZERO_POSITION);
    const nothing = { ...position, quantity: ZERO_POSITION, averageCost: null, changed: turn.at };
    snapshot.positions.set(position.conId, nothing);
  }
  const lagging = settlePositions(turn, snapshot);
  if (durable.proof === null && lagging.size > 0) {
    // Nothing to compare with yet: the first picture of all waits until IBKR's positions are sure.
    retryLater(turn);
    return;
  }
  observed.positionsKnown = true;
  turn.emit({ type: 'reconciliation-proved', proof: proofOf(turn, snapshot, lagging) });
  const { connection } = durable;
  if (connection.phase === 'reconciling') {
    const { serverVersion } = connection;
    turn.emit({ type: 'connection-changed', connection: { phase: 'ready', since: turn.at, serverVersion } });
  }
  if (observed.snapshotWanted) startWantedSnapshot(turn);
  else if (liveOrders(turn).some((order) => isUnsettled(order, snapshot))) retryLater(turn, NEVER_ARRIVED_AFTER_MS);
}

/**
 * Adopts what IBKR's complete picture shows, now that every execution it reports is in the ledger.
 * @returns the instruments whose positions disagree and may still lag: they are compared again.
 */
function settlePositions(turn: Turn, snapshot: SnapshotInProgress): ReadonlySet<ConId> {
  const { durable, observed } = turn.state;
  const lagging = new Set<ConId>();
  for (const [conId, position] of snapshot.positions) {
    compareWithLedger(turn, conId, position.quantity);
    if (observed.disagreesSince.has(conId) && mayLag(turn, conId)) {
      lagging.add(conId);
      continue;
    }
    const held = durable.positions.get(conId);
    const isNews =
      observed.disagreesSince.has(conId) || (held !== undefined && held.averageCost !== position.averageCost);
    if (isNews) adoptPosition(turn, snapshot, position);
    observed.disagreesSince.delete(conId);
  }
  if (durable.proof === null) observed.foreignFills.containAll();
  return lagging;
}

/** The snapshot could not be taken, or left an order unsettled: the next one comes by the clock. */
export function retryLater(turn: Turn, afterMs = SNAPSHOT_RETRY_MS): void {
  askAgain(turn, laterBy(turn.at, afterMs));
}

/** What the snapshot came too early to settle. */
function isUnsettled({ state, modification }: OrderRecord, { startedAt }: SnapshotInProgress): boolean {
  if (state.phase === 'unknown') return true;
  const asked = state.phase === 'cancelling' ? state.since : modification?.requestedAt;
  return asked !== undefined && startedAt - asked < ANSWER_DUE_MS;
}

function liveOrders(turn: Turn): readonly OrderRecord[] {
  return [...turn.state.observed.liveByInstrument.values()].flatMap((live) => [...live].map((id) => turn.order(id)));
}

/** Live in the ledger, and IBKR's complete picture does not show it. */
function settleAbsent(turn: Turn, snapshot: SnapshotInProgress, order: OrderRecord): void {
  if (!isLive(order)) return;
  const { id: orderId, number } = order;
  if (isFilledWhole(order)) {
    // We stopped between its last execution and the word for it.
    move(turn, order, 'fill-all');
    snapshot.findings.push({ kind: 'settled-order', orderId, number, phase: 'filled' });
  } else if (order.broker.permId !== null) {
    move(turn, order, 'cancel', { reason: VANISHED_REASON });
    snapshot.findings.push({ kind: 'vanished-order', orderId, number });
  } else if (snapshot.startedAt - stateTimeOf(order) >= NEVER_ARRIVED_AFTER_MS) {
    move(turn, order, 'cancel', { reason: 'Never reached IBKR. Not resent.' });
    snapshot.findings.push({ kind: 'never-arrived', orderId, number });
  }
}

/** We had lost sight of it, and IBKR's own report settled it. */
function reportSettled(snapshot: SnapshotInProgress, order: OrderRecord): void {
  const { id: orderId, number } = order;
  const { phase } = order.state;
  if (phase === 'unknown' || !snapshot.seen.has(orderId)) return;
  snapshot.findings.push({ kind: 'settled-order', orderId, number, phase });
}

function proofOf(turn: Turn, snapshot: SnapshotInProgress, lagging: ReadonlySet<ConId>): ReconciliationProof {
  const othersFilled = turn.state.observed.foreignFills.containedNow(turn.at, lagging);
  return {
    startedAt: snapshot.startedAt,
    at: turn.at,
    ordersExpected: snapshot.expected.size,
    ordersAtBroker: snapshot.seen.size,
    completedAtBroker: snapshot.completed,
    executionsAtBroker: snapshot.executions,
    positionsAtBroker: [...snapshot.positions.values()].filter(({ quantity }) => !isZero(quantity)).length,
    findings: snapshot.findings.slice(0, FINDINGS_MAX),
    ...(othersFilled.length === 0 ? {} : { othersFilled }),
  };
}
