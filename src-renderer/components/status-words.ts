import { describeStatus } from '#domain/order-words';
import type { OrderRecord } from '#domain/order-record';
import type { StatusLook } from '#renderer/stores/selectors';

/** The word of the status column: the shared one, except where time alone makes it worse. */
export function statusWord(order: OrderRecord, look: StatusLook): string {
  if (look === 'unconfirmed') return 'Cancel unconfirmed';
  return look === 'denied' ? 'Denied by risk' : describeStatus(order.state);
}
