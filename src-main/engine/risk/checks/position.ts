import type { LimitFigure } from '#domain/limit-figure';
import {
  add,
  isNegative,
  leavesOf,
  magnitudeOf,
  maxOf,
  signedBy,
  subtract,
  ZERO_POSITION,
  ZERO_QUANTITY,
  type Quantity,
  type SignedQuantity,
} from '#domain/money';
import { oppositeOf, type Side } from '#domain/order-spec';
import type { RiskContext } from '#domain/risk-decision';
import { isNear, isWorse } from '#engine/risk/limit-verdict';
import {
  addsRisk,
  cannotKnow,
  deny,
  isExitRole,
  largestOf,
  leavesOn,
  mainLegOf,
  openOf,
  pass,
  warn,
  type RiskCheck,
} from '#engine/risk/risk-check';

/**
 * The position at worst against the largest of its symbol: max(|hi|, |lo|) with every working order filled (domain.md §5).
 * An order denies for its own side alone: long beyond the limit does not make a further sale worse.
 */
export const position: RiskCheck = {
  name: 'position',
  check: (context) => {
    const { limits, position: held, subject } = context;
    if (limits === null) return pass('position');
    const { side, role } = mainLegOf(context);
    if (held === null) {
      if (isExitRole(role)) return pass('position');
      return cannotKnow('position', { code: 'POSITION_UNKNOWN', symbol: subject.symbol });
    }
    const others = reach(context, held, side);
    const opposite = atLeastZero(reach(context, held, oppositeOf(side)));
    // What protects closes what is held: it makes no position.
    const opens = (quantity: Quantity): Quantity =>
      atLeastZero(isExitRole(role) ? others : add(others, signedBy('BUY', quantity)));
    const own = { before: opens(openBefore(context)), after: opens(openOf(context)) };
    const { value: limit, source } = limits.positionSize;
    const room = subtract(signedBy('BUY', maxOf(limit, own.before)), others);
    const figure: LimitFigure = {
      unit: 'units',
      limitName: 'position',
      of: subject.symbol,
      source,
      largest: isExitRole(role) ? null : largestOf(context, atLeastZero(room)),
      before: maxOf(own.before, opposite),
      after: maxOf(own.after, opposite),
      limit,
    };
    if (!addsRisk(context)) return pass('position', [figure]);
    const reason = { code: 'POSITION_LIMIT' as const, symbol: subject.symbol, figure };
    if (isWorse(own.before, own.after, limit)) return deny('position', reason, [figure]);
    return isNear(figure.after, limit) ? warn('position', reason, [figure]) : pass('position', [figure]);
  },
};

/** How far the other orders may take the position to a side; negative where it stays on the other one. */
function reach(context: RiskContext, held: SignedQuantity, side: Side): SignedQuantity {
  const on = side === 'BUY' ? held : subtract(ZERO_POSITION, held);
  return add(on, signedBy('BUY', leavesOn(context, side)));
}

function openBefore({ subject }: RiskContext): Quantity {
  return subject.action === 'place' ? ZERO_QUANTITY : leavesOf(subject.before.quantity, subject.filled);
}

function atLeastZero(amount: SignedQuantity): Quantity {
  return isNegative(amount) ? ZERO_QUANTITY : magnitudeOf(amount);
}
