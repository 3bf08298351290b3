import type { Command, CommandReply } from '#domain/command';
import type { Origin } from '#domain/order-record';
import { refused } from '#engine/reply';
import type { Turn } from '#engine/turn';

/** A person lets a scope add again although the loss of its day has reached the limit. */
export function resetLossLatch(
  _turn: Turn,
  _origin: Origin,
  _command: Extract<Command, { kind: 'reset-loss-latch' }>,
): CommandReply {
  return refused('Nothing has latched.');
}

/** A session day ends for some instrument: what latched until then opens, and the marks of the new day are taken. */
export function onDayReset(_turn: Turn): void {}
