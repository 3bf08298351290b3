import { isLive, type OrderRecord } from '#domain/order-record';
import type { WorkstationState } from '#domain/workstation-state';
import { isStopToKeep } from '#renderer/stores/selectors';

/** What "cancel all" would touch, by what an order is for. */
export interface CancelGroups {
  readonly entries: readonly OrderRecord[];
  readonly targets: readonly OrderRecord[];
  readonly stops: readonly OrderRecord[];
  /** Cancelled already, not confirmed yet. */
  readonly cancelling: readonly OrderRecord[];
  /** Of other IBKR clients: cancel all leaves them alone. */
  readonly external: readonly OrderRecord[];
}

/** Every live order of the account, or of one symbol, in exactly one group. */
export function cancelGroupsOf(state: WorkstationState, symbol: string | null): CancelGroups {
  const groups: Record<keyof CancelGroups, OrderRecord[]> = {
    entries: [],
    targets: [],
    stops: [],
    cancelling: [],
    external: [],
  };
  for (const order of state.orders.values()) {
    if (!isLive(order) || (symbol !== null && order.spec.symbol !== symbol)) continue;
    if (order.state.phase === 'cancelling') groups.cancelling.push(order);
    else if (order.origin === 'external') groups.external.push(order);
    else if (isStopToKeep(state, order)) groups.stops.push(order);
    else if (order.group?.role === 'take-profit') groups.targets.push(order);
    else groups.entries.push(order);
  }
  return groups;
}
