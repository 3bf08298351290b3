import { alarmId, type AccountId, type AlarmId } from '#domain/ids';
import type { ConnectionState } from '#domain/connection-state';
import { isLive } from '#domain/order-record';
import { isZero } from '#domain/money';
import { err, ok, type Result } from '#domain/result';
import { tendOpenBrackets } from '#engine/managers/bracket-manager';
import { resumeGlobalCancel } from '#engine/managers/kill-switch';
import { tendOpenOcos } from '#engine/managers/oco-order-manager';
import { watchAllProtection } from '#engine/managers/protection-watchdog';
import { tendOpenStops } from '#engine/managers/trailing-stop-life';
import { cancelAgain } from '#engine/orders/cancellation';
import { loseSightOfInFlight } from '#engine/orders/effect-outcomes';
import { watchContract } from '#engine/market/quote-board';
import { wantSnapshot } from '#engine/orders/reconciliation';
import { endpointText, reasonText } from '#engine/text-limits';
import type { Turn } from '#engine/turn';
import type { BrokerFact } from '#ports/broker-port';
import type { EngineInput } from '#ports/engine-input';

const HALT_ALARM = alarmId('halted');
const ACCOUNT_ALARM = alarmId('wrong-account');

type FactOf<Kind extends BrokerFact['kind']> = Extract<BrokerFact, { kind: Kind }>;

const setConnection = (turn: Turn, connection: ConnectionState): void => {
  turn.emit({ type: 'connection-changed', connection });
};

export function onLinkConnecting(turn: Turn, { endpoint }: FactOf<'link-connecting'>): void {
  setConnection(turn, { phase: 'connecting', since: turn.at, endpoint: endpointText(endpoint) });
}

export function onLinkHandshaking(turn: Turn, { endpoint }: FactOf<'link-handshaking'>): void {
  setConnection(turn, { phase: 'handshaking', since: turn.at, endpoint: endpointText(endpoint) });
}

/** The session is usable for questions; orders wait until the ledger is reconciled. */
export function onLinkUp(turn: Turn, fact: FactOf<'link-up'>): void {
  const { durable, observed } = turn.state;
  const account = accountOf(turn, fact.accounts);
  if (!account.ok) {
    const reason = reasonText(account.error);
    setConnection(turn, { phase: 'disconnected', since: turn.at, reason, code: null, retryAt: null });
    raise(turn, ACCOUNT_ALARM, reason);
    return;
  }
  if (durable.account === null) turn.emit({ type: 'account-bound', account: account.value });
  if (durable.alarms.has(ACCOUNT_ALARM)) {
    turn.emit({ type: 'alarm-cleared', alarmId: ACCOUNT_ALARM, origin: 'manager' });
  }
  observed.clientId = fact.clientId;
  observed.highestOrderId = Math.max(observed.highestOrderId, fact.nextOrderId - 1);
  const { serverVersion } = fact;
  setConnection(turn, { phase: 'reconciling', since: turn.at, serverVersion });
  forgetSnapshots(turn);
  wantSnapshot(turn);
}

/** The link is gone: what was in flight is unknown until reconciled, never assumed rejected, never resent. */
export function onLinkDown(turn: Turn, fact: FactOf<'link-down'>): void {
  const { observed } = turn.state;
  const { code, retryAt } = fact;
  const reason = reasonText(fact.reason);
  setConnection(turn, { phase: 'disconnected', since: turn.at, reason, code, retryAt });
  loseSightOfInFlight(turn, 'the link to TWS dropped before IBKR answered');
  forgetSnapshots(turn);
  observed.positionsKnown = false;
  observed.brokerPositions.clear();
  observed.brokerPnl.clear();
  observed.disagreesSince.clear();
  observed.openOrdersPoll = null;
  observed.farms.clear();
  observed.deadlines.clear('positions');
  observed.heartbeatAt = null;
  observed.heartbeatLateMs = 0;
  observed.resolving.clear();
  for (const [conId, quote] of observed.quotes) observed.quotes.set(conId, { ...quote, live: false });
}

