import { copyFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { JournalRefusal, type JournalRefusalReason } from '#adapters/journal/journal-refusal';
import { entryLine, FIRST_CHECKSUM, headerLine } from '#adapters/journal/line-format';
import { sequence } from '#domain/ids';
import {
  aNote,
  editSegment,
  NOTED_AT,
  noteCodec,
  notes,
  openNotes,
  replayed,
  writeNotes,
} from '#test/builders/note-journal';
import { temporaryDirectory } from '#test/builders/temporary-directory';

const SECOND_ENTRY = { line: 3 };

/** A journal with notes 1 to 4 in segment 1 and 5 to 6 in segment 2. */
async function aJournal(): Promise<string> {
  const directory = await temporaryDirectory();
  const { journal } = await openNotes(directory);
  journal.append(notes(1, 4));
  await journal.rotate();
  journal.append(notes(5, 6));
  await journal.close();
  return directory;
}

/** Why opening and reading everything is refused. */
async function refusal(directory: string): Promise<JournalRefusalReason> {
  const opening = openNotes(directory);
  const reading = opening.then(async (opened) => {
    await opened.journal.close();
    await replayed(opened);
  });
  const error: unknown = await reading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof JournalRefusal) return error.reason;
  throw new Error('expected a JournalRefusal', { cause: error });
}

async function fault(directory: string) {
  const reason = await refusal(directory);
  return reason.kind === 'damaged' ? reason.fault : reason;
}

const flipAt = (offset: number) => (bytes: Buffer) => {
  bytes.writeUInt8(bytes.readUInt8(offset) ^ 0x01, offset);
  return bytes;
};

describe('a crash while writing', () => {
  test('leaves an unfinished last line, which is cut, and writing goes on after the last whole one', async () => {
    const directory = await aJournal();
    await editSegment(directory, 2, (bytes) => bytes.subarray(0, -10));
    const opened = await openNotes(directory);
    expect(opened.recovered.lastSequence).toBe(5);
    expect(opened.recovered.tornBytesCut).toBeGreaterThan(0);
    opened.journal.append([aNote(6, 'written again')]);
    await opened.journal.close();
    const again = await openNotes(directory);
    expect(again.recovered.tornBytesCut).toBe(0);
    expect(await replayed(again)).toEqual([...notes(1, 5), aNote(6, 'written again')]);
    await again.journal.close();
  });

  test('may leave a line that only lacks its newline: it never was durable and is cut', async () => {
    const directory = await aJournal();
    await editSegment(directory, 2, (bytes) => bytes.subarray(0, -1));
    const opened = await openNotes(directory);
    expect(opened.recovered.lastSequence).toBe(5);
    await opened.journal.close();
  });

  test('may leave zeros where data was still to come', async () => {
    const directory = await aJournal();
    await editSegment(directory, 2, (bytes) => Buffer.concat([bytes, Buffer.from('{"check'), Buffer.alloc(4_096)]));
    const opened = await openNotes(directory);
    expect(opened.recovered).toMatchObject({ lastSequence: 6, tornBytesCut: 4_103 });
    await opened.journal.close();
    await editSegment(directory, 2, (bytes) => Buffer.concat([bytes.subarray(0, -1), Buffer.alloc(1)]));
    const again = await openNotes(directory);
    expect(again.recovered.lastSequence).toBe(5);
    await again.journal.close();
  });

  test('may leave a segment that was not yet there: it is cleared away', async () => {
    const directory = await aJournal();
    await writeFile(join(directory, '00000003.jsonl.new'), '{"checksum":"');
    const opened = await openNotes(directory);
    await opened.journal.rotate();
    await opened.journal.close();
    expect((await readdir(directory)).sort()).toEqual(['00000001.jsonl', '00000002.jsonl', '00000003.jsonl']);
  });
});

