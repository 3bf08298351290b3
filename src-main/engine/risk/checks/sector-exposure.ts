import { pass, type RiskCheck } from '#engine/risk/risk-check';
import { sumVerdict } from '#engine/risk/exposure-verdict';

/** The sum of all positions of the instrument's sector at worst; instruments without a known sector are one sector. */
export const sectorExposure: RiskCheck = {
  name: 'sector-exposure',
  check: (context) => {
    const { exposure } = context;
    if (exposure === null) return pass('sector-exposure');
    const { name: sector, ...amounts } = exposure.sector;
    return sumVerdict('sector-exposure', context, exposure, { ...amounts, of: sector }, (figure) => {
      return { code: 'SECTOR_EXPOSURE', sector, figure };
    });
  },
};
