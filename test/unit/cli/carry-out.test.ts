import { describe, expect, test, vi } from 'vitest';
import type { CommandReply } from '#domain/command';
import type { EngineEvent } from '#domain/engine-event';
import { commandKey, effectId, orderNumber } from '#domain/ids';
import { price, quantity } from '#domain/money';
import type { OrderRecord, OrderState } from '#domain/order-record';
import { ok } from '#domain/result';
import { aBracket, aDecision, anOrder, FRIDAY } from '#test/builders/domain-records';
import { ACCEPTED, failed, StubTerminal } from '#test/builders/stub-terminal';

const since = FRIDAY;
const at = FRIDAY;
const SENT = { phase: 'submitting', since, effectId: effectId('e-1') } as const;
const BUY = 'order --symbol AMD --side BUY --quantity 50 --type LMT --limit 164.10';

const order = anOrder({ state: SENT });
const intended = (orders: readonly OrderRecord[]): EngineEvent => ({
  type: 'orders-intended',
  orders: [...orders],
  group: null,
  effectId: effectId('e-1'),
});
const answered = (orders: readonly OrderRecord[], key = 'cli-1'): EngineEvent => ({
  type: 'command-answered',
  key: commandKey(key),
  payloadHash: 'h',
  reply: { outcome: 'accepted', orders: orders.map(({ id }) => id), decisionId: null, message: '' },
});
const becomes = (state: OrderState, which = order): EngineEvent => ({
  type: 'order-state-changed',
  id: which.id,
  state,
});
const replyFor = (orders: readonly OrderRecord[], change: Partial<CommandReply> = {}): CommandReply => ({
  ...ACCEPTED,
  orders: orders.map(({ id, number }) => ({ id, number })),
  ...change,
});

/** A terminal whose workstation takes a new order and then lives through `then`. */
function placing(then: readonly EngineEvent[], orders: readonly OrderRecord[] = [order]): StubTerminal {
  const terminal = new StubTerminal();
  terminal.client.commands.execute.mockImplementation(({ key }) => {
    terminal.workstation.publish(intended(orders), answered(orders, key));
    terminal.workstation.publish(...then);
    return Promise.resolve(ok(replyFor(orders)));
  });
  return terminal;
}

/** A terminal whose ledger holds a working order, and that lives through `then` after a command on it. */
function changing(
  then: readonly EngineEvent[],
  change: Partial<CommandReply> = {},
  standing: OrderRecord = anOrder(),
): StubTerminal {
  const terminal = new StubTerminal();
  terminal.workstation.publish(intended([standing]));
  terminal.client.commands.execute.mockImplementation(({ key }) => {
    terminal.workstation.publish(answered([standing], key), ...then);
    return Promise.resolve(ok(replyFor([standing], change)));
  });
  return terminal;
}

