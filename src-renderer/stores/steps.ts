import { formatPrice } from '#domain/format';
import type { Instrument } from '#domain/instrument';
import {
  add,
  isPositive,
  isZero,
  leavesOf,
  priceSchema,
  quantitySchema,
  subtract,
  type Price,
  type Quantity,
} from '#domain/money';
import { isOnTick, neighboursOf, priceDecimals, tickAt } from '#domain/tick-rules';

/** Text as people type amounts: thousands separators and spaces are no mistake. */
export const plainAmount = (text: string): string => text.replaceAll(/[,\s]/g, '');

/** The text of a price field after `steps` ticks; an empty field starts at `reference`. */
export function steppedPrice(
  text: string,
  direction: 1 | -1,
  steps: number,
  instrument: Instrument,
  reference: Price | null,
): string {
  const parsed = priceSchema.safeParse(plainAmount(text));
  if (!parsed.success)
    return reference === null ? text : fieldPrice(neighboursOf(instrument, reference).below, instrument);
  let price = parsed.data;
  for (let step = 0; step < steps; step += 1) {
    const { below, above } = neighboursOf(instrument, price);
    if (below !== above) price = direction === 1 ? above : below;
    else price = direction === 1 ? add(price, tickAt(instrument, price)) : oneTickBelow(instrument, price);
  }
  return isPositive(price) ? fieldPrice(price, instrument) : text;
}

function oneTickBelow(instrument: Instrument, price: Price): Price {
  const lower = subtract(price, tickAt(instrument, price));
  // At the lower end of a band the step below is the finer one of the band underneath.
  const finer = subtract(price, tickAt(instrument, lower));
  return isOnTick(instrument, finer) ? finer : lower;
}

/** The text of the quantity field after `steps` increments; it never steps to zero. */
export function steppedQuantity(text: string, direction: 1 | -1, steps: number, increment: Quantity): string {
  const parsed = quantitySchema.safeParse(plainAmount(text));
  if (!parsed.success) return direction === 1 ? increment : text;
  let size = parsed.data;
  for (let step = 0; step < steps; step += 1) {
    const next = direction === 1 ? add(size, increment) : leavesOf(size, increment);
    if (isZero(next)) break;
    size = next;
  }
  return size;
}

/** A price as a field shows it: without thousands separators, with the decimals of its tick. */
export function fieldPrice(price: Price, instrument: Instrument): string {
  return formatPrice(price, priceDecimals(instrument, price)).replaceAll(',', '');
}
