import { present } from '#domain/assert';
import { type EpochMs } from '#domain/ids';
import { zoneClockOf } from '#domain/zone-clock';

/** The wall clock shows so much when a day of profit and loss ends. Source: IBKR, P&L reset of the TWS portfolio. */
const RESET_OF_DAY_MS = (23 * 60 + 55) * 60_000;
const DAY_MS = 24 * 60 * 60_000;
/** The zone of the account's own day, and of an instrument whose zone nobody knows. */
export const ACCOUNT_ZONE = 'America/New_York';

/** A day of profit and loss. Half-open: began ≤ t < until. */
export interface SessionDay {
  readonly began: EpochMs;
  readonly until: EpochMs;
}

/** The day of profit and loss that `at` lies in, between two resets at 23:55 of `zone`; 23 or 25 hours when its clocks change. */
export function sessionDayAt(zone: string, at: EpochMs): SessionDay {
  const clock = zoneClockOf(zone) ?? present(zoneClockOf(ACCOUNT_ZONE), 'the clock of New York');
  const midnight = Math.floor(clock.wallAt(at) / DAY_MS) * DAY_MS;
  const reset = clock.momentOf(midnight + RESET_OF_DAY_MS);
  return at < reset
    ? { began: clock.momentOf(midnight - DAY_MS + RESET_OF_DAY_MS), until: reset }
    : { began: reset, until: clock.momentOf(midnight + DAY_MS + RESET_OF_DAY_MS) };
}
