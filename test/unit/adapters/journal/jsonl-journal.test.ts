import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { JournalFailure } from '#adapters/journal/journal-failure';
import { nodeSegmentDisk } from '#adapters/journal/segment-files';
import { InvariantError } from '#domain/assert';
import { accountId, sequence } from '#domain/ids';
import { aNote, diskWith, notes, openNotes, replayed, writeNotes } from '#test/builders/note-journal';
import { temporaryDirectory } from '#test/builders/temporary-directory';

const PAPER_ACCOUNT = accountId('DU1234567');

/** A disk whose syncs wait until they are let through. */
function gatedDisk() {
  const gate = { syncs: 0, letThrough: (): void => undefined };
  const disk = diskWith((file) => ({
    sync: async () => {
      gate.syncs += 1;
      await new Promise<void>((resolve) => (gate.letThrough = resolve));
      await file.sync();
    },
  }));
  return { gate, disk };
}

function untilSyncing(gate: { readonly syncs: number }, count: number): Promise<void> {
  return expect.poll(() => gate.syncs, { interval: 1 }).toBe(count);
}

describe('writing', () => {
  test('a new journal is empty and belongs to no account', async () => {
    const { journal, recovered } = await openNotes(join(await temporaryDirectory(), 'journal'));
    expect(recovered).toEqual({ journalId: 'journal-of-notes', lastSequence: 0, tornBytesCut: 0, segments: 1 });
    expect(journal.position.sequence).toBe(0);
    expect(journal.durableSequence).toBe(0);
    expect(journal.account).toBeNull();
    await journal.close();
  });

  test('what was appended comes back in order after a restart, and writing goes on', async () => {
    const directory = await temporaryDirectory();
    await writeNotes(directory, [notes(1, 3), notes(4, 4)]);
    await writeNotes(directory, [[aNote(5, 'žluťoučký 日本 "quoted"\nand a newline')]]);
    const opened = await openNotes(directory);
    expect(opened.recovered.lastSequence).toBe(5);
    expect(await replayed(opened)).toEqual([...notes(1, 4), aNote(5, 'žluťoučký 日本 "quoted"\nand a newline')]);
    expect(await replayed(opened, sequence(4))).toHaveLength(2);
    expect(await replayed(opened, sequence(6))).toEqual([]);
    await opened.journal.close();
  });

  test('nothing is durable before the disk says so', async () => {
    const { gate, disk } = gatedDisk();
    const { journal } = await openNotes(await temporaryDirectory(), { disk });
    journal.append([aNote(1)]);
    await untilSyncing(gate, 1);
    expect(journal.durableSequence).toBe(0);
    gate.letThrough();
    await journal.durable(sequence(1));
    expect(journal.durableSequence).toBe(1);
    await journal.close();
  });

  test('everything that arrives during one sync shares the next', async () => {
    const { gate, disk } = gatedDisk();
    const { journal } = await openNotes(await temporaryDirectory(), { disk });
    const heard: number[] = [];
    const stop = journal.onDurable((durable) => heard.push(durable));
    journal.append([aNote(1)]);
    journal.append([aNote(2)]);
    await untilSyncing(gate, 1);
    for (const entry of notes(3, 40)) journal.append([entry]);
    gate.letThrough();
    await untilSyncing(gate, 2);
    expect(heard).toEqual([2]);
    gate.letThrough();
    await Promise.all([journal.durable(sequence(40)), journal.durable(sequence(17)), journal.durable(sequence(1))]);
    expect(heard).toEqual([2, 40]);
    stop();
    journal.append([aNote(41)]);
    await untilSyncing(gate, 3);
    gate.letThrough();
    await journal.close();
    expect(heard).toEqual([2, 40]);
  });

  test('one group commit writes no more than its limit', async () => {
    let appends = 0;
    const disk = diskWith((file) => ({
      append: (bytes) => {
        appends += 1;
        return file.append(bytes);
      },
    }));
    const { journal } = await openNotes(await temporaryDirectory(), { disk, limits: { groupBytesMax: 250 } });
    journal.append(notes(1, 6));
    await journal.durable(sequence(6));
    expect(appends).toBe(3);
    await journal.close();
  });

  test('closing writes what is queued, once', async () => {
    const directory = await temporaryDirectory();
    const { journal } = await openNotes(directory);
    journal.append(notes(1, 9));
    await journal.close();
    await journal.close();
    expect(journal.durableSequence).toBe(9);
    expect(() => journal.append([aNote(10)])).toThrow(InvariantError);
    await expect(journal.rotate()).rejects.toThrow(InvariantError);
  });

  test('a gap, an event too long for a line, and waiting for what was never appended are bugs', async () => {
    const { journal } = await openNotes(await temporaryDirectory());
    expect(() => journal.append([aNote(2)])).toThrow('sequence 2 follows 0');
    expect(() => journal.append([aNote(1, 'x'.repeat(1_048_576))])).toThrow('fits into a line');
    expect(() => journal.durable(sequence(1))).toThrow('only what was appended becomes durable');
    await journal.close();
  });

  test('only the owner may read the journal', async () => {
    const directory = join(await temporaryDirectory(), 'paper', 'journal');
    await writeNotes(directory, [notes(1, 1)]);
    const windows = process.platform === 'win32'; // There the profile's access list rules.
    expect((await stat(directory)).mode & 0o777).toBe(windows ? 0o666 : 0o700);
    expect((await stat(join(directory, '00000001.jsonl'))).mode & 0o777).toBe(windows ? 0o666 : 0o600);
  });
});

