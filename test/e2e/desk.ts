import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { _electron, test as base, type Page } from 'playwright/test';
import { present } from '#domain/assert';
import { electronEnvironment, findElectron } from '#launch/electron-runtime';
import type { WrittenFault } from '#simulator/fault-schema';
import type { PressKey } from '#test/e2e/press-key';
import { Workstation } from '#test/e2e/pages/workstation';
import { runProgram } from '#test/process/program';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const PROGRAM = path.join(ROOT, 'out', 'main', 'cli.js');
const SEED = '7';
/** The X name of keys that Playwright calls otherwise. */
const X_KEYS: Readonly<Record<string, string>> = { Enter: 'Return', '?': 'question', Escape: 'Escape', ' ': 'space' };

/** A trader's desk: a running workstation in demo mode, its window, and the keyboard in front of it. */
export interface Desk {
  readonly page: Page;
  readonly kind: 'headless' | 'electron';
  readonly dataDirectory: string;
  readonly window: Workstation;
  readonly press: PressKey;
  /** Runs a command line against the desk's workstation. */
  readonly command: (...words: readonly string[]) => ReturnType<typeof runProgram>;
}

/** What goes wrong at the desk's simulator, and when. */
export interface FaultPlan {
  readonly faults: readonly WrittenFault[];
}

/** The same specs on both hosts: the project's name says which one `desk` starts. */
export const test = base.extend<{ plan: FaultPlan; desk: Desk }>({
  plan: [{ faults: [] }, { option: true }],
  desk: async ({ browser, plan }, use, info) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'ibkr-trader-e2e-'));
    const dataDirectory = path.join(folder, 'data');
    const faults = path.join(folder, 'faults.json');
    await writeFile(faults, JSON.stringify({ version: 1, ...plan }));
    const words = ['--demo', '--seed', SEED, '--faults', faults, '--data-dir', dataDirectory];
    try {
      if (info.project.name === 'electron') await withElectron(dataDirectory, words, use);
      else {
        const newPage = (): Promise<Page> => browser.newPage({ viewport: { width: 1440, height: 900 } });
        await withHeadless(dataDirectory, words, newPage, use);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
});

/** What a command line said about the desk's workstation. */
function commandAt(dataDirectory: string): Desk['command'] {
  return (...words) => runProgram([...words, '--data-dir', dataDirectory]);
}

async function withHeadless(
  dataDirectory: string,
  words: readonly string[],
  newPage: () => Promise<Page>,
  use: (desk: Desk) => Promise<void>,
): Promise<void> {
  const host = spawn(process.execPath, [PROGRAM, 'serve', '--no-open', ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(host, 'exit');
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
    const window = new Workstation(page, press);
    await use({ page, kind: 'headless', dataDirectory, press, window, command: commandAt(dataDirectory) });
    await page.close();
  } finally {
    host.kill('SIGTERM');
    await exited;
  }
}

async function withElectron(
  dataDirectory: string,
  words: readonly string[],
  use: (desk: Desk) => Promise<void>,
): Promise<void> {
  const runtime = present(findElectron(), 'an Electron runtime (npm test gets one)');
  // Chromium refuses its sandbox to root.
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const app = await _electron.launch({
    executablePath: runtime.binary,
    args: [...root, ROOT, ...words],
    env: { ...environment(), ...electronEnvironment(runtime) },
    colorScheme: 'dark',
  });
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
    const window = new Workstation(page, press);
    await use({ page, kind: 'electron', dataDirectory, press, window, command: commandAt(dataDirectory) });
  } finally {
    await app.close();
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
