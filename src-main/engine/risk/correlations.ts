import type { Turn } from '#engine/turn';
import type { EngineInput } from '#ports/engine-input';

/** Another matrix is to be used from now on. */
export function onCorrelations(_turn: Turn, _input: Extract<EngineInput, { kind: 'correlations' }>): void {}

/** The sectors of sectors.json are to be used from now on. */
export function onSectors(_turn: Turn, _input: Extract<EngineInput, { kind: 'sectors' }>): void {}
