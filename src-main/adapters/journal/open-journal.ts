import { stat } from 'node:fs/promises';
import { present } from '#domain/assert';
import { sequence, type EpochMs, type Sequence } from '#domain/ids';
import type { TradingMode } from '#domain/settings';
import type { EventCodec, JournalEntry, JournalHeader, OpenedJournal } from '#ports/journal-port';
import { JournalRefusal } from './journal-refusal';
import { completeSegments, JournalWalk, readHeader } from './journal-walk';
import { JOURNAL_LIMITS, JsonlJournal, type JournalLimits, type JournalStart } from './jsonl-journal';
import { FIRST_CHECKSUM, headerLine } from './line-format';
import {
  cutSegment,
  nodeSegmentDisk,
  prepareDirectory,
  segmentRef,
  type SegmentDisk,
  type SegmentRef,
} from './segment-files';

/** What opening a journal needs. */
export interface JournalOptions<E> {
  /** The folder of the segments; made when it is not there. It must have one owner: see the data directory's lock. */
  readonly directory: string;
  readonly mode: TradingMode;
  readonly codec: EventCodec<E>;
  readonly now: () => EpochMs;
  readonly newJournalId: () => string;
  readonly limits?: Partial<JournalLimits>;
  readonly disk?: SegmentDisk;
}

/**
 * Opens the journal in a directory, or begins one. Checks the whole last segment; older ones are checked whenever they
 * are read. An unfinished last line is cut off.
 * @throws JournalRefusal when it is damaged or belongs to another mode. Nothing is changed then.
 */
export async function openJournal<E>(options: JournalOptions<E>): Promise<OpenedJournal<E>> {
  const { directory, codec, now } = options;
  const disk = options.disk ?? nodeSegmentDisk;
  const existing = await completeSegments(directory);
  const last = existing.at(-1);
  const { start, tornBytesCut } = last === undefined ? await begin(options, disk) : await resume(options, last, disk);
  return {
    journal: new JsonlJournal(start, codec, disk, { ...JOURNAL_LIMITS, ...options.limits }, now),
    recovered: {
      journalId: start.header.journalId,
      lastSequence: start.position.sequence,
      tornBytesCut,
      segments: Math.max(existing.length, 1),
    },
    replay: (from, onEntry) => replay(directory, codec, from, onEntry),
  };
}

async function begin<E>(
  { directory, mode, now, newJournalId }: JournalOptions<E>,
  disk: SegmentDisk,
): Promise<{ start: JournalStart; tornBytesCut: number }> {
  await prepareDirectory(directory);
  const header: JournalHeader = {
    format: 1,
    journalId: newJournalId(),
    mode,
    account: null,
    previousChecksum: FIRST_CHECKSUM,
    firstSequence: sequence(1),
    createdAt: now(),
  };
  const segment = segmentRef(directory, 1);
  const { text, bytes } = headerLine(header);
  const file = await disk.create(segment.path, Buffer.from(text));
  const position = { sequence: sequence(0), checksum: FIRST_CHECKSUM };
  return { start: { directory, header, segment, file, segmentBytes: bytes, position }, tornBytesCut: 0 };
}

async function resume<E>(
  { directory, mode, codec }: JournalOptions<E>,
  segment: SegmentRef,
  disk: SegmentDisk,
): Promise<{ start: JournalStart; tornBytesCut: number }> {
  const header = await readHeader(segment);
  if (header.mode !== mode) throw new JournalRefusal({ kind: 'other-mode', directory, own: header.mode, wanted: mode });
  const walk = new JournalWalk(() => Promise.resolve([segment]), codec.decode, sequence(Number.MAX_SAFE_INTEGER));
  await walk.toTheEnd();
  await prepareDirectory(directory);
  if (walk.unfinished !== undefined) await cutSegment(segment.path, walk.unfinished.byteOffset);
  const segmentBytes = (await stat(segment.path)).size;
  const position = { sequence: walk.lastSequence, checksum: walk.checksum };
  const file = await disk.open(segment.path);
  return {
    start: { directory, header, segment, file, segmentBytes, position },
    tornBytesCut: walk.unfinished?.bytes ?? 0,
  };
}

async function replay<E>(
  directory: string,
  codec: EventCodec<E>,
  from: Sequence,
  onEntry: (entry: JournalEntry<E>, checksum: string) => void,
): Promise<void> {
  const walk = new JournalWalk<E>(() => segmentsFrom(directory, from), codec.decode, from);
  for await (const batch of walk.batches()) for (const { entry, checksum } of batch) onEntry(entry, checksum);
}

/** The segments that can hold entries from `from` on: most starts need only the newest. */
async function segmentsFrom(directory: string, from: Sequence): Promise<readonly SegmentRef[]> {
  const segments = await completeSegments(directory);
  let first = segments.length - 1;
  while (first > 0 && (await readHeader(present(segments[first], 'a listed segment'))).firstSequence > from) first -= 1;
  return segments.slice(first);
}
