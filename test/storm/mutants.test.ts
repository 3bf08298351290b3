import { afterEach, describe, expect, test, vi } from 'vitest';
import { INVARIANTS } from '#test/storm/invariants';
import { MUTANTS, type Mutant } from '#test/storm/mutants';
import { run as runSound } from '#test/storm/scenario';
import { scriptOf } from '#test/storm/script';

/** A mutant that lives longer than this is not seen. */
const SEEDS_MAX = 60;
const TIMEOUT_MS = 120_000;

/** The first seed whose scenario breaks the mutant's invariant; null when none does. */
async function seedThatSees({ breaks, replacements = [], tampering = {} }: Mutant): Promise<number | null> {
  vi.resetModules();
  for (const { module, exports } of replacements) {
    vi.doMock(module, async (importActual) => {
      const actual = await importActual<Record<string, unknown>>();
      return { ...actual, ...exports(actual) };
    });
  }
  // Loaded anew, so that it is made of the mutant's parts.
  const { run } = await import('#test/storm/scenario');
  for (let seed = 1; seed <= SEEDS_MAX; seed += 1) {
    const { violation } = await run(scriptOf(seed), { tampering });
    if (violation?.invariant !== breaks) continue;
    // What the sound workstation breaks too says nothing about the mutant.
    const sound = await runSound(scriptOf(seed));
    if (sound.violation === null) return seed;
  }
  return null;
}

afterEach(() => {
  for (const { replacements = [] } of MUTANTS) for (const { module } of replacements) vi.doUnmock(module);
  vi.resetModules();
});

describe('the storm sees that', () => {
  test.each(MUTANTS)(
    'invariant $breaks does not hold when $what',
    async (mutant) => {
      expect(await seedThatSees(mutant)).not.toBeNull();
    },
    TIMEOUT_MS,
  );

  test('there is a mutant for each invariant', () => {
    const broken = [...new Set(MUTANTS.map(({ breaks }) => breaks))].sort((a, b) => a - b);
    const numbers = Object.keys(INVARIANTS).map(Number);
    expect(broken).toEqual(numbers.filter((number) => number !== 0));
  });
});
