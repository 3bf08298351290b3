import { laterBy, type EpochMs } from '#domain/ids';
import type { Turn } from '#engine/turn';

/** One stop of a symbol moves in this time, however many stops share it (domain.md §3). */
export const SYMBOL_PAUSE_MS = 1_000;
/** Moves of all stops in any second: below the 40 messages that the pacer lets through, so that nothing waits there. */
export const MOVES_PER_SECOND_MAX = 30;
const WINDOW_MS = 1_000;

/** Wakes the engine at `at` for the stops that wait, unless it wakes earlier anyway. */
export function wakeForTrails({ state: { observed } }: Turn, at: EpochMs): void {
  const { trails, deadlines } = observed;
  if (trails.wakeAt !== null && trails.wakeAt <= at) return;
  trails.wakeAt = at;
  deadlines.set('trail', at, { kind: 'trail' });
}

/** When the next stop of any symbol may move: now, or once the oldest move of a full second is a second old. */
export function nextMoveAt({ at, state: { observed } }: Turn): EpochMs {
  const { movedAt } = observed.trails;
  while (movedAt[0] !== undefined && at - movedAt[0] >= WINDOW_MS) movedAt.shift();
  const [oldest] = movedAt;
  return oldest === undefined || movedAt.length < MOVES_PER_SECOND_MAX ? at : laterBy(oldest, WINDOW_MS);
}

/** A stop of `symbol` has moved: this is what it used up. */
export function noteMove({ at, state: { observed } }: Turn, symbol: { nextMoveAt: number }): void {
  observed.trails.movedAt.push(at);
  symbol.nextMoveAt = at + SYMBOL_PAUSE_MS;
}
