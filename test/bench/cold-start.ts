import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { lineOf, type BenchLine } from './bench-line';

const STARTS = 5;
const PROGRAM = join('out', 'main', 'cli.js');

/** Milliseconds from the spawn until `words` print a line that begins with `sign`. */
async function timeTo(sign: string, words: readonly string[]): Promise<number> {
  const start = performance.now();
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  let ready: number | null = null;
  for await (const line of createInterface({ input: child.stdout })) {
    if (ready !== null || !line.startsWith(sign)) continue;
    ready = performance.now() - start;
    child.kill('SIGTERM');
  }
  await ended;
  if (ready === null) throw new Error(`${words.join(' ')} ended without "${sign}"`);
  return ready;
}

async function starts(sign: string, words: readonly string[]): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < STARTS; n += 1) times.push(await timeTo(sign, words));
  return times;
}

/** From the spawn of the built program to `ready`: the demo market runs, the door is open. */
export async function coldStartBench(): Promise<BenchLine[]> {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is not there: run "npm run build" first`);
  const directory = await mkdtemp(join(tmpdir(), 'ibkr-trader-cold-start-'));
  try {
    const serve = [PROGRAM, 'serve', '--demo', '--no-open', '--data-dir', directory];
    return [
      lineOf('cold start: serve --demo to ready', 'ms', await starts('ready ', serve), 'p50 ≤ 1,000 ms'),
      lineOf('peer: node that prints a line', 'ms', await starts('ready', ['-e', 'console.log("ready")'])),
    ];
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
