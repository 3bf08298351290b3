import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import { temporaryDirectory } from '#test/builders/temporary-directory';
import { eventually, runProgram, startProgram, type Program } from './program';

const quoteSchema = z.looseObject({ quote: z.looseObject({ ask: z.string() }) });

async function serve(directory: string): Promise<Program> {
  const host = startProgram(['serve', '--demo', '--seed', '7', '--no-open', '--data-dir', directory]);
  onTestFinished(async () => {
    await host.kill('SIGTERM');
  });
  await host.line(/^ready http/);
  return host;
}

test('limits that are set survive a restart, deny what exceeds them, and follow the file while it is edited', async () => {
  const directory = await temporaryDirectory();
  const file = join(directory, 'symbol_limits.json');
  const run = (...words: string[]): ReturnType<typeof runProgram> => runProgram([...words, '--data-dir', directory]);

  const first = await serve(directory);
  const set = await run('set-symbol-limit', '--symbol', 'AAPL', '--max-position', '5', '--max-loss', '200');
  expect(set.code, set.err).toBe(0);
  expect(set.out).toContain('AAPL: position 5 (symbol), order exposure 100,000 (default), daily loss 200 (symbol)');
  const looser = await run('set-symbol-limit', '--symbol', 'AAPL', '--max-position', '20000');
  expect([looser.code, looser.err]).toEqual([1, expect.stringContaining('position 20,000 (global 10,000)')]);
  const misspelt = await run('set-symbol-limit', '--symbol', 'AAPLL', '--max-position', '5');
  expect([misspelt.code, misspelt.err]).toEqual([1, expect.stringContaining('IBKR knows none')]);
  expect((await run('activity')).out).toContain('AAPL');
  expect(await first.kill('SIGTERM')).toBe(0);

  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
    symbol_limits: { AAPL: { max_position_size: 5, max_daily_loss: 200 } },
    default_limits: { max_position_size: 10_000, max_order_exposure: 100_000, max_daily_loss: 10_000 },
  });
  if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(JSON.parse(await readFile(join(directory, 'symbol_ids.json'), 'utf8'))).toEqual({ AAPL: 265_598 });

  await serve(directory);
  const kept = await run('limits', '--symbol', 'AAPL');
  expect(kept.out).toMatch(/^AAPL {2}position +0 +5 +5 +0% +symbol +ok$/m);
  const quoted = await run('quote', 'AAPL', '--json');
  expect(quoted.code, quoted.err).toBe(0);
  const { ask } = quoteSchema.parse(JSON.parse(quoted.out)).quote;
  const order = ['order', '--symbol', 'AAPL', '--side', 'BUY', '--type', 'LMT', '--limit', ask, '--quantity'];
  const denied = await run(...order, '6');
  expect([denied.code, denied.err]).toEqual([1, expect.stringMatching(/^Denied\. .*AAPL.* 6 .* 5 /)]);
  const allowed = await run(...order, '5');
  expect(allowed.code, allowed.err).toBe(0);

  await writeFile(file, '{ "symbol_limits": { "AAPL": { "max_position_size": -1 } } }');
  const alarm = await eventually('the bad file is told', async () => {
    const { out } = await run('alarms');
    return out.includes('symbol_limits.json is not used') ? out : undefined;
  });
  expect(alarm).toContain('The limits in force stay.');
  expect(alarm).toContain('at symbol_limits.AAPL.max_position_size: found -1');
  const inForce = await run('limits', '--symbol', 'AAPL');
  expect(inForce.out).toMatch(/^AAPL {2}position +5 +5 +0 +100% +symbol +warn$/m);
  const refused = await run('set-symbol-limit', '--symbol', 'AAPL', '--max-position', '4');
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('Nothing was set.')]);
  expect(await readFile(file, 'utf8'), 'a bad file is never overwritten').toContain('-1');

  const defaults = { max_position_size: 100, max_order_exposure: 10_000, max_daily_loss: 1_000 };
  await writeFile(
    file,
    JSON.stringify({ symbol_limits: { AAPL: { max_position_size: 50 } }, default_limits: defaults }),
  );
  await eventually('the good file counts', async () => {
    const { out } = await run('limits', '--symbol', 'AAPL');
    return /position +5 +50 +45 +10% +symbol +ok/.test(out) ? out : undefined;
  });
  expect((await run('alarms')).out).toBe('No alarms.');
}, 120_000);
