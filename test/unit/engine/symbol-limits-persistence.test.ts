import { expect, test } from 'vitest';
import { NO_LIMITS } from '#domain/limit-change';
import { quantity } from '#domain/money';
import { DEFAULT_SETTINGS } from '#domain/settings';
import { restoreState, snapshotOf } from '#domain/state-snapshot';
import { manualClock } from '#test/builders/manual-clock';
import { A_LIMITS_FILE, readsLimits } from '#test/builders/limits-file';
import { PortfolioDesk } from '#test/builders/portfolio-desk';
import { MemoryRiskFiles } from '#test/builders/risk-files';

const FIFTY = { ...NO_LIMITS, maxPositionSize: quantity('50') };

test('what was set stands in the file, and the next start takes it up from there', async () => {
  const files = new MemoryRiskFiles();
  files.limitsFile.value = A_LIMITS_FILE;
  const before = files.open(manualClock()).limits;
  await before.load();
  await before.set('MSFT', FIFTY, DEFAULT_SETTINGS.risk);
  const after = files.open(manualClock()).limits;
  await after.load();
  expect(after.get('MSFT', DEFAULT_SETTINGS.risk).positionSize).toMatchObject({ value: '50', source: 'symbol' });
  expect(after.get('TSLA', DEFAULT_SETTINGS.risk).correlationExposure.value, 'the others stay').toBe('10000');
});

test('the journal and its snapshots keep the limits in force, for the time until the file is read', () => {
  const desk = new PortfolioDesk();
  readsLimits(desk.engine);
  const { symbolLimits, defaultLimits } = desk.engine.durable;
  const restored = restoreState(snapshotOf(desk.engine.durable));
  expect([restored.symbolLimits, restored.defaultLimits]).toEqual([symbolLimits, defaultLimits]);
  desk.engine.crashes();
  expect(desk.engine.durable.symbolLimits).toEqual(symbolLimits);
  expect(desk.asks('BUY', '60', 'AAPL').outcome).toBe('denied');
});
