import { homedir } from 'node:os';
import { compose } from '#hosts/compose';
import type { Compose } from '#hosts/composition';
import { checkDemoFiles } from '#hosts/demo-files';
import { faultText } from '#hosts/fault-text';
import { startHost } from '#hosts/host';
import { launchOptionsOf, readLaunchWords } from '#hosts/launch-options';
import { PROGRAM_FILES } from '#hosts/program-files';
import { browserProgram, openBrowser } from './open-browser';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
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
  /** The program that shows a page to the person; null without a display. */
  readonly browser: readonly [program: string, ...words: string[]] | null;
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
  const launch = read.ok ? launchOptionsOf(read.value, world) : read;
  const options = launch.ok ? await checkDemoFiles(launch.value) : launch;
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
  const { open, dataDirectory } = options.value;
  const shown = open && world.browser !== null;
  const removePage = shown ? await openBrowser(world.browser, dataDirectory, host.url, onFault) : null;
  await interrupted;
  await removePage?.();
  await host.close();
  return EXIT_DONE;
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
    browser: browserProgram(process.platform, process.env),
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    interrupted: () =>
      new Promise((resolve) => {
        const end = (): void => {
          // Who asks a second time means it, and gets the system's own way.
          for (const signal of SIGNALS) process.removeListener(signal, end);
          resolve();
        };
        for (const signal of SIGNALS) process.once(signal, end);
      }),
  };
}
