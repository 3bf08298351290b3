/** The journal could not be written, and will not be written again in this process life. */
export class JournalFailure extends Error {
  override readonly name = 'JournalFailure';

  constructor(what: string, cause: unknown) {
    super(`The journal can not be written: ${what}`, { cause });
  }
}
