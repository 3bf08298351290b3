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