describe('segments', () => {
  test('a full segment is sealed and the next begins', async () => {
    const directory = await temporaryDirectory();
    await writeNotes(directory, [notes(1, 5), notes(6, 12)], { limits: { segmentBytesMax: 700 } });
    expect((await readdir(directory)).sort()).toEqual(['00000001.jsonl', '00000002.jsonl', '00000003.jsonl']);
    const opened = await openNotes(directory);
    expect(opened.recovered.segments).toBe(3);
    expect(await replayed(opened)).toEqual(notes(1, 12));
    expect(await replayed(opened, sequence(7))).toEqual(notes(7, 12));
    await opened.journal.close();
  });

  test('a segment can be sealed at will, also an empty one', async () => {
    const directory = await temporaryDirectory();
    const { journal } = await openNotes(directory);
    await journal.rotate();
    journal.append(notes(1, 2));
    await journal.rotate();
    journal.append(notes(3, 4));
    await journal.close();
    const opened = await openNotes(directory);
    expect(opened.recovered).toMatchObject({ segments: 3, lastSequence: 4 });
    expect(await replayed(opened)).toEqual(notes(1, 4));
    await opened.journal.close();
  });

  test('the same history gives the same position, and another history another', async () => {
    const [one, two, other] = [await temporaryDirectory(), await temporaryDirectory(), await temporaryDirectory()];
    const positions = [];
    for (const [directory, text] of [
      [one, 'bought'],
      [two, 'bought'],
      [other, 'sold'],
    ] as const) {
      const { journal } = await openNotes(directory);
      journal.append([aNote(1, text), aNote(2)]);
      positions.push(journal.position);
      await journal.close();
    }
    expect(positions[0]).toEqual(positions[1]);
    expect(positions[0]).not.toEqual(positions[2]);
  });

  test('how history is split into segments does not change the position', async () => {
    const whole = await openNotes(await temporaryDirectory());
    whole.journal.append(notes(1, 3));
    const directory = await temporaryDirectory();
    const split = await openNotes(directory);
    split.journal.append(notes(1, 2));
    await split.journal.bindAccount(PAPER_ACCOUNT);
    split.journal.append(notes(3, 3));
    await split.journal.rotate();
    await split.journal.rotate();
    expect(split.journal.position).toEqual(whole.journal.position);
    await split.journal.close();
    const again = await openNotes(directory);
    expect(again.journal.position).toEqual(whole.journal.position);
    for (const { journal } of [whole, again]) await journal.close();
  });

  test('replay tells the checksum at each entry, which is the position after it was appended', async () => {
    const { journal, replay } = await openNotes(await temporaryDirectory());
    journal.append([aNote(1)]);
    const atOne = journal.position;
    journal.append([aNote(2)]);
    await journal.durable(sequence(2));
    const seen: unknown[] = [];
    await replay(sequence(1), ({ sequence: place }, checksum) => seen.push({ sequence: place, checksum }));
    expect(seen).toEqual([atOne, journal.position]);
    await journal.close();
  });
});

describe('the account', () => {
  test('the first connect binds the journal, also for the runs after', async () => {
    const directory = await temporaryDirectory();
    const { journal } = await openNotes(directory);
    journal.append(notes(1, 2));
    await journal.bindAccount(PAPER_ACCOUNT);
    expect(journal.account).toBe(PAPER_ACCOUNT);
    journal.append(notes(3, 3));
    await journal.bindAccount(PAPER_ACCOUNT);
    await journal.close();
    const again = await openNotes(directory);
    expect(again.journal.account).toBe(PAPER_ACCOUNT);
    expect(await replayed(again)).toEqual(notes(1, 3));
    await again.journal.close();
  });

  test('another account is refused, both named', async () => {
    const { journal } = await openNotes(await temporaryDirectory());
    await journal.bindAccount(PAPER_ACCOUNT);
    await expect(journal.bindAccount(accountId('DU7654321'))).rejects.toThrow(
      /belongs to account DU1234567, but the connected account is DU7654321/,
    );
    await journal.close();
  });
});

