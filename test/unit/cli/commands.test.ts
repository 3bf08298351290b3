import { describe, expect, test, vi } from 'vitest';
import type { Bar } from '#domain/bar';
import type { EngineEvent, RememberedReply } from '#domain/engine-event';
import { alarmId, commandKey, effectId, epochMs, orderNumber, sequence } from '#domain/ids';
import { money, price } from '#domain/money';
import { ok } from '#domain/result';
import {
  aBracket,
  aDecision,
  aFill,
  AMD,
  AMD_ID,
  anOrder,
  aQuote,
  aStandingAlarm,
  FRIDAY,
} from '#test/builders/domain-records';
import { A_DAILY_BAR } from '#test/builders/fake-workstation';
import { A_STATUS, ACCEPTED, failed, StubTerminal } from '#test/builders/stub-terminal';

const at = FRIDAY;
const { entry, target, stop, group } = aBracket({ phase: 'working', since: FRIDAY });
const bracketPlaced: EngineEvent = {
  type: 'orders-intended',
  orders: [entry, target, stop],
  group,
  effectId: effectId('e-1'),
};
const denied: EngineEvent = {
  type: 'order-denied',
  order: anOrder({
    number: orderNumber(1054),
    spec: { ...anOrder().spec, terms: { type: 'MKT' } },
    state: { phase: 'denied', at },
  }),
};
const HALTED = { check: 'freshness', verdict: 'deny', reason: { code: 'HALTED', symbol: 'AMD' } } as const;
const lines = (text: string): string[] => text.trimEnd().split('\n');

/** A terminal before a workstation that has lived through `events`. */
function after(...events: readonly EngineEvent[]): StubTerminal {
  const terminal = new StubTerminal();
  terminal.workstation.publish(...events);
  return terminal;
}

describe('status', () => {
  test('answers whether one can trade now', async () => {
    const { code, out } = await new StubTerminal().run('status');
    expect(code).toBe(0);
    expect(lines(out)).toEqual([
      'Mode         PAPER',
      'Account      DU1234567',
      'Connection   ready (since 2m 20s)',
      'Trading      ACTIVE',
      'Reconciled   not yet',
      'Unexplained  nothing',
      'Data farms   –',
      'Live orders  2',
      'Journal      event 120, 119 on disk',
      'Latency      1.3 ms',
      'Messages     3 of 40 a second',
      'Efficiency   0 order messages today for 0 executions: ratio 0.0, IBKR asks for less than 20',
      'Started      2026-11-20 15:30:00 (UTC)',
      'Version      0.1.0',
      'Process      4242',
      'Data         /data',
    ]);
  });

  test('what is not known is a dash; the proof tells its age', async () => {
    const terminal = new StubTerminal();
    const proof = {
      startedAt: at,
      at,
      ordersExpected: 0,
      ordersAtBroker: 0,
      completedAtBroker: 0,
      executionsAtBroker: 0,
      positionsAtBroker: 0,
      findings: [],
    };
    terminal.client.system.status.mockResolvedValue(ok({ ...A_STATUS, account: null, roundTripMs: null, proof }));
    const { out } = await terminal.run('status');
    expect(out).toMatch(/^Account +–$/m);
    expect(out).toMatch(/^Latency +–$/m);
    expect(out).toMatch(/^Reconciled +2m 20s ago: 0 orders expected/m);
  });

  test('as one document', async () => {
    const { out } = await new StubTerminal().run('status --json');
    expect(JSON.parse(out)).toEqual({
      ...A_STATUS,
      unexplained: [],
      farms: {},
      orderTraffic: { began: Date.UTC(2026, 10, 20, 5), until: Date.UTC(2026, 10, 21, 5), messages: 0, executions: 0 },
    });
  });
});

