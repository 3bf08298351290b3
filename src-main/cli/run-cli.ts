import { Command, CommanderError } from 'commander';
import type { CliIo } from './cli-io';
import { COMMANDS } from './command-catalog';
import { EXIT, UsageError } from './exit-code';

/**
 * Runs one command line.
 * @param words what stands behind the program's name.
 * @returns the exit code.
 */
export async function runCli(words: readonly string[], io: CliIo): Promise<number> {
  const given = words[0] === 'help' ? [...words.slice(1), '--help'] : words;
  let exitCode: number = EXIT.done;
  const program = new Command('ibkr-trader')
    .description('Trade through Interactive Brokers: the command line of the workstation.')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err });
  for (const { name, summary, load } of COMMANDS) {
    const command = program.command(name).summary(summary);
    if (name !== given[0]) continue;
    const define = await load();
    define(command, io, (code) => {
      exitCode = code;
    });
  }
  try {
    await program.parseAsync(given, { from: 'user' });
  } catch (error) {
    if (error instanceof UsageError) io.err(`${error.message}\n`);
    else if (!(error instanceof CommanderError)) throw error;
    // Help that was asked for is no error.
    else if (error.exitCode === 0) return EXIT.done;
    return EXIT.usage;
  }
  return exitCode;
}
