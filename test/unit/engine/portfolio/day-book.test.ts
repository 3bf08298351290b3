import { describe, expect, test } from 'vitest';
import { conId, epochMs, execId, laterBy } from '#domain/ids';
import type { Instrument } from '#domain/instrument';
import { money, price, quantity, signedQuantity } from '#domain/money';
import type { PnlFigures } from '#domain/pnl';
import { pnlRowsOf } from '#engine/portfolio/pnl-rows';
import { DayDesk } from '#test/builders/day-desk';
import { ACCOUNT, FRIDAY } from '#test/builders/domain-records';
import { AAPL, correctionOf, TESLA } from '#test/builders/engine-harness';

const HOUR = 60 * 60_000;
/** 23:55 in New York on the evening of FRIDAY. */
const RESET = epochMs(Date.UTC(2026, 10, 21, 4, 55));
const DAX_FUTURE: Instrument = {
  ...AAPL,
  conId: conId(99),
  symbol: 'FDAX',
  securityType: 'FUT',
  currency: 'EUR',
  multiplier: quantity('25'),
  timeZone: 'MET (Middle Europe Time)',
};

/** IBKR's whole picture shows `shares` of `instrument` beside what the ledger has. */
function alsoHolds(desk: DayDesk, { conId: id, symbol }: Instrument, shares: string, averageCost: string | null): void {
  const aapl = desk.position();
  desk.linkDown();
  desk.linkUp();
  desk.answersSnapshot(() => {
    desk.reportsPosition(aapl === 'none' ? '0' : aapl, { averageCost: price('140') });
    desk.fact({
      kind: 'position',
      account: ACCOUNT,
      conId: id,
      symbol,
      quantity: signedQuantity(shares),
      averageCost: averageCost === null ? null : price(averageCost),
    });
  });
  desk.trades('150');
}

