import { act, cleanup, render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach } from 'vitest';
import { commandKey } from '#domain/ids';
import { ok } from '#domain/result';
import { SessionProvider } from '#renderer/components/session-context.tsx';
import { createSession, type Session } from '#renderer/stores/session';
import type { KeptChoices } from '#renderer/stores/ui-store';
import type { TradingDay } from '#test/renderer/trading-day';

afterEach(cleanup);

// jsdom has no layout, so nothing ever changes its size.
class StillObserver {
  observe(): void {
    return undefined;
  }
  unobserve(): void {
    return undefined;
  }
  disconnect(): void {
    return undefined;
  }
}
globalThis.ResizeObserver = StillObserver;

export const NO_STORAGE: KeptChoices = { getItem: () => null, setItem: () => undefined };

/** A session that follows `day`, with keys that can be foretold: key-1, key-2 … */
export async function follow(day: TradingDay, storage: KeptChoices = NO_STORAGE): Promise<Session> {
  let keys = 0;
  const { session, connect } = createSession({
    storage,
    windowHeight: 900,
    monotonic: () => 0,
    newKey: () => {
      keys += 1;
      return commandKey(`key-${keys}`);
    },
  });
  const arrived = new Promise<void>((resolve) => {
    const stop = session.workstation.subscribe(({ state, activity }) => {
      if (state === null || activity.length === 0) return;
      stop();
      resolve();
    });
  });
  connect(() => Promise.resolve(ok(day.workstation.client)));
  await act(() => arrived);
  return session;
}

/** Draws `content` in `session`. */
export function show(session: Session, content: ReactNode): void {
  render(<SessionProvider value={session}>{content}</SessionProvider>);
}
