import type { IbOrderId } from '#domain/ids';
import type { WireOrder } from './ib-order-codec';
import type { IbSession } from './ib-session';

/** A child that reached IBKR before its parent is sent again after this. Source: IBKR Campus, order types. */
export const CHILD_RETRY_DELAY_MS = 50;
export const CHILD_RETRIES_MAX = 3;
/** Children that IBKR has not answered yet; brackets have at most two. */
const CHILDREN_MAX = 1_000;

interface Child {
  readonly wire: WireOrder;
  attempts: number;
  cancelRetry: (() => void) | null;
}

/** Repairs brackets whose children overtook their parent (10006): the same order again under the same number. */
export class IbChildRetries {
  readonly #session: IbSession;
  readonly #children = new Map<IbOrderId, Child>();

  constructor(session: IbSession) {
    this.#session = session;
  }

  /** Remembers the children of orders that were just sent, until IBKR answers for them. */
  watch(orders: readonly WireOrder[]): void {
    for (const wire of orders) {
      if (wire.order.parentId === 0 || this.#children.size >= CHILDREN_MAX) continue;
      this.#children.set(wire.orderId, { wire, attempts: 0, cancelRetry: null });
    }
  }

  /** IBKR answered for the order, or we changed our mind about it. */
  settle(orderId: IbOrderId): void {
    this.#children.get(orderId)?.cancelRetry?.();
    this.#children.delete(orderId);
  }

  /** IBKR misses the parent of this order. @returns whether it will be sent again. */
  retry(orderId: IbOrderId): boolean {
    const child = this.#children.get(orderId);
    if (child === undefined) return false;
    if (child.attempts >= CHILD_RETRIES_MAX) {
      this.settle(orderId);
      return false;
    }
    child.attempts += 1;
    child.cancelRetry = this.#session.wakeAfter(CHILD_RETRY_DELAY_MS, () => {
      // By now the bracket was transmitted as a whole; a child that comes late must transmit itself.
      const { contract, order } = child.wire;
      this.#session.send((api) => api.placeOrder(orderId, contract, { ...order, transmit: true }));
    });
    return true;
  }

  /** Nothing is sent again in a later session: there the orders are reconciled. */
  forgetSession(): void {
    this.#children.clear();
  }
}
