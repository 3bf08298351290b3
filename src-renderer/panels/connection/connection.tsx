import type { ReactElement } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { formatAge, NOT_KNOWN } from '#domain/format';
import type { HostMeters } from '#domain/feed';
import { DATA_FARMS, type FarmState } from '#domain/quote';
import { describeConnection, describeTradingState } from '#domain/session-words';
import { Icon } from '#renderer/components/icon.tsx';
import { Meter } from '#renderer/components/risk-bar.tsx';
import { useNow, useQuotes, useWorkstation } from '#renderer/components/session-context.tsx';
import { UnexplainedDifferences } from '#renderer/panels/connection/unexplained-differences.tsx';
import { Proof } from '#renderer/panels/connection/proof.tsx';
import type { WorkstationStore } from '#renderer/stores/workstation-store';

/** IBKR closes a connection that sends more messages a second. */
const IBKR_MESSAGES_PER_SECOND = 50;

/** What differs from IBKR without an explanation, the session in words, and the proof that ledger and IBKR agree. */
export function Connection(): ReactElement {
  const now = useNow();
  const view = useWorkstation(
    useShallow(({ link, state, activity }) => ({
      link,
      connection: state?.connection ?? null,
      proof: state?.proof ?? null,
      trading: state?.trading ?? null,
      version: state?.version ?? '',
      endpoint: lastEndpointIn(activity),
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
      <UnexplainedDifferences />
      <dl className="session">
        <dt>IBKR</dt>
        <dd className={good ? 'ok' : connection.phase === 'reconciling' ? '' : 'danger'}>
          {describeConnection(connection)} <span className="t3">for {formatAge(now - connection.since)}</span>
        </dd>
        <dt>Trading</dt>
        <dd className={view.trading?.state === 'ACTIVE' ? '' : 'danger'}>
          {view.trading === null ? NOT_KNOWN : describeTradingState(view.trading)}
        </dd>
        <dt>Heartbeat</dt>
        <dd className={lateMs > 0 ? 'danger' : ''}>
          {heartbeatAt === null ? NOT_KNOWN : `${formatAge(now - heartbeatAt)} ago`}
          {roundTripMs === null ? '' : `, round trip ${Math.round(roundTripMs)} ms`}
          {lateMs > 0 ? `, slow: the answer ${formatAge(lateMs)} late` : ''}
        </dd>
        <dt>Data farms</dt>
        <dd>{meters === null ? NOT_KNOWN : <Farms farms={meters.farms} />}</dd>
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
      </dl>
      {proof === null ? null : <Proof proof={proof} />}
      <dl className="session details">
        <dt>Window</dt>
        <dd className={link.phase === 'lost' ? 'danger' : ''}>
          {link.phase === 'lost' ? `lost ${formatAge(now - link.since)} ago: ${link.reason}` : 'connected'}
        </dd>
        <dt>Server version</dt>
        <dd>{'serverVersion' in connection ? connection.serverVersion : NOT_KNOWN}</dd>
        <dt>Journal</dt>
        <dd>{meters === null ? NOT_KNOWN : `event ${meters.durableSequence} on disk`}</dd>
        <dt>Version</dt>
        <dd>{view.version === '' ? NOT_KNOWN : view.version}</dd>
        <dt>Endpoint</dt>
        <dd>{view.mode === 'demo' ? 'the built-in simulator' : (view.endpoint ?? NOT_KNOWN)}</dd>
      </dl>
    </div>
  );
}

/** Where TWS was last looked for: a session that is ready does not say it any more. */
function lastEndpointIn(activity: WorkstationStore['activity']): string | null {
  for (const { event } of activity) {
    if (event.type === 'connection-changed' && 'endpoint' in event.connection) return event.connection.endpoint;
  }
  return null;
}

const FARM_LOOKS = {
  up: { icon: 'check', tone: 'ok', why: 'connected' },
  idle: { icon: 'minus', tone: 't3', why: 'not connected because nobody asks; it connects when asked' },
  down: { icon: 'unlink', tone: 'danger', why: 'IBKR has lost it; its data stands still until it is back' },
} as const satisfies Record<FarmState, object>;

/** IBKR's farms: quotes, history, definitions. Each can fail by itself. */
function Farms({ farms }: { readonly farms: HostMeters['farms'] }): ReactElement {
  return (
    <span className="farms">
      {DATA_FARMS.map((farm) => {
        const state = farms[farm];
        if (state === undefined) {
          return (
            <span key={farm} className="t3" title="IBKR has not spoken of it in this session">
              {farm} {NOT_KNOWN}
            </span>
          );
        }
        const { icon, tone, why } = FARM_LOOKS[state];
        return (
          <span key={farm} className={tone === 'danger' ? 'danger' : ''} title={why}>
            <Icon name={icon} size={12} className={tone} />
            {farm} {state}
          </span>
        );
      })}
    </span>
  );
}