describe('previews', () => {
  const words = 'order --symbol AMD --side SELL --quantity 10 --type STP --stop 160 --outside-rth --preview';

  test('show every check and send nothing', async () => {
    const terminal = new StubTerminal();
    const { code, out, err } = await terminal.run(words);
    expect([code, err]).toEqual([0, '']);
    expect(out).toBe('Check  Says  Why\nTick   pass  \nApproved: BUY 50 AMD LMT 164.10.\n');
    expect(terminal.client.commands.preview).toHaveBeenCalledExactlyOnceWith({
      command: {
        kind: 'place-order',
        request: {
          symbol: 'AMD',
          side: 'SELL',
          quantity: '10',
          terms: { type: 'STP', stop: '160' },
          timeInForce: 'DAY',
          outsideRth: true,
        },
      },
    });
    expect(terminal.client.commands.execute).not.toHaveBeenCalled();
  });

  test('of a denial end with 1 and the reasons on stderr', async () => {
    const terminal = new StubTerminal();
    const noQuote = { check: 'collar', verdict: 'cannot-know', reason: { code: 'NO_QUOTE', symbol: 'AMD' } } as const;
    terminal.client.commands.preview.mockResolvedValue(ok(aDecision([HALTED, noQuote])));
    const { code, out, err } = await terminal.run(words);
    expect(code).toBe(1);
    expect(out).toMatch(/^Price freshness {2}deny {9}AMD is halted/m);
    expect(out).toMatch(/^Price collar {5}cannot-know {2}There is no quote/m);
    expect(err).toMatch(/^Denied: BUY 50 AMD LMT 164\.10\. AMD is halted/);
  });

  test('as one document are the decision itself', async () => {
    const { out } = await new StubTerminal().run(`${words} --json`);
    expect(JSON.parse(out)).toEqual(aDecision());
  });

  test('of brackets name the entry by its type', async () => {
    const terminal = new StubTerminal();
    const exits = '--quantity 10 --stop-loss 170 --take-profit 150 --side SELL --tif GTC --preview';
    await terminal.run(`bracket-order --symbol AMD --entry-type limit --entry-limit 160 ${exits}`);
    expect(terminal.client.commands.preview.mock.lastCall?.[0].command).toEqual({
      kind: 'place-bracket',
      request: {
        symbol: 'AMD',
        side: 'SELL',
        quantity: '10',
        parent: { type: 'LMT', limit: '160' },
        takeProfit: { limit: '150' },
        stopLoss: { type: 'STP', stop: '170' },
        timeInForce: 'GTC',
        exitTimeInForce: 'GTC',
        outsideRth: false,
        levels: [],
      },
    });
    await terminal.run(`bracket-order --symbol AMD --entry-type STOP --entry-stop 160 ${exits}`);
    expect(terminal.client.commands.preview.mock.lastCall?.[0].command).toMatchObject({
      request: { parent: { type: 'STP', stop: '160' } },
    });
    await terminal.run(`order --symbol AMD --side BUY --quantity 1 --type MKT --preview`);
    expect(terminal.client.commands.preview.mock.lastCall?.[0].command).toMatchObject({
      request: { terms: { type: 'MKT' } },
    });
  });
});

describe('fills', () => {
  test('fills with order and commission, as far as they are known', async () => {
    const terminal = after(
      bracketPlaced,
      { type: 'fill-recorded', fill: aFill() },
      { type: 'commission-reported', execId: aFill().execId, commission: { amount: money('1'), currency: 'USD' } },
    );
    const { out } = await terminal.run('fills');
    expect(lines(out)[1]).toBe('2026-11-20 15:30:00   1051  AMD     BUY         20  164.09       $1.00  ISLAND');
    expect(JSON.parse((await terminal.run('fills --json')).out)).toMatchObject([{ orderNumber: 1051, quantity: '20' }]);
    const stray = after({ type: 'fill-recorded', fill: aFill({ orderId: null }) });
    expect((await stray.run('fills')).out).toMatch(/^2026-11-20 15:30:00 +– .* – {2}ISLAND$/m);
    expect((await new StubTerminal().run('fills')).out).toBe('No fills.\n');
  });

  test('a fill of an order that has left memory names none', async () => {
    const terminal = after(bracketPlaced, { type: 'fill-recorded', fill: aFill() });
    const start = await terminal.workstation.feedStart();
    const snapshot = { ...start.snapshot, orders: [] };
    terminal.client.feed.start.mockResolvedValue(ok({ ...start, snapshot }));
    expect(JSON.parse((await terminal.run('fills --json')).out)).toMatchObject([{ orderNumber: null }]);
  });
});

