import { laterBy, type ConId, type GroupId } from '#domain/ids';
import type { Quantity } from '#domain/money';
import type { Turn } from '#engine/turn';

/** How long after the first attempt the second follows; each further one waits twice as long. */
export const RETRY_MS_MIN = 1_000;
export const RETRY_MS_MAX = 60_000;
/** Attempts after which a person is told that they lead nowhere. */
export const ATTEMPTS_BEFORE_ALARM = 3;

/** Names what is done to cover a bracket. */
export const coverKey = (id: GroupId): string => `cover:${id}`;

/** Names what is done about a cover outside of the group of its bracket's target. */
export const apartKey = (id: GroupId): string => `apart:${id}`;

/**
 * True once a condition has stood for `graceMs`: what IBKR is about to put right by itself is not ours to do twice. Until
 * then the engine wakes up for it.
 */
export function hasStoodFor(turn: Turn, key: string, conId: ConId, graceMs: number): boolean {
  const { deadlines, protection } = turn.state.observed;
  const since = protection.since.get(key) ?? turn.at;
  protection.since.set(key, since);
  if (turn.at - since >= graceMs) return true;
  deadlines.set(deadlineKey(key), laterBy(since, graceMs), { kind: 'protection', conId });
  return false;
}

/** The condition does not hold any more: neither is anything tried for it. */
export function forget(turn: Turn, key: string): void {
  const { deadlines, protection } = turn.state.observed;
  protection.since.delete(key);
  protection.attempts.delete(key);
  deadlines.clear(deadlineKey(key));
}

/** True when it may be tried now; otherwise the engine wakes up when it may. */
export function mayTry(turn: Turn, key: string, conId: ConId): boolean {
  const { deadlines, protection } = turn.state.observed;
  const attempts = protection.attempts.get(key);
  if (attempts === undefined || turn.at >= attempts.nextAt) return true;
  deadlines.set(deadlineKey(key), attempts.nextAt, { kind: 'protection', conId });
  return false;
}

/** It is tried now, for `asked`; `why`: what kept it from being sent, empty when nothing did. */
export function noteAttempt(turn: Turn, key: string, conId: ConId, asked: Quantity, why: string): void {
  const { deadlines, protection } = turn.state.observed;
  const count = (protection.attempts.get(key)?.count ?? 0) + 1;
  const nextAt = laterBy(turn.at, Math.min(RETRY_MS_MIN * 2 ** (count - 1), RETRY_MS_MAX));
  protection.attempts.set(key, { count, asked, nextAt, why });
  deadlines.set(deadlineKey(key), nextAt, { kind: 'protection', conId });
}

const deadlineKey = (key: string): string => `protection:${key}`;
