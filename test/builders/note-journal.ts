import { readFile, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import { zodEventCodec } from '#adapters/journal/event-codec';
import { openJournal, type JournalOptions } from '#adapters/journal/open-journal';
import { nodeSegmentDisk, segmentRef, type SegmentDisk, type SegmentFile } from '#adapters/journal/segment-files';
import { epochMs, sequence, type Sequence } from '#domain/ids';
import type { JournalEntry, OpenedJournal } from '#ports/journal-port';

/** The simplest event there can be. */
const noteSchema = z.strictObject({ type: z.literal('noted'), text: z.string() });
export type Note = z.infer<typeof noteSchema>;

export const noteCodec = zodEventCodec<Note>(noteSchema, 1, []);

/** When everything in a note journal happens. */
export const NOTED_AT = epochMs(1_750_000_000_000);

/** Entry `n`, decided `n` milliseconds after NOTED_AT. */
export function aNote(n: number, text = `note ${n}`): JournalEntry<Note> {
  return { sequence: sequence(n), at: epochMs(NOTED_AT + n), event: { type: 'noted', text } };
}

/** The entries `from` to `to`, both included. */
export function notes(from: number, to: number): JournalEntry<Note>[] {
  return Array.from({ length: to - from + 1 }, (_, index) => aNote(from + index));
}

/** Opens the journal in `directory`. */
export function openNotes(
  directory: string,
  options: Partial<JournalOptions<Note>> = {},
): Promise<OpenedJournal<Note>> {
  return openJournal({
    directory,
    mode: 'paper',
    codec: noteCodec,
    now: () => NOTED_AT,
    newJournalId: () => 'journal-of-notes',
    ...options,
  });
}

/** What the journal gives back from `from` on. */
export async function replayed(
  { replay }: OpenedJournal<Note>,
  from: Sequence = sequence(1),
): Promise<JournalEntry<Note>[]> {
  const entries: JournalEntry<Note>[] = [];
  await replay(from, (entry) => entries.push(entry));
  return entries;
}

/** Writes a journal of these batches, each of them durable before the next, and closes it. */
export async function writeNotes(
  directory: string,
  batches: readonly (readonly JournalEntry<Note>[])[],
  options: Partial<JournalOptions<Note>> = {},
): Promise<void> {
  const { journal } = await openNotes(directory, options);
  for (const batch of batches) {
    journal.append(batch);
    await journal.durable(journal.position.sequence);
  }
  await journal.close();
}

/** Changes the bytes of segment `number`. */
export async function editSegment(
  directory: string,
  number: number,
  edit: (bytes: Buffer) => Uint8Array,
): Promise<void> {
  const { path } = segmentRef(directory, number);
  await writeFile(path, edit(await readFile(path)));
}

/** The real disk with some of its files' calls replaced. */
export function diskWith(change: (file: SegmentFile) => Partial<SegmentFile>): SegmentDisk {
  const changed = (file: SegmentFile): SegmentFile => ({ ...file, ...change(file) });
  return {
    create: async (path, firstLine) => changed(await nodeSegmentDisk.create(path, firstLine)),
    open: async (path) => changed(await nodeSegmentDisk.open(path)),
  };
}
