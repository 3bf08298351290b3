import { pass, type RiskCheck } from '#engine/risk/risk-check';

export const correlatedExposure: RiskCheck = { name: 'correlated-exposure', check: () => pass('correlated-exposure') };
