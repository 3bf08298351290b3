import type { Command, CommandReply } from '#domain/command';
import type { Origin } from '#domain/order-record';
import { refused } from '#engine/reply';
import type { Turn } from '#engine/turn';

/** The kill switch: ACTIVE, REDUCING or HALTED, until a person says otherwise. */
export function setTradingState(
  _turn: Turn,
  _origin: Origin,
  _command: Extract<Command, { kind: 'set-trading-state' }>,
): CommandReply {
  return refused('The trading state can not be set yet.');
}
