import type { ConId } from '#domain/ids';
import type { RiskContext } from '#domain/risk-decision';
import type { EngineState } from '#engine/engine-state';
import type { Turn } from '#engine/turn';

/** The losses of the day that an order in `conId` finds. */
export function dayContextOf(_state: EngineState, _conId: ConId): RiskContext['day'] {
  return null;
}

/** The position, trades or mark of `conId` may have changed: its profit and loss, and whether that latches. */
export function tendDay(_turn: Turn, _conId: ConId): void {}
