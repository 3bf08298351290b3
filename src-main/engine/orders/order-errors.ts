import { assertNever } from '#domain/assert';
import { isLive, type OrderRecord } from '#domain/order-record';
import { answerCame } from '#engine/orders/answers';
import { answerUnlessMoreIsOwed, move } from '#engine/orders/order-ledger';
import { wantSnapshot } from '#engine/orders/reconciliation';
import { messageText } from '#engine/text-limits';
import type { Turn } from '#engine/turn';
import type { BrokerFact } from '#ports/broker-port';

type OrderError = Extract<BrokerFact, { kind: 'order-error' }>;

/** An error that names an order. What it means comes from the adapter's table; what follows is decided here. */
export function onOrderError(turn: Turn, fact: OrderError): void {
  const order = turn.state.observed.identity.findByOrderId(fact.clientId, fact.orderId);
  if (order === undefined) {
    turn.emit({ type: 'notice-received', code: fact.code, text: messageText(fact.text) });
    return;
  }
  switch (fact.meaning) {
    case 'rejected':
      onRejected(turn, order, fact);
      return;
    case 'refused-change':
      onRefusedChange(turn, order, fact);
      return;
    case 'cancelled':
      move(turn, order, 'cancel', { reason: fact.text });
      return;
    case 'cancel-failed':
      onCancelFailed(turn, order, fact);
      return;
    case 'uncertain':
      onUncertain(turn, order, fact);
      return;
    case 'warning':
      note(turn, order, fact);
      return;
    default:
      assertNever(fact.meaning);
  }
}

/** IBKR rejects a change of a live order with the codes of a rejected order: which of both it was, it must say itself. */
function onRejected(turn: Turn, order: OrderRecord, fact: OrderError): void {
  if (order.modification !== null) {
    refuseModification(turn, order, fact);
    wantSnapshot(turn);
  } else if (turn.state.observed.refusedChanges.get(order.id) === fact.code) doubt(turn, order, fact);
  else move(turn, order, 'reject', { code: fact.code, reason: fact.text });
}

/** A new order that is refused is rejected; one that IBKR has taken stays what it is, however often it is said. */
function onRefusedChange(turn: Turn, order: OrderRecord, fact: OrderError): void {
  if (order.modification !== null) refuseModification(turn, order, fact);
  else if (order.broker.permId !== null) doubt(turn, order, fact);
  else move(turn, order, 'reject', { code: fact.code, reason: fact.text });
}

function refuseModification(turn: Turn, order: OrderRecord, { code, text }: OrderError): void {
  turn.state.observed.refusedChanges.set(order.id, code);
  turn.emit({ type: 'modification-refused', id: order.id, code, text: messageText(text) });
  answerUnlessMoreIsOwed(turn, turn.order(order.id));
}

/** Already filled, not found …: the snapshot tells what the order is. */
function onCancelFailed(turn: Turn, order: OrderRecord, { code, text }: OrderError): void {
  if (order.state.phase === 'cancelling') turn.state.observed.failedCancels.set(order.id, { code, text });
  if (isLive(order)) wantSnapshot(turn);
}

/** Codes such as 103, 104, 105, 135 never mean that an order is gone: IBKR is asked what it knows. */
function onUncertain(turn: Turn, order: OrderRecord, fact: OrderError): void {
  if (order.modification !== null) refuseModification(turn, order, fact);
  else if (order.state.phase === 'submitting') {
    answerCame(turn, order.id);
    move(turn, order, 'lose-sight', { reason: `IBKR answered ${fact.code}: ${fact.text}` });
  } else note(turn, order, fact);
  if (isLive(order)) wantSnapshot(turn);
}

function doubt(turn: Turn, order: OrderRecord, fact: OrderError): void {
  note(turn, order, fact);
  if (isLive(order)) wantSnapshot(turn);
}

function note(turn: Turn, { number }: OrderRecord, { code, text }: OrderError): void {
  turn.emit({ type: 'notice-received', code, text: messageText(`Order ${number}: ${text}`) });
}
