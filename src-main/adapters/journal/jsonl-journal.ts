import { assert, present } from '#domain/assert';
import { sequence, type AccountId, type EpochMs, type Sequence } from '#domain/ids';
import type { EventCodec, JournalEntry, JournalHeader, JournalPort, JournalPosition } from '#ports/journal-port';
import { JournalFailure } from './journal-failure';
import { JournalRefusal } from './journal-refusal';
import { entryLine, headerLine, LINE_BYTES_MAX } from './line-format';
import { segmentRef, type SegmentDisk, type SegmentFile, type SegmentRef } from './segment-files';

/** How much of everything. */
export interface JournalLimits {
  /** A segment that would grow beyond this is sealed. */
  readonly segmentBytesMax: number;
  /** The most that one group commit writes. */
  readonly groupBytesMax: number;
  /** With more than this waiting for it, the disk counts as broken. */
  readonly queueBytesMax: number;
}

export const JOURNAL_LIMITS: JournalLimits = {
  segmentBytesMax: 67_108_864,
  groupBytesMax: LINE_BYTES_MAX,
  queueBytesMax: 67_108_864,
};

/** Where writing goes on. */
export interface JournalStart {
  readonly directory: string;
  readonly header: JournalHeader;
  readonly segment: SegmentRef;
  readonly file: SegmentFile;
  readonly segmentBytes: number;
  readonly position: JournalPosition;
}

interface QueuedLine {
  readonly kind: 'line';
  readonly text: string;
  readonly bytes: number;
  readonly sequence: Sequence;
}

interface QueuedSegment {
  readonly kind: 'segment';
  readonly text: string;
  readonly bytes: number;
  readonly segment: SegmentRef;
}

interface Waiter {
  readonly reached: () => boolean;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** A journal in segments of JSON lines. Lines and segments are laid out when appended, and written in groups later. */
export class JsonlJournal<E> implements JournalPort<E> {
  readonly #codec: EventCodec<E>;
  readonly #disk: SegmentDisk;
  readonly #limits: JournalLimits;
  readonly #now: () => EpochMs;
  readonly #directory: string;

  // As appended: ahead of the disk.
  #position: JournalPosition;
  #header: JournalHeader;
  #segmentNumber: number;
  #segmentBytes: number;
  #queue: (QueuedLine | QueuedSegment)[] = [];
  #queuedBytes = 0;

  // As written.
  #file: SegmentFile;
  #durable: Sequence;
  #durableSegment: number;

  #draining: Promise<void> | undefined;
  #failure: JournalFailure | undefined;
  #closed = false;
  #waiters: Waiter[] = [];
  readonly #durableListeners = new Set<(sequence: Sequence) => void>();
  readonly #failureListeners = new Set<(error: Error) => void>();

  constructor(start: JournalStart, codec: EventCodec<E>, disk: SegmentDisk, limits: JournalLimits, now: () => EpochMs) {
    this.#codec = codec;
    this.#disk = disk;
    this.#limits = limits;
    this.#now = now;
    this.#directory = start.directory;
    this.#position = start.position;
    this.#header = start.header;
    this.#segmentNumber = start.segment.number;
    this.#segmentBytes = start.segmentBytes;
    this.#file = start.file;
    this.#durable = start.position.sequence;
    this.#durableSegment = start.segment.number;
  }

  get position(): JournalPosition {
    return this.#position;
  }

  get durableSequence(): Sequence {
    return this.#durable;
  }

  get account(): AccountId | null {
    return this.#header.account;
  }

