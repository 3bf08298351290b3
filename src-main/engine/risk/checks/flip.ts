import { add, compare, isNegative, isPositive, isZero, leavesOf, signedBy } from '#domain/money';
import { deny, isExitRole, leavesOn, mainLegOf, openOf, pass, type RiskCheck } from '#engine/risk/risk-check';

/**
 * An order that, with what else closes, would turn a long position short or a short one long: a person has to say that it
 * may. A position that is not known is the business of `position`.
 */
export const flip: RiskCheck = {
  name: 'flip',
  check: (context) => {
    const { allowFlip, position, subject } = context;
    const { role, side } = mainLegOf(context);
    if (allowFlip || position === null || isZero(position) || isExitRole(role)) return pass('flip');
    const open = openOf(context);
    const grows = subject.action === 'place' || compare(open, leavesOf(subject.before.quantity, subject.filled)) > 0;
    const projected = add(position, signedBy(side, add(leavesOn(context, side), open)));
    const crosses = isPositive(position) ? isNegative(projected) : isPositive(projected);
    return crosses && grows ? deny('flip', { code: 'FLIP_NOT_ALLOWED', position, projected }) : pass('flip');
  },
};
