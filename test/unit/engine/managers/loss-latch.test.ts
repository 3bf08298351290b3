import { describe, expect, test } from 'vitest';
import { epochMs, laterBy } from '#domain/ids';
import { money, price, quantity } from '#domain/money';
import type { SymbolLimits } from '#domain/symbol-limits';
import { lossAlarmOf } from '#engine/managers/loss-latch';
import { dayContextOf } from '#engine/portfolio/day-losses';
import { DayDesk } from '#test/builders/day-desk';
import { AAPL, TESLA } from '#test/builders/engine-harness';

/** 23:55 in New York on the evening of the Friday that these days are. */
const RESET = epochMs(Date.UTC(2026, 10, 21, 4, 55));
const REASON = 'hedged with options';

/** Holds 100 AAPL at 150, and may lose 500 of them in a day; of the account, 10,000. */
const holding = (shares = '100'): DayDesk => limited(DayDesk.holding(shares), '500');

function limited(desk: DayDesk, maxDailyLoss: string): DayDesk {
  const limits: SymbolLimits = {
    maxPositionSize: null,
    maxOrderExposure: null,
    maxDailyLoss: money(maxDailyLoss),
    maxCorrelationExposure: null,
  };
  desk.input({ kind: 'limits', limits: { symbols: new Map([['AAPL', limits]]), defaults: null }, why: '' });
  return desk;
}

const latched = (desk: DayDesk): readonly (readonly [string, string])[] =>
  desk
    .allOf('loss-latched')
    .map(({ latch: { scope, loss } }) => [scope.over === 'account' ? 'all' : scope.symbol, loss]);
const resets = (desk: DayDesk, symbol: string | null = 'AAPL') =>
  desk.commands({ kind: 'reset-loss-latch', symbol, reason: REASON });
const buys = (desk: DayDesk) =>
  desk.commands({
    kind: 'place-order',
    request: {
      symbol: 'AAPL',
      side: 'BUY',
      quantity: quantity('1'),
      terms: { type: 'LMT', limit: price('140') },
      timeInForce: 'DAY',
      outsideRth: false,
    },
  });
const alarmsOf = (desk: DayDesk): readonly (readonly [string, string])[] =>
  [...desk.durable.alarms.values()]
    .filter(({ id }) => id.startsWith('daily-loss'))
    .map(({ id, severity }) => [id, severity]);

