import { tendDay } from '#engine/portfolio/day-book';
import type { Turn } from '#engine/turn';

/** Brings the totals of the portfolio up to date with what this step changed, and nothing else. */
export function tendPortfolio(turn: Turn): void {
  const { state, at } = turn;
  const { exposures } = state.observed;
  exposures.tune(state, at);
  for (const conId of turn.takeDirty()) {
    exposures.refresh(state, conId);
    tendDay(turn, conId);
  }
}