describe('a damaged journal is refused and kept', () => {
  test('the refusal names file, line, byte, what is wrong and how to recover; nothing is changed', async () => {
    const directory = await aJournal();
    const text = await readFile(join(directory, '00000002.jsonl'), 'utf8');
    const secondLine = text.indexOf('\n') + 1;
    await editSegment(directory, 2, flipAt(text.indexOf('note 5')));
    const damaged = await readFile(join(directory, '00000002.jsonl'));
    expect(await fault(directory)).toMatchObject({
      file: join(directory, '00000002.jsonl'),
      line: 2,
      byteOffset: secondLine,
      found: expect.stringMatching(/^checksum [0-9a-f]{8}$/) as string,
      expected: expect.stringContaining('for this line after an event with checksum') as string,
    });
    await expect(openNotes(directory)).rejects.toThrow(
      new RegExp(
        `00000002\\.jsonl, line 2 \\(byte ${secondLine}\\)[^]*To recover, first copy[^]*cut the file to ${secondLine} bytes`,
      ),
    );
    expect(await readFile(join(directory, '00000002.jsonl'))).toEqual(damaged);
  });

  test('a changed line in an older segment is noticed when it is read', async () => {
    const directory = await aJournal();
    const text = await readFile(join(directory, '00000001.jsonl'), 'utf8');
    await editSegment(directory, 1, flipAt(text.indexOf('note 2')));
    expect(await fault(directory)).toMatchObject({ file: join(directory, '00000001.jsonl'), ...SECOND_ENTRY });
  });

  test('a removed line, two lines in another order, and a repeated line', async () => {
    const directory = await aJournal();
    const original = await readFile(join(directory, '00000001.jsonl'), 'utf8');
    const [header = '', one = '', two = '', three = '', four = ''] = original.split('\n');
    for (const lines of [
      [header, one, three, four],
      [header, one, three, two, four],
      [header, one, one, two, three, four],
    ]) {
      await writeFile(join(directory, '00000001.jsonl'), `${lines.join('\n')}\n`);
      expect(await fault(directory)).toMatchObject(SECOND_ENTRY);
    }
  });

  test('a line cut off the end of an older segment', async () => {
    const directory = await aJournal();
    await editSegment(directory, 1, (bytes) => bytes.subarray(0, bytes.lastIndexOf('{"checksum"')));
    expect(await fault(directory)).toMatchObject({
      file: join(directory, '00000002.jsonl'),
      line: 1,
      found: expect.stringContaining('"firstSequence":5') as string,
      expected: expect.stringContaining('"firstSequence":4') as string,
    });
  });

  test('an unfinished line in an older segment', async () => {
    const directory = await aJournal();
    await editSegment(directory, 1, (bytes) => bytes.subarray(0, -5));
    expect(await fault(directory)).toMatchObject({ line: 5, found: 'an unfinished line in a sealed segment' });
  });

  test('a last line whose newline became something else', async () => {
    const directory = await aJournal();
    await editSegment(directory, 2, (bytes) => flipAt(bytes.length - 1)(bytes));
    expect(await fault(directory)).toMatchObject({ line: 3, found: 'the byte 11 after a whole line' });
  });

  test('a last line that is whole but for its content', async () => {
    const directory = await aJournal();
    await editSegment(directory, 2, (bytes) => flipAt(bytes.length - 5)(bytes));
    expect(await fault(directory)).toMatchObject({ line: 3, found: expect.stringContaining('checksum') as string });
  });

  test('an endless last line', async () => {
    const directory = await aJournal();
    await editSegment(directory, 2, (bytes) => Buffer.concat([bytes, Buffer.alloc(5_000_000, 'x')]));
    expect(await fault(directory)).toMatchObject({
      line: 4,
      found: expect.stringMatching(/bytes without a newline$/) as string,
    });
  });

  test('a line without a checksum', async () => {
    const directory = await aJournal();
    await editSegment(directory, 2, (bytes) => Buffer.concat([bytes, Buffer.from('{"sequence":7}\n')]));
    expect(await fault(directory)).toMatchObject({ line: 4, found: 'a line without a checksum' });
    const other = await aJournal();
    await editSegment(other, 2, (bytes) => Buffer.from(bytes.toString().replace('","sequence":6', '";"sequence":6')));
    expect(await fault(other)).toMatchObject({ line: 3, found: 'a line without a checksum' });
  });

  test('a segment that is missing', async () => {
    const directory = await aJournal();
    await rm(join(directory, '00000001.jsonl'));
    expect(await fault(directory)).toMatchObject({ file: join(directory, '00000001.jsonl'), found: 'no such file' });
  });

  test('an empty segment, and one that is not a journal', async () => {
    for (const [bytes, found] of [
      ['', 'no header'],
      ['{"checksum":"00', 'no header'],
      ['once upon a time\n', 'text that is not JSON'],
      ['{"checksum":"00000000","format":2}\n', 'a line of another shape'],
    ] as const) {
      for (const number of [1, 2]) {
        const directory = await aJournal();
        await editSegment(directory, number, () => Buffer.from(bytes));
        expect(await fault(directory)).toMatchObject({ line: 1, byteOffset: 0, found });
      }
    }
  });

  test('a changed header', async () => {
    const directory = await aJournal();
    await editSegment(directory, 2, (bytes) =>
      Buffer.from(bytes.toString().replace('journal-of-notes', 'journal-of-Notes')),
    );
    expect(await fault(directory)).toMatchObject({ line: 1, found: expect.stringContaining('checksum') as string });
  });

  test('a segment of another journal', async () => {
    const directory = await aJournal();
    const other = await temporaryDirectory();
    await writeNotes(other, [notes(1, 4)], { newJournalId: () => 'another-journal' });
    const { journal } = await openNotes(other);
    await journal.rotate();
    await journal.close();
    await copyFile(join(other, '00000002.jsonl'), join(directory, '00000002.jsonl'));
    expect(await fault(directory)).toMatchObject({
      line: 1,
      found: expect.stringContaining('another-journal') as string,
    });
  });

  test('sealed lines that a faulty program wrote: a gap in the sequence, and no event', async () => {
    const header = headerLine({
      format: 1,
      journalId: 'journal-of-notes',
      mode: 'paper',
      account: null,
      previousChecksum: FIRST_CHECKSUM,
      firstSequence: sequence(1),
      createdAt: NOTED_AT,
    });
    const gap = entryLine({ ...aNote(2), version: 1 }, FIRST_CHECKSUM);
    const nothing = entryLine({ sequence: sequence(1), at: NOTED_AT, version: 0, event: null }, FIRST_CHECKSUM);
    for (const [line, found] of [
      [gap, 'sequence 2'],
      [nothing, 'a line of another shape'],
    ] as const) {
      const directory = await temporaryDirectory();
      await writeFile(join(directory, '00000001.jsonl'), header.text + line.text);
      expect(await fault(directory)).toMatchObject({ line: 2, found });
    }
  });

  test('an event that can not be read, with the place in the event', async () => {
    const directory = await aJournal();
    const opened = await openNotes(directory, {
      codec: { ...noteCodec, encode: () => ({ type: 'noted', text: 7 }) },
    });
    opened.journal.append([aNote(7)]);
    await opened.journal.close();
    expect(await fault(directory)).toMatchObject({
      line: 4,
      found: 'an event of version 1 that can not be read',
      expected: expect.stringContaining('at text: found 7') as string,
    });
  });
});

test('a journal of another mode is refused, both named', async () => {
  const directory = await aJournal();
  await expect(openNotes(directory, { mode: 'live' })).rejects.toThrow(/belongs to paper trading, not to live/);
});
