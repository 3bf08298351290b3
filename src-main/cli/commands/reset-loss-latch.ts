import * as z from 'zod';
import { symbolSchema } from '#domain/instrument';
import { REASON_LENGTH_MAX, REASON_LENGTH_MIN } from '#domain/position-difference';
import type { Define } from '#cli/define';
import { EXIT } from '#cli/exit-code';
import { giveCommand } from '#cli/give-command';
import { addChangeOptions, addExample, parsedAs, valueOption, type ChangeOptions } from '#cli/options';
import { withWorkstation } from '#cli/workstation';

interface ResetOptions extends ChangeOptions {
  readonly symbol?: string;
  readonly reason: string;
}

const reasonWords = `expected ${REASON_LENGTH_MIN} to ${REASON_LENGTH_MAX} characters`;
const reasonSchema = z.string().trim().min(REASON_LENGTH_MIN, reasonWords).max(REASON_LENGTH_MAX, reasonWords);

/** `reset-loss-latch`: adding is allowed again although the loss of the day has reached its limit. */
export const defineResetLossLatch: Define = (command, io, end) => {
  command
    .description(
      'Lets a symbol, or without --symbol the account, add again although the loss of its day has reached the limit.\n' +
        'It latches again when the loss grows; to trade on, raise the limit too. Without this it opens with the next day.',
    )
    .addOption(valueOption('--symbol <symbol>', 'what has latched; absent: the account', symbolSchema))
    .requiredOption('--reason <text>', 'why, in your words; kept in the journal', reasonOf);
  addExample(
    addChangeOptions(command),
    'reset-loss-latch --symbol TSLA --reason "hedged with options"',
    'reset-loss-latch --reason "capital added"',
  );
  command.action(async (options: ResetOptions) => {
    const { symbol = null, reason } = options;
    const code = await withWorkstation(io, options, async (client) => {
      const reset = { kind: 'reset-loss-latch', symbol, reason } as const;
      const ended = await giveCommand(io, client, options, reset, () => EXIT.done);
      if (ended === EXIT.done && options.json !== true)
        io.out(`Adding is allowed again in ${symbol ?? 'the account'}.\n`);
      return ended;
    });
    end(code);
  });
};

const reasonOf = (text: string): string => parsedAs('--reason', reasonSchema, text);
