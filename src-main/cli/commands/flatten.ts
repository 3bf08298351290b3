import { formatQuantity } from '#domain/format';
import { isNegative, isZero, magnitudeOf } from '#domain/money';
import { isLive, isProtectiveExit } from '#domain/order-record';
import { counted } from '#domain/session-words';
import type { StateSnapshot } from '#domain/state-snapshot';
import type { Define } from '#cli/define';
import { EXIT, UsageError } from '#cli/exit-code';
import { giveCommand, lineOf } from '#cli/give-command';
import { judgeFlattening } from '#cli/judges';
import { addChangeOptions, addExample, isYes, type ChangeOptions } from '#cli/options';
import { reportFailure, withWorkstation } from '#cli/workstation';

interface FlattenOptions extends ChangeOptions {
  readonly yes?: true;
}

/** `flatten`: every position, after a question. */
export const defineFlatten: Define = (command, io, end) => {
  command
    .description(
      'Closes every position at the market and cancels the orders that could open one. Stops and targets stay until the\n' +
        'closing orders fill. Lists all of it and asks first; without a terminal it wants --yes.',
    )
    .option('--yes', 'do not ask');
  addExample(addChangeOptions(command), 'flatten', 'flatten --yes --timeout 30');
  command.action(async (options: FlattenOptions) => {
    const isSure = options.yes === true;
    if (!isSure && !io.interactive) throw new UsageError('--yes: missing; there is no terminal to ask on');
    const code = await withWorkstation(io, options, async (client) => {
      const start = await client.feed.start();
      if (!start.ok) return reportFailure(io, start.error);
      const listed = listOf(start.value.snapshot);
      if (isSure) {
        if (options.json !== true) io.out(listed ?? '');
      } else if (listed === null) {
        io.err('There is no position to close and no order to cancel.\n');
        return EXIT.denied;
      } else if (!isYes(await io.ask(`${listed}Flatten? [y/N] `))) {
        io.err('Nothing was closed.\n');
        return EXIT.denied;
      }
      return giveCommand(io, client, options, { kind: 'flatten' }, judgeFlattening);
    });
    end(code);
  });
};

/** What would be closed and cancelled, each on a line; null: nothing. */
function listOf({ positions, orders }: StateSnapshot): string | null {
  const held = positions.filter(({ quantity }) => !isZero(quantity));
  const opening = orders.filter((order) => isLive(order) && order.origin !== 'external' && !isProtectiveExit(order));
  if (held.length === 0 && opening.length === 0) return null;
  const closes = held.map(({ symbol, quantity }) => {
    const side = isNegative(quantity) ? 'BUY' : 'SELL';
    return `  ${side} ${formatQuantity(magnitudeOf(quantity))} ${symbol}\n`;
  });
  const cancels = opening.map((order) => `  ${lineOf(order)}\n`);
  const named = cancels.length === 0 ? '' : `Cancels ${counted(cancels.length, 'order')}:\n${cancels.join('')}`;
  return `Closes ${counted(closes.length, 'position')} at the market:\n${closes.join('')}${named}`;
}
