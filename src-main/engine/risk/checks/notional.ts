import {
  compare,
  maxOf,
  notionalOf,
  quantity,
  ratio,
  ratioOf,
  scaledBy,
  subtract,
  unitsWithin,
  ZERO_QUANTITY,
  type Price,
  type Ratio,
} from '#domain/money';
import { limitOf, stopOf } from '#domain/order-spec';
import type { RiskContext } from '#domain/risk-decision';
import { cannotKnow, deny, isReducing, mainLegOf, pass, warn, type RiskCheck } from '#engine/risk/risk-check';

/** A price that may still run away from us is valued five percent worse than the market. */
const RUNAWAY: Ratio = ratio('1.05');
/** Share of the limit from which the check warns. */
const WARN_AT: Ratio = ratio('0.8');
const ONE = quantity('1');

/**
 * The value of one order, in the account's currency, against the largest allowed, with the largest quantity that would pass. A position can always
 * be closed, however large it is.
 */
export const notional: RiskCheck = {
  name: 'notional',
  check: (context) => {
    if (isReducing(context)) return pass('notional');
    const unit = unitPrice(context);
    if (unit === null) return cannotKnow('notional', { code: 'NO_QUOTE', symbol: context.subject.symbol });
    const { baseCurrency, exchangeRate, instrument: known } = context;
    if (exchangeRate === null) {
      return cannotKnow('notional', { code: 'NO_EXCHANGE_RATE', from: known?.currency ?? '', to: baseCurrency });
    }
    const multiplier = known?.multiplier ?? ONE;
    const limit = context.settings.maxOrderNotional;
    const projected = scaledBy(notionalOf(unit, mainLegOf(context).quantity, multiplier), exchangeRate);
    const used = ratioOf(projected, limit) ?? RUNAWAY;
    if (compare(used, WARN_AT) < 0) return pass('notional');
    const reason = {
      code: 'ORDER_NOTIONAL' as const,
      projected,
      limit,
      headroom: subtract(limit, projected),
      used,
      currency: baseCurrency,
      source: 'global' as const,
      largest: unitsWithin(limit, scaledBy(notionalOf(unit, ONE, multiplier), exchangeRate)) ?? ZERO_QUANTITY,
    };
    return compare(projected, limit) > 0 ? deny('notional', reason) : warn('notional', reason);
  },
};

/**
 * What one unit may cost (domain.md §5). BUY: LMT its limit, MKT ask × 1.05, STP max(stop, ask) × 1.05. SELL: max(ask,
 * limit or stop). null when that needs an ask that is not known.
 */
function unitPrice(context: RiskContext): Price | null {
  const { side, terms } = mainLegOf(context);
  const limit = limitOf(terms);
  if (side === 'BUY' && limit !== null) return limit;
  const ask = context.quote?.ask ?? null;
  if (ask === null) return null;
  const own = limit ?? stopOf(terms) ?? ask;
  return side === 'BUY' ? scaledBy(maxOf(own, ask), RUNAWAY) : maxOf(ask, own);
}
