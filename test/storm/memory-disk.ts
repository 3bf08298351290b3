import { assert, present } from '#domain/assert';
import { engineEventSchema, type EngineEvent, type JournaledEvent } from '#domain/engine-event';
import { sequence, type AccountId, type Sequence } from '#domain/ids';
import type { JournalEntry, JournalPort, JournalPosition, OpenedJournal } from '#ports/journal-port';
import type { Clock } from '#ports/clock';
import { laterBy } from '#domain/ids';

const CHECKED_EVERY = 16;

/** What a disk keeps of a journal over the lives of processes: the lines that were synced, and no others. */
export class MemoryDisk {
  /** Read back as they were written, each once. */
  readonly #entries: JournaledEvent[] = [];
  readonly #typesRead = new Set<string>();
  #account: AccountId | null = null;
  #isFull = false;

  /** What a power cut can not take away. */
  get entries(): readonly JournaledEvent[] {
    return this.#entries;
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  /** From now on nothing can be written, or again. */
  fill(isFull: boolean): void {
    this.#isFull = isFull;
  }

  /** Opens the journal for one process life, whose syncs take `syncMs` each. */
  open(
    clock: Clock,
    syncMs: () => number,
  ): { readonly journal: MemoryJournal; readonly opened: OpenedJournal<EngineEvent> } {
    const journal = new MemoryJournal(this, clock, syncMs, this.#account);
    const lastSequence = this.lastSequence;
    const recovered = { journalId: 'storm', lastSequence, tornBytesCut: 0, segments: 1 };
    const replay: OpenedJournal<EngineEvent>['replay'] = (fromSequence, onEntry) => {
      for (const entry of this.#entries) if (entry.sequence >= fromSequence) onEntry(entry, checksumOf(entry.sequence));
      return Promise.resolve();
    };
    return { journal, opened: { journal, recovered, replay } };
  }

  get lastSequence(): Sequence {
    return this.#entries.at(-1)?.sequence ?? sequence(0);
  }

  bind(account: AccountId): void {
    this.#account = account;
  }

  /** Writes one line; what reads it back is what it says, checked as the real journal checks it. A torn line is cut. */
  write(line: string): void {
    const entry = readBack(line);
    if (entry === null) return;
    this.#check(entry);
    assert(entry.sequence === this.lastSequence + 1, 'lines follow on without a gap');
    this.#entries.push(entry);
  }

  /** An event can be read again: the first of each type, and a sample of the others, for to check all takes a fifth of the time. */
  #check({ sequence: at, event }: JournaledEvent): void {
    if (this.#typesRead.has(event.type) && at % CHECKED_EVERY !== 0) return;
    this.#typesRead.add(event.type);
    engineEventSchema.parse(event);
  }
}

/** One process's hand on the journal: what it appends is lost with it until the disk has synced. */
export class MemoryJournal implements JournalPort<EngineEvent> {
  account: AccountId | null;
  durableSequence: Sequence;
  readonly #disk: MemoryDisk;
  readonly #clock: Clock;
  readonly #syncMs: () => number;
  #waiting: { readonly sequence: Sequence; readonly line: string }[] = [];
  #last: Sequence;
  #failure: Error | null = null;
  #isSyncing = false;
  #isDead = false;
  /** Writes until the process dies; null: no end in sight. */
  #endsAfter: { appends: number; readonly end: () => void } | null = null;
  readonly #durableListeners = new Set<(sequence: Sequence) => void>();
  readonly #failureListeners = new Set<(error: Error) => void>();

  constructor(disk: MemoryDisk, clock: Clock, syncMs: () => number, account: AccountId | null) {
    this.#disk = disk;
    this.#clock = clock;
    this.#syncMs = syncMs;
    this.account = account;
    this.#last = disk.lastSequence;
    this.durableSequence = this.#last;
  }

  get position(): JournalPosition {
    return { sequence: this.#last, checksum: checksumOf(this.#last) };
  }

  get hasFailed(): boolean {
    return this.#failure !== null;
  }

  append(entries: readonly JournalEntry<EngineEvent>[]): void {
    this.#countDown(entries.length);
    for (const entry of entries) {
      assert(entry.sequence === this.#last + 1, 'sequences follow on without a gap');
      this.#last = entry.sequence;
      // A dead process still runs to the end of its step: what it appends there waits for ever.
      if (!this.#isDead) this.#waiting.push({ sequence: entry.sequence, line: JSON.stringify(entry) });
    }
    if (this.#failure === null && !this.#isDead) this.#syncSoon();
  }

  /** The process dies: of what waits for the disk its first lines may be there, the next one torn. */
  die(linesKept: number, isTorn: boolean): void {
    if (this.#isDead) return;
    this.#isDead = true;
    if (this.#failure !== null || this.#disk.isFull) return;
    for (const { line } of this.#waiting.slice(0, linesKept)) this.#disk.write(line);
    const next = this.#waiting[linesKept];
    if (isTorn && next !== undefined) this.#disk.write(next.line.slice(0, Math.floor(next.line.length / 2)));
  }

  durable(wanted: Sequence): Promise<void> {
    if (wanted <= this.durableSequence) return Promise.resolve();
    return new Promise((resolve) => {
      const stop = this.onDurable((reached) => {
        if (reached < wanted) return;
        stop();
        resolve();
      });
    });
  }

  onDurable(listener: (sequence: Sequence) => void): () => void {
    this.#durableListeners.add(listener);
    return () => this.#durableListeners.delete(listener);
  }

  onFailure(listener: (error: Error) => void): () => void {
    this.#failureListeners.add(listener);
    return () => this.#failureListeners.delete(listener);
  }

  bindAccount(account: AccountId): Promise<void> {
    this.account = account;
    this.#disk.bind(account);
    return Promise.resolve();
  }

  rotate(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** At the `appends`-th write from now `end` is called, and it is not written. */
  endAfter(appends: number, end: () => void): void {
    this.#endsAfter = { appends, end };
  }

  callOff(): void {
    this.#endsAfter = null;
  }

  #countDown(entries: number): void {
    if (this.#endsAfter === null || entries === 0) return;
    this.#endsAfter.appends -= 1;
    if (this.#endsAfter.appends === 0) this.#endsAfter.end();
  }

  #syncSoon(): void {
    if (this.#isSyncing || this.#waiting.length === 0) return;
    this.#isSyncing = true;
    const upTo = this.#waiting.length;
    this.#clock.wakeAt(laterBy(this.#clock.now(), this.#syncMs()), () => this.#sync(upTo));
  }

  /** One group commit: what was waiting when it began. */
  #sync(upTo: number): void {
    if (this.#isDead) return;
    this.#isSyncing = false;
    if (this.#disk.isFull) {
      this.#failure = new Error('no space left on device');
      for (const listener of this.#failureListeners) listener(this.#failure);
      return;
    }
    const written = this.#waiting.splice(0, upTo);
    for (const { line } of written) this.#disk.write(line);
    this.durableSequence = present(written.at(-1), 'the last line of a commit').sequence;
    this.#syncSoon();
    for (const listener of this.#durableListeners) listener(this.durableSequence);
  }
}

const checksumOf = (at: Sequence): string => `checksum-${at}`;

/** The entry that a line holds; null for a line without its end. */
function readBack(line: string): JournaledEvent | null {
  if (!line.endsWith('}')) return null;
  try {
    return JSON.parse(line) as JournaledEvent;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
