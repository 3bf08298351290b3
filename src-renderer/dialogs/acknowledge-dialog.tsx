import { useCallback, useId, useRef, useState, type ReactElement } from 'react';
import type { CommandReply } from '#domain/command';
import {
  acknowledgementSchema,
  positionCauseSchema,
  REASON_LENGTH_MAX,
  REASON_LENGTH_MIN,
  seenOf,
  type PositionCause,
} from '#domain/position-difference';
import { counted, describeCause, describeTradingState } from '#domain/session-words';
import type { TradingState } from '#domain/trading-state';
import { DifferenceTable, useUnexplained } from '#renderer/components/differences.tsx';
import { SelectField } from '#renderer/components/fields.tsx';
import { Icon } from '#renderer/components/icon.tsx';
import { focusPanel } from '#renderer/components/panel.tsx';
import { useSession, useWorkstation } from '#renderer/components/session-context.tsx';
import { useCommand } from '#renderer/components/use-command';
import { ConfirmDialog } from '#renderer/dialogs/confirm-dialog.tsx';
import { ProgressLine } from '#renderer/dialogs/progress-line.tsx';

const CAUSES = positionCauseSchema.options.map((value) => {
  const words = describeCause(value);
  return { value, text: words.charAt(0).toUpperCase() + words.slice(1) };
});

/** Takes note of every unexplained difference: what it was, by a person's word, kept in the journal. */
export function AcknowledgeDialog(): ReactElement {
  const { ui } = useSession();
  const ids = useId();
  const differences = useUnexplained();
  const trading = useWorkstation(({ state }) => state?.trading ?? null);
  const [cause, setCause] = useState<PositionCause>('unexplained');
  const [text, setText] = useState('');
  const causeField = useRef<HTMLSelectElement>(null);
  const onReply = useCallback(
    (reply: CommandReply) => {
      if (reply.outcome !== 'accepted') return;
      ui.setState({ dialog: null });
      focusPanel(ui.getState().activePanel);
    },
    [ui],
  );
  const { progress, run, askAgain, forget } = useCommand(onReply);
  const reason = acknowledgementSchema.shape.reason.safeParse(text);
  const wrong = text !== '' && !reason.success;
  const over = differences.length === 0;
  return (
    <ConfirmDialog
      title="Acknowledge position differences"
      icon={<Icon name="warn" size={16} className={over ? '' : 'danger'} />}
      width="w560"
      safeChoice="Later"
      firstField={causeField}
      verb={{
        words: over ? 'Nothing to acknowledge' : `Acknowledge ${counted(differences.length, 'difference')}`,
        tone: 'solid',
        enabled: !over && reason.success && progress.kind !== 'sending',
        act: () => {
          if (!reason.success) return;
          run({ kind: 'acknowledge-differences', seen: seenOf(differences), cause, reason: reason.data });
        },
      }}
    >
      {over ? (
        <div className="msg info" role="status">
          <Icon name="info" />
          <span>Nothing is unexplained any more.</span>
        </div>
      ) : (
        <div className="frame">
          <DifferenceTable differences={differences} />
        </div>
      )}
      <div className="reason-rows">
        <span className="t2">What it was</span>
        <SelectField
          ref={causeField}
          label="What it was"
          value={cause}
          options={CAUSES}
          onChange={(chosen) => {
            forget();
            setCause(chosen);
          }}
        />
        <label className="t2" htmlFor={`${ids}-reason`}>
          Reason
        </label>
        <div className={`field-box left ${wrong ? 'invalid' : ''}`}>
          <input
            id={`${ids}-reason`}
            type="text"
            autoComplete="off"
            value={text}
            aria-invalid={wrong}
            aria-describedby={`${ids}-hint`}
            onChange={(event) => {
              forget();
              setText(event.target.value);
            }}
          />
        </div>
        <span id={`${ids}-hint`} className={`hint ${wrong ? 'bad' : ''}`} role="status">
          {describeLength(text.trim().length)}
        </span>
      </div>
      <div className="line">
        <Icon name="info" />
        <span>IBKR&apos;s positions are taken over already. {describeAfter(trading)}</span>
      </div>
      <ProgressLine progress={progress} onAskAgain={askAgain} />
    </ConfirmDialog>
  );
}

function describeLength(length: number): string {
  if (length > REASON_LENGTH_MAX)
    return `${length - REASON_LENGTH_MAX} characters too many, at most ${REASON_LENGTH_MAX}.`;
  if (length > 0 && length < REASON_LENGTH_MIN) return `At least ${REASON_LENGTH_MIN} characters.`;
  return 'What you found in TWS, in your words. It is written to the journal.';
}

/** What the acknowledgement does to trading. */
function describeAfter(trading: TradingState | null): string {
  if (trading === null || trading.state === 'ACTIVE') return 'Trading is ACTIVE.';
  if (trading.state === 'REDUCING' && trading.cause === 'differences') return 'Trading becomes ACTIVE again.';
  return `Trading stays ${describeTradingState(trading)}.`;
}
