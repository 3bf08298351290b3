import type { Violation } from '#test/storm/invariants';
import type { Outcome } from '#test/storm/scenario';

/** A seed whose scenario broke an invariant. */
export interface Failure {
  readonly seed: number;
  readonly violation: Violation;
}

/** What many scenarios came to: plain data, so that processes can add theirs up. */
export interface Tally {
  readonly scenarios: number;
  readonly events: number;
  /** What they cost: on a machine that others use too, the clock on the wall says little. */
  readonly cpuMs: number;
  readonly done: Readonly<Record<string, number>>;
  readonly failures: readonly Failure[];
}

export const NOTHING_YET: Tally = { scenarios: 0, events: 0, cpuMs: 0, done: {}, failures: [] };

export function tallyOf({ script: { seed }, violation, done, events }: Outcome, cpuMs: number): Tally {
  const failures = violation === null ? [] : [{ seed, violation }];
  return { scenarios: 1, events, cpuMs, done: Object.fromEntries(done), failures };
}

export function sumOf(a: Tally, b: Tally): Tally {
  const done: Record<string, number> = { ...a.done };
  for (const [what, count] of Object.entries(b.done)) done[what] = (done[what] ?? 0) + count;
  return {
    scenarios: a.scenarios + b.scenarios,
    events: a.events + b.events,
    cpuMs: a.cpuMs + b.cpuMs,
    done,
    failures: [...a.failures, ...b.failures],
  };
}

/** Failures of the same kind together, the most frequent first: numbers in words differ from seed to seed. */
export function kindsOf(failures: readonly Failure[]): readonly string[] {
  const kinds = new Map<string, number[]>();
  for (const { seed, violation } of failures) {
    const kind = `invariant ${violation.invariant}: ${violation.what.replace(/[\d.]+/g, 'N').slice(0, 200)}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), seed]);
  }
  return [...kinds]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([kind, seeds]) => `${seeds.length} × ${kind} (seeds ${seeds.slice(0, 8).join(', ')})`);
}
