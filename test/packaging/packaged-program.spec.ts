import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { listPackage } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { chromium, expect, test } from 'playwright/test';
import { assert, present } from '#domain/assert';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const PROGRAM = path.join(ROOT, 'dist', 'linux-unpacked', 'ibkr-trader');
/** How a fuse is written in the binary. */
const ON = '1'.charCodeAt(0);
const OFF = '0'.charCodeAt(0);
const ARCHIVE = path.join(ROOT, 'dist', 'linux-unpacked', 'resources', 'app.asar');

test('the packaged program opens the workstation in demo mode', async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'ibkr-trader-packaged-'));
  // Chromium refuses its sandbox to root.
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  // The hardened program gives no Node inspector to attach to, so the window is reached over its own debugging port.
  const program = spawn(PROGRAM, [...root, '--remote-debugging-port=0', '--demo', '--data-dir', dataDir], {
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  const exited = once(program, 'exit');
  try {
    const browser = await chromium.connectOverCDP(await debuggerOf(program));
    const context = present(browser.contexts()[0], 'the window context');
    const page = context.pages()[0] ?? (await context.waitForEvent('page'));
    await page.waitForURL('app://local/**');
    await expect(page.getByText(/\bdemo\b/i).first()).toBeVisible({ timeout: 30_000 });
    await browser.close();
  } finally {
    program.kill('SIGTERM');
    await exited;
    await rm(dataDir, { recursive: true, force: true });
  }
});

test('the archive holds what runs and nothing else', async () => {
  const files = listPackage(ARCHIVE, { isPack: false });
  const tops = new Set(files.map((file) => file.split('/')[1]));
  expect([...tops].sort()).toEqual(['node_modules', 'out', 'package.json']);
  expect(files).toEqual(
    expect.arrayContaining([
      '/out/main/main.js',
      '/out/main/cli.js',
      '/out/preload/preload.cjs',
      '/out/renderer/index.html',
    ]),
  );
  expect(files.filter((file) => /\.(ts|tsx|map)$/.test(file))).toEqual([]);
  const manifest: unknown = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'));
  assert(isManifest(manifest), 'package.json has dependencies');
  for (const name of Object.keys(manifest.dependencies)) expect(files).toContain(`/node_modules/${name}/package.json`);
});

test('the program can not be turned into a Node, debugged, or fed another application', async () => {
  const fuses = await getCurrentFuseWire(PROGRAM);
  const on = [FuseV1Options.EnableEmbeddedAsarIntegrityValidation, FuseV1Options.OnlyLoadAppFromAsar];
  const off = [
    FuseV1Options.RunAsNode,
    FuseV1Options.EnableNodeOptionsEnvironmentVariable,
    FuseV1Options.EnableNodeCliInspectArguments,
    FuseV1Options.GrantFileProtocolExtraPrivileges,
  ];
  expect(on.map((fuse) => fuses[fuse])).toEqual(on.map(() => ON));
  expect(off.map((fuse) => fuses[fuse])).toEqual(off.map(() => OFF));
});

/** The address that Chromium prints once its debugging port is open. What it prints later is read and dropped. */
function debuggerOf(program: ChildProcess): Promise<string> {
  const lines = createInterface({ input: present(program.stderr, 'stderr of the program') });
  return new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      const address = /^DevTools listening on (ws:\S+)$/.exec(line)?.[1];
      if (address !== undefined) resolve(address);
    });
    lines.on('close', () => {
      reject(new Error('the program ended before its debugging port was open'));
    });
  });
}

function isManifest(value: unknown): value is { dependencies: Record<string, string> } {
  return typeof value === 'object' && value !== null && 'dependencies' in value;
}
