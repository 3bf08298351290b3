import { useCallback, useEffect, useState } from 'react';
import type { CorrelationPicture, CorrelationUpdate } from '#domain/correlation';
import { useQuotes, useSession, useWorkstation } from '#renderer/components/session-context.tsx';

/** How long one pull waits for news of a computation. */
const PULL_MS = 2_000;

/** The matrix that is in use, as it was when it was last told. */
export type KnownCorrelations =
  | { readonly kind: 'asking' }
  | { readonly kind: 'none' }
  | { readonly kind: 'known'; readonly picture: CorrelationPicture }
  | { readonly kind: 'failed'; readonly reason: string };

/** How a computation that was asked for here went. */
export type Updating =
  | { readonly kind: 'idle' }
  | { readonly kind: 'under-way' }
  | { readonly kind: 'done'; readonly missing: Extract<CorrelationUpdate, { kind: 'done' }>['missing'] }
  | { readonly kind: 'failed'; readonly reason: string };

/** The matrix in use: asked for at a start, and again with each new one. */
export function useCorrelations(): KnownCorrelations {
  const session = useSession();
  const [known, setKnown] = useState<KnownCorrelations>({ kind: 'asking' });
  const version = useWorkstation(({ state }) => state?.correlations?.version ?? '');
  const isLive = useWorkstation(({ link }) => link.phase === 'live');
  useEffect(() => {
    if (!isLive) return undefined;
    let current = true;
    const ask = async (): Promise<void> => {
      const answer = await session.client().risk.correlations();
      if (!current) return;
      if (!answer.ok) setKnown({ kind: 'failed', reason: answer.error.reason });
      else setKnown(answer.value === null ? { kind: 'none' } : { kind: 'known', picture: answer.value });
    };
    void ask();
    return () => {
      current = false;
    };
  }, [session, version, isLive]);
  return known;
}

/** How far the computation under way is, whoever asked for it; null: none is. */
export function useCorrelating(): { readonly done: number; readonly of: number; readonly symbol: string } | null {
  return useQuotes((store) => store.correlating ?? null);
}

/** Computes correlations anew, and says how that went. */
export function useUpdateCorrelations(): { readonly updating: Updating; readonly update: () => void } {
  const session = useSession();
  const [updating, setUpdating] = useState<Updating>({ kind: 'idle' });
  const pull = useCallback(async (): Promise<void> => {
    setUpdating({ kind: 'under-way' });
    for (;;) {
      const answer = await session.client().risk.updateCorrelations({ symbols: null, lookback: null, waitMs: PULL_MS });
      if (!answer.ok) {
        setUpdating({ kind: 'failed', reason: answer.error.reason });
        return;
      }
      if (answer.value.kind === 'done') {
        setUpdating({ kind: 'done', missing: answer.value.missing });
        return;
      }
    }
  }, [session]);
  const busy = updating.kind === 'under-way';
  return {
    updating,
    update: () => {
      if (!busy) void pull();
    },
  };
}
