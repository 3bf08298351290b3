import { closeSync, mkdirSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { durationText } from './parts/duration.mjs';
import { fingerprintOf } from './parts/fingerprint.mjs';
import { ROOT, packageScript } from './project.mjs';
import { giveUp, runNode, say } from './run.mjs';

const SOURCES = ['src-shared', 'src-main', 'src-renderer'];
const CONFIGS = ['package.json', 'package-lock.json', 'electron.vite.config.ts', 'tsconfig.json', 'tsconfig.base.json'];
const STAMP = path.join(ROOT, 'out', '.fingerprint');
const LOCK = path.join(ROOT, 'node_modules', '.cache', 'ibkr-trader-build.lock');
const LOCK_POLL_MS = 100;

/** The state of everything that the build reads. */
function sourceFingerprint() {
  const files = SOURCES.flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name))),
  );
  const names = [...files, ...CONFIGS].sort();
  return fingerprintOf(names.map((name) => [name, readFileSync(path.join(ROOT, name))]));
}

function builtFingerprint() {
  try {
    return readFileSync(STAMP, 'utf8');
  } catch {
    return undefined; // Never built.
  }
}

/**
 * Builds out/ unless it is as new as the sources. Files of an earlier build stay, because a running workstation may
 * still load parts of itself from there.
 * @returns {Promise<boolean>} true when it had to
 */
export async function ensureBuilt() {
  if (builtFingerprint() === sourceFingerprint()) return false;
  const release = await takeLock();
  try {
    const fingerprint = sourceFingerprint();
    if (builtFingerprint() === fingerprint) return false;
    const ended = await runNode(packageScript('electron-vite'), ['build', '--logLevel', 'warn'], {
      title: 'building',
      env: { IBKR_TRADER_KEEP_OUT: '1' },
    });
    if (ended.code !== 0) giveUp('the build', ended);
    writeFileSync(STAMP, fingerprint);
    say(`built in ${durationText(ended.ms)}`);
    return true;
  } finally {
    release();
  }
}

/**
 * Builds out/ from nothing, for packaging and the gate.
 * @returns {Promise<import('./run.mjs').Ended>}
 */
export async function rebuild() {
  const release = await takeLock();
  try {
    const fingerprint = sourceFingerprint();
    const ended = await runNode(packageScript('electron-vite'), ['build', '--logLevel', 'warn'], { title: 'building' });
    if (ended.code === 0) writeFileSync(STAMP, fingerprint);
    return ended;
  } finally {
    release();
  }
}

/** Waits until no other process builds this checkout. A lock whose process is gone does not count. */
async function takeLock() {
  mkdirSync(path.dirname(LOCK), { recursive: true });
  for (;;) {
    try {
      const file = openSync(LOCK, 'wx');
      writeSync(file, String(process.pid));
      closeSync(file);
      return () => rmSync(LOCK, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    if (!lockHolderLives()) rmSync(LOCK, { force: true });
    await delay(LOCK_POLL_MS);
  }
}

function lockHolderLives() {
  try {
    process.kill(Number(readFileSync(LOCK, 'utf8')), 0);
    return true;
  } catch (error) {
    // EPERM: it lives, under another user. Anything else: it is gone, or has just given the lock back.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
