/** One measured number. */
export interface BenchLine {
  readonly name: string;
  /** What `median` and `p99` count: µs, events/s … */
  readonly unit: string;
  readonly median: number;
  readonly p99?: number;
  /** What the design asks for, in words: `≥ 20,000 events/s`. */
  readonly target?: string;
}

/** The value below which `share` (0 to 1) of `samples` lie. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The line of `samples`. */
export function lineOf(name: string, unit: string, samples: readonly number[], target?: string): BenchLine {
  const line = { name, unit, median: percentile(samples, 0.5), p99: percentile(samples, 0.99) };
  return target === undefined ? line : { ...line, target };
}
