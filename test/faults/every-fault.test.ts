import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { faultSchema } from '#simulator/fault-schema';

test('every fault has its test', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.test.ts'));
  const sources = files.map((name) => readFileSync(path.join(import.meta.dirname, name), 'utf8')).join('\n');
  const tested = [...sources.matchAll(/^describe\('([a-z0-9-]+)'/gm)].map(([, name]) => name);
  const names = faultSchema.options.map(({ shape }) => shape.fault.value);
  expect(tested.sort()).toEqual([...names].sort());
});
