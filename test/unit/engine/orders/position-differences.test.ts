import { describe, expect, test } from 'vitest';
import { accountId, clientId, conId, epochMs, execId, permId, type EpochMs } from '#domain/ids';
import { price, quantity } from '#domain/money';
import { seenOf, type PositionCause } from '#domain/position-difference';
import { POSITION_LAG_MS } from '#engine/orders/position-lag';
import { aForeignOrder, EngineHarness } from '#test/builders/engine-harness';

/** Holds 100 AAPL at 150 by its first reconciliation. */
function holding(shares = '100', averageCost = '150', at?: EpochMs): EngineHarness {
  const trader = new EngineHarness();
  if (at !== undefined) trader.now = at;
  trader.definesAapl();
  trader.connects(() => trader.reportsPosition(shares, { averageCost: price(averageCost) }));
  trader.ticks();
  return trader;
}

/** IBKR's position becomes `shares` while the session is up, and the snapshot that looks into it shows `reports`. */
function moves(trader: EngineHarness, shares: string, reports: () => void = () => undefined, cost = '150'): void {
  const averageCost = price(cost);
  trader.reportsPosition(shares, { averageCost });
  trader.passes(POSITION_LAG_MS);
  expect(trader.isAskedForSnapshot).toBe(true);
  trader.answersSnapshot(() => {
    reports();
    trader.reportsPosition(shares, { averageCost });
  });
}

const causes = (trader: EngineHarness): readonly PositionCause[] =>
  trader.allOf('position-adjusted').map(({ cause }) => cause);

