import type { FeedStart } from '#domain/feed';
import type { OrderNumber } from '#domain/ids';
import { isLive, type OrderRecord } from '#domain/order-record';
import { restoreState } from '#domain/state-snapshot';
import type { CliIo } from '#cli/cli-io';
import { Option } from 'commander';
import type { Define } from '#cli/define';
import { describeQuality, orderDocument } from '#cli/documents';
import { EXIT, UsageError, type ExitCode } from '#cli/exit-code';
import { json } from '#cli/format';
import { lineOf } from '#cli/give-command';
import { addCommonOptions, addExample, parsedOrderNumber, type CommonOptions } from '#cli/options';
import { orderTable, waitingStops, type OrderTableSources } from '#cli/order-table';
import { stopMovesTable } from '#cli/stop-moves';
import { reportFailure, withWorkstation } from '#cli/workstation';

interface OrdersOptions extends CommonOptions {
  readonly all?: true;
  readonly history?: OrderNumber;
}

/** `orders`: the live ones, or all, or where the stop of one has stood. */
export const defineOrders: Define = (command, io, end) => {
  command
    .description(
      'Lists the orders that may still fill: those by themselves first, then brackets, OCO groups and protective stops,\n' +
        'each under its heading. "To market" is how far the price it waits for is from the market.',
    )
    .option('--all', 'finished, denied and rejected ones too')
    .addOption(
      new Option('--history <id>', 'instead: where the stop of this order has stood').argParser((text) =>
        parsedOrderNumber(text, '--history'),
      ),
    );
  addExample(addCommonOptions(command), 'orders --all', 'orders --history 1053');
  command.action(async (options: OrdersOptions) => {
    const { all, history } = options;
    if (all === true && history !== undefined) {
      throw new UsageError(`--all: not beside --history "${history}", which is of one order`);
    }
    const code = await withWorkstation(io, options, async (client) => {
      const start = await client.feed.start();
      if (!start.ok) return reportFailure(io, start.error);
      const sources = sourcesOf(start.value);
      if (history !== undefined) return showHistory(io, options, history, sources);
      showOrders(io, options, sources);
      return EXIT.done;
    });
    end(code);
  });
};

function sourcesOf({ snapshot, conflated: { quotes, now } }: FeedStart): OrderTableSources {
  return { state: restoreState(snapshot), quotes: new Map(quotes.map((quote) => [quote.conId, quote])), now };
}

function showOrders(io: CliIo, { all, json: asJson }: OrdersOptions, sources: OrderTableSources): void {
  const { state, quotes } = sources;
  const orders = [...state.orders.values()].filter((order) => all === true || isLive(order));
  if (asJson === true) {
    io.out(json(orders.map((order) => orderDocument(order, state, quotes.get(order.spec.conId)))));
    return;
  }
  if (orders.length === 0) io.out(all === true ? 'No orders.\n' : 'No live orders.\n');
  else io.out(orderTable(orders, sources, io.colour));
  for (const stop of waitingStops(state)) io.out(`${stop}\n`);
  for (const note of notesOn(orders, sources)) io.out(`${note}\n`);
}

/** Which distances are not from prices of now. */
function notesOn(orders: readonly OrderRecord[], { quotes }: OrderTableSources): readonly string[] {
  const live = new Set(orders.filter(isLive).map(({ spec }) => spec.conId));
  return [...live].flatMap((conId) => {
    const quote = quotes.get(conId);
    const quality = quote === undefined ? null : describeQuality(quote);
    return quote === undefined || quality === null ? [] : [`${quote.symbol}: market data is ${quality}.`];
  });
}

function showHistory(
  io: CliIo,
  options: OrdersOptions,
  number: OrderNumber,
  { state, quotes }: OrderTableSources,
): ExitCode {
  const id = state.orderByNumber.get(number);
  const order = id === undefined ? undefined : state.orders.get(id);
  if (order === undefined) {
    io.err(`There is no order ${number}.\n`);
    return EXIT.denied;
  }
  const moves = state.stopMoves.get(order.id) ?? [];
  if (options.json === true) io.out(json({ ...orderDocument(order, state, quotes.get(order.spec.conId)), moves }));
  else {
    io.out(`${lineOf(order)}\n`);
    io.out(moves.length === 0 ? 'Its stop has not moved.\n' : stopMovesTable(io, moves));
  }
  return EXIT.done;
}