  append(entries: readonly JournalEntry<E>[]): void {
    assert(!this.#closed, 'the journal is open');
    for (const entry of entries) this.#appendOne(entry);
    this.#wake();
  }

  durable(wanted: Sequence): Promise<void> {
    assert(wanted <= this.#position.sequence, 'only what was appended becomes durable');
    return this.#until(() => this.#durable >= wanted);
  }

  onDurable(listener: (sequence: Sequence) => void): () => void {
    this.#durableListeners.add(listener);
    return () => this.#durableListeners.delete(listener);
  }

  onFailure(listener: (error: Error) => void): () => void {
    if (this.#failure !== undefined) listener(this.#failure);
    else this.#failureListeners.add(listener);
    return () => this.#failureListeners.delete(listener);
  }

  async bindAccount(account: AccountId): Promise<void> {
    const own = this.#header.account;
    if (own !== null && own !== account) {
      throw new JournalRefusal({ kind: 'other-account', directory: this.#directory, own, wanted: account });
    }
    if (own === null) this.#startSegment(account);
    await this.#segmentDurable();
  }

  async rotate(): Promise<void> {
    this.#startSegment(this.#header.account);
    await this.#segmentDurable();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#draining;
    await this.#file.close();
  }

  #appendOne({ sequence: place, at, event }: JournalEntry<E>): void {
    assert(place === this.#position.sequence + 1, `sequence ${place} follows ${this.#position.sequence}`);
    const stored = { sequence: place, at, version: this.#codec.version, event: this.#codec.encode(event) };
    const line = entryLine(stored, this.#position.checksum);
    assert(line.bytes <= LINE_BYTES_MAX, `an event of ${line.bytes} bytes fits into a line`);
    if (this.#segmentBytes + line.bytes > this.#limits.segmentBytesMax) this.#startSegment(this.#header.account);
    this.#position = { sequence: place, checksum: line.checksum };
    this.#segmentBytes += line.bytes;
    this.#enqueue({ kind: 'line', text: line.text, bytes: line.bytes, sequence: place });
  }

  #startSegment(account: AccountId | null): void {
    assert(!this.#closed, 'the journal is open');
    this.#header = {
      format: 1,
      journalId: this.#header.journalId,
      mode: this.#header.mode,
      account,
      previousChecksum: this.#position.checksum,
      firstSequence: sequence(this.#position.sequence + 1),
      createdAt: this.#now(),
    };
    this.#segmentNumber += 1;
    const { text, bytes } = headerLine(this.#header);
    this.#segmentBytes = bytes;
    this.#enqueue({ kind: 'segment', text, bytes, segment: segmentRef(this.#directory, this.#segmentNumber) });
    this.#wake();
  }

  #segmentDurable(): Promise<void> {
    const wanted = this.#segmentNumber;
    return this.#until(() => this.#durableSegment >= wanted);
  }

  #enqueue(item: QueuedLine | QueuedSegment): void {
    if (this.#failure !== undefined) return;
    this.#queue.push(item);
    this.#queuedBytes += item.bytes;
    if (this.#queuedBytes > this.#limits.queueBytesMax) {
      this.#fail(new JournalFailure(`the disk is too slow: ${this.#queuedBytes} bytes are waiting for it`, undefined));
    }
  }

  #until(reached: () => boolean): Promise<void> {
    if (reached()) return Promise.resolve();
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => this.#waiters.push({ reached, resolve, reject }));
  }

  #wake(): void {
    this.#draining ??= this.#drain();
  }

  async #drain(): Promise<void> {
    await Promise.resolve(); // What is appended in the same turn shares the first sync.
    try {
      for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
        await this.#commit(next);
        this.#announce();
      }
    } catch (error) {
      this.#fail(new JournalFailure(String(error), error));
    } finally {
      this.#draining = undefined;
    }
  }

  async #commit(next: QueuedLine | QueuedSegment): Promise<void> {
    if (next.kind === 'segment') {
      this.#queue.shift();
      this.#queuedBytes -= next.bytes;
      await this.#file.close();
      this.#file = await this.#disk.create(next.segment.path, Buffer.from(next.text));
      this.#durableSegment = next.segment.number;
      return;
    }
    const group = this.#takeGroup();
    await this.#file.append(Buffer.from(group.map(({ text }) => text).join('')));
    await this.#file.sync();
    this.#durable = present(group.at(-1), 'the last line of a group').sequence;
  }

  /** The lines up to the next segment, as far as one group goes. */
  #takeGroup(): readonly QueuedLine[] {
    const group: QueuedLine[] = [];
    let bytes = 0;
    for (const item of this.#queue) {
      const full = group.length > 0 && bytes + item.bytes > this.#limits.groupBytesMax;
      if (item.kind === 'segment' || full) break;
      group.push(item);
      bytes += item.bytes;
    }
    this.#queue.splice(0, group.length);
    this.#queuedBytes -= bytes;
    return group;
  }

  #announce(): void {
    const waiting = this.#waiters;
    this.#waiters = waiting.filter(({ reached }) => !reached());
    for (const { reached, resolve } of waiting) if (reached()) resolve();
    for (const listener of this.#durableListeners) listener(this.#durable);
  }

  #fail(failure: JournalFailure): void {
    if (this.#failure !== undefined) return;
    this.#failure = failure;
    this.#queue = [];
    this.#queuedBytes = 0;
    for (const { reject } of this.#waiters.splice(0)) reject(failure);
    for (const listener of this.#failureListeners) listener(failure);
  }
}
