import { compare, type Price } from '#domain/money';
import { isTrailing, stopOf, type OrderTerms } from '#domain/order-spec';
import type { CheckVerdict, RiskContext, RiskLeg } from '#domain/risk-decision';
import { isOnTick, neighboursOf, tickAt } from '#domain/tick-rules';
import { deny, isAboveZero, legsOf, pass, pricesOf, type RiskCheck } from '#engine/risk/risk-check';

/** Every price is above zero and a whole number of ticks of its band; the denial names both neighbours. */
export const tick: RiskCheck = {
  name: 'tick',
  check: (context) => {
    for (const { role, terms } of legsOf(context)) {
      const short = shortTrail(context, role, terms);
      if (short !== null) return short;
      for (const { field, price } of pricesOf(terms)) {
        if (!isAboveZero(price)) return deny('tick', { code: 'PRICE_NOT_POSITIVE', leg: role, field, price });
        if (context.instrument === null || isOnTick(context.instrument, price)) continue;
        return deny('tick', {
          code: 'PRICE_OFF_TICK',
          leg: role,
          field,
          price,
          increment: tickAt(context.instrument, price),
          ...neighboursOf(context.instrument, price),
        });
      }
    }
    return pass('tick');
  },
};

/** A trail of less than a tick could not keep its distance. */
function shortTrail(context: RiskContext, leg: RiskLeg['role'], terms: OrderTerms): CheckVerdict | null {
  const distance = trailAmountOf(terms);
  if (distance === null) return null;
  if (!isAboveZero(distance)) return deny('tick', { code: 'PRICE_NOT_POSITIVE', leg, field: 'stop', price: distance });
  if (context.instrument === null) return null;
  const increment = tickAt(context.instrument, stopOf(terms) ?? context.quote?.last ?? distance);
  if (compare(distance, increment) >= 0) return null;
  return deny('tick', { code: 'TRAIL_BELOW_TICK', leg, distance, increment });
}

/** How far a stop is to trail, where that is an amount. */
function trailAmountOf(terms: OrderTerms): Price | null {
  if (terms.type === 'STP TO TRAIL') return terms.trailAmount;
  return isTrailing(terms) && terms.trail.by === 'amount' ? terms.trail.amount : null;
}
