import { pass, type RiskCheck } from '#engine/risk/risk-check';

export const grossExposure: RiskCheck = { name: 'gross-exposure', check: () => pass('gross-exposure') };
