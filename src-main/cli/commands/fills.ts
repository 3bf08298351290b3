import type { Fill } from '#domain/fill';
import { formatDateTime, formatCash, formatPrice, formatQuantity, NOT_KNOWN } from '#domain/format';
import type { OrderNumber } from '#domain/ids';
import type { Define } from '#cli/define';
import { fillDocument } from '#cli/documents';
import { EXIT } from '#cli/exit-code';
import { json, plain, sideCell, table, type Cell, type Column } from '#cli/format';
import { addCommonOptions, addExample, type CommonOptions } from '#cli/options';
import { reportFailure, withWorkstation } from '#cli/workstation';

const COLUMNS: readonly Column[] = [
  { title: 'Time', align: 'left' },
  { title: 'Order', align: 'right' },
  { title: 'Symbol', align: 'left' },
  { title: 'Side', align: 'left' },
  { title: 'Quantity', align: 'right' },
  { title: 'Price', align: 'right' },
  { title: 'Commission', align: 'right' },
  { title: 'Exchange', align: 'left' },
];

/** `fills`: executions, oldest first. */
export const defineFills: Define = (command, io, end) => {
  addExample(addCommonOptions(command.description('Lists executions, oldest first.')), 'fills');
  command.action(async (options: CommonOptions) => {
    const code = await withWorkstation(io, options, async (client) => {
      const start = await client.feed.start();
      if (!start.ok) return reportFailure(io, start.error);
      const { snapshot } = start.value;
      const numbers = new Map(snapshot.orders.map(({ id, number }) => [id, number]));
      const fills = snapshot.fills.map((fill) => ({
        fill,
        number: fill.orderId === null ? null : (numbers.get(fill.orderId) ?? null),
      }));
      if (options.json === true) io.out(json(fills.map(({ fill, number }) => fillDocument(fill, number))));
      else if (fills.length === 0) io.out('No fills.\n');
      else {
        const rows = fills.map(({ fill, number }) => rowOf(fill, number, io.timeZone));
        io.out(table(COLUMNS, rows, io.colour));
      }
      return EXIT.done;
    });
    end(code);
  });
};

function rowOf(fill: Fill, number: OrderNumber | null, timeZone: string): readonly Cell[] {
  const { commission } = fill;
  return [
    plain(formatDateTime(fill.at, timeZone)),
    plain(number === null ? NOT_KNOWN : String(number)),
    plain(fill.symbol),
    sideCell(fill.side),
    plain(formatQuantity(fill.quantity)),
    plain(formatPrice(fill.price)),
    plain(commission === null ? NOT_KNOWN : formatCash(commission.amount, commission.currency)),
    plain(fill.exchange),
  ];
}
