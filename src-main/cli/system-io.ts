import { randomUUID } from 'node:crypto';
import { homedir } from 'node:os';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import * as z from 'zod';
import { defaultDataDirectory } from '#api/data-directory';
import { commandKey } from '#domain/ids';
import type { CliIo } from './cli-io';
import { EXIT } from './exit-code';

const brokenPipeSchema = z.object({ code: z.literal('EPIPE') });

/** The part of Node's process that the command line lives in. */
export interface ProcessLike {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable;
  once(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  exit(code: number): void;
}

/** The real world. What is heavy is loaded when it is used. */
export function systemIo(process: ProcessLike): CliIo {
  const { env, platform, stdin, stdout, stderr } = process;
  // `| head` closes the pipe when it has seen enough; that is no failure of ours.
  stdout.on('error', (error) => {
    if (!brokenPipeSchema.safeParse(error).success) throw error;
    process.exit(EXIT.done);
  });
  const terminal = stdout.isTTY === true;
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    interactive: terminal && stdin.isTTY === true,
    // https://no-color.org: any value but the empty one.
    colour: terminal && (env['NO_COLOR'] ?? '') === '',
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    dataDirectory: defaultDataDirectory({ platform, env, home: homedir() }),
    newKey: () => commandKey(`cli-${randomUUID()}`),
    ask: async (question) => {
      const lines = createInterface({ input: stdin, output: stdout });
      const answer = new Promise<string>((resolve) => {
        lines.question(question, resolve);
        // The end of input is no.
        lines.once('close', () => resolve(''));
      });
      return answer.finally(() => lines.close());
    },
    readText: async (path) => {
      const { readText } = await import('./read-text');
      return readText(path);
    },
    connect: async (directory, live) => {
      const { connectWorkstation } = await import('./connect-workstation');
      return connectWorkstation(directory, live);
    },
    after: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    interrupted: () =>
      new Promise((resolve) => {
        process.once('SIGINT', resolve);
        process.once('SIGTERM', resolve);
      }),
    onInputLine: (onLine) => {
      const lines = createInterface({ input: stdin });
      lines.on('line', onLine);
      return () => {
        lines.close();
        stdin.destroy();
      };
    },
    serve: async (words) => {
      const { runHeadless } = await import('#hosts/headless/main');
      return runHeadless(words);
    },
    simulate: async (options) => {
      const { startSimulator } = await import('./start-simulator');
      return startSimulator(options);
    },
  };
}
