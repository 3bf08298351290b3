import { useCallback, type ReactElement } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { Alarm } from '#domain/alarm';
import { formatAge, formatMoney } from '#domain/format';
import { moneySchema } from '#domain/money';
import { differenceAlarmOf, type PositionDifference } from '#domain/position-difference';
import { describeConnection } from '#domain/session-words';
import { Button } from '#renderer/components/button.tsx';
import { useUnexplained } from '#renderer/components/differences.tsx';
import { Icon } from '#renderer/components/icon.tsx';
import { useNow, useQuotes, useSession, useUi, useWorkstation } from '#renderer/components/session-context.tsx';
import { useCommand } from '#renderer/components/use-command';
import { formatResult, toneOf } from '#renderer/format/display';
import { nextDensity, type PanelId } from '#renderer/stores/ui-store';

/** Who am I, may I trade, is anything wrong: the same places at all times. */
export function TitleBar({
  onShowPanel,
  onResetLayout,
}: {
  readonly onShowPanel: (id: PanelId) => void;
  readonly onResetLayout: () => void;
}): ReactElement {
  const { ui } = useSession();
  const facts = useWorkstation(
    useShallow(({ state }) =>
      state === null
        ? null
        : { mode: state.mode, account: state.account, trading: state.trading.state, why: state.trading.reason },
    ),
  );
  const netLiquidation = useQuotes(({ meters }) => meters?.accountValues['NetLiquidation']);
  const baseCurrency = useQuotes(({ meters }) => meters?.baseCurrency ?? null);
  const theme = useUi((store) => store.theme);
  const density = useUi((store) => store.density);
  const worth = moneySchema.safeParse(netLiquidation ?? '');
  return (
    <header className="top">
      {facts === null ? (
        <span className="t2">ibkr-trader</span>
      ) : (
        <>
          <span className={`mode ${facts.mode}`} data-testid="mode">
            {facts.mode === 'live' ? <Icon name="warn" size={12} /> : null}
            {facts.mode.toUpperCase()}
          </span>
          <div className="fact">
            <b>{facts.account ?? 'no account yet'}</b>
          </div>
          <span className="rule" />
          <div className="fact">
            <span>Trading</span>
            <b className={`trading ${facts.trading.toLowerCase()}`} title={facts.why} data-testid="trading">
              {facts.trading}
            </b>
          </div>
          <DayResult />
          {worth.success && baseCurrency !== null ? (
            <>
              <span className="rule" />
              <div className="fact">
                <span>Net liquidation</span>
                <b>{formatMoney(worth.data, baseCurrency)}</b>
              </div>
            </>
          ) : null}
        </>
      )}
      <div className="caution-slot">
        <Caution onShowPanel={onShowPanel} />
      </div>
      <button
        type="button"
        className="icon-btn"
        aria-label="Keyboard keys"
        title="All keys (?)"
        onClick={() => ui.setState({ dialog: { kind: 'keys' } })}
      >
        <Icon name="question" />
      </button>
      <button
        type="button"
        className="icon-btn"
        aria-label={`Density: ${density}`}
        title={`Density: ${density} (Ctrl D)`}
        onClick={() => ui.setState({ density: nextDensity(density) })}
      >
        <Icon name="rows" />
      </button>
      <button
        type="button"
        className="icon-btn"
        aria-label="Reset the layout"
        title="Reset the layout"
        onClick={onResetLayout}
      >
        <Icon name="layout" />
      </button>
      <button
        type="button"
        className="icon-btn"
        aria-label={theme === 'dark' ? 'Light theme' : 'Dark theme'}
        title={theme === 'dark' ? 'Light theme' : 'Dark theme'}
        onClick={() => ui.setState({ theme: theme === 'dark' ? 'light' : 'dark' })}
      >
        <Icon name={theme === 'dark' ? 'sun' : 'moon'} />
      </button>
      <button
        type="button"
        className={`btn kill-switch ${facts === null ? '' : facts.trading.toLowerCase()}`}
        disabled={facts === null}
        title="Kill switch (Ctrl Shift Backspace)"
        onClick={() => ui.setState({ dialog: { kind: 'trading-state' } })}
      >
        <Icon name="power" />
        {facts === null || facts.trading === 'ACTIVE' ? 'Kill switch' : `${facts.trading}: change…`}
      </button>
    </header>
  );
}

