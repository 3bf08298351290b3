import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KNOWN_BAD } from '#test/architecture/known-bad';
import { ROOT, cruiseLayers } from '#test/architecture/layer-rules';

describe('the layer rules over a known-bad tree', () => {
  let tree: string;
  const broken = new Map<string, Set<string>>();

  beforeAll(async () => {
    tree = await mkdtemp(path.join(tmpdir(), 'known-bad-'));
    for (const [name, { content }] of Object.entries(KNOWN_BAD)) {
      await mkdir(path.dirname(path.join(tree, name)), { recursive: true });
      await writeFile(path.join(tree, name), content);
    }
    await symlink(path.join(ROOT, 'node_modules'), path.join(tree, 'node_modules'), 'junction');
    const { summary } = await cruiseLayers(tree, ['src-shared', 'src-main', 'src-renderer', 'test']);
    for (const { rule, from } of summary.violations) {
      broken.set(from, (broken.get(from) ?? new Set()).add(rule.name));
    }
  }, 60_000);

  afterAll(() => rm(tree, { recursive: true, force: true }));

  test.each(Object.entries(KNOWN_BAD))('%s breaks what it should', (name, { breaks }) => {
    expect([...(broken.get(name) ?? [])].sort()).toEqual(breaks);
  });

  test('every rule is broken by some file', async () => {
    const { ruleSet } = await extractDepcruiseOptions(path.join(ROOT, '.dependency-cruiser.cjs'));
    const rules = ruleSet?.forbidden?.map(({ name }) => name) ?? [];
    const fired = new Set(Object.values(KNOWN_BAD).flatMap(({ breaks }) => breaks));
    expect(rules.length).toBeGreaterThan(20);
    expect([...fired].sort()).toEqual([...rules].sort());
  });
});
