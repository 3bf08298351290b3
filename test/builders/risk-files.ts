import type { CorrelationMatrix } from '#domain/correlation-matrix';
import { NO_LIMITS_FILE, type LimitsFile, type SectorsFile, type SymbolIds } from '#domain/symbol-limits-file';
import type { Clock } from '#ports/clock';
import type { FileWatch } from '#ports/file-watch';
import type { StorePort } from '#ports/store-port';
import { SectorsDocument } from '#runtime/sectors-document';
import { SymbolLimitRegistry } from '#runtime/symbol-limit-registry';
import type { WorkstationOptions } from '#runtime/workstation';
import { inProcessCorrelations } from '#test/builders/correlations';

/** A document in memory, that can fail as a file can. */
export class MemoryStore<T> implements StorePort<T> {
  value: T;
  /** What has been written, the oldest first. */
  readonly written: T[] = [];
  /** Why it can not be read; null while it can. */
  unreadable: Error | null = null;
  /** Why it can not be written; null while it can. */
  unwritable: Error | null = null;

  constructor(value: T) {
    this.value = value;
  }

  async read(): Promise<T> {
    await Promise.resolve();
    if (this.unreadable !== null) throw this.unreadable;
    return this.value;
  }

  async write(value: T): Promise<void> {
    await Promise.resolve();
    if (this.unwritable !== null) throw this.unwritable;
    this.value = value;
    this.written.push(value);
  }
}

/** A watch whose changes a test tells. */
export class ManualWatch implements FileWatch {
  readonly #listeners = new Map<string, () => void>();

  watch(name: string, changed: () => void): () => void {
    this.#listeners.set(name, changed);
    return () => this.#listeners.delete(name);
  }

  /** The file `name` changed on disk. */
  changed(name: string): void {
    this.#listeners.get(name)?.();
  }
}

/** The files about risk of a data directory, in memory: they outlive the workstations that use them. */
export class MemoryRiskFiles {
  readonly limitsFile = new MemoryStore<LimitsFile>(NO_LIMITS_FILE);
  readonly idsFile = new MemoryStore<SymbolIds>({});
  readonly sectorsFile = new MemoryStore<SectorsFile>({});
  readonly correlationsFile = new MemoryStore<CorrelationMatrix | null>(null);
  readonly watch = new ManualWatch();

  /** What a workstation takes of them, not loaded yet: as if there were none. */
  open(clock: Clock): Pick<WorkstationOptions, 'limits' | 'sectors' | 'correlations'> {
    const { correlationsFile, limitsFile, idsFile, sectorsFile, watch: files } = this;
    return {
      limits: new SymbolLimitRegistry({ limits: limitsFile, ids: idsFile, files, clock }),
      sectors: new SectorsDocument({ store: sectorsFile, files, clock }),
      correlations: {
        worker: inProcessCorrelations,
        store: correlationsFile,
        initial: correlationsFile.value,
      },
    };
  }
}