describe('market', () => {
  test('a quote with its instrument', async () => {
    const { code, out } = await new StubTerminal().run('quote amd');
    expect(code).toBe(0);
    expect(lines(out)).toEqual([
      'Symbol     AMD  ADVANCED MICRO DEVICES',
      'Listed     NASDAQ, USD',
      'Bid        164.09 × 300',
      'Ask        164.10 × 1,200',
      'Last       164.10',
      'High       165.00',
      'Low        162.50',
      'Close      163.00',
      'Volume     1,234,567',
      'Data       real-time',
      'Last tick  2m 20s ago',
    ]);
  });

  test('what is not known is a dash, a halt and a silent farm are told', async () => {
    const terminal = new StubTerminal();
    const quote = aQuote({ bid: null, bidSize: null, volume: null, tickAt: null, halted: true, live: false });
    terminal.client.market.quote.mockResolvedValue(ok({ instrument: AMD, quote }));
    const { out } = await terminal.run('quote AMD');
    expect(out).toMatch(/^Bid +–$/m);
    expect(out).toMatch(/^Volume +–$/m);
    expect(out).toMatch(/^Last tick +–$/m);
    expect(out).toMatch(/^Data +real-time, halted, not flowing$/m);
  });

  test('delayed data is called so, with the reason', async () => {
    const terminal = new StubTerminal();
    const quote = aQuote({ kind: 'delayed', why: 'delayed by 15 minutes or so' });
    terminal.client.market.quote.mockResolvedValue(ok({ instrument: AMD, quote }));
    expect((await terminal.run('quote AMD')).out).toMatch(/^Data +delayed \(delayed by 15 minutes or so\)$/m);
  });

  test('no price in time ends with 4; the document says what is known', async () => {
    const terminal = new StubTerminal();
    terminal.client.market.quote.mockResolvedValue(ok({ instrument: AMD, quote: null }));
    expect(await terminal.run('quote AMD --timeout 2')).toEqual({
      code: 4,
      out: '',
      err: 'AMD: no price within 2 s.\n',
    });
    expect(terminal.client.market.quote).toHaveBeenLastCalledWith({ symbol: 'AMD', waitMs: 2_000 });
    expect(JSON.parse((await terminal.run('quote AMD --json')).out)).toEqual({ instrument: AMD, quote: null });
  });

  test('a quote as one document asks nothing else', async () => {
    const terminal = new StubTerminal();
    expect(JSON.parse((await terminal.run('quote AMD --json')).out)).toEqual({ instrument: AMD, quote: aQuote() });
    expect(terminal.client.system.status).not.toHaveBeenCalled();
    terminal.client.system.status.mockResolvedValue(failed('CLOSED'));
    expect((await terminal.run('quote AMD')).code).toBe(3);
  });

  test('bars of days, sixty unless it says otherwise', async () => {
    const terminal = new StubTerminal();
    const { code, out } = await terminal.run('bars amd');
    expect(code).toBe(0);
    expect(lines(out)).toEqual([
      'Session       Open    High     Low   Close     Volume  State',
      '2026-01-05  150.10  151.00  149.55  150.25  1,234,567',
    ]);
    const wish = { barSize: '1 day', what: 'TRADES', sessions: 60, regularHoursOnly: true };
    expect(terminal.client.market.bars).toHaveBeenLastCalledWith({ symbol: 'AMD', wish, waitMs: 1_000 });
    const document = JSON.parse((await terminal.run('bars AMD --json')).out) as unknown;
    expect(document).toEqual({ instrument: AMD, bars: [A_DAILY_BAR] });
  });

  test('bars within a day begin at a moment; the one that still runs says so, what is not known is a dash', async () => {
    const terminal = new StubTerminal();
    const { open, high, low, close } = A_DAILY_BAR;
    const figures = { open, high, low, close, volume: null, complete: false };
    const bar: Bar = { kind: 'intraday', begins: FRIDAY, ...figures };
    terminal.client.market.bars.mockResolvedValue(ok({ kind: 'bars', instrument: AMD, bars: [bar] }));
    expect(lines((await terminal.run('bars AMD --size 5M --sessions 3')).out)).toEqual([
      'Begins                 Open    High     Low   Close  Volume  State',
      '2026-11-20 15:30:00  150.10  151.00  149.55  150.25       –  running',
    ]);
    expect(terminal.client.market.bars.mock.lastCall?.[0].wish).toMatchObject({ barSize: '5 mins', sessions: 3 });
  });

  test('bars that take longer than a second are told how far they are, each step once', async () => {
    const terminal = new StubTerminal();
    const underWay = (done: number, of: number) => ok({ kind: 'under-way', done, of } as const);
    for (const answer of [underWay(0, 1), underWay(1, 3), underWay(1, 3), underWay(2, 3)]) {
      terminal.client.market.bars.mockResolvedValueOnce(answer);
    }
    const { code, out, err } = await terminal.run('bars AMD');
    expect(code).toBe(0);
    expect(lines(out)).toHaveLength(2);
    expect(lines(err)).toEqual([
      'AMD: 0 of 1 request answered',
      'AMD: 1 of 3 requests answered',
      'AMD: 2 of 3 requests answered',
    ]);
  });

  test.each([
    ['bars AMD --size 2d', '--size "2d": expected 1d or 1h or 15m or 5m or 1m\n'],
    ['bars AMD --size 1m --sessions 21', '--sessions "21": expected a whole number from 1 to 20\n'],
  ])('%s makes no sense', async (line, err) => {
    expect(await new StubTerminal().run(line)).toEqual({ code: 2, out: '', err });
  });

  test('a search', async () => {
    const terminal = new StubTerminal();
    const match = {
      conId: AMD_ID,
      symbol: 'AMD',
      securityType: 'STK',
      primaryExchange: 'NASDAQ',
      currency: 'USD',
      longName: 'ADVANCED MICRO DEVICES',
    };
    terminal.client.market.search.mockResolvedValue(ok([match]));
    expect(lines((await terminal.run('instruments micro')).out)).toEqual([
      'Symbol  Type  Exchange  Currency  conId  Name',
      'AMD     STK   NASDAQ    USD        4391  ADVANCED MICRO DEVICES',
    ]);
    expect(JSON.parse((await terminal.run('instruments micro --json')).out)).toEqual([match]);
    terminal.client.market.search.mockResolvedValue(ok([]));
    expect((await terminal.run('instruments nothing')).out).toBe('Nothing matches "nothing".\n');
  });
});

