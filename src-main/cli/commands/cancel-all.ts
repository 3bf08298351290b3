import { describeProtectiveStop } from '#domain/group-words';
import { symbolSchema } from '#domain/instrument';
import { isLive, type OrderRecord } from '#domain/order-record';
import { isStopType } from '#domain/order-spec';
import { counted } from '#domain/session-words';
import { isWaiting, type ProtectiveStop } from '#domain/trailing-stop';
import type { Define } from '#cli/define';
import { EXIT, UsageError } from '#cli/exit-code';
import { giveCommand, lineOf } from '#cli/give-command';
import { judgeCancellation } from '#cli/judges';
import { addExample, isYes, valueOption } from '#cli/options';
import { addOverrideOptions, overrideOf, type OverrideOptions } from '#cli/risk-options';
import { reportFailure, withWorkstation } from '#cli/workstation';

interface CancelAllOptions extends OverrideOptions {
  readonly symbol?: string;
  readonly keepStops?: true;
  readonly yes?: true;
}

/** `cancel-all`: every live order of ours, after a question. */
export const defineCancelAll: Define = (command, io, end) => {
  command
    .description('Cancels every live order of this workstation. Asks first; without a terminal it wants --yes.')
    .addOption(valueOption('--symbol <symbol>', 'only orders of this symbol', symbolSchema))
    .option('--keep-stops', 'leave the stops that protect positions')
    .option('--yes', 'do not ask');
  addExample(addOverrideOptions(command), 'cancel-all --symbol AAPL --keep-stops');
  command.action(async (options: CancelAllOptions) => {
    const override = overrideOf(options);
    const { symbol = null, keepStops = false, yes = false } = options;
    if (!yes && !io.interactive) throw new UsageError('--yes: missing; there is no terminal to ask on');
    const code = await withWorkstation(io, options, async (client) => {
      if (!yes) {
        const start = await client.feed.start();
        if (!start.ok) return reportFailure(io, start.error);
        const { orders, protectiveStops } = start.value.snapshot;
        const isMeant = (of: { readonly symbol: string }): boolean => symbol === null || of.symbol === symbol;
        const live = orders.filter((order) => isLive(order) && order.origin !== 'external' && isMeant(order.spec));
        const waiting = keepStops ? [] : protectiveStops.filter((stop) => isWaiting(stop) && isMeant(stop));
        if (live.length + waiting.length === 0) {
          io.err('There is no live order to cancel.\n');
          return EXIT.denied;
        }
        if (!isYes(await io.ask(questionOf(live, waiting, keepStops)))) {
          io.err('Nothing was cancelled.\n');
          return EXIT.denied;
        }
      }
      return giveCommand(io, client, options, { kind: 'cancel-all', symbol, keepStops }, judgeCancellation, override);
    });
    end(code);
  });
};

/** What would be cancelled, order by order, the stops by themselves. */
function questionOf(live: readonly OrderRecord[], waiting: readonly ProtectiveStop[], keepStops: boolean): string {
  const stops = live.filter((order) => isStopType(order.spec.terms));
  const others = live.filter((order) => !isStopType(order.spec.terms));
  const list = (orders: readonly OrderRecord[]): string => orders.map((order) => `  ${lineOf(order)}\n`).join('');
  const spared = keepStops ? 'those that protect a position are kept' : 'their protection ends';
  const named = stops.length === 0 ? '' : `${counted(stops.length, 'stop')}, ${spared}:\n${list(stops)}`;
  const given = waiting.map((stop) => `  ${describeProtectiveStop(stop)}\n`).join('');
  const alsoGiven = waiting.length === 0 ? '' : `${counted(waiting.length, 'stop')} that waits for a price:\n${given}`;
  return `${counted(others.length, 'order')} apart from stops:\n${list(others)}${named}${alsoGiven}Cancel all of these? [y/N] `;
}
