import type { EpochMs } from '#domain/ids';

/** Time as the engine sees it. It never runs backwards within one process life. */
export interface Clock {
  now(): EpochMs;
  /** Calls `wake` once, at or soon after `at`. @returns the way to cancel that. */
  wakeAt(at: EpochMs, wake: () => void): () => void;
}