describe('explain', () => {
  test('shows the numbers, and that they lead to the same again', async () => {
    const { code, out } = await new StubTerminal().run('explain 1051');
    expect(code).toBe(0);
    expect(lines(out)).toEqual([
      'd-1, 2026-11-20 15:30:00',
      'Approved: BUY 50 AMD LMT 164.10.',
      '',
      'Check  Says  Why',
      'Tick   pass  ',
      '',
      'Decided again from the stored numbers: the same.',
    ]);
  });

  test('another answer than then is told loudly: exit 1', async () => {
    const terminal = new StubTerminal();
    const answer = { decision: aDecision(), replayed: aDecision([HALTED]), same: false };
    terminal.client.risk.explain.mockResolvedValue(ok(answer));
    const { code, out, err } = await terminal.run('explain d-1 --json');
    expect([code, JSON.parse(out)]).toEqual([1, { ...answer, moves: [] }]);
    expect(err).toContain('NOT the same');
    expect((await terminal.run('explain d-1')).code).toBe(1);
  });
});

describe('explain of an order with a stop', () => {
  const moved: EngineEvent = {
    type: 'terms-observed',
    id: stop.id,
    terms: { type: 'STP', stop: price('162') },
    quantity: stop.spec.quantity,
    timeInForce: 'GTC',
  };

  test('shows where the stop has stood', async () => {
    const { code, out } = await after(bracketPlaced, moved).run('explain 1053');
    expect(code).toBe(0);
    expect(lines(out).slice(6, 10)).toEqual([
      'Its stop has moved:',
      'Time                   Stop  Best price',
      '2026-11-20 15:30:00  161.00           –',
      '2025-06-15 15:06:40  162.00           –',
    ]);
  });

  test('a decision by its id has no stop, nor has an order that is not there', async () => {
    const terminal = after(bracketPlaced, moved);
    expect((await terminal.run('explain d-1')).out).not.toContain('moved');
    expect(JSON.parse((await terminal.run('explain 7 --json')).out)).toMatchObject({ moves: [] });
    terminal.client.feed.start.mockResolvedValue(failed('CLOSED'));
    expect((await terminal.run('explain 1053')).code).toBe(3);
  });
});

