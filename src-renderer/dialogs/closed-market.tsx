import type { ReactElement, Ref } from 'react';
import { Icon } from '#renderer/components/icon.tsx';
import { OVERRIDE_REASON_LENGTHS, ReasonField } from '#renderer/dialogs/reason-field.tsx';

/** Override – market closed: why the action waits and until when, and the reason that unlocks it once. */
export function ClosedMarket({
  why,
  reason,
  onReason,
  ref,
}: {
  readonly why: readonly string[];
  readonly reason: string;
  readonly onReason: (text: string) => void;
  readonly ref?: Ref<HTMLInputElement>;
}): ReactElement {
  return (
    <section className="dialog-rows" aria-label="Override – market closed">
      {why.map((words) => (
        <div className="msg warn" key={words}>
          <Icon name="clock" />
          <span>{words}</span>
        </div>
      ))}
      <ReasonField
        {...(ref === undefined ? {} : { ref })}
        label="Override, why"
        value={reason}
        {...OVERRIDE_REASON_LENGTHS}
        what="Unlocks this one action while the market is closed."
        onChange={onReason}
      />
    </section>
  );
}
