import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { startSystemClock, type WallClockStep } from '#adapters/system/system-clock';
import { epochMs, laterBy } from '#domain/ids';

const START = epochMs(1_750_000_000_000);
const DAY_MS = 86_400_000;

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A clock over the faked time, whose wall clock can be set. */
function aClock() {
  const steps: WallClockStep[] = [];
  const wall = { offsetMs: 0 };
  const clock = startSystemClock({
    onWallClockStep: (step) => steps.push(step),
    wall: () => Date.now() + wall.offsetMs,
  });
  onTestFinished(() => clock.close());
  return { clock, steps, wall };
}

describe('now', () => {
  test('is the wall clock at the start, then runs on whatever happens to the wall clock', () => {
    const { clock, wall } = aClock();
    expect(clock.now()).toBe(START);
    wall.offsetMs = -3_600_000;
    vi.advanceTimersByTime(10);
    expect(clock.now()).toBe(START + 10);
  });

  test('is a whole number of milliseconds', () => {
    const readings = [5.25, 5.25, 7.9];
    const monotonic = (): number => readings.shift() ?? 0;
    const clock = startSystemClock({ onWallClockStep: () => undefined, wall: () => START, monotonic });
    expect(clock.now()).toBe(START);
    expect(clock.now()).toBe(START + 2);
    clock.close();
  });

  test('reads the real clocks unless told otherwise', () => {
    const clock = startSystemClock({ onWallClockStep: () => undefined });
    vi.advanceTimersByTime(1_234);
    expect(clock.now()).toBe(Date.now());
    clock.close();
  });
});

describe('a step of the wall clock', () => {
  test('is reported once, forward and back', () => {
    const { steps, wall } = aClock();
    vi.advanceTimersByTime(5_000);
    expect(steps).toEqual([]);
    wall.offsetMs = 90_000;
    vi.advanceTimersByTime(3_000);
    wall.offsetMs = -1_000;
    vi.advanceTimersByTime(3_000);
    expect(steps).toEqual([
      { at: START + 6_000, stepMs: 90_000, offsetMs: 90_000 },
      { at: START + 9_000, stepMs: -91_000, offsetMs: -1_000 },
    ]);
  });

  test('is told from slow correction, unless that adds up', () => {
    const { steps, wall } = aClock();
    wall.offsetMs = 499;
    vi.advanceTimersByTime(2_000);
    expect(steps).toEqual([]);
    wall.offsetMs = 500;
    vi.advanceTimersByTime(1_000);
    expect(steps).toEqual([{ at: START + 3_000, stepMs: 500, offsetMs: 500 }]);
  });

  test('is no longer watched for once the clock is closed', () => {
    const { clock, steps, wall } = aClock();
    clock.close();
    wall.offsetMs = 90_000;
    vi.advanceTimersByTime(10_000);
    expect(steps).toEqual([]);
  });
});

describe('waking', () => {
  test('happens once, when the time has come', () => {
    const { clock } = aClock();
    const wake = vi.fn();
    clock.wakeAt(laterBy(START, 100), wake);
    vi.advanceTimersByTime(99);
    expect(wake).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(wake).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(1_000);
    expect(wake).toHaveBeenCalledOnce();
  });

  test('for a time that has passed happens soon, not within the call', () => {
    const { clock } = aClock();
    const wake = vi.fn();
    clock.wakeAt(laterBy(START, -100), wake);
    expect(wake).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(wake).toHaveBeenCalledOnce();
  });

  test('can be cancelled', () => {
    const { clock } = aClock();
    const wake = vi.fn();
    clock.wakeAt(laterBy(START, 100), wake)();
    vi.advanceTimersByTime(1_000);
    expect(wake).not.toHaveBeenCalled();
  });

  test('comes right after longer than a timer can wait, and can be cancelled in between', () => {
    const { clock } = aClock();
    clock.close();
    const wake = vi.fn();
    const cancelled = vi.fn();
    clock.wakeAt(laterBy(START, 60 * DAY_MS), wake);
    const cancel = clock.wakeAt(laterBy(START, 60 * DAY_MS), cancelled);
    vi.advanceTimersByTime(30 * DAY_MS);
    cancel();
    vi.advanceTimersByTime(30 * DAY_MS - 1);
    expect(wake).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(wake).toHaveBeenCalledOnce();
    expect(cancelled).not.toHaveBeenCalled();
  });
});
