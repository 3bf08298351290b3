import { pass, type RiskCheck } from '#engine/risk/risk-check';

export const sectorExposure: RiskCheck = { name: 'sector-exposure', check: () => pass('sector-exposure') };
