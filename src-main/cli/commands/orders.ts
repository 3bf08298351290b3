import { formatAge, formatPrice, formatQuantity } from '#domain/format';
import { isLive, stateTimeOf, type OrderRecord } from '#domain/order-record';
import { limitOf, stopOf, typeNameOf } from '#domain/order-spec';
import { describeStatus } from '#domain/order-words';
import type { Define } from '#cli/define';
import { orderDocument } from '#cli/documents';
import { EXIT } from '#cli/exit-code';
import { json, plain, sideCell, table, type Cell, type Column } from '#cli/format';
import { addCommonOptions, addExample, type CommonOptions } from '#cli/options';
import { reportFailure, withWorkstation } from '#cli/workstation';

const COLUMNS: readonly Column[] = [
  { title: 'ID', align: 'right' },
  { title: 'Symbol', align: 'left' },
  { title: 'Side', align: 'left' },
  { title: 'Filled/qty', align: 'right' },
  { title: 'Type', align: 'left' },
  { title: 'Limit', align: 'right' },
  { title: 'Stop', align: 'right' },
  { title: 'TIF', align: 'left' },
  { title: 'Status', align: 'left' },
  { title: 'Role', align: 'left' },
  { title: 'Source', align: 'left' },
  { title: 'Age', align: 'right' },
];

/** `orders`: the live ones, or all. */
export const defineOrders: Define = (command, io, end) => {
  command
    .description('Lists the orders that may still fill.')
    .option('--all', 'finished, denied and rejected ones too');
  addExample(addCommonOptions(command), 'orders --all');
  command.action(async (options: CommonOptions & { readonly all?: true }) => {
    const code = await withWorkstation(io, options, async (client) => {
      const start = await client.feed.start();
      if (!start.ok) return reportFailure(io, start.error);
      const { snapshot, conflated } = start.value;
      const orders = snapshot.orders.filter((order) => options.all === true || isLive(order));
      if (options.json === true) io.out(json(orders.map(orderDocument)));
      else if (orders.length === 0) io.out(options.all === true ? 'No orders.\n' : 'No live orders.\n');
      else {
        const rows = orders.map((order) => rowOf(order, conflated.now));
        io.out(table(COLUMNS, rows, io.colour));
      }
      return EXIT.done;
    });
    end(code);
  });
};

function rowOf(order: OrderRecord, now: number): readonly Cell[] {
  const { spec, state } = order;
  const limit = limitOf(spec.terms);
  const stop = stopOf(spec.terms);
  return [
    plain(String(order.number)),
    plain(spec.symbol),
    sideCell(spec.side),
    plain(`${formatQuantity(order.filled)}/${formatQuantity(spec.quantity)}`),
    plain(typeNameOf(spec.terms)),
    plain(limit === null ? '' : formatPrice(limit)),
    plain(stop === null ? '' : formatPrice(stop)),
    plain(spec.timeInForce),
    plain(describeStatus(state)),
    plain(order.group?.role ?? ''),
    plain(order.origin),
    plain(formatAge(now - stateTimeOf(order))),
  ];
}
