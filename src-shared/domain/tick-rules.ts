import { present } from '#domain/assert';
import type { Instrument, PriceBand } from '#domain/instrument';
import { compare, decimalPlacesOf, isMultipleOf, maxOf, roundToMultiple, type Price } from '#domain/money';
import type { Side } from '#domain/order-spec';

/** The band a price falls into: the last whose `from` is at or below it; the first for anything lower. */
function bandOf(bands: readonly PriceBand[], price: Price): PriceBand {
  let found = present(bands[0], 'the first price band');
  for (const band of bands) if (compare(band.from, price) <= 0) found = band;
  return found;
}

/** The step between neighbouring prices at `price`. Source: IBKR market rules (reqMarketRule). */
export function tickAt(instrument: Pick<Instrument, 'priceBands'>, price: Price): Price {
  return bandOf(instrument.priceBands, price).increment;
}

/** True when the exchange takes `price` as it stands. */
export function isOnTick(instrument: Pick<Instrument, 'priceBands'>, price: Price): boolean {
  return isMultipleOf(price, tickAt(instrument, price));
}

/** The neighbours of an off-tick price; both equal the price when it is on tick. */
export function neighboursOf(
  instrument: Pick<Instrument, 'priceBands'>,
  price: Price,
): { readonly below: Price; readonly above: Price } {
  const band = bandOf(instrument.priceBands, price);
  const below = roundToMultiple(price, band.increment, 'down');
  return {
    // Rounding down may leave the band: its lower end is itself a valid price. Prices below zero have no lower end.
    below: compare(band.from, price) <= 0 ? maxOf(below, band.from) : below,
    above: roundToMultiple(price, band.increment, 'up'),
  };
}

/**
 * A price we compute, moved onto the tick grid towards the safer side for us: BUY LMT and SELL STP round down, SELL LMT
 * and BUY STP round up (domain.md §1).
 */
export function roundToTick(
  instrument: Pick<Instrument, 'priceBands'>,
  price: Price,
  side: Side,
  kind: 'limit' | 'stop',
): Price {
  const { below, above } = neighboursOf(instrument, price);
  const down = (kind === 'limit') === (side === 'BUY');
  return down ? below : above;
}

/** Decimals a price of this instrument is shown with. */
export function priceDecimals(instrument: Pick<Instrument, 'priceBands'>, price: Price): number {
  return Math.max(2, decimalPlacesOf(tickAt(instrument, price)));
}
