import { err, ok, type Result } from '#domain/result';
import { parseUnits } from '#simulator/fixed';
import type { SimulatedInstrument } from '#simulator/instruments';
import { isTriggerMethod, lookAt } from '#simulator/matching';
import type { OrderCondition } from '#simulator/order-condition';
import { INVALID_MOMENT, INVALID_TRIGGER_METHOD, refuse, refuseField } from '#simulator/order-refusals';
import type { Quote } from '#simulator/quote-board';
import type { Rejection, Sighting } from '#simulator/simulated-order';
import { parseMoment } from '#simulator/written-moment';

/** What conditions look at. */
export interface ConditionWorld {
  readonly now: number;
  find(conId: number, symbol: string): SimulatedInstrument | undefined;
  quoteOf(instrument: SimulatedInstrument): Quote;
  /** How often orders in `symbol` were executed so far. */
  executionsIn(symbol: string): number;
  /** Excess liquidity in percent of the equity. */
  cushionPercent(): number;
}

/** One condition of one order, understood. */
export interface ConditionWatch {
  readonly conjunction: 'and' | 'or';
  readonly isTrue: () => boolean;
}

const DEFAULT_ZONE = 'US/Eastern';
const CONDITIONS_MAX = 20;

/**
 * Understands the conditions of an order as it is entered.
 * @returns the refusal when one of them can not be watched.
 */
export function watchConditions(
  conditions: readonly OrderCondition[],
  world: ConditionWorld,
): Result<readonly ConditionWatch[], Rejection> {
  if (conditions.length > CONDITIONS_MAX) return refuseField('bC', `More than ${CONDITIONS_MAX} conditions`);
  const watches: ConditionWatch[] = [];
  for (const condition of conditions) {
    const watch = watchOf(condition, world);
    if (!watch.ok) return watch;
    watches.push({ conjunction: condition.conjunction, isTrue: watch.value });
  }
  return ok(watches);
}

/** True when the conditions hold together. IBKR's order of evaluation is not documented: here "and" binds closer. */
export function areMet(watches: readonly ConditionWatch[]): boolean {
  let together = true;
  let any = false;
  for (const [place, { conjunction, isTrue }] of watches.entries()) {
    // Every condition is asked, so that the double trigger methods see every price.
    const holds = isTrue();
    together = together && holds;
    if (conjunction === 'and' && place < watches.length - 1) continue;
    any = any || together;
    together = true;
  }
  return any;
}

function watchOf(condition: OrderCondition, world: ConditionWorld): Result<() => boolean, Rejection> {
  switch (condition.kind) {
    case 'price':
      return priceWatch(condition, world);
    case 'time': {
      const moment = parseMoment(condition.time, DEFAULT_ZONE);
      if (moment === undefined) return err(INVALID_MOMENT);
      return ok(() => (condition.isMore ? world.now >= moment.at : world.now < moment.at));
    }
    case 'margin':
      return ok(() => beyond(condition.isMore, world.cushionPercent(), condition.percent));
    case 'execution': {
      const before = world.executionsIn(condition.symbol);
      return ok(() => world.executionsIn(condition.symbol) > before);
    }
    case 'volume':
      return onInstrument(condition.conId, world, (quote) => beyond(condition.isMore, quote.volume, condition.volume));
    case 'percent-change': {
      const percent = parseUnits(condition.percent);
      if (percent === undefined) return refuseField('bC', `Invalid percentage '${condition.percent}'`);
      return onInstrument(condition.conId, world, ({ last, close }) =>
        beyond(condition.isMore, (last / close - 1) * 1_000_000, percent),
      );
    }
  }
}

function priceWatch(
  { conId, isMore, price, triggerMethod }: Extract<OrderCondition, { readonly kind: 'price' }>,
  world: ConditionWorld,
): Result<() => boolean, Rejection> {
  const level = parseUnits(price);
  if (level === undefined || level <= 0) return refuseField('bC', `Invalid price '${price}'`);
  if (!isTriggerMethod(triggerMethod)) return err(INVALID_TRIGGER_METHOD);
  let sighting: Sighting | undefined;
  return onInstrument(conId, world, (quote) => {
    const look = lookAt(triggerMethod, isMore, level, quote, sighting);
    sighting = look.sighting;
    return look.reached;
  });
}

function onInstrument(
  conId: number,
  world: ConditionWorld,
  holds: (quote: Quote) => boolean,
): Result<() => boolean, Rejection> {
  const instrument = world.find(conId, '');
  if (instrument === undefined) return refuse(147, 'The conditional contract info is incomplete.');
  return ok(() => holds(world.quoteOf(instrument)));
}

function beyond(isMore: boolean, value: number, level: number): boolean {
  return isMore ? value >= level : value <= level;
}
