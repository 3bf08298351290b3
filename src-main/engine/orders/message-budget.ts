import type { EpochMs } from '#domain/ids';
import type { RiskContext } from '#domain/risk-decision';
import type { EngineState } from '#engine/engine-state';

/** How many messages about orders were sent, and how many executions came of them. */
export function messagesOf(_state: EngineState, _at: EpochMs): RiskContext['messages'] {
  return null;
}
