import { present } from '#domain/assert';
import { alarmId, type AccountId, type AlarmId } from '#domain/ids';
import type { ConnectionState } from '#domain/connection-state';
import { isLive } from '#domain/order-record';
import { isZero } from '#domain/money';
import { tendBracketsOnReady } from '#engine/managers/bracket-manager';
import { loseSightOfInFlight } from '#engine/orders/effect-outcomes';
import { watchSymbol } from '#engine/market/quote-board';
import { wantSnapshot } from '#engine/orders/reconciliation';
import type { Turn } from '#engine/turn';
import type { BrokerFact } from '#ports/broker-port';
import type { EngineInput } from '#ports/engine-input';

/** Longest alarm text; the schema bounds it. */
const ALARM_TEXT_MAX = 500;
const HALT_ALARM = alarmId('halted');
const ACCOUNT_ALARM = alarmId('wrong-account');

type FactOf<Kind extends BrokerFact['kind']> = Extract<BrokerFact, { kind: Kind }>;

const setConnection = (turn: Turn, connection: ConnectionState): void => {
  turn.emit({ type: 'connection-changed', connection });
};

export function onLinkConnecting(turn: Turn, { endpoint }: FactOf<'link-connecting'>): void {
  setConnection(turn, { phase: 'connecting', since: turn.at, endpoint });
}

export function onLinkHandshaking(turn: Turn, { endpoint }: FactOf<'link-handshaking'>): void {
  setConnection(turn, { phase: 'handshaking', since: turn.at, endpoint });
}

/** The session is usable for questions; orders wait until the ledger is reconciled. */
export function onLinkUp(turn: Turn, fact: FactOf<'link-up'>): void {
  const { durable, observed } = turn.state;
  const refusal = whyNotThisAccount(turn, fact.accounts);
  if (refusal !== null) {
    setConnection(turn, { phase: 'disconnected', since: turn.at, reason: refusal, code: null, retryAt: null });
    raise(turn, ACCOUNT_ALARM, refusal);
    return;
  }
  if (durable.account === null) turn.emit({ type: 'account-bound', account: accountFor(turn, fact.accounts) });
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
  const { reason, code, retryAt } = fact;
  setConnection(turn, { phase: 'disconnected', since: turn.at, reason, code, retryAt });
  loseSightOfInFlight(turn, 'the link to TWS dropped before IBKR answered');
  forgetSnapshots(turn);
  observed.positionsKnown = false;
  observed.heartbeatAt = null;
  observed.resolving.clear();
  for (const [conId, quote] of observed.quotes) observed.quotes.set(conId, { ...quote, live: false });
}

/** 1100: TWS is there, IBKR behind it is not. Reports keep counting, new orders do not go out. */
export function onUpstreamLost(turn: Turn, fact: FactOf<'upstream-lost'>): void {
  const { connection } = turn.state.durable;
  if (connection.phase !== 'ready' && connection.phase !== 'reconciling') return;
  const { serverVersion } = connection;
  const { code, text: reason } = fact;
  setConnection(turn, { phase: 'degraded', since: turn.at, code, reason, serverVersion });
  forgetSnapshots(turn);
}

/** 1101, 1102: back again; reconcile in both cases, for fills may have been missed. */
export function onUpstreamRestored(turn: Turn): void {
  const { connection } = turn.state.durable;
  if (connection.phase !== 'degraded') return;
  const { serverVersion } = connection;
  setConnection(turn, { phase: 'reconciling', since: turn.at, serverVersion });
  wantSnapshot(turn);
}

/** After each change to ready: owed cancels again, and quotes for everything that is held or live. */
export function onReady(turn: Turn): void {
  const { durable } = turn.state;
  tendBracketsOnReady(turn);
  for (const order of durable.orders.values()) if (isLive(order)) watchSymbol(turn, order.spec.symbol);
  for (const { symbol, quantity } of durable.positions.values()) if (!isZero(quantity)) watchSymbol(turn, symbol);
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
  observed.halted = { state: 'HALTED', since: turn.at, reason: text };
  raise(turn, HALT_ALARM, text.slice(0, ALARM_TEXT_MAX));
}

/** A new process life begins without the alarms that only concerned the last one. */
export function clearHaltAlarm(turn: Turn): void {
  if (turn.state.durable.alarms.has(HALT_ALARM)) {
    turn.emit({ type: 'alarm-cleared', alarmId: HALT_ALARM, origin: 'manager' });
  }
}

/** The account this journal belongs to, or will belong to: in live mode the one that the settings name. */
function accountFor({ state: { durable } }: Turn, accounts: readonly AccountId[]): AccountId {
  const named = durable.mode === 'live' ? durable.settings.liveAccount : null;
  return durable.account ?? named ?? present(accounts[0], 'a managed account');
}

/** Paper and demo accept only IBKR's paper accounts, which start with D; a journal accepts only its own account. */
function whyNotThisAccount(turn: Turn, accounts: readonly AccountId[]): string | null {
  const { mode } = turn.state.durable;
  const account = accountFor(turn, accounts);
  if (!accounts.includes(account)) {
    return `This workstation trades account ${account}; TWS is logged in to ${accounts.join(', ')}. Log in to ${account}, or use another --data-dir`;
  }
  if (mode !== 'live' && !account.startsWith('D')) {
    return `Account ${account} is not a paper account (those start with D), and the workstation runs in ${mode} mode`;
  }
  return null;
}

function forgetSnapshots({ state: { observed } }: Turn): void {
  observed.snapshot = null;
  observed.snapshotWanted = false;
  for (const [id, { kind }] of observed.inFlight) if (kind === 'snapshot') observed.inFlight.delete(id);
}

function raise(turn: Turn, id: AlarmId, text: string): void {
  turn.emit({ type: 'alarm-raised', alarm: { id, at: turn.at, severity: 'danger', text, orderId: null } });
}
