import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot, PROGRAM_FILES } from '#hosts/program-files';
import { temporaryDirectory } from '#test/builders/temporary-directory';

test('the program is the nearest folder upwards with a package.json', async () => {
  const root = await temporaryDirectory();
  const chunks = join(root, 'out', 'main', 'chunks');
  await mkdir(chunks, { recursive: true });
  await writeFile(join(root, 'package.json'), '{}');
  expect(packageRoot(chunks)).toBe(root);
  expect(packageRoot(root)).toBe(root);
});

test('files that belong to no program are a bug', () => {
  expect(() => packageRoot('/')).toThrow('a package.json above /');
});

test('the program finds its own parts', () => {
  expect(PROGRAM_FILES.root).toBe(process.cwd());
  expect(PROGRAM_FILES.cli).toBe(join(process.cwd(), 'out', 'main', 'cli.js'));
  expect(PROGRAM_FILES.correlationThread).toBe(join(process.cwd(), 'out', 'main', 'correlation-thread.js'));
});
