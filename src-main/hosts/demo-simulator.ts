import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import { PROGRAM_FILES } from '#hosts/program-files';

/** Making the market takes a second on a slow machine. */
const START_DEADLINE_MS = 20_000;
const HEAP_MB_MAX = 512;

export interface DemoSimulator {
  /** On 127.0.0.1. */
  readonly port: number;
  stop(): Promise<void>;
}

export interface DemoSimulatorOptions {
  /** Null: the simulator's own default. */
  readonly seed: number | null;
  /** Absolute paths; null: a made-up market, in which nothing goes wrong by plan. */
  readonly prices?: string | null;
  readonly faults?: string | null;
  /** The command line program that has the word `simulate`. */
  readonly script?: string;
  /** Hears of a simulator that ended by itself; the workstation sees its connection lost. */
  readonly onDied?: (reason: string) => void;
}

/**
 * Starts `ibkr-trader simulate --port 0` in a thread of its own: the one way that works under Node and in a packaged
 * Electron alike (docs/decisions/demo-simulator.md). Nothing but its socket connects it with the workstation.
 * @throws Error when it does not say where it listens, with what it said instead.
 */
export async function startDemoSimulator({
  seed,
  prices = null,
  faults = null,
  script = PROGRAM_FILES.cli,
  onDied = (reason) => process.stderr.write(`${reason}\n`),
}: DemoSimulatorOptions): Promise<DemoSimulator> {
  const worker = new Worker(script, {
    argv: [
      'simulate',
      ...['--port', '0'],
      ...(seed === null ? [] : ['--seed', String(seed)]),
      ...(prices === null ? [] : ['--prices', prices]),
      ...(faults === null ? [] : ['--faults', faults]),
    ],
    execArgv: [],
    stdout: true,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX },
  });
  let ended: (reason: string) => void = onDied;
  let stopping = false;
  const end = (reason: string): void => {
    if (!stopping) ended(`the simulator ended: ${reason}`);
    stopping = true;
  };
  worker.on('error', (error) => end(String(error)));
  worker.on('exit', (code) => end(`exit code ${code}`));
  const stop = async (): Promise<void> => {
    stopping = true;
    await worker.terminate();
  };

  const port = await new Promise<number>((resolve, reject) => {
    const fail = (reason: string): void => {
      clearTimeout(deadline);
      reject(new Error(reason));
    };
    const deadline = setTimeout(() => fail('the simulator did not start in time'), START_DEADLINE_MS);
    ended = fail;
    // Reads on for ever: a full pipe would stop the thread.
    createInterface({ input: worker.stdout }).on('line', (line) => {
      const found = /^listening 127\.0\.0\.1:(\d+)$/.exec(line)?.[1];
      if (found === undefined) return;
      clearTimeout(deadline);
      ended = onDied;
      resolve(Number(found));
    });
  }).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { port, stop };
}
