import type { ReactElement } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { formatAge, NOT_KNOWN } from '#domain/format';
import { counted, describeTradingState } from '#domain/session-words';
import { useUnexplained } from '#renderer/components/differences.tsx';
import { Icon } from '#renderer/components/icon.tsx';
import { Meter } from '#renderer/components/risk-bar.tsx';
import { useNow, useQuotes, useUi, useWorkstation } from '#renderer/components/session-context.tsx';
import { formatClock } from '#renderer/format/display';
import { PANEL_KEYS } from '#renderer/hotkeys/interpret-key';
import { conditionOf, markOfCondition } from '#renderer/stores/quotes-store';

const HOUR_MS = 60 * 60 * 1_000;
/** IBKR closes a connection that sends more messages a second. */
const IBKR_MESSAGES_PER_SECOND = 50;

/** Is it healthy; at the left the keys of the panel that has the keyboard. */
export function StatusBar(): ReactElement {
  const panel = useUi((store) => store.activePanel);
  const meters = useQuotes((store) => store.meters);
  const lateMs = meters?.heartbeatLateMs ?? 0;
  const now = useNow();
  const link = useWorkstation((store) => store.link.phase);
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
      <HeldTrading />
      <ConnectionItem />
      <div className={`item ${lateMs > 0 ? 'old' : ''}`} title="Round trip of the last heartbeat to TWS">
        Latency {describeRoundTrip(meters?.roundTripMs ?? null)}
        {lateMs > 0 ? <b>slow, {formatAge(lateMs)} late</b> : null}
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
      <EfficiencyItem />
      <ReconciledItem />
      <QuotesItem />
      <CorrelationsItem />
      <div className="item">
        <b className={link === 'lost' ? 'stale' : ''}>{now === 0 ? NOT_KNOWN : formatClock(now)}</b> ET
      </div>
    </footer>
  );
}

/** Messages about orders for each execution of the day: IBKR asks for few. */
function EfficiencyItem(): ReactElement | null {
  const efficiency = useQuotes(({ risk }) => risk?.efficiency ?? null);
  if (efficiency === null || efficiency.messages === 0) return null;
  const { messages, executions, warnAt } = efficiency;
  const each = messages / Math.max(1, executions);
  const high = each >= warnAt;
  const words = `${counted(messages, 'message')} about orders for ${counted(executions, 'execution')} today; IBKR asks for few, warned from ${warnAt} for each`;
  return (
    <div className={`item ${high ? 'old' : ''}`} title={words}>
      {high ? <Icon name="warn" size={12} /> : null}
      Efficiency {messages}:{executions}
    </div>
  );
}

/** How old the correlations are that the limits use. */
function CorrelationsItem(): ReactElement | null {
  const now = useNow();
  const summary = useWorkstation(({ state }) => state?.correlations ?? null);
  const ttlHours = useWorkstation(({ state }) => state?.settings.risk.correlation.ttlHours ?? 0);
  const correlating = useQuotes((store) => store.correlating);
  if (correlating !== null) {
    return (
      <div className="item">
        Correlations <Meter share={correlating.of === 0 ? 0 : correlating.done / correlating.of} limit={1} />
        {correlating.done} of {correlating.of}
      </div>
    );
  }
  if (summary === null) return <div className="item">Correlations {NOT_KNOWN}</div>;
  const ageMs = now - summary.computedAt;
  return (
    <div
      className={`item ${ageMs > ttlHours * HOUR_MS ? 'old' : ''}`}
      title={`${counted(summary.symbols, 'symbol')}, ${summary.lookback} days; stale after ${ttlHours} hours`}
    >
      Correlations {formatAge(ageMs)}
    </div>
  );
}

/** Why trading is not ACTIVE, for as long as it is not. */
function HeldTrading(): ReactElement {
  const trading = useWorkstation(({ state }) => state?.trading ?? null);
  if (trading === null || trading.state === 'ACTIVE') return <span className="spring" />;
  const words = describeTradingState(trading);
  return (
    <div className={`held ${trading.state.toLowerCase()}`} title={words} data-testid="held-trading">
      <Icon name="shield" size={12} />
      <span>{words}</span>
    </div>
  );
}

function describeRoundTrip(ms: number | null): string {
  return ms === null ? NOT_KNOWN : `${Math.round(ms)} ms`;
}

function ReconciledItem(): ReactElement {
  const proof = useWorkstation(({ state }) => state?.proof ?? null);
  const unexplained = useUnexplained().length;
  if (proof === null) return <div className="item">Not reconciled yet</div>;
  const { length } = proof.findings;
  return (
    <div className={`item ${unexplained > 0 ? 'bad' : 'good'}`}>
      <Icon name={unexplained > 0 ? 'warn' : 'check'} size={12} />
      Reconciled {formatClock(proof.at)}
      {unexplained > 0 ? ` · ${unexplained} unexplained` : length === 0 ? '' : ` · ${counted(length, 'difference')}`}
    </div>
  );
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
  const { oldest, stale, known, word, isDown } = useQuotes(
    useShallow(({ quotes, meters }) => {
      let oldestMs = 0;
      let staleCount = 0;
      const words = new Set<string>();
      for (const quote of quotes.values()) {
        const condition = conditionOf(quote, meters?.heartbeatAt ?? null, now, ageMaxMs);
        if (condition.kind === 'fresh') oldestMs = Math.max(oldestMs, condition.ageMs);
        else staleCount += 1;
        const mark = markOfCondition(condition, ageMaxMs);
        if (mark !== null) words.add(mark.word);
      }
      const [only = ''] = words;
      return {
        oldest: oldestMs,
        stale: staleCount,
        known: quotes.size,
        word: words.size > 1 ? 'not current' : only,
        isDown: meters?.farms.quotes === 'down',
      };
    }),
  );
  if (isDown) {
    return (
      <div className="item bad">
        <Icon name="unlink" size={12} />
        Quotes farm down
      </div>
    );
  }
  if (known === 0) return <div className="item">Quotes {NOT_KNOWN}</div>;
  return (
    <div className="item" title="Age of the oldest quote that may price an order">
      Quotes {stale === known ? NOT_KNOWN : formatAge(oldest)}
      {stale === 0 ? null : (
        <span className="age">
          {stale} {word}
        </span>
      )}
    </div>
  );
}
