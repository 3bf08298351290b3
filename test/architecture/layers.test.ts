import { beforeAll, describe, expect, test } from 'vitest';
import { ROOT, cruiseLayers } from '#test/architecture/layer-rules';

/**
 * The least number of modules in each folder: rules that looked at nothing prove nothing. Raise a number when its
 * folder has grown well past it.
 */
const MODULES_MIN: Readonly<Record<string, number>> = {
  'src-shared/domain/': 25,
  'src-shared/api/': 7,
  'src-main/ports/': 5,
  'src-main/engine/': 25,
  'src-main/runtime/': 5,
  'src-main/adapters/': 25,
  'src-main/simulator/': 20,
  'src-main/hosts/': 15,
  'src-main/cli/': 25,
  'src-main/launch/': 20,
  'src-renderer/': 40,
  'test/': 60,
};

describe('the layers of the program', () => {
  let modules: readonly { readonly source: string; readonly dependencies: readonly { readonly resolved: string }[] }[];
  let violations: readonly string[];

  beforeAll(async () => {
    const result = await cruiseLayers(ROOT, ['src-shared', 'src-main', 'src-renderer', 'test']);
    modules = result.modules;
    violations = result.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
  }, 60_000);

  test('no import crosses a layer', () => {
    expect(violations).toEqual([]);
  });

  test.each(Object.entries(MODULES_MIN))('%s has at least %i modules under the rules', (folder, least) => {
    expect(modules.filter(({ source }) => source.startsWith(folder)).length).toBeGreaterThanOrEqual(least);
  });

  test('subpath imports lead to the files of the program', () => {
    const ids = modules.find(({ source }) => source === 'src-shared/domain/ids.ts');
    expect(ids?.dependencies.map(({ resolved }) => resolved)).toContain('src-shared/domain/brand.ts');
  });
});
