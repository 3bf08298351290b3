import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exportJournal } from '#adapters/journal/export-journal';
import { verifyJournal } from '#adapters/journal/verify-journal';
import { accountId, epochMs } from '#domain/ids';
import type { JournalEntry } from '#ports/journal-port';
import { editSegment, NOTED_AT, noteCodec, notes, openNotes, writeNotes, type Note } from '#test/builders/note-journal';
import { temporaryDirectory } from '#test/builders/temporary-directory';

async function exported(directory: string, options?: { since: number }): Promise<JournalEntry<Note>[]> {
  const entries: JournalEntry<Note>[] = [];
  const range = options === undefined ? undefined : { since: epochMs(options.since) };
  for await (const entry of exportJournal(directory, noteCodec, range)) entries.push(entry);
  return entries;
}

test('a whole journal verifies, and the report says how much was checked', async () => {
  const directory = await temporaryDirectory();
  await writeNotes(directory, [notes(1, 3)]);
  const { journal } = await openNotes(directory);
  await journal.bindAccount(accountId('DU1234567'));
  journal.append(notes(4, 5));
  const { checksum } = journal.position;
  await journal.close();
  expect(await verifyJournal(directory, noteCodec)).toEqual({
    segments: 2,
    entries: 5,
    lastSequence: 5,
    checksum,
    identity: { journalId: 'journal-of-notes', mode: 'paper', account: 'DU1234567' },
    unfinished: null,
    fault: null,
  });
});

test('where there is no journal there is no fault', async () => {
  const report = await verifyJournal(join(await temporaryDirectory(), 'journal'), noteCodec);
  expect(report).toMatchObject({ segments: 0, entries: 0, lastSequence: 0, identity: null, fault: null });
});

test('a damaged journal is reported with its first fault and everything good before it', async () => {
  const directory = await temporaryDirectory();
  await writeNotes(directory, [notes(1, 5)]);
  await editSegment(directory, 1, (bytes) => Buffer.from(bytes.toString().replace('note 4', 'note 9')));
  expect(await verifyJournal(directory, noteCodec)).toMatchObject({
    entries: 3,
    lastSequence: 3,
    fault: { file: join(directory, '00000001.jsonl'), line: 5 },
  });
});

test('an unfinished last line is told, not counted as a fault: the workstation may be writing it now', async () => {
  const directory = await temporaryDirectory();
  await writeNotes(directory, [notes(1, 2)]);
  await editSegment(directory, 1, (bytes) => bytes.subarray(0, -20));
  expect(await verifyJournal(directory, noteCodec)).toMatchObject({
    entries: 1,
    fault: null,
    unfinished: { path: join(directory, '00000001.jsonl') },
  });
});

test('an error that is no damage, such as missing rights, is no report', async () => {
  const directory = await temporaryDirectory();
  await writeNotes(directory, [notes(1, 1)]);
  const notADirectory = join(directory, '00000001.jsonl');
  await expect(verifyJournal(notADirectory, noteCodec)).rejects.toThrow(/ENOTDIR/);
});

test('the export gives every event, or those since a time', async () => {
  const directory = await temporaryDirectory();
  await writeNotes(directory, [notes(1, 5)]);
  expect(await exported(directory)).toEqual(notes(1, 5));
  expect(await exported(directory, { since: NOTED_AT + 4 })).toEqual(notes(4, 5));
});

test('the export of a damaged journal gives everything before the damage, then refuses', async () => {
  const directory = await temporaryDirectory();
  await writeNotes(directory, [notes(1, 5)]);
  await editSegment(directory, 1, (bytes) => Buffer.from(bytes.toString().replace('note 4', 'note 9')));
  const entries = exportJournal(directory, noteCodec);
  for (const entry of notes(1, 3)) expect((await entries.next()).value).toEqual(entry);
  await expect(entries.next()).rejects.toThrow(/line 5/);
});
