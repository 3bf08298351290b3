import type { BracketGroup } from '#domain/bracket';
import type { ClientOrderId } from '#domain/ids';
import type { OcaMembership, OrderRecord } from '#domain/order-record';
import type { EngineFacts } from '#engine/engine-facts';

/** The OCA group of a bracket's target: as IBKR has last shown it (it may rename the one it was sent), or as it was sent. */
export function ocaOfTarget({ observed }: EngineFacts, { id }: BracketGroup, target: ClientOrderId): OcaMembership {
  return observed.ocaReported.get(target) ?? { group: id, type: 2 };
}

/** True for a stop of ours that stands in the OCA group of its bracket's target: the fill of one reduces the other. */
export function isCoverInGroup(state: EngineFacts, { id, group }: OrderRecord): boolean {
  const bracket = group?.role === 'cover' ? state.durable.groups.get(group.id) : undefined;
  const shown = state.observed.ocaReported.get(id);
  if (shown === undefined || bracket === undefined || bracket.takeProfit === null) return false;
  return shown.group === ocaOfTarget(state, bracket, bracket.takeProfit).group;
}
