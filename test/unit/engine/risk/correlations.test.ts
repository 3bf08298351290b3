import { describe, expect, test } from 'vitest';
import { epochMs } from '#domain/ids';
import { emptyWorkstationState } from '#domain/workstation-state';
import { createEngineState } from '#engine/create-engine-state';
import { step } from '#engine/engine';
import type { CorrelationMatrix } from '#domain/correlation-matrix';
import { FRIDAY } from '#test/builders/domain-records';
import { aMatrix } from '#test/builders/correlations';

const matrix = aMatrix(['AAPL', 'MSFT'], { 'AAPL MSFT': 0.8 }, epochMs(1_000));

function started() {
  const state = createEngineState(emptyWorkstationState('paper'));
  const uses = (used: CorrelationMatrix) => step(state, { at: FRIDAY, kind: 'correlations', matrix: used });
  return { state, uses };
}

describe('a matrix of correlations', () => {
  test('is used from now on, and the journal notes which', () => {
    const { state, uses } = started();
    expect(state.observed.correlations).toBeNull();
    const { entries } = uses(matrix);
    expect(entries.map(({ event }) => event)).toEqual([{ type: 'correlations-updated', summary: matrix.summary }]);
    expect(state.observed.correlations).toBe(matrix);
    expect(state.durable.correlations).toEqual(matrix.summary);
  });

  test('is not news when the same one is taken up after a restart', () => {
    const { state, uses } = started();
    uses(matrix);
    const again = aMatrix(['AAPL', 'MSFT'], { 'AAPL MSFT': 0.8 }, epochMs(1_000));
    expect(uses(again).entries).toEqual([]);
    expect(state.observed.correlations).toBe(again);
  });

  test('is news when it is younger, even with the same numbers: it is fresh for another day', () => {
    const { state, uses } = started();
    uses(matrix);
    const younger = aMatrix(['AAPL', 'MSFT'], { 'AAPL MSFT': 0.8 }, epochMs(2_000));
    const summary = { ...younger.summary, version: matrix.summary.version };
    expect(uses(aMatrix(['AAPL', 'MSFT'], {}, epochMs(1_000))).entries).toEqual([]);
    expect(uses(younger).entries).toHaveLength(1);
    expect(state.durable.correlations?.computedAt).toBe(summary.computedAt);
  });
});

test('the sectors of sectors.json are used from now on', () => {
  const { state } = started();
  const sectors = new Map([['AAPL', 'Technology']]);
  step(state, { at: FRIDAY, kind: 'sectors', sectors });
  expect(state.observed.sectors).toBe(sectors);
});
