import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { verifyJournal } from '#adapters/journal/verify-journal';
import { noteCodec, notes, openNotes, replayed } from '#test/builders/note-journal';
import { temporaryDirectory } from '#test/builders/temporary-directory';

const WRITER = join(import.meta.dirname, 'endless-writer.ts');

/** Runs the writer until it has told of `lines` group commits, kills it, and returns the last durable sequence it told. */
async function writeAndKill(directory: string, lines: number): Promise<number> {
  const writer = spawn(process.execPath, ['--import', 'tsx', WRITER, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void writer.kill('SIGKILL'));
  const ended = once(writer, 'exit');
  let told = 0;
  let last = 0;
  for await (const line of createInterface({ input: writer.stdout })) {
    told += 1;
    last = Number(line);
    if (told === lines) writer.kill('SIGKILL');
  }
  expect(await ended).toEqual([null, 'SIGKILL']);
  return last;
}

test('a process killed while it writes has lost nothing that it called durable, three times in a row', async () => {
  const directory = join(await temporaryDirectory(), 'journal');
  let durable = 0;
  for (const lines of [7, 30, 71]) {
    const told = await writeAndKill(directory, lines);
    expect(told).toBeGreaterThan(durable);
    durable = told;
    const opened = await openNotes(directory);
    const { lastSequence } = opened.recovered;
    expect(lastSequence).toBeGreaterThanOrEqual(durable);
    expect(await replayed(opened)).toEqual(notes(1, lastSequence));
    await opened.journal.close();
    expect(await verifyJournal(directory, noteCodec)).toMatchObject({
      entries: lastSequence,
      unfinished: null,
      fault: null,
    });
  }
}, 60_000);
