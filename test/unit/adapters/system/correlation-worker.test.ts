import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MessageChannel } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { answer } from '#adapters/system/correlation-thread';
import { correlationWorker } from '#adapters/system/correlation-worker';
import { correlationsOf } from '#domain/correlation-math';
import type { ComputedCorrelations } from '#ports/correlation-port';
import { aHistory } from '#test/builders/correlations';
import { temporaryDirectory } from '#test/builders/temporary-directory';

const THREAD = pathToFileURL(join(process.cwd(), 'src-main/adapters/system/correlation-thread.ts')).href;
const histories = [
  aHistory(
    'AAPL',
    Array.from({ length: 61 }, (_, day) => 100 + 10 * Math.sin(day)),
  ),
  aHistory(
    'MSFT',
    Array.from({ length: 61 }, (_, day) => 200 + 10 * Math.cos(day)),
  ),
  aHistory(
    'FLAT',
    Array.from({ length: 61 }, () => 50),
  ),
];

/** What the thread's program says, run in this thread. */
async function answered(lookback: number, of = histories): Promise<ComputedCorrelations> {
  const { port1, port2 } = new MessageChannel();
  const told = new Promise<ComputedCorrelations>((resolve) => port2.once('message', resolve));
  answer(port1, { histories: of, lookback });
  const computed = await told;
  port2.close();
  return computed;
}

/** Computes in a thread whose program is `source`. */
async function computing(source: string): Promise<ComputedCorrelations> {
  const script = join(await temporaryDirectory(), 'thread.mjs');
  await writeFile(script, source);
  return correlationWorker(script).compute(histories, 60);
}

describe('correlations', () => {
  test('are computed in a thread of their own, to the same numbers', async () => {
    const tsx = import.meta.resolve('tsx/esm/api');
    const computed = await computing(`import { register } from '${tsx}'; register(); await import('${THREAD}');`);
    expect(computed).toEqual(await answered(60));
    expect(computed).toMatchObject({ ...correlationsOf(histories, 60), unknownPairs: 2, asOf: 60 });
  });

  test('are named by what is in them: symbols, lookback and values', async () => {
    const { version } = await answered(60);
    expect(version).toMatch(/^[0-9a-f]{16}$/);
    expect((await answered(60)).version).toBe(version);
    expect((await answered(40)).version).not.toBe(version);
    const renamed = histories.map((history, row) => ({ ...history, symbol: `S${row}` }));
    expect((await answered(60, renamed)).version).not.toBe(version);
    const [first, ...others] = histories.map(({ symbol }, row) =>
      aHistory(
        symbol,
        Array.from({ length: 61 }, (_, day) => 100 + 10 * Math.sin(day + row)),
      ),
    );
    expect((await answered(60, first === undefined ? [] : [first, ...others])).version).not.toBe(version);
  });
});

describe('a thread that ends without an answer', () => {
  test('tells why', async () => {
    await expect(computing('throw new Error("out of paper")')).rejects.toThrow('out of paper');
    await expect(computing('process.exit(3)')).rejects.toThrow(
      'the thread of the correlations ended with 3 and no answer',
    );
  });
});
