import { CANCEL_NUMBERS_MAX } from '#domain/command';
import type { Define } from '#cli/define';
import { UsageError } from '#cli/exit-code';
import { giveCommand } from '#cli/give-command';
import { judgeCancellation } from '#cli/judges';
import { addChangeOptions, addExample, parsedOrderNumber, type ChangeOptions } from '#cli/options';
import { withWorkstation } from '#cli/workstation';

/** `cancel`: orders by number. */
export const defineCancel: Define = (command, io, end) => {
  command
    .description('Cancels orders by number. A fill can still cross the cancel on its way.')
    .argument('<id...>', 'order numbers');
  addExample(addChangeOptions(command), 'cancel 1051', 'cancel 1051 1052 1053');
  command.action(async (ids: readonly string[], options: ChangeOptions) => {
    const numbers = ids.map((id) => parsedOrderNumber(id));
    if (numbers.length > CANCEL_NUMBERS_MAX) {
      throw new UsageError(`ID: ${numbers.length} numbers given, expected at most ${CANCEL_NUMBERS_MAX}`);
    }
    const code = await withWorkstation(io, options, (client) =>
      giveCommand(io, client, options, { kind: 'cancel-orders', numbers }, judgeCancellation),
    );
    end(code);
  });
};
