import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { assert } from '#domain/assert';

const manifestSchema = z.object({ version: z.string().max(40) });

/** The nearest folder from `start` upwards that has a package.json. */
export function packageRoot(start: string): string {
  let folder = start;
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    assert(parent !== folder, `a package.json above ${start}`);
    folder = parent;
  }
  return folder;
}

// The same above the sources, the built program and inside a package's app.asar.
const root = packageRoot(import.meta.dirname);

/** Where the program's own parts are. */
export const PROGRAM_FILES = {
  root,
  /** The built user interface. */
  renderer: join(root, 'out', 'renderer'),
  preload: join(root, 'out', 'preload', 'preload.cjs'),
  /** The built command line. */
  cli: join(root, 'out', 'main', 'cli.js'),
} as const;

/** The program's version, as package.json has it. */
export const VERSION = manifestSchema.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))).version;
