import { expect, test } from 'vitest';
import type { RememberedReply } from '#domain/engine-event';
import { ok } from '#domain/result';
import { ACCEPTED, StubTerminal } from '#test/builders/stub-terminal';

/** A workstation that carries the command out. */
function obeying(): StubTerminal {
  const terminal = new StubTerminal();
  terminal.client.commands.execute.mockImplementation(({ key }) => {
    const reply: RememberedReply = { outcome: 'accepted', orders: [], decisionId: null, message: '' };
    terminal.workstation.publish({ type: 'command-answered', key, payloadHash: 'hash', reply });
    return Promise.resolve(ok(ACCEPTED));
  });
  return terminal;
}

const reset = (terminal: StubTerminal, ...words: readonly string[]) =>
  terminal.runWords(['reset-loss-latch', ...words, '--reason', 'hedged with options']);

test('a person lets a symbol add again, with a reason', async () => {
  const terminal = obeying();
  expect(await reset(terminal, '--symbol', 'tsla')).toEqual({
    code: 0,
    out: 'Adding is allowed again in TSLA.\n',
    err: '',
  });
  expect(terminal.client.commands.execute.mock.calls[0]?.[0].command).toEqual({
    kind: 'reset-loss-latch',
    symbol: 'TSLA',
    reason: 'hedged with options',
  });
});

test('without a symbol it is the account, and as a document there is nothing else', async () => {
  const terminal = obeying();
  expect((await reset(terminal)).out).toBe('Adding is allowed again in the account.\n');
  expect(JSON.parse((await reset(terminal, '--json')).out)).toMatchObject({ outcome: 'accepted' });
});

test('what has not latched is refused', async () => {
  const terminal = new StubTerminal();
  const message = 'The daily loss of TSLA has not latched: adding is not held back by it.';
  terminal.client.commands.execute.mockResolvedValue(ok({ ...ACCEPTED, outcome: 'refused', message }));
  expect(await reset(terminal, '--symbol', 'TSLA')).toEqual({ code: 1, out: '', err: `Refused. ${message}\n` });
});

test('a reason is wanted, and more than a word', async () => {
  const terminal = new StubTerminal();
  expect((await terminal.run('reset-loss-latch')).code).toBe(2);
  expect(await terminal.run('reset-loss-latch --reason x')).toMatchObject({
    code: 2,
    err: expect.stringContaining('--reason "x": expected') as unknown,
  });
});
