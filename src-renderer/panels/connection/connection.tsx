import type { ReactElement } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { formatAge, NOT_KNOWN } from '#domain/format';
import type { ConnectionState } from '#domain/connection-state';
import type { ReconciliationProof } from '#domain/reconciliation-proof';
import { counted, describeConnection, describeFinding, describeTradingState } from '#domain/session-words';
import { Icon } from '#renderer/components/icon.tsx';
import { Meter } from '#renderer/components/risk-bar.tsx';
import { useNow, useQuotes, useWorkstation } from '#renderer/components/session-context.tsx';
import { formatClock } from '#renderer/format/display';

/** IBKR closes a connection that sends more messages a second. */
const IBKR_MESSAGES_PER_SECOND = 50;

/** The session with IBKR in words, and the proof that our ledger and IBKR agree. */
export function Connection(): ReactElement {
  const now = useNow();
  const view = useWorkstation(
    useShallow(({ link, state }) => ({
      link,
      connection: state?.connection ?? null,
      proof: state?.proof ?? null,
      trading: state?.trading ?? null,
      version: state?.version ?? '',
      settings: state?.settings.connection ?? null,
      mode: state?.mode ?? null,
    })),
  );
  const meters = useQuotes((store) => store.meters);
  if (view.connection === null) {
    return (
      <div className="blank" role="status">
        <b>Connecting to the workstation</b>
      </div>
    );
  }
  const { connection, proof, link } = view;
  const heartbeatAt = meters?.heartbeatAt ?? null;
  const roundTripMs = meters?.roundTripMs ?? null;
  const lateMs = meters?.heartbeatLateMs ?? 0;
  const good = connection.phase === 'ready';
  return (
    <div className="panel-body connection" tabIndex={0} role="group" aria-label="Session with IBKR">
      <dl>
        <dt>Window</dt>
        <dd className={link.phase === 'lost' ? 'danger' : ''}>
          {link.phase === 'lost' ? `lost ${formatAge(now - link.since)} ago: ${link.reason}` : 'connected'}
        </dd>
        <dt>IBKR</dt>
        <dd className={good ? 'ok' : connection.phase === 'reconciling' ? '' : 'danger'}>
          {describeConnection(connection)} <span className="t3">for {formatAge(now - connection.since)}</span>
        </dd>
        <dt>Endpoint</dt>
        <dd>{endpointOf(connection) ?? configuredEndpoint(view.mode, view.settings)}</dd>
        <dt>Server version</dt>
        <dd>{'serverVersion' in connection ? connection.serverVersion : NOT_KNOWN}</dd>
        <dt>Heartbeat</dt>
        <dd className={lateMs > 0 ? 'danger' : ''}>
          {heartbeatAt === null ? NOT_KNOWN : `${formatAge(now - heartbeatAt)} ago`}
          {roundTripMs === null ? '' : `, round trip ${Math.round(roundTripMs)} ms`}
          {lateMs > 0 ? `, slow: the answer ${formatAge(lateMs)} late` : ''}
        </dd>
        <dt>Messages</dt>
        <dd className="meter-line">
          {meters === null ? (
            NOT_KNOWN
          ) : (
            <>
              <Meter
                share={meters.messagesPerSecond / IBKR_MESSAGES_PER_SECOND}
                limit={meters.messagesPerSecondMax / IBKR_MESSAGES_PER_SECOND}
              />
              {meters.messagesPerSecond} a second of {meters.messagesPerSecondMax}
            </>
          )}
        </dd>
        <dt>Trading</dt>
        <dd>{view.trading === null ? NOT_KNOWN : describeTradingState(view.trading)}</dd>
        <dt>Journal</dt>
        <dd>{meters === null ? NOT_KNOWN : `on disk up to event ${meters.durableSequence}`}</dd>
        <dt>Version</dt>
        <dd>{view.version === '' ? NOT_KNOWN : view.version}</dd>
      </dl>
      {proof === null ? null : <Proof proof={proof} />}
    </div>
  );
}

function endpointOf(connection: ConnectionState): string | null {
  return 'endpoint' in connection ? connection.endpoint : null;
}

function configuredEndpoint(
  mode: 'demo' | 'paper' | 'live' | null,
  settings: {
    readonly host: string;
    readonly paperPort: number;
    readonly livePort: number;
    readonly clientId: number;
  } | null,
): string {
  if (mode === 'demo') return 'the built-in simulator';
  if (settings === null) return NOT_KNOWN;
  const port = mode === 'live' ? settings.livePort : settings.paperPort;
  return `${settings.host}:${port}, client ${settings.clientId}`;
}

/** What the last reconciliation compared, and every difference with what was done about it. */
function Proof({ proof }: { readonly proof: ReconciliationProof }): ReactElement {
  return (
    <section className="proof" aria-label="Reconciliation proof">
      <h3>
        Reconciliation proof{' '}
        <span className="t3">
          {formatClock(proof.at)} ET, took {formatAge(proof.at - proof.startedAt)}
        </span>
      </h3>
      <div className="proof-tiles">
        <div>
          <span>Open orders</span>
          <b>
            {proof.ordersExpected} in journal, {proof.ordersAtBroker} at IBKR
          </b>
        </div>
        <div>
          <span>Executions</span>
          <b>{proof.executionsAtBroker} at IBKR</b>
        </div>
        <div>
          <span>Positions</span>
          <b>{proof.positionsAtBroker} at IBKR</b>
        </div>
        <div>
          <span>Differences</span>
          <b>{proof.findings.length === 0 ? 'none' : counted(proof.findings.length, 'difference')}</b>
        </div>
      </div>
      <ul className="findings">
        {proof.findings.map((finding, index) => (
          <li key={index}>
            <Icon name="info" size={12} className="t3" />
            <span>{describeFinding(finding)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
