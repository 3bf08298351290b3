import type { ConId, EpochMs } from '#domain/ids';
import { placeInSessions, type MarketHours } from '#domain/market-hours';
import type { EngineState } from '#engine/engine-state';

/**
 * Whether the market of `conId` is open at `at`: by its trading hours for an order that may trade outside the regular
 * ones, else by its liquid hours (domain.md §6). `unknown`: IBKR did not say, or what it said ends before `at`.
 */
export function hoursOf(
  { durable, observed }: EngineState,
  at: EpochMs,
  conId: ConId,
  outsideRth = false,
): MarketHours {
  const instrument = durable.instruments.get(conId);
  const sessions = (outsideRth ? instrument?.tradingHours : instrument?.liquidHours) ?? [];
  const place = placeInSessions(sessions, at);
  if (place.state === 'in') return { state: 'open', closesAt: place.closesAt };
  if (place.state === 'before') return { state: 'closed', opensAt: place.opensAt };
  const { lastClose } = place;
  if (lastClose === null) return { state: 'unknown' };
  // After the last session it named, IBKR's word counts where it was given since: it then knew of no other.
  const definedAt = observed.definedAt.get(conId);
  return definedAt !== undefined && definedAt >= lastClose ? { state: 'closed', opensAt: null } : { state: 'unknown' };
}