describe('a disk that fails', () => {
  test('a full disk rejects what is not durable, is told once, and nothing more is written', async () => {
    const directory = await temporaryDirectory();
    await writeNotes(directory, [notes(1, 2)]);
    let appends = 0;
    const disk = diskWith((file) => ({
      append: async (bytes) => {
        appends += 1;
        await file.append(bytes.subarray(0, bytes.length / 2));
        throw new Error('ENOSPC: no space left on device, write');
      },
    }));
    const { journal } = await openNotes(directory, { disk });
    const failures: Error[] = [];
    journal.onFailure((error) => failures.push(error));
    journal.append([aNote(3)]);
    await expect(journal.durable(sequence(3))).rejects.toThrow(/ENOSPC/);
    journal.append([aNote(4)]);
    await expect(journal.durable(sequence(4))).rejects.toBeInstanceOf(JournalFailure);
    await expect(journal.durable(sequence(2))).resolves.toBeUndefined();
    await expect(journal.rotate()).rejects.toThrow(/ENOSPC/);
    await journal.close();
    expect(failures).toHaveLength(1);
    expect(appends).toBe(1);

    const again = await openNotes(directory);
    expect(again.recovered).toMatchObject({ lastSequence: 2, tornBytesCut: 54 });
    expect(await replayed(again)).toEqual(notes(1, 2));
    await again.journal.close();
  });

  test('who asks later hears of the failure at once', async () => {
    const disk = diskWith(() => ({ sync: () => Promise.reject(new Error('EIO: i/o error, fdatasync')) }));
    const { journal } = await openNotes(await temporaryDirectory(), { disk });
    const heard: string[] = [];
    const stop = journal.onFailure(() => heard.push('stopped listening before'));
    stop();
    journal.append([aNote(1)]);
    await expect(journal.durable(sequence(1))).rejects.toThrow(/EIO/);
    journal.onFailure((error) => heard.push(error.message));
    expect(heard).toEqual(['The journal can not be written: Error: EIO: i/o error, fdatasync']);
    await journal.close();
  });

  test('a failed sync is never tried again: what it covered may be gone', async () => {
    let syncs = 0;
    const disk = diskWith(() => ({
      sync: () => {
        syncs += 1;
        return Promise.reject(new Error('EIO'));
      },
    }));
    const { journal } = await openNotes(await temporaryDirectory(), { disk });
    journal.append([aNote(1)]);
    await expect(journal.durable(sequence(1))).rejects.toThrow(/EIO/);
    journal.append([aNote(2)]);
    await journal.close();
    expect(syncs).toBe(1);
    expect(journal.durableSequence).toBe(0);
  });

  test('a next segment that can not be made is a failure', async () => {
    const directory = await temporaryDirectory();
    await writeNotes(directory, [notes(1, 1)]);
    const disk = { ...nodeSegmentDisk, create: () => Promise.reject(new Error('EACCES')) };
    const { journal } = await openNotes(directory, { disk });
    await expect(journal.rotate()).rejects.toThrow(/EACCES/);
    await journal.close();
  });

  test('a disk that hangs fails the journal when too much is waiting for it', async () => {
    const { gate, disk } = gatedDisk();
    const { journal } = await openNotes(await temporaryDirectory(), { disk, limits: { queueBytesMax: 1_000 } });
    const failures: string[] = [];
    journal.onFailure((error) => failures.push(error.message));
    journal.append([aNote(1)]);
    await untilSyncing(gate, 1);
    journal.append(notes(2, 30));
    expect(failures).toEqual([expect.stringContaining('the disk is too slow')]);
    await expect(journal.durable(sequence(2))).rejects.toThrow(/too slow/);
    gate.letThrough();
    await journal.close();
    expect(journal.durableSequence).toBe(1);
  });

  test('a sync that fails after the journal has given up changes nothing', async () => {
    let failSync = (): void => undefined;
    const syncing = { begun: false };
    const disk = diskWith(() => ({
      sync: () => {
        syncing.begun = true;
        return new Promise<void>((_, reject) => (failSync = () => reject(new Error('EIO'))));
      },
    }));
    const { journal } = await openNotes(await temporaryDirectory(), { disk, limits: { queueBytesMax: 1_000 } });
    const failures: string[] = [];
    journal.onFailure((error) => failures.push(error.message));
    journal.append([aNote(1)]);
    await expect.poll(() => syncing.begun, { interval: 1 }).toBe(true);
    journal.append(notes(2, 30));
    failSync();
    await journal.close();
    expect(failures).toHaveLength(1);
  });

  test('a listener that throws stops the journal: the host must halt', async () => {
    const { journal } = await openNotes(await temporaryDirectory());
    journal.onDurable(() => {
      throw new InvariantError('a bug of ours');
    });
    const failed = new Promise<Error>((resolve) => journal.onFailure(resolve));
    journal.append([aNote(1)]);
    expect((await failed).message).toContain('a bug of ours');
    await journal.close();
  });
});
