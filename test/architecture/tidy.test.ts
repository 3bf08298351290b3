import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '#test/architecture/layer-rules';

/** A longer file has more than one subject. */
const FILE_LINES_MAX = 500;
/** Names that tools or custom decide. */
const CUSTOM_NAMES =
  /^(\.|[A-Z]+\.md$|LICENSE$|tsconfig(\.\w+)?\.json$|package(-lock)?\.json$|[\w-]+\.config\.\w+$|\d+x\d+\.png$)/;
const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/;

/** Every file that is or would be committed. */
const FILES = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\0')
  .filter((name) => name !== '' && statSync(path.join(ROOT, name), { throwIfNoEntry: false })?.isFile() === true);
const SOURCES = FILES.filter((name) => /^(src-|test\/).*\.(ts|tsx|mjs|css|html)$/.test(name));

function linesOf(name: string): readonly string[] {
  return readFileSync(path.join(ROOT, name), 'utf8').split('\n');
}

/** `file:line` of each line that matches. */
function placesOf(names: readonly string[], pattern: RegExp): readonly string[] {
  return names.flatMap((name) =>
    linesOf(name).flatMap((line, index) => (pattern.test(line) ? [`${name}:${index + 1}`] : [])),
  );
}

describe('the tree is tidy', () => {
  test('there are files to look at', () => {
    expect(SOURCES.length).toBeGreaterThan(30);
  });

  test('nothing is left to do', () => {
    expect(placesOf(SOURCES, new RegExp(['\\b(TO', 'DO|FIX', 'ME|HA', 'CK)\\b'].join('')))).toEqual([]);
  });

  test('no test is skipped, focused or postponed', () => {
    const pattern = /\b(test|it|describe)(\.\w+)*\.(skip|only|todo|fixme|skipIf|runIf)\b/;
    expect(
      placesOf(
        SOURCES.filter((name) => name.startsWith('test/') && name !== 'test/architecture/tidy.test.ts'),
        pattern,
      ),
    ).toEqual([]);
  });

  test('no test replaces a module: many test files share one process and its modules', () => {
    // The storm's mutants are made of replaced modules, and its project gives each file a process of its own.
    const ALONE = ['test/renderer/', 'test/storm/mutants.test.ts'];
    const tests = SOURCES.filter((name) => name.startsWith('test/') && !ALONE.some((alone) => name.startsWith(alone)));
    expect(placesOf(tests, /\bvi\s*\.(mock|doMock|resetModules)\(/)).toEqual([]);
  });

  test('no check is switched off without a reason beside it or in a comment right above', () => {
    const waivers = placesOf(
      SOURCES,
      /(@ts-(expect-error|ignore|nocheck)|eslint-disable|(v8|c8|istanbul) ignore)(?!.* -- \S)/,
    );
    const bare = waivers.filter((place) => {
      const [name = '', line = ''] = place.split(':');
      return !/^\s*(\/\/|\*|\{?\/\*)/.test(linesOf(name)[Number(line) - 2] ?? '');
    });
    expect(bare.filter((place) => !place.startsWith('test/architecture/tidy.test.ts:'))).toEqual([]);
  });

  test(`no source file has more than ${FILE_LINES_MAX} lines`, () => {
    const long = SOURCES.filter((name) => name.startsWith('src-') && linesOf(name).length > FILE_LINES_MAX);
    expect(long).toEqual([]);
  });

  test('files and folders of the program are named in kebab-case', () => {
    const odd = FILES.filter((name) => /^(src-|test\/)/.test(name)).filter((name) =>
      name.split('/').some((part) => !KEBAB_CASE.test(part) && !CUSTOM_NAMES.test(part)),
    );
    expect(odd).toEqual([]);
  });

  test('nothing names a place of one machine', () => {
    const text = FILES.filter(
      (name) => /\.(ts|tsx|mjs|cjs|js|json|ya?ml|md|css|html|sh)$/.test(name) && name !== 'package-lock.json',
    );
    const placeUnder = (folders: string) => new RegExp(`(^|[\\s'"\`(=])/(${folders})/[\\w.-]`);
    // Tests may make up somebody's home folder.
    const homes = placesOf(
      text.filter((name) => !name.startsWith('test/')),
      placeUnder('home|Users'),
    );
    expect([...homes, ...placesOf(text, placeUnder('root|work'))]).toEqual([]);
  });
});
