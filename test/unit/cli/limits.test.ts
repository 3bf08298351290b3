import { describe, expect, test } from 'vitest';
import type { RememberedReply } from '#domain/engine-event';
import { conId } from '#domain/ids';
import { NO_LIMITS } from '#domain/limit-change';
import { money, quantity } from '#domain/money';
import type { RiskPicture, SymbolLimitUse } from '#domain/pnl';
import { ok } from '#domain/result';
import { FRIDAY } from '#test/builders/domain-records';
import { ACCEPTED, failed, StubTerminal } from '#test/builders/stub-terminal';

const lines = (text: string): string[] => text.trimEnd().split('\n');
const latch = {
  scope: { over: 'symbol', conId: conId(265_598), symbol: 'AAPL' },
  at: FRIDAY,
  loss: money('210'),
  limit: money('200'),
  source: 'symbol',
  currency: 'USD',
  until: FRIDAY,
} as const;
const AAPL: SymbolLimitUse = {
  symbol: 'AAPL',
  conId: conId(265_598),
  positionSize: { used: quantity('45'), limit: quantity('50'), source: 'symbol', state: 'warn' },
  orderExposure: { used: null, limit: money('10000'), source: 'default', state: 'unknown' },
  dailyLoss: { used: money('210.5'), limit: money('200'), source: 'symbol', state: 'breach' },
  correlationExposure: { used: money('6825'), limit: money('250000'), source: 'global', state: 'ok' },
  latch,
  notes: ['delisted: IBKR knows no such symbol; its limits are kept'],
};
const PICTURE: RiskPicture = {
  at: FRIDAY,
  pnl: [],
  total: { daily: null, unrealised: null, realised: null, broker: null, differs: false, why: '' },
  symbols: [AAPL],
  account: {
    dailyLoss: { used: money('0'), limit: money('0'), source: 'global', state: 'ok' },
    grossExposure: { used: money('6825'), limit: money('1000000'), source: 'global', state: 'ok' },
    latch: { ...latch, scope: { over: 'account' } },
  },
  sectors: [
    { name: 'Technology', exposure: { used: money('6825'), limit: money('500000'), source: 'sector', state: 'ok' } },
  ],
  warnings: ['The correlations are 3 days old.'],
  efficiency: { messages: 0, executions: 0, warnAt: 15 },
};

async function terminalWith(picture: RiskPicture = PICTURE): Promise<StubTerminal> {
  const terminal = new StubTerminal();
  terminal.client.risk.picture.mockResolvedValue(ok(picture));
  const start = await terminal.workstation.feedStart();
  const { conflated } = start;
  terminal.client.feed.start.mockResolvedValue(
    ok({ ...start, conflated: { ...conflated, meters: { ...conflated.meters, baseCurrency: 'USD' } } }),
  );
  return terminal;
}

describe('limits', () => {
  test('shows the use of each, its headroom and where it comes from; then what there is to know', async () => {
    const { code, out } = await (await terminalWith()).run('limits');
    expect(code).toBe(0);
    expect(lines(out)).toEqual([
      'Of          Limit                    Used  Of at most  Headroom      Use  Source   State',
      'account     daily loss                 $0          $0        $0        –  global   ok',
      'account     gross exposure         $6,825  $1,000,000  $993,175    0.68%  global   ok',
      'Technology  sector exposure        $6,825    $500,000  $493,175    1.36%  sector   ok',
      'AAPL        position                   45          50         5      90%  symbol   warn',
      'AAPL        order exposure              –     $10,000         –        –  default  unknown',
      'AAPL        daily loss            $210.50        $200        $0  105.25%  symbol   breach',
      'AAPL        correlation exposure   $6,825    $250,000  $243,175    2.73%  global   ok',
      'The loss of the day of the account reached $210; its limit is $200 (symbol). Only reducing is allowed until the next session day, or until a person resets it.',
      'The loss of the day of AAPL reached $210; its limit is $200 (symbol). Only reducing is allowed until the next session day, or until a person resets it.',
      'AAPL: delisted: IBKR knows no such symbol; its limits are kept.',
      'The correlations are 3 days old.',
    ]);
  });

  test('of one symbol: that alone; of one without use: the limits in force', async () => {
    const terminal = await terminalWith();
    expect((await terminal.run('limits --symbol aapl')).out).not.toContain('account');
    const { out } = await terminal.run('limits --symbol MSFT');
    expect(out).toMatch(/^MSFT {2}position +– +10,000 +– +– +global +unknown$/m);
    expect(out).toContain('MSFT: neither held nor worked, and without limits of its own.');
  });

  test('before the currency of the account is known: figures without one', async () => {
    const terminal = await terminalWith({ ...PICTURE, account: { ...PICTURE.account, latch: null }, symbols: [] });
    const start = await terminal.workstation.feedStart();
    const meters = { ...start.conflated.meters, baseCurrency: null };
    terminal.client.feed.start.mockResolvedValue(ok({ ...start, conflated: { ...start.conflated, meters } }));
    expect((await terminal.run('limits')).out).toMatch(/gross exposure {3}6,825/);
  });

  test('as one document', async () => {
    const terminal = await terminalWith();
    const { account, sectors, symbols, warnings } = PICTURE;
    const all: unknown = JSON.parse((await terminal.run('limits --json')).out);
    expect(all).toEqual({ currency: 'USD', account, sectors, symbols, warnings });
    expect(JSON.parse((await terminal.run('limits --symbol AAPL --json')).out)).toEqual({ currency: 'USD', ...AAPL });
  });

  test('without an answer end with its code', async () => {
    const terminal = await terminalWith();
    terminal.client.risk.picture.mockResolvedValue(failed('BUSY'));
    expect((await terminal.run('limits')).code).toBe(1);
    terminal.client.feed.start.mockResolvedValue(failed('CLOSED'));
    expect((await terminal.run('limits')).code).toBe(3);
  });
});

