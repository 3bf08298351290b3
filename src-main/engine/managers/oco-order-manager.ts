import type { CommandReply, RiskyCommand } from '#domain/command';
import type { ClientOrderId, GroupId } from '#domain/ids';
import type { Origin } from '#domain/order-record';
import { err, type Result } from '#domain/result';
import type { RiskSubject } from '#domain/risk-decision';
import type { EngineState } from '#engine/engine-state';
import { refused } from '#engine/reply';
import type { Turn } from '#engine/turn';

type PlaceOco = Extract<RiskyCommand, { kind: 'place-oco' }>;

/** Two or more orders of which one cancels or reduces the others. */
export function placeOco(turn: Turn, origin: Origin, command: PlaceOco): CommandReply {
  return refused(`${String(command.request.legs.length)}: not built yet (${origin}, ${String(turn.at)}).`);
}

/** What an OCO group asks of the risk checks: each of its orders for itself. */
export function ocoSubjects(
  _state: EngineState,
  command: PlaceOco,
): Result<readonly Extract<RiskSubject, { action: 'place' }>[], string> {
  return err(`${String(command.request.legs.length)}: not built yet.`);
}

/** Looks at every OCO group that this step touched. */
export function tendOcos(_turn: Turn, _touched: readonly ClientOrderId[]): void {
  return;
}

/** A session is ready: every open group is looked at anew. */
export function tendOpenOcos(_turn: Turn): void {
  return;
}

/** The time is over: siblings that should be gone or smaller and are not are cancelled or reduced by us. */
export function onSiblingsDue(_turn: Turn, _id: GroupId): void {
  return;
}
