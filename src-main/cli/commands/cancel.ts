import { CANCEL_NUMBERS_MAX, type Command } from '#domain/command';
import { symbolSchema } from '#domain/instrument';
import type { Define } from '#cli/define';
import { UsageError } from '#cli/exit-code';
import { giveCommand } from '#cli/give-command';
import { judgeCancellation } from '#cli/judges';
import { addExample, parsedOrderNumber, valueOption } from '#cli/options';
import { addOverrideOptions, overrideOf, type OverrideOptions } from '#cli/risk-options';
import { withWorkstation } from '#cli/workstation';

interface CancelOptions extends OverrideOptions {
  readonly waiting?: string;
}

/** `cancel`: orders by number, or the trailing stops of a symbol that wait for a price and have none. */
export const defineCancel: Define = (command, io, end) => {
  command
    .description('Cancels orders by number. A fill can still cross the cancel on its way.')
    .argument('[id...]', 'order numbers')
    .addOption(
      valueOption('--waiting <symbol>', 'the trailing stops that wait for their activation price', symbolSchema),
    );
  addExample(
    addOverrideOptions(command),
    'cancel 1051',
    'cancel 1051 1052 1053',
    'cancel --waiting AAPL',
    'cancel 1051 --override --reason "earnings after the bell"',
  );
  command.action(async (ids: readonly string[], options: CancelOptions) => {
    const cancel = commandOf(ids, options.waiting);
    const override = overrideOf(options);
    const code = await withWorkstation(io, options, (client) =>
      giveCommand(io, client, options, cancel, judgeCancellation, override),
    );
    end(code);
  });
};

function commandOf(ids: readonly string[], waiting: string | undefined): Command {
  if (waiting !== undefined) {
    if (ids.length > 0) throw new UsageError('--waiting: expected without order numbers; give one or the other');
    return { kind: 'drop-waiting-stops', symbol: waiting };
  }
  if (ids.length === 0) throw new UsageError('ID: missing; expected order numbers, or --waiting SYMBOL');
  if (ids.length > CANCEL_NUMBERS_MAX) {
    throw new UsageError(`ID: ${ids.length} numbers given, expected at most ${CANCEL_NUMBERS_MAX}`);
  }
  return { kind: 'cancel-orders', numbers: ids.map((id) => parsedOrderNumber(id)) };
}
