import { isLive, type OrderRecord } from '#domain/order-record';
import { answerCame } from '#engine/orders/answers';
import { move } from '#engine/orders/order-ledger';
import { wantSnapshot } from '#engine/orders/reconciliation';
import type { Turn } from '#engine/turn';
import type { BrokerFact } from '#ports/broker-port';

type OrderError = Extract<BrokerFact, { kind: 'order-error' }>;

/** An error that names an order. What it means comes from the adapter's table; what follows is decided here. */
export function onOrderError(turn: Turn, fact: OrderError): void {
  const order = turn.state.observed.identity.findByOrderId(fact.clientId, fact.orderId);
  if (order === undefined) {
    turn.emit({ type: 'notice-received', code: fact.code, text: fact.text });
    return;
  }
  switch (fact.meaning) {
    case 'rejected':
      onRejected(turn, order, fact);
      return;
    case 'refused-change':
      if (order.modification !== null) refuseModification(turn, order, fact);
      else onRejected(turn, order, fact);
      return;
    case 'cancelled':
      answerCame(turn, order.id);
      move(turn, order, 'cancel', { reason: fact.text });
      return;
    case 'cancel-failed':
      if (order.state.phase === 'cancelling') {
        turn.state.observed.failedCancels.set(order.id, { code: fact.code, text: fact.text });
        wantSnapshot(turn);
      }
      return;
    case 'uncertain':
      onUncertain(turn, order, fact);
      return;
    case 'warning':
      turn.emit({ type: 'notice-received', code: fact.code, text: `Order ${String(order.number)}: ${fact.text}` });
  }
}

function onRejected(turn: Turn, order: OrderRecord, fact: OrderError): void {
  answerCame(turn, order.id);
  // IBKR rejects a change of a live order with the codes of a rejected order: which of both it was, it must say itself.
  if (order.modification !== null) {
    refuseModification(turn, order, fact);
    wantSnapshot(turn);
  } else move(turn, order, 'reject', { code: fact.code, reason: fact.text });
}

function refuseModification(turn: Turn, order: OrderRecord, fact: OrderError): void {
  answerCame(turn, order.id);
  turn.emit({ type: 'modification-refused', id: order.id, code: fact.code, text: fact.text });
}

/** Codes such as 103, 104, 105, 135, 161 never mean that an order is gone: IBKR is asked what it knows. */
function onUncertain(turn: Turn, order: OrderRecord, fact: OrderError): void {
  if (order.modification !== null) refuseModification(turn, order, fact);
  else if (order.state.phase === 'submitting') {
    move(turn, order, 'lose-sight', { reason: `IBKR answered ${String(fact.code)}: ${fact.text}` });
  } else turn.emit({ type: 'notice-received', code: fact.code, text: fact.text });
  if (isLive(order)) wantSnapshot(turn);
}
