import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { run } from '#test/storm/scenario';
import { scriptOf } from '#test/storm/script';

const SEED_MAX = 1_000_000_000;
const PER_TEST = 10;
const TIMEOUT_MS = 120_000;

/** Which scenarios every run of the tests lives through. */
const seedsSchema = z.strictObject({
  fixed: z.strictObject({ from: z.int(), count: z.int() }),
  /** Thrown anew in each run, and printed. */
  fresh: z.int(),
  pinned: z.array(z.strictObject({ seed: z.int(), found: z.string().min(1) })),
});
const { fixed, fresh, pinned } = seedsSchema.parse(
  JSON.parse(readFileSync(path.join(import.meta.dirname, 'seeds.json'), 'utf8')),
);

/** The seeds that break something, and what. */
async function broken(seeds: readonly number[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const seed of seeds) {
    const { violation } = await run(scriptOf(seed));
    if (violation !== null) found.push(`seed ${seed}, invariant ${violation.invariant}: ${violation.what}`);
  }
  return found;
}

const inGroups = Array.from({ length: Math.ceil(fixed.count / PER_TEST) }, (_, group) =>
  Array.from(
    { length: Math.min(PER_TEST, fixed.count - group * PER_TEST) },
    (_unused, index) => fixed.from + group * PER_TEST + index,
  ),
);
const freshFrom = randomInt(SEED_MAX);

describe('whatever goes wrong, in the scenarios that', () => {
  test.each(inGroups.map((seeds) => [seeds[0], seeds.at(-1), seeds] as const))(
    'begin with seeds %i to %i all invariants hold',
    async (_first, _last, seeds) => {
      expect(await broken(seeds)).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test.each(pinned)(
    'seed $seed stands for: $found',
    async ({ seed }) => {
      expect(await broken([seed])).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    `nobody has seen before, from seed ${freshFrom}, all invariants hold`,
    async () => {
      expect(await broken(Array.from({ length: fresh }, (_, index) => freshFrom + index))).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

test('a seed is one scenario: it goes the same way every time', async () => {
  const told: string[][] = [[], []];
  for (const lines of told) await run(scriptOf(fixed.from), { trace: (line) => lines.push(line) });
  expect(told[0]?.length).toBeGreaterThan(100);
  expect(told[1]).toEqual(told[0]);
});
