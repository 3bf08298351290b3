import { expect, test } from 'vitest';
import { EngineHarness } from '#test/builders/engine-harness';

test('a bracket lives: placed, filled, target hit, stop gone, closed', () => {
  const trader = EngineHarness.ready();
  expect(trader.phase).toBe('ready');
  const { entry, target, stop } = trader.placesBracket();
  trader.acknowledges(entry);
  trader.acknowledges(target, 'parent');
  trader.acknowledges(stop, 'parent');
  trader.works(entry);
  trader.fills(entry, '10');
  trader.works(target);
  trader.acknowledges(stop, 'trigger');
  trader.fills(target, '10', '160');
  trader.cancelled(stop);
  expect([entry, target, stop].map((n) => trader.phaseOf(n))).toEqual(['filled', 'filled', 'cancelled']);
  expect(trader.position()).toBe('0');
  expect(trader.allOf('bracket-closed')).toHaveLength(1);
});
