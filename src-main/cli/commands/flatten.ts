import { formatQuantity, formatSignedQuantity } from '#domain/format';
import { isNegative, isZero, magnitudeOf } from '#domain/money';
import { isLive, isProtectiveExit, type OrderRecord } from '#domain/order-record';
import type { PositionRecord } from '#domain/position';
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

/** What would be closed, cancelled and left, each on a line; null: nothing. */
function listOf({ positions, orders, instruments }: StateSnapshot): string | null {
  const held = positions.filter(({ quantity }) => !isZero(quantity));
  const types = new Map(instruments.map(({ conId, securityType }) => [conId, securityType]));
  const isTraded = ({ conId }: PositionRecord): boolean => types.get(conId) === 'STK';
  const closes = held.filter(isTraded).map(({ symbol, quantity }) => {
    const side = isNegative(quantity) ? 'BUY' : 'SELL';
    return `${side} ${formatQuantity(magnitudeOf(quantity))} ${symbol}`;
  });
  const left = held.filter((each) => !isTraded(each));
  const sections = [
    section(`Closes ${counted(closes.length, 'position')} at the market:`, closes),
    section(`Cancels what could open one:`, orders.filter((each) => isCancelled(each, held)).map(lineOf)),
    section(
      'Leaves what can not be traded here; close it in TWS:',
      left.map(({ symbol, quantity }) => `${formatSignedQuantity(quantity)} ${symbol}`),
    ),
  ];
  const listed = sections.join('');
  return listed === '' ? null : listed;
}

const section = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `${title}\n${lines.map((line) => `  ${line}\n`).join('')}`;

/** Our own orders are, apart from those that protect, and those that close at the market already. */
function isCancelled(order: OrderRecord, held: readonly PositionRecord[]): boolean {
  if (!isLive(order) || order.origin === 'external' || isProtectiveExit(order)) return false;
  const { conId, side, terms } = order.spec;
  const position = held.find((each) => each.conId === conId);
  const closes = position !== undefined && side === (isNegative(position.quantity) ? 'BUY' : 'SELL');
  return !(closes && terms.type === 'MKT');
}
