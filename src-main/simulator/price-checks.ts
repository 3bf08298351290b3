import { ok, type Result } from '#domain/result';
import { parseUnits } from '#simulator/fixed';
import type { SimulatedInstrument } from '#simulator/instruments';
import { hasLimit, isStop, isTrailing } from '#simulator/matching';
import { refuse, refuseField } from '#simulator/order-refusals';
import type {
  AdjustedOrderType,
  AdjustedTerms,
  OrderInstruction,
  OrderTerms,
  Rejection,
  SimulatedOrderType,
  TrailingUnit,
} from '#simulator/simulated-order';
import { isOnTick } from '#simulator/tick-rules';
import { WHOLE_PERCENT_UNITS } from '#simulator/trailing-rules';

/** The part of an order's terms that is made of prices. */
export type PriceTerms = Omit<OrderTerms, 'quantity' | 'tif' | 'goodTillDate'>;
type Check<T> = Result<T, Rejection>;

const NONE: PriceTerms = {
  limitPrice: 0,
  stopPrice: 0,
  trailingAmount: 0,
  trailingPercent: 0,
  trailStopPrice: 0,
  limitPriceOffset: 0,
  adjusted: undefined,
};
const ADJUSTED_TYPES: ReadonlyMap<string, AdjustedOrderType> = new Map([
  ['STP', 'STP'],
  ['STP LMT', 'STP LMT'],
  ['TRAIL', 'TRAIL'],
  ['TRAIL LIMIT', 'TRAIL LIMIT'],
]);
/** 0 is an amount; percent is documented as 1 and as 100. */
const TRAILING_UNITS: ReadonlyMap<number, TrailingUnit> = new Map([
  [0, 'amount'],
  [1, 'percent'],
  [100, 'percent'],
]);

/** The prices an order of `orderType` must have, on the tick, and no others. */
export function checkPrices(
  request: OrderInstruction,
  orderType: SimulatedOrderType,
  instrument: SimulatedInstrument,
): Check<PriceTerms> {
  const prices = isTrailing(orderType)
    ? trailingPrices(request, orderType, instrument)
    : plainPrices(request, orderType, instrument);
  if (!prices.ok || request.adjustedOrderType === '') return prices;
  if (!isStop(orderType)) return refuseField('bX', 'Only stop orders can be adjusted');
  const adjusted = checkAdjustment(request, instrument);
  return adjusted.ok ? ok({ ...prices.value, adjusted: adjusted.value }) : adjusted;
}

function plainPrices(
  request: OrderInstruction,
  orderType: SimulatedOrderType,
  instrument: SimulatedInstrument,
): Check<PriceTerms> {
  const limitPrice = hasLimit(orderType) ? priceOf(request.limitPrice, instrument) : ok(0);
  if (!limitPrice.ok) return limitPrice;
  const stopPrice = isStop(orderType) ? priceOf(request.stopPrice, instrument) : ok(0);
  if (!stopPrice.ok) return stopPrice;
  return ok({ ...NONE, limitPrice: limitPrice.value, stopPrice: stopPrice.value });
}

function trailingPrices(
  request: OrderInstruction,
  orderType: 'TRAIL' | 'TRAIL LIMIT',
  instrument: SimulatedInstrument,
): Check<PriceTerms> {
  const trail = trailOf(request, instrument);
  if (!trail.ok) return trail;
  const trailStopPrice = request.trailStopPrice === '' ? ok(0) : priceOf(request.trailStopPrice, instrument);
  if (!trailStopPrice.ok) return trailStopPrice;
  const limit = orderType === 'TRAIL' ? ok({}) : trailingLimitOf(request, instrument);
  if (!limit.ok) return limit;
  return ok({ ...NONE, ...trail.value, trailStopPrice: trailStopPrice.value, ...limit.value });
}

