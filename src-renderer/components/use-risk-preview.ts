import { useEffect, useState } from 'react';
import type { CallFailure } from '#api/client';
import type { RiskyCommand } from '#domain/command';
import type { RiskDecision } from '#domain/risk-decision';
import { useSession } from '#renderer/components/session-context.tsx';

/** Typing is over when nothing changed for this long. */
export const PREVIEW_PAUSE_MS = 150;
/** A verdict is as old as its quote: asked again while it is looked at. */
export const PREVIEW_AGAIN_MS = 2_000;

/** What the workstation would decide about a command now. */
export type RiskPreview =
  | { readonly kind: 'none' }
  /** Asked, no answer yet; `last` is the verdict on what was there before. */
  | { readonly kind: 'asking'; readonly last: RiskDecision | null }
  | { readonly kind: 'decided'; readonly decision: RiskDecision }
  | { readonly kind: 'failed'; readonly failure: CallFailure };

const NONE: RiskPreview = { kind: 'none' };

interface Answered {
  readonly asked: string;
  readonly preview: RiskPreview;
}

/** The live verdict on `command`, asked once typing pauses and again while it stays. Late answers are dropped. */
export function useRiskPreview(command: RiskyCommand | null): RiskPreview {
  const session = useSession();
  const asked = command === null ? '' : JSON.stringify(command);
  const [answered, setAnswered] = useState<Answered>({ asked: '', preview: NONE });

  useEffect(() => {
    if (asked === '') return undefined;
    let current = true;
    let timer: ReturnType<typeof setTimeout>;
    const ask = async (): Promise<void> => {
      if (command === null) return;
      const answer = await session.client().commands.preview({ command });
      if (!current) return;
      setAnswered({
        asked,
        preview: answer.ok ? { kind: 'decided', decision: answer.value } : { kind: 'failed', failure: answer.error },
      });
      timer = setTimeout(() => void ask(), PREVIEW_AGAIN_MS);
    };
    timer = setTimeout(() => void ask(), PREVIEW_PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
    // `asked` stands for `command`, which is a new object each time.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [session, asked]);

  if (asked === '') return NONE;
  if (answered.asked === asked) return answered.preview;
  return { kind: 'asking', last: answered.preview.kind === 'decided' ? answered.preview.decision : null };
}
