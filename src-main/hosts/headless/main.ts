import { homedir } from 'node:os';
import { compose } from '#hosts/compose';
import type { Compose } from '#hosts/composition';
import { startHost } from '#hosts/host';
import { launchOptionsOf, readLaunchWords } from '#hosts/launch-options';
import { PROGRAM_FILES } from '#hosts/program-files';
import { browserProgram, openBrowser } from './open-browser';

const EXIT_DONE = 0;
const EXIT_REFUSED = 1;
const EXIT_USAGE = 2;

/** What the headless host needs of its process. */
export interface HeadlessWorld {
  readonly compose: Compose;
  readonly uiRoot: string;
  readonly platform: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Settles when somebody wants the host to end. */
  readonly interrupted: () => Promise<void>;
}

/**
 * The workstation without a window: `ibkr-trader serve`. Prints `ready <URL>` once it takes commands, and runs until it
 * is interrupted.
 * @param words what stands behind `serve`.
 * @returns the exit code.
 */
export async function runHeadless(words: readonly string[], world: HeadlessWorld = processWorld()): Promise<number> {
  const read = readLaunchWords(words);
  const options = read.ok ? launchOptionsOf(read.value, world) : read;
  if (!options.ok) {
    world.err(`${options.error.reason}\n`);
    return EXIT_USAGE;
  }
  const onFault = (error: unknown): void => world.err(`${faultText(error)}\n`);
  // From now on, so that no signal is missed while the host starts.
  const interrupted = world.interrupted();
  const started = await startHost(options.value, { compose: world.compose, uiRoot: world.uiRoot, onFault });
  if (!started.ok) {
    world.err(`${started.error.reason}\n`);
    return EXIT_REFUSED;
  }
  const host = started.value;
  world.out(`ready ${host.url}\n`);
  const browser = options.value.open ? browserProgram(world.platform, world.env) : null;
  const opened =
    browser === null ? null : await openBrowser(browser, options.value.dataDirectory, host.url).catch(onFault);
  await interrupted;
  await opened?.();
  await host.close();
  return EXIT_DONE;
}

/** With its stack: a fault is a bug, and this line is what is left of it. */
function faultText(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** The running process. */
export function processWorld(): HeadlessWorld {
  return {
    compose,
    uiRoot: PROGRAM_FILES.renderer,
    platform: process.platform,
    home: homedir(),
    env: process.env,
    workingDirectory: process.cwd(),
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    interrupted: () =>
      new Promise((resolve) => {
        // Once each: who asks a second time means it, and gets the system's own way.
        for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
      }),
  };
}
