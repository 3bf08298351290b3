import type { RiskyCommand } from '#domain/command';
import type { Judge } from './carry-out';
import type { CliIo } from './cli-io';
import type { ExitCode } from './exit-code';
import { giveCommand } from './give-command';
import type { ChangeOptions } from './options';
import { showDecision } from './show-decision';
import { reportFailure, withWorkstation } from './workstation';

/** Options of the commands that go through risk. */
export interface RiskyOptions extends ChangeOptions {
  readonly preview?: true;
}

/** Sends a command that goes through risk, or with `--preview` shows what risk says of it and sends nothing. */
export function giveRiskyCommand(
  io: CliIo,
  options: RiskyOptions,
  command: RiskyCommand,
  judge: Judge,
): Promise<ExitCode> {
  return withWorkstation(io, options, async (client) => {
    if (options.preview !== true) return giveCommand(io, client, options, command, judge);
    const previewed = await client.commands.preview({ command });
    return previewed.ok ? showDecision(io, options, previewed.value) : reportFailure(io, previewed.error);
  });
}
