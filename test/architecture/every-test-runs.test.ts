import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { ROOT } from '#test/architecture/layer-rules';

const listSchema = z.array(z.object({ file: z.string() }));

/** Every file under test/ that is or would be committed and has such an ending. */
function testFilesEnding(...endings: readonly string[]): readonly string[] {
  const patterns = endings.map((ending) => `test/*${ending}`);
  const list = execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate', '--', ...patterns],
    {
      cwd: ROOT,
      encoding: 'utf8',
    },
  );
  return list.split('\n').filter((name) => name !== '');
}

test('every test file belongs to a project of Vitest', () => {
  const vitest = path.join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const list = execFileSync(process.execPath, [vitest, 'list', '--filesOnly', '--json'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const listed = new Set(
    listSchema.parse(JSON.parse(list)).map(({ file }) => path.relative(ROOT, file).replaceAll('\\', '/')),
  );
  const files = testFilesEnding('.test.ts', '.test.tsx');
  expect(files.length).toBeGreaterThan(10);
  expect(files.filter((file) => !listed.has(file))).toEqual([]);
}, 30_000);

test('every end-to-end file stands where Playwright looks', () => {
  const files = testFilesEnding('.spec.ts');
  expect(files.length).toBeGreaterThan(0);
  expect(files.filter((file) => !/^test\/(e2e|packaging)\//.test(file))).toEqual([]);
});