describe("IBKR's position is another one than ours", () => {
  test('the first reconciliation of a journal has nothing to compare with: it is adopted and trading goes on', () => {
    const trader = holding();
    expect(causes(trader)).toEqual([]);
    expect(trader.durable.trading.state).toBe('ACTIVE');
  });

  test('nothing explains it: it is adopted, an alarm stands, and only reducing passes', () => {
    const trader = holding();
    moves(trader, '130');
    expect(causes(trader)).toEqual(['unexplained']);
    expect(trader.position()).toBe('130');
    expect([...trader.durable.unexplained.values()]).toMatchObject([{ symbol: 'AAPL', ours: '100', brokers: '130' }]);
    expect(trader.durable.trading).toMatchObject({ state: 'REDUCING', cause: 'differences' });
    expect([...trader.durable.alarms.values()]).toMatchObject([{ id: 'difference-265598', severity: 'danger' }]);
    expect(trader.durable.proof?.findings).toMatchObject([{ kind: 'adjusted-position', cause: 'unexplained' }]);
    const buy = trader.commands({
      kind: 'place-order',
      request: {
        symbol: 'AAPL',
        side: 'BUY',
        quantity: quantity('1'),
        terms: { type: 'LMT', limit: price('150') },
        timeInForce: 'DAY',
        outsideRth: false,
      },
    });
    expect(buy).toMatchObject({ outcome: 'denied' });
    expect(buy.message).toContain('REDUCING');
    const sell = trader.places({ side: 'SELL', quantity: quantity('130'), terms: { type: 'MKT' } });
    expect(trader.phaseOf(sell)).toBe('submitting');
  });

  test('and then another one again: the ledger still tells from which position it began', () => {
    const trader = holding();
    moves(trader, '130');
    moves(trader, '120');
    expect([...trader.durable.unexplained.values()]).toMatchObject([{ ours: '100', brokers: '120' }]);
    expect(trader.allOf('trading-state-changed')).toHaveLength(1);
  });

  test.each([
    ['two for one', '200', '75'],
    ['three for two', '150', '100'],
    ['one for ten', '10', '1500'],
    ['four for three, a fraction paid in cash', '133', '112.78'],
  ])('a split, %s, is told by the ratio and the cost that stayed', (_what, shares, cost) => {
    const trader = holding();
    moves(trader, shares, undefined, cost);
    expect(causes(trader)).toEqual(['corporate-action']);
    expect(trader.durable.trading.state).toBe('ACTIVE');
  });

  test.each([
    ['the cost of the whole moved', '200', '150'],
    ['the ratio is not simple', '137', '109.489'],
    ['it turned around', '-200', '75'],
  ])('it is no split when %s', (_what, shares, cost) => {
    const trader = holding();
    moves(trader, shares, undefined, cost);
    expect(causes(trader)).toEqual(['unexplained']);
  });

  test('shares without a cost may be twice as many without a split', () => {
    const trader = holding('100', '0');
    moves(trader, '200', undefined, '0');
    expect(causes(trader)).toEqual(['unexplained']);
  });

  test('the last words of a process that died are taken up: a difference without its alarm and its hold', () => {
    const trader = holding();
    moves(trader, '130');
    const adjusted = trader.journal.findIndex(({ event }) => event.type === 'position-adjusted');
    trader.crashes(adjusted + 1);
    expect(trader.durable.trading).toMatchObject({ state: 'REDUCING', cause: 'differences' });
    expect([...trader.durable.alarms.keys()]).toEqual(['difference-265598']);
  });

  test('and with its alarm but without its hold', () => {
    const trader = holding();
    moves(trader, '130');
    const raised = trader.journal.findIndex(({ event }) => event.type === 'alarm-raised');
    trader.crashes(raised + 1);
    expect(trader.durable.trading).toMatchObject({ state: 'REDUCING', cause: 'differences' });
    expect(trader.allOf('alarm-raised')).toHaveLength(1);
  });

  test('and an acknowledgement without what follows from it: nobody is trapped in reducing', () => {
    const trader = holding();
    moves(trader, '130');
    trader.acknowledgesDifferences();
    const done = trader.journal.findIndex(({ event }) => event.type === 'differences-acknowledged');
    trader.crashes(done + 1);
    expect(trader.durable.trading.state).toBe('ACTIVE');
  });

  test('it is no split when a cost is not known', () => {
    const trader = holding();
    trader.reportsPosition('200', { averageCost: null });
    trader.passes(POSITION_LAG_MS);
    trader.answersSnapshot(() => trader.reportsPosition('200', { averageCost: null }));
    expect(causes(trader)).toEqual(['unexplained']);
  });

  test('we were away over midnight in New York: IBKR reports only the executions of the day', () => {
    const trader = holding('100', '150', epochMs(Date.parse('2026-11-20T15:00:00-05:00')));
    trader.linkDown();
    trader.now = epochMs(Date.parse('2026-11-21T00:00:01.500-05:00'));
    trader.connects(() => trader.reportsPosition('60'));
    expect(causes(trader)).toEqual(['before-report']);
    expect(trader.durable.trading.state).toBe('ACTIVE');
  });

  test('we were away within one day: every execution is reported, so this is unexplained', () => {
    const trader = holding('100', '150', epochMs(Date.parse('2026-11-20T09:00:00-05:00')));
    trader.linkDown();
    trader.now = epochMs(Date.parse('2026-11-20T23:59:59-05:00'));
    trader.connects(() => trader.reportsPosition('60'));
    expect(causes(trader)).toEqual(['unexplained']);
  });

  test('a crash counts as away from the last event on', () => {
    const trader = holding('100', '150', epochMs(Date.parse('2026-11-20T15:00:00-05:00')));
    trader.now = epochMs(Date.parse('2026-11-21T09:00:00-05:00'));
    trader.crashes();
    trader.connects(() => trader.reportsPosition('60'));
    expect(causes(trader)).toEqual(['before-report']);
  });
});

