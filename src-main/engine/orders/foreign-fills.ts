import type { ConId, PermId } from '#domain/ids';
import {
  add,
  compare,
  isZero,
  leavesOf,
  magnitudeOf,
  maxOf,
  minOf,
  signedBy,
  ZERO_QUANTITY,
  type Quantity,
  type SignedQuantity,
} from '#domain/money';
import type { Side } from '#domain/order-spec';
import type { BrokerOrderKeys } from '#ports/broker-port';

/** The orders of others whose fills are remembered; the oldest is forgotten first. */
export const FOREIGN_ORDERS_MAX = 10_000;

interface ForeignOrder {
  readonly conId: ConId;
  readonly side: Side;
  readonly filled: Quantity;
  /** How much of it has explained a position already, by its executions or by an adjustment. */
  readonly used: Quantity;
}

/**
 * What IBKR shows as filled of orders that are not ours. It sends their executions only to their own client, so this is
 * the evidence that somebody else traded when a position moves without an execution.
 */
export class ForeignFills {
  readonly #orders = new Map<PermId, ForeignOrder>();

  /** Learns what has filled of a foreign order; IBKR's figure only grows. */
  learn({ permId }: Pick<BrokerOrderKeys, 'permId'>, conId: ConId, side: Side, filled: Quantity): void {
    if (permId === null) return;
    const known = this.#orders.get(permId);
    const most = known === undefined ? filled : maxOf(known.filled, filled);
    this.#orders.set(permId, { conId, side, filled: most, used: known?.used ?? ZERO_QUANTITY });
    for (const oldest of this.#orders.keys()) {
      if (this.#orders.size <= FOREIGN_ORDERS_MAX) break;
      this.#orders.delete(oldest);
    }
  }

  /** Executions of a foreign order reached us after all: the ledger counts them, so they explain nothing else. */
  countInLedger({ permId }: Pick<BrokerOrderKeys, 'permId'>, quantity: Quantity): void {
    const known = permId === null ? undefined : this.#orders.get(permId);
    if (permId === null || known === undefined) return;
    this.#orders.set(permId, { ...known, used: add(known.used, quantity) });
  }

  /**
   * Explains `difference` (IBKR's position minus ours) by foreign fills that have explained nothing yet.
   * @returns true when they are as large as the difference; then they are used up by it.
   */
  explain(conId: ConId, difference: SignedQuantity): boolean {
    const side: Side = compare(difference, signedBy('BUY', ZERO_QUANTITY)) > 0 ? 'BUY' : 'SELL';
    const wanted = magnitudeOf(difference);
    const candidates = [...this.#orders].filter(([, order]) => order.conId === conId && order.side === side);
    const free = candidates.reduce((sum, [, order]) => add(sum, freeOf(order)), ZERO_QUANTITY);
    if (compare(free, wanted) < 0) return false;
    let left = wanted;
    for (const [permId, order] of candidates) {
      if (isZero(left)) break;
      const taken = minOf(left, freeOf(order));
      this.#orders.set(permId, { ...order, used: add(order.used, taken) });
      left = leavesOf(left, taken);
    }
    return true;
  }
}

function freeOf({ filled, used }: ForeignOrder): Quantity {
  return leavesOf(filled, used);
}
