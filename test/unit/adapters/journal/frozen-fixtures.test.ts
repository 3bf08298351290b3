import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { engineEventCodec } from '#adapters/journal/engine-event-codec';
import { exportJournal } from '#adapters/journal/export-journal';
import { verifyJournal } from '#adapters/journal/verify-journal';
import { accountId, sequence } from '#domain/ids';
import { aNote, noteCodec, openNotes, replayed } from '#test/builders/note-journal';
import { FIRST_EVENTS } from '#test/builders/stored-events';
import { temporaryDirectory } from '#test/builders/temporary-directory';

/** Journals that released versions wrote. They are never edited: each must replay for ever. */
const FIXTURES = join(import.meta.dirname, 'fixtures');
/** Format 1, events of version 1: two segments, bound to an account between them. */
const FORMAT_1 = join(FIXTURES, 'format-1-version-1');
/** Events of the engine as their version 1 wrote them. */
const ENGINE_EVENTS_1 = join(FIXTURES, 'engine-event-version-1');

test('a journal of format 1 with events of version 1 verifies', async () => {
  expect(await verifyJournal(FORMAT_1, noteCodec)).toEqual({
    segments: 2,
    entries: 4,
    lastSequence: 4,
    checksum: '272fb79e',
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

test('events that version 1 of the engine wrote are read as what they were', async () => {
  expect(await verifyJournal(ENGINE_EVENTS_1, engineEventCodec)).toMatchObject({ entries: 4, fault: null });
  const events = [];
  for await (const { event } of exportJournal(ENGINE_EVENTS_1, engineEventCodec)) events.push(event);
  expect(events).toEqual(FIRST_EVENTS);
});