describe('a loss of the day', () => {
  test('warns from 70 % of its limit, once, and calms when it is under half', () => {
    const desk = holding();
    desk.trades('146.51');
    expect(alarmsOf(desk)).toEqual([]);
    desk.trades('146.5');
    expect(alarmsOf(desk)).toEqual([[`daily-loss-${AAPL.conId}`, 'warning']]);
    expect(desk.durable.alarms.get(lossAlarmOf(AAPL.conId))?.text).toBe(
      'The loss of the day of AAPL is $350; at $500 (symbol) only reducing is allowed.',
    );
    desk.trades('147');
    desk.trades('146');
    expect(desk.allOf('alarm-raised')).toHaveLength(1);
    desk.trades('147.51');
    expect(alarmsOf(desk)).toEqual([]);
    expect(latched(desk)).toEqual([]);
  });

  test('a warning that a person has cleared is not raised again at each tick', () => {
    const desk = holding();
    desk.trades('146');
    desk.commands({ kind: 'clear-alarm', alarmId: lossAlarmOf(AAPL.conId) });
    desk.trades('145.9');
    expect(alarmsOf(desk)).toEqual([]);
  });

  test('a warning that stands over a restart is not raised again', () => {
    const desk = holding();
    desk.trades('146');
    desk.crashes();
    limited(desk, '500');
    desk.connects(() => desk.reportsPosition('100', { averageCost: price('140') }));
    desk.trades('145.9');
    expect(desk.allOf('alarm-raised')).toHaveLength(1);
    expect(alarmsOf(desk)).toHaveLength(1);
  });

  test('a warning goes with the day of what is not held any more', () => {
    const desk = holding();
    desk.trades('146');
    desk.sells('100', '146', '0');
    expect(alarmsOf(desk)).toHaveLength(1);
    desk.passes(RESET - desk.now);
    expect(alarmsOf(desk)).toEqual([]);
  });

  test('latches at its limit: what adds is denied with the numbers, what reduces passes', () => {
    const desk = holding();
    desk.trades('145');
    expect(desk.allOf('loss-latched')).toEqual([
      {
        type: 'loss-latched',
        latch: {
          scope: { over: 'symbol', conId: AAPL.conId, symbol: 'AAPL' },
          at: desk.now,
          loss: '500',
          limit: '500',
          source: 'symbol',
          currency: 'USD',
          until: RESET,
        },
      },
    ]);
    expect(alarmsOf(desk)).toEqual([[`daily-loss-${AAPL.conId}`, 'danger']]);
    const denied = buys(desk);
    expect(denied.outcome).toBe('denied');
    expect(denied.message).toContain('The loss of the day of AAPL reached $500; its limit is $500 (symbol).');
    desk.sells('40', '145');
    expect(desk.position()).toBe('60');
  });

  test('stays latched when the market comes back', () => {
    const desk = holding();
    desk.trades('145');
    desk.trades('155');
    expect(buys(desk).outcome).toBe('denied');
    expect(latched(desk)).toEqual([['AAPL', '500']]);
  });

  test('latches by a fill and its commission, without a tick', () => {
    const desk = holding();
    desk.trades('145.01');
    desk.sells('1', '145.01', '0.99');
    expect(latched(desk)).toEqual([]);
    desk.sells('1', '145.01', '0.01');
    expect(latched(desk)).toEqual([['AAPL', '500']]);
  });

  test('latches when the limit is moved below it', () => {
    const desk = holding();
    desk.trades('146');
    limited(desk, '400');
    expect(latched(desk)).toEqual([['AAPL', '400']]);
  });

  test('of the account latches all symbols', () => {
    const desk = DayDesk.holding('100', { maxDailyLoss: money('300') });
    desk.trades('147');
    expect(latched(desk)).toEqual([
      ['AAPL', '300'],
      ['all', '300'],
    ]);
    const context = dayContextOf(desk.state, TESLA.conId);
    expect(context).toMatchObject({ symbol: { loss: '0', latch: null }, account: { loss: '300', why: '' } });
    expect(context?.account.latch?.scope).toEqual({ over: 'account' });
  });

  test('that is not known does not latch, and denies what adds', () => {
    const desk = holding();
    desk.fact({ kind: 'quote', conId: AAPL.conId, patch: { close: null } });
    desk.trades('150');
    desk.fact({ kind: 'quote', conId: AAPL.conId, patch: { close: null, last: price('100') } });
    expect(latched(desk)).toEqual([]);
    expect(dayContextOf(desk.state, AAPL.conId)).toMatchObject({
      symbol: { loss: null, why: 'no close of the day before yet' },
      account: { loss: null, why: 'AAPL: no close of the day before yet' },
    });
    expect(buys(desk).message).toContain('The profit and loss of the day of AAPL is not known');
  });

  test('a limit of zero latches with the first cent', () => {
    const desk = limited(DayDesk.holding('100'), '0');
    desk.trades('151');
    expect(latched(desk)).toEqual([]);
    desk.trades('149.99');
    expect(latched(desk)).toEqual([['AAPL', '1']]);
  });
});

describe('working orders of what has latched', () => {
  test('that add are cancelled, exits and what closes are not', () => {
    const desk = holding();
    const adds = desk.places({ quantity: quantity('5'), terms: { type: 'LMT', limit: price('140') } });
    const { entry, target, stop } = desk.placesBracket({ parent: { type: 'LMT', limit: price('149') } });
    const closes = desk.places({ side: 'SELL', quantity: quantity('50'), terms: { type: 'LMT', limit: price('155') } });
    for (const number of [adds, entry, target, stop, closes]) desk.works(number);
    desk.fills(entry, '10', '149');
    desk.trades('144');
    expect(latched(desk)).toHaveLength(1);
    expect(desk.phaseOf(adds)).toBe('cancelling');
    expect([target, stop, closes].map((number) => desk.phaseOf(number))).toEqual(['working', 'working', 'working']);
  });

  test('of other symbols stay', () => {
    const desk = holding();
    desk.fact({ kind: 'instrument', query: { by: 'symbol', symbol: 'TSLA' }, instrument: TESLA });
    desk.fact({ kind: 'market-data', conId: TESLA.conId, dataKind: 'real-time', live: true, why: '' });
    desk.fact({
      kind: 'quote',
      conId: TESLA.conId,
      patch: { bid: price('300'), ask: price('300.01'), last: price('300'), close: price('300') },
    });
    const other = desk.places({ symbol: 'TSLA', quantity: quantity('1'), terms: { type: 'LMT', limit: price('299') } });
    desk.works(other);
    desk.trades('144');
    expect(desk.phaseOf(other)).toBe('working');
  });
});

