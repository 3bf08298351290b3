import { add, isNegative, leavesOf, signedBy } from '#domain/money';
import { cannotKnow, deny, mainLegOf, pass, type RiskCheck } from '#engine/risk/risk-check';

/**
 * Selling below zero needs permission. Worst case: everything that sells fills first, so the lowest position counts.
 */
export const short: RiskCheck = {
  name: 'short',
  check: (context) => {
    const { position, sellLeaves, subject, settings } = context;
    const leg = mainLegOf(context);
    const isExit = subject.action === 'modify' && subject.after.role !== 'parent';
    // The exits of a bracket close what their entry opened, and IBKR shrinks them with it.
    if (settings.allowShort || leg.side === 'BUY' || isExit) return pass('short');
    if (position === null) return cannotKnow('short', { code: 'POSITION_UNKNOWN', symbol: subject.symbol });
    const open = subject.action === 'modify' ? leavesOf(leg.quantity, subject.filled) : leg.quantity;
    const projected = add(position, signedBy('SELL', add(sellLeaves, open)));
    return isNegative(projected) ? deny('short', { code: 'SHORT_NOT_ALLOWED', position, projected }) : pass('short');
  },
};
