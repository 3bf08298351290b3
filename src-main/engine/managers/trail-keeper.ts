import { alarmId, laterBy, type ClientOrderId } from '#domain/ids';
import { compare, type Price } from '#domain/money';
import { isLive, type OrderRecord } from '#domain/order-record';
import { isTrailing, type OrderTerms, type Side } from '#domain/order-spec';
import { changeByManager, whyNotChangeable } from '#engine/orders/managed-change';
import { reasonText } from '#engine/text-limits';
import type { Turn } from '#engine/turn';

/** How long after our change of a trailing order a looser stop is taken for its consequence. */
const CHANGE_MS = 10_000;

/**
 * IBKR's documents do not say what the stop of a trailing order does when its quantity is changed: it may stay, or start
 * anew from the market. Naming where it was last shown could loosen it, for it may have moved unseen; so our change names
 * none, and a stop that IBKR then shows looser than before is put back where it was.
 */
export function keepTrailingStops(turn: Turn, touched: readonly ClientOrderId[]): void {
  const { trailsInChange } = turn.state.observed;
  if (trailsInChange.size === 0) return;
  for (const id of touched) {
    const before = trailsInChange.get(id);
    if (before === undefined) continue;
    const order = turn.order(id);
    const { terms, side } = order.spec;
    if (!isLive(order) || !isTrailing(terms) || turn.at > laterBy(before.at, CHANGE_MS)) {
      trailsInChange.delete(id);
      continue;
    }
    const { stop: now } = terms;
    if (now === null || !isLooser(side, now, before.stop) || whyNotChangeable(turn, order) !== null) continue;
    trailsInChange.delete(id);
    if (before.isAsked) tell(turn, order, before.stop, now, 'IBKR did not take it.');
    else putBack(turn, order, { ...terms, stop: before.stop }, now);
  }
}

type Trailing = Extract<OrderTerms, { type: 'TRAIL' | 'TRAIL LIMIT' }>;

const isLooser = (side: Side, now: Price, before: Price): boolean =>
  compare(now, before) === (side === 'SELL' ? -1 : 1);

function putBack(turn: Turn, order: OrderRecord, terms: Trailing & { readonly stop: Price }, now: Price): void {
  const { quantity, timeInForce } = order.spec;
  const { stop } = terms;
  const done = changeByManager(turn, order, { terms, quantity, timeInForce });
  if (done.ok) turn.state.observed.trailsInChange.set(order.id, { stop, at: turn.at, isAsked: true });
  else tell(turn, order, stop, now, done.error);
}

function tell(turn: Turn, order: OrderRecord, stop: Price, now: Price, why: string): void {
  const text = reasonText(
    `Stop ${order.number} of ${order.spec.symbol} stands at ${now} since its quantity was changed; it was at ${stop}, and could not be put back: ${why} Look at it in TWS.`,
  );
  const id = alarmId(`loosened:${order.id}`);
  turn.emit({ type: 'alarm-raised', alarm: { id, at: turn.at, severity: 'danger', text, orderId: order.id } });
}
