import type { Command, CommandReply } from '#domain/command';
import type { Origin } from '#domain/order-record';
import { refused } from '#engine/reply';
import type { Turn } from '#engine/turn';
import type { EngineInput } from '#ports/engine-input';

/** A person sets limits of one symbol: never looser than the global ones. */
export function setSymbolLimit(
  _turn: Turn,
  _origin: Origin,
  _command: Extract<Command, { kind: 'set-symbol-limit' }>,
): CommandReply {
  return refused('Limits can not be set yet.');
}

/** The limits that symbol_limits.json holds now. */
export function onLimits(_turn: Turn, _input: Extract<EngineInput, { kind: 'limits' }>): void {}
