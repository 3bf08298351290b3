import type { CommandReply, RiskyCommand } from '#domain/command';
import type { Origin } from '#domain/order-record';
import { err, type Result } from '#domain/result';
import type { RiskSubject } from '#domain/risk-decision';
import type { EngineState } from '#engine/engine-state';
import { refused } from '#engine/reply';
import type { Turn } from '#engine/turn';

type ClosePosition = Extract<RiskyCommand, { kind: 'close-position' }>;
type ProtectPosition = Extract<RiskyCommand, { kind: 'protect-position' }>;

/** Trades the whole position of a symbol back at the market; its protection goes as that fills. */
export function closePosition(turn: Turn, origin: Origin, command: ClosePosition): CommandReply {
  return refused(`${command.symbol}: not built yet (${origin}, ${String(turn.at)}).`);
}

/** Cancels what would open positions, and closes every position. */
export function flatten(turn: Turn, origin: Origin): CommandReply {
  return refused(`Not built yet (${origin}, ${String(turn.at)}).`);
}

/** A stop for what is held of a symbol and has none. */
export function protectPosition(turn: Turn, origin: Origin, command: ProtectPosition): CommandReply {
  return refused(`${command.request.symbol}: not built yet (${origin}, ${String(turn.at)}).`);
}

/** What closing or protecting a position asks of the risk checks. */
export function closingSubject(
  _state: EngineState,
  command: ClosePosition | ProtectPosition,
): Result<Extract<RiskSubject, { action: 'place' }>, string> {
  return err(`${command.kind}: not built yet.`);
}
