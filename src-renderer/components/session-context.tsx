import { createContext, useContext, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { present } from '#domain/assert';
import type { EpochMs } from '#domain/ids';
import type { QuotesStore } from '#renderer/stores/quotes-store';
import type { Session } from '#renderer/stores/session';
import type { UiStore } from '#renderer/stores/ui-store';
import type { WorkstationStore } from '#renderer/stores/workstation-store';

const SessionContext = createContext<Session | null>(null);
export const SessionProvider = SessionContext.Provider;

/** The session of this window. */
export function useSession(): Session {
  return present(useContext(SessionContext), 'the session of the window');
}

export function useWorkstation<T>(select: (store: WorkstationStore) => T): T {
  return useStore(useSession().workstation, select);
}

export function useQuotes<T>(select: (store: QuotesStore) => T): T {
  return useStore(useSession().quotes, select);
}

export function useUi<T>(select: (store: UiStore) => T): T {
  return useStore(useSession().ui, select);
}

/** The host's clock, looked at every `everyMs`. */
export function useNow(everyMs = 1_000): EpochMs {
  const session = useSession();
  const [now, setNow] = useState(session.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(session.now()), everyMs);
    return () => clearInterval(timer);
  }, [session, everyMs]);
  return now;
}
