import { useState, type ReactElement } from 'react';
import type { RiskyCommand } from '#domain/command';
import { formatCash, formatSignedQuantity } from '#domain/format';
import { mayOverride, type RiskDecision } from '#domain/risk-decision';
import { Button } from '#renderer/components/button.tsx';
import { Icon } from '#renderer/components/icon.tsx';
import { useSession } from '#renderer/components/session-context.tsx';

type Margin =
  | { readonly kind: 'none' }
  | { readonly kind: 'asking'; readonly of: string }
  | { readonly kind: 'told'; readonly of: string; readonly decision: RiskDecision }
  | { readonly kind: 'failed'; readonly of: string; readonly reason: string };

/** IBKR's margin for the order, on demand: it asks IBKR, which answers in its own time. */
export function MarginOnDemand({ command }: { readonly command: RiskyCommand | null }): ReactElement {
  const session = useSession();
  const [margin, setMargin] = useState<Margin>({ kind: 'none' });
  const of = command === null ? '' : JSON.stringify(command);
  const ask = async (): Promise<void> => {
    if (command === null) return;
    setMargin({ kind: 'asking', of });
    const answer = await session.client().commands.preview({ command, margin: true });
    setMargin(
      answer.ok ? { kind: 'told', of, decision: answer.value } : { kind: 'failed', of, reason: answer.error.reason },
    );
  };
  // An answer is about the order that it was asked for, and no other.
  const shown: Margin = margin.kind === 'none' || margin.of === of ? margin : { kind: 'none' };
  return (
    <div className="margin">
      <span className="t2">IBKR margin</span>
      <span role="status">{wordsOf(shown)}</span>
      <span className="spring" />
      <Button size="small" disabled={command === null || shown.kind === 'asking'} onClick={() => void ask()}>
        {shown.kind === 'asking' ? 'Asking IBKR …' : 'Margin'}
      </Button>
    </div>
  );
}

function wordsOf(margin: Margin): string {
  if (margin.kind === 'none' || margin.kind === 'asking') return '';
  if (margin.kind === 'failed') return `Not known: ${margin.reason}.`;
  const { margin: told, baseCurrency } = margin.decision.context;
  if (told === null) return 'IBKR has not said.';
  if (!told.known) return `Not known: ${told.why}.`;
  return `${formatCash(told.initialAfter, baseCurrency)} initial of ${formatCash(told.equityAfter, baseCurrency)}`;
}

/** The way past a limit, where everything that denies may be overridden. */
export function OverrideLine({
  command,
  decision,
}: {
  readonly command: RiskyCommand | null;
  readonly decision: RiskDecision | null;
}): ReactElement | null {
  const { ui } = useSession();
  if (command === null || decision === null || !mayOverride(decision)) return null;
  return (
    <div className="margin">
      <span className="t2">A limit of yours, or a closed market</span>
      <span className="spring" />
      <Button size="small" onClick={() => ui.setState({ dialog: { kind: 'override', command, decision } })}>
        Override…
      </Button>
    </div>
  );
}

/** A single order that would cross zero says so, and asks. */
export function FlipChoice({
  decision,
  allowed,
  onChange,
}: {
  readonly decision: RiskDecision | null;
  readonly allowed: boolean;
  readonly onChange: (allowed: boolean) => void;
}): ReactElement | null {
  const flip = decision?.verdicts.find(({ check }) => check === 'flip');
  const asks = flip !== undefined && flip.verdict !== 'pass' && flip.reason.code === 'FLIP_NOT_ALLOWED';
  if (!asks && !allowed) return null;
  const position = decision?.context.position ?? null;
  return (
    <label className="tick flip">
      <input type="checkbox" checked={allowed} onChange={(event) => onChange(event.target.checked)} />
      <Icon name="warn" size={12} />
      It may cross zero{position === null ? '' : ` from ${formatSignedQuantity(position)}`}
    </label>
  );
}
