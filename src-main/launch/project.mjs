import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { cacheFolder } from './parts/cache-folder.mjs';
import { nodeTooOld } from './parts/node-version.mjs';

/** The checkout. */
export const ROOT = path.resolve(import.meta.dirname, '..', '..');
/** What packages and downloads are kept in between checkouts. */
export const CACHE = cacheFolder(process.platform, homedir(), process.env);
/** The built command line, which is also the headless host. */
export const CLI = path.join(ROOT, 'out', 'main', 'cli.js');

/** Where the person called from: npm runs its scripts in the checkout. Paths on the command line are relative to it. */
export const CALLED_FROM = process.env['INIT_CWD'] ?? process.cwd();

/** Ends the process with a plain word when this Node can not run the project. */
export function requireNode() {
  const why = nodeTooOld(process.versions.node);
  if (why === undefined) return;
  console.error(why);
  process.exit(2);
}

/**
 * A JSON file of the checkout; undefined when there is none.
 * @param {...string} place
 */
export function readJson(...place) {
  try {
    return JSON.parse(readFileSync(path.join(ROOT, ...place), 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * The script that a package's command stands for: running it by this Node needs no shell on any system.
 * @param {string} name
 * @param {string} [command]
 */
export function packageScript(name, command = name) {
  const { bin } = readJson('node_modules', name, 'package.json');
  return path.join(ROOT, 'node_modules', name, typeof bin === 'string' ? bin : bin[command]);
}
