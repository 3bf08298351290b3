import { describe, expect, test } from 'vitest';
import type { RememberedReply } from '#domain/engine-event';
import type { HostMeters } from '#domain/feed';
import { laterBy, orderNumber, clientOrderId } from '#domain/ids';
import { signedQuantity } from '#domain/money';
import type { Acknowledgement, PositionDifference } from '#domain/position-difference';
import type { ReconciliationProof } from '#domain/reconciliation-proof';
import { err, ok } from '#domain/result';
import type { StateSnapshot } from '#domain/state-snapshot';
import { AMD_ID, FRIDAY } from '#test/builders/domain-records';
import { A_STATUS, ACCEPTED, failed, StubTerminal } from '#test/builders/stub-terminal';

const lines = (text: string): string[] => text.trimEnd().split('\n');
const NOW = laterBy(FRIDAY, 140_000);
const PROOF: ReconciliationProof = {
  startedAt: FRIDAY,
  at: laterBy(FRIDAY, 400),
  ordersExpected: 12,
  ordersAtBroker: 13,
  completedAtBroker: 3,
  executionsAtBroker: 6,
  positionsAtBroker: 4,
  findings: [],
};
const DIFFERENCE: PositionDifference = {
  conId: AMD_ID,
  symbol: 'AMD',
  at: FRIDAY,
  ours: signedQuantity('10'),
  brokers: signedQuantity('15'),
};
const ACKNOWLEDGED: Acknowledgement = {
  at: laterBy(FRIDAY, 20_000),
  cause: 'transfer',
  reason: 'moved to savings',
  origin: 'window',
  differences: [DIFFERENCE],
};

/** A terminal before a workstation whose state is this. */
async function before(state: Partial<StateSnapshot>, meters: Partial<HostMeters> = {}): Promise<StubTerminal> {
  const terminal = new StubTerminal();
  const { snapshot, conflated } = await terminal.workstation.feedStart();
  terminal.client.feed.start.mockResolvedValue(
    ok({
      snapshot: { ...snapshot, ...state },
      conflated: { ...conflated, now: NOW, meters: { ...conflated.meters, ...meters } },
    }),
  );
  return terminal;
}

describe('the proof', () => {
  test('tells what was compared, when, and that nothing differed', async () => {
    const { code, out } = await (await before({ proof: PROOF })).run('reconciliation');
    expect(code).toBe(0);
    expect(lines(out)).toEqual([
      'Reconciled   2026-11-20 15:30:00 (UTC), 2m 19s ago, took 0.4s',
      'Orders       12 expected, 13 at IBKR, 3 completed',
      'Executions   6 at IBKR',
      'Positions    4 at IBKR',
      'Differences  none',
    ]);
  });

  test('lists every finding in words, what stays unexplained, and what to do next', async () => {
    const terminal = await before({
      proof: {
        ...PROOF,
        findings: [
          { kind: 'adopted-order', orderId: clientOrderId('o-3'), number: orderNumber(3) },
          {
            kind: 'adjusted-position',
            conId: AMD_ID,
            symbol: 'AMD',
            ours: signedQuantity('10'),
            brokers: signedQuantity('15'),
            cause: 'unexplained',
          },
        ],
      },
      unexplained: [DIFFERENCE],
      trading: { state: 'REDUCING', since: FRIDAY, reason: 'AMD differs', cause: 'differences' },
    });
    const { code, out } = await terminal.run('reconciliation');
    expect(code).toBe(0);
    expect(lines(out).slice(4)).toEqual([
      'Differences  2',
      '  3 was placed elsewhere; shown and counted from now on',
      "  AMD: our position was +10, IBKR's is +15: unexplained",
      '',
      'Unexplained: 1 position',
      '  AMD: +10 here, +15 at IBKR, since 2m 20s',
      'Trading is REDUCING: AMD differs. Nothing that adds risk is sent until a person says what it was.',
      'Look in TWS for trades, transfers and corporate actions, then:',
      '  ibkr-trader reconciliation --acknowledge --reason "…"',
    ]);
  });

  test('says nothing of held orders where trading is ACTIVE', async () => {
    const { out } = await (await before({ proof: PROOF, unexplained: [DIFFERENCE] })).run('reconciliation');
    expect(lines(out).slice(8)).toEqual([
      'Trading is ACTIVE.',
      'Look in TWS for trades, transfers and corporate actions, then:',
      '  ibkr-trader reconciliation --acknowledge --reason "…"',
    ]);
  });

  test('the last acknowledgement stays visible', async () => {
    const { out } = await (await before({ proof: PROOF, acknowledgement: ACKNOWLEDGED })).run('reconciliation');
    expect(lines(out).slice(5)).toEqual([
      '',
      'Last acknowledged 2m 00s ago (window) as a transfer: moved to savings',
      '  AMD: +10 here, +15 at IBKR, since 2m 20s',
    ]);
  });

  test('before the first one, how far the connection is', async () => {
    const { out } = await (await before({})).run('reconciliation');
    expect(out).toBe('Not reconciled yet: disconnected: not connected yet.\n');
  });

  test('as one document', async () => {
    const terminal = await before({ proof: PROOF, unexplained: [DIFFERENCE], acknowledgement: ACKNOWLEDGED });
    expect(JSON.parse((await terminal.run('reconciliation --json')).out)).toMatchObject({
      proof: PROOF,
      unexplained: [DIFFERENCE],
      acknowledgement: ACKNOWLEDGED,
      trading: { state: 'ACTIVE' },
      connection: { phase: 'disconnected' },
    });
  });
});

