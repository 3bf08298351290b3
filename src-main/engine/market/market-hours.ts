import type { ConId, EpochMs } from '#domain/ids';
import type { MarketHours } from '#domain/market-hours';
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
  let next: EpochMs | null = null;
  let lastClose: EpochMs | null = null;
  for (const { opens, closes } of sessions) {
    if (opens <= at && at < closes) return { state: 'open', closesAt: closes };
    if (opens > at && (next === null || opens < next)) next = opens;
    if (lastClose === null || closes > lastClose) lastClose = closes;
  }
  if (next !== null) return { state: 'closed', opensAt: next };
  if (lastClose === null) return { state: 'unknown' };
  // After the last session it named, IBKR's word counts where it was given since: it then knew of no other.
  const definedAt = observed.definedAt.get(conId);
  return definedAt !== undefined && definedAt >= lastClose ? { state: 'closed', opensAt: null } : { state: 'unknown' };
}
