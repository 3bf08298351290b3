import { join } from 'node:path';
import { expect, test } from 'vitest';
import { segmentRef, syncDirectory } from '#adapters/journal/segment-files';
import { InvariantError } from '#domain/assert';
import { temporaryDirectory } from '#test/builders/temporary-directory';

test('segments are numbered by eight digits, so that names sort as numbers', () => {
  expect(segmentRef('journal', 12).path).toBe(join('journal', '00000012.jsonl'));
  expect(() => segmentRef('journal', 0)).toThrow(InvariantError);
  expect(() => segmentRef('journal', 100_000_000)).toThrow(InvariantError);
});

test('a directory is synced where the system lets it be', async () => {
  const missing = join(await temporaryDirectory(), 'missing');
  await expect(syncDirectory(missing, 'linux')).rejects.toThrow(/ENOENT/);
  await expect(syncDirectory(missing, 'win32')).resolves.toBeUndefined();
});
