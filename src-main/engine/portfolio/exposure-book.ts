import type { ConId, EpochMs } from '#domain/ids';
import type { ExposureContext } from '#domain/exposure';
import type { EngineState } from '#engine/engine-state';

/** The portfolio as an order in `conId` finds it; null while nothing of it is known. */
export function exposureContextOf(_state: EngineState, _at: EpochMs, _conId: ConId): ExposureContext | null {
  return null;
}

/** The positions, orders, price or rate of `conId` may have changed. */
export function refreshExposure(_state: EngineState, _conId: ConId): void {}
