import { modifyRequestSchema } from '#domain/command';
import { enteredPriceSchema, enteredQuantitySchema, type Price, type Quantity } from '#domain/money';
import type { Define } from '#cli/define';
import { UsageError } from '#cli/exit-code';
import { giveRiskyCommand } from '#cli/give-risky-command';
import { judgeModification } from '#cli/judges';
import { addExample, parsedOrderNumber, valueOption } from '#cli/options';
import { addRiskOptions, type RiskyOptions } from '#cli/risk-options';

interface ModifyOptions extends RiskyOptions {
  readonly limit?: Price;
  readonly stop?: Price;
  readonly quantity?: Quantity;
}

/** `modify`: other prices or another quantity for a live order. */
export const defineModify: Define = (command, io, end) => {
  command
    .description('Changes a live order. Until the broker confirms, the old order is what is live.')
    .argument('<id>', 'the order number')
    .addOption(valueOption('--limit <price>', 'new limit price', enteredPriceSchema))
    .addOption(valueOption('--stop <price>', 'new trigger price', enteredPriceSchema))
    .addOption(
      valueOption('--quantity <quantity>', 'new total quantity, what is filled included', enteredQuantitySchema),
    );
  addExample(addRiskOptions(command), 'modify 1053 --stop 161.50');
  command.action(async (id: string, options: ModifyOptions) => {
    const { limit = null, stop = null, quantity = null } = options;
    if (limit === null && stop === null && quantity === null) {
      throw new UsageError('--limit, --stop, --quantity: missing; say what to change');
    }
    const request = modifyRequestSchema.parse({
      number: parsedOrderNumber(id),
      limit,
      stop,
      quantity,
      timeInForce: null,
    });
    end(await giveRiskyCommand(io, options, { kind: 'modify-order', request }, judgeModification));
  });
};
