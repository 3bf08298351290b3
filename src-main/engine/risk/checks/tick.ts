import { isOnTick, neighboursOf, tickAt } from '#domain/tick-rules';
import { deny, isAboveZero, legsOf, pass, pricesOf, type RiskCheck } from '#engine/risk/risk-check';

/** Every price is above zero and a whole number of ticks of its band; the denial names both neighbours. */
export const tick: RiskCheck = {
  name: 'tick',
  check: (context) => {
    for (const { role, terms } of legsOf(context)) {
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
