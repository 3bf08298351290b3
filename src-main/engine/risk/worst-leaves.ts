import { present } from '#domain/assert';
import type { ClientOrderId, ConId, GroupId } from '#domain/ids';
import { add, leavesOf, maxOf, minOf, ZERO_QUANTITY, type Quantity } from '#domain/money';
import { isHeldForEntry, isLive, isProtectiveExit, leavesQuantityOf, type OrderRecord } from '#domain/order-record';
import type { Side } from '#domain/order-spec';
import type { EngineFacts } from '#engine/engine-facts';
import { isCoverInGroup } from '#engine/orders/cover-group';

/**
 * What the live orders of one side may still fill at worst, `except` apart. Protective exits are bounded by what they
 * protect: they close, they do not add.
 */
export function addingLeaves(
  state: EngineFacts,
  conId: ConId | undefined,
  side: Side,
  except: ClientOrderId | null = null,
): Quantity {
  return worstLeaves(state, conId, (it) => it.spec.side === side && it.id !== except && !isProtectiveExit(it));
}

/** Σ worst-case leaves of the live orders that `counts`, and of each OCA group at IBKR only its larger leg. */
export function worstLeaves(
  state: EngineFacts,
  conId: ConId | undefined,
  counts: (order: OrderRecord) => boolean,
): Quantity {
  const { durable, observed } = state;
  const live = conId === undefined ? undefined : observed.liveByInstrument.get(conId);
  const largestOf = new Map<GroupId, Quantity>();
  let sum = ZERO_QUANTITY;
  for (const id of live ?? []) {
    const order = present(durable.orders.get(id), 'an indexed live order');
    if (!counts(order)) continue;
    const leaves = minOf(worstLeavesOf(order), closableOf(state, order));
    const group = sharedGroupOf(state, order);
    if (group === null) sum = add(sum, leaves);
    else largestOf.set(group, maxOf(largestOf.get(group) ?? ZERO_QUANTITY, leaves));
  }
  for (const leaves of largestOf.values()) sum = add(sum, leaves);
  return sum;
}

/** The group of whose orders on one side only the largest can fill: exits of a bracket, OCO orders that IBKR holds. */
function sharedGroupOf(state: EngineFacts, order: OrderRecord): GroupId | null {
  const { group } = order;
  if (group === null) return null;
  if (standsIn(state, order)) return group.id;
  if (group.role === 'take-profit' || group.role === 'stop-loss') return group.id;
  return group.role === 'oco' && state.durable.ocoGroups.get(group.id)?.custody === 'native' ? group.id : null;
}

/** True for a cover that does not add to its bracket's exits: of their OCA group, or in the place of one that waits. */
function standsIn(state: EngineFacts, order: OrderRecord): boolean {
  const { orders, groups } = state.durable;
  const bracket = order.group?.role === 'cover' ? groups.get(order.group.id) : undefined;
  if (bracket === undefined) return false;
  return isCoverInGroup(state, order) || isHeldForEntry(present(orders.get(bracket.stopLoss), 'the stop of a bracket'));
}

/** While its entry lives an exit has the size of the entry, and IBKR fills no more of it than the entry has filled. */
function closableOf({ durable }: EngineFacts, order: OrderRecord): Quantity {
  const bracket = order.group === null ? undefined : durable.groups.get(order.group.id);
  const entry = bracket === undefined ? undefined : durable.orders.get(bracket.parent);
  return entry === undefined || entry.id === order.id || !isLive(entry) ? worstLeavesOf(order) : entry.filled;
}

/** A modification in flight counts as the larger of old and new. */
function worstLeavesOf(order: OrderRecord): Quantity {
  const now = leavesQuantityOf(order);
  return order.modification === null ? now : maxOf(now, leavesOf(order.modification.quantity, order.filled));
}