describe('the profit and loss of the day', () => {
  test('of what was held before is its change since the close', () => {
    const desk = DayDesk.holding('100');
    expect(desk.pnl).toMatchObject({ symbol: 'AAPL', daily: '0', unrealised: '1000', realised: '0', why: '' });
    desk.trades('151.25');
    expect(desk.pnl).toMatchObject({ daily: '125', unrealised: '1125' });
    desk.trades('149.9');
    expect(desk.total).toMatchObject({ daily: '-10', unrealised: '990', realised: '0', why: '' });
  });

  test('of a short position falls as the market rises', () => {
    const desk = DayDesk.holding('-10', { allowShort: true });
    desk.trades('152');
    expect(desk.pnl).toMatchObject({ daily: '-20', unrealised: '-120' });
  });

  test('of what was bought today is its change since the trade, less the commission', () => {
    const desk = DayDesk.holding('0');
    desk.buys('10', '150', '1.05');
    desk.trades('151');
    expect(desk.pnl).toMatchObject({ daily: '8.95', unrealised: '10', realised: '-1.05', why: '' });
  });

  test('realises what a closing trade made against average cost', () => {
    const desk = DayDesk.holding('100');
    desk.sells('40', '150', '1');
    desk.trades('151');
    expect(desk.pnl).toMatchObject({ daily: '59', unrealised: '660', realised: '399' });
    desk.sells('60', '151', '1');
    expect(desk.pnl).toMatchObject({ daily: '58', unrealised: '0', realised: '1058' });
  });

  test('an order that turns the position around closes the old and opens the new', () => {
    const desk = DayDesk.holding('10', { allowShort: true });
    desk.sells('30', '150', '0');
    desk.trades('149');
    expect(desk.pnl).toMatchObject({ daily: '20', unrealised: '20', realised: '100' });
    desk.buys('20', '149', '0');
    expect(desk.pnl).toMatchObject({ daily: '20', unrealised: '0', realised: '120' });
  });

  test('a commission counts when it comes, and until then its absence is told', () => {
    const desk = DayDesk.holding('0');
    const first = desk.buys('10', '150', null);
    expect(desk.pnl).toMatchObject({
      daily: '0',
      why: 'without the commission of a fill, which IBKR has not reported yet',
    });
    const second = desk.buys('5', '150', null);
    expect(desk.pnl?.why).toBe('without the commission of 2 fills, which IBKR has not reported yet');
    for (const id of [first, second]) desk.reportsCommission(id, '1');
    expect(desk.pnl).toMatchObject({ daily: '-2', why: '' });
  });

  test('a commission in another currency counts by its rate, and without one nothing is known', () => {
    const desk = DayDesk.holding('0');
    const id = desk.buys('10', '150', null);
    desk.reportsCommission(id, '2', 'EUR');
    expect(desk.pnl).toMatchObject({ daily: null, unrealised: '0', realised: null, why: 'no exchange rate yet' });
    desk.fact({ kind: 'account-value', key: 'ExchangeRate', value: '1.1', currency: 'EUR' });
    expect(desk.pnl).toMatchObject({ daily: '-2.2', realised: '-2.2' });
  });

  test('a correction takes the place of what it corrects, at the cost that was found', () => {
    const desk = DayDesk.holding('100');
    const id = desk.sells('40', '150', '1');
    const { execId: corrected, ...rest } = { ...desk.anExecution(1, '40', '149'), execId: correctionOf(id) };
    desk.fact({ kind: 'execution', execution: { ...rest, execId: corrected } });
    desk.reportsCommission(corrected, '1');
    expect(desk.pnl).toMatchObject({ daily: '-41', realised: '359', unrealised: null });
    expect(desk.pnl?.why).toBe('its average cost is not known');
  });

  test('what closes a position of unknown cost realises what nobody knows; the day is known', () => {
    const desk = DayDesk.holding('0');
    alsoHolds(desk, AAPL, '100', null);
    desk.sells('100', '151', '0');
    expect(desk.pnl).toMatchObject({ daily: '100', realised: null, unrealised: '0' });
    expect(desk.pnl?.why).toBe('the average cost of what was closed is not known');
  });

  test('what is neither held nor was traded has none', () => {
    const desk = DayDesk.holding('0');
    expect(desk.pnl).toBeUndefined();
    expect(desk.total).toMatchObject({ daily: '0', why: '' });
  });

  test('counts multiplier and exchange rate; over the account it is known only where each of it is', () => {
    const desk = DayDesk.holding('10');
    desk.fact({ kind: 'instrument', query: { by: 'contract', conId: DAX_FUTURE.conId }, instrument: DAX_FUTURE });
    alsoHolds(desk, DAX_FUTURE, '2', '18000');
    expect(desk.total).toMatchObject({ daily: null, why: 'FDAX: no exchange rate yet' });
    desk.fact({ kind: 'account-value', key: 'ExchangeRate', value: '1.1', currency: 'EUR' });
    expect(desk.total).toMatchObject({ daily: null, why: 'FDAX: no price yet' });
    desk.fact({ kind: 'quote', conId: DAX_FUTURE.conId, patch: { last: price('18010') } });
    expect(desk.total).toMatchObject({ daily: null, why: 'FDAX: no close of the day before yet' });
    desk.fact({ kind: 'quote', conId: DAX_FUTURE.conId, patch: { close: price('18020') } });
    expect(desk.total).toMatchObject({ daily: '-550', unrealised: '650', why: '' });
  });

  test('of what IBKR has not defined yet is not known', () => {
    const desk = DayDesk.holding('10');
    alsoHolds(desk, TESLA, '5', '300');
    expect(desk.total).toMatchObject({ daily: null, why: 'TSLA: IBKR has not defined it yet' });
  });
});

