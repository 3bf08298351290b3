import { sameTerms } from '#domain/order-spec';
import { deny, mainLegOf, pass, type RiskCheck } from '#engine/risk/risk-check';

/** The same side, quantity, type and prices again within the window: a double click or a script run twice. */
export const duplicate: RiskCheck = {
  name: 'duplicate',
  check: (context) => {
    const { at, origin, recent, settings, subject } = context;
    if (subject.action === 'modify' || origin === 'manager') return pass('duplicate');
    const leg = mainLegOf(context);
    const windowMs = origin === 'cli' ? settings.duplicateCliMs : settings.duplicateWindowMs;
    const same = recent.find(
      (order) =>
        at - order.at < windowMs &&
        order.side === leg.side &&
        order.quantity === leg.quantity &&
        sameTerms(order.terms, leg.terms),
    );
    if (same === undefined) return pass('duplicate');
    return deny('duplicate', { code: 'DUPLICATE', of: same.number, ageMs: at - same.at, windowMs });
  },
};
