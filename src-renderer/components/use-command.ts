import { useCallback, useRef, useState } from 'react';
import type { CallFailure } from '#api/client';
import type { Command, CommandReply } from '#domain/command';
import type { RiskOverride } from '#domain/risk-override';
import { useSession } from '#renderer/components/session-context.tsx';
import { mayHaveHappened, newCommand, send, type SentCommand } from '#renderer/stores/commands';

/** How a person's command stands. */
export type CommandProgress =
  | { readonly kind: 'idle' }
  | { readonly kind: 'sending' }
  | { readonly kind: 'answered'; readonly reply: CommandReply }
  /** No answer. Where it may have been carried out, `askAgain` repeats it under the same key. */
  | { readonly kind: 'unanswered'; readonly failure: CallFailure; readonly sent: SentCommand };

/** Sends commands one at a time: while one is on its way, a second press of the key is not a second command. */
export function useCommand(onReply: (reply: CommandReply, command: Command) => void): {
  readonly progress: CommandProgress;
  readonly run: (command: Command, override?: RiskOverride) => void;
  readonly askAgain: () => void;
  readonly forget: () => void;
} {
  const session = useSession();
  const [progress, setProgress] = useState<CommandProgress>({ kind: 'idle' });
  const busy = useRef(false);

  const dispatch = useCallback(
    async (sent: SentCommand): Promise<void> => {
      if (busy.current) return;
      busy.current = true;
      setProgress({ kind: 'sending' });
      const answer = await send(session, sent);
      busy.current = false;
      if (answer.ok) {
        setProgress({ kind: 'answered', reply: answer.value });
        onReply(answer.value, sent.command);
      } else setProgress({ kind: 'unanswered', failure: answer.error, sent });
    },
    [session, onReply],
  );
  return {
    progress,
    run: (command, override) => void dispatch(newCommand(session, command, override)),
    askAgain: () => {
      if (progress.kind === 'unanswered' && mayHaveHappened(progress.failure)) void dispatch(progress.sent);
    },
    forget: () => setProgress({ kind: 'idle' }),
  };
}
