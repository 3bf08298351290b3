import { isTerminal } from '#domain/order-lifecycle';
import type { Judge } from './carry-out';
import { EXIT } from './exit-code';

/** A new order: answered once it is anything but sent. */
export const judgePlacement: Judge = ({ state: { phase } }) => {
  if (phase === 'submitting') return null;
  if (phase === 'unknown') return EXIT.unknown;
  return phase === 'rejected' || phase === 'denied' ? EXIT.denied : EXIT.done;
};

/** A cancel: answered once the order is gone, or IBKR would not. An order that filled first was not cancelled. */
export const judgeCancellation: Judge = ({ id, state: { phase } }, heard) => {
  if (phase === 'filled') return EXIT.denied;
  if (isTerminal(phase)) return EXIT.done;
  if (heard.refused.has(id)) return EXIT.denied;
  if (phase === 'cancelling' || !(heard.cancelAsked.has(id) || heard.repeated)) return null;
  // Asked for and no longer on its way: lost from sight, or refused in an earlier run of this command.
  return phase === 'unknown' ? EXIT.unknown : EXIT.denied;
};

/** A modification: answered once IBKR confirmed or refused it, or the order ended first. */
export const judgeModification: Judge = ({ id, state: { phase }, modification }, heard) => {
  if (heard.modified.has(id)) return EXIT.done;
  if (heard.refused.has(id) || isTerminal(phase)) return EXIT.denied;
  if (phase === 'unknown') return EXIT.unknown;
  // A repeated key did nothing new; what the order is now stands behind its number.
  return heard.repeated && modification === null ? EXIT.done : null;
};

/** Closing orders and cancels in one: each is judged as what it is. */
export const judgeFlattening: Judge = (order, heard) => {
  const { phase } = order.state;
  const isCancel = heard.cancelAsked.has(order.id) || phase === 'cancelling' || phase === 'cancelled';
  return isCancel ? judgeCancellation(order, heard) : judgePlacement(order, heard);
};
