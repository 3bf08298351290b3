import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { listSegments } from '#adapters/journal/segment-files';
import { verifyJournal } from '#adapters/journal/verify-journal';
import { present } from '#domain/assert';
import { accountId, sequence } from '#domain/ids';
import type { JournalEntry } from '#ports/journal-port';
import { aNote, noteCodec, openNotes, replayed, writeNotes, type Note } from '#test/builders/note-journal';
import { temporaryDirectory } from '#test/builders/temporary-directory';

const NEWLINE = 0x0a;

// Hundreds of journals are made on a real disk, which others may be using too.
vi.setConfig({ testTimeout: 60_000 });

const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.constantFrom('', '\n', '{"checksum":"'));
/** Batches of texts; each batch becomes one append. */
const texts = fc.array(fc.array(text, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 6 });

function batchesOf(textBatches: readonly (readonly string[])[]): JournalEntry<Note>[][] {
  let n = 0;
  return textBatches.map((batch) =>
    batch.map((note) => {
      n += 1;
      return aNote(n, note);
    }),
  );
}

/** A directory that one run of a property uses. */
function freshDirectories(root: string): () => Promise<string> {
  let run = 0;
  return async () => {
    await rm(join(root, String(run)), { recursive: true, force: true });
    run += 1;
    return join(root, String(run));
  };
}

test('whatever was appended, however it was batched and spread over segments, replays and verifies', async () => {
  const fresh = freshDirectories(await temporaryDirectory());
  await fc.assert(
    fc.asyncProperty(
      texts,
      fc.integer({ min: 300, max: 2_000 }),
      fc.nat(),
      async (batches, segmentBytesMax, bindAfter) => {
        const directory = await fresh();
        const written = batchesOf(batches);
        for (const [index, batch] of written.entries()) {
          const { journal } = await openNotes(directory, { limits: { segmentBytesMax } });
          journal.append(batch);
          if (index === bindAfter % written.length) await journal.bindAccount(accountId('DU1234567'));
          await journal.close();
        }
        const opened = await openNotes(directory);
        expect(await replayed(opened)).toEqual(written.flat());
        await opened.journal.close();
        expect(await verifyJournal(directory, noteCodec)).toMatchObject({
          entries: written.flat().length,
          fault: null,
        });
      },
    ),
    { numRuns: 40 },
  );
});

test('a journal cut at any byte of what was not durable recovers a prefix that holds everything durable', async () => {
  const fresh = freshDirectories(await temporaryDirectory());
  await fc.assert(
    fc.asyncProperty(texts, texts, fc.nat(), fc.nat({ max: 5_000 }), async (durableTexts, tailTexts, cut, zeros) => {
      const directory = await fresh();
      const path = join(directory, '00000001.jsonl');
      const written = batchesOf([...durableTexts, ...tailTexts]);
      await writeNotes(directory, written.slice(0, durableTexts.length));
      const durableBytes = (await readFile(path)).length;
      await writeNotes(directory, written.slice(durableTexts.length));

      const bytes = await readFile(path);
      const kept = durableBytes + (cut % (bytes.length - durableBytes));
      await writeFile(path, Buffer.concat([bytes.subarray(0, kept), Buffer.alloc(zeros)]));

      const opened = await openNotes(directory);
      const entries = await replayed(opened);
      const whole = bytes.subarray(0, kept).filter((byte) => byte === NEWLINE).length - 1; // The header is no entry.
      expect(entries).toEqual(written.flat().slice(0, whole));
      expect(entries.length).toBeGreaterThanOrEqual(durableTexts.flat().length);
      expect(opened.recovered.tornBytesCut).toBe(kept - bytes.subarray(0, kept).lastIndexOf(NEWLINE) - 1 + zeros);

      opened.journal.append([aNote(entries.length + 1)]);
      await opened.journal.durable(sequence(entries.length + 1));
      await opened.journal.close();
      expect(await verifyJournal(directory, noteCodec)).toMatchObject({ entries: entries.length + 1, fault: null });
    }),
    { numRuns: 80 },
  );
});

test('one changed byte anywhere is found, and nothing before it is doubted', async () => {
  const directory = await temporaryDirectory();
  await writeNotes(directory, batchesOf([['a', 'b', 'ž'], ['c'], ['d', 'e', 'f']]), {
    limits: { segmentBytesMax: 500 },
  });
  const segments = await Promise.all(
    (await listSegments(directory)).map(async ({ path }) => ({ path, bytes: await readFile(path) })),
  );
  expect(segments.length).toBeGreaterThan(1);
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), async (pick, place, change) => {
      const { path, bytes } = present(segments[pick % segments.length], 'a segment');
      const offset = place % bytes.length;
      const damaged = Buffer.from(bytes);
      damaged.writeUInt8(damaged.readUInt8(offset) ^ change, offset);
      // The last newline turned into zero is what a crash leaves behind.
      fc.pre(!(path === segments.at(-1)?.path && offset === bytes.length - 1 && change === NEWLINE));

      await writeFile(path, damaged);
      const { fault } = await verifyJournal(directory, noteCodec);
      await writeFile(path, bytes);
      const line = bytes.subarray(0, offset).filter((byte) => byte === NEWLINE).length + 1;
      expect(fault).toMatchObject({ file: path, line });
    }),
    { numRuns: 300 },
  );
});
