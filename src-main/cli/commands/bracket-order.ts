import { Option, type Command } from 'commander';
import { bracketOrderRequestSchema, SCALE_OUT_LEVELS_MAX, type BracketOrderRequest } from '#domain/bracket';
import { symbolSchema } from '#domain/instrument';
import { enteredPriceSchema, enteredQuantitySchema, type Price, type Quantity } from '#domain/money';
import type { Side } from '#domain/order-spec';
import type { Define } from '#cli/define';
import { UsageError } from '#cli/exit-code';
import { giveRiskyCommand } from '#cli/give-risky-command';
import { judgePlacement } from '#cli/judges';
import { addExample, parsedAs, valueOption, wordOption, wrongValue } from '#cli/options';
import { addRiskOptions, type RiskyOptions } from '#cli/risk-options';
import { addTrailOptions, notBesideTrail, trailOf, type TrailOptions } from '#cli/trail-options';

type Level = BracketOrderRequest['levels'][number];

interface BracketOptions extends RiskyOptions, TrailOptions {
  readonly symbol: string;
  readonly quantity: Quantity;
  readonly stopLoss?: Price;
  readonly stopLimit?: Price;
  readonly takeProfit?: Price;
  readonly level?: readonly Level[];
  readonly side: Side;
  readonly entryType: 'MARKET' | 'LIMIT' | 'STOP';
  readonly entryLimit?: Price;
  readonly entryStop?: Price;
  readonly tif: 'DAY' | 'GTC';
}

/** `bracket-order`: an entry with its exits. */
export const defineBracketOrder: Define = (command, io, end) => {
  command.description(
    'Places an entry with a stop and a target, or with a target for each of several parts. --tif is that of the entry;\n' +
      'the exits are GTC, so that they protect the position until it is closed.',
  );
  addOptions(command);
  addExample(
    addRiskOptions(command),
    'bracket-order --symbol AAPL --quantity 10 --stop-loss 145 --take-profit 155',
    'bracket-order --symbol AAPL --quantity 10 --entry-type LIMIT --entry-limit 150 --stop-loss 145 --take-profit 155',
    'bracket-order --symbol AAPL --quantity 10 --entry-type STOP --entry-stop 152 --trail-percent 2 --take-profit 160',
    'bracket-order --symbol AAPL --quantity 10 --stop-loss 145 --level 5@155 --level 3@160 --level 2@170',
  );
  command.action(async (options: BracketOptions) => {
    const { symbol, side, quantity, takeProfit, tif, level: levels = [] } = options;
    if (takeProfit !== undefined && levels[0] !== undefined) {
      throw wrongValue('--take-profit', takeProfit, 'not beside --level, which names the targets');
    }
    const request = bracketOrderRequestSchema.parse({
      symbol,
      side,
      quantity,
      parent: entryOf(options),
      takeProfit: takeProfit === undefined ? null : { limit: takeProfit },
      stopLoss: stopLossOf(options),
      timeInForce: tif,
      exitTimeInForce: 'GTC',
      outsideRth: false,
      levels,
    });
    end(await giveRiskyCommand(io, options, { kind: 'place-bracket', request }, judgePlacement));
  });
};

function addOptions(command: Command): void {
  command
    .addOption(valueOption('--symbol <symbol>', 'what to trade', symbolSchema).makeOptionMandatory())
    .addOption(valueOption('--quantity <quantity>', 'how much', enteredQuantitySchema).makeOptionMandatory())
    .addOption(
      valueOption('--stop-loss <price>', 'trigger of the stop; of a trailing one where it starts', enteredPriceSchema),
    )
    .addOption(
      valueOption('--stop-limit <price>', 'a limit behind the stop: it may not fill at all', enteredPriceSchema),
    );
  addTrailOptions(command)
    .addOption(valueOption('--take-profit <price>', 'limit of the target', enteredPriceSchema))
    .addOption(
      new Option('--level <quantity@price>', 'a target for a part of the quantity; may be repeated').argParser(
        (text: string, before: readonly Level[] | undefined) => [
          ...(before ?? []),
          parsedLevel(text, before?.length ?? 0),
        ],
      ),
    )
    .addOption(wordOption('--side <side>', 'side of the entry', ['BUY', 'SELL']).default('BUY'))
    .addOption(wordOption('--entry-type <type>', 'type of the entry', ['MARKET', 'LIMIT', 'STOP']).default('MARKET'))
    .addOption(valueOption('--entry-limit <price>', 'limit price of a LIMIT entry', enteredPriceSchema))
    .addOption(valueOption('--entry-stop <price>', 'trigger price of a STOP entry', enteredPriceSchema))
    .addOption(wordOption('--tif <tif>', 'time in force of the entry', ['DAY', 'GTC']).default('DAY'));
}

function parsedLevel(text: string, levelsBefore: number): Level {
  const [quantity = '', limit = '', ...more] = text.split('@');
  if (quantity === '' || limit === '' || more.length > 0) {
    throw wrongValue('--level', text, 'expected a quantity and a price such as 5@155');
  }
  if (levelsBefore === SCALE_OUT_LEVELS_MAX) {
    throw wrongValue('--level', text, `expected at most ${SCALE_OUT_LEVELS_MAX} levels`);
  }
  return {
    quantity: parsedAs('--level', enteredQuantitySchema, quantity),
    limit: parsedAs('--level', enteredPriceSchema, limit),
  };
}

/** The stop as the engine wants it. @throws UsageError where it is missing or makes no sense. */
function stopLossOf(options: BracketOptions): BracketOrderRequest['stopLoss'] {
  const { stopLoss, stopLimit } = options;
  const trail = trailOf(options);
  if (trail !== null) {
    if (stopLimit === undefined) return { type: 'TRAIL', trail, stop: stopLoss ?? null };
    throw notBesideTrail('--stop-limit', stopLimit, trail);
  }
  if (stopLoss === undefined) {
    if (stopLimit !== undefined) throw wrongValue('--stop-limit', stopLimit, 'goes with --stop-loss, which is missing');
    throw new UsageError('--stop-loss: missing; a bracket needs a stop, e.g. --stop-loss 145 or --trail-percent 2');
  }
  return stopLimit === undefined
    ? { type: 'STP', stop: stopLoss }
    : { type: 'STP LMT', stop: stopLoss, limit: stopLimit };
}

/** The entry as the engine wants it. @throws UsageError for a price that is missing or out of place. */
function entryOf({ entryType, entryLimit, entryStop }: BracketOptions): BracketOrderRequest['parent'] {
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
