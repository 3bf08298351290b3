import { describe, expect, test } from 'vitest';
import { isZero, leavesOf, quantity } from '#domain/money';
import type { BrokerOrderStatus } from '#ports/broker-port';
import { snapshotOf } from '#domain/state-snapshot';
import { EngineHarness } from '#test/builders/engine-harness';

type Act = (trader: EngineHarness) => unknown;

/** The life of a bracket, each line one thing that reaches the engine. */
const LIFE: readonly Act[] = [
  (t) => t.placesBracket(),
  (t) => t.acknowledges(1),
  (t) => t.works(1),
  (t) => t.acknowledges(2, 'parent'),
  (t) => t.acknowledges(3, 'parent'),
  (t) => t.fills(1, '4'),
  (t) => t.fills(1, '6'),
  (t) => t.works(2),
  (t) => t.acknowledges(3, 'trigger'),
  (t) => t.modifies(2, { quantity: quantity('9') }),
  (t) => t.reports(2, { kind: 'working' }, { spec: { ...t.order(2).spec, quantity: quantity('9') } }),
  (t) => t.cancels(2),
  (t) => t.cancelled(2),
  (t) => t.fills(3, '10', '145'),
];

/** Every event of that life, by its place in the journal: the process may die after each of them. */
const { first, last } = ((): { first: number; last: number } => {
  const trader = EngineHarness.ready();
  const before = trader.journal.length;
  for (const act of LIFE) act(trader);
  return { first: before, last: trader.journal.length };
})();
const CRASHES = Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** A trader whose process died when `entries` events were on disk; IBKR has taken everything that was acted on. */
function diedAt(entries: number): EngineHarness {
  const trader = EngineHarness.ready();
  for (const act of LIFE) if (trader.journal.length < entries) act(trader);
  trader.crashes(entries);
  return trader;
}

const PHASES_AT_IBKR: ReadonlySet<string> = new Set([
  'pending',
  'working',
  'partially-filled',
  'cancelling',
  'unknown',
]);

describe.each(CRASHES)('the process dies with %i events on disk', (entries) => {
  test('what IBKR never heard of is never sent later, and ends', () => {
    const trader = diedAt(entries);
    const sent = trader.effectsOf('place').length;
    trader.connects();
    for (let round = 0; round < 3; round += 1) {
      trader.passes(6_000);
      if (trader.isAskedForSnapshot) trader.answersSnapshot();
    }
    expect(trader.effectsOf('place')).toHaveLength(sent);
    for (const { state } of trader.durable.orders.values()) expect(['filled', 'cancelled']).toContain(state.phase);
    expect(trader.allOf('bracket-closed')).toHaveLength(trader.durable.groups.size);
  });

  test('what IBKR has goes on where it was', () => {
    const trader = diedAt(entries);
    const working: BrokerOrderStatus = { kind: 'working' };
    const alive = [...trader.durable.orders.values()].filter(({ state }) => PHASES_AT_IBKR.has(state.phase));
    trader.connects(() => {
      for (const { number, filled, spec } of alive) if (filled !== spec.quantity) trader.reports(number, working);
      trader.reportsPosition(trader.position() === 'none' ? '0' : trader.position());
    });
    expect(trader.phase).toBe('ready');
    for (const { number, filled, state, spec } of alive) {
      const leaves = leavesOf(spec.quantity, filled);
      if (isZero(leaves)) continue;
      const expected = state.phase === 'cancelling' ? ['cancelling'] : ['working', 'partially-filled'];
      expect(expected).toContain(trader.phaseOf(number));
      trader.fills(number, leaves, '150');
    }
    for (const { number } of alive) expect(trader.phaseOf(number)).toBe('filled');
    expect(snapshotOf(trader.foldedJournal())).toEqual(snapshotOf(trader.durable));
  });
});

test('a cancel that was written down reaches IBKR in the next life', () => {
  const trader = EngineHarness.ready();
  trader.works(trader.places());
  trader.cancels(1);
  trader.crashes();
  const before = trader.effectsOf('cancel').length;
  trader.connects(() => trader.reports(1, { kind: 'working' }));
  expect(trader.effectsOf('cancel')).toHaveLength(before + 1);
  trader.cancelled(1);
  expect(trader.phaseOf(1)).toBe('cancelled');
});

test('a crash in the middle of a reconciliation starts it over', () => {
  const trader = EngineHarness.ready();
  trader.works(trader.places());
  trader.linkDown();
  trader.linkUp();
  trader.beginsSnapshot();
  trader.crashes();
  expect(trader.phase).toBe('disconnected');
  trader.connects(() => trader.reports(1, { kind: 'working' }));
  expect(trader.phase).toBe('ready');
  expect(trader.phaseOf(1)).toBe('working');
});

test('two crashes in a row are like one', () => {
  const trader = EngineHarness.ready();
  trader.placesBracket();
  trader.crashes();
  trader.crashes();
  trader.connects(() => [1, 2, 3].map((number) => trader.reports(number, { kind: 'working' })));
  expect([1, 2, 3].map((number) => trader.phaseOf(number))).toEqual(['working', 'working', 'working']);
});
