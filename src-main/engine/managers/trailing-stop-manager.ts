import type { Command, CommandReply, RiskyCommand } from '#domain/command';
import type { ClientOrderId, ConId } from '#domain/ids';
import type { Origin } from '#domain/order-record';
import { err, type Result } from '#domain/result';
import type { RiskSubject } from '#domain/risk-decision';
import type { EngineState } from '#engine/engine-state';
import { refused } from '#engine/reply';
import type { Turn } from '#engine/turn';

type PlaceTrailingStop = Extract<RiskyCommand, { kind: 'place-trailing-stop' }>;

/** A trailing stop: decided, written down, and resting at IBKR or waiting for its activation price. */
export function placeTrailingStop(turn: Turn, origin: Origin, command: PlaceTrailingStop): CommandReply {
  return refused(`${command.request.symbol}: not built yet (${origin}, ${String(turn.at)}).`);
}

/** What a trailing stop asks of the risk checks. */
export function trailingStopSubject(
  _state: EngineState,
  command: PlaceTrailingStop,
): Result<Extract<RiskSubject, { action: 'place' }>, string> {
  return err(`${command.request.symbol}: not built yet.`);
}

/** A tick of `conId`: water marks move, and stops that are due follow. */
export function followMarket(_turn: Turn, _conId: ConId): void {
  return;
}

/** The orders and positions that this step touched. */
export function tendStops(_turn: Turn, _touched: readonly ClientOrderId[], _moved: readonly ConId[]): void {
  return;
}

/** A session is ready: every stop is looked at anew. */
export function tendOpenStops(_turn: Turn): void {
  return;
}

/** The budget of a symbol allows its next stop to move. */
export function onTrailDue(_turn: Turn, _conId: ConId): void {
  return;
}

/** A person arms a suspended stop again. */
export function rearmStop(turn: Turn, origin: Origin, command: Extract<Command, { kind: 'rearm-stop' }>): CommandReply {
  return refused(`${String(command.number)}: not built yet (${origin}, ${String(turn.at)}).`);
}
