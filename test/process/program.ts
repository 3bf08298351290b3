import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The built command line program: these tests run it as a person does. */
const PROGRAM = join(process.cwd(), 'out/main/cli.js');
/** Nothing here takes this long; whoever waits longer has found a fault. */
const WAIT_MS_MAX = 30_000;

/** One run of `ibkr-trader`, and everything it has said. */
export interface Program {
  readonly process: ChildProcessWithoutNullStreams;
  readonly lines: readonly string[];
  readonly errors: readonly string[];
  /** The first line that `pattern` matches, out of `lines[from]` on and those to come. */
  line(pattern: RegExp, from?: number): Promise<RegExpExecArray>;
  /** Settles with the exit code, or null when a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Writes a line to it, and waits until it says that it is done. */
  steer(word: string): Promise<void>;
  kill(signal: NodeJS.Signals): Promise<number | null>;
}

/** Starts `ibkr-trader` with `words`. */
export function startProgram(words: readonly string[]): Program {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is not there: run "npm run build" first`);
  const child = spawn(process.execPath, [PROGRAM, ...words], { stdio: 'pipe' });
  const lines: string[] = [];
  const errors: string[] = [];
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const look of [...waiting]) look();
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    wake();
  });
  createInterface({ input: child.stderr }).on('line', (line) => errors.push(line));
  let code: number | null | undefined;
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (exit) => {
      code = exit;
      wake();
      resolve(exit);
    });
  });
  const line = (pattern: RegExp, from = 0): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(deadline);
        waiting.delete(look);
      };
      const fail = (why: string): void => {
        done();
        reject(
          new Error(
            `${words.join(' ')}: ${why} before ${String(pattern)}; it said:\n${[...lines, ...errors].join('\n')}`,
          ),
        );
      };
      const look = (): void => {
        for (const said of lines.slice(from)) {
          const found = pattern.exec(said);
          if (found === null) continue;
          done();
          resolve(found);
          return;
        }
        if (code !== undefined) fail(`it ended with ${String(code)}`);
      };
      const deadline = setTimeout(() => {
        fail(`${String(WAIT_MS_MAX)} ms passed`);
      }, WAIT_MS_MAX);
      waiting.add(look);
      look();
    });
  const steer = async (word: string): Promise<void> => {
    const from = lines.length;
    child.stdin.write(`${word}\n`);
    await line(new RegExp(`^done ${word}$`), from);
  };
  const kill = (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    return ended;
  };
  return { process: child, lines, errors, line, ended, steer, kill };
}

/** Asks again until `holds` gives something; the deadline is a fault, not a measure of time. */
export async function eventually<T>(what: string, holds: () => Promise<T | undefined>): Promise<T> {
  const giveUpAt = Date.now() + WAIT_MS_MAX;
  for (;;) {
    const found = await holds();
    if (found !== undefined) return found;
    if (Date.now() > giveUpAt) throw new Error(`${what}: it did not come to that within ${String(WAIT_MS_MAX)} ms`);
  }
}

/** Runs `ibkr-trader` to its end. */
export async function runProgram(
  words: readonly string[],
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const program = startProgram(words);
  program.process.stdin.end();
  const code = await program.ended;
  return { code, out: program.lines.join('\n'), err: program.errors.join('\n') };
}
