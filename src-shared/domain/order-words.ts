import { assertNever } from '#domain/assert';
import { formatAveragePrice, formatPrice, formatQuantity } from '#domain/format';
import { leavesQuantityOf, type OrderRecord, type OrderState } from '#domain/order-record';
import { isTrailing, limitOf, stopOf, typeNameOf, type ObservedTerms, type Side, type Trail } from '#domain/order-spec';
import type { Quantity } from '#domain/money';

/** How far a stop trails: `3.00`, `2 %`. */
export function describeTrail(trail: Trail): string {
  return trail.by === 'amount' ? formatPrice(trail.amount) : `${trail.percent} %`;
}

/** An order type with its prices: `MKT`, `LMT 164.10`, `STP LMT 161.00 160.50`, `TRAIL 2 %, stop 147.00`. */
export function describeTerms(terms: ObservedTerms): string {
  if (isTrailing(terms)) {
    const offset = terms.type === 'TRAIL LIMIT' ? `, limit ${formatPrice(terms.limitOffset)} behind` : '';
    const stop = terms.stop === null ? '' : `, stop ${formatPrice(terms.stop)}`;
    return `${terms.type} ${describeTrail(terms.trail)}${stop}${offset}`;
  }
  if (terms.type === 'STP TO TRAIL') {
    const { stop, activation, trailAmount } = terms;
    return `STP ${formatPrice(stop)}, trails ${formatPrice(trailAmount)} from ${formatPrice(activation)}`;
  }
  const prices = [stopOf(terms), limitOf(terms)].flatMap((price) => (price === null ? [] : [formatPrice(price)]));
  return [typeNameOf(terms), ...prices].join(' ');
}

/** An order as a trader says it: `BUY 50 AMD LMT 164.10`. */
export function describeOrder(order: {
  readonly side: Side;
  readonly quantity: Quantity;
  readonly symbol: string;
  readonly terms: ObservedTerms;
}): string {
  return `${order.side} ${formatQuantity(order.quantity)} ${order.symbol} ${describeTerms(order.terms)}`;
}

/** Where an order stands, in the few words of a status column. The tests of both hosts look for these words. */
export function describeStatus(state: OrderState): string {
  switch (state.phase) {
    case 'denied':
      return 'Denied';
    case 'submitting':
      return 'Sent';
    case 'pending':
      return { none: 'Accepted', trigger: 'Not elected', parent: 'Waits for entry', other: 'Held' }[state.hold];
    case 'working':
      return 'Working';
    case 'partially-filled':
      return 'Part filled';
    case 'filled':
      return 'Filled';
    case 'cancelling':
      return 'Cancel requested';
    case 'cancelled':
      return 'Cancelled';
    case 'rejected':
      return 'Rejected';
    case 'inactive':
      return 'Inactive';
    case 'unknown':
      return 'Unknown';
    default:
      return assertNever(state);
  }
}

/** A state in a sentence after the order's number, with its evidence: `rejected by IBKR: … (201)`. */
export function describeState(order: OrderRecord): string {
  const { state } = order;
  switch (state.phase) {
    case 'denied':
      return 'denied by the risk check, not sent';
    case 'submitting':
      return 'sent, no answer yet';
    case 'pending':
      return {
        none: 'accepted, not working yet',
        trigger: 'accepted, waits for its trigger',
        parent: 'accepted, waits for its entry',
        other: 'accepted, held by IBKR',
      }[state.hold];
    case 'working':
      return 'working';
    case 'partially-filled':
      return `part filled, ${formatQuantity(leavesQuantityOf(order))} left`;
    case 'filled':
      return order.averagePrice === null
        ? 'filled'
        : `filled ${formatQuantity(order.filled)} @ ${formatAveragePrice(order.averagePrice)}`;
    case 'cancelling':
      return 'cancel requested, may still fill';
    case 'cancelled':
      return withReason('cancelled', state.reason);
    case 'rejected':
      return `${withReason('rejected by IBKR', state.reason)}${inBrackets(state.code)}`;
    case 'inactive':
      return withReason('held by IBKR, not working', state.why);
    case 'unknown':
      return withReason('may or may not be at IBKR, not resent', state.why);
    default:
      return assertNever(state);
  }
}

/** `what: why`, or `what` alone where no reason was given. */
export function withReason(what: string, why: string): string {
  return why === '' ? what : `${what}: ${why}`;
}

/** IBKR's code behind a sentence, where there is one. */
export function inBrackets(code: number | null): string {
  return code === null ? '' : ` (${code})`;
}
