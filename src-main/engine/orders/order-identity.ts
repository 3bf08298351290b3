import { clientOrderIdSchema, type ClientId, type ClientOrderId, type IbOrderId, type PermId } from '#domain/ids';
import type { OrderRecord } from '#domain/order-record';
import type { BrokerOrderKeys } from '#ports/broker-port';

const numberKey = (client: ClientId, order: IbOrderId): string => `${String(client)}:${String(order)}`;

/**
 * Finds the order a report is about: by permId, then by (clientId, orderId), then by orderRef (domain.md §1). A numeric
 * order id alone is never identity, because IBKR reissues ids after a Gateway restart
 * (QuantConnect/Lean.Brokerages.InteractiveBrokers#242).
 */
export class OrderIdentity {
  readonly #byPermId = new Map<PermId, ClientOrderId>();
  readonly #byNumber = new Map<string, ClientOrderId>();
  readonly #orders: ReadonlyMap<ClientOrderId, OrderRecord>;

  constructor(orders: ReadonlyMap<ClientOrderId, OrderRecord>) {
    this.#orders = orders;
  }

  /** Learns how IBKR knows `order`. A later order takes over a reissued number, and keeps it. */
  learn(order: OrderRecord): void {
    const { clientId, orderId, permId } = order.broker;
    if (permId !== null) this.#byPermId.set(permId, order.id);
    if (clientId === null || orderId === null) return;
    const holder = this.findByOrderId(clientId, orderId);
    if (holder === undefined || holder.number <= order.number) {
      this.#byNumber.set(numberKey(clientId, orderId), order.id);
    }
  }

  /**
   * The order that a full report (openOrder, completedOrder) is about. Those always carry the reference: a number of
   * ours without our reference is somebody else's order under a reissued number.
   */
  findReported(keys: BrokerOrderKeys): OrderRecord | undefined {
    const found = this.find(keys);
    if (found === undefined || found.origin === 'external' || found.id === keys.orderRef) return found;
    return keys.permId !== null && found.broker.permId === keys.permId ? found : undefined;
  }

  /** The order that `keys` name, or undefined: somebody else's. */
  find(keys: BrokerOrderKeys): OrderRecord | undefined {
    const byPermId = keys.permId === null ? undefined : this.#byPermId.get(keys.permId);
    if (byPermId !== undefined) return this.#orders.get(byPermId);
    return this.#findByNumber(keys) ?? this.#findByReference(keys);
  }

  /** The order that an error message about a bare (clientId, orderId) means: the latest one of that number. */
  findByOrderId(client: ClientId, order: IbOrderId): OrderRecord | undefined {
    const id = this.#byNumber.get(numberKey(client, order));
    return id === undefined ? undefined : this.#orders.get(id);
  }

  #findByNumber(keys: BrokerOrderKeys): OrderRecord | undefined {
    if (keys.clientId === null || keys.orderId === null) return undefined;
    const order = this.findByOrderId(keys.clientId, keys.orderId);
    if (order === undefined) return undefined;
    // The number was reissued when the report carries another permId or somebody else's reference.
    if (keys.permId !== null && order.broker.permId !== null && keys.permId !== order.broker.permId) return undefined;
    if (keys.orderRef !== null && order.origin !== 'external' && keys.orderRef !== order.id) return undefined;
    return order;
  }

  #findByReference(keys: BrokerOrderKeys): OrderRecord | undefined {
    const reference = clientOrderIdSchema.safeParse(keys.orderRef);
    if (!reference.success) return undefined;
    const order = this.#orders.get(reference.data);
    // A copy made in TWS repeats the reference of the original: another permId is another order.
    const known = order?.broker.permId ?? null;
    return known !== null && keys.permId !== null && known !== keys.permId ? undefined : order;
  }
}
