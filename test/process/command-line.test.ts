import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { temporaryDirectory } from '#test/builders/temporary-directory';
import { eventually, runProgram, startProgram, type Program } from './program';

const ordersSchema = z.array(z.looseObject({ number: z.int(), phase: z.string(), stop: z.string().nullable() }));
const heldSchema = z.looseObject({ symbol: z.string(), quantity: z.string(), naked: z.string() });
const quoteSchema = z.looseObject({ quote: z.looseObject({ bid: z.string(), ask: z.string() }) });

describe('against a running demo workstation', () => {
  let host: Program;
  let directory: string;
  let ask: number;

  const run = (...words: string[]): ReturnType<typeof runProgram> => runProgram([...words, '--data-dir', directory]);
  const orders = async (): Promise<z.infer<typeof ordersSchema>> =>
    ordersSchema.parse(JSON.parse((await run('orders', '--all', '--json')).out));
  const near = (factor: number): string => (ask * factor).toFixed(2);

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ibkr-trader-test-'));
    host = startProgram(['serve', '--demo', '--seed', '7', '--no-open', '--data-dir', directory]);
    await host.line(/^ready http:\/\/127\.0\.0\.1:\d+\/#token=[0-9a-f]{64}$/);
    const quoted = await run('quote', 'AAPL', '--json');
    expect(quoted.code, quoted.err).toBe(0);
    ask = Number(quoteSchema.parse(JSON.parse(quoted.out)).quote.ask);
  }, 60_000);

  afterAll(async () => {
    expect(await host.kill('SIGTERM')).toBe(0);
    await rm(directory, { recursive: true, force: true });
  });

  test('a bracket is placed, fills, is modified and cancelled, and all of it can be read back', async () => {
    const exits = ['--stop-loss', near(0.95), '--take-profit', near(1.05)];
    const placed = await run('bracket-order', '--symbol', 'AAPL', '--quantity', '10', ...exits, '--key', 'morning-1');
    expect(placed.code, placed.err).toBe(0);
    expect(placed.out).toContain('1 BUY 10 AAPL MKT');

    const again = await run('bracket-order', '--symbol', 'AAPL', '--quantity', '10', ...exits, '--key', 'morning-1');
    expect(again.code, again.err).toBe(0);
    expect(await orders(), 'one key is one bracket').toHaveLength(3);

    const modified = await run('modify', '3', '--stop', near(0.96));
    expect(modified.code, modified.err).toBe(0);
    expect((await orders()).find(({ number }) => number === 3)?.stop).toBe(String(Number(near(0.96))));
    expect((await run('cancel', '3')).code).toBe(0);
    expect((await run('cancel-all', '--yes')).code).toBe(0);
    expect((await orders()).map(({ phase }) => phase)).toEqual(['filled', 'cancelled', 'cancelled']);

    expect((await run('positions')).out).toMatch(/AAPL\s+STK\s+\+10/);
    expect((await run('fills')).out).toContain('AAPL');
    const activity = (await run('activity')).out;
    for (const line of ['Modify 3: stop', 'Cancel 3 requested', 'Cancel 2 requested']) expect(activity).toContain(line);
    const explained = await run('explain', '1');
    expect(explained.code, explained.err).toBe(0);
    expect(explained.out).toContain('Decided again from the stored numbers: the same.');
    expect((await run('journal', 'verify')).out).toMatch(/Journal\s+sound/);
    const exported = (await run('journal', 'export', '--json')).out;
    expect(exported).toContain('orders-intended');
  }, 60_000);

  test('a preview prints the decision and sends nothing', async () => {
    const before = await orders();
    const words = ['--symbol', 'MSFT', '--side', 'BUY', '--quantity', '1', '--type', 'LMT', '--limit', '100'];
    const preview = await run('order', ...words, '--preview');
    expect(preview.code, preview.err).toBe(0);
    expect(preview.out).toContain('Approved');
    expect(preview.out).toMatch(/^Position MSFT +0 +1 +10,000 +global/m);
    expect(preview.out).toContain('Largest quantity that passes every limit');
    const asked = await run('order', ...words, '--preview', '--margin', '--json');
    expect(asked.out).toMatch(/"initialAfter":\s*"[1-9]/);
    expect(await orders()).toEqual(before);
  }, 60_000);

  test('an override needs a reason, and a reason an override', async () => {
    const words = ['--symbol', 'MSFT', '--side', 'BUY', '--quantity', '1', '--type', 'LMT', '--limit', '100'];
    const before = await orders();
    const bare = await run('order', ...words, '--override');
    expect([bare.code, bare.err]).toEqual([2, '--override: needs --reason "…", which is written down with it']);
    expect((await run('order', ...words, '--reason', 'because of it')).code).toBe(2);
    expect((await run('order', ...words, '--margin')).code).toBe(2);
    expect(await orders()).toEqual(before);
  }, 60_000);

  test('a position is protected by a trailing stop, an OCO group waits beside it, and a close takes the stop along', async () => {
    const [symbol, quantity] = [
      ['--symbol', 'NVDA'],
      ['--quantity', '10'],
    ] as const;
    const quoted = await run('quote', 'NVDA', '--json');
    const nvda = Number(quoteSchema.parse(JSON.parse(quoted.out)).quote.ask);
    const at = (factor: number): string => (nvda * factor).toFixed(2);
    const bought = await run('order', ...symbol, '--side', 'BUY', ...quantity, '--type', 'MKT');
    expect(bought.code, bought.err).toBe(0);
    const held = await eventually('ten NVDA are held', async () => {
      const { out } = await run('positions', '--json');
      return z
        .array(heldSchema)
        .parse(JSON.parse(out))
        .find((each) => each.symbol === 'NVDA' && each.quantity === '10');
    });
    expect(held.naked).toBe('10');

    const trailing = await run('trailing-stop', ...symbol, ...quantity, '--trail-amount', '2', '--mode', 'managed');
    expect(trailing.code, trailing.err).toBe(0);
    expect(trailing.out).toContain('(this app moves this)');
    const more = await run('protect', 'NVDA', '--stop', at(0.9));
    expect([more.code, more.err]).toEqual([1, expect.stringContaining('Nothing of NVDA is without protection')]);

    const oco = await run(
      'oco-order',
      '--symbol',
      'MSFT',
      '--quantity',
      '3',
      '--buy-limit',
      '100',
      '--buy-stop',
      '900',
    );
    expect(oco.code, oco.err).toBe(0);
    expect(oco.out.match(/IBKR holds this/g)).toHaveLength(2);
    const table = (await run('orders')).out;
    expect(table).toMatch(/^SELL 10 NVDA trailing 2\.00, this app moves this/m);
    expect(table).toMatch(/^OCO \d+, \d+: a fill reduces the others$/m);

    const closed = await run('close', 'NVDA', '--timeout', '20');
    expect(closed.code, closed.err).toBe(0);
    await eventually('the stop went with the position', async () => {
      const open = ordersSchema.parse(JSON.parse((await run('orders', '--json')).out));
      return open.every((order) => order['symbol'] !== 'NVDA') ? open : undefined;
    });
    const flattened = await run('flatten', '--yes', '--timeout', '20');
    expect(flattened.out).toContain('Cancels what could open one:');
    expect(flattened.code, flattened.err).toBe(0);
    await eventually('nothing is held and nothing works', async () => {
      const left = [(await run('orders', '--json')).out, (await run('positions', '--json')).out];
      return left.every((out) => out === '[]') ? left : undefined;
    });
  }, 120_000);

  const bracket = ['bracket-order', '--symbol', 'AAPL', '--quantity', '10'];
  const limitOrder = ['order', '--symbol', 'AAPL', '--side', 'BUY', '--type', 'LMT'];
  test.each([
    {
      what: 'a stop on the wrong side',
      words: (): string[] => [...bracket, '--stop-loss', near(1.02), '--take-profit', near(1.05)],
      code: 1,
      says: /Stop-loss .* must be below the entry .* of a BUY bracket/,
    },
    {
      what: 'an unknown symbol',
      words: () => ['order', '--symbol', 'ZZZZ', '--side', 'BUY', '--quantity', '1', '--type', 'MKT'],
      code: 1,
      says: /ZZZZ: expected the symbol of a US stock or ETF/,
    },
    {
      what: 'a quantity of zero',
      words: () => [...limitOrder, '--quantity', '0', '--limit', near(0.9)],
      code: 1,
      says: /Quantity is 0\. It must be more than 0/,
    },
    {
      what: 'text where a number is wanted',
      words: () => [...limitOrder, '--quantity', 'ten', '--limit', near(0.9)],
      code: 2,
      says: /--quantity "ten": expected a quantity/,
    },
    {
      what: 'an off-tick price, with both neighbours named',
      words: () => [...limitOrder, '--quantity', '1', '--limit', '150.003'],
      code: 1,
      says: /150\.003 .* tick 0\.01\. Nearest: 150\.00 and 150\.01/,
    },
    { what: 'an unknown command', words: () => ['buy-low-sell-high'], code: 2, says: /unknown command/ },
    {
      what: 'a missing flag',
      words: () => ['order', '--symbol', 'AAPL', '--side', 'BUY', '--type', 'MKT'],
      code: 2,
      says: /--quantity/,
    },
    { what: 'an order that is not there', words: () => ['cancel', '4711'], code: 1, says: /There is no order 4711/ },
  ])('$what is refused in words with exit code $code', async ({ words, code, says }) => {
    const refused = await run(...words());
    expect(refused.err).toMatch(says);
    expect(refused.code).toBe(code);
  });

  test('a second workstation on the same data directory names the first', async () => {
    const second = await run('serve', '--demo', '--no-open');
    expect(second.code).not.toBe(0);
    expect(second.err).toContain(`process ${String(host.process.pid)}`);
  });
});

