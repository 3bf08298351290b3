import type { CallFailure, WorkstationClient } from '#api/client';
import type { CommandKey } from '#domain/ids';
import { assertNever } from '#domain/assert';
import type { CliIo } from './cli-io';
import { EXIT, type ExitCode } from './exit-code';

/** Connects, does `work`, and lets go. Without a workstation: how to start one, and exit code 3. */
export async function withWorkstation(
  io: CliIo,
  options: { readonly dataDir?: string; readonly live?: true },
  work: (client: WorkstationClient) => Promise<ExitCode>,
): Promise<ExitCode> {
  const directory = options.dataDir ?? io.dataDirectory;
  const connected = await io.connect(directory, options.live === true);
  if (!connected.ok) {
    io.err(`${connected.error}\nStart one with: ibkr-trader serve --demo (or the window: npm start)\n`);
    return EXIT.noWorkstation;
  }
  const connection = connected.value;
  try {
    return await work(connection.client);
  } finally {
    connection.close();
  }
}

/** Says why a question has no answer. */
export function reportFailure(io: CliIo, { code, reason }: CallFailure): ExitCode {
  switch (code) {
    case 'BUSY':
    case 'BROKER_UNAVAILABLE':
    case 'NOT_FOUND':
    case 'HOST_FAULT':
      io.err(`${reason}\n`);
      return EXIT.denied;
    case 'LIVE_NOT_CONFIRMED':
      io.err(`${reason}\n--live: missing; real money is at stake there\n`);
      return EXIT.usage;
    case 'BAD_INPUT':
      io.err(`${reason}\n`);
      return EXIT.usage;
    case 'DEADLINE':
      io.err(`${reason}\n`);
      return EXIT.unknown;
    case 'CLOSED':
      io.err(`${reason}\n`);
      return EXIT.noWorkstation;
    default:
      return assertNever(code);
  }
}

/** Says that a command may or may not have been carried out, and how to find out safely. */
export function reportUnknown(io: CliIo, reason: string, key: CommandKey): ExitCode {
  io.err(
    `${reason}\nWhat was asked may or may not have happened. Key: ${key}\n` +
      `Ask again with the same words and --key ${key}: one key is carried out once.\n`,
  );
  return EXIT.unknown;
}
