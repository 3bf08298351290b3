import { present } from '#domain/assert';
import { add, compare, isPositive, ratioOf, scaledBy, ratio, subtract, type Price, type Ratio } from '#domain/money';
import { isStopType, limitOf, type OrderTerms, type Side } from '#domain/order-spec';
import type { RiskContext } from '#domain/risk-decision';
import { deny, farTouch, mainLegOf, pass, unknownUnlessReducing, warn, type RiskCheck } from '#engine/risk/risk-check';

const HALF: Ratio = ratio('0.5');

/**
 * How far a price reaches through the market (domain.md §5): BUY LMT (limit − ask)/ask, SELL LMT (bid − limit)/bid, MKT
 * (ask − bid)/mid; STP LMT its limit against its stop. Passive prices pass; stops are the business of geometry.
 */
export const collar: RiskCheck = {
  name: 'collar',
  check: (context) => {
    const { terms, side } = mainLegOf(context);
    if (isStopType(terms) && terms.type !== 'STP LMT') return pass('collar');
    const measured = measure(context, side, terms);
    if (measured === null) {
      return unknownUnlessReducing('collar', context, { code: 'NO_QUOTE', symbol: context.subject.symbol });
    }
    const { priceCollarWarn: warnAt, priceCollarDeny: denyAt } = context.settings;
    if (compare(measured.deviation, warnAt) < 0) return pass('collar');
    const reason = { code: 'PRICE_COLLAR' as const, ...measured, warnAt, denyAt };
    return compare(measured.deviation, denyAt) < 0 ? warn('collar', reason) : deny('collar', reason);
  },
};

interface Measured {
  readonly price: Price;
  readonly reference: Price;
  readonly deviation: Ratio;
}

function measure(context: RiskContext, side: Side, terms: OrderTerms): Measured | null {
  const limit = limitOf(terms);
  if (limit === null) return spreadOf(context);
  return through(side, limit, terms.type === 'STP LMT' ? terms.stop : farTouch(context, side));
}

function through(side: Side, limit: Price, touch: Price | null): Measured | null {
  if (touch === null || !isPositive(touch)) return null;
  const beyond = side === 'BUY' ? subtract(limit, touch) : subtract(touch, limit);
  return { price: limit, reference: touch, deviation: present(ratioOf(beyond, touch), 'a touch above zero') };
}

function spreadOf(context: RiskContext): Measured | null {
  const bid = context.quote?.bid ?? null;
  const ask = context.quote?.ask ?? null;
  if (bid === null || ask === null) return null;
  const mid = scaledBy(add(bid, ask), HALF);
  if (!isPositive(mid)) return null;
  const deviation = present(ratioOf(subtract(ask, bid), mid), 'a mid above zero');
  return { price: ask, reference: mid, deviation };
}
