import { epochMs, type EpochMs } from '#domain/ids';
import type { Clock } from '#ports/clock';

/** A smaller difference is the slow correction of the wall clock, not a step. */
const WALL_CLOCK_STEP_MIN_MS = 500;
const STEP_CHECK_EVERY_MS = 1_000;
/** The longest delay that setTimeout takes. */
const TIMER_DELAY_MAX_MS = 2_147_483_647;

/** The wall clock was set, or the machine slept. */
export interface WallClockStep {
  readonly at: EpochMs;
  /** By how much the wall clock moved against our time since the last report; negative when set back. */
  readonly stepMs: number;
  /** Wall clock − our time, from now on. */
  readonly offsetMs: number;
}

interface SystemClockOptions {
  readonly onWallClockStep: (step: WallClockStep) => void;
  /** Milliseconds since 1970 by the wall clock. */
  readonly wall?: () => number;
  /** Milliseconds that never run backwards. */
  readonly monotonic?: () => number;
}

/** A clock that must be closed: it watches the wall clock. */
export interface SystemClock extends Clock {
  close(): void;
}

/** The real time: the wall clock at the start plus monotonic time since, so that nobody can set it back. */
export function startSystemClock(options: SystemClockOptions): SystemClock {
  const wall = options.wall ?? (() => Date.now());
  const monotonic = options.monotonic ?? (() => performance.now());
  const startWall = wall();
  const startMonotonic = monotonic();
  const now = (): EpochMs => epochMs(Math.floor(startWall + (monotonic() - startMonotonic)));

  let reportedOffsetMs = 0;
  const check = setInterval(() => {
    const at = now();
    const offsetMs = Math.round(wall() - at);
    const stepMs = offsetMs - reportedOffsetMs;
    if (Math.abs(stepMs) < WALL_CLOCK_STEP_MIN_MS) return;
    reportedOffsetMs = offsetMs;
    options.onWallClockStep({ at, stepMs, offsetMs });
  }, STEP_CHECK_EVERY_MS);
  check.unref(); // Alone it does not keep the process alive.

  const wakeAt = (at: EpochMs, wake: () => void): (() => void) => {
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      const delayMs = Math.min(Math.max(at - now(), 0), TIMER_DELAY_MAX_MS);
      timer = setTimeout(() => {
        if (now() >= at) wake();
        else arm(); // Timers may fire early, and long waits come in pieces.
      }, delayMs);
    };
    arm();
    return () => clearTimeout(timer);
  };

  return { now, wakeAt, close: () => clearInterval(check) };
}
