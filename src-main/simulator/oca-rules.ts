import { mulDiv } from '#simulator/fixed';
import { isFinal, remainingOf, type OcaType, type SimulatedOrder } from '#simulator/simulated-order';

/**
 * How OCA types 2 and 3 reduce the other orders: each by the filled shares, or each by the fraction that filled. IBKR's
 * documents say proportional; for equal legs both come to the same.
 */
export type OcaReduction = 'share-for-share' | 'proportional';

/** A fill of an order in an OCA group. */
export interface OcaFill {
  readonly order: SimulatedOrder;
  readonly shares: number;
  /** What was left of the order before the fill. */
  readonly remainingBefore: number;
}

/** What one fill does to another order of the same OCA group. */
export type OcaConsequence =
  | { readonly kind: 'cancel'; readonly order: SimulatedOrder }
  | { readonly kind: 'reduce'; readonly order: SimulatedOrder; readonly shares: number };

/**
 * Type 1: any fill, even a partial one, cancels the others. Types 2 and 3: the others are reduced, and cancelled when
 * nothing is left.
 */
export function ocaConsequences(
  fill: OcaFill,
  type: OcaType,
  reduction: OcaReduction,
  members: readonly SimulatedOrder[],
): readonly OcaConsequence[] {
  return members
    .filter((order) => order !== fill.order && !isFinal(order))
    .map((order): OcaConsequence => {
      if (type === 1) return { kind: 'cancel', order };
      const shares = reductionOf(order, fill, reduction);
      return remainingOf(order) <= shares ? { kind: 'cancel', order } : { kind: 'reduce', order, shares };
    });
}

function reductionOf(order: SimulatedOrder, fill: OcaFill, reduction: OcaReduction): number {
  return reduction === 'share-for-share' ? fill.shares : mulDiv(remainingOf(order), fill.shares, fill.remainingBefore);
}
