import { singleOrderRequestSchema } from '#domain/command';
import { symbolSchema } from '#domain/instrument';
import { enteredPriceSchema, enteredQuantitySchema, type Price, type Quantity } from '#domain/money';
import { placeableTimeInForceSchema, type EnteredTerms, type Side } from '#domain/order-spec';
import type { Define } from '#cli/define';
import { UsageError } from '#cli/exit-code';
import { giveRiskyCommand } from '#cli/give-risky-command';
import { judgePlacement } from '#cli/judges';
import { addExample, valueOption, wordOption } from '#cli/options';
import { addRiskOptions, type RiskyOptions } from '#cli/risk-options';

interface OrderOptions extends RiskyOptions {
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: Quantity;
  readonly type: 'MKT' | 'LMT' | 'STP' | 'STP_LMT';
  readonly limit?: Price;
  readonly stop?: Price;
  readonly tif: 'DAY' | 'GTC' | 'IOC';
  readonly outsideRth?: true;
  readonly allowFlip?: true;
}

/** `order`: a single order. */
export const defineOrder: Define = (command, io, end) => {
  command
    .description("Places a single order and waits for the broker's first answer.")
    .addOption(valueOption('--symbol <symbol>', 'what to trade', symbolSchema).makeOptionMandatory())
    .addOption(wordOption('--side <side>', 'which way', ['BUY', 'SELL']).makeOptionMandatory())
    .addOption(valueOption('--quantity <quantity>', 'how much', enteredQuantitySchema).makeOptionMandatory())
    .addOption(wordOption('--type <type>', 'order type', ['MKT', 'LMT', 'STP', 'STP_LMT']).makeOptionMandatory())
    .addOption(valueOption('--limit <price>', 'limit price of LMT and STP_LMT', enteredPriceSchema))
    .addOption(valueOption('--stop <price>', 'trigger price of STP and STP_LMT', enteredPriceSchema))
    .addOption(wordOption('--tif <tif>', 'time in force', placeableTimeInForceSchema.options).default('DAY'))
    .option('--outside-rth', 'also outside regular trading hours')
    .option('--allow-flip', 'may turn a long position short, or a short one long');
  addExample(
    addRiskOptions(command),
    'order --symbol AAPL --side BUY --quantity 10 --type LMT --limit 150',
    'order --symbol AAPL --side BUY --quantity 10 --type STP_LMT --stop 152 --limit 152.50',
  );
  command.action(async (options: OrderOptions) => {
    const { symbol, side, quantity, tif, outsideRth, allowFlip } = options;
    const request = singleOrderRequestSchema.parse({
      symbol,
      side,
      quantity,
      terms: termsOf(options),
      timeInForce: tif,
      outsideRth: outsideRth === true,
      ...(allowFlip === true ? { allowFlip } : {}),
    });
    end(await giveRiskyCommand(io, options, { kind: 'place-order', request }, judgePlacement));
  });
};

/** The terms as the engine wants them. @throws UsageError for a price that is missing or out of place. */
function termsOf({ type, limit, stop }: OrderOptions): EnteredTerms {
  const needed = (name: 'limit' | 'stop', price: Price | undefined, example: string): Price => {
    if (price !== undefined) return price;
    throw new UsageError(`--${name}: missing; an ${type} order needs one, e.g. --${name} ${example}`);
  };
  const unwanted = { MKT: { limit, stop }, LMT: { stop }, STP: { limit }, STP_LMT: {} }[type];
  for (const [name, price] of Object.entries(unwanted)) {
    if (price !== undefined) throw new UsageError(`--${name} "${price}": a ${type} order has none, leave it out`);
  }
  switch (type) {
    case 'MKT':
      return { type };
    case 'LMT':
      return { type, limit: needed('limit', limit, '150') };
    case 'STP':
      return { type, stop: needed('stop', stop, '145') };
    case 'STP_LMT':
      return { type: 'STP LMT', stop: needed('stop', stop, '145'), limit: needed('limit', limit, '144.50') };
  }
}
