import type { ReactElement } from 'react';
import { formatAge } from '#domain/format';
import type { ProofFinding, ReconciliationProof } from '#domain/reconciliation-proof';
import { counted, describeFinding } from '#domain/session-words';
import { Icon } from '#renderer/components/icon.tsx';
import { useWorkstation } from '#renderer/components/session-context.tsx';
import type { IconName } from '#renderer/components/shapes';
import { formatClock } from '#renderer/format/display';
import { LastAcknowledgement } from '#renderer/panels/connection/unexplained-differences.tsx';

/** What the last reconciliation compared, and every difference with its cause and what was done about it. */
export function Proof({ proof }: { readonly proof: ReconciliationProof }): ReactElement {
  const said = useWorkstation(({ state }) => state?.acknowledgement ?? null);
  const { findings } = proof;
  return (
    <section className="proof" aria-label="Reconciliation proof">
      <h3>
        Reconciliation proof{' '}
        <span className="t3">
          {formatClock(proof.at)} ET, took {formatAge(proof.at - proof.startedAt)}
        </span>
      </h3>
      <dl className="proof-tiles">
        <Tile name="Open orders" what={`${proof.ordersExpected} here, ${proof.ordersAtBroker} at IBKR`} />
        <Tile name="Completed orders" what={`${proof.completedAtBroker} at IBKR`} />
        <Tile name="Executions" what={`${proof.executionsAtBroker} at IBKR`} />
        <Tile name="Positions" what={`${proof.positionsAtBroker} at IBKR`} />
        <Tile name="Differences" what={findings.length === 0 ? 'none' : counted(findings.length, 'difference')} />
      </dl>
      <ul className="findings">
        {findings.map((finding, index) => {
          const { icon, tone } = lookOf(finding);
          return (
            <li key={index}>
              <Icon name={icon} size={12} className={tone} />
              <span>{describeFinding(finding)}</span>
            </li>
          );
        })}
      </ul>
      {said === null ? null : <LastAcknowledgement said={said} />}
    </section>
  );
}

function Tile({ name, what }: { readonly name: string; readonly what: string }): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{what}</dd>
    </div>
  );
}

/** Explained and settled, worth a look, or without an explanation. */
function lookOf(finding: ProofFinding): { readonly icon: IconName; readonly tone: string } {
  if (finding.kind === 'adjusted-position') {
    return finding.cause === 'unexplained' ? { icon: 'warn', tone: 'danger' } : { icon: 'info', tone: 'warn' };
  }
  return finding.kind === 'vanished-order' ? { icon: 'warn', tone: 'warn' } : { icon: 'check', tone: 't3' };
}