describe('alarms', () => {
  test('are listed', async () => {
    const terminal = after({ type: 'alarm-raised', alarm: aStandingAlarm() });
    expect(lines((await terminal.run('alarms')).out)).toEqual([
      'Since                Severity  ID       Alarm',
      '2026-11-20 15:30:00  danger    alarm-1  AMD: 15 of 40 shares have no stop.',
    ]);
    expect(JSON.parse((await terminal.run('alarms --json')).out)).toEqual([aStandingAlarm()]);
    expect((await new StubTerminal().run('alarms')).out).toBe('No alarms.\n');
  });

  test('are cleared by id', async () => {
    const terminal = new StubTerminal();
    terminal.client.commands.execute.mockImplementation(({ key }) => {
      const reply: RememberedReply = { outcome: 'accepted', orders: [], decisionId: null, message: '' };
      terminal.workstation.publish({ type: 'command-answered', key, payloadHash: 'h', reply });
      return Promise.resolve(ok(ACCEPTED));
    });
    expect((await terminal.run('alarms clear alarm-1')).code).toBe(0);
    expect(terminal.client.commands.execute).toHaveBeenCalledExactlyOnceWith({
      key: commandKey('cli-1'),
      command: { kind: 'clear-alarm', alarmId: alarmId('alarm-1') },
    });
  });
});

describe('cancel-all', () => {
  const cancelled = (terminal: StubTerminal): unknown => terminal.client.commands.execute.mock.lastCall?.[0].command;
  const refusing = (...events: EngineEvent[]): StubTerminal => {
    const terminal = after(...events);
    terminal.interactive = true;
    terminal.client.commands.execute.mockResolvedValue(ok({ ...ACCEPTED, outcome: 'refused', message: 'No.' }));
    return terminal;
  };

  test('asks with every order named, the stops by themselves', async () => {
    const terminal = refusing(bracketPlaced);
    terminal.answer = ' Yes ';
    await terminal.run('cancel-all');
    expect(terminal.questions).toEqual([
      '2 orders apart from stops:\n  1051 BUY 50 AMD LMT 164.10 DAY\n  1052 SELL 50 AMD LMT 170.00 GTC\n' +
        '1 stop, their protection ends:\n  1053 SELL 50 AMD STP 161.00 GTC\nCancel all of these? [y/N] ',
    ]);
    expect(cancelled(terminal)).toEqual({ kind: 'cancel-all', symbol: null, keepStops: false });
  });

  test('anything but yes cancels nothing', async () => {
    const terminal = refusing(bracketPlaced);
    expect(await terminal.run('cancel-all')).toEqual({ code: 1, out: '', err: 'Nothing was cancelled.\n' });
    expect(cancelled(terminal)).toBeUndefined();
  });

  test('one symbol, without its stops', async () => {
    const terminal = refusing(bracketPlaced, denied, {
      type: 'order-adopted',
      order: anOrder({ number: orderNumber(1060), origin: 'external' }),
    });
    terminal.answer = 'y';
    await terminal.run('cancel-all --symbol amd --keep-stops');
    expect(terminal.questions[0]).toContain('1 stop, those that protect a position are kept:');
    expect(terminal.questions[0]).not.toMatch(/1054|1060/);
    expect(cancelled(terminal)).toEqual({ kind: 'cancel-all', symbol: 'AMD', keepStops: true });
    expect(await terminal.run('cancel-all --symbol MSFT')).toMatchObject({
      code: 1,
      err: 'There is no live order to cancel.\n',
    });
  });

  test('orders without stops are asked for in one list', async () => {
    const terminal = refusing({ type: 'orders-intended', orders: [anOrder()], group: null, effectId: effectId('e') });
    await terminal.run('cancel-all');
    expect(terminal.questions).toEqual([
      '1 order apart from stops:\n  1051 BUY 50 AMD LMT 164.10 DAY\nCancel all of these? [y/N] ',
    ]);
  });

  test('--yes does not ask', async () => {
    const terminal = refusing();
    terminal.interactive = false;
    expect((await terminal.run('cancel-all --yes')).err).toBe('Refused. No.\n');
    expect(terminal.questions).toEqual([]);
  });
});

