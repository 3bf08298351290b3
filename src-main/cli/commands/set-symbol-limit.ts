import type { WorkstationClient } from '#api/client';
import type { LimitChange } from '#domain/command';
import { formatLimit } from '#domain/format';
import { symbolSchema } from '#domain/instrument';
import { enteredMoneySchema, enteredQuantitySchema, type Money, type Quantity } from '#domain/money';
import { effectiveLimits, type EffectiveLimit } from '#domain/symbol-limits';
import type { Judge } from '#cli/carry-out';
import type { CliIo } from '#cli/cli-io';
import type { Define } from '#cli/define';
import { EXIT, UsageError } from '#cli/exit-code';
import { giveCommand } from '#cli/give-command';
import { addChangeOptions, addExample, notBeside, valueOption, type ChangeOptions } from '#cli/options';
import { withWorkstation } from '#cli/workstation';

interface SetSymbolLimitOptions extends ChangeOptions {
  readonly symbol?: string;
  readonly maxPosition?: Quantity;
  readonly maxOrderExposure?: Money;
  readonly maxLoss?: Money;
  readonly maxCorrelationExposure?: Money;
  readonly remove?: true;
}

/** It names no order: the reply is all there is to wait for. */
const answeredAtOnce: Judge = () => EXIT.done;

/** `set-symbol-limit`: limits of one symbol, kept in symbol_limits.json. */
export const defineSetSymbolLimit: Define = (command, io, end) => {
  command
    .description(
      'Sets limits of one symbol, in force at once and kept in symbol_limits.json. What is not named stays as it is. A\n' +
        "symbol's limit is stricter than the global one of settings.json, never looser. Amounts are in the account's currency.",
    )
    .addOption(valueOption('--symbol <symbol>', 'e.g. AAPL', symbolSchema))
    .addOption(valueOption('--max-position <units>', 'largest position, long or short', enteredQuantitySchema))
    .addOption(valueOption('--max-order-exposure <amount>', 'largest value of one order', enteredMoneySchema))
    .addOption(
      valueOption('--max-loss <amount>', 'loss of a day from which only reducing is allowed', enteredMoneySchema),
    )
    .addOption(
      valueOption(
        '--max-correlation-exposure <amount>',
        'largest exposure together with what is correlated to it',
        enteredMoneySchema,
      ),
    )
    .option('--remove', "takes all of the symbol's own limits away");
  addExample(
    addChangeOptions(command),
    'set-symbol-limit --symbol AAPL --max-position 50 --max-loss 200',
    'set-symbol-limit --symbol AAPL --remove',
  );
  command.action(async (options: SetSymbolLimitOptions) => {
    const { symbol } = options;
    if (symbol === undefined) throw new UsageError('--symbol: missing; say which, e.g. --symbol AAPL');
    const change = changeOf(options);
    const code = await withWorkstation(io, options, async (client) => {
      const ended = await giveCommand(
        io,
        client,
        options,
        { kind: 'set-symbol-limit', symbol, change },
        answeredAtOnce,
      );
      if (ended === EXIT.done && options.json !== true) await showInForce(io, client, symbol);
      return ended;
    });
    end(code);
  });
};

/** What is to change; null: all of it goes. */
function changeOf(options: SetSymbolLimitOptions): LimitChange | null {
  const named = [
    ['--max-position', options.maxPosition],
    ['--max-order-exposure', options.maxOrderExposure],
    ['--max-loss', options.maxLoss],
    ['--max-correlation-exposure', options.maxCorrelationExposure],
  ].flatMap(([flag, value]) => (flag === undefined || value === undefined ? [] : [{ flag, value }]));
  const [first] = named;
  if (options.remove === true) {
    if (first !== undefined) throw notBeside(first.flag, first.value, '--remove', 'all');
    return null;
  }
  if (first === undefined) {
    throw new UsageError('--max-position, --max-loss, …: missing; name a limit, e.g. --max-position 50, or --remove');
  }
  return {
    maxPositionSize: options.maxPosition ?? null,
    maxOrderExposure: options.maxOrderExposure ?? null,
    maxDailyLoss: options.maxLoss ?? null,
    maxCorrelationExposure: options.maxCorrelationExposure ?? null,
  };
}

async function showInForce(io: CliIo, client: WorkstationClient, symbol: string): Promise<void> {
  const start = await client.feed.start();
  if (!start.ok) return;
  const { symbolLimits, defaultLimits, settings } = start.value.snapshot;
  const table = { symbols: new Map(symbolLimits), defaults: defaultLimits };
  const limits = effectiveLimits(table, settings.risk, symbol);
  const words = ({ value, source }: EffectiveLimit<Quantity | Money>): string => `${formatLimit(value)} (${source})`;
  io.out(
    `${symbol}: position ${words(limits.positionSize)}, order exposure ${words(limits.orderExposure)}, ` +
      `daily loss ${words(limits.dailyLoss)}, correlation exposure ${words(limits.correlationExposure)}\n`,
  );
}