describe('placing an order', () => {
  test('the broker accepts it: exit 0, and the line says where it stands', async () => {
    const terminal = placing([becomes({ phase: 'working', since })]);
    expect(await terminal.run(BUY)).toEqual({ code: 0, out: '1051 BUY 50 AMD LMT 164.10 DAY: working\n', err: '' });
    expect(terminal.client.commands.execute).toHaveBeenCalledExactlyOnceWith({
      key: 'cli-1',
      command: {
        kind: 'place-order',
        request: {
          symbol: 'AMD',
          side: 'BUY',
          quantity: '50',
          terms: { type: 'LMT', limit: '164.1' },
          timeInForce: 'DAY',
          outsideRth: false,
        },
      },
    });
    expect(terminal.closed).toBe(1);
  });

  test('as one document, and nothing beside it', async () => {
    const { code, out, err } = await placing([becomes({ phase: 'working', since })]).run(`${BUY} --json`);
    expect([code, err]).toEqual([0, '']);
    expect(JSON.parse(out)).toMatchObject({ outcome: 'accepted', answered: true, orders: [{ status: 'Working' }] });
  });

  test('the answer may come after the reply', async () => {
    const terminal = placing([]);
    const ran = terminal.run(BUY);
    await vi.waitFor(() => expect(terminal.workstation.pulls).toBe(1));
    terminal.workstation.publish(becomes({ phase: 'pending', since, hold: 'none' }));
    expect((await ran).out).toBe('1051 BUY 50 AMD LMT 164.10 DAY: accepted, not working yet\n');
  });

  test('the broker rejects it: exit 1 with its reason on stderr', async () => {
    const terminal = placing([becomes({ phase: 'rejected', at, code: 201, reason: 'margin' })]);
    expect(await terminal.run(BUY)).toEqual({
      code: 1,
      out: '',
      err: '1051 BUY 50 AMD LMT 164.10 DAY: rejected by IBKR: margin (201)\n',
    });
  });

  test('it is lost from sight: exit 4 with the key that repeats it safely', async () => {
    const terminal = placing([becomes({ phase: 'unknown', since, why: 'the link dropped' })]);
    const { code, err } = await terminal.run(`${BUY} --key morning`);
    expect(code).toBe(4);
    expect(err).toContain('1051 BUY 50 AMD LMT 164.10 DAY: may or may not be at IBKR, not resent: the link dropped\n');
    expect(err).toContain('Ask again with the same words and --key morning: one key is carried out once.');
  });

  test('no answer in time: exit 4, and the order is told as it is known', async () => {
    const terminal = placing([]);
    const ran = terminal.run(`${BUY} --timeout 2.5 --json`);
    await vi.waitFor(() => expect(terminal.workstation.pulls).toBe(1));
    terminal.timeUp();
    const { code, out, err } = await ran;
    expect(code).toBe(4);
    expect(err).toMatch(/: sent, no answer yet\nNo answer within 2.5 s\.\nWhat was asked may or may not have happened/);
    expect(JSON.parse(out)).toMatchObject({
      key: 'cli-1',
      outcome: 'accepted',
      answered: false,
      orders: [{ number: 1051, phase: 'submitting', leaves: '50', limit: '164.1' }],
    });
  });

  test('of a bracket the answered legs are told as they are, the others as unknown', async () => {
    const { entry, target, stop } = aBracket(SENT);
    const terminal = placing([becomes({ phase: 'working', since }, entry)], [entry, target, stop]);
    terminal.workstation.publish({ type: 'notice-received', code: 2104, text: 'ok' });
    const words = 'bracket-order --symbol AMD --quantity 50 --stop-loss 161 --take-profit 170';
    const ran = terminal.run(words);
    await vi.waitFor(() => expect(terminal.workstation.pulls).toBe(1));
    terminal.timeUp();
    const { code, out, err } = await ran;
    expect(code).toBe(4);
    expect(out).toBe('1051 BUY 50 AMD LMT 164.10 DAY: working\n');
    expect(err).toContain('1053 SELL 50 AMD STP 161.00 GTC: sent, no answer yet');
  });

  test('an order of the reply that the feed has not brought yet is waited for', async () => {
    const terminal = new StubTerminal();
    terminal.client.commands.execute.mockImplementation(() => {
      terminal.workstation.publish(answered([order]));
      return Promise.resolve(ok(replyFor([order])));
    });
    const ran = terminal.run(BUY);
    await vi.waitFor(() => expect(terminal.workstation.pulls).toBe(1));
    terminal.timeUp();
    expect(await ran).toMatchObject({ code: 4, out: '' });
  });

  test('a denial is on stderr and in the document: exit 1', async () => {
    const terminal = new StubTerminal();
    const decision = aDecision([{ check: 'freshness', verdict: 'deny', reason: { code: 'HALTED', symbol: 'AMD' } }]);
    const message = 'AMD is halted.';
    terminal.client.commands.execute.mockResolvedValue(ok({ ...ACCEPTED, outcome: 'denied', decision, message }));
    const { code, out, err } = await terminal.run(`${BUY} --json`);
    expect([code, err]).toEqual([1, 'Denied. AMD is halted.\n']);
    expect(JSON.parse(out)).toEqual({
      key: 'cli-1',
      outcome: 'denied',
      answered: true,
      repeated: false,
      message,
      decisionId: 'd-1',
      warnings: [],
      orders: [],
    });
  });

  test('a refusal says so', async () => {
    const terminal = new StubTerminal();
    terminal.client.commands.execute.mockResolvedValue(ok({ ...ACCEPTED, outcome: 'refused', message: 'No account.' }));
    expect(await terminal.run(BUY)).toEqual({ code: 1, out: '', err: 'Refused. No account.\n' });
  });

  test('a warning of risk is told, and a repeated key says that nothing new was done', async () => {
    const terminal = new StubTerminal();
    const reason = { code: 'HALTED', symbol: 'AMD' } as const;
    const decision = aDecision([{ check: 'freshness', verdict: 'warn', reason }]);
    terminal.workstation.publish(intended([order]), answered([order]), becomes({ phase: 'working', since }));
    terminal.client.commands.execute.mockResolvedValue(ok(replyFor([order], { decision, repeated: true })));
    const { code, err } = await terminal.run(BUY);
    expect(code).toBe(0);
    expect(err).toContain('Warning: AMD is halted.');
    expect(err).toContain('Key cli-1 was carried out before; nothing new was done.');
  });
});

