import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startSystemClock } from '#adapters/system/system-clock';
import { DEFAULT_SETTINGS } from '#domain/settings';
import { NO_LIMITS } from '#domain/limit-change';
import { conId } from '#domain/ids';
import { quantity } from '#domain/money';
import { openRiskFiles, type RiskFiles } from '#hosts/risk-files';
import type { Unstamped } from '#runtime/inbox';
import { A_LIMITS_FILE } from '#test/builders/limits-file';
import { temporaryDirectory } from '#test/builders/temporary-directory';

async function opened(directory: string): Promise<{ readonly files: RiskFiles; readonly puts: Unstamped[] }> {
  const clock = startSystemClock({ onWallClockStep: () => undefined });
  const files = await openRiskFiles(directory, clock, () => undefined);
  onTestFinished(async () => {
    await files.close();
    clock.close();
  });
  const puts: Unstamped[] = [];
  files.limits.begin((input) => puts.push(input));
  files.sectors.begin((input) => puts.push(input));
  return { files, puts };
}

test('the files of a data directory are read, written for their owner alone, and followed', async () => {
  const directory = await temporaryDirectory();
  const at = (name: string): string => join(directory, name);
  const { files, puts } = await opened(directory);
  await files.limits.set('AAPL', { ...NO_LIMITS, maxPositionSize: quantity('50') }, DEFAULT_SETTINGS.risk);
  files.limits.learn({ symbol: 'AAPL', conId: conId(265_598) });
  expect(JSON.parse(await readFile(at('symbol_limits.json'), 'utf8'))).toMatchObject({
    symbol_limits: { AAPL: { max_position_size: 50 } },
  });
  const ownersOnly = process.platform === 'win32' ? 0o666 : 0o600;
  expect((await stat(at('symbol_limits.json'))).mode & 0o777).toBe(ownersOnly);
  await vi.waitFor(async () => {
    expect(JSON.parse(await readFile(at('symbol_ids.json'), 'utf8'))).toEqual({ AAPL: 265_598 });
  });

  await writeFile(at('symbol_limits.json'), JSON.stringify(A_LIMITS_FILE));
  await writeFile(at('sectors.json'), '{ "AAPL": "Technology" }');
  await vi.waitFor(() => {
    expect(files.limits.limits.symbols.get('TSLA')?.maxDailyLoss).toBe('100');
    expect(puts).toContainEqual({ kind: 'sectors', sectors: new Map([['AAPL', 'Technology']]) });
  });

  await writeFile(at('symbol_limits.json'), '{ "symbol_limits": {');
  await vi.waitFor(() => {
    expect(puts.at(-1)).toMatchObject({ kind: 'limits', limits: null });
  });
  expect(files.limits.limits.symbols.has('TSLA')).toBe(true);
});
