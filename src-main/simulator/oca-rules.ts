import { isFinal, remainingOf, type OcaType, type SimulatedOrder } from '#simulator/simulated-order';

/**
 * How OCA types 2 and 3 reduce the other orders: each by the filled shares, or each by the fraction that filled. IBKR's
 * documents say proportional; for equal legs both come to the same.
 */
export type OcaReduction = 'share-for-share' | 'proportional';

/** What one fill does to another order of the same OCA group. */
export type OcaConsequence =
  | { readonly kind: 'cancel'; readonly order: SimulatedOrder }
  | { readonly kind: 'reduce'; readonly order: SimulatedOrder; readonly shares: number };

/**
 * Type 1: any fill, even a partial one, cancels the others. Types 2 and 3: the others lose the filled shares and are
 * cancelled when nothing is left.
 */
export function ocaConsequences(
  filled: SimulatedOrder,
  shares: number,
  type: OcaType,
  members: Iterable<SimulatedOrder>,
): readonly OcaConsequence[] {
  return [...members]
    .filter((order) => order !== filled && !isFinal(order))
    .map((order) =>
      type === 1 || remainingOf(order) <= shares ? { kind: 'cancel', order } : { kind: 'reduce', order, shares },
    );
}
