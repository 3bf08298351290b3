import { assertNever } from '#domain/assert';
import type { ClientOrderId, EffectId } from '#domain/ids';
import { isLive } from '#domain/order-record';
import { onGlobalCancelSent } from '#engine/managers/kill-switch';
import { onSweepUnsent } from '#engine/managers/reducing';
import { answerCame } from '#engine/orders/answers';
import { answerUnlessMoreIsOwed, move, refuseCancel } from '#engine/orders/order-ledger';
import { retryLater, wantSnapshot } from '#engine/orders/reconciliation';
import { messageText } from '#engine/text-limits';
import type { Turn } from '#engine/turn';
import type { EffectOutcome } from '#ports/broker-port';

/** What became of an effect's bytes. `sent` changes nothing: the answer comes from IBKR, or its absence is noticed. */
export function onEffectOutcome(turn: Turn, id: EffectId, outcome: EffectOutcome): void {
  const { inFlight, subscribed, resolving } = turn.state.observed;
  const effect = inFlight.get(id);
  if (effect === undefined) return;
  const { result } = outcome;
  if (effect.kind === 'snapshot' && result === 'sent') return; // it ends with its own fact
  inFlight.delete(id);
  if (result === 'sent') {
    if (effect.kind === 'global-cancel') onGlobalCancelSent(turn);
    return;
  }
  switch (effect.kind) {
    case 'place':
      for (const order of effect.orders) onPlaceFailed(turn, order, outcome);
      return;
    case 'modify':
      onModifyFailed(turn, effect.order, outcome);
      return;
    case 'cancel':
      onCancelFailed(turn, effect.order, outcome);
      return;
    case 'global-cancel':
      for (const order of effect.orders) onCancelFailed(turn, order, outcome);
      return;
    case 'snapshot':
      retryLater(turn);
      return;
    case 'resolve':
      resolving.delete(effect.wanted);
      return;
    case 'subscribe':
      subscribed.delete(effect.conId);
      return;
    default:
      assertNever(effect);
  }
}

/** Not sent is over; when the link broke under it, only IBKR knows. */
function onPlaceFailed(turn: Turn, id: ClientOrderId, outcome: Failed): void {
  if (outcome.result === 'maybe-sent') {
    loseSight(turn, id, outcome.reason);
    wantSnapshot(turn);
    return;
  }
  move(turn, turn.order(id), 'cancel', { reason: `Never sent: ${outcome.reason}` });
}

function onModifyFailed(turn: Turn, id: ClientOrderId, outcome: Failed): void {
  if (outcome.result === 'maybe-sent') {
    wantSnapshot(turn);
    return;
  }
  // Without an answer owed the order ended meanwhile, and its change with it.
  if (turn.order(id).modification === null) return;
  const text = messageText(`Never sent: ${outcome.reason}`);
  turn.emit({ type: 'modification-refused', id, code: null, text });
  answerUnlessMoreIsOwed(turn, turn.order(id));
}

/** A cancel that did not go out leaves the order what it was; which that is, IBKR is asked. */
function onCancelFailed(turn: Turn, id: ClientOrderId, outcome: Failed): void {
  const order = turn.order(id);
  if (!isLive(order)) return;
  if (outcome.result === 'not-sent' && order.state.phase === 'cancelling') {
    refuseCancel(turn, order, { code: null, text: `Never sent: ${outcome.reason}` });
    onSweepUnsent(turn, id);
  }
  wantSnapshot(turn);
}

type Failed = Exclude<EffectOutcome, { result: 'sent' }>;

/** Every submit without an answer becomes unknown. */
export function loseSightOfInFlight(turn: Turn, why: string): void {
  const { durable, observed } = turn.state;
  for (const live of observed.liveByInstrument.values()) {
    for (const id of [...live]) if (durable.orders.get(id)?.state.phase === 'submitting') loseSight(turn, id, why);
  }
}

/** IBKR did not answer in time: we no longer know, and ask. */
export function onAnswerDue(turn: Turn, id: ClientOrderId): void {
  if (turn.order(id).state.phase === 'submitting') loseSight(turn, id, 'IBKR has not answered');
  wantSnapshot(turn);
}

function loseSight(turn: Turn, id: ClientOrderId, why: string): void {
  answerCame(turn, id);
  move(turn, turn.order(id), 'lose-sight', { reason: why });
}
