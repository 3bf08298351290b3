import type { SimulatorClock } from '#simulator/tws/tws-server';

/** Monday 5 January 2026, 09:30 in New York. */
export const MONDAY_OPENING = Date.UTC(2026, 0, 5, 14, 30);

/** A clock that stands still; time passes by the server's `advanceTo`. */
export function manualClock(at: number = MONDAY_OPENING): SimulatorClock {
  return { now: () => at, every: () => () => undefined };
}
