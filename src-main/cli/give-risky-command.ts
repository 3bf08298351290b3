import type { RiskyCommand } from '#domain/command';
import type { Judge } from './carry-out';
import type { CliIo } from './cli-io';
import { UsageError, type ExitCode } from './exit-code';
import { giveCommand } from './give-command';
import { overrideOf, type RiskyOptions } from './risk-options';
import { showDecision } from './show-decision';
import { reportFailure, withWorkstation } from './workstation';

/**
 * Sends a command that goes through risk, or with `--preview` shows what risk says of it and sends nothing.
 * @throws UsageError for options that do not go together.
 */
export function giveRiskyCommand(
  io: CliIo,
  options: RiskyOptions,
  command: RiskyCommand,
  judge: Judge,
): Promise<ExitCode> {
  const override = overrideOf(options);
  const { margin, preview } = options;
  if (margin === true && preview !== true) {
    throw new UsageError('--margin: only beside --preview; an order that is sent is not asked about');
  }
  return withWorkstation(io, options, async (client) => {
    if (preview !== true) return giveCommand(io, client, options, command, judge, override);
    const wish = { ...(override === null ? {} : { override }), ...(margin === true ? { margin } : {}) };
    const previewed = await client.commands.preview({ command, ...wish });
    return previewed.ok ? showDecision(io, options, previewed.value) : reportFailure(io, previewed.error);
  });
}
