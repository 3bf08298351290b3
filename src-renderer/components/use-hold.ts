import { useCallback, useEffect, useRef, useState } from 'react';

/** How long a hold is held before it counts. */
export const HOLD_MS = 1_500;
const LOOK_EVERY_MS = 50;

/** A hold: begins with a press, counts once it was long enough, and does nothing when let go early. */
export function useHold(onHeld: () => void): {
  /** How much of it is done: 0 while nothing is held, 1 when it counts. */
  readonly share: number;
  readonly begin: () => void;
  readonly letGo: () => void;
} {
  const [share, setShare] = useState(0);
  const held = useRef<ReturnType<typeof setInterval> | null>(null);
  const act = useRef(onHeld);
  useEffect(() => {
    act.current = onHeld;
  });
  const letGo = useCallback(() => {
    if (held.current !== null) clearInterval(held.current);
    held.current = null;
    setShare(0);
  }, []);
  const begin = useCallback(() => {
    if (held.current !== null) return;
    const since = performance.now();
    const timer = setInterval(() => {
      const done = (performance.now() - since) / HOLD_MS;
      if (done < 1) {
        setShare(done);
        return;
      }
      letGo();
      act.current();
    }, LOOK_EVERY_MS);
    held.current = timer;
  }, [letGo]);
  useEffect(() => {
    // A window that loses the focus hears no key go up.
    window.addEventListener('blur', letGo);
    return () => {
      window.removeEventListener('blur', letGo);
      letGo();
    };
  }, [letGo]);
  return { share, begin, letGo };
}
