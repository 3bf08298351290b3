import { present } from '#domain/assert';
import type { GroupId } from '#domain/ids';
import { maxOf, type Quantity } from '#domain/money';
import type { OcoGroup } from '#domain/oco';
import type { OcoLegFill } from '#domain/oco-arithmetic';
import type { OrderRecord } from '#domain/order-record';
import type { Turn } from '#engine/turn';

/** One order of a group, as it stands. */
export interface OcoLegNow {
  readonly order: OrderRecord;
  /** What it was placed for. */
  readonly quantity: Quantity;
  /** What was last told of it as too much. */
  readonly excess: Quantity;
  readonly increment: Quantity;
}

/** The group of this id, as the step has it by now. */
export function ocoOf(turn: Turn, id: GroupId): OcoGroup {
  return present(turn.state.durable.ocoGroups.get(id), 'the OCO group');
}

/** The orders of a group in the order of their first fills, those without one last: the first to fill is the one that counts. */
export function legsByFill(turn: Turn, { legs }: OcoGroup): readonly OcoLegNow[] {
  return legs
    .map((leg) => {
      const order = turn.order(leg.order);
      const { sizeIncrement } = present(
        turn.state.durable.instruments.get(order.spec.conId),
        'the instrument of a leg',
      );
      return {
        order,
        quantity: leg.quantity,
        excess: leg.excess,
        increment: sizeIncrement,
        at: firstFill(turn, order),
      };
    })
    .sort((a, b) => a.at - b.at);
}

/** A leg with what its executions add up to. */
export const asExecuted = ({ order, quantity, increment }: OcoLegNow): OcoLegFill => ({
  quantity,
  filled: order.filled,
  increment,
});

/** A leg with the most that it may have filled: IBKR's word that it is filled counts where executions are not reported. */
export const asFilled = ({ order, quantity, increment }: OcoLegNow): OcoLegFill => ({
  quantity,
  filled: order.state.phase === 'filled' ? maxOf(order.filled, order.spec.quantity) : order.filled,
  increment,
});

/** `OCO 12, 13`. */
export function nameOf(turn: Turn, { legs }: OcoGroup): string {
  return `OCO ${legs.map(({ order }) => String(turn.order(order).number)).join(', ')}`;
}

/** What filled on a day that IBKR does not report any more was first of all; what has not filled comes last. */
function firstFill({ state: { durable } }: Turn, { id, state }: OrderRecord): number {
  const times = (durable.fillsByOrder.get(id) ?? []).map((fill) => present(durable.fills.get(fill), 'a fill').at);
  return Math.min(...times, state.phase === 'filled' && times.length === 0 ? 0 : Number.MAX_SAFE_INTEGER);
}
