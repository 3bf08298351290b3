import type { Instrument } from '#domain/instrument';
import { notionalOf, scaledBy, type Money, type Price, type Ratio } from '#domain/money';
import type { PositionRecord } from '#domain/position';
import type { Quote } from '#domain/quote';
import { err, ok, type Result } from '#domain/result';

/** Why a position can not be valued. A value that can not be known is never zero. */
export type Unknowable = 'no-definition' | 'no-price' | 'no-exchange-rate';

/** What a position is valued with; null or undefined where it is not known. */
export interface ValuationBasis {
  readonly instrument: Pick<Instrument, 'currency' | 'multiplier'> | undefined;
  readonly quote: Pick<Quote, 'last' | 'close'> | undefined;
  /** The account's own currency. */
  readonly baseCurrency: string | null;
  /** One unit of a currency in the base currency. */
  readonly exchangeRates: Readonly<Record<string, Ratio>>;
}

/** The price a position is marked at: the last trade, else the close of the day before. */
export function markOf(quote: ValuationBasis['quote']): Price | null {
  return quote?.last ?? quote?.close ?? null;
}

/**
 * What a position is worth in the account's own currency: quantity × mark × multiplier × exchange rate, negative when
 * short.
 */
export function valueOfPosition(
  { quantity }: Pick<PositionRecord, 'quantity'>,
  { instrument, quote, baseCurrency, exchangeRates }: ValuationBasis,
): Result<Money, Unknowable> {
  if (instrument === undefined) return err('no-definition');
  const mark = markOf(quote);
  if (mark === null) return err('no-price');
  const { currency, multiplier } = instrument;
  const own = notionalOf(mark, quantity, multiplier);
  if (currency === baseCurrency) return ok(own);
  const rate = baseCurrency === null ? undefined : exchangeRates[currency];
  return rate === undefined ? err('no-exchange-rate') : ok(scaledBy(own, rate));
}

/** Why there is no value, in words. */
export function describeUnknowable(why: Unknowable): string {
  switch (why) {
    case 'no-definition':
      return 'IBKR has not defined it yet';
    case 'no-price':
      return 'no price yet';
    case 'no-exchange-rate':
      return 'no exchange rate yet';
  }
}