describe('the rows of profit and loss', () => {
  test('are ordered by symbol, and of one symbol by instrument', () => {
    const desk = DayDesk.holding('10');
    const other = { ...AAPL, conId: conId(7) };
    for (const instrument of [TESLA, other]) {
      desk.fact({ kind: 'instrument', query: { by: 'contract', conId: instrument.conId }, instrument });
    }
    alsoHolds(desk, TESLA, '5', '300');
    desk.linkDown();
    desk.linkUp();
    desk.answersSnapshot(() => {
      for (const [{ conId: id, symbol }, shares] of [
        [AAPL, '10'],
        [TESLA, '5'],
        [other, '1'],
      ] as const) {
        const quantityHeld = signedQuantity(shares);
        desk.fact({
          kind: 'position',
          account: ACCOUNT,
          conId: id,
          symbol,
          quantity: quantityHeld,
          averageCost: price('140'),
        });
      }
    });
    expect(pnlRowsOf(desk.state).map(({ symbol, conId: id }) => [symbol, id])).toEqual([
      ['AAPL', other.conId],
      ['AAPL', AAPL.conId],
      ['TSLA', TESLA.conId],
    ]);
  });

  test('have none any more of what IBKR says is gone', () => {
    const desk = DayDesk.holding('10');
    desk.linkDown();
    desk.linkUp();
    desk.answersSnapshot();
    expect([desk.pnl, desk.total.daily]).toEqual([undefined, '0']);
  });
});

describe('a new day of profit and loss', () => {
  test('begins at 23:55 of the instrument with the mark of that moment', () => {
    const desk = DayDesk.holding('100');
    desk.buys('10', '150', '1');
    desk.trades('155');
    desk.passes(RESET - desk.now - 1);
    expect(desk.daily).toBe('549');
    desk.passes(1);
    expect(desk.allOf('day-marked')).toEqual([
      { type: 'day-marked', marks: [{ conId: AAPL.conId, resetAt: RESET, mark: '155' }] },
    ]);
    expect(desk.pnl).toMatchObject({ daily: '0', realised: '0' });
    desk.trades('154');
    expect(desk.daily).toBe('-110');
  });

  test('forgets what was traded and is not held any more', () => {
    const desk = DayDesk.holding('100');
    desk.sells('100', '149', '1');
    expect(desk.daily).toBe('-101');
    desk.passes(RESET - desk.now);
    expect(desk.pnl).toBeUndefined();
    expect(desk.allOf('day-marked')[0]?.marks).toHaveLength(1);
  });

  test('counts from IBKR’s close where the reset was not seen: the process slept, or the link was down', () => {
    const asleep = DayDesk.holding('100');
    asleep.trades('155');
    asleep.now = laterBy(RESET, 6 * HOUR);
    asleep.input({ kind: 'clock' });
    expect(asleep.allOf('day-marked')).toEqual([]);
    expect(asleep.daily).toBe('500');
    const offline = DayDesk.holding('100');
    offline.linkDown();
    offline.passes(RESET - offline.now);
    expect(offline.allOf('day-marked')).toEqual([]);
  });

  test('comes to each exchange by its own clock', () => {
    const desk = DayDesk.holding('10');
    desk.buys('1', '150');
    desk.fact({ kind: 'instrument', query: { by: 'contract', conId: DAX_FUTURE.conId }, instrument: DAX_FUTURE });
    alsoHolds(desk, DAX_FUTURE, '2', '18000');
    desk.fact({ kind: 'market-data', conId: DAX_FUTURE.conId, dataKind: 'real-time', live: true, why: '' });
    desk.fact({ kind: 'quote', conId: DAX_FUTURE.conId, patch: { last: price('18010'), close: price('18020') } });
    desk.passes(RESET - desk.now);
    expect(desk.allOf('day-marked').map(({ marks }) => marks.map(({ conId: id, resetAt }) => [id, resetAt]))).toEqual([
      [[DAX_FUTURE.conId, RESET - 6 * HOUR]],
      [[AAPL.conId, RESET]],
    ]);
  });
});