describe('another client traded', () => {
  test('IBKR shows its order as filled by as much', () => {
    const trader = holding();
    moves(trader, '95', () => trader.reportsForeign({ status: { kind: 'filled' }, filled: quantity('5') }, true));
    expect(causes(trader)).toEqual(['other-client']);
    expect(trader.durable.trading.state).toBe('ACTIVE');
  });

  test('what has explained one difference does not explain another', () => {
    const trader = holding();
    const order = (): unknown => trader.reportsForeign({ status: { kind: 'filled' }, filled: quantity('5') }, true);
    moves(trader, '95', order);
    moves(trader, '90', order);
    expect(causes(trader)).toEqual(['other-client', 'unexplained']);
  });

  test('a live order of it that filled in part, by the status alone', () => {
    const trader = holding();
    trader.reportsForeign();
    const { clientId, orderId, permId: perm } = aForeignOrder();
    const keys = { clientId, orderId, permId: perm, orderRef: null };
    moves(trader, '98', () =>
      trader.fact({ kind: 'order-status', keys, status: { kind: 'working' }, filled: quantity('2') }),
    );
    expect(causes(trader)).toEqual(['other-client']);
  });

  test.each([
    ['on the other side', { filled: quantity('5') }, '105'],
    ['of less', { filled: quantity('4') }, '95'],
    ['of nothing', { filled: quantity('0') }, '95'],
    ['that IBKR does not say', { filled: null }, '95'],
    ['of an order without a permanent id', { filled: quantity('5'), permId: null }, '95'],
  ])('but not by a fill %s', (_what, change, shares) => {
    const trader = holding();
    moves(trader, shares, () => trader.reportsForeign({ status: { kind: 'filled' }, ...change }, true));
    expect(causes(trader)).toEqual(['unexplained']);
  });

  test('nor of another instrument or account', () => {
    const trader = holding();
    const { spec } = aForeignOrder();
    moves(trader, '95', () => {
      trader.reportsForeign({ filled: quantity('5'), permId: permId(1), spec: { ...spec, conId: conId(9) } }, true);
      const other = { ...spec, account: accountId('DU999') };
      trader.reportsForeign({ filled: quantity('5'), permId: permId(2), spec: other }, true);
    });
    expect(causes(trader)).toEqual(['unexplained']);
  });

  test('executions that did reach us are counted once: they explain nothing else', () => {
    const trader = holding();
    trader.reportsForeign();
    const number = 1;
    trader.fact({
      kind: 'order-status',
      keys: trader.keysOf(number),
      status: { kind: 'working' },
      filled: quantity('5'),
    });
    trader.fills(number, '5');
    expect(trader.position()).toBe('95');
    trader.passes(POSITION_LAG_MS);
    moves(trader, '90');
    expect(causes(trader)).toEqual(['unexplained']);
  });

  test('an execution that comes before IBKR shows its order filled is counted once as well', () => {
    const trader = holding();
    trader.fact({
      kind: 'execution',
      execution: { ...trader.aForeignExecution(), execId: execId('0000e0d5.1.01.01') },
    });
    trader.reportsPosition('95');
    trader.reportsForeign({ status: { kind: 'filled' }, filled: quantity('5') }, true);
    trader.passes(POSITION_LAG_MS);
    moves(trader, '90');
    expect(causes(trader)).toEqual(['unexplained']);
  });

  test('an execution that IBKR corrects is counted by what it is in the end', () => {
    const trader = holding();
    const execution = trader.aForeignExecution();
    const shows = (filled: string): unknown => trader.reportsForeign({ filled: quantity(filled) });
    shows('3');
    trader.fact({
      kind: 'execution',
      execution: { ...execution, execId: execId('0000e0d5.1.01.01'), quantity: quantity('3') },
    });
    trader.fact({
      kind: 'execution',
      execution: { ...execution, execId: execId('0000e0d5.1.01.02'), quantity: quantity('4') },
    });
    shows('4');
    trader.reportsPosition('96');
    trader.passes(POSITION_LAG_MS);
    moves(trader, '95', () => shows('5'));
    expect(causes(trader)).toEqual(['other-client']);
  });

  test('what was in the very first position explains nothing', () => {
    const order = { status: { kind: 'filled' }, filled: quantity('5') } as const;
    const trader = new EngineHarness();
    trader.definesAapl();
    trader.connects(() => {
      trader.reportsForeign(order, true);
      trader.reportsPosition('95');
    });
    moves(trader, '90', () => trader.reportsForeign(order, true));
    expect(causes(trader)).toEqual(['unexplained']);
  });

  test('what has explained a difference does not explain another one after a restart', () => {
    const order = { status: { kind: 'filled' }, filled: quantity('5') } as const;
    const trader = holding();
    moves(trader, '95', () => trader.reportsForeign(order, true));
    trader.crashes();
    trader.connects(() => {
      trader.reportsForeign(order, true);
      trader.reportsPosition('90');
    });
    expect(causes(trader)).toEqual(['other-client', 'unexplained']);
  });

  test('nor when the snapshot that it was explained in came too early to show it', () => {
    const order = { status: { kind: 'filled' }, filled: quantity('5') } as const;
    const trader = holding();
    trader.reportsForeign(order, true);
    moves(trader, '95');
    trader.crashes();
    trader.connects(() => {
      trader.reportsForeign(order, true);
      trader.reportsPosition('90');
    });
    expect(causes(trader)).toEqual(['other-client', 'unexplained']);
  });

  test('what filled while we were away does', () => {
    const trader = holding();
    trader.crashes();
    trader.connects(() => {
      trader.reportsForeign({ status: { kind: 'filled' }, filled: quantity('5') }, true);
      trader.reportsPosition('95');
    });
    expect(causes(trader)).toEqual(['other-client']);
  });

  test('what was heard of long before the position moved does not', () => {
    const trader = holding();
    trader.reportsForeign({ filled: quantity('5') });
    trader.passes(POSITION_LAG_MS + 1);
    moves(trader, '95');
    expect(causes(trader)).toEqual(['unexplained']);
  });

  test('an order of ours under another client id fills: its executions are told to that client alone', () => {
    const trader = holding();
    const buy = trader.places();
    trader.works(buy);
    trader.linkDown();
    trader.linkUp({ clientId: clientId(2) });
    trader.answersSnapshot(() => {
      trader.reports(buy, { kind: 'working' });
      trader.reportsPosition('100');
    });
    moves(trader, '110', () => trader.reports(buy, { kind: 'filled' }, { filled: quantity('10') }));
    expect(causes(trader)).toEqual(['other-client']);
  });

  test('two of its orders together', () => {
    const trader = holding();
    moves(trader, '90', () => {
      for (const id of [1, 2]) trader.reportsForeign({ filled: quantity('6'), permId: permId(id) }, true);
    });
    expect(causes(trader)).toEqual(['other-client']);
  });
});

