import { laterBy } from '#domain/ids';
import { err, ok, type Result } from '#domain/result';
import type { Clock } from '#ports/clock';
import type { FileWatch } from '#ports/file-watch';
import type { StorePort } from '#ports/store-port';
import { errorText } from '#runtime/error-text';

/** An editor may write a file in several steps: it is read once nothing has happened to it for so long. */
export const EDIT_PAUSE_MS = 200;

/** A document that people edit while it is in use. */
export interface EditedDocumentOptions<T> {
  /** Its name in the data directory. */
  readonly name: string;
  readonly store: StorePort<T>;
  readonly files: FileWatch;
  readonly clock: Clock;
}

/** Reads and writes one document in turn, and looks again after each change on disk. */
export class EditedDocument<T> {
  readonly #options: EditedDocumentOptions<T>;
  #line: Promise<unknown> = Promise.resolve();
  #unwatch: (() => void) | null = null;
  #cancelPause: (() => void) | null = null;

  constructor(options: EditedDocumentOptions<T>) {
    this.#options = options;
  }

  /** The document, or why it can not be used, in words on one line. */
  async read(): Promise<Result<T, string>> {
    try {
      return ok(await this.#options.store.read());
    } catch (error) {
      return err(onOneLine(errorText(error)));
    }
  }

  /** Writes the document. It is read first: what can not be read is never overwritten. */
  async write(value: T): Promise<Result<null, string>> {
    const before = await this.read();
    if (!before.ok) return before;
    try {
      await this.#options.store.write(value);
      return ok(null);
    } catch (error) {
      return err(onOneLine(errorText(error)));
    }
  }

  /** Does `work` after all that was asked for before it, so that nothing comes between its reading and its writing. */
  inTurn<R>(work: () => Promise<R>): Promise<R> {
    const done = this.#line.then(work);
    this.#line = done.catch(() => undefined);
    return done;
  }

  /** Calls `changed` in its turn after changes on disk. */
  follow(changed: () => Promise<void>): void {
    const { name, files, clock } = this.#options;
    this.#unwatch = files.watch(name, () => {
      this.#cancelPause?.();
      this.#cancelPause = clock.wakeAt(laterBy(clock.now(), EDIT_PAUSE_MS), () => void this.inTurn(changed));
    });
  }

  /** Looks at changes no more; settles once what is under way is done. */
  async stop(): Promise<void> {
    this.#unwatch?.();
    this.#cancelPause?.();
    await this.#line;
  }
}

const onOneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ');
