import { watch } from 'node:fs';
import type { FileWatch } from '#ports/file-watch';

/** A watch that must be closed. */
export interface DirectoryWatch extends FileWatch {
  close(): void;
}

/** The system call that tests replace. */
type StartWatch = (directory: string, changed: (event: string, name: string | null) => void) => Watching;
interface Watching {
  on(event: 'error', failed: (error: Error) => void): unknown;
  close(): void;
}

/**
 * Watches the files of one directory by name: editors put a new file in the place of the old, and a watch of the old one
 * would see nothing more.
 * @param onFault hears of a watch that the system refused or ended; changes are not seen then.
 */
export function watchDirectory(
  directory: string,
  onFault: (error: unknown) => void,
  start: StartWatch = watch,
): DirectoryWatch {
  const listeners = new Map<string, Set<() => void>>();
  const heard = (_: string, name: string | null): void => {
    // Some systems do not say which file it was.
    const meant = name === null ? [...listeners.values()] : [listeners.get(name) ?? []];
    for (const changed of meant.flatMap((each) => [...each])) changed();
  };
  const failed = (error: unknown): void => {
    onFault(new Error(`Edits of files in ${directory} are not seen until the next start: ${String(error)}`));
  };
  let watching: Watching | null = null;
  try {
    watching = start(directory, heard);
    watching.on('error', failed);
  } catch (error) {
    // Without it the workstation trades as well: what a person edits by hand counts from the next start.
    failed(error);
  }
  return {
    watch: (name, changed) => {
      const known = listeners.get(name) ?? new Set();
      listeners.set(name, known.add(changed));
      return () => known.delete(changed);
    },
    close: () => watching?.close(),
  };
}
