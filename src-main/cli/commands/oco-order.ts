import type { Command } from 'commander';
import { symbolSchema } from '#domain/instrument';
import { enteredPriceSchema, enteredQuantitySchema, type Price, type Quantity } from '#domain/money';
import {
  ocoOrderRequestSchema,
  ocoSharingSchema,
  onOverfillSchema,
  onPartialFillSchema,
  type OcoLeg,
  type OcoSharing,
  type OnOverfill,
  type OnPartialFill,
} from '#domain/oco';
import type { CliIo } from '#cli/cli-io';
import type { Define } from '#cli/define';
import { UsageError } from '#cli/exit-code';
import { giveRiskyCommand } from '#cli/give-risky-command';
import { judgePlacement } from '#cli/judges';
import { parseLegs } from '#cli/oco-legs';
import { addExample, notBeside, valueOption, wordOption, wrongValue } from '#cli/options';
import { addRiskOptions, type RiskyOptions } from '#cli/risk-options';

/** The legs in words: two or more of the prices, for one symbol and quantity. */
interface LegOptions {
  readonly symbol?: string;
  readonly quantity?: Quantity;
  readonly buyLimit?: Price;
  readonly buyStop?: Price;
  readonly sellLimit?: Price;
  readonly sellStop?: Price;
  readonly tif?: OcoLeg['timeInForce'];
  readonly outsideRth?: true;
}

interface OcoOptions extends RiskyOptions, LegOptions {
  readonly legs?: string;
  readonly onPartialFill: OnPartialFill;
  readonly sharing: OcoSharing;
  readonly onOverfill: OnOverfill;
}

/** `oco-order`: orders of which the fill of one cancels or reduces the others. */
export const defineOcoOrder: Define = (command, io, end) => {
  command.description(
    'Places two or more orders of which the fill of one cancels or reduces the others. Name at least two prices for one\n' +
      'symbol and quantity, or give a file of legs for different symbols, sides or quantities.',
  );
  addOptions(command);
  addExample(
    addRiskOptions(command),
    'oco-order --symbol AAPL --quantity 10 --buy-limit 140 --buy-stop 155',
    'oco-order --symbol AAPL --quantity 10 --sell-limit 160 --sell-stop 145 --on-partial-fill reduce',
    'oco-order --legs legs.json --on-overfill flatten-excess',
  );
  command.action(async (options: OcoOptions) => {
    const { onPartialFill, sharing, onOverfill, legs: file } = options;
    const legs = file === undefined ? legsOf(options) : await legsIn(io, file, options);
    const request = ocoOrderRequestSchema.parse({ legs, onPartialFill, sharing, onOverfill });
    end(await giveRiskyCommand(io, options, { kind: 'place-oco', request }, judgePlacement));
  });
};

function addOptions(command: Command): void {
  command
    .addOption(valueOption('--symbol <symbol>', 'what to trade', symbolSchema))
    .addOption(valueOption('--quantity <quantity>', 'how much each order is for', enteredQuantitySchema))
    .addOption(valueOption('--buy-limit <price>', 'buy at this price or lower', enteredPriceSchema))
    .addOption(valueOption('--buy-stop <price>', 'buy once the market rises to this price', enteredPriceSchema))
    .addOption(valueOption('--sell-limit <price>', 'sell at this price or higher', enteredPriceSchema))
    .addOption(valueOption('--sell-stop <price>', 'sell once the market falls to this price', enteredPriceSchema))
    .addOption(wordOption('--tif <tif>', 'time in force, DAY unless given', ['DAY', 'GTC']))
    .option('--outside-rth', 'also outside regular trading hours')
    .option('--legs <file>', 'the orders as a JSON file instead (docs/examples)')
    .addOption(
      wordOption(
        '--on-partial-fill <what>',
        'what a part fill does to the others',
        onPartialFillSchema.options,
      ).default('reduce'),
    )
    .addOption(
      wordOption('--sharing <how>', 'how unequal orders are reduced', ocoSharingSchema.options).default('proportional'),
    )
    .addOption(
      wordOption('--on-overfill <what>', 'when more filled than was wanted', onOverfillSchema.options).default('alert'),
    );
}

/** The legs in words. @throws UsageError where something is missing. */
function legsOf(options: LegOptions): readonly OcoLeg[] {
  const { symbol, quantity, buyLimit, buyStop, sellLimit, sellStop } = options;
  if (symbol === undefined) throw new UsageError('--symbol: missing; what to trade, or give --legs FILE');
  if (quantity === undefined) throw new UsageError('--quantity: missing; how much each order is for');
  const common = { symbol, quantity, timeInForce: options.tif ?? 'DAY', outsideRth: options.outsideRth === true };
  const limit = (side: OcoLeg['side'], price: Price | undefined): OcoLeg[] =>
    price === undefined ? [] : [{ ...common, side, terms: { type: 'LMT', limit: price } }];
  const stop = (side: OcoLeg['side'], price: Price | undefined): OcoLeg[] =>
    price === undefined ? [] : [{ ...common, side, terms: { type: 'STP', stop: price } }];
  const legs = [
    ...limit('BUY', buyLimit),
    ...stop('BUY', buyStop),
    ...limit('SELL', sellLimit),
    ...stop('SELL', sellStop),
  ];
  if (legs.length >= 2) return legs;
  throw new UsageError(
    `--buy-limit, --buy-stop, --sell-limit, --sell-stop: ${legs.length} given, expected at least two of them`,
  );
}

/** The legs of a file. @throws UsageError with what is wrong in it, or beside it. */
async function legsIn(io: CliIo, file: string, options: LegOptions): Promise<readonly OcoLeg[]> {
  const { symbol, quantity, buyLimit, buyStop, sellLimit, sellStop, tif, outsideRth } = options;
  const beside = {
    '--symbol': symbol,
    '--quantity': quantity,
    '--buy-limit': buyLimit,
    '--buy-stop': buyStop,
    '--sell-limit': sellLimit,
    '--sell-stop': sellStop,
    '--tif': tif,
    '--outside-rth': outsideRth,
  };
  for (const [name, value] of Object.entries(beside)) {
    if (value !== undefined) throw notBeside(name, String(value), '--legs', file);
  }
  const read = await io.readText(file);
  const legs = read.ok ? parseLegs(read.value) : read;
  if (legs.ok) return legs.value;
  throw wrongValue('--legs', file, legs.error);
}
