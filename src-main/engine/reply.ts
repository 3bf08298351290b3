import type { CommandReply } from '#domain/command';
import { denialsOf, type RiskDecision } from '#domain/risk-decision';
import { describeReason } from '#domain/risk-words';
import type { OrderRecord } from '#domain/order-record';

type OrderReference = Pick<OrderRecord, 'id' | 'number'>;
const references = (orders: readonly OrderReference[]): { id: OrderRecord['id']; number: OrderRecord['number'] }[] =>
  orders.map(({ id, number }) => ({ id, number }));

/** Written down and on its way. */
export function accepted(orders: readonly OrderReference[], decision: RiskDecision | null): CommandReply {
  return { outcome: 'accepted', orders: references(orders), decision, message: '', repeated: false };
}

/** Our risk checks said no; the message says everything that is wrong, in words. */
export function denied(orders: readonly OrderReference[], decision: RiskDecision): CommandReply {
  const message = denialsOf(decision).map(describeReason).join(' ');
  return { outcome: 'denied', orders: references(orders), decision, message, repeated: false };
}

/** The command makes no sense as it stands; nothing was decided, nothing was sent. */
export function refused(message: string, orders: readonly OrderReference[] = []): CommandReply {
  return { outcome: 'refused', orders: references(orders), decision: null, message, repeated: false };
}
