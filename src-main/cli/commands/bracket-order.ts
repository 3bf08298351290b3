import { bracketOrderRequestSchema } from '#domain/bracket';
import { symbolSchema } from '#domain/instrument';
import { enteredPriceSchema, enteredQuantitySchema, type Price, type Quantity } from '#domain/money';
import type { OrderTerms, Side } from '#domain/order-spec';
import type { Define } from '#cli/define';
import { UsageError } from '#cli/exit-code';
import { giveRiskyCommand, type RiskyOptions } from '#cli/give-risky-command';
import { judgePlacement } from '#cli/judges';
import { addChangeOptions, addExample, valueOption, wordOption } from '#cli/options';

interface BracketOptions extends RiskyOptions {
  readonly symbol: string;
  readonly quantity: Quantity;
  readonly stopLoss: Price;
  readonly takeProfit: Price;
  readonly side: Side;
  readonly entryType: 'MARKET' | 'LIMIT' | 'STOP';
  readonly entryLimit?: Price;
  readonly entryStop?: Price;
  readonly tif: 'DAY' | 'GTC';
}

/** `bracket-order`: an entry with its exits. */
export const defineBracketOrder: Define = (command, io, end) => {
  command
    .description(
      'Places an entry with a stop-loss and a target. --tif is that of the entry; the exits are GTC, so that they ' +
        'protect the position until it is closed.',
    )
    .addOption(valueOption('--symbol <symbol>', 'what to trade', symbolSchema).makeOptionMandatory())
    .addOption(valueOption('--quantity <quantity>', 'how much', enteredQuantitySchema).makeOptionMandatory())
    .addOption(valueOption('--stop-loss <price>', 'trigger of the stop', enteredPriceSchema).makeOptionMandatory())
    .addOption(valueOption('--take-profit <price>', 'limit of the target', enteredPriceSchema).makeOptionMandatory())
    .addOption(wordOption('--side <side>', 'side of the entry', ['BUY', 'SELL']).default('BUY'))
    .addOption(wordOption('--entry-type <type>', 'type of the entry', ['MARKET', 'LIMIT', 'STOP']).default('MARKET'))
    .addOption(valueOption('--entry-limit <price>', 'limit price of a LIMIT entry', enteredPriceSchema))
    .addOption(valueOption('--entry-stop <price>', 'trigger price of a STOP entry', enteredPriceSchema))
    .addOption(wordOption('--tif <tif>', 'time in force of the entry', ['DAY', 'GTC']).default('DAY'))
    .option('--preview', 'show the risk decision, send nothing');
  addExample(
    addChangeOptions(command),
    'bracket-order --symbol AAPL --quantity 10 --stop-loss 145 --take-profit 155',
    'bracket-order --symbol AAPL --quantity 10 --entry-type LIMIT --entry-limit 150 --stop-loss 145 --take-profit 155',
  );
  command.action(async (options: BracketOptions) => {
    const { symbol, side, quantity, stopLoss, takeProfit, tif } = options;
    const request = bracketOrderRequestSchema.parse({
      symbol,
      side,
      quantity,
      parent: entryOf(options),
      takeProfit: { limit: takeProfit },
      stopLoss: { stop: stopLoss },
      timeInForce: tif,
      exitTimeInForce: 'GTC',
      outsideRth: false,
    });
    end(await giveRiskyCommand(io, options, { kind: 'place-bracket', request }, judgePlacement));
  });
};

/** The entry as the engine wants it. @throws UsageError for a price that is missing or out of place. */
function entryOf({ entryType, entryLimit, entryStop }: BracketOptions): OrderTerms {
  if (entryType !== 'LIMIT' && entryLimit !== undefined) {
    throw new UsageError(`--entry-limit "${entryLimit}": only an entry of --entry-type LIMIT has one`);
  }
  if (entryType !== 'STOP' && entryStop !== undefined) {
    throw new UsageError(`--entry-stop "${entryStop}": only an entry of --entry-type STOP has one`);
  }
  if (entryType === 'MARKET') return { type: 'MKT' };
  if (entryType === 'LIMIT') {
    if (entryLimit === undefined) throw new UsageError('--entry-limit: missing; a LIMIT entry needs one');
    return { type: 'LMT', limit: entryLimit };
  }
  if (entryStop === undefined) throw new UsageError('--entry-stop: missing; a STOP entry needs one');
  return { type: 'STP', stop: entryStop };
}
