import type { Instrument } from '#domain/instrument';
import { add, compare, maxOf, percent, percentOf, ratio, scaledBy, subtract, type Price } from '#domain/money';
import type { OrderRecord } from '#domain/order-record';
import { stopOf, type ObservedTerms, type Side, type Trail, type TriggerSource } from '#domain/order-spec';
import { describeTrail } from '#domain/order-words';
import type { Quote } from '#domain/quote';
import { roundToTick, tickAt } from '#domain/tick-rules';
import type { ProtectiveStop } from '#domain/trailing-stop';
import type { WorkstationState } from '#domain/workstation-state';

/** A stop moves in steps of this part of its trail at least (domain.md §3). */
const STEP_OF_TRAIL = percent('5');
/** A stop that owes more than so many steps lags: less is what one tick after the other looks like. */
const STEPS_OF_LAG = ratio('2');
const HALF = ratio('0.5');

/** The record behind an order that stands for a position by itself. */
export function protectiveStopOf(state: WorkstationState, { group }: OrderRecord): ProtectiveStop | undefined {
  return group?.role === 'protective-stop' ? state.protectiveStops.get(group.id) : undefined;
}

/** How far a stop keeps from the market, as its column says it; empty: it does not trail. */
export function trailText(terms: ObservedTerms, stop: ProtectiveStop | undefined): string {
  if (stop !== undefined && stop.plan.kind !== 'fixed') return describeTrail(stop.plan.trail);
  if ('trail' in terms) return describeTrail(terms.trail);
  return terms.type === 'STP TO TRAIL' ? describeTrail({ by: 'amount', amount: terms.trailAmount }) : '';
}

const distanceOf = (trail: Trail, from: Price): Price =>
  trail.by === 'amount' ? trail.amount : percentOf(from, trail.percent);

/** Where a stop of `side` stands that trails by `trail` from `from`: SELL below it, BUY above it, on the tick. */
export function trailedFrom(from: Price, trail: Trail, side: Side, instrument: Instrument): Price {
  const distance = distanceOf(trail, from);
  return roundToTick(instrument, side === 'SELL' ? subtract(from, distance) : add(from, distance), side, 'stop');
}

/** The price that a stop of `side` follows; null while there is none. */
export function followedPrice(side: Side, triggerOn: TriggerSource, { last, bid, ask }: Quote): Price | null {
  if (triggerOn === 'last') return last;
  if (triggerOn === 'bidAsk') return side === 'SELL' ? bid : ask;
  return bid === null || ask === null ? null : scaledBy(add(bid, ask), HALF);
}

/**
 * How far a stop that this app moves is behind where it belongs by a current quote, what is on its way already counted;
 * null: it keeps up. IBKR takes so many messages a second, and those go by the money at stake.
 */
export function lagOf(
  stop: ProtectiveStop | undefined,
  { spec, modification }: OrderRecord,
  quote: Quote | undefined,
  instrument: Instrument | undefined,
): Price | null {
  if (stop?.plan.kind !== 'managed' || stop.state.phase !== 'guarding') return null;
  if (quote === undefined || instrument === undefined) return null;
  const { trail, triggerOn } = stop.plan;
  const resting = stopOf(modification?.terms ?? spec.terms);
  const market = followedPrice(stop.side, triggerOn, quote);
  if (resting === null || market === null) return null;
  const target = trailedFrom(market, trail, stop.side, instrument);
  const behind = stop.side === 'SELL' ? subtract(target, resting) : subtract(resting, target);
  const step = maxOf(tickAt(instrument, market), percentOf(distanceOf(trail, market), STEP_OF_TRAIL));
  return compare(behind, scaledBy(step, STEPS_OF_LAG)) > 0 ? behind : null;
}

/** Managed stops that wait for their activation price with no order at IBKR: nothing protects until then. */
export function stopsWithoutOrder({ protectiveStops }: WorkstationState): readonly ProtectiveStop[] {
  return [...protectiveStops.values()]
    .filter(({ order, state }) => order === null && state.phase !== 'ended')
    .sort((a, b) => b.opened - a.opened);
}
