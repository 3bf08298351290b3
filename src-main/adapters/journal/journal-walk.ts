import { present } from '#domain/assert';
import { sequence, type Sequence } from '#domain/ids';
import type { JournalEntry } from '#ports/journal-port';
import { refuseDamaged } from './journal-refusal';
import {
  isWholeLine,
  LINE_BYTES_MAX,
  readEntryLine,
  readHeaderLine,
  type LineFault,
  type StoredEntry,
  type StoredHeader,
} from './line-format';
import { listSegments, segmentRef, type SegmentRef } from './segment-files';
import { readLines, type RawLine } from './segment-lines';

/** An entry as it was read, with the running checksum there. */
interface WalkedEntry<E> {
  readonly entry: JournalEntry<E>;
  readonly checksum: string;
}

/** The unfinished last line that a crash while writing leaves behind. */
export interface UnfinishedLine {
  readonly path: string;
  readonly byteOffset: number;
  readonly bytes: number;
}

function refuse(segment: SegmentRef, line: Pick<RawLine, 'line' | 'byteOffset'>, fault: LineFault): never {
  return refuseDamaged({ file: segment.path, line: line.line, byteOffset: line.byteOffset, ...fault });
}

function headerOf(segment: SegmentRef, line: RawLine | undefined): StoredHeader {
  const start = { line: 1, byteOffset: 0 };
  if (line?.terminated !== true) return refuse(segment, start, { found: 'no header', expected: 'a whole header line' });
  const header = readHeaderLine(line.bytes);
  return header.ok ? header.value : refuse(segment, start, header.error);
}

/**
 * All segments of a journal.
 * @throws JournalRefusal when one is missing between two others, or at the beginning.
 */
export async function completeSegments(directory: string): Promise<readonly SegmentRef[]> {
  const segments = await listSegments(directory);
  for (const [index, segment] of segments.entries()) {
    const expected = segmentRef(directory, index + 1);
    if (segment.number !== expected.number) {
      refuse(
        expected,
        { line: 1, byteOffset: 0 },
        { found: 'no such file', expected: `a segment before ${segment.path}` },
      );
    }
  }
  return segments;
}

/** @throws JournalRefusal when the segment does not begin with a whole header. */
export async function readHeader(segment: SegmentRef): Promise<StoredHeader> {
  for await (const lines of readLines(segment.path)) return headerOf(segment, lines[0]);
  return headerOf(segment, undefined);
}

/** Reads consecutive segments, the last of which is the last of the journal, and checks every line on the way. */
export class JournalWalk<E> {
  /** Of the segment that was read last. */
  header: StoredHeader | undefined;
  /** Of the event that was read last. */
  checksum = '';
  lastSequence: Sequence = sequence(0);
  segments = 0;
  entries = 0;
  unfinished: UnfinishedLine | undefined;
  readonly #list: () => Promise<readonly SegmentRef[]>;
  readonly #decode: (raw: unknown, version: number) => E;
  readonly #from: Sequence;

  /** @param from entries before it are checked, but neither decoded nor handed out. */
  constructor(
    list: () => Promise<readonly SegmentRef[]>,
    decode: (raw: unknown, version: number) => E,
    from: Sequence,
  ) {
    this.#list = list;
    this.#decode = decode;
    this.#from = from;
  }

  /** @throws JournalRefusal at the first line that can not be trusted, once everything before it is handed out. */
  async *batches(): AsyncGenerator<readonly WalkedEntry<E>[]> {
    const segments = await this.#list();
    for (const segment of segments) {
      const before = this.segments;
      for await (const lines of readLines(segment.path)) {
        const batch: WalkedEntry<E>[] = [];
        try {
          for (const line of lines) this.#take(segment, line, segment === segments.at(-1), batch);
        } catch (error) {
          yield batch;
          throw error;
        }
        yield batch;
      }
      if (this.segments === before) headerOf(segment, undefined);
    }
  }

  /** Reads to the end for what this then knows. @throws JournalRefusal at the first line that can not be trusted. */
  async toTheEnd(): Promise<void> {
    const batches = this.batches();
    while ((await batches.next()).done !== true);
  }

  #take(segment: SegmentRef, line: RawLine, isLast: boolean, batch: WalkedEntry<E>[]): void {
    if (line.line === 1) this.#enter(segment, line);
    else if (line.terminated) this.#read(segment, line, batch);
    else this.#readUnfinished(segment, line, isLast);
  }

  #enter(segment: SegmentRef, line: RawLine): void {
    const header = headerOf(segment, line);
    const before = this.header;
    if (before === undefined) {
      this.lastSequence = sequence(header.firstSequence - 1);
    } else {
      const expected = {
        journalId: before.journalId,
        mode: before.mode,
        account: before.account ?? header.account,
        previousChecksum: this.checksum,
        firstSequence: this.lastSequence + 1,
      };
      const { journalId, mode, account, previousChecksum, firstSequence } = header;
      const found = JSON.stringify({ journalId, mode, account, previousChecksum, firstSequence });
      if (found !== JSON.stringify(expected)) {
        refuse(segment, line, { found: `a header with ${found}`, expected: JSON.stringify(expected) });
      }
    }
    this.header = header;
    this.checksum = header.previousChecksum;
    this.segments += 1;
  }

  #read(segment: SegmentRef, line: RawLine, batch: WalkedEntry<E>[]): void {
    const stored = readEntryLine(line.bytes, this.checksum);
    if (!stored.ok) return refuse(segment, line, stored.error);
    const { sequence: at, checksum } = stored.value;
    if (at !== this.lastSequence + 1) {
      refuse(segment, line, { found: `sequence ${at}`, expected: `sequence ${this.lastSequence + 1}` });
    }
    if (at >= this.#from) batch.push({ entry: this.#decoded(segment, line, stored.value), checksum });
    this.checksum = checksum;
    this.lastSequence = at;
    this.entries += 1;
  }

  #decoded(segment: SegmentRef, line: RawLine, stored: StoredEntry): JournalEntry<E> {
    const { sequence: place, at, version, event } = stored;
    try {
      return { sequence: place, at, event: this.#decode(event, version) };
    } catch (error) {
      return refuse(segment, line, {
        found: `an event of version ${version} that can not be read`,
        expected: String(error),
      });
    }
  }

  /**
   * A crash leaves the beginning of a line, perhaps followed by zeros that the file system put where data was still to
   * come, and only where writing went on. A whole line with something else than its newline is no such thing.
   */
  #readUnfinished(segment: SegmentRef, line: RawLine, isLast: boolean): void {
    const expected = 'a newline at the end of every line';
    if (!isLast) refuse(segment, line, { found: 'an unfinished line in a sealed segment', expected });
    if (line.bytes.length > LINE_BYTES_MAX)
      refuse(segment, line, { found: `${line.bytes.length} bytes without a newline`, expected });
    const lastByte = present(line.bytes.at(-1), 'the last byte of an unfinished line');
    if (lastByte !== 0 && isWholeLine(line.bytes.subarray(0, -1), this.checksum)) {
      refuse(segment, line, { found: `the byte ${lastByte} after a whole line`, expected });
    }
    this.unfinished = { path: segment.path, byteOffset: line.byteOffset, bytes: line.bytes.length };
  }
}
