import { add, isNegative, leavesOf, signedBy } from '#domain/money';
import { cannotKnow, deny, isExitRole, mainLegOf, pass, type RiskCheck } from '#engine/risk/risk-check';

/**
 * Selling below zero needs permission. Worst case: everything that sells fills first, so the lowest position counts.
 */
export const short: RiskCheck = {
  name: 'short',
  check: (context) => {
    const { position, sellLeaves, subject, settings } = context;
    const leg = mainLegOf(context);
    // What protects closes what is held, and shrinks with it; how much of it that may be, `protection` says.
    if (settings.allowShort || leg.side === 'BUY' || isExitRole(leg.role)) return pass('short');
    if (position === null) return cannotKnow('short', { code: 'POSITION_UNKNOWN', symbol: subject.symbol });
    const open = subject.action === 'modify' ? leavesOf(leg.quantity, subject.filled) : leg.quantity;
    const projected = add(position, signedBy('SELL', add(sellLeaves, open)));
    return isNegative(projected) ? deny('short', { code: 'SHORT_NOT_ALLOWED', position, projected }) : pass('short');
  },
};
