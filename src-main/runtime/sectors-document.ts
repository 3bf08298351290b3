import type { SectorsFile } from '#domain/symbol-limits-file';
import { EditedDocument, type EditedDocumentOptions } from '#runtime/edited-document';
import type { Unstamped } from '#runtime/inbox';

export const SECTORS_FILE = 'sectors.json';

type Put = (input: Extract<Unstamped, { kind: 'sectors' | 'file' }>) => void;

/** The sectors that people have written into sectors.json: the engine hears of them at the start and after each edit. */
export class SectorsDocument {
  readonly #document: EditedDocument<SectorsFile>;
  #sectors: SectorsFile = {};
  #why = '';

  constructor(options: Omit<EditedDocumentOptions<SectorsFile>, 'name'>) {
    this.#document = new EditedDocument({ ...options, name: SECTORS_FILE });
  }

  /** Reads the file; before `begin`. */
  async load(): Promise<void> {
    const read = await this.#document.read();
    this.#why = read.ok ? '' : read.error;
    if (read.ok) this.#sectors = read.value;
  }

  /** Hands on what the file says, at once and after each change of it. */
  begin(put: Put): void {
    this.#tell(put);
    this.#document.follow(async () => {
      await this.load();
      this.#tell(put);
    });
  }

  stop(): Promise<void> {
    return this.#document.stop();
  }

  #tell(put: Put): void {
    put({ kind: 'sectors', sectors: new Map(Object.entries(this.#sectors)) });
    put({ kind: 'file', file: SECTORS_FILE, why: this.#why });
  }
}
