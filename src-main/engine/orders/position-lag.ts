import { present } from '#domain/assert';
import { isReady } from '#domain/connection-state';
import { epochMs, laterBy, type ConId, type EpochMs } from '#domain/ids';
import { ZERO_POSITION, type SignedQuantity } from '#domain/money';
import type { WorkstationState } from '#domain/workstation-state';
import type { Turn } from '#engine/turn';
import type { BrokerExecution } from '#ports/broker-port';

/** How long IBKR's position stream may lag behind the executions. */
export const POSITION_LAG_MS = 10_000;

/** The ledger's position; zero where it has none. */
export const quantityOf = ({ positions }: WorkstationState, conId: ConId): SignedQuantity =>
  positions.get(conId)?.quantity ?? ZERO_POSITION;

/** Remembers since when IBKR's position is another one, and looks again when that can not be its lag any more. */
export function compareWithLedger(turn: Turn, conId: ConId, brokers: SignedQuantity): void {
  const { durable, observed } = turn.state;
  if (quantityOf(durable, conId) === brokers) {
    observed.disagreesSince.delete(conId);
    return;
  }
  if (!observed.disagreesSince.has(conId)) observed.disagreesSince.set(conId, turn.at);
  const { deadlines } = observed;
  if (!deadlines.has('positions')) deadlines.set('positions', laterBy(turn.at, POSITION_LAG_MS), { kind: 'positions' });
}

/**
 * IBKR's positions may lag behind this execution. Its clock and ours may differ: what comes by itself has just happened,
 * nothing has happened later than now, and what an earlier process has written down not after this one began.
 */
export function noteExecution({ at, state: { durable, observed } }: Turn, execution: BrokerExecution): void {
  const isKnown = durable.fills.has(execution.execId);
  const isNews = observed.snapshot === null && !isKnown;
  const latest = isKnown ? present(observed.beganAt, 'when this process began') : at;
  const happened = isNews ? at : epochMs(Math.min(execution.at, latest));
  if (happened > (observed.executedAt.get(execution.conId) ?? 0)) observed.executedAt.set(execution.conId, happened);
}

/**
 * True while IBKR's position stream may not have told all that was executed, or we may not have been told all that its
 * position contains. Before a session is ready everything is asked for, and only the stream is waited for.
 */
export function mayLag({ at, state: { durable, observed } }: Turn, conId: ConId): boolean {
  const isRecent = (time: EpochMs | undefined): boolean => time !== undefined && at - time < POSITION_LAG_MS;
  if (isRecent(observed.executedAt.get(conId))) return true;
  return isReady(durable.connection) && isRecent(observed.disagreesSince.get(conId));
}

/**
 * What was heard of a fill before this time is in IBKR's position already, and so in the ledger's: it explains no
 * difference that came later.
 */
export function evidenceSince({ at, state: { durable, observed } }: Turn, conId: ConId): number {
  const differsSince = isReady(durable.connection) ? (observed.disagreesSince.get(conId) ?? at) : durable.readyUntil;
  return (differsSince ?? 0) - POSITION_LAG_MS;
}
