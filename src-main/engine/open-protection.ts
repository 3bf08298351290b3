import type { BracketGroup } from '#domain/bracket';
import type { ConId, GroupId } from '#domain/ids';
import type { ProtectiveStop } from '#domain/trailing-stop';
import type { ObservedFacts } from '#engine/engine-facts';

/** Keeps the index of brackets that are still open, oldest first in each instrument. */
export function indexBracket({ openBrackets }: ObservedFacts, { id, conId, closed }: BracketGroup): void {
  keep(openBrackets, conId, id, closed === null);
}

/** Keeps the index of protective stops that have not ended. */
export function indexStop({ openStops }: ObservedFacts, { id, conId, state }: ProtectiveStop): void {
  keep(openStops, conId, id, state.phase !== 'ended');
}

function keep(index: Map<ConId, Set<GroupId>>, conId: ConId, id: GroupId, isOpen: boolean): void {
  const ids = index.get(conId);
  if (!isOpen) ids?.delete(id);
  else if (ids === undefined) index.set(conId, new Set([id]));
  else ids.add(id);
}
