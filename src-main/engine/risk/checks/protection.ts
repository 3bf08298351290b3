import { add, compare, isPositive, isZero, magnitudeOf } from '#domain/money';
import { cannotKnow, deny, mainLegOf, pass, type RiskCheck } from '#engine/risk/risk-check';

/**
 * A stop that stands by itself protects what is held and has no stop yet: never more, and never the wrong side
 * (domain.md §3: its quantity never exceeds the position's).
 */
export const protection: RiskCheck = {
  name: 'protection',
  check: (context) => {
    const { position, protectedLeaves: covered, subject } = context;
    const { role, side, quantity } = mainLegOf(context);
    if (role !== 'protective-stop') return pass('protection');
    if (position === null) return cannotKnow('protection', { code: 'POSITION_UNKNOWN', symbol: subject.symbol });
    const protects = !isZero(position) && (side === 'SELL') === isPositive(position);
    if (protects && compare(add(quantity, covered), magnitudeOf(position)) <= 0) return pass('protection');
    return deny('protection', { code: 'PROTECTS_TOO_MUCH', quantity, position, covered });
  },
};
