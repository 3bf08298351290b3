import type { LimitFigure } from '#domain/limit-figure';
import { maxOf, ratioOf, subtract, unitsWithin, ZERO_MONEY, ZERO_QUANTITY, type Money } from '#domain/money';
import type { RiskContext } from '#domain/risk-decision';
import { isNear, isWorse } from '#engine/risk/limit-verdict';
import { ONE_UNIT, RUNAWAY, valuationOf } from '#engine/risk/order-value';
import {
  addsRisk,
  cannotKnow,
  deny,
  isReducing,
  largestOf,
  mainLegOf,
  pass,
  warn,
  type RiskCheck,
} from '#engine/risk/risk-check';

/**
 * The value of one order, in the account's currency, against the largest allowed for its symbol, with the largest quantity
 * that would pass. A position can always be closed, however large it is.
 */
export const notional: RiskCheck = {
  name: 'notional',
  check: (context) => {
    const { baseCurrency, limits, settings, subject } = context;
    const main = mainLegOf(context);
    // Decisions that were stored before symbols had limits knew the global one alone, and no figures.
    const isExempt = limits === null ? isReducing(context) : !addsRisk(context);
    const valuation = valuationOf(context, main);
    if (!valuation.ok) return isExempt ? pass('notional') : cannotKnow('notional', valuation.error);
    const { value: limit, source } = limits?.orderExposure ?? { value: settings.maxOrderNotional, source: 'global' };
    const after = valuation.value(main.quantity);
    const before = limits === null ? ZERO_MONEY : valueBefore(context);
    const within = unitsWithin(maxOf(limit, before), valuation.value(ONE_UNIT)) ?? ZERO_QUANTITY;
    const largest = largestOf(context, within);
    const figure: LimitFigure = {
      unit: 'money',
      limitName: 'order-exposure',
      of: subject.symbol,
      source,
      largest,
      currency: baseCurrency,
      before,
      after,
      limit,
    };
    const figures = limits === null ? [] : [figure];
    if (isExempt || !isNear(after, limit)) return pass('notional', figures);
    const reason = {
      code: 'ORDER_NOTIONAL' as const,
      projected: after,
      limit,
      headroom: subtract(limit, after),
      used: ratioOf(after, limit) ?? RUNAWAY,
      currency: baseCurrency,
      source,
      largest,
    };
    return isWorse(before, after, limit) ? deny('notional', reason, figures) : warn('notional', reason, figures);
  },
};

/** What the order was worth before it is changed; nothing for a new one. */
function valueBefore(context: RiskContext): Money {
  const { subject } = context;
  if (subject.action === 'place') return ZERO_MONEY;
  const valuation = valuationOf(context, subject.before);
  return valuation.ok ? valuation.value(subject.before.quantity) : ZERO_MONEY;
}
