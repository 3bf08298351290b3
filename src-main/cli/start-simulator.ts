import * as z from 'zod';
import { err, ok, type Result } from '#domain/result';
import type { RunningSimulator, SimulateOptions } from './cli-io';

/** The system's refusal of a port. */
const listenErrorSchema = z.object({ syscall: z.literal('listen'), code: z.string() });

/** Starts the simulated TWS on the real clock. The error names the option that is wrong, or says why it can not listen. */
export async function startSimulator(options: SimulateOptions): Promise<Result<RunningSimulator, string>> {
  const [{ startTwsServer }, { readMarketFiles, stocksAmong }, { parseFault }] = await Promise.all([
    import('#simulator/tws/tws-server'),
    import('#simulator/market-files'),
    import('#simulator/fault-plan'),
  ]);
  const files = await readMarketFiles(options);
  if (!files.ok) return files;
  const clock = {
    now: () => Date.now(),
    every: (ms: number, run: () => void) => {
      const timer = setInterval(run, ms);
      return () => clearInterval(timer);
    },
  };
  try {
    const server = await startTwsServer({ ...options, ...files.value, clock, autoTick: true });
    const isTraded = stocksAmong(server.exchange.instruments);
    return ok({
      port: server.port,
      withhold: () => server.faults.inject({ fault: 'withhold', until: 'release' }),
      freeze: () => server.faults.inject({ fault: 'freeze' }),
      drop: () => server.faults.inject({ fault: 'drop' }),
      release: () => server.faults.clear(),
      inject: (text) => {
        const fault = parseFault(text, isTraded);
        if (!fault.ok) return fault;
        server.faults.give(fault.value);
        return ok(undefined);
      },
      stop: () => server.stop(),
    });
  } catch (error) {
    const refused = listenErrorSchema.safeParse(error);
    if (!refused.success) throw error;
    return err(
      `--port "${options.port}": can not listen there (${refused.data.code}), expected a free port, or 0 for any`,
    );
  }
}
