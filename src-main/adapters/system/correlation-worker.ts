import { Worker } from 'node:worker_threads';
import type { ComputedCorrelations, CorrelationPort } from '#ports/correlation-port';
import type { CorrelationWork } from './correlation-thread';

const HEAP_MB_MAX = 512;

/**
 * Computes each time in a thread of its own, which ends with its answer: it happens a few times a day.
 * @param script the program of the thread, built from correlation-thread.ts.
 */
export function correlationWorker(script: string): CorrelationPort {
  return {
    compute: (histories, lookback) =>
      new Promise((resolve, reject) => {
        const workerData: CorrelationWork = { histories, lookback };
        const resourceLimits = { maxOldGenerationSizeMb: HEAP_MB_MAX };
        const worker = new Worker(script, { workerData, execArgv: [], resourceLimits });
        worker.once('message', (computed: ComputedCorrelations) => resolve(computed));
        worker.once('error', reject);
        // After its answer this changes nothing any more.
        worker.once('exit', (code) => {
          reject(new Error(`the thread of the correlations ended with ${String(code)} and no answer`));
        });
      }),
  };
}
