import { present } from '#domain/assert';
import type { Instrument } from '#domain/instrument';
import {
  add,
  compare,
  maxOf,
  percent,
  percentOf,
  price,
  ratioOf,
  scaledBy,
  subtract,
  type Percent,
  type Price,
} from '#domain/money';
import type { Side, Trail } from '#domain/order-spec';
import { roundToTick, tickAt } from '#domain/tick-rules';

/** The share of its trail that a stop moves at least. */
const STEP_OF_TRAIL: Percent = percent('5');
const WHOLE: Price = price('100');

type Ticks = Pick<Instrument, 'priceBands'>;

/** How far a stop keeps from `mark`: its trail, and never less than a tick. */
export function trailDistance(trail: Trail, mark: Price, ticks: Ticks): Price {
  const distance = trail.by === 'amount' ? trail.amount : percentOf(mark, trail.percent);
  return maxOf(distance, tickAt(ticks, mark));
}

/**
 * Where a stop belongs when `mark` is the best price so far: below it for SELL, rounded down to the tick; above it for BUY,
 * rounded up (domain.md §3).
 */
export function stopBehind(side: Side, trail: Trail, mark: Price, ticks: Ticks): Price {
  const distance = trailDistance(trail, mark, ticks);
  const exact = side === 'SELL' ? subtract(mark, distance) : add(mark, distance);
  return roundToTick(ticks, exact, side, 'stop');
}

/**
 * The best price that a stop resting at `stop` stands for: what the market has to exceed before it moves on. It never
 * leads to a tighter stop than `stop`.
 */
export function markBehind(side: Side, trail: Trail, stop: Price): Price {
  if (trail.by === 'amount') return side === 'SELL' ? add(stop, trail.amount) : subtract(stop, trail.amount);
  const part = price(trail.percent);
  const rest = side === 'SELL' ? subtract(WHOLE, part) : add(WHOLE, part);
  return scaledBy(stop, present(ratioOf(WHOLE, rest), 'a percentage below 100'));
}

/** True when `after` is nearer to the market than `before`. */
export function isTighter(side: Side, after: Price, before: Price): boolean {
  return compare(after, before) === (side === 'SELL' ? 1 : -1);
}

/** True when `stop` would not trigger at `touch`, the bid for SELL and the ask for BUY. */
export function isBehind(side: Side, stop: Price, touch: Price): boolean {
  return compare(stop, touch) === (side === 'SELL' ? -1 : 1);
}

/**
 * The first stop beyond `resting` that is worth a message: max(1 tick, 5 % of the trail) nearer to the market, so that a
 * day of changes keeps IBKR's order-efficiency ratio.
 */
export function nextStepFrom(side: Side, trail: Trail, resting: Price, ticks: Ticks): Price {
  const mark = markBehind(side, trail, resting);
  const step = maxOf(percentOf(trailDistance(trail, mark, ticks), STEP_OF_TRAIL), tickAt(ticks, resting));
  return side === 'SELL' ? add(resting, step) : subtract(resting, step);
}
