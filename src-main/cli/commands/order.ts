import { singleOrderRequestSchema } from '#domain/command';
import { symbolSchema } from '#domain/instrument';
import { enteredPriceSchema, enteredQuantitySchema, type Price, type Quantity } from '#domain/money';
import { placeableTimeInForceSchema, type OrderTerms, type Side } from '#domain/order-spec';
import type { Define } from '#cli/define';
import { UsageError } from '#cli/exit-code';
import { giveRiskyCommand, type RiskyOptions } from '#cli/give-risky-command';
import { judgePlacement } from '#cli/judges';
import { addChangeOptions, addExample, valueOption, wordOption } from '#cli/options';

interface OrderOptions extends RiskyOptions {
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: Quantity;
  readonly type: 'MKT' | 'LMT' | 'STP';
  readonly limit?: Price;
  readonly stop?: Price;
  readonly tif: 'DAY' | 'GTC' | 'IOC';
  readonly outsideRth?: true;
}

/** `order`: a single order. */
export const defineOrder: Define = (command, io, end) => {
  command
    .description("Places a single order and waits for the broker's first answer.")
    .addOption(valueOption('--symbol <symbol>', 'what to trade', symbolSchema).makeOptionMandatory())
    .addOption(wordOption('--side <side>', 'which way', ['BUY', 'SELL']).makeOptionMandatory())
    .addOption(valueOption('--quantity <quantity>', 'how much', enteredQuantitySchema).makeOptionMandatory())
    .addOption(wordOption('--type <type>', 'order type', ['MKT', 'LMT', 'STP']).makeOptionMandatory())
    .addOption(valueOption('--limit <price>', 'limit price of LMT', enteredPriceSchema))
    .addOption(valueOption('--stop <price>', 'trigger price of STP', enteredPriceSchema))
    .addOption(wordOption('--tif <tif>', 'time in force', placeableTimeInForceSchema.options).default('DAY'))
    .option('--outside-rth', 'also outside regular trading hours')
    .option('--preview', 'show the risk decision, send nothing');
  addExample(addChangeOptions(command), 'order --symbol AAPL --side BUY --quantity 10 --type LMT --limit 150');
  command.action(async (options: OrderOptions) => {
    const { symbol, side, quantity, tif, outsideRth } = options;
    const request = singleOrderRequestSchema.parse({
      symbol,
      side,
      quantity,
      terms: termsOf(options),
      timeInForce: tif,
      outsideRth: outsideRth === true,
    });
    end(await giveRiskyCommand(io, options, { kind: 'place-order', request }, judgePlacement));
  });
};

function termsOf({ type, limit, stop }: OrderOptions): OrderTerms {
  const unwanted = { MKT: { limit, stop }, LMT: { stop }, STP: { limit } }[type];
  for (const [name, price] of Object.entries(unwanted)) {
    if (price !== undefined) throw new UsageError(`--${name} "${price}": a ${type} order has none, leave it out`);
  }
  if (type === 'MKT') return { type };
  if (type === 'LMT') {
    if (limit === undefined) throw new UsageError('--limit: missing; an LMT order needs one, e.g. --limit 150');
    return { type, limit };
  }
  if (stop === undefined) throw new UsageError('--stop: missing; an STP order needs one, e.g. --stop 145');
  return { type, stop };
}
