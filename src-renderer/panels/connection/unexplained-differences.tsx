import type { ReactElement } from 'react';
import { formatSignedQuantity } from '#domain/format';
import type { Acknowledgement } from '#domain/position-difference';
import { counted, describeCause, describeTradingState } from '#domain/session-words';
import { Button } from '#renderer/components/button.tsx';
import { DifferenceTable, useUnexplained } from '#renderer/components/differences.tsx';
import { Icon } from '#renderer/components/icon.tsx';
import { useSession, useWorkstation } from '#renderer/components/session-context.tsx';
import { formatClock } from '#renderer/format/display';

/** What differs from IBKR without an explanation, what it means, and the one thing to do about it; nothing when all is well. */
export function UnexplainedDifferences(): ReactElement | null {
  const { ui } = useSession();
  const differences = useUnexplained();
  const trading = useWorkstation(({ state }) => state?.trading ?? null);
  if (differences.length === 0 || trading === null) return null;
  return (
    <section className="unexplained" aria-label="Unexplained differences">
      <div className="unexplained-head">
        <Icon name="warn" />
        <b>{counted(differences.length, 'position')} unexplained</b>
        <span className="spring" />
        <Button size="small" onClick={() => ui.setState({ dialog: { kind: 'acknowledge' } })}>
          Acknowledge…
        </Button>
      </div>
      <DifferenceTable differences={differences} />
      <p>
        {trading.state === 'ACTIVE' ? (
          'Look in TWS for trades, transfers and corporate actions.'
        ) : (
          <>
            <b title={describeTradingState(trading)}>Trading is {trading.state}.</b> Orders that add risk are denied
            until a person says what it was; cancels and exits work. Look in TWS for trades, transfers and corporate
            actions.
          </>
        )}
      </p>
    </section>
  );
}

/** What a person said the last time. */
export function LastAcknowledgement({ said }: { readonly said: Acknowledgement }): ReactElement {
  const what = said.differences.map(
    ({ symbol, ours, brokers }) => `${symbol} ${formatSignedQuantity(ours)} → ${formatSignedQuantity(brokers)}`,
  );
  return (
    <div className="line acknowledged">
      <Icon name="user" size={12} />
      <span>
        <span className="t2">
          Acknowledged {formatClock(said.at)} ET as {describeCause(said.cause)} ({said.origin}):
        </span>{' '}
        {said.reason} <span className="t3">{what.join(', ')}</span>
      </span>
    </div>
  );
}
