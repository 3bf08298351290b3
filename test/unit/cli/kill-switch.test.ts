import { describe, expect, test } from 'vitest';
import type { CommandReply } from '#domain/command';
import { clientOrderId, effectId, groupId, orderNumber } from '#domain/ids';
import { ok } from '#domain/result';
import { anOrder, FRIDAY } from '#test/builders/domain-records';
import { A_STATUS, ACCEPTED, failed, StubTerminal } from '#test/builders/stub-terminal';

const HALTED = { state: 'HALTED', since: FRIDAY, reason: 'the feed is wrong', cause: 'person' } as const;

/** A terminal whose workstation is halted from now on, with one order of ours, its stop and one of another client. */
function halting(reply: Partial<CommandReply> = {}): StubTerminal {
  const terminal = new StubTerminal();
  const stop = anOrder({
    id: clientOrderId('r-2'),
    number: orderNumber(1052),
    group: { id: groupId('g-1'), role: 'stop-loss' },
  });
  terminal.workstation.publish(
    { type: 'orders-intended', orders: [anOrder()], group: null, effectId: effectId('e-1') },
    { type: 'order-adopted', order: { ...stop, origin: 'external' } },
  );
  terminal.client.commands.execute.mockImplementation(({ key }) => {
    const remembered = { outcome: 'accepted' as const, orders: [], decisionId: null, message: '' };
    terminal.workstation.publish({ type: 'command-answered', key, payloadHash: 'h', reply: remembered });
    return Promise.resolve(ok({ ...ACCEPTED, ...reply }));
  });
  terminal.client.system.status.mockResolvedValue(ok({ ...A_STATUS, trading: HALTED }));
  return terminal;
}

const given = (terminal: StubTerminal): unknown => terminal.client.commands.execute.mock.lastCall?.[0].command;

describe('kill-switch', () => {
  test('on asks first, and says what trading is then', async () => {
    const terminal = halting();
    terminal.interactive = true;
    terminal.answer = 'y';
    const { code, out } = await terminal.run('kill-switch on --reason wrong');
    expect([code, out]).toEqual([0, 'Trading is HALTED: the feed is wrong.\n']);
    expect(terminal.questions).toEqual([
      '1 live order, what protects a position stays. Cancel and halt trading? [y/N] ',
    ]);
    expect(given(terminal)).toEqual({
      kind: 'set-trading-state',
      state: 'HALTED',
      includingStops: false,
      everywhere: false,
      reason: 'wrong',
    });
  });

  test('for every client the question counts their orders too', async () => {
    const terminal = halting();
    terminal.interactive = true;
    terminal.answer = 'no';
    expect(await terminal.run('kill-switch on --global --including-stops')).toEqual({
      code: 1,
      out: '',
      err: 'Nothing was done.\n',
    });
    expect(terminal.questions).toEqual([
      '2 live orders of every client, stops and targets too. Cancel and halt trading? [y/N] ',
    ]);
    expect(given(terminal)).toBeUndefined();
  });

  test.each([
    ['on --yes --global --including-stops', 'HALTED', true],
    ['reduce', 'REDUCING', false],
    ['off', 'ACTIVE', false],
  ])('%s sets %s without a question', async (words, state, everywhere) => {
    const terminal = halting();
    expect(await terminal.run(`kill-switch ${words}`)).toMatchObject({ code: 0 });
    expect(given(terminal)).toMatchObject({ state, everywhere, includingStops: everywhere, reason: '' });
  });

  test('as one document', async () => {
    const { out } = await halting().run('kill-switch off --json');
    expect(JSON.parse(out)).toMatchObject({ outcome: 'accepted', orders: [] });
  });

  test('what can not be set says why', async () => {
    const terminal = halting({ outcome: 'refused', message: 'Acknowledge the difference first.' });
    expect(await terminal.run('kill-switch off')).toMatchObject({
      code: 1,
      err: 'Refused. Acknowledge the difference first.\n',
    });
  });

  test.each([
    ['on', '--yes: missing; there is no terminal to ask on'],
    ['stop', 'WORD "stop": expected on, reduce or off'],
    ['off --including-stops', '--including-stops: only with on, not with off'],
    ['reduce --global', '--global: only with on, not with reduce'],
    ['on --global --yes', '--global: wants --including-stops too'],
    [`off --reason ${'x'.repeat(501)}`, 'expected at most'],
  ])('%s makes no sense', async (words, message) => {
    const terminal = halting();
    const { code, err } = await terminal.run(`kill-switch ${words}`);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(given(terminal)).toBeUndefined();
  });

  test('a workstation that is lost before or after it is told', async () => {
    const before = halting();
    before.interactive = true;
    before.client.feed.start.mockResolvedValue(failed('CLOSED'));
    expect(await before.run('kill-switch on')).toMatchObject({ out: '' });
    expect(given(before)).toBeUndefined();
    const afterwards = halting();
    afterwards.client.system.status.mockResolvedValue(failed('CLOSED'));
    expect((await afterwards.run('kill-switch off')).err).toContain('because of CLOSED');
  });
});

describe('cancelling in a closed market', () => {
  test.each([
    ['cancel 1051', { kind: 'cancel-orders', numbers: [1051] }],
    ['cancel-all --yes', { kind: 'cancel-all', symbol: null, keepStops: false }],
  ])('%s passes with an override and its reason', async (words, command) => {
    const terminal = halting();
    expect((await terminal.run(`${words} --override --reason earnings`)).code).toBe(0);
    expect(terminal.client.commands.execute.mock.lastCall?.[0]).toMatchObject({
      command,
      override: { reason: 'earnings' },
    });
  });
});
