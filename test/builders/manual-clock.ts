import { epochMs, laterBy, type EpochMs } from '#domain/ids';
import type { Clock } from '#ports/clock';

interface Alarm {
  readonly at: EpochMs;
  readonly wake: () => void;
}

/** Time that passes only when a test says so. */
export interface ManualClock extends Clock {
  /** Lets `ms` pass; everything due on the way wakes at its own moment, in order. */
  advance(ms: number): void;
  /** How many wakes are set. */
  pending(): number;
  /** When the next wake is due; null when none is set. */
  readonly nextDueAt: EpochMs | null;
}

export function manualClock(startAt = Date.UTC(2026, 0, 5, 14, 30)): ManualClock {
  let now = epochMs(startAt);
  const alarms = new Set<Alarm>();
  const nextDue = (until: EpochMs): Alarm | undefined =>
    [...alarms].filter((alarm) => alarm.at <= until).sort((a, b) => a.at - b.at)[0];
  return {
    now: () => now,
    wakeAt(at, wake) {
      const alarm = { at, wake };
      alarms.add(alarm);
      return () => void alarms.delete(alarm);
    },
    advance(ms) {
      const until = laterBy(now, ms);
      for (let due = nextDue(until); due !== undefined; due = nextDue(until)) {
        alarms.delete(due);
        now = epochMs(Math.max(now, due.at));
        due.wake();
      }
      now = until;
    },
    pending: () => alarms.size,
    get nextDueAt() {
      const dues = [...alarms].map(({ at }) => at).sort((a, b) => a - b);
      return dues[0] ?? null;
    },
  };
}
