import { useRef, useState, type ReactElement } from 'react';
import type { RiskyCommand } from '#domain/command';
import { denialsOf, type RiskDecision } from '#domain/risk-decision';
import { riskOverrideSchema } from '#domain/risk-override';
import { describeReason, describeSubject } from '#domain/risk-words';
import { Icon } from '#renderer/components/icon.tsx';
import { ConfirmDialog } from '#renderer/dialogs/confirm-dialog.tsx';
import { ProgressLine } from '#renderer/dialogs/progress-line.tsx';
import { isOverrideReason, OVERRIDE_REASON_LENGTHS, ReasonField } from '#renderer/dialogs/reason-field.tsx';
import { useDialogCommand } from '#renderer/dialogs/use-dialog-command';

/** One command passes what denied it, with a typed reason that stays in its decision. */
export function OverrideDialog({
  command,
  decision,
}: {
  readonly command: RiskyCommand;
  readonly decision: RiskDecision;
}): ReactElement {
  const [text, setText] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const { progress, run, askAgain, forget } = useDialogCommand();
  const closed = decision.verdicts.some(({ check, verdict }) => check === 'market-hours' && verdict !== 'pass');
  const { min, max } = OVERRIDE_REASON_LENGTHS;
  const changes = decision.context.subject.action === 'modify';
  return (
    <ConfirmDialog
      title={closed ? 'Override – market closed' : 'Override a limit'}
      icon={<Icon name={closed ? 'clock' : 'shield'} size={16} className="warn" />}
      width="w560"
      note="This one only. The next is decided as always."
      safeChoice="Leave it"
      firstField={field}
      verb={{
        words: changes ? 'Override and change it' : 'Override and send',
        tone: 'solid-danger',
        enabled: isOverrideReason(text) && progress.kind !== 'sending',
        act: () => {
          const override = riskOverrideSchema.safeParse({ reason: text });
          if (override.success) run(command, override.data);
        },
      }}
    >
      <div className="subject">
        <b>{describeSubject(decision.context.subject)}</b>
      </div>
      {denialsOf(decision).map((reason) => (
        <div className="msg deny" key={JSON.stringify(reason)}>
          <Icon name="shield" />
          <span>{describeReason(reason)}</span>
        </div>
      ))}
      <ReasonField
        ref={field}
        value={text}
        min={min}
        max={max}
        what="Why it is right all the same."
        onChange={(next) => {
          forget();
          setText(next);
        }}
      />
      <ProgressLine progress={progress} onAskAgain={askAgain} />
    </ConfirmDialog>
  );
}
