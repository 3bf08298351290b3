import type { ReactElement } from 'react';
import { NOT_KNOWN } from '#domain/format';
import type { CheckVerdict, RiskDecision } from '#domain/risk-decision';
import { describeReason } from '#domain/risk-words';
import { Icon } from '#renderer/components/icon.tsx';
import { RiskBar, severityOf } from '#renderer/components/risk-bar.tsx';
import type { RiskPreview } from '#renderer/components/use-risk-preview';
import { formatWhole } from '#renderer/format/display';
import { WARN_AT_SHARE, type LimitFigure, type RiskFigures } from '#renderer/stores/risk-figures';

const SEVERITY_ICON = { pass: 'check', warn: 'warn', deny: 'cross' } as const;
const SEVERITY_WORD = { pass: 'within', warn: 'near', deny: 'over' } as const;

function LimitRow({ figure }: { readonly figure: LimitFigure }): ReactElement {
  const severity = severityOf({ after: figure.afterShare, warnAt: WARN_AT_SHARE });
  return (
    <div className={`risk-row ${severity}`}>
      <span className="name">{figure.name}</span>
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
      <RiskBar before={figure.beforeShare} after={figure.afterShare} warnAt={WARN_AT_SHARE} />
    </div>
  );
}

/** Before → after of every limit. */
export function LimitRows({ figures }: { readonly figures: RiskFigures }): ReactElement {
  return (
    <div>
      {figures.limits.map((figure) => (
        <LimitRow key={figure.name} figure={figure} />
      ))}
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
