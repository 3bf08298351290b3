import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { excerptOf, nameLines, playwrightFailures, vitestFailures } from '#launch/parts/failures';

const lines = (count: number): string[] => Array.from({ length: count }, (_, index) => `line ${index + 1}`);

describe('a failed stage says first which tests failed', () => {
  test('Vitest: by file and name, and how where it is not plainly failed', () => {
    const named = (title: string, status: string) => ({ title, status, ancestorTitles: ['', 'a bracket'] });
    const report = {
      testResults: [
        {
          name: path.join('/root', 'test', 'bracket.test.ts'),
          status: 'failed',
          assertionResults: [named('fills', 'failed'), named('is sent', 'passed'), named('is cancelled', 'todo')],
        },
        { name: path.join('/root', 'test', 'good.test.ts'), status: 'passed', assertionResults: [] },
        { name: path.join('/root', 'test', 'broken.test.ts'), status: 'failed', assertionResults: [] },
      ],
    };
    expect(vitestFailures(report, '/root')).toEqual([
      `${path.join('test', 'bracket.test.ts')} > a bracket > fills`,
      `${path.join('test', 'bracket.test.ts')} > a bracket > is cancelled (todo)`,
      `${path.join('test', 'broken.test.ts')} (could not be loaded)`,
    ]);
  });

  test('Playwright: by host, file and name', () => {
    const spec = (title: string, ...statuses: readonly string[]) => ({
      title,
      ok: false,
      tests: statuses.map((status, index) => ({ status, projectName: index === 0 ? 'headless' : 'electron' })),
    });
    const report = {
      suites: [
        {
          title: 'bracket.spec.ts',
          specs: [spec('opens', 'expected', 'unexpected')],
          suites: [{ title: 'the ticket', specs: [spec('is filled in', 'flaky', 'expected')] }],
        },
      ],
    };
    expect(playwrightFailures(report)).toEqual([
      'electron > bracket.spec.ts > opens',
      'headless > bracket.spec.ts > the ticket > is filled in (flaky)',
    ]);
  });

  test('but not more of them than fit on a screen', () => {
    expect(nameLines(['a', 'b'])).toEqual(['  ✗ a', '  ✗ b']);
    expect(nameLines(lines(17)).slice(14)).toEqual(['  ✗ line 15', '  and 2 more']);
  });
});

describe('an excerpt of what a failed stage wrote', () => {
  test('is all of it when it is short, without empty lines', () => {
    expect(excerptOf('one\n\n  \ntwo\n')).toEqual(['one', 'two']);
    expect(excerptOf(lines(46).join('\n'))).toEqual(lines(46));
  });

  test('is its beginning and its end when it is long', () => {
    const excerpt = excerptOf(lines(100).join('\n'));
    expect(excerpt.slice(34, 37)).toEqual(['line 35', '… 55 lines left out …', 'line 91']);
    expect(excerpt).toHaveLength(46);
  });

  test('has no line that fills the screen', () => {
    expect(excerptOf('x'.repeat(10_000))[0]).toHaveLength(501);
  });
});
