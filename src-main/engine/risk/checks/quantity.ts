import { add, compare, isMultipleOf, ZERO_QUANTITY } from '#domain/money';
import { deny, isAboveZero, legsOf, mainLegOf, pass, type RiskCheck } from '#engine/risk/risk-check';

/** Above zero, in the instrument's increments, within the largest order, and never below what has filled. */
export const quantity: RiskCheck = {
  name: 'quantity',
  check: (context) => {
    const { instrument, settings, subject } = context;
    for (const leg of legsOf(context)) {
      const { role, quantity: wanted } = leg;
      if (!isAboveZero(wanted)) return deny('quantity', { code: 'QUANTITY_ZERO', leg: role });
      if (compare(wanted, settings.maxOrderQuantity) > 0) {
        return deny('quantity', { code: 'QUANTITY_LIMIT', quantity: wanted, limit: settings.maxOrderQuantity });
      }
      if (instrument === null) continue;
      const { sizeIncrement, minimumSize } = instrument;
      if (compare(wanted, minimumSize) < 0) {
        return deny('quantity', { code: 'QUANTITY_MINIMUM', leg: role, quantity: wanted, minimum: minimumSize });
      }
      if (!isMultipleOf(wanted, sizeIncrement)) {
        return deny('quantity', { code: 'QUANTITY_INCREMENT', leg: role, quantity: wanted, increment: sizeIncrement });
      }
    }
    if (subject.action === 'place') {
      const stops = subject.legs.filter(({ role }) => role === 'stop-loss');
      const sum = stops.reduce((total, leg) => add(total, leg.quantity), ZERO_QUANTITY);
      const { quantity: whole } = mainLegOf(context);
      if (stops.length > 0 && sum !== whole)
        return deny('quantity', { code: 'SCALE_OUT_QUANTITY', sum, quantity: whole });
    }
    if (subject.action === 'modify' && compare(subject.after.quantity, subject.filled) <= 0) {
      return deny('quantity', {
        code: 'QUANTITY_BELOW_FILLED',
        quantity: subject.after.quantity,
        filled: subject.filled,
      });
    }
    return pass('quantity');
  },
};
