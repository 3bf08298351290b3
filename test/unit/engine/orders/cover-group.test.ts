import { expect, test } from 'vitest';
import { isCoverInGroup } from '#engine/orders/cover-group';
import { EngineHarness } from '#test/builders/engine-harness';

test('a stop of ours in a bracket without a target shares its group with nobody, whatever IBKR shows', () => {
  const trader = EngineHarness.ready();
  const { stop } = trader.placesBracket({ takeProfit: null });
  const { id, group } = trader.order(stop);
  const cover = { ...trader.order(stop), group: group === null ? null : { id: group.id, role: 'cover' as const } };
  trader.state.observed.ocaReported.set(id, { group: 'of somebody', type: 2 });
  expect(isCoverInGroup(trader.state, cover)).toBe(false);
  expect(isCoverInGroup(trader.state, trader.order(stop))).toBe(false);
});
