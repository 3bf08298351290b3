import { openExpired, tendLosses } from '#engine/managers/loss-latch';
import type { Turn } from '#engine/turn';

/** Brings the totals of the portfolio up to date with what this step changed, and nothing else. */
export function tendPortfolio(turn: Turn): void {
  const { state, at } = turn;
  const { days, exposures } = state.observed;
  exposures.tune(state, at);
  openDays(turn);
  for (const execId of turn.takeTouchedFills()) days.book(state, at, execId);
  const changed = turn.takeDirty();
  for (const conId of changed) {
    exposures.refresh(state, conId);
    days.refresh(state, at, conId);
  }
  tendLosses(turn, changed);
}

/** A process life begins with the running days of what is held or was traded, and without what ended meanwhile. */
function openDays(turn: Turn): void {
  const { days } = turn.state.observed;
  if (days.isOpen) return;
  days.open(turn.state, turn.at);
  for (const { conId } of days.days) turn.markDirty(conId);
  openExpired(turn);
}
