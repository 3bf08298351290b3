import { compare, type Price } from '#domain/money';
import type { OrderTerms, Side } from '#domain/order-spec';
import type { RiskContext } from '#domain/risk-decision';
import { deny, farTouch, mainLegOf, pass, warn, type RiskCheck } from '#engine/risk/risk-check';

/**
 * An order must not trade with our own order on the other side (wash trades): it is denied when its price reaches a limit
 * order of ours that rests in the book. Exits that rest there can be met like any other; what waits for its entry or its
 * trigger is in no book and can not. A manager's order is sent all the same, for what it closes would stay open.
 */
export const selfCross: RiskCheck = {
  name: 'self-cross',
  check: (context) => {
    const { side, terms } = mainLegOf(context);
    const own = context.resting?.[side === 'BUY' ? 'sell' : 'buy'] ?? null;
    const reaches = own === null ? null : reachOf(context, side, terms);
    if (own === null || reaches === null || compare(own.price, reaches) === (side === 'BUY' ? 1 : -1)) {
      return pass('self-cross');
    }
    const reason = { code: 'SELF_CROSS' as const, ...own };
    return context.origin === 'manager' ? warn('self-cross', reason) : deny('self-cross', reason);
  },
};

/** The worst price at which the order would trade at once; null when it waits, or when that can not be known. */
function reachOf(context: RiskContext, side: Side, terms: OrderTerms): Price | null {
  if (terms.type === 'LMT') return terms.limit;
  return terms.type === 'MKT' ? farTouch(context, side) : null;
}
