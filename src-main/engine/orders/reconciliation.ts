import { laterBy, type ClientOrderId, type ConId } from '#domain/ids';
import { isZero, ZERO_POSITION, type Price, type SignedQuantity } from '#domain/money';
import { isLive, stateTimeOf, type OrderRecord } from '#domain/order-record';
import type { ReconciliationProof } from '#domain/reconciliation-proof';
import type { SnapshotInProgress } from '#engine/engine-state';
import { answerCame } from '#engine/orders/answers';
import { move } from '#engine/orders/order-ledger';
import type { Turn } from '#engine/turn';
import type { BrokerFact } from '#ports/broker-port';

/** A snapshot that could not be started within this time is asked for again. */
const SNAPSHOT_VALID_MS = 30_000;
/** How long after an incomplete snapshot the next one starts. */
const SNAPSHOT_RETRY_MS = 2_000;
/**
 * An order in flight when the link dropped may reach IBKR after the first snapshot was taken: only a snapshot that began
 * this much later proves that it never arrived.
 */
export const NEVER_ARRIVED_AFTER_MS = 5_000;

/** Asks IBKR for its whole picture; while one is under way, the next one waits for it. */
export function wantSnapshot(turn: Turn): void {
  const { observed } = turn.state;
  if (observed.snapshotWanted) return;
  observed.snapshotWanted = true;
  if (!isSnapshotUnderWay(turn)) startSnapshot(turn);
}

function isSnapshotUnderWay({ state: { observed } }: Turn): boolean {
  return observed.snapshot !== null || [...observed.inFlight.values()].some(({ kind }) => kind === 'snapshot');
}

/** Sends the snapshot that is wanted. */
export function startSnapshot(turn: Turn): void {
  const { observed, durable } = turn.state;
  const { phase } = durable.connection;
  if (!observed.snapshotWanted || (phase !== 'ready' && phase !== 'reconciling')) return;
  observed.snapshotWanted = false;
  const id = turn.newEffectId();
  observed.inFlight.set(id, { kind: 'snapshot' });
  turn.ask({ kind: 'snapshot', id, validUntil: laterBy(turn.at, SNAPSHOT_VALID_MS) });
}

/** From here on reports count as the answer; absence counts only for what was live before. */
export function onSnapshotBegun(turn: Turn, fact: Extract<BrokerFact, { kind: 'snapshot-begun' }>): void {
  const { durable, observed } = turn.state;
  const expected = new Set<ClientOrderId>();
  for (const live of observed.liveByInstrument.values()) for (const id of live) expected.add(id);
  for (const id of expected) if (durable.orders.get(id)?.state.phase === 'submitting') expected.delete(id);
  const unknownBefore = new Set([...expected].filter((id) => durable.orders.get(id)?.state.phase === 'unknown'));
  observed.snapshot = {
    unknownBefore,
    effectId: fact.effectId,
    startedAt: turn.at,
    expected,
    seen: new Set(),
    positions: new Map(),
    findings: [],
    executions: 0,
  };
}

/** A position belongs to the snapshot under way; outside of one it lags behind the fills and is only looked at. */
export function onPosition(turn: Turn, fact: Extract<BrokerFact, { kind: 'position' }>): void {
  const { durable, observed } = turn.state;
  if (fact.account !== durable.account || observed.snapshot === null) return;
  observed.snapshot.positions.set(fact.conId, fact.quantity);
  const ours = durable.positions.get(fact.conId);
  if ((ours?.quantity ?? ZERO_POSITION) === fact.quantity && ours?.averageCost === fact.averageCost) return;
  if (ours === undefined && isZero(fact.quantity)) return;
  adoptPosition(turn, observed.snapshot, fact.conId, fact.symbol, fact.quantity, fact.averageCost);
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
    adoptPosition(turn, snapshot, position.conId, position.symbol, ZERO_POSITION, null);
  }
  observed.positionsKnown = true;
  turn.emit({ type: 'reconciliation-proved', proof: proofOf(turn, snapshot) });
  const { connection } = durable;
  if (connection.phase === 'reconciling') {
    const { serverVersion } = connection;
    turn.emit({ type: 'connection-changed', connection: { phase: 'ready', since: turn.at, serverVersion } });
  }
  if (observed.snapshotWanted) startSnapshot(turn);
  else if (hasUnsettled(turn)) retryLater(turn, NEVER_ARRIVED_AFTER_MS);
}

/** The snapshot could not be taken, or left an order unsettled: the next one comes by the clock. */
export function retryLater(turn: Turn, afterMs = SNAPSHOT_RETRY_MS): void {
  turn.state.observed.deadlines.set('snapshot', laterBy(turn.at, afterMs), { kind: 'snapshot' });
}

function hasUnsettled({ state: { durable, observed } }: Turn): boolean {
  for (const live of observed.liveByInstrument.values()) {
    for (const id of live) if (durable.orders.get(id)?.state.phase === 'unknown') return true;
  }
  return false;
}

/** Live in the ledger, and IBKR's complete picture does not show it. */
function settleAbsent(turn: Turn, snapshot: SnapshotInProgress, order: OrderRecord): void {
  if (!isLive(order)) return;
  const { id: orderId, number } = order;
  if (order.broker.permId !== null) {
    answerCame(turn, order.id);
    move(turn, order, 'cancel', { reason: 'Not open at IBKR any more: expired or cancelled while nobody was looking' });
    snapshot.findings.push({ kind: 'vanished-order', orderId, number });
  } else if (snapshot.startedAt - stateTimeOf(order) >= NEVER_ARRIVED_AFTER_MS) {
    answerCame(turn, order.id);
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

function adoptPosition(
  turn: Turn,
  snapshot: SnapshotInProgress,
  conId: ConId,
  symbol: string,
  brokers: SignedQuantity,
  averageCost: Price | null,
): void {
  const { durable } = turn.state;
  const account = durable.account;
  if (account === null) return;
  const ours = durable.positions.get(conId)?.quantity ?? ZERO_POSITION;
  const position = { conId, symbol, account, quantity: brokers, averageCost, changed: turn.at };
  turn.emit({ type: 'position-adopted', position, why: 'IBKR reports it' });
  if (ours !== brokers) snapshot.findings.push({ kind: 'adopted-position', conId, symbol, ours, brokers });
}

function proofOf(turn: Turn, snapshot: SnapshotInProgress): ReconciliationProof {
  return {
    startedAt: snapshot.startedAt,
    at: turn.at,
    ordersExpected: snapshot.expected.size,
    ordersAtBroker: snapshot.seen.size,
    executionsAtBroker: snapshot.executions,
    positionsAtBroker: [...snapshot.positions.values()].filter((quantity) => !isZero(quantity)).length,
    findings: snapshot.findings,
  };
}
