import { useEffect, useState, type ReactElement } from 'react';
import type { Explanation } from '#api/schemas';
import type { RiskyCommand } from '#domain/command';
import { formatAge, formatQuantity, NOT_KNOWN } from '#domain/format';
import { isPositive } from '#domain/money';
import { denialsOf, mayOverride, type CheckVerdict, type RiskDecision } from '#domain/risk-decision';
import { describeCheck, describeReason, describeSubject } from '#domain/risk-words';
import { Button } from '#renderer/components/button.tsx';
import { Icon } from '#renderer/components/icon.tsx';
import { LimitRows } from '#renderer/components/risk-view.tsx';
import { useSession } from '#renderer/components/session-context.tsx';
import { ConfirmDialog } from '#renderer/dialogs/confirm-dialog.tsx';
import { formatClock, formatKnownPrice } from '#renderer/format/display';
import { riskFiguresOf } from '#renderer/stores/risk-figures';

/** True when what stops the order is something that nobody can know now. */
function isUnknowable({ verdicts }: RiskDecision): boolean {
  return (
    verdicts.every(({ verdict }) => verdict !== 'deny') && verdicts.some(({ verdict }) => verdict === 'cannot-know')
  );
}

/** A decision with all its numbers: what was asked, what every check said, and whether it still says the same. */
export function DeniedDialog({
  decision,
  command = null,
}: {
  readonly decision: RiskDecision;
  /** What was asked; null: it is only looked at again. */
  readonly command?: RiskyCommand | null;
}): ReactElement {
  const session = useSession();
  const [explained, setExplained] = useState<Explanation | null>(null);
  useEffect(() => {
    let current = true;
    void session
      .client()
      .risk.explain({ reference: decision.id })
      .then((answer) => {
        if (current && answer.ok) setExplained(answer.value);
      });
    return () => {
      current = false;
    };
  }, [session, decision.id]);

  const { context } = decision;
  const denied = decision.outcome === 'denied';
  const unknowable = denied && isUnknowable(decision);
  const figures = riskFiguresOf(decision);
  const word = denied ? (unknowable ? 'Cannot know' : 'Denied') : 'Approved';
  const { subject } = context;
  const usable = subject.action === 'place' && figures.largest !== null && isPositive(figures.largest) && !unknowable;
  const useLargest = (): void => {
    if (subject.action !== 'place' || figures.largest === null) return;
    const size = figures.largest;
    const kind = subject.legs.length === 1 ? 'single' : 'bracket';
    const wished = {
      ...decision,
      context: { ...context, subject: { ...subject, legs: subject.legs.map((leg) => ({ ...leg, quantity: size })) } },
    };
    session.ui.setState({
      dialog: null,
      ticketKind: kind,
      ticketWish: { kind, symbol: subject.symbol, decision: wished },
    });
  };
  return (
    <ConfirmDialog
      title={`${word}: ${describeSubject(context.subject)}`}
      icon={<Icon name={unknowable ? 'question' : 'shield'} size={16} className={denied ? 'danger' : 'ok'} />}
      width="w560"
      {...(denied ? { note: 'Nothing was sent to IBKR, and it is not sent later by itself.' } : {})}
      safeChoice="Close"
      extra={
        command !== null && mayOverride(decision) ? (
          <Button onClick={() => session.ui.setState({ dialog: { kind: 'override', command, decision } })}>
            Override…
          </Button>
        ) : undefined
      }
    >
      {denied ? (
        denialsOf(decision).map((reason) => (
          <div className={`msg ${unknowable ? 'info' : 'deny'}`} key={reason.code} role="alert">
            <Icon name={unknowable ? 'question' : 'shield'} />
            <span>{describeReason(reason)}</span>
          </div>
        ))
      ) : (
        <div className="msg pass">
          <Icon name="check" />
          <span>Approved and sent.</span>
        </div>
      )}
      <LimitRows figures={figures} />
      {denied && usable ? (
        <div className="subject">
          <span className="t2">Largest that passes</span>
          <b>{formatQuantity(figures.largest)}</b>
          <span className="spring" />
          <Button size="small" onClick={useLargest}>
            Use {formatQuantity(figures.largest)} in ticket
          </Button>
        </div>
      ) : null}
      <div className="frame">
        <table className="facts">
          <tbody>
            <tr>
              <th scope="row">Decision</th>
              <td>
                {decision.id} · {formatClock(context.at)} ET
                {explained === null
                  ? ''
                  : explained.same
                    ? ' · replayed now: same answer'
                    : ' · replayed now: ANOTHER ANSWER'}
              </td>
            </tr>
            <tr>
              <th scope="row">Prices used</th>
              <td>
                bid {formatKnownPrice(context.quote?.bid ?? null)}, ask {formatKnownPrice(context.quote?.ask ?? null)},{' '}
                {context.quoteAgeMs === null ? `age ${NOT_KNOWN}` : `${formatAge(context.quoteAgeMs)} old`}
                {context.quote === null || context.quote.kind === 'real-time' ? '' : `, ${context.quote.kind}`}
                {context.quote === null || context.quote.live ? '' : ', not live'}
              </td>
            </tr>
            <tr>
              <th scope="row">Limits from</th>
              <td>symbol_limits.json and settings.json</td>
            </tr>
          </tbody>
        </table>
      </div>
      <ul className="frame verdicts" aria-label="All checks">
        {decision.verdicts.map((verdict) => (
          <VerdictLine key={verdict.check} verdict={verdict} />
        ))}
      </ul>
    </ConfirmDialog>
  );
}

const ICONS = {
  pass: { name: 'check', tone: 'ok' },
  warn: { name: 'warn', tone: 'warn' },
  deny: { name: 'cross', tone: 'danger' },
  'cannot-know': { name: 'question', tone: '' },
  overridden: { name: 'shield', tone: 'warn' },
} as const;

function VerdictLine({ verdict }: { readonly verdict: CheckVerdict }): ReactElement {
  const { name, tone } = ICONS[verdict.verdict];
  return (
    <li>
      <Icon name={name} size={12} className={tone} />
      <span className="t2">{describeCheck(verdict.check)}</span>
      <span>{verdict.verdict === 'pass' ? <span className="t3">passes</span> : describeReason(verdict.reason)}</span>
    </li>
  );
}
