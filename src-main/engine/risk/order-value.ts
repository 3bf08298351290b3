import {
  maxOf,
  notionalOf,
  quantity,
  ratio,
  scaledBy,
  type Money,
  type Price,
  type Quantity,
  type Ratio,
} from '#domain/money';
import { limitOf, stopOf, type ObservedTerms, type Side } from '#domain/order-spec';
import { err, ok, type Result } from '#domain/result';
import type { RiskContext, RiskLeg, RiskReason } from '#domain/risk-decision';

/** A price that may still run away from us is valued five percent worse than the market. */
export const RUNAWAY: Ratio = ratio('1.05');
export const ONE_UNIT: Quantity = quantity('1');

/**
 * What units of `leg` may cost, in the account's currency.
 * @returns as the error why that can not be known.
 */
export function valuationOf(context: RiskContext, leg: RiskLeg): Result<(units: Quantity) => Money, RiskReason> {
  const { baseCurrency, exchangeRate, instrument, subject } = context;
  const unit = unitPriceOf(context, leg);
  if (unit === null) return err({ code: 'NO_QUOTE', symbol: subject.symbol });
  if (exchangeRate === null)
    return err({ code: 'NO_EXCHANGE_RATE', from: instrument?.currency ?? '', to: baseCurrency });
  const multiplier = instrument?.multiplier ?? ONE_UNIT;
  return ok((units) => scaledBy(notionalOf(unit, units, multiplier), exchangeRate));
}

/**
 * What one unit of `leg` may cost, in the instrument's currency (domain.md §5). BUY: LMT its limit, MKT ask × 1.05, STP
 * max(stop, ask) × 1.05. SELL: max(ask, limit or stop). null when that needs an ask that is not known.
 */
export function unitPriceOf(
  { quote }: Pick<RiskContext, 'quote'>,
  { side, terms }: { readonly side: Side; readonly terms: ObservedTerms },
): Price | null {
  const limit = limitOf(terms);
  if (side === 'BUY' && limit !== null) return limit;
  const ask = quote?.ask ?? null;
  if (ask === null) return null;
  const own = limit ?? stopOf(terms) ?? ask;
  return side === 'BUY' ? scaledBy(maxOf(own, ask), RUNAWAY) : maxOf(ask, own);
}
