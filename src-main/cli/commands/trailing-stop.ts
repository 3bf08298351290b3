import { symbolSchema } from '#domain/instrument';
import { enteredPriceSchema, enteredQuantitySchema, type Price, type Quantity } from '#domain/money';
import { triggerSourceSchema, type Side, type TriggerSource } from '#domain/order-spec';
import { modeOf, trailingModeSchema, trailingStopConfigSchema, type TrailingMode } from '#domain/trailing-stop';
import type { Define } from '#cli/define';
import { UsageError } from '#cli/exit-code';
import { giveRiskyCommand } from '#cli/give-risky-command';
import { judgePlacement } from '#cli/judges';
import { addExample, valueOption, wordOption, wrongValue } from '#cli/options';
import { addRiskOptions, type RiskyOptions } from '#cli/risk-options';
import { addTrailOptions, trailOf, type TrailOptions } from '#cli/trail-options';

interface TrailingStopOptions extends RiskyOptions, TrailOptions {
  readonly symbol: string;
  readonly quantity: Quantity;
  readonly side: Side;
  readonly activationPrice?: Price;
  readonly initialStop?: Price;
  readonly triggerOn: TriggerSource;
  readonly mode?: TrailingMode;
  readonly outsideRth?: true;
}

/** `trailing-stop`: a stop that follows the market. */
export const defineTrailingStop: Define = (command, io, end) => {
  command
    .description(
      'Places a stop that follows the market: SELL protects a long position, BUY a short one. It is GTC, and never larger\n' +
        'than what is held. IBKR moves it (native), or this app does (managed): without --mode IBKR does where it can.',
    )
    .addOption(valueOption('--symbol <symbol>', 'what is held', symbolSchema).makeOptionMandatory())
    .addOption(
      valueOption('--quantity <quantity>', 'how much of it to protect', enteredQuantitySchema).makeOptionMandatory(),
    );
  addTrailOptions(command)
    .addOption(wordOption('--side <side>', 'side of the stop', ['SELL', 'BUY']).default('SELL'))
    .addOption(
      valueOption('--activation-price <price>', 'only trails once the market has touched it', enteredPriceSchema),
    )
    .addOption(valueOption('--initial-stop <price>', 'where the stop rests before it trails', enteredPriceSchema))
    .addOption(
      wordOption('--trigger-on <price>', 'which price moves and triggers it', triggerSourceSchema.options).default(
        'last',
      ),
    )
    .addOption(wordOption('--mode <mode>', 'who moves it', trailingModeSchema.options))
    .option('--outside-rth', 'also outside regular trading hours');
  addExample(
    addRiskOptions(command),
    'trailing-stop --symbol AAPL --quantity 10 --trail-percent 2.0',
    'trailing-stop --symbol AAPL --quantity 10 --trail-amount 3 --activation-price 160 --initial-stop 145',
    'trailing-stop --symbol TSLA --side BUY --quantity 5 --trail-amount 4 --mode managed --trigger-on bidAsk',
  );
  command.action(async (options: TrailingStopOptions) => {
    const { symbol, side, quantity, activationPrice = null, initialStop = null, triggerOn, mode } = options;
    const trail = trailOf(options);
    if (trail === null) {
      throw new UsageError(
        '--trail-percent, --trail-amount: missing; a trailing stop needs one, e.g. --trail-percent 2',
      );
    }
    const request = trailingStopConfigSchema.parse({
      symbol,
      side,
      quantity,
      trail,
      activationPrice,
      initialStopPrice: initialStop,
      triggerOn,
      mode: mode ?? null,
      outsideRth: options.outsideRth === true,
    });
    if (mode === 'native' && modeOf({ ...request, mode: null }) === 'managed') {
      throw wrongValue(
        '--mode',
        mode,
        'IBKR only activates a trail of an amount with an initial stop: expected --trail-amount and --initial-stop, or managed',
      );
    }
    end(await giveRiskyCommand(io, options, { kind: 'place-trailing-stop', request }, judgePlacement));
  });
};
