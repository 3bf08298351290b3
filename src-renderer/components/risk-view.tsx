import type { ReactElement } from 'react';
import { NOT_KNOWN } from '#domain/format';
import { toNumber } from '#domain/money';
import { counted } from '#domain/session-words';
import type { CheckVerdict, RiskDecision } from '#domain/risk-decision';
import { describeReason } from '#domain/risk-words';
import { Icon } from '#renderer/components/icon.tsx';
import { SourceMark } from '#renderer/components/limit-use.tsx';
import { RiskBar } from '#renderer/components/risk-bar.tsx';
import type { RiskPreview } from '#renderer/components/use-risk-preview';
import { formatThousands, formatWhole } from '#renderer/format/display';
import { formatCorrelation } from '#renderer/stores/correlation-map';
import type { RiskFigures, RiskRow } from '#renderer/stores/risk-figures';

const SEVERITY_ICON = { pass: 'check', warn: 'warn', deny: 'cross' } as const;
const SEVERITY_WORD = { pass: 'within', warn: 'near', deny: 'over' } as const;

function LimitRow({ figure }: { readonly figure: RiskRow }): ReactElement {
  const { severity, warnAt, cluster } = figure;
  return (
    <div className={`risk-row ${severity}`}>
      <span className="name" title={figure.name}>
        {figure.name} <SourceMark source={figure.source} />
      </span>
      <span className="numbers">
        {formatWhole(figure.before)} <span>→</span> <b>{formatWhole(figure.after)}</b>{' '}
        <span>
          / {formatWhole(figure.limit)}
          {figure.unit === '' ? '' : ` ${figure.unit}`}
        </span>
      </span>
      <span className="share">
        <Icon name={SEVERITY_ICON[severity]} size={12} />
        <span className="visually-hidden">{SEVERITY_WORD[severity]} the limit, </span>
        {Math.round(figure.afterShare * 100)}%
      </span>
      <RiskBar before={figure.beforeShare} after={figure.afterShare} warnAt={warnAt} severity={severity} />
      {cluster === null || cluster.members.length === 0 ? null : <Members {...cluster} />}
    </div>
  );
}

/** The names that count beside the order's own: how they go together, and with how much. */
function Members({ members, others }: NonNullable<RiskRow['cluster']>): ReactElement {
  return (
    <p className="members">
      <span className="visually-hidden">It counts </span>
      {members.map(({ symbol, correlation, amount }) => (
        <span key={symbol}>
          <b>{symbol}</b> {correlation === null ? 'sector' : formatCorrelation(toNumber(correlation))} ·{' '}
          {formatThousands(amount)}
        </span>
      ))}
      {others === 0 ? null : <span>and {others} more</span>}
    </p>
  );
}

/** Before → after of every limit. */
export function LimitRows({ figures }: { readonly figures: RiskFigures }): ReactElement {
  return (
    <div>
      {figures.limits.map((figure) => (
        <LimitRow key={figure.name} figure={figure} />
      ))}
      {figures.clustersLeftOut === 0 ? null : (
        <p className="members">{counted(figures.clustersLeftOut, 'correlated symbol')} farther from their limits</p>
      )}
    </div>
  );
}

const VERDICT_LOOK = {
  pass: { tone: 'pass', icon: 'check' },
  warn: { tone: 'warn', icon: 'warn' },
  deny: { tone: 'deny', icon: 'shield' },
  'cannot-know': { tone: 'info', icon: 'question' },
  overridden: { tone: 'warn', icon: 'shield' },
} as const satisfies Record<CheckVerdict['verdict'], unknown>;

/** Every verdict that is not a pass, in words; a single line when all pass. */
export function VerdictLines({ decision }: { readonly decision: RiskDecision }): ReactElement {
  const loud = decision.verdicts.flatMap((verdict) => (verdict.verdict === 'pass' ? [] : [verdict]));
  if (loud.length === 0) {
    return (
      <div className="msg pass">
        <Icon name="check" />
        <span>All {decision.verdicts.length} checks pass.</span>
      </div>
    );
  }
  return (
    <>
      {loud.map((verdict) => {
        const { tone, icon } = VERDICT_LOOK[verdict.verdict];
        return (
          <div className={`msg ${tone}`} key={verdict.check}>
            <Icon name={icon} />
            <span>{describeReason(verdict.reason)}</span>
          </div>
        );
      })}
    </>
  );
}

/** The verdict as it stands while one types: what was known stays until the next answer. */
export function LiveVerdict({ preview }: { readonly preview: RiskPreview }): ReactElement {
  if (preview.kind === 'failed') {
    return (
      <div className="msg info" role="status">
        <Icon name="question" />
        <span>
          <b>No verdict:</b> {preview.failure.reason}.
        </span>
      </div>
    );
  }
  const decision = preview.kind === 'decided' ? preview.decision : preview.kind === 'asking' ? preview.last : null;
  if (decision !== null) {
    return (
      <div role="status" aria-busy={preview.kind === 'asking'} className="verdict">
        <VerdictLines decision={decision} />
      </div>
    );
  }
  return (
    <div className="msg pass" role="status">
      <span>{preview.kind === 'asking' ? 'Checking …' : `Verdict ${NOT_KNOWN}`}</span>
    </div>
  );
}

/** The decision a preview shows, old or new. */
export function shownDecision(preview: RiskPreview): RiskDecision | null {
  if (preview.kind === 'decided') return preview.decision;
  return preview.kind === 'asking' ? preview.last : null;
}
