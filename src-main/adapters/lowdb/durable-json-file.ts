import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Adapter } from 'lowdb';
import { StoreFailure, StoreRefusal } from './store-refusal';

const FILE_MODE = 0o600;
const DOCUMENT_BYTES_MAX = 268_435_456;
const RENAME_ATTEMPTS_MAX = 10;
const RENAME_PAUSE_MS = 50;
/** Windows refuses to replace a file while a virus scanner or an indexer looks at it. */
const PASSING_RENAME_ERRORS: readonly unknown[] = ['EPERM', 'EACCES', 'EBUSY'];

/** How a value becomes text and back. */
export interface DocumentForm<T> {
  readonly encode: (value: T) => string;
  /** @throws Error naming the path in the document, what was found and what was expected. */
  readonly decode: (text: string) => T;
}

/** The system calls that tests replace by ones that fail. */
export interface StoreDisk {
  readonly open: typeof open;
  readonly rename: typeof rename;
  readonly pause: (ms: number) => Promise<unknown>;
  readonly platform: NodeJS.Platform;
}

export const nodeStoreDisk: StoreDisk = { open, rename, pause, platform: process.platform };

interface PendingWrite {
  text: string;
  readonly settle: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[];
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** `attempt`'s result, or undefined when there is no such file. */
async function unlessAbsent<R>(attempt: Promise<R>): Promise<R | undefined> {
  try {
    return await attempt;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * One JSON document in one file, whole or not at all: each write goes to a new file, is synced, and takes the old one's
 * place by a rename that is synced too; the version before stays beside it as `.bak`. Expects to be the only owner of
 * the file (see the data directory's lock).
 */
export class DurableJsonFile<T> implements Adapter<T> {
  readonly #file: string;
  readonly #form: DocumentForm<T>;
  readonly #disk: StoreDisk;
  #waiting: PendingWrite | undefined;
  #writing = false;
  #writes = 0;
  /** Whether what is on disk is known to be readable, so that a write does not destroy what a person could rescue. */
  #trusted = false;

  constructor(file: string, form: DocumentForm<T>, disk: StoreDisk = nodeStoreDisk) {
    this.#file = file;
    this.#form = form;
    this.#disk = disk;
  }

  /**
   * @returns null when there is no such file.
   * @throws StoreRefusal when it can not be trusted.
   */
  async read(): Promise<T | null> {
    const size = await unlessAbsent(stat(this.#file));
    if (size === undefined) {
      this.#trusted = true;
      return null;
    }
    if (size.size > DOCUMENT_BYTES_MAX) {
      throw await this.#refusal(`found ${size.size} bytes, expected at most ${DOCUMENT_BYTES_MAX}`);
    }
    const text = await readFile(this.#file, 'utf8');
    try {
      const value = this.#form.decode(text);
      this.#trusted = true;
      return value;
    } catch (error) {
      throw await this.#refusal(error instanceof Error ? error.message : String(error));
    }
  }

  /**
   * Resolves once `value`, or a newer one written meanwhile, is on disk. A value that waits is superseded by a newer one.
   * @throws StoreFailure when the disk would not, StoreRefusal when that would overwrite a damaged document.
   */
  write(value: T): Promise<void> {
    const text = this.#form.encode(value);
    return new Promise((resolve, reject) => {
      this.#waiting ??= { text, settle: [] };
      this.#waiting.text = text;
      this.#waiting.settle.push({ resolve, reject });
      if (!this.#writing) void this.#writeAll();
    });
  }

  /** Removes what a crash in the middle of a write left behind. */
  async removeLeftovers(): Promise<void> {
    const directory = dirname(this.#file);
    const own = `${basename(this.#file)}.`;
    for (const name of await readdir(directory)) {
      if (name.startsWith(own) && /^\d+\.\d+\.tmp$/.test(name.slice(own.length))) await rm(join(directory, name));
    }
  }

  async #writeAll(): Promise<void> {
    this.#writing = true;
    for (let write = this.#waiting; write !== undefined; write = this.#waiting) {
      this.#waiting = undefined;
      try {
        await this.#commit(write.text);
        for (const { resolve } of write.settle) resolve();
      } catch (error) {
        for (const { reject } of write.settle) reject(error);
      }
    }
    this.#writing = false;
  }

  async #commit(text: string): Promise<void> {
    if (!this.#trusted) await this.read();
    try {
      const before = await unlessAbsent(readFile(this.#file, 'utf8'));
      if (before !== undefined) await this.#replace(`${this.#file}.bak`, before);
      await this.#replace(this.#file, text);
      await this.#syncDirectory();
    } catch (error) {
      throw new StoreFailure(this.#file, error);
    }
  }

  async #replace(target: string, text: string): Promise<void> {
    this.#writes += 1;
    const fresh = `${this.#file}.${process.pid}.${this.#writes}.tmp`;
    try {
      const handle = await this.#disk.open(fresh, 'wx', FILE_MODE);
      try {
        await handle.writeFile(text, 'utf8');
        await handle.sync();
      } finally {
        await handle.close();
      }
      await this.#rename(fresh, target);
    } catch (error) {
      await rm(fresh, { force: true });
      throw error;
    }
  }

  async #rename(from: string, to: string): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#disk.rename(from, to);
        return;
      } catch (error) {
        const passing = this.#disk.platform === 'win32' && PASSING_RENAME_ERRORS.includes(codeOf(error));
        if (!passing || attempt === RENAME_ATTEMPTS_MAX) throw error;
        await this.#disk.pause(RENAME_PAUSE_MS * attempt);
      }
    }
  }

  async #syncDirectory(): Promise<void> {
    if (this.#disk.platform === 'win32') return; // NTFS keeps names by itself and does not let directories be synced.
    const directory = await this.#disk.open(dirname(this.#file), 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  }

  async #refusal(problem: string): Promise<StoreRefusal> {
    return new StoreRefusal(this.#file, problem, (await unlessAbsent(stat(`${this.#file}.bak`))) !== undefined);
  }
}