/** 1100: TWS is there, IBKR behind it is not. Reports keep counting, new orders do not go out. */
export function onUpstreamLost(turn: Turn, fact: FactOf<'upstream-lost'>): void {
  const { connection } = turn.state.durable;
  if (connection.phase !== 'ready' && connection.phase !== 'reconciling') return;
  const { serverVersion } = connection;
  const { code, text } = fact;
  setConnection(turn, { phase: 'degraded', since: turn.at, code, reason: reasonText(text), serverVersion });
  forgetSnapshots(turn);
}

/** 1101, 1102: back again; reconcile in both cases, and even when the loss was not heard: fills may have been missed. */
export function onUpstreamRestored(turn: Turn): void {
  const { connection } = turn.state.durable;
  if (!('serverVersion' in connection)) return;
  const { serverVersion } = connection;
  setConnection(turn, { phase: 'reconciling', since: turn.at, serverVersion });
  forgetSnapshots(turn);
  wantSnapshot(turn);
}

/** After each change to ready: owed cancels again, and quotes for everything that is held or live. */
export function onReady(turn: Turn): void {
  const { durable } = turn.state;
  resumeGlobalCancel(turn);
  cancelAgain(turn);
  tendOpenBrackets(turn);
  tendOpenOcos(turn);
  tendOpenStops(turn);
  watchAllProtection(turn);
  for (const order of durable.orders.values()) if (isLive(order)) watchContract(turn, order.spec.conId);
  for (const { conId, quantity } of durable.positions.values()) if (!isZero(quantity)) watchContract(turn, conId);
}

/**
 * Nothing new may be risked in this process life: without a journal nobody would know of it after a crash, and a broken
 * invariant means that the ledger can not be trusted.
 */
export function onHalt(turn: Turn, { cause, reason }: Extract<EngineInput, { kind: 'halt' }>): void {
  const { observed } = turn.state;
  if (observed.halted !== null) return;
  const text =
    cause === 'journal'
      ? `The journal can not be written: ${reason}. New orders are refused, cancels still act. Free the disk and restart.`
      : `An internal check failed: ${reason}. New orders are refused, cancels still act. Restart, then look at the reconciliation.`;
  observed.halted = { state: 'HALTED', since: turn.at, reason: reasonText(text), cause: 'person' };
  raise(turn, HALT_ALARM, reasonText(text));
}

/** A new process life begins without the alarms that only concerned the last one. */
export function clearHaltAlarm(turn: Turn): void {
  if (turn.state.durable.alarms.has(HALT_ALARM)) {
    turn.emit({ type: 'alarm-cleared', alarmId: HALT_ALARM, origin: 'manager' });
  }
}

/**
 * The account this session trades: the one that the journal belongs to; for a new journal the one that the settings name
 * in live mode, else the first. Paper and demo accept only IBKR's paper accounts, which start with D.
 */
function accountOf({ state: { durable } }: Turn, accounts: readonly AccountId[]): Result<AccountId, string> {
  const { mode, settings } = durable;
  const named = mode === 'live' ? settings.liveAccount : null;
  const account = durable.account ?? named ?? accounts[0];
  if (account === undefined) return err('TWS names no account. Log in to TWS again');
  if (!accounts.includes(account)) {
    return err(
      `This workstation trades account ${account}; TWS is logged in to ${accounts.join(', ')}. Log in to ${account}, or use another --data-dir`,
    );
  }
  if (mode !== 'live' && !account.startsWith('D')) {
    return err(
      `Account ${account} is not a paper account (those start with D), and the workstation runs in ${mode} mode`,
    );
  }
  return ok(account);
}

function forgetSnapshots({ state: { observed } }: Turn): void {
  observed.deadlines.clear('snapshot');
  observed.snapshot = null;
  observed.snapshotWanted = false;
  for (const [id, { kind }] of observed.inFlight) if (kind === 'snapshot') observed.inFlight.delete(id);
}

function raise(turn: Turn, id: AlarmId, text: string): void {
  turn.emit({ type: 'alarm-raised', alarm: { id, at: turn.at, severity: 'danger', text, orderId: null } });
}
