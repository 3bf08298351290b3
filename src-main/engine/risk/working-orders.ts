import type { ClientOrderId, ConId } from '#domain/ids';
import type { RiskContext } from '#domain/risk-decision';
import type { EngineState } from '#engine/engine-state';

/** Live orders of an instrument by side, `except` apart. */
export function workingOf(_state: EngineState, _conId: ConId, _except: ClientOrderId | null): RiskContext['working'] {
  return null;
}

/** Our own limit orders that a new one would meet first, `except` apart. */
export function restingOf(_state: EngineState, _conId: ConId, _except: ClientOrderId | null): RiskContext['resting'] {
  return null;
}
