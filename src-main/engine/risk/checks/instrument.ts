import { isTradable } from '#domain/instrument';
import { cannotKnow, deny, pass, type RiskCheck } from '#engine/risk/risk-check';

/** The instrument must be defined by IBKR, and be of a kind this release trades. */
export const instrument: RiskCheck = {
  name: 'instrument',
  check: ({ instrument: known, subject: { symbol } }) => {
    if (known === null) return cannotKnow('instrument', { code: 'INSTRUMENT_UNKNOWN', symbol });
    if (isTradable(known)) return pass('instrument');
    return deny('instrument', { code: 'INSTRUMENT_NOT_TRADABLE', symbol, securityType: known.securityType });
  },
};
