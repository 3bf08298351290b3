import { isReady } from '#domain/connection-state';
import { describeCustody } from '#domain/group-words';
import { isLive, type OrderRecord } from '#domain/order-record';
import { isStopType } from '#domain/order-spec';
import { withReason } from '#domain/order-words';
import type { WorkstationState } from '#domain/workstation-state';

/** Who moves, reduces or cancels an order when the market or a fill asks for it. */
export interface Custody {
  readonly by: 'IBKR' | 'app';
  /** The label, as it stands everywhere: `IBKR holds this`, `this app moves this`, `this app reduces this`. */
  readonly label: string;
  /** Why nobody does so now; null: all is well. */
  readonly atRisk: string | null;
}

/** The custody of a live stop or OCO order; null for an order that nothing has to happen to. */
export function orderCustodyOf(
  { connection, ocoGroups, protectiveStops }: Pick<WorkstationState, 'connection' | 'ocoGroups' | 'protectiveStops'>,
  order: OrderRecord,
): Custody | null {
  if (!isLive(order)) return null;
  const { group } = order;
  const linkDown = isReady(connection) ? null : `the link is ${connection.phase}`;
  const oco = group?.role === 'oco' ? ocoGroups.get(group.id) : undefined;
  if (oco?.custody === 'managed') return { by: 'app', label: 'this app reduces this', atRisk: linkDown };
  const stop = group?.role === 'protective-stop' ? protectiveStops.get(group.id) : undefined;
  if (stop?.plan.kind === 'managed') {
    const { state, plan } = stop;
    const suspended = state.phase === 'suspended' ? withReason('suspended', state.why) : null;
    return { by: 'app', label: describeCustody(plan), atRisk: suspended ?? linkDown };
  }
  if (oco === undefined && !isStopType(order.spec.terms)) return null;
  return { by: 'IBKR', label: 'IBKR holds this', atRisk: null };
}
