import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { electronBinary } from './parts/electron-binary.mjs';
import { CACHE, ROOT } from './project.mjs';
import { runNode, say } from './run.mjs';
import { TEST_ELECTRON_DIST, TEST_ELECTRON_VERSION, hasTestElectron, makeTestElectron } from './test-electron.mjs';

/**
 * @typedef {{ readonly kind: 'official' | 'test'; readonly version: string; readonly dist: string; readonly binary: string }} ElectronRuntime
 *   `dist` is the unpacked distribution, `binary` the program in it.
 */

const PACKAGE = path.join(ROOT, 'node_modules', 'electron');
const OFFICIAL_DIST = path.join(PACKAGE, 'dist');
/** Long enough for 120 MB over a slow line; an unreachable server fails within seconds by itself. */
const DOWNLOAD_TIMEOUT_MS = 600_000;
/** Remembers a failed download, so that not every start waits for an unreachable server. */
const DOWNLOAD_FAILED = path.join(CACHE, 'electron-download-failed');
const DOWNLOAD_RETRY_MS = 24 * 3_600_000;

/**
 * The Electron that is already here: ELECTRON_OVERRIDE_DIST_PATH, the official one of node_modules, the test one.
 * @returns {ElectronRuntime | undefined}
 */
export function findElectron() {
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (override !== undefined && override !== '') return runtimeAt(path.resolve(override));
  return runtimeAt(OFFICIAL_DIST) ?? (hasTestElectron() ? runtimeAt(TEST_ELECTRON_DIST) : undefined);
}

/**
 * Finds an Electron or gets one: the official download first, where that is out of reach the test Electron.
 * @returns {Promise<ElectronRuntime | { missing: string }>}
 */
export async function obtainElectron() {
  const found = findElectron();
  if (found?.kind === 'official') return found;
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (override !== undefined && override !== '') {
    return found ?? { missing: `ELECTRON_OVERRIDE_DIST_PATH=${override} holds none` };
  }
  if (found !== undefined && failedLately()) return found;
  const reason = await downloadOfficial();
  if (reason === undefined)
    return runtimeAt(OFFICIAL_DIST) ?? { missing: `${OFFICIAL_DIST} was made without its program` };
  if (found !== undefined) return found;
  say(
    `the official Electron can not be downloaded here (${reason}): taking the test Electron, for demo and tests only`,
  );
  try {
    await makeTestElectron();
  } catch (error) {
    return { missing: `no official download (${reason}), ${error instanceof Error ? error.message : String(error)}` };
  }
  return runtimeAt(TEST_ELECTRON_DIST) ?? { missing: `${TEST_ELECTRON_DIST} was made without its program` };
}

/**
 * Lets the electron package get its own distribution.
 * @returns {Promise<string | undefined>} why it could not
 */
async function downloadOfficial() {
  const install = path.join(PACKAGE, 'install.js');
  const ended = await runNode(install, [], { title: 'downloading Electron', limitMs: DOWNLOAD_TIMEOUT_MS });
  if (ended.code === 0) return undefined;
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(DOWNLOAD_FAILED, ended.output);
  return ended.output.trim().split('\n')[0];
}

function failedLately() {
  const failed = statSync(DOWNLOAD_FAILED, { throwIfNoEntry: false });
  return failed !== undefined && Date.now() - failed.mtimeMs < DOWNLOAD_RETRY_MS;
}

/**
 * What a process that uses this Electron needs in its environment.
 * @param {ElectronRuntime} runtime
 * @returns {Record<string, string>}
 */
export function electronEnvironment({ dist, kind }) {
  return {
    ELECTRON_OVERRIDE_DIST_PATH: dist,
    // The workstation refuses paper and live under it.
    ...(kind === 'test' && { IBKR_TRADER_TEST_ELECTRON: '1' }),
  };
}

/**
 * @param {string} dist
 * @returns {ElectronRuntime | undefined}
 */
function runtimeAt(dist) {
  const binary = electronBinary(dist, process.platform);
  const versionFile = path.join(dist, 'version');
  if (!existsSync(binary) || !existsSync(versionFile)) return undefined;
  const version = readFileSync(versionFile, 'utf8').trim().replace(/^v/, '');
  return { kind: version === TEST_ELECTRON_VERSION ? 'test' : 'official', version, dist, binary };
}
