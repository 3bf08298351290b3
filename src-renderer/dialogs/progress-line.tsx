import type { ReactElement } from 'react';
import { Button } from '#renderer/components/button.tsx';
import { Icon } from '#renderer/components/icon.tsx';
import type { CommandProgress } from '#renderer/components/use-command';
import { describeFailure, mayHaveHappened } from '#renderer/stores/commands';

/** How a dialog's command stands, where it is not simply done: refused, or without an answer. */
export function ProgressLine({
  progress,
  onAskAgain,
}: {
  readonly progress: CommandProgress;
  readonly onAskAgain: () => void;
}): ReactElement | null {
  if (progress.kind === 'answered' && progress.reply.outcome !== 'accepted') {
    return (
      <div className="msg deny" role="alert">
        <Icon name="shield" />
        <span>{progress.reply.message}</span>
      </div>
    );
  }
  if (progress.kind !== 'unanswered') return null;
  return (
    <div className="msg warn" role="alert">
      <Icon name="warn" />
      <span>
        {describeFailure(progress.failure)}{' '}
        {mayHaveHappened(progress.failure) ? (
          <Button size="small" onClick={onAskAgain}>
            Ask again
          </Button>
        ) : null}
      </span>
    </div>
  );
}
