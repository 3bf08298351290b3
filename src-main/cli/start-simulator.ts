import * as z from 'zod';
import { err, ok, type Result } from '#domain/result';
import type { RunningSimulator, SimulateOptions } from './cli-io';

/** The system's refusal of a port. */
const listenErrorSchema = z.object({ syscall: z.literal('listen'), code: z.string() });

/** Starts the simulated TWS on the real clock. The error says why it can not listen. */
export async function startSimulator(options: SimulateOptions): Promise<Result<RunningSimulator, string>> {
  const { startTwsServer } = await import('#simulator/tws/tws-server');
  const clock = {
    now: () => Date.now(),
    every: (ms: number, run: () => void) => {
      const timer = setInterval(run, ms);
      return () => clearInterval(timer);
    },
  };
  try {
    const server = await startTwsServer({ ...options, clock, autoTick: true });
    return ok({
      port: server.port,
      withhold: () => server.faults.inject({ kind: 'withhold', when: 'now', at: 'after-exchange' }),
      freeze: () => server.faults.inject({ kind: 'freeze', when: 'now' }),
      drop: () => server.faults.inject({ kind: 'drop', when: 'now' }),
      release: () => server.faults.clear(),
      stop: () => server.stop(),
    });
  } catch (error) {
    const refused = listenErrorSchema.safeParse(error);
    if (!refused.success) throw error;
    return err(`can not listen there (${refused.data.code}), expected a free port, or 0 for any`);
  }
}