describe('when the workstation does not answer', () => {
  test.each([
    ['BUSY', 1],
    ['BROKER_UNAVAILABLE', 1],
    ['NOT_FOUND', 1],
    ['HOST_FAULT', 1],
    ['BAD_INPUT', 2],
    ['LIVE_NOT_CONFIRMED', 2],
    ['DEADLINE', 4],
    ['CLOSED', 4],
  ] as const)('%s to a command ends with exit code %d', async (failure, code) => {
    const terminal = new StubTerminal();
    terminal.client.commands.execute.mockResolvedValue(failed(failure));
    const ran = await terminal.run(`${BUY} --json`);
    expect(ran.code).toBe(code);
    expect(ran.err).toContain(`because of ${failure}`);
    expect(JSON.parse(ran.out)).toMatchObject({ outcome: code === 4 ? 'unknown' : 'refused', answered: false });
  });

  test('a live host wants --live', async () => {
    const terminal = new StubTerminal();
    terminal.client.commands.execute.mockResolvedValue(failed('LIVE_NOT_CONFIRMED'));
    expect((await terminal.run(BUY)).err).toContain('--live: missing; real money is at stake there');
    await terminal.run(`${BUY} --live --data-dir /live`);
    expect(terminal.connected.at(-1)).toEqual({ directory: '/live', live: true });
  });

  test('a feed that does not begin means that nothing was sent: exit 3', async () => {
    const terminal = new StubTerminal();
    terminal.client.feed.start.mockResolvedValue(failed('CLOSED', 'the connection is closed'));
    const ran = await terminal.run(`${BUY} --json`);
    expect([ran.code, ran.err]).toEqual([3, 'the connection is closed\nNothing was sent.\n']);
    expect(JSON.parse(ran.out)).toMatchObject({ outcome: 'refused', message: 'the connection is closed' });
    expect(terminal.client.commands.execute).not.toHaveBeenCalled();
  });

  test('a feed that breaks off after the reply leaves the order unknown: exit 4', async () => {
    const terminal = placing([]);
    terminal.client.feed.changes.mockImplementation(async () => {
      await vi.waitFor(() => expect(terminal.workstation.state.orders.size).toBe(1));
      return failed('CLOSED', 'the connection is closed');
    });
    const ran = await terminal.run(BUY);
    expect(ran.code).toBe(4);
    expect(ran.err).toContain('the connection is closed');
  });

  test('a feed that starts again is followed on', async () => {
    const terminal = placing([becomes({ phase: 'working', since })]);
    terminal.client.feed.changes.mockResolvedValueOnce(ok({ kind: 'resync' }));
    expect((await terminal.run(BUY)).code).toBe(0);
  });

  test('a new price does not end the waiting', async () => {
    const terminal = placing([]);
    const ran = terminal.run(BUY);
    await vi.waitFor(() => expect(terminal.workstation.pulls).toBe(1));
    terminal.workstation.show();
    await vi.waitFor(() => expect(terminal.workstation.pulls).toBe(1));
    terminal.workstation.publish(becomes({ phase: 'working', since }));
    expect((await ran).code).toBe(0);
  });

  test('a defect of ours is not swallowed', async () => {
    const terminal = new StubTerminal();
    terminal.client.commands.execute.mockRejectedValue(new Error('a defect'));
    await expect(terminal.run(BUY)).rejects.toThrow('a defect');
    expect(terminal.closed).toBe(1);
  });
});