describe('a restart', () => {
  test('counts the fills of the day again, with their commissions and costs', () => {
    const desk = DayDesk.holding('100');
    desk.sells('40', '151', '1');
    desk.buys('5', '150', null);
    const before = desk.pnl;
    desk.crashes();
    expect(desk.pnl).toMatchObject({ daily: null, why: 'no exchange rate yet' });
    desk.connects(() =>
      desk.reportsPosition(desk.position(), {
        averageCost: desk.durable.positions.get(AAPL.conId)?.averageCost ?? null,
      }),
    );
    desk.trades('150');
    expect(desk.pnl).toEqual(before);
  });

  test('counts nothing of the days before, and the mark of a reset that was seen', () => {
    const desk = DayDesk.holding('100');
    desk.sells('40', '151', '1');
    desk.passes(RESET - desk.now);
    desk.crashes();
    desk.connects(() => desk.reportsPosition('60', { averageCost: price('140') }));
    desk.trades('152');
    expect(desk.pnl).toMatchObject({ daily: '120', realised: '0' });
  });

  test('a definition that names another zone moves the day', () => {
    const desk = DayDesk.holding('100');
    // 15:30 UTC is past 23:55 in Tokyo: what was bought at 14:00 UTC was bought on the day before.
    const id = execId('0000e0d5.77000001.01.01');
    desk.fact({
      kind: 'execution',
      execution: { ...desk.aForeignExecution(), execId: id, at: laterBy(FRIDAY, -HOUR - HOUR / 2) },
    });
    desk.reportsCommission(id, '7');
    expect(desk.pnl?.realised).toBe('43');
    desk.definesAapl({ timeZone: 'Asia/Tokyo' });
    expect(desk.pnl?.realised).toBe('0');
  });
});

describe("IBKR's own figure", () => {
  const figures = (daily: string | null): PnlFigures => ({
    daily: daily === null ? null : money(daily),
    unrealised: money('1000'),
    realised: money('0'),
  });

  test('is shown beside ours, and told to differ by more than a tick of what is held', () => {
    const desk = DayDesk.holding('100');
    expect(desk.pnl).toMatchObject({ broker: null, differs: false });
    desk.fact({ kind: 'position-pnl', conId: AAPL.conId, pnl: figures('1') });
    expect(desk.pnl).toMatchObject({ broker: { daily: '1' }, differs: false });
    desk.fact({ kind: 'position-pnl', conId: AAPL.conId, pnl: figures('-1.01') });
    expect(desk.pnl?.differs).toBe(true);
    desk.fact({ kind: 'position-pnl', conId: AAPL.conId, pnl: figures(null) });
    expect(desk.pnl?.differs).toBe(false);
    desk.fact({ kind: 'account-pnl', pnl: figures('1.01') });
    expect(desk.total).toMatchObject({ differs: true, broker: { daily: '1.01' } });
  });

  test('of what was closed today differs by more than a cent', () => {
    const desk = DayDesk.holding('100');
    desk.sells('100', '151', '0');
    desk.fact({ kind: 'position-pnl', conId: AAPL.conId, pnl: figures('100.01') });
    expect(desk.pnl).toMatchObject({ daily: '100', differs: false });
    desk.fact({ kind: 'position-pnl', conId: AAPL.conId, pnl: figures('100.02') });
    expect(desk.pnl?.differs).toBe(true);
  });

  test('of what we do not count is no difference, nor is it while ours is not known', () => {
    const desk = DayDesk.holding('100');
    desk.fact({ kind: 'position-pnl', conId: TESLA.conId, pnl: figures('5') });
    desk.fact({ kind: 'quote', conId: AAPL.conId, patch: { close: null } });
    desk.fact({ kind: 'account-pnl', pnl: figures('5') });
    expect(desk.total).toMatchObject({ daily: null, differs: false });
  });

  test('is forgotten with the session that told it', () => {
    const desk = DayDesk.holding('100');
    desk.fact({ kind: 'account-pnl', pnl: figures('1') });
    desk.linkDown();
    expect(desk.total.broker).toBeNull();
  });
});
