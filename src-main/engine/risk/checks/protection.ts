import { add, compare, isPositive, isZero, leavesOf, magnitudeOf, type Quantity } from '#domain/money';
import type { RiskContext } from '#domain/risk-decision';
import { cannotKnow, deny, isExitRole, mainLegOf, pass, type RiskCheck } from '#engine/risk/risk-check';

/**
 * What protects closes what is held and has no exit yet: never more, and never on the wrong side (domain.md §3). It looks at
 * a stop that stands by itself, and at a change that makes an exit larger once there is something to close.
 */
export const protection: RiskCheck = {
  name: 'protection',
  check: (context) => {
    const open = addedProtection(context);
    if (open === null) return pass('protection');
    const { position, protectedLeaves: covered, subject } = context;
    if (position === null) return cannotKnow('protection', { code: 'POSITION_UNKNOWN', symbol: subject.symbol });
    const protects = !isZero(position) && (mainLegOf(context).side === 'SELL') === isPositive(position);
    if (protects && compare(add(open, covered), magnitudeOf(position)) <= 0) return pass('protection');
    return deny('protection', { code: 'PROTECTS_TOO_MUCH', quantity: open, position, covered });
  },
};

/** What the exit would have open in all; null where nothing is added to what closes the position. */
function addedProtection(context: RiskContext): Quantity | null {
  const { subject } = context;
  if (subject.action === 'place') {
    const { role, quantity } = mainLegOf(context);
    return role === 'protective-stop' ? quantity : null;
  }
  const { before, after, filled, entry } = subject;
  const waitsForEntry = entry !== null;
  if (!isExitRole(after.role) || waitsForEntry || compare(after.quantity, before.quantity) <= 0) return null;
  return leavesOf(after.quantity, filled);
}
