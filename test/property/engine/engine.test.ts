import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { present } from '#domain/assert';
import type { ConId } from '#domain/ids';
import { isLive } from '#domain/order-record';
import { restoreState, snapshotOf } from '#domain/state-snapshot';
import { emptyWorkstationState } from '#domain/workstation-state';
import { createEngineState } from '#engine/create-engine-state';
import { step } from '#engine/engine';
import type { Effect } from '#ports/broker-port';
import { aDay, Desk, type Happening } from '#test/builders/engine-days';
import { EngineHarness } from '#test/builders/engine-harness';

const RUNS = { numRuns: 150 };
const TIMEOUT_MS = 60_000;

/** Lives through `day`, checking `after` after each happening. */
function lived(day: readonly Happening[], after: (engine: EngineHarness) => void = () => undefined): EngineHarness {
  const engine = EngineHarness.ready({ risk: { allowShort: true, duplicateWindowMs: 0 } });
  const desk = new Desk(engine);
  for (const happening of day) {
    desk.lives(happening);
    after(engine);
  }
  return engine;
}

/** Live orders per instrument, computed from nothing but the ledger. */
function liveFromScratch(engine: EngineHarness): Partial<Record<ConId, string[]>> {
  const live: Partial<Record<ConId, string[]>> = {};
  for (const order of engine.durable.orders.values()) {
    if (isLive(order)) (live[order.spec.conId] ??= []).push(order.id);
  }
  return live;
}

function liveByIndex(engine: EngineHarness): Partial<Record<ConId, string[]>> {
  const live: Partial<Record<ConId, string[]>> = {};
  for (const [conId, ids] of engine.state.observed.liveByInstrument) if (ids.size > 0) live[conId] = [...ids].sort();
  return live;
}

/** The events that allow `effect`, by their place in the journal; -1 where one is missing. */
function permissionsOf(engine: EngineHarness, effect: Effect): readonly number[] {
  const at = (allows: (event: EngineHarness['journal'][number]['event']) => boolean): number =>
    engine.journal.findIndex(({ event }) => allows(event));
  switch (effect.kind) {
    case 'place':
      return [
        at(
          (e) =>
            e.type === 'decision-made' && e.decision.id === effect.legs.decisionId && e.decision.outcome === 'approved',
        ),
        at((e) => e.type === 'orders-intended' && e.effectId === effect.id),
      ];
    case 'modify':
      return [
        at(
          (e) =>
            e.type === 'decision-made' &&
            e.decision.id === effect.order.decisionId &&
            e.decision.outcome === 'approved',
        ),
        at((e) => e.type === 'modification-requested' && e.modification.effectId === effect.id),
      ];
    case 'cancel':
      return [at((e) => e.type === 'cancel-requested' && e.effectId === effect.id)];
    default:
      return [];
  }
}

describe('whatever happens on a day', () => {
  test(
    'the journal folds to the same state, byte for byte, and a restored snapshot equals it',
    () => {
      fc.assert(
        fc.property(aDay, (day) => {
          const engine = lived(day);
          const state = JSON.stringify(snapshotOf(engine.durable));
          expect(JSON.stringify(snapshotOf(engine.foldedJournal()))).toBe(state);
          expect(JSON.stringify(snapshotOf(restoreState(snapshotOf(engine.durable))))).toBe(state);
        }),
        RUNS,
      );
    },
    TIMEOUT_MS,
  );

  test(
    'an order is sent at most once, effects have ids of their own, and none goes without its written permission',
    () => {
      fc.assert(
        fc.property(aDay, (day) => {
          const engine = lived(day);
          const { effects } = engine;
          expect(new Set(effects.map(({ id }) => id)).size).toBe(effects.length);
          const placed = engine.effectsOf('place').flatMap(({ legs }) => legs.value.map(({ id }) => id));
          expect(new Set(placed).size).toBe(placed.length);
          const numbers = engine.effectsOf('place').flatMap(({ legs }) => legs.value.map(({ orderId }) => orderId));
          expect(new Set(numbers).size).toBe(numbers.length);
          for (const effect of effects) expect(permissionsOf(engine, effect)).not.toContain(-1);
        }),
        RUNS,
      );
    },
    TIMEOUT_MS,
  );

  test(
    'orders, changes and cancels leave only in a session that is ready',
    () => {
      fc.assert(
        fc.property(aDay, (day) => {
          let seen = 0;
          lived(day, (engine) => {
            const fresh = engine.effects.slice(Math.min(seen, engine.effects.length));
            seen = engine.effects.length;
            const order = fresh.filter(({ kind }) => kind === 'place' || kind === 'modify' || kind === 'cancel');
            if (order.length > 0) expect(engine.phase).toBe('ready');
          });
        }),
        RUNS,
      );
    },
    TIMEOUT_MS,
  );

  test(
    'the index of live orders is what the ledger says, also after a crash',
    () => {
      fc.assert(
        fc.property(aDay, (day) => {
          lived(day, (engine) => {
            const scratch = liveFromScratch(engine);
            for (const ids of Object.values(scratch)) ids?.sort();
            expect(liveByIndex(engine)).toEqual(scratch);
          });
        }),
        RUNS,
      );
    },
    TIMEOUT_MS,
  );

  test(
    'the same inputs give the same steps',
    () => {
      const noCrash = aDay.map((day) => day.filter(({ what }) => what !== 'crash' && what !== 'overnight'));
      fc.assert(
        fc.property(noCrash, (day) => {
          const first = lived(day);
          const durable = emptyWorkstationState('paper');
          durable.settings = first.durable.settings;
          const second = createEngineState(durable);
          const steps = first.inputs.map((input) => step(second, input));
          expect(steps.flatMap(({ entries }) => entries)).toEqual(first.journal);
          expect(steps.flatMap(({ effects }) => effects)).toEqual(first.effects);
        }),
        RUNS,
      );
    },
    TIMEOUT_MS,
  );

  test(
    'once IBKR answers, every snapshot settles every order that was lost sight of',
    () => {
      fc.assert(
        fc.property(aDay, (day) => {
          const engine = lived(day);
          engine.outcome = { result: 'sent' };
          engine.linkDown();
          engine.linkUp();
          for (let round = 0; round < 5; round += 1) {
            if (engine.isAskedForSnapshot) engine.answersSnapshot();
            engine.passes(6_000);
          }
          const lost = [...engine.durable.orders.values()].filter(isLive);
          expect(lost.map(({ number, state }) => [number, state.phase])).toEqual([]);
          expect(engine.phase).toBe('ready');
        }),
        RUNS,
      );
    },
    TIMEOUT_MS,
  );

  test(
    'what an order has filled is the sum of its executions',
    () => {
      fc.assert(
        fc.property(aDay, (day) => {
          const { durable } = lived(day);
          for (const order of durable.orders.values()) {
            const fills = [...durable.fills.values()].filter(({ orderId }) => orderId === order.id);
            const sum = fills.reduce((total, { quantity }) => total + Number(quantity), 0);
            expect(Number(order.filled)).toBe(sum);
            expect(durable.fillsByOrder.get(order.id) ?? []).toHaveLength(fills.length);
            const group = order.group === null ? null : present(durable.groups.get(order.group.id), 'the group');
            if (group !== null && group.closed !== null) expect(order.state.phase).not.toBe('submitting');
          }
        }),
        RUNS,
      );
    },
    TIMEOUT_MS,
  );
});