/** What the day has brought, by our own count; nothing where nothing is held and nothing was traded. */
function DayResult(): ReactElement | null {
  const total = useQuotes(({ risk }) => risk?.total ?? null);
  const known = useQuotes(({ risk }) => (risk?.pnl.length ?? 0) > 0);
  if (total === null || !known) return null;
  return (
    <>
      <span className="rule" />
      <div className="fact" title={total.why === '' ? 'Profit and loss of the day' : total.why}>
        <span>Day P&amp;L</span>
        <b className={toneOf(total.daily)} data-testid="day-result">
          {formatResult(total.daily)}
        </b>
      </div>
    </>
  );
}

/** The alarms, worst and newest first. */
export function worstFirst(alarms: Iterable<Alarm>): readonly Alarm[] {
  const rank = { danger: 0, warning: 1 } as const;
  return [...alarms].sort((a, b) => rank[a.severity] - rank[b.severity] || b.at - a.at);
}

/** What stands in for the alarm of a difference when somebody cleared it: the difference is still there. */
function cautionOf([first]: readonly PositionDifference[]): Alarm | undefined {
  if (first === undefined) return undefined;
  const { conId, symbol, at } = first;
  const text = `The ${symbol} position differs from IBKR's without an explanation.`;
  return { id: differenceAlarmOf(conId), at, severity: 'danger', text, orderId: null };
}

/** The worst that is wrong now, with one action; it never moves. */
function Caution({ onShowPanel }: { readonly onShowPanel: (id: PanelId) => void }): ReactElement {
  const now = useNow();
  const link = useWorkstation((store) => store.link);
  const connection = useWorkstation(({ state }) => state?.connection ?? null);
  const alarms = useWorkstation(useShallow(({ state }) => (state === null ? [] : worstFirst(state.alarms.values()))));
  const { ui } = useSession();
  const unexplained = useUnexplained();
  const { progress, run } = useCommand(useCallback(() => undefined, []));
  const [worst = cautionOf(unexplained)] = alarms;

  const trouble = ((): { readonly words: string; readonly since: number } | null => {
    if (link.phase === 'lost') return { words: 'Link to the workstation lost', since: link.since };
    if (connection === null || connection.phase === 'ready' || connection.phase === 'reconciling') return null;
    return { words: `IBKR ${describeConnection(connection)}`, since: connection.since };
  })();
  if (trouble !== null) {
    return (
      <div className="caution" role="alert">
        <Icon name="unlink" />
        <span className="text" title={trouble.words}>
          <b>{trouble.words}</b>
        </span>
        <span className="t2" aria-hidden>
          for {formatAge(now - trouble.since)}
        </span>
        <span className="spring" />
        <Button size="small" onClick={() => onShowPanel('connection')}>
          Show
        </Button>
      </div>
    );
  }
  if (worst === undefined) return <div role="alert" />;
  return (
    <div className={`caution severity-${worst.severity}`} role="alert">
      <Icon name="warn" />
      <span className="text" title={worst.text}>
        <b>{worst.text}</b>
      </span>
      <span className="t2" aria-hidden>
        for {formatAge(now - worst.at)}
      </span>
      <span className="spring" />
      {unexplained.some(({ conId }) => differenceAlarmOf(conId) === worst.id) ? (
        // Taking it off the screen would settle nothing.
        <Button size="small" onClick={() => ui.setState({ dialog: { kind: 'acknowledge' } })}>
          Acknowledge…
        </Button>
      ) : (
        <Button
          size="small"
          disabled={progress.kind === 'sending' || link.phase !== 'live'}
          onClick={() => run({ kind: 'clear-alarm', alarmId: worst.id })}
        >
          Clear
        </Button>
      )}
      {alarms.length > 1 ? <span className="t2">1 of {alarms.length}</span> : null}
    </div>
  );
}
