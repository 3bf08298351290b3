import { createHash } from 'node:crypto';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { correlationsOf, type PriceHistory } from '#domain/correlation-math';
import type { ComputedCorrelations } from '#ports/correlation-port';

const VERSION_LENGTH = 16;

/** What the thread is started with. */
export interface CorrelationWork {
  readonly histories: readonly PriceHistory[];
  readonly lookback: number;
}

/**
 * Computes what a thread was started for, and hands the numbers over without copying them.
 * @param port null on the main thread, where nobody waits for an answer.
 */
export function answer(port: MessagePort | null, work: CorrelationWork): void {
  if (port === null) return;
  const { histories, lookback } = work;
  const correlations = correlationsOf(histories, lookback);
  const hash = createHash('sha256').update(JSON.stringify([histories.map(({ symbol }) => symbol), lookback]));
  const version = hash.update(correlations.values).digest('hex').slice(0, VERSION_LENGTH);
  const computed: ComputedCorrelations = { ...correlations, version };
  port.postMessage(computed, [correlations.values.buffer]);
}

// eslint-disable-next-line @typescript-eslint/no-unsafe-argument -- correlation-worker.ts has set it, in this program.
answer(parentPort, workerData);
