import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { ok } from '#domain/result';
import { ACCEPTED, StubTerminal } from '#test/builders/stub-terminal';

const EXAMPLES = 'docs/examples';
const PAGES = [
  ...['README.md', 'docs/cli.md', 'docs/advanced_orders.md', 'docs/strategy_guide.md'],
  `${EXAMPLES}/README.md`,
];

interface Documented {
  readonly where: string;
  /** What stands behind `ibkr-trader`. */
  readonly words: readonly string[];
  /** The page shows how these words are refused. */
  readonly makesNoSense: boolean;
}

/** The words of a shell line: quotes hold words together, what a shell does with its output is left out. */
function wordsOf(line: string): readonly string[] {
  const command = line.replace(/\s+#.*$/, '').replace(/\s+(?:&|\|\||>).*$/, '');
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '');
}

/** Commands of a page: after a prompt, through npm, or in the first cell behind the words of a table. */
function documentedIn(where: string): Documented[] {
  const lines = readFileSync(where, 'utf8').split('\n');
  return lines.flatMap((line, index) => {
    const prompted = /^(?:\$ ibkr-trader|npm run -s ibkr-trader --) (.+)$/.exec(line)?.[1];
    const inTable = where.endsWith('advanced_orders.md') ? /^\|[^|]+\| `((?:trailing-stop|oco-order) [^`]+)` \|/ : null;
    const command = prompted ?? inTable?.exec(line)?.[1];
    if (command === undefined) return [];
    return [{ where, words: wordsOf(command), makesNoSense: (lines[index + 1] ?? '').startsWith('--') }];
  });
}

/** Commands of a script, with its own variables put in. */
function scriptedIn(where: string): Documented[] {
  const values = new Map<string, string>([['key', 'a-key']]);
  return readFileSync(where, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, name = '', value = ''] = /^(\w+)=([\w.]+)$/.exec(line) ?? [];
      if (name !== '') values.set(name, value);
      const command = /^(?:until )?ibkr-trader ([^;|]+)/.exec(line)?.[1];
      if (command === undefined) return [];
      const filled = command.replaceAll(/\$\(date \+%F\)/g, 'today').replaceAll(/\$(\w+)/g, (_, variable: string) => {
        const known = values.get(variable);
        if (known === undefined) throw new Error(`${where}: $${variable} is not set above`);
        return known;
      });
      return [{ where, words: wordsOf(filled), makesNoSense: false }];
    });
}

const scripts = readdirSync(EXAMPLES).filter((name) => name.endsWith('.sh'));
const documented = [...PAGES.flatMap(documentedIn), ...scripts.flatMap((name) => scriptedIn(join(EXAMPLES, name)))];

test('the pages and scripts have commands to read', () => {
  for (const page of PAGES)
    expect(
      documented.some(({ where }) => where === page),
      page,
    ).toBe(true);
  expect(scripts.length).toBeGreaterThan(0);
  expect(documented.length).toBeGreaterThan(80);
});

test.each(documented)('$where: ibkr-trader $words', async ({ words, makesNoSense }) => {
  const terminal = new StubTerminal();
  terminal.interactive = true;
  // Nothing is waited for: what the words ask of the workstation is another matter.
  terminal.client.commands.execute.mockResolvedValue(ok({ ...ACCEPTED, outcome: 'refused', message: 'No.' }));
  const file = words[words.indexOf('--legs') + 1];
  const path = [file ?? '', join(EXAMPLES, file ?? '')].find((each) => each.endsWith('.json') && existsSync(each));
  if (words.includes('--legs') && file !== undefined && path !== undefined) {
    terminal.files.set(file, readFileSync(path, 'utf8'));
  }
  const idle = terminal.interrupt;
  const ran = terminal.runWords(words);
  if (words[0] === 'simulate' || words.includes('--follow')) {
    await vi.waitFor(() => expect(terminal.interrupt).not.toBe(idle));
    terminal.interrupt();
  }
  const { code, err } = await ran;
  expect(code === 2, err).toBe(makesNoSense);
});
