import { useRef, useState, type ReactElement } from 'react';
import { formatCash } from '#domain/format';
import { lossKeyOf, type LossScope } from '#domain/loss-latch';
import { REASON_LENGTH_MAX, REASON_LENGTH_MIN } from '#domain/position-difference';
import { Icon } from '#renderer/components/icon.tsx';
import { useWorkstation } from '#renderer/components/session-context.tsx';
import { ConfirmDialog } from '#renderer/dialogs/confirm-dialog.tsx';
import { ProgressLine } from '#renderer/dialogs/progress-line.tsx';
import { isReason, ReasonField } from '#renderer/dialogs/reason-field.tsx';
import { useDialogCommand } from '#renderer/dialogs/use-dialog-command';
import { formatClock, formatDayAndTime } from '#renderer/format/display';

/** Adding is allowed again although the loss of the day has reached its limit: a decision of its own, with a reason. */
export function ResetLatchDialog({ scope }: { readonly scope: LossScope }): ReactElement {
  const latch = useWorkstation(({ state }) => state?.lossLatches.get(lossKeyOf(scope)) ?? null);
  const [reason, setReason] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const { progress, run, askAgain, forget } = useDialogCommand();
  const of = scope.over === 'account' ? 'the account' : scope.symbol;
  return (
    <ConfirmDialog
      title={`Reset the daily loss of ${of}`}
      icon={<Icon name="lock" size={16} className="danger" />}
      width="w560"
      note="It latches again if the loss grows."
      safeChoice="Keep reduce-only"
      firstField={field}
      verb={{
        words: latch === null ? 'It is open already' : `Allow adding ${of === 'the account' ? 'again' : `in ${of}`}`,
        tone: 'solid-danger',
        enabled:
          latch !== null && isReason(reason, REASON_LENGTH_MIN, REASON_LENGTH_MAX) && progress.kind !== 'sending',
        act: () =>
          run({
            kind: 'reset-loss-latch',
            symbol: scope.over === 'account' ? null : scope.symbol,
            reason: reason.trim(),
          }),
      }}
    >
      {latch === null ? (
        <div className="msg info" role="status">
          <Icon name="info" />
          <span>Adding is allowed again already.</span>
        </div>
      ) : (
        <div className="msg deny">
          <Icon name="lock" />
          <span>
            <b>
              Lost {formatCash(latch.loss, latch.currency)} of {formatCash(latch.limit, latch.currency)}
            </b>{' '}
            ({latch.source}) at {formatClock(latch.at)} ET. Only reducing is allowed until{' '}
            {formatDayAndTime(latch.until)}.
          </span>
        </div>
      )}
      <ReasonField
        ref={field}
        value={reason}
        min={REASON_LENGTH_MIN}
        max={REASON_LENGTH_MAX}
        what="Why adding is right although the limit is reached."
        onChange={(text) => {
          forget();
          setReason(text);
        }}
      />
      <ProgressLine progress={progress} onAskAgain={askAgain} />
    </ConfirmDialog>
  );
}
