import { isFinal, type SimulatedOrder } from '#simulator/simulated-order';

/**
 * What attached orders do while their parent is partly filled. IBKR's documents are silent, so both readings exist:
 * they work for what the parent has (`pro-rata`), or only once it is filled (`full-fill`).
 */
export type BracketChildren = 'pro-rata' | 'full-fill';

/** Shares a working order may fill now. */
export function fillableSharesOf(order: SimulatedOrder): number {
  const remaining = order.terms.quantity - order.filled;
  const { parent } = order;
  if (parent === undefined || isFinal(parent)) return remaining;
  return Math.max(0, Math.min(remaining, parent.filled - order.reduced - order.filled));
}

/** The attached orders that come alive by the parent's last fill. */
export function childrenToActivate(parent: SimulatedOrder, mode: BracketChildren): readonly SimulatedOrder[] {
  const alive = parent.stage === 'filled' || (mode === 'pro-rata' && parent.filled > 0);
  return alive ? parent.children.filter(({ stage }) => stage === 'waiting') : [];
}

/**
 * What becomes of an attached order when its parent ends without being filled wholly: the size it keeps, 0 when it
 * is cancelled too.
 */
export function sizeWithoutParent(child: SimulatedOrder, parent: SimulatedOrder, mode: BracketChildren): number {
  if (mode === 'full-fill') return 0;
  const kept = Math.max(child.filled, parent.filled - child.reduced);
  return kept === child.filled ? 0 : kept;
}
