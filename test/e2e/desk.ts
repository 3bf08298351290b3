import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { _electron, test as base, type Browser, type Page, type TestInfo } from 'playwright/test';
import { present } from '#domain/assert';
import { electronEnvironment, findElectron } from '#launch/electron-runtime';
import type { WrittenFault } from '#simulator/fault-schema';
import { startTwsServer, type SimulatorClock, type TwsServer } from '#simulator/tws/tws-server';
import type { PressKey } from '#test/e2e/press-key';
import { Workstation } from '#test/e2e/pages/workstation';
import { runProgram } from '#test/process/program';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const PROGRAM = path.join(ROOT, 'out', 'main', 'cli.js');
const SEED = '7';
const REAL_CLOCK: SimulatorClock = {
  now: () => Date.now(),
  every: (ms, run) => {
    const timer = setInterval(run, ms);
    return () => {
      clearInterval(timer);
    };
  },
};
/** The X name of keys that Playwright calls otherwise. */
const X_KEYS: Readonly<Record<string, string>> = {
  ...{ Enter: 'Return', '?': 'question', Escape: 'Escape', ' ': 'space' },
  Backspace: 'BackSpace',
};

/** A trader's desk: a running workstation, its window, and the keyboard in front of it. */
export interface Desk {
  readonly page: Page;
  readonly kind: 'headless' | 'electron';
  readonly dataDirectory: string;
  readonly window: Workstation;
  readonly press: PressKey;
  /** Runs a command line against the desk's workstation. */
  readonly command: (...words: readonly string[]) => ReturnType<typeof runProgram>;
  /** Kills the workstation at once (SIGKILL), starts it again and opens its window. */
  readonly killAndRestart: () => Promise<Desk>;
}

/** What goes wrong at the desk's simulator, and when. */
export interface FaultPlan {
  readonly faults: readonly WrittenFault[];
}

/** A host that runs with its window. */
interface RunningHost {
  readonly page: Page;
  readonly press: PressKey;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** Starts one on the desk's data directory. */
type StartHost = () => Promise<RunningHost>;

/** The same specs on both hosts: the project's name says which one `desk` starts. */
export const test = base.extend<{ plan: FaultPlan; market: TwsServer; desk: Desk; steeredDesk: Desk }>({
  plan: [{ faults: [] }, { option: true }],
  // Playwright wants the pattern even where nothing is taken from it.
  // eslint-disable-next-line no-empty-pattern
  market: async ({}, use) => {
    const tws = await startTwsServer({ port: 0, seed: Number(SEED), clock: REAL_CLOCK, autoTick: true });
    await use(tws);
    await tws.stop();
  },
  /** In demo mode on the simulator of its own, with a plan of what goes wrong there. */
  desk: async ({ browser, plan }, use, info) => {
    await inFolder(async (folder) => {
      const faults = path.join(folder, 'faults.json');
      await writeFile(faults, JSON.stringify({ version: 1, ...plan }));
      await atDesk({ browser, info, folder, words: ['--demo', '--seed', SEED, '--faults', faults] }, use);
    });
  },
  /** On `market`, which lives in the test's own process and does what the test wants. */
  steeredDesk: async ({ browser, market }, use, info) => {
    await inFolder(async (folder) => {
      const words = ['--demo', '--simulator-port', String(market.port)];
      await atDesk({ browser, info, folder, words }, use);
    });
  },
});

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'ibkr-trader-e2e-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function atDesk(
  {
    browser,
    info,
    folder,
    words,
  }: {
    readonly browser: Browser;
    readonly info: TestInfo;
    readonly folder: string;
    readonly words: readonly string[];
  },
  use: (desk: Desk) => Promise<void>,
): Promise<void> {
  const dataDirectory = path.join(folder, 'data');
  const kind = info.project.name === 'electron' ? 'electron' : 'headless';
  const all = [...words, '--data-dir', dataDirectory];
  const newPage = (): Promise<Page> => browser.newPage({ viewport: { width: 1440, height: 900 } });
  const start: StartHost = kind === 'electron' ? () => startElectron(all) : () => startHeadless(all, newPage);
  let host = await start();
  const deskOf = ({ page, press }: RunningHost): Desk => ({
    ...{ page, press, kind, dataDirectory },
    window: new Workstation(page, press),
    command: (...line) => runProgram([...line, '--data-dir', dataDirectory]),
    killAndRestart: async () => {
      await host.kill();
      host = await start();
      return deskOf(host);
    },
  });
  try {
    await use(deskOf(host));
  } finally {
    await host.stop();
  }
}

async function startHeadless(words: readonly string[], newPage: () => Promise<Page>): Promise<RunningHost> {
  const host = spawn(process.execPath, [PROGRAM, 'serve', '--no-open', ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(host, 'exit');
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    host.kill(signal);
    await exited;
  };
  try {
    const url = await new Promise<string>((resolve, reject) => {
      createInterface({ input: host.stdout }).on('line', (line) => {
        const ready = /^ready (\S+)$/.exec(line)?.[1];
        if (ready !== undefined) resolve(ready);
      });
      host.once('exit', (code) => {
        reject(new Error(`the headless host ended with ${String(code)} before it was ready`));
      });
    });
    const page = await newPage();
    await page.goto(url);
    const press: PressKey = (key) => page.keyboard.press(key);
    const leave = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
      // Killed first: a host that goes away under a window is what a crash looks like.
      await end(signal);
      await page.close();
    };
    return { page, press, stop: () => leave('SIGTERM'), kill: () => leave('SIGKILL') };
  } catch (error) {
    await end('SIGKILL');
    throw error;
  }
}

async function startElectron(words: readonly string[]): Promise<RunningHost> {
  const runtime = present(findElectron(), 'an Electron runtime (npm test gets one)');
  // Chromium refuses its sandbox to root.
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const app = await _electron.launch({
    executablePath: runtime.binary,
    args: [...root, ROOT, ...words],
    env: { ...environment(), ...electronEnvironment(runtime) },
    colorScheme: 'dark',
  });
  const kill = async (): Promise<void> => {
    const main = app.process();
    const exited = once(main, 'exit');
    main.kill('SIGKILL');
    await exited;
  };
  try {
    const page = await app.firstWindow();
    const source = await app.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      window?.setBounds({ x: 0, y: 0, width: 1440, height: 900 });
      window?.show();
      window?.focus();
      return window?.getMediaSourceId();
    });
    const windowId = present(source?.split(':')[1], 'the X id of the window');
    const press: PressKey = (key) => pressInX(windowId, key);
    return { page, press, stop: () => app.close(), kill };
  } catch (error) {
    await app.close();
    throw error;
  }
}

function environment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** A key event of the X server, the way a keyboard makes it: through window manager, menu and accelerators. */
function pressInX(windowId: string, key: string): Promise<void> {
  const parts = key
    .split('+')
    .map((part) => X_KEYS[part] ?? (part === 'Control' ? 'ctrl' : part === 'Shift' ? 'shift' : part));
  const name = parts.map((part) => (/^[A-Z]$/.test(part) ? part.toLowerCase() : part)).join('+');
  for (const words of [
    ['windowfocus', '--sync', windowId],
    ['key', name],
  ]) {
    const ended = spawnSync('xdotool', words, { encoding: 'utf8' });
    if (ended.status !== 0) throw new Error(`xdotool ${words.join(' ')}: ${ended.stderr || String(ended.error)}`);
  }
  return Promise.resolve();
}

export { expect } from 'playwright/test';
