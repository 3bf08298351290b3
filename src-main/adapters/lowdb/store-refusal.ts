import { basename } from 'node:path';

/** A stored document that can not be trusted. The file is left as it is. */
export class StoreRefusal extends Error {
  override readonly name = 'StoreRefusal';
  readonly file: string;
  /** Where in the document, what was found there and what was expected. */
  readonly problem: string;

  constructor(file: string, problem: string, hasBackup: boolean) {
    const restore = hasBackup ? `restore the version before (copy ${basename(file)}.bak over it), ` : '';
    super(
      `${file} can not be used:\n${problem}\nThe file was left as it is. To recover: correct it, ${restore}or move it away to start from the defaults.`,
    );
    this.file = file;
    this.problem = problem;
  }
}

/** A document could not be written. What was stored before is still whole. */
export class StoreFailure extends Error {
  override readonly name = 'StoreFailure';

  constructor(file: string, cause: unknown) {
    super(`${file} could not be written (what it held before is still whole): ${String(cause)}`, { cause });
  }
}
