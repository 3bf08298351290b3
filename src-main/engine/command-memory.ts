import { present } from '#domain/assert';
import { CANCEL_NUMBERS_MAX, type Command, type CommandReply } from '#domain/command';
import type { CommandKey } from '#domain/ids';
import type { WorkstationState } from '#domain/workstation-state';
import { refused } from '#engine/reply';
import type { Turn } from '#engine/turn';

/** Longest message kept with an answer; the schema of the event bounds it. */
const MESSAGE_LENGTH_MAX = 1_000;

/** The answer that `key` got before, or a refusal when it came with another command then; null for a new key. */
export function recall(state: WorkstationState, key: CommandKey, command: Command): CommandReply | null {
  const known = state.commands.get(key);
  if (known === undefined) return null;
  if (known.payloadHash !== payloadHashOf(command)) {
    return refused(`Key ${key} was used for another command. Use a new key for a new command.`);
  }
  const { outcome, orders, decisionId, message } = known.reply;
  return {
    outcome,
    orders: orders.map((id) => ({ id, number: present(state.orders.get(id), 'the order of an answer').number })),
    decision: decisionId === null ? null : (state.decisions.get(decisionId) ?? null),
    message,
    repeated: true,
  };
}

/** Writes the answer down, so that the same key gives it again, also after a restart. */
export function remember(turn: Turn, key: CommandKey, command: Command, reply: CommandReply): void {
  turn.emit({
    type: 'command-answered',
    key,
    payloadHash: payloadHashOf(command),
    reply: {
      outcome: reply.outcome,
      orders: reply.orders.slice(0, CANCEL_NUMBERS_MAX).map(({ id }) => id),
      decisionId: reply.decision?.id ?? null,
      message: reply.message.slice(0, MESSAGE_LENGTH_MAX),
    },
  });
}

/**
 * 53-bit hash of the command's canonical text (cyrb53, public domain, by bryc). It guards against mistakes, not against
 * an enemy: whoever can send commands needs no collision.
 */
function payloadHashOf(command: Command): string {
  const text = canonicalText(command);
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (4294967296 * (2097151 & low) + (high >>> 0)).toString(36);
}

/** JSON with sorted keys: the order in which a caller wrote the fields does not matter. */
function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, field]) => `${key}:${canonicalText(field)}`).join(',')}}`;
}