describe('an acknowledgement', () => {
  const acknowledge = 'reconciliation --acknowledge --reason moved';

  test('sends cause and reason once, under one key', async () => {
    const terminal = new StubTerminal();
    const reply: RememberedReply = { outcome: 'accepted', orders: [], decisionId: null, message: '' };
    terminal.client.commands.execute.mockImplementation(({ key }) => {
      terminal.workstation.publish({ type: 'command-answered', key, payloadHash: 'h', reply });
      return Promise.resolve(ok(ACCEPTED));
    });
    const ran = await terminal.run(`${acknowledge} --cause TRANSFER --key k-1 --live`);
    expect(ran).toEqual({ code: 0, out: 'Acknowledged as a transfer.\n', err: '' });
    expect(terminal.client.commands.execute).toHaveBeenCalledExactlyOnceWith({
      key: 'k-1',
      command: { kind: 'acknowledge-differences', seen: [], cause: 'transfer', reason: 'moved' },
    });
    expect(terminal.connected).toEqual([{ directory: '/default', live: true }]);
  });

  test('says and names what the person sees, so that nothing newer is acknowledged with it', async () => {
    const terminal = await before({ unexplained: [DIFFERENCE] });
    terminal.client.commands.execute.mockResolvedValue(
      ok({ ...ACCEPTED, outcome: 'refused', message: 'It has changed.' }),
    );
    const { out } = await terminal.run(acknowledge);
    expect(out).toBe('AMD: +10 here, +15 at IBKR, since 2m 20s\n');
    expect(terminal.client.commands.execute.mock.lastCall?.[0].command).toMatchObject({
      seen: [{ conId: AMD_ID, brokers: '15' }],
    });
  });

  test('is unexplained where no cause is given, and a document on demand', async () => {
    const terminal = new StubTerminal();
    terminal.client.commands.execute.mockResolvedValue(
      ok({ ...ACCEPTED, outcome: 'refused', message: 'There is no unexplained difference to acknowledge.' }),
    );
    const { code, out, err: said } = await terminal.run(`${acknowledge} --json`);
    expect([code, said]).toEqual([1, 'Refused. There is no unexplained difference to acknowledge.\n']);
    expect(JSON.parse(out)).toMatchObject({ outcome: 'refused' });
    expect(terminal.client.commands.execute.mock.lastCall?.[0].command).toEqual({
      kind: 'acknowledge-differences',
      seen: [],
      cause: 'unexplained',
      reason: 'moved',
    });
  });

  test('where real money is at stake, --live has to be said', async () => {
    const terminal = new StubTerminal();
    terminal.client.commands.execute.mockResolvedValue(err({ code: 'LIVE_NOT_CONFIRMED', reason: 'it is live' }));
    expect(await terminal.run(acknowledge)).toEqual({
      code: 2,
      out: '',
      err: 'it is live\n--live: missing; real money is at stake there\n',
    });
  });

  test.each([
    ['--acknowledge', '--reason: missing; say what happened, e.g. --reason "moved to another account"'],
    ['--acknowledge --reason ab', '--reason "ab": expected 3 to 500 characters'],
    ['--reason moved', '--reason "moved": goes with --acknowledge, which is missing'],
    ['--cause transfer', '--cause "transfer": goes with --acknowledge, which is missing'],
    [
      '--acknowledge --reason moved --cause theft',
      '--cause "theft": expected other-client or corporate-action or transfer or before-report or unexplained',
    ],
  ])('%s makes no sense: exit 2, and nothing is asked', async (words, expected) => {
    const terminal = new StubTerminal();
    expect(await terminal.run(`reconciliation ${words}`)).toEqual({ code: 2, out: '', err: `${expected}\n` });
    expect(terminal.connected).toEqual([]);
  });
});

describe('status', () => {
  test('names what is unexplained and the farms as IBKR told of them', async () => {
    const terminal = await before({ unexplained: [DIFFERENCE] }, { farms: { quotes: 'down', history: 'idle' } });
    const { out } = await terminal.run('status');
    expect(out).toMatch(
      /^Unexplained {2}AMD: \+10 here, \+15 at IBKR, since 2m 20s\. See: ibkr-trader reconciliation$/m,
    );
    expect(out).toMatch(/^Data farms {3}quotes down, history idle$/m);
    expect(JSON.parse((await terminal.run('status --json')).out)).toMatchObject({
      ...A_STATUS,
      unexplained: [DIFFERENCE],
      farms: { quotes: 'down', history: 'idle' },
    });
  });

  test('without the state there is no answer', async () => {
    const terminal = new StubTerminal();
    terminal.client.feed.start.mockResolvedValue(failed('DEADLINE'));
    expect(await terminal.run('status')).toMatchObject({ code: 4, out: '' });
  });
});
