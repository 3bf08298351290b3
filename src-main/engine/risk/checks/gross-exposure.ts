import { pass, type RiskCheck } from '#engine/risk/risk-check';
import { sumVerdict } from '#engine/risk/exposure-verdict';

/** The sum of all positions at worst, long and short alike, against the largest of the account. */
export const grossExposure: RiskCheck = {
  name: 'gross-exposure',
  check: (context) => {
    const { exposure, settings } = context;
    if (exposure === null) return pass('gross-exposure');
    const limit = { before: exposure.gross, of: '', limit: settings.maxGrossExposure, source: 'global' as const };
    return sumVerdict('gross-exposure', context, exposure, limit, (figure) => ({ code: 'GROSS_EXPOSURE', figure }));
  },
};
