import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { assert } from '#domain/assert';

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
  /** The built thread that computes correlations. */
  correlationThread: join(root, 'out', 'main', 'correlation-thread.js'),
} as const;