describe('a latch', () => {
  test('survives a restart, and a restart is no reason to latch again', () => {
    const desk = holding();
    desk.trades('145');
    desk.crashes();
    limited(desk, '500');
    desk.connects(() => desk.reportsPosition('100', { averageCost: price('140') }));
    desk.trades('145');
    expect(latched(desk)).toHaveLength(1);
    expect(buys(desk).message).toContain('reached $500');
  });

  test('opens when the next day of its exchange begins, with the account', () => {
    const desk = DayDesk.holding('100', { maxDailyLoss: money('300') });
    desk.trades('147');
    desk.passes(RESET - desk.now - 1);
    expect(desk.durable.lossLatches.size).toBe(2);
    desk.passes(1);
    expect(desk.allOf('loss-latch-opened')).toMatchObject([{ by: 'session' }, { by: 'session' }]);
    expect(desk.durable.lossLatches.size).toBe(0);
    expect(alarmsOf(desk)).toEqual([]);
    desk.trades('144');
    expect(latched(desk)).toHaveLength(4);
  });

  test('opens at the start of a process that slept over its end', () => {
    const desk = holding();
    desk.trades('145');
    desk.sells('100', '145');
    desk.now = laterBy(RESET, 1_000);
    desk.crashes();
    expect(desk.durable.lossLatches.size).toBe(0);
    expect(alarmsOf(desk)).toEqual([]);
  });

  test('stays with its alarm when what it is of is transferred away, and opens at the end of its day', () => {
    const desk = holding();
    desk.trades('145');
    desk.linkDown();
    desk.linkUp();
    desk.answersSnapshot();
    expect([desk.position(), desk.pnl]).toEqual(['0', undefined]);
    expect(alarmsOf(desk)).toEqual([[`daily-loss-${AAPL.conId}`, 'danger']]);
    desk.passes(RESET - desk.now);
    expect([desk.durable.lossLatches.size, alarmsOf(desk)]).toEqual([0, []]);
  });

  test('opens when it said so, although IBKR has since named another zone', () => {
    const desk = holding();
    desk.trades('145');
    desk.definesAapl({ timeZone: 'US/Pacific' });
    desk.passes(RESET - desk.now);
    expect(desk.durable.lossLatches.size).toBe(0);
    expect(desk.allOf('day-marked')).toEqual([]);
  });

  test('opens by a person with a reason, and latches again only when the loss grows', () => {
    const desk = holding();
    desk.trades('144');
    expect(resets(desk)).toMatchObject({ outcome: 'accepted' });
    expect(desk.allOf('loss-latch-opened')).toEqual([
      {
        type: 'loss-latch-opened',
        scope: { over: 'symbol', conId: AAPL.conId, symbol: 'AAPL' },
        by: 'window',
        reason: REASON,
        loss: '600',
      },
    ]);
    expect(alarmsOf(desk)).toEqual([]);
    for (const last of ['144.5', '144', '145', '144']) desk.trades(last);
    expect(buys(desk).outcome).toBe('accepted');
    expect(latched(desk)).toHaveLength(1);
    desk.crashes();
    limited(desk, '500');
    desk.connects(() => desk.reportsPosition('100', { averageCost: price('140') }));
    desk.trades('144');
    expect(latched(desk)).toHaveLength(1);
    desk.trades('143.99');
    expect(latched(desk).at(-1)).toEqual(['AAPL', '601']);
  });

  test('that a person opened counts anew on the next day', () => {
    const desk = holding();
    desk.trades('140');
    resets(desk);
    desk.passes(RESET - desk.now);
    desk.trades('134.9');
    expect(latched(desk).at(-1)).toEqual(['AAPL', '510']);
  });

  test('opened while its loss is not known counts from the loss that it latched at', () => {
    const desk = holding();
    desk.trades('145');
    desk.fact({ kind: 'quote', conId: AAPL.conId, patch: { close: null } });
    expect(desk.commands({ kind: 'reset-loss-latch', symbol: 'AAPL', reason: REASON }, 'cli').outcome).toBe('accepted');
    expect(desk.allOf('loss-latch-opened')[0]).toMatchObject({ by: 'cli' });
    desk.trades('145');
    expect(latched(desk)).toHaveLength(1);
    desk.trades('144.99');
    expect(latched(desk)).toHaveLength(2);
  });

  test('of the account is another than that of a symbol, and what has not latched can not be opened', () => {
    const desk = DayDesk.holding('100', { maxDailyLoss: money('300') });
    expect(resets(desk, null)).toMatchObject({ outcome: 'refused' });
    desk.trades('147');
    expect(resets(desk, null)).toMatchObject({ outcome: 'accepted' });
    expect([...desk.durable.lossLatches.keys()]).toEqual([AAPL.conId]);
    expect(resets(desk, 'TSLA')).toMatchObject({
      outcome: 'refused',
      message: 'The daily loss of TSLA has not latched: adding is not held back by it.',
    });
  });
});
