import { expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import { temporaryDirectory } from '#test/builders/temporary-directory';
import { eventually, runProgram, startProgram, type Program } from './program';

const positionsSchema = z.array(
  z.looseObject({
    quantity: z.string(),
    pnl: z.looseObject({ daily: z.string().nullable(), broker: z.looseObject({ daily: z.string() }).nullable() }),
  }),
);

/** A host of the demo on the simulator at `port`, which outlives it. */
async function serve(directory: string, port: string): Promise<Program> {
  const words = ['--demo', '--simulator-port', port, '--no-open', '--data-dir', directory];
  const host = startProgram(['serve', ...words]);
  onTestFinished(async () => {
    await host.kill('SIGTERM');
  });
  await host.line(/^ready http/);
  return host;
}

test('a falling market latches the daily loss: adding is denied, reducing passes, over a restart, until a person resets it', async () => {
  const directory = await temporaryDirectory();
  const run = (...words: string[]): ReturnType<typeof runProgram> => runProgram([...words, '--data-dir', directory]);
  const order = (side: string, quantity: string): ReturnType<typeof runProgram> =>
    run('order', '--symbol', 'AAPL', '--side', side, '--type', 'MKT', '--quantity', quantity);
  const simulator = startProgram(['simulate', '--port', '0', '--seed', '7', '--session', 'always-open']);
  onTestFinished(async () => {
    await simulator.kill('SIGTERM');
  });
  const [, port = ''] = await simulator.line(/^listening 127\.0\.0\.1:(\d+)$/);
  const falls = async (percent: number): Promise<void> => {
    const from = simulator.lines.length;
    simulator.process.stdin.write(`fault ${JSON.stringify({ fault: 'gap', symbol: 'AAPL', percent })}\n`);
    await simulator.line(/^done fault$/, from);
  };

  const first = await serve(directory, port);
  const limited = await run('set-symbol-limit', '--symbol', 'AAPL', '--max-loss', '200');
  expect(limited.code, limited.err).toBe(0);
  const bought = await order('BUY', '20');
  expect(bought.code, bought.err).toBe(0);
  const held = await run('positions');
  expect(held.out).toMatch(/^Profit and loss today .*, unrealised .*, realised today −\$1\.00\.$/m);

  await falls(-15);
  await eventually('the loss latches', async () =>
    (await run('alarms')).out.includes('The loss of the day of AAPL reached') ? true : undefined,
  );
  const denied = await order('BUY', '1');
  expect([denied.code, denied.err]).toEqual([
    1,
    expect.stringMatching(/The loss of the day of AAPL reached \$\d{3}[.\d]*; its limit is \$200 \(symbol\)/),
  ]);
  const reduced = await order('SELL', '5');
  expect(reduced.code, reduced.err).toBe(0);
  await eventually("IBKR's own figure is ours", async () => {
    const [row] = positionsSchema.parse(JSON.parse((await run('positions', '--json')).out));
    expect(row?.quantity).toBe('15');
    return row?.pnl.broker !== null && row?.pnl.daily === row?.pnl.broker.daily ? row : undefined;
  });
  expect(await first.kill('SIGTERM')).toBe(0);

  await serve(directory, port);
  const still = await order('BUY', '1');
  expect([still.code, still.err]).toEqual([1, expect.stringContaining('The loss of the day of AAPL reached')]);
  const reset = await run('reset-loss-latch', '--symbol', 'AAPL', '--reason', 'hedged with options');
  expect([reset.code, reset.out]).toEqual([0, 'Adding is allowed again in AAPL.']);
  await falls(-1);
  await eventually('the loss latches again, for it grew', async () =>
    (await run('alarms')).out.includes('The loss of the day of AAPL reached') ? true : undefined,
  );
  expect((await run('activity')).out).toContain('hedged with options');
}, 180_000);
