import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { verifyJournal } from '#adapters/journal/verify-journal';
import { accountId, sequence } from '#domain/ids';
import { aNote, noteCodec, openNotes, replayed } from '#test/builders/note-journal';
import { temporaryDirectory } from '#test/builders/temporary-directory';

/** Journals that released versions wrote. They are never edited: each must replay for ever. */
const FIXTURES = join(import.meta.dirname, 'fixtures');
/** Format 1, events of version 1: two segments, bound to an account between them. */
const FORMAT_1 = join(FIXTURES, 'format-1-version-1');

test('a journal of format 1 with events of version 1 verifies', async () => {
  expect(await verifyJournal(FORMAT_1, noteCodec)).toEqual({
    segments: 2,
    entries: 4,
    lastSequence: 4,
    checksum: 'dc5283cd',
    identity: { journalId: 'journal-of-notes', mode: 'paper', account: 'DU1234567' },
    unfinished: null,
    fault: null,
  });
});

test('a journal of format 1 with events of version 1 replays and goes on', async () => {
  const directory = join(await temporaryDirectory(), 'journal');
  await cp(FORMAT_1, directory, { recursive: true });
  const opened = await openNotes(directory);
  expect(await replayed(opened)).toEqual([aNote(1), aNote(2), aNote(3, 'déjà vu "日本"\n'), aNote(4)]);
  expect(opened.journal.account).toBe(accountId('DU1234567'));
  opened.journal.append([aNote(5)]);
  await opened.journal.durable(sequence(5));
  await opened.journal.close();
  expect(await verifyJournal(directory, noteCodec)).toMatchObject({ entries: 5, fault: null });
});
