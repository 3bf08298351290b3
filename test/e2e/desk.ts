import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { _electron, test as base, type Page } from 'playwright/test';
import { present } from '#domain/assert';
import { electronEnvironment, findElectron } from '#launch/electron-runtime';
import type { PressKey } from '#test/e2e/press-key';
import { Workstation } from '#test/e2e/pages/workstation';

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
}

/** The same specs on both hosts: the project's name says which one `desk` starts. */
export const test = base.extend<{ desk: Desk }>({
  desk: async ({ browser }, use, info) => {
    const dataDirectory = await mkdtemp(path.join(tmpdir(), 'ibkr-trader-e2e-'));
    try {
      if (info.project.name === 'electron') await withElectron(dataDirectory, use);
      else await withHeadless(dataDirectory, () => browser.newPage({ viewport: { width: 1440, height: 900 } }), use);
    } finally {
      await rm(dataDirectory, { recursive: true, force: true });
    }
  },
});

async function withHeadless(
  dataDirectory: string,
  newPage: () => Promise<Page>,
  use: (desk: Desk) => Promise<void>,
): Promise<void> {
  const words = ['serve', '--demo', '--seed', SEED, '--no-open', '--data-dir', dataDirectory];
  const host = spawn(process.execPath, [PROGRAM, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
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
    await use({ page, kind: 'headless', dataDirectory, press, window: new Workstation(page, press) });
    await page.close();
  } finally {
    host.kill('SIGTERM');
    await exited;
  }
}

async function withElectron(dataDirectory: string, use: (desk: Desk) => Promise<void>): Promise<void> {
  const runtime = present(findElectron(), 'an Electron runtime (npm test gets one)');
  // Chromium refuses its sandbox to root.
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const app = await _electron.launch({
    executablePath: runtime.binary,
    args: [...root, ROOT, '--demo', '--seed', SEED, '--data-dir', dataDirectory],
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
    await use({ page, kind: 'electron', dataDirectory, press, window: new Workstation(page, press) });
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