/** An amount or a percentage, and not both. */
function trailOf(
  { stopPrice, trailingPercent }: OrderInstruction,
  instrument: SimulatedInstrument,
): Check<Pick<PriceTerms, 'trailingAmount' | 'trailingPercent'>> {
  if (isGiven(stopPrice) === isGiven(trailingPercent)) {
    return refuseField('bH', 'A trailing order has either a trailing amount or a trailing percentage');
  }
  if (isGiven(stopPrice)) {
    const amount = priceOf(stopPrice, instrument);
    return amount.ok ? ok({ trailingAmount: amount.value, trailingPercent: 0 }) : amount;
  }
  const percent = percentOf(trailingPercent);
  return percent.ok ? ok({ trailingAmount: 0, trailingPercent: percent.value }) : percent;
}

/** The offset of the limit from the stop, or the first limit, and not both. */
function trailingLimitOf(
  { limitPrice, limitPriceOffset }: OrderInstruction,
  instrument: SimulatedInstrument,
): Check<Partial<PriceTerms>> {
  const [priced, offset] = [isGiven(limitPrice), limitPriceOffset !== ''];
  // Clients that think in offsets send a limit price of 0 beside it.
  if (priced === offset) return refuseField('bL', 'A TRAIL LIMIT has either a limit price or a limit price offset');
  if (priced) {
    const price = priceOf(limitPrice, instrument);
    return price.ok ? ok({ limitPrice: price.value }) : price;
  }
  if (!isGiven(limitPriceOffset)) return ok({ limitPriceOffset: 0 });
  const distance = priceOf(limitPriceOffset, instrument);
  return distance.ok ? ok({ limitPriceOffset: distance.value }) : distance;
}

function checkAdjustment(request: OrderInstruction, instrument: SimulatedInstrument): Check<AdjustedTerms> {
  const adjustedOrderType = ADJUSTED_TYPES.get(request.adjustedOrderType);
  if (adjustedOrderType === undefined) {
    return refuseField('bX', `Invalid adjusted order type '${request.adjustedOrderType}'`);
  }
  const unit = TRAILING_UNITS.get(request.adjustableTrailingUnit);
  if (unit === undefined) return refuseField('bX', `Invalid trailing unit ${request.adjustableTrailingUnit}`);
  const triggerPrice = priceOf(request.triggerPrice, instrument);
  if (!triggerPrice.ok) return triggerPrice;
  const adjustedStopPrice = priceOf(request.adjustedStopPrice, instrument);
  if (!adjustedStopPrice.ok) return adjustedStopPrice;
  const limit = hasLimit(adjustedOrderType) ? priceOf(request.adjustedStopLimitPrice, instrument) : ok(0);
  if (!limit.ok) return limit;
  const trail = isTrailing(adjustedOrderType)
    ? adjustedTrailOf(request.adjustedTrailingAmount, unit, instrument)
    : ok(0);
  if (!trail.ok) return trail;
  return ok({
    adjustedOrderType,
    triggerPrice: triggerPrice.value,
    adjustedStopPrice: adjustedStopPrice.value,
    adjustedStopLimitPrice: limit.value,
    adjustedTrailingAmount: trail.value,
    unit,
  });
}

function adjustedTrailOf(text: string, unit: TrailingUnit, instrument: SimulatedInstrument): Check<number> {
  return unit === 'percent' ? percentOf(text) : priceOf(text, instrument);
}

/** A price or a distance between prices, in units. */
function priceOf(text: string, instrument: SimulatedInstrument): Check<number> {
  const units = parseUnits(text);
  if (text === '' || (units !== undefined && units <= 0)) return refuseField('bT', `Invalid price '${text}'`);
  return units === undefined || !isOnTick(instrument.marketRuleId, units)
    ? refuse(110, 'The price does not conform to the minimum price variation for this contract.')
    : ok(units);
}

function percentOf(text: string): Check<number> {
  const units = parseUnits(text);
  return units === undefined || units <= 0 || units >= WHOLE_PERCENT_UNITS
    ? refuseField('bH', `Invalid trailing percentage '${text}'`)
    : ok(units);
}

/** Clients write "not given" as nothing or as zero. */
function isGiven(text: string): boolean {
  return text !== '' && parseUnits(text) !== 0;
}
