import { watch } from 'node:fs';
import type { FileWatch } from '#ports/file-watch';

/** A watch that must be closed. */
export interface DirectoryWatch extends FileWatch {
  close(): void;
}

/** The system call that tests replace. */
type StartWatch = (
  directory: string,
  changed: (event: string, name: string | null) => void,
) => { on(event: 'error', failed: (error: Error) => void): unknown; close(): void };

/**
 * Watches the files of one directory by name: editors put a new file in the place of the old, and a watch of the old one
 * would see nothing more.
 * @param onFault hears of a watch that the system ended; changes are not seen any more then.
 */
export function watchDirectory(
  directory: string,
  onFault: (error: unknown) => void,
  start: StartWatch = watch,
): DirectoryWatch {
  const listeners = new Map<string, Set<() => void>>();
  const watcher = start(directory, (_, name) => {
    // Some systems do not say which file it was.
    const heard = name === null ? [...listeners.values()] : [listeners.get(name) ?? []];
    for (const changed of heard.flatMap((each) => [...each])) changed();
  });
  watcher.on('error', onFault);
  return {
    watch: (name, changed) => {
      const known = listeners.get(name) ?? new Set();
      listeners.set(name, known.add(changed));
      return () => known.delete(changed);
    },
    close: () => watcher.close(),
  };
}
