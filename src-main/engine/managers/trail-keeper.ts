import { present } from '#domain/assert';
import { alarmId, laterBy, type AlarmId, type ClientOrderId } from '#domain/ids';
import { compare, type Price } from '#domain/money';
import { isLive, type OrderRecord } from '#domain/order-record';
import { isTrailing, stopOf, type OrderTerms, type Side } from '#domain/order-spec';
import type { TrailInChange } from '#engine/engine-facts';
import { changeByManager, whyNotChangeable } from '#engine/orders/managed-change';
import { reasonText } from '#engine/text-limits';
import type { Turn } from '#engine/turn';

/** How long after our change of a trailing order a looser stop is taken for its consequence. */
const CHANGE_MS = 10_000;
/** How long IBKR has to put a stop back: what it shows before may be a report from before. */
export const PUT_BACK_MS = 2_000;

/** The alarm is about the last moves of a stop: from where it stood to where it was loosened to, and what followed at once. */
const MOVES_TOLD = 3;

/**
 * IBKR's documents do not say what the stop of a trailing order does when its quantity is changed: it may stay, or start
 * anew from the market. Naming where it was last shown could loosen it, for it may have moved unseen; so our change names
 * none, and a stop that IBKR then shows looser than before is put back where it was.
 */
export function keepTrailingStops(turn: Turn, touched: readonly ClientOrderId[]): void {
  for (const id of touched) clearWhereKept(turn, id);
  for (const [id, before] of turn.state.observed.trailsInChange) keep(turn, turn.order(id), before);
}

function keep(turn: Turn, order: OrderRecord, before: TrailInChange): void {
  const { trailsInChange, deadlines } = turn.state.observed;
  const { terms, side, conId } = order.spec;
  const dueBy = laterBy(before.at, before.isAsked ? PUT_BACK_MS : CHANGE_MS);
  if (!isLive(order) || !isTrailing(terms)) {
    trailsInChange.delete(order.id);
    return;
  }
  const { stop: now } = terms;
  const isLoose = now !== null && isLooser(side, now, before.stop);
  if (!before.isAsked && isLoose && turn.at <= dueBy) {
    if (whyNotChangeable(turn, order) === null) putBack(turn, order, { ...terms, stop: before.stop }, now);
    return;
  }
  if (order.modification !== null) return; // IBKR has not answered
  if (turn.at < dueBy) {
    // Only what it shows then is its answer: a report that comes twice, or late, is not.
    if (before.isAsked) deadlines.set(deadlineKey(order.id), dueBy, { kind: 'protection', conId });
    return;
  }
  trailsInChange.delete(order.id);
  if (before.isAsked && isLoose) tell(turn, order, before.stop, now, 'IBKR did not take it.');
}

type Trailing = Extract<OrderTerms, { type: 'TRAIL' | 'TRAIL LIMIT' }>;

const isLooser = (side: Side, now: Price, before: Price): boolean =>
  compare(now, before) === (side === 'SELL' ? -1 : 1);

const deadlineKey = (id: ClientOrderId): string => `loosened:${id}`;
const alarmOf = (id: ClientOrderId): AlarmId => alarmId(`loosened:${id}`);

function putBack(turn: Turn, order: OrderRecord, terms: Trailing & { readonly stop: Price }, now: Price): void {
  const { trailsInChange } = turn.state.observed;
  const { quantity, timeInForce } = order.spec;
  const { stop } = terms;
  const done = changeByManager(turn, order, { terms, quantity, timeInForce });
  if (done.ok) {
    trailsInChange.set(order.id, { stop, at: turn.at, isAsked: true });
    return;
  }
  trailsInChange.delete(order.id);
  tell(turn, order, stop, now, done.error);
}

function tell(turn: Turn, order: OrderRecord, stop: Price, now: Price, why: string): void {
  const text = reasonText(
    `Stop ${order.number} of ${order.spec.symbol} stands at ${now} since its quantity was changed; it was at ${stop}, and could not be put back: ${why} Look at it in TWS.`,
  );
  const alarm = { id: alarmOf(order.id), at: turn.at, severity: 'danger' as const, text, orderId: order.id };
  turn.emit({ type: 'alarm-raised', alarm });
}

/** A stop that stands where it stood before it was loosened, or better, needs nobody's eye; nor does one that is over. */
function clearWhereKept(turn: Turn, id: ClientOrderId): void {
  const { alarms, stopMoves } = turn.state.durable;
  const alarm = alarms.get(alarmOf(id));
  if (alarm === undefined) return;
  const order = turn.order(id);
  const { spec } = order;
  const now = stopOf(spec.terms);
  const moves = present(stopMoves.get(id), 'where a stop stood that was loosened').filter(({ at }) => at <= alarm.at);
  const isKept = now !== null && moves.slice(-MOVES_TOLD).every(({ stop }) => !isLooser(spec.side, now, stop));
  if (!isLive(order) || isKept) turn.emit({ type: 'alarm-cleared', alarmId: alarm.id, origin: 'manager' });
}
