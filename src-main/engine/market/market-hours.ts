import type { ConId, EpochMs } from '#domain/ids';
import type { MarketHours } from '#domain/market-hours';
import type { EngineState } from '#engine/engine-state';

/** Whether the market of `conId` is open. */
export function hoursOf(_state: EngineState, _at: EpochMs, _conId: ConId): MarketHours | null {
  return null;
}
