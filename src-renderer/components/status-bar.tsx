import type { ReactElement } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { formatAge, NOT_KNOWN } from '#domain/format';
import { counted } from '#domain/session-words';
import { Icon } from '#renderer/components/icon.tsx';
import { Meter } from '#renderer/components/risk-bar.tsx';
import { useNow, useQuotes, useUi, useWorkstation } from '#renderer/components/session-context.tsx';
import { formatClock } from '#renderer/format/display';
import { PANEL_KEYS } from '#renderer/hotkeys/interpret-key';
import { conditionOf } from '#renderer/stores/quotes-store';

/** IBKR closes a connection that sends more messages a second. */
const IBKR_MESSAGES_PER_SECOND = 50;

/** Is it healthy; at the left the keys of the panel that has the keyboard. */
export function StatusBar(): ReactElement {
  const panel = useUi((store) => store.activePanel);
  const meters = useQuotes((store) => store.meters);
  const now = useNow();
  const link = useWorkstation((store) => store.link.phase);
  const proof = useWorkstation(({ state }) => state?.proof ?? null);
  return (
    <footer className="foot" aria-label="Status">
      <div className="keys">
        {PANEL_KEYS[panel].map(({ key, what }) => (
          <span key={what}>
            {key.split(' ').map((cap) => (
              <kbd key={cap}>{cap}</kbd>
            ))}
            {what}
          </span>
        ))}
      </div>
      <span className="spring" />
      <ConnectionItem />
      <div className="item" title="Round trip of the last heartbeat to TWS">
        Latency {describeRoundTrip(meters?.roundTripMs ?? null)}
      </div>
      <div className="item" title="Messages to IBKR in the last second; the mark is our own limit">
        Messages{' '}
        {meters === null ? (
          NOT_KNOWN
        ) : (
          <>
            <Meter
              share={meters.messagesPerSecond / IBKR_MESSAGES_PER_SECOND}
              limit={meters.messagesPerSecondMax / IBKR_MESSAGES_PER_SECOND}
            />
            {meters.messagesPerSecond}/s <span className="t3">of {meters.messagesPerSecondMax}</span>
          </>
        )}
      </div>
      <div className={`item ${proof === null ? '' : 'good'}`}>
        {proof === null ? (
          'Not reconciled yet'
        ) : (
          <>
            <Icon name="check" size={12} />
            Reconciled {formatClock(proof.at)}
            {proof.findings.length === 0 ? '' : ` · ${counted(proof.findings.length, 'difference')}`}
          </>
        )}
      </div>
      <QuotesItem />
      <div className="item">
        <b className={link === 'lost' ? 'stale' : ''}>{now === 0 ? NOT_KNOWN : formatClock(now)}</b> ET
      </div>
    </footer>
  );
}

function describeRoundTrip(ms: number | null): string {
  return ms === null ? NOT_KNOWN : `${Math.round(ms)} ms`;
}

function ConnectionItem(): ReactElement {
  const link = useWorkstation((store) => store.link.phase);
  const connection = useWorkstation(({ state }) => state?.connection.phase ?? null);
  if (link === 'connecting') return <div className="item">Connecting …</div>;
  if (link === 'lost') {
    return (
      <div className="item bad">
        <Icon name="unlink" size={12} />
        Link lost
      </div>
    );
  }
  const ready = connection === 'ready';
  const words = {
    ready: 'Connected',
    disconnected: 'Disconnected',
    connecting: 'Connecting to IBKR',
    handshaking: 'Connecting to IBKR',
    reconciling: 'Reconciling',
    degraded: 'Degraded',
  } as const;
  const bad = connection === 'disconnected' || connection === 'degraded';
  return (
    <div className={`item ${ready ? 'good' : bad ? 'bad' : ''}`} data-testid="connection">
      <Icon name={bad ? 'unlink' : 'link'} size={12} />
      {connection === null ? NOT_KNOWN : words[connection]}
    </div>
  );
}

/** The age of the oldest fresh quote, and how many are not fresh. */
function QuotesItem(): ReactElement {
  const now = useNow();
  const ageMaxMs = useWorkstation(({ state }) => state?.settings.risk.quoteAgeMaxMs ?? 0);
  const { oldest, stale, known } = useQuotes(
    useShallow(({ quotes, meters }) => {
      let oldestMs = 0;
      let staleCount = 0;
      for (const quote of quotes.values()) {
        const condition = conditionOf(quote, meters?.heartbeatAt ?? null, now, ageMaxMs);
        if (condition.kind === 'fresh') oldestMs = Math.max(oldestMs, condition.ageMs);
        else staleCount += 1;
      }
      return { oldest: oldestMs, stale: staleCount, known: quotes.size };
    }),
  );
  if (known === 0) return <div className="item">Quotes {NOT_KNOWN}</div>;
  return (
    <div className="item" title="Age of the oldest quote that may price an order">
      Quotes {stale === known ? NOT_KNOWN : formatAge(oldest)}
      {stale === 0 ? null : <span className="age">{stale} stale</span>}
    </div>
  );
}