describe('cancelling', () => {
  const asked: EngineEvent = {
    type: 'cancel-requested',
    id: anOrder().id,
    effectId: effectId('e-2'),
    origin: 'cli',
    reason: '',
  };
  const gone: EngineEvent = becomes({ phase: 'cancelled', at, reason: 'by hand' });

  test('a cancelled order is done', async () => {
    const terminal = changing([asked, gone]);
    expect(await terminal.run('cancel 1051')).toEqual({
      code: 0,
      out: '1051 BUY 50 AMD LMT 164.10 DAY: cancelled: by hand\n',
      err: '',
    });
    expect(terminal.client.commands.execute.mock.lastCall?.[0].command).toEqual({
      kind: 'cancel-orders',
      numbers: [1051],
    });
  });

  test('an order that filled before the cancel was not cancelled: exit 1', async () => {
    const terminal = changing([asked, becomes({ phase: 'filled', at })]);
    expect(await terminal.run('cancel 1051')).toMatchObject({ code: 1, out: '' });
  });

  test('a refused cancel says why, and what the order is', async () => {
    const refused: EngineEvent = {
      type: 'cancel-refused',
      id: anOrder().id,
      code: 161,
      text: 'too late',
      state: { phase: 'working', since },
    };
    const { code, err } = await changing([asked, refused]).run('cancel 1051');
    expect([code, err]).toEqual([1, '1051 BUY 50 AMD LMT 164.10 DAY: IBKR refused: too late (161). It is working\n']);
  });

  test('a cancel on its way is waited for, one that is lost from sight is unknown', async () => {
    const terminal = changing([asked]);
    const ran = terminal.run('cancel 1051');
    await vi.waitFor(() => expect(terminal.workstation.pulls).toBe(1));
    terminal.workstation.publish(becomes({ phase: 'unknown', since, why: 'the link dropped' }));
    const { code, err } = await ran;
    expect(code).toBe(4);
    expect(err).toContain('The broker did not confirm it.');
  });

  test('a cancel that is not even asked for yet is waited for', async () => {
    const terminal = changing([]);
    const ran = terminal.run('cancel 1051');
    await vi.waitFor(() => expect(terminal.workstation.pulls).toBe(1));
    terminal.workstation.publish(asked, gone);
    expect((await ran).code).toBe(0);
  });

  test('a repeated key tells what became of it', async () => {
    const { code, err } = await changing([], { repeated: true }).run('cancel 1051 --key k1');
    expect(code).toBe(1);
    expect(err).toContain('1051 BUY 50 AMD LMT 164.10 DAY: working\nKey k1 was carried out before');
  });

  test('what could not be tried is told, and the rest is done: exit 1', async () => {
    const { code, out, err } = await changing([asked, gone], { message: 'There is no order 77.' }).run(
      'cancel 1051 77',
    );
    expect([code, err]).toEqual([1, 'There is no order 77.\n']);
    expect(out).toContain('cancelled');
  });
});

describe('modifying', () => {
  const standing = anOrder();
  const terms = { terms: { type: 'LMT', limit: price('165') }, quantity: quantity('50'), timeInForce: 'DAY' } as const;
  const { spec } = standing;
  const asked: EngineEvent = {
    type: 'modification-requested',
    id: standing.id,
    before: { terms: spec.terms, quantity: spec.quantity, timeInForce: spec.timeInForce },
    modification: { effectId: effectId('e-2'), requestedAt: at, ...terms },
    decisionId: aDecision().id,
    origin: 'cli',
  };

  test('a confirmed modification is done', async () => {
    const terminal = changing([asked, { type: 'modification-confirmed', id: standing.id, ...terms }]);
    expect(await terminal.run('modify 1051 --limit 165')).toEqual({
      code: 0,
      out: '1051 BUY 50 AMD LMT 165.00 DAY: working\n',
      err: '',
    });
    expect(terminal.client.commands.execute.mock.lastCall?.[0].command).toEqual({
      kind: 'modify-order',
      request: { number: 1051, limit: '165', stop: null, quantity: null, timeInForce: null },
    });
  });

  test('a refused one leaves the old order and says so', async () => {
    const refused: EngineEvent = { type: 'modification-refused', id: standing.id, code: 110, text: 'off tick' };
    const { code, err } = await changing([asked, refused]).run('modify 1051 --limit 165');
    expect([code, err]).toEqual([1, '1051 BUY 50 AMD LMT 164.10 DAY: IBKR refused: off tick (110). It is working\n']);
  });

  test('an order that ended first was not modified, one lost from sight is unknown', async () => {
    const ended = changing([asked, becomes({ phase: 'filled', at })]);
    expect((await ended.run('modify 1051 --quantity 40')).code).toBe(1);
    const lost = changing([asked, becomes({ phase: 'unknown', since, why: '' })]);
    expect((await lost.run('modify 1051 --stop 160')).code).toBe(4);
  });

  test('an unanswered one is waited for, a repeated one that was answered is not', async () => {
    const terminal = changing([asked]);
    const ran = terminal.run('modify 1051 --limit 165');
    await vi.waitFor(() => expect(terminal.workstation.pulls).toBe(1));
    terminal.workstation.publish({ type: 'modification-confirmed', id: standing.id, ...terms });
    expect((await ran).code).toBe(0);
    const repeated = changing([], { repeated: true });
    expect((await repeated.run('modify 1051 --limit 165')).code).toBe(0);
  });

  test('an order of another number is not judged', async () => {
    const other = anOrder({ number: orderNumber(1052), state: SENT });
    const terminal = changing([
      intended([other]),
      asked,
      { type: 'modification-confirmed', id: standing.id, ...terms },
    ]);
    expect((await terminal.run('modify 1051 --limit 165')).code).toBe(0);
  });
});
