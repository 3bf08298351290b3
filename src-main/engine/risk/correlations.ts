import type { Turn } from '#engine/turn';
import type { EngineInput } from '#ports/engine-input';

/** Another matrix is to be used from now on; the journal notes which, and a restart with the same one notes nothing. */
export function onCorrelations(turn: Turn, { matrix }: Extract<EngineInput, { kind: 'correlations' }>): void {
  const { durable, observed } = turn.state;
  const { summary } = matrix;
  const noted = durable.correlations;
  observed.correlations = matrix;
  if (noted?.version === summary.version && noted.computedAt === summary.computedAt) return;
  turn.emit({ type: 'correlations-updated', summary });
}

/** The sectors of sectors.json are to be used from now on. */
export function onSectors(turn: Turn, { sectors }: Extract<EngineInput, { kind: 'sectors' }>): void {
  turn.state.observed.sectors = sectors;
}