describe('journal', () => {
  test('a sound journal', async () => {
    const terminal = new StubTerminal();
    expect(lines((await terminal.run('journal verify')).out)).toEqual([
      'Journal   sound',
      'Segments  2',
      'Events    120',
      'Last      120',
    ]);
    expect(JSON.parse((await terminal.run('journal verify --json')).out)).toMatchObject({ ok: true, events: 120 });
  });

  test('a damaged one says where: exit 1', async () => {
    const terminal = new StubTerminal();
    const fault = 'segment 2, line 50: wrong checksum';
    const report = { ok: false, segments: 2, events: 49, lastSequence: sequence(49), fault };
    terminal.client.journal.verify.mockResolvedValue(ok(report));
    const { code, out, err } = await terminal.run('journal verify');
    expect([code, err]).toEqual([1, `${fault}\n`]);
    expect(out).toContain('DAMAGED');
  });

  test('is exported page by page, one event a line', async () => {
    const terminal = new StubTerminal();
    const event = { type: 'notice-received', code: 2104, text: 'ok' } as const;
    const pages = [
      {
        entries: [
          { sequence: sequence(1), at: epochMs(1_000), event },
          { sequence: sequence(2), at: FRIDAY, event },
        ],
        more: true,
      },
      { entries: [{ sequence: sequence(3), at: FRIDAY, event }], more: false },
    ];
    terminal.client.journal.export.mockImplementation(({ after: from }) =>
      Promise.resolve(ok(pages[from === 0 ? 0 : 1] ?? { entries: [], more: true })),
    );
    expect(lines((await terminal.run('journal export')).out)).toHaveLength(3);
    expect(terminal.client.journal.export.mock.calls.map(([{ after: from }]) => from)).toEqual([0, 2]);
    const { out } = await terminal.run('journal export --since 2026-11-20');
    expect(lines(out).map((line) => (JSON.parse(line) as { sequence: number }).sequence)).toEqual([2, 3]);
  });

  test('an empty page ends the export, whatever it promises', async () => {
    const terminal = new StubTerminal();
    terminal.client.journal.export.mockResolvedValue(ok({ entries: [], more: true }));
    expect(await terminal.run('journal export --since 2026-11-20T09:30:00.5-05:00')).toEqual({
      code: 0,
      out: '',
      err: '',
    });
  });
});

