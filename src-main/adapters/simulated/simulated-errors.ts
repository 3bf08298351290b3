import type { OrderErrorMeaning } from '#ports/broker-port';

/** What the exchange's codes mean for the order they name. Source: IBKR API, message codes. */
const MEANINGS: ReadonlyMap<number, OrderErrorMeaning> = new Map<number, OrderErrorMeaning>([
  [109, 'rejected'], // price out of the range that is accepted
  [110, 'refused-change'], // price off tick: a live order stays as it was
  [161, 'cancel-failed'], // not in a state that can be cancelled
  [200, 'rejected'], // no such instrument
  [201, 'rejected'],
  [202, 'cancelled'],
  [320, 'refused-change'], // the request could not be read
  [321, 'refused-change'], // the request is not valid
  [399, 'warning'],
  [434, 'refused-change'], // size of zero
  [10006, 'rejected'], // the parent is not known
  [10147, 'cancel-failed'], // order to cancel not found
  [10148, 'cancel-failed'], // order can not be cancelled
]);

/** A code that proves nothing about the order (it was filled, its id is in use …) has it asked for. */
export function orderMeaningOf(code: number): OrderErrorMeaning {
  return MEANINGS.get(code) ?? 'uncertain';
}