describe('a person acknowledges what nothing explained', () => {
  test('with a reason: it is written down, the alarm goes, and trading goes on', () => {
    const trader = holding();
    moves(trader, '130');
    expect(trader.acknowledgesDifferences('cli')).toMatchObject({ outcome: 'accepted' });
    expect(trader.durable.unexplained.size).toBe(0);
    expect(trader.durable.alarms.size).toBe(0);
    expect(trader.durable.trading.state).toBe('ACTIVE');
    expect(trader.durable.acknowledgement).toMatchObject({
      cause: 'transfer',
      origin: 'cli',
      differences: [{ ours: '100', brokers: '130' }],
    });
  });

  test('with the alarm cleared before', () => {
    const trader = holding();
    moves(trader, '130');
    const [alarm] = trader.durable.alarms.keys();
    if (alarm !== undefined) trader.commands({ kind: 'clear-alarm', alarmId: alarm });
    expect(trader.typesOf(() => trader.acknowledgesDifferences())).toEqual([
      'differences-acknowledged',
      'trading-state-changed',
      'command-answered',
    ]);
  });

  test('but not what has changed, or appeared, since it was looked at', () => {
    const trader = holding();
    moves(trader, '130');
    const seen = seenOf(trader.durable.unexplained.values());
    moves(trader, '120');
    const command = { kind: 'acknowledge-differences', seen, cause: 'transfer', reason: 'moved by me' } as const;
    expect(trader.commands(command)).toMatchObject({
      outcome: 'refused',
      message:
        'It has changed since you looked. AAPL: the ledger had 100, IBKR has 120, and no execution or order explains it. Look again, then acknowledge.',
    });
    expect(trader.durable.trading.state).toBe('REDUCING');
    expect(trader.commands({ ...command, seen: [] })).toMatchObject({ outcome: 'refused' });
    expect(trader.acknowledgesDifferences()).toMatchObject({ outcome: 'accepted' });
  });

  test('there is nothing to acknowledge', () => {
    expect(holding().acknowledgesDifferences()).toMatchObject({
      outcome: 'refused',
      message: 'There is no unexplained difference to acknowledge.',
    });
  });

  test('after a restart it still stands, until it is acknowledged', () => {
    const trader = holding();
    moves(trader, '130');
    trader.crashes();
    trader.connects(() => trader.reportsPosition('130'));
    expect(trader.durable.trading.state).toBe('REDUCING');
    expect(trader.durable.unexplained.size).toBe(1);
    trader.acknowledgesDifferences();
    expect(trader.durable.trading.state).toBe('ACTIVE');
  });

  test('a trading state that a person set is not touched by it', () => {
    const trader = holding();
    trader.durable.trading = { state: 'REDUCING', since: trader.now, reason: 'my own', cause: 'person' };
    moves(trader, '130');
    trader.acknowledgesDifferences();
    expect(trader.durable.trading).toMatchObject({ state: 'REDUCING', cause: 'person' });
  });
});