describe('activity', () => {
  const notice = (n: number): EngineEvent => ({ type: 'notice-received', code: 2100 + n, text: `notice ${n}` });
  const STAMP = /^2025-06-15 15:06:40 {2}/;
  const told = (out: string): string[] => lines(out).map((line) => line.replace(STAMP, ''));

  test('the latest events, oldest first', async () => {
    const terminal = after(notice(1), notice(2), notice(3));
    const { code, out } = await terminal.run('activity --limit 2');
    expect(code).toBe(0);
    expect(told(out)).toEqual(['IBKR: notice 2 (2102)', 'IBKR: notice 3 (2103)']);
    expect((await terminal.run('activity --limit 0')).out).toBe('');
  });

  test('as documents, one a line', async () => {
    const { out } = await after(notice(1)).run('activity --json');
    expect(JSON.parse(out)).toMatchObject({ sequence: 1, type: 'notice-received', kind: 'session', manual: false });
  });

  test('with --follow what comes is shown too, each event once, until interrupted', async () => {
    const terminal = after(notice(1));
    const ran = terminal.run('activity --follow');
    await vi.waitFor(() => expect(terminal.workstation.pulls).toBe(1));
    terminal.workstation.publish(notice(2));
    await vi.waitFor(() => expect(terminal.out).toContain('notice 2'));
    await vi.waitFor(() => expect(terminal.workstation.pulls).toBe(1));
    terminal.workstation.show();
    await vi.waitFor(() => expect(terminal.workstation.pulls).toBe(1));
    terminal.interrupt();
    const { code, out } = await ran;
    expect(code).toBe(0);
    expect(told(out)).toEqual(['IBKR: notice 1 (2101)', 'IBKR: notice 2 (2102)']);
  });

  test('after a new start the past fills what was missed', async () => {
    const terminal = after(notice(1));
    terminal.client.feed.changes.mockImplementationOnce(async () => {
      await vi.waitFor(() => expect(terminal.out).toContain('notice 1'));
      terminal.workstation.publish(notice(2), notice(3));
      return ok({ kind: 'resync' });
    });
    const ran = terminal.run('activity --follow');
    await vi.waitFor(() => expect(terminal.out).toContain('notice 3'));
    terminal.interrupt();
    expect(told((await ran).out)).toEqual(['IBKR: notice 1 (2101)', 'IBKR: notice 2 (2102)', 'IBKR: notice 3 (2103)']);
  });

  test('it ends with the workstation: exit 3', async () => {
    const terminal = after(notice(1));
    terminal.client.feed.changes.mockResolvedValue(failed('CLOSED', 'the connection is closed'));
    const { code, out, err } = await terminal.run('activity --follow');
    expect([code, err]).toEqual([3, 'the connection is closed\n']);
    expect(out).toContain('notice 1');
  });

  test('a history that does not come is told', async () => {
    const terminal = after(notice(1));
    terminal.client.feed.history.mockResolvedValue(failed('DEADLINE'));
    expect((await terminal.run('activity')).code).toBe(4);
  });
});

describe('when the workstation fails a question', () => {
  const failing = (): StubTerminal => {
    const terminal = new StubTerminal();
    const { client } = terminal;
    client.system.status.mockResolvedValue(failed('BUSY'));
    client.feed.start.mockResolvedValue(failed('DEADLINE'));
    client.commands.preview.mockResolvedValue(failed('BROKER_UNAVAILABLE'));
    client.market.quote.mockResolvedValue(failed('NOT_FOUND'));
    client.market.bars.mockResolvedValue(failed('NOT_FOUND'));
    client.market.search.mockResolvedValue(failed('HOST_FAULT'));
    client.risk.explain.mockResolvedValue(failed('BAD_INPUT'));
    client.journal.verify.mockResolvedValue(failed('CLOSED'));
    client.journal.export.mockResolvedValue(failed('CLOSED'));
    terminal.interactive = true;
    return terminal;
  };

  test.each([
    ['status', 1],
    ['reconciliation', 4],
    ['orders', 4],
    ['positions', 4],
    ['fills', 4],
    ['alarms', 4],
    ['cancel-all', 4],
    ['modify 1 --limit 5 --preview', 1],
    ['quote AMD', 1],
    ['bars AMD', 1],
    ['instruments amd', 1],
    ['explain 1', 2],
    ['journal verify', 3],
    ['journal export', 3],
    ['activity', 3],
  ])('%s ends with exit code %d', async (line, code) => {
    const ran = await failing().run(line);
    expect([ran.code, ran.out]).toEqual([code, '']);
    expect(ran.err).toContain('because of ');
  });

  test('prices above zero are not the command line’s business', async () => {
    const terminal = new StubTerminal();
    await terminal.run('modify 1 --limit -5 --preview');
    expect(terminal.client.commands.preview.mock.lastCall?.[0].command).toMatchObject({
      request: { limit: price('-5'), quantity: null },
    });
  });
});