/** A terminal before a workstation that sets every limit it is asked for. */
function setting(): StubTerminal {
  const terminal = new StubTerminal();
  terminal.client.commands.execute.mockImplementation(({ key }) => {
    const reply: RememberedReply = { outcome: 'accepted', orders: [], decisionId: null, message: '' };
    terminal.workstation.publish({ type: 'command-answered', key, payloadHash: 'h', reply });
    return Promise.resolve(ok(ACCEPTED));
  });
  return terminal;
}

describe('set-symbol-limit', () => {
  test('sets what is named and says what is in force', async () => {
    const terminal = setting();
    const { code, out } = await terminal.run(
      'set-symbol-limit --symbol aapl --max-position 50 --max-loss 200 --max-order-exposure 5000.5 --max-correlation-exposure 9000',
    );
    expect(code).toBe(0);
    expect(terminal.client.commands.execute.mock.lastCall?.[0].command).toEqual({
      kind: 'set-symbol-limit',
      symbol: 'AAPL',
      change: {
        maxPositionSize: '50',
        maxOrderExposure: '5000.5',
        maxDailyLoss: '200',
        maxCorrelationExposure: '9000',
      },
    });
    expect(out).toBe(
      'AAPL: position 10,000 (global), order exposure 100,000 (global), daily loss 10,000 (global), correlation exposure 250,000 (global)\n',
    );
  });

  test.each([
    ['--max-position 50', { ...NO_LIMITS, maxPositionSize: '50' }],
    ['--max-loss 200', { ...NO_LIMITS, maxDailyLoss: '200' }],
    ['--remove', null],
  ])('%s alone leaves the others as they are', async (words, change) => {
    const terminal = setting();
    const { code, out } = await terminal.run(`set-symbol-limit --symbol AAPL ${words} --json`);
    expect(code).toBe(0);
    expect(terminal.client.commands.execute.mock.lastCall?.[0].command).toMatchObject({ change });
    expect(lines(out)).toHaveLength(1);
  });

  test('that is refused says why, and nothing else', async () => {
    const terminal = setting();
    const message = 'AAPL: looser than the global limit: position 20,000 (global 10,000).';
    terminal.client.commands.execute.mockResolvedValue(ok({ ...ACCEPTED, outcome: 'refused', message }));
    const { code, out, err } = await terminal.run('set-symbol-limit --symbol AAPL --max-position 20000');
    expect([code, out, err]).toEqual([1, '', `Refused. ${message}\n`]);
  });

  test('whose workstation goes away right after it was set is done all the same', async () => {
    const terminal = setting();
    const start = await terminal.workstation.feedStart();
    terminal.client.feed.start.mockResolvedValueOnce(ok(start)).mockResolvedValue(failed('CLOSED'));
    const { code, out } = await terminal.run('set-symbol-limit --symbol AAPL --max-position 50');
    expect([code, out]).toEqual([0, '']);
  });

  test.each([
    ['--max-position 50', '--symbol: missing'],
    ['--symbol AAPL', '--max-position, --max-loss, …: missing'],
    ['--symbol AAPL --remove --max-loss 5', '--max-loss "5": not beside --remove "all"'],
    ['--symbol AAPL --max-loss -5', '--max-loss "-5": expected an amount of money'],
  ])('%s is not understood: %s', async (words, expected) => {
    const { code, err } = await new StubTerminal().run(`set-symbol-limit ${words}`);
    expect(code).toBe(2);
    expect(err).toContain(expected);
  });
});
