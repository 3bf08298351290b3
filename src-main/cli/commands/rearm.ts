import type { Define } from '#cli/define';
import { EXIT } from '#cli/exit-code';
import { giveCommand } from '#cli/give-command';
import { addChangeOptions, addExample, parsedOrderNumber, type ChangeOptions } from '#cli/options';
import { withWorkstation } from '#cli/workstation';

/** `rearm`: a suspended stop may move again. */
export const defineRearm: Define = (command, io, end) => {
  command
    .description(
      'Lets a suspended trailing stop move again, from where its order rests. Look at position and price first: it was\n' +
        'suspended because they jumped, or because its order was gone.',
    )
    .argument('<id>', 'the order number of the stop');
  addExample(addChangeOptions(command), 'rearm 1053');
  command.action(async (id: string, options: ChangeOptions) => {
    const number = parsedOrderNumber(id);
    const code = await withWorkstation(io, options, (client) =>
      giveCommand(io, client, options, { kind: 'rearm-stop', number }, () => EXIT.done),
    );
    end(code);
  });
};