test('without a workstation a command exits with 3 and says how to start one', async () => {
  const directory = await temporaryDirectory();
  const { code, err } = await runProgram(['status', '--data-dir', directory]);
  expect(code).toBe(3);
  expect(err).toContain('ibkr-trader serve --demo');
});

test('with a TWS that is not there an order is refused, not queued', async () => {
  const directory = await temporaryDirectory();
  const host = startProgram([...paperWords(await freePort()), '--data-dir', directory]);
  onTestFinished(() => void host.kill('SIGKILL'));
  await host.line(/^ready http/);
  const words = ['order', '--symbol', 'AAPL', '--side', 'BUY', '--quantity', '1', '--type', 'MKT'];
  const { code, err } = await runProgram([...words, '--data-dir', directory]);
  expect(err).toContain('TWS is not connected');
  expect(code).toBe(1);
  const { out } = await runProgram(['orders', '--all', '--json', '--data-dir', directory]);
  expect(JSON.parse(out)).toEqual([]);
  expect(await host.kill('SIGTERM')).toBe(0);
}, 60_000);

function paperWords(port: number): string[] {
  return ['serve', '--paper', '--host', '127.0.0.1', '--tws-port', String(port), '--no-open'];
}

/** A port where nobody listens: one that was just given back. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => {
        resolve(port);
      });
    });
  });
}
