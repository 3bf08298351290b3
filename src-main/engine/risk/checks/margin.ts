import { compare } from '#domain/money';
import { isNear } from '#engine/risk/limit-verdict';
import { addsRisk, deny, pass, unknownUnlessReducing, warn, type RiskCheck } from '#engine/risk/risk-check';

/** What IBKR's what-if says of the order, when a person asked for it: initial margin within equity with loan value. */
export const margin: RiskCheck = {
  name: 'margin',
  check: (context) => {
    const { baseCurrency: currency, margin: told } = context;
    if (told === null) return pass('margin');
    if (!told.known) return unknownUnlessReducing('margin', context, { code: 'MARGIN_UNKNOWN', why: told.why });
    const { equityAfter: available, initialAfter: needed } = told;
    const reason = { code: 'MARGIN' as const, needed, available, currency };
    if (compare(needed, available) > 0 && addsRisk(context)) return deny('margin', reason);
    return isNear(needed, available) ? warn('margin', reason) : pass('margin');
  },
};
