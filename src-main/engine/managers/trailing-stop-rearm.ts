import { present } from '#domain/assert';
import type { Command, CommandReply } from '#domain/command';
import { isZero, type Price } from '#domain/money';
import { isLive, type OrderRecord, type Origin } from '#domain/order-record';
import { stopOf, typeNameOf, type OrderTerms } from '#domain/order-spec';
import { err, ok, type Result } from '#domain/result';
import type { ProtectiveStop } from '#domain/trailing-stop';
import { markBehind, stopBehind } from '#engine/managers/trail-arithmetic';
import { decideOnStop, orderStop, unprotectedFor } from '#engine/managers/trail-order';
import { marketPrice } from '#engine/managers/trail-terms';
import { clearStopAlarms, followStop } from '#engine/managers/trailing-stop-life';
import { termsNow } from '#engine/orders/managed-change';
import { findByNumber } from '#engine/orders/modification';
import { accepted, denied, refused } from '#engine/reply';
import type { Turn } from '#engine/turn';

/**
 * A person has looked, and arms a suspended stop again: from where its order rests, or with a new order where none does.
 */
export function rearmStop(turn: Turn, origin: Origin, command: Extract<Command, { kind: 'rearm-stop' }>): CommandReply {
  const { durable } = turn.state;
  const named = findByNumber(turn, command.number);
  if (named === undefined) return refused(`There is no order ${String(command.number)}.`);
  const name = `Order ${String(named.number)}`;
  const stop = named.group === null ? undefined : durable.protectiveStops.get(named.group.id);
  if (stop === undefined) return refused(`${name} is no stop that stands for a position.`, [named]);
  const { phase } = stop.state;
  if (phase !== 'suspended') return refused(`${name} is not suspended: its stop is ${phase}.`, [named]);
  const order = turn.order(present(stop.order, 'the order of a suspended stop'));
  return isLive(order) ? armAgain(turn, origin, stop, order) : placeAgain(turn, origin, stop, order);
}

function armAgain(turn: Turn, origin: Origin, stop: ProtectiveStop, order: OrderRecord): CommandReply {
  const { terms } = order.spec;
  if (stop.plan.kind === 'managed' && terms.type !== 'STP') {
    const text = `Order ${String(order.number)} is a ${typeNameOf(terms)} order now, whose stop this app can not move. Cancel it, and place a trailing stop.`;
    return refused(text, [order]);
  }
  rearm(turn, origin, stop, stopOf(terms));
  return accepted([order], null);
}

function placeAgain(turn: Turn, origin: Origin, stop: ProtectiveStop, gone: OrderRecord): CommandReply {
  const quantity = unprotectedFor(turn, stop);
  if (isZero(quantity)) return refused(`${stop.symbol}: nothing is held that has no stop yet.`, [gone]);
  const terms = termsAgain(turn, stop, gone);
  if (!terms.ok) return refused(terms.error, [gone]);
  const fitting = { ...stop, quantity };
  const decision = decideOnStop(turn, origin, fitting, terms.value);
  const order = orderStop(turn, origin, decision, fitting, terms.value);
  if (decision.outcome === 'denied') return denied([order], decision);
  rearm(turn, origin, stop, stopOf(terms.value));
  return accepted([order], decision);
}

function rearm(turn: Turn, origin: Origin, { id, side, plan }: ProtectiveStop, stop: Price | null): void {
  const waterMark = plan.kind === 'managed' && stop !== null ? markBehind(side, plan.trail, stop) : null;
  turn.emit({ type: 'stop-rearmed', groupId: id, waterMark, origin });
  clearStopAlarms(turn, id);
  followStop(turn, present(turn.state.durable.protectiveStops.get(id), 'the stop'));
}

/** What is to rest again: behind the market as it is now where this app moves it, else as before. */
function termsAgain(turn: Turn, stop: ProtectiveStop, gone: OrderRecord): Result<OrderTerms, string> {
  const { conId, plan, side, symbol } = stop;
  if (plan.kind !== 'managed') {
    const { terms } = gone.spec;
    if (terms.type === 'OTHER')
      return err(`Order ${String(gone.number)} was a ${terms.name} order. Place another stop.`);
    return ok(termsNow(gone).terms);
  }
  const { durable, observed } = turn.state;
  const market = marketPrice(observed.quotes.get(conId), side, plan.triggerOn);
  if (market === null) return err(`There is no real-time price of ${symbol} to trail from now.`);
  const instrument = present(durable.instruments.get(conId), 'the instrument of a stop');
  return ok({ type: 'STP', stop: stopBehind(side, plan.trail, market, instrument) });
}
