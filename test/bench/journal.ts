import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { engineEventCodec } from '#adapters/journal/engine-event-codec';
import { openJournal } from '#adapters/journal/open-journal';
import type { EngineEvent } from '#domain/engine-event';
import { epochMs, sequence } from '#domain/ids';
import type { JournalEntry, OpenedJournal } from '#ports/journal-port';
import { aStoredFill } from '#test/builders/stored-events';
import { lineOf, percentile, type BenchLine } from './bench-line';

const ROUNDS = 5;
const EVENTS_PER_ROUND = 40_000;
/** What one step of the engine may decide; each step is a turn of the event loop of its own. */
const EVENTS_PER_STEP = 4;
const SYNCS = 1_000;

function entries(from: number, count: number): JournalEntry<EngineEvent>[] {
  return Array.from({ length: count }, (_, index) => {
    const n = from + index;
    return { sequence: sequence(n), at: epochMs(1_750_000_000_000 + n), event: aStoredFill(n) };
  });
}

function openBench(directory: string): Promise<OpenedJournal<EngineEvent>> {
  return openJournal({
    directory,
    mode: 'demo',
    codec: engineEventCodec,
    now: () => epochMs(1_750_000_000_000),
    newJournalId: () => 'bench',
  });
}

async function durableRate({ journal }: OpenedJournal<EngineEvent>): Promise<number> {
  const all = entries(journal.position.sequence + 1, EVENTS_PER_ROUND);
  const start = performance.now();
  for (let from = 0; from < all.length; from += EVENTS_PER_STEP) {
    journal.append(all.slice(from, from + EVENTS_PER_STEP));
    await nextTurn();
  }
  await journal.durable(journal.position.sequence);
  return (EVENTS_PER_ROUND * 1_000) / (performance.now() - start);
}

/** From append to durable, one event at a time: what a single command waits for. */
async function durableLatencies({ journal }: OpenedJournal<EngineEvent>): Promise<number[]> {
  const micros: number[] = [];
  for (let round = 0; round < SYNCS; round += 1) {
    const one = entries(journal.position.sequence + 1, 1);
    const start = performance.now();
    journal.append(one);
    await journal.durable(journal.position.sequence);
    micros.push((performance.now() - start) * 1_000);
  }
  return micros;
}

/** The peer: one line and one fdatasync, nothing else. */
async function bareLatencies(path: string): Promise<{ both: number[]; sync: number[] }> {
  const handle = await open(path, 'a');
  const line = Buffer.from(`${JSON.stringify(aStoredFill(1))}\n`);
  const both: number[] = [];
  const sync: number[] = [];
  for (let round = 0; round < SYNCS; round += 1) {
    const start = performance.now();
    await handle.appendFile(line);
    const written = performance.now();
    await handle.datasync();
    const end = performance.now();
    both.push((end - start) * 1_000);
    sync.push((end - written) * 1_000);
  }
  await handle.close();
  return { both, sync };
}

async function replayRate({ replay }: OpenedJournal<EngineEvent>): Promise<number> {
  let count = 0;
  const start = performance.now();
  await replay(sequence(1), () => {
    count += 1;
  });
  return (count * 1_000) / (performance.now() - start);
}

async function rounds(measure: () => Promise<number>): Promise<number> {
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) rates.push(await measure());
  return percentile(rates, 0.5);
}

/** How fast events become durable, and how fast they come back. Works in the project's cache folder: on its disk. */
export async function journalBench(): Promise<BenchLine[]> {
  const cache = join('node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  const directory = await mkdtemp(join(cache, 'journal-bench-'));
  try {
    const opened = await openBench(join(directory, 'journal'));
    const rate = await rounds(() => durableRate(opened));
    const replayed = await rounds(() => replayRate(opened));
    const bare = await bareLatencies(join(directory, 'bare.jsonl'));
    const single = await durableLatencies(opened);
    await opened.journal.close();
    return [
      { name: 'journal: durable by group commit', unit: 'events/s', median: rate, target: '≥ 20,000 events/s' },
      { name: 'journal: replay with zod', unit: 'events/s', median: replayed, target: '≥ 60,000 events/s' },
      lineOf('journal: one event, append to durable', 'µs', single),
      lineOf('peer: bare append and fdatasync', 'µs', bare.both),
      lineOf('peer: fdatasync alone', 'µs', bare.sync),
    ];
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
