import { addsRisk, deny, pass, type RiskCheck } from '#engine/risk/risk-check';

/** Which symbols may be traded at all. What is held of another one can still be closed and protected. */
export const symbolList: RiskCheck = {
  name: 'symbol-list',
  check: (context) => {
    const { settings, subject } = context;
    const { symbol } = subject;
    if (!addsRisk(context)) return pass('symbol-list');
    if (settings.deniedSymbols.includes(symbol)) {
      return deny('symbol-list', { code: 'SYMBOL_NOT_ALLOWED', symbol, list: 'denied' });
    }
    const isAllowed = settings.allowedSymbols?.includes(symbol) ?? true;
    return isAllowed
      ? pass('symbol-list')
      : deny('symbol-list', { code: 'SYMBOL_NOT_ALLOWED', symbol, list: 'allowed' });
  },
};
