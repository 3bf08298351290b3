import { tendDay } from '#engine/portfolio/day-book';
import { refreshExposure } from '#engine/portfolio/exposure-book';
import type { Turn } from '#engine/turn';

/** Brings the totals of the portfolio up to date with what this step changed, and nothing else. */
export function tendPortfolio(turn: Turn): void {
  for (const conId of turn.takeDirty()) {
    refreshExposure(turn.state, conId);
    tendDay(turn, conId);
  }
}
