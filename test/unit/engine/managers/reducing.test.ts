import { describe, expect, test } from 'vitest';
import { price, quantity } from '#domain/money';
import { POSITION_LAG_MS } from '#engine/orders/reconciliation';
import { EngineHarness, TESLA } from '#test/builders/engine-harness';

const sellAt = (limit: string, shares: string) =>
  ({ side: 'SELL', quantity: quantity(shares), terms: { type: 'LMT', limit: price(limit) } }) as const;

/** Holds 100 AAPL. */
function holding(): EngineHarness {
  const trader = new EngineHarness();
  trader.definesAapl();
  trader.connects(() => trader.reportsPosition('100'));
  trader.ticks();
  return trader;
}

/** The position moves to `shares` without an explanation: trading is REDUCING. */
function becomesReducing(trader: EngineHarness, shares = '90'): void {
  trader.reportsPosition(shares);
  trader.passes(POSITION_LAG_MS);
  trader.answersSnapshot(() => {
    for (const { number } of trader.durable.orders.values()) trader.reports(number, { kind: 'working' });
    trader.reportsPosition(shares);
  });
  expect(trader.durable.trading.state).toBe('REDUCING');
}

const cancelled = (trader: EngineHarness): readonly number[] =>
  trader.allOf('cancel-requested').map(({ id }) => trader.durable.orders.get(id)?.number ?? 0);

describe('when only reducing is allowed', () => {
  test('working orders that add are cancelled, what closes no more than the position stays', () => {
    const trader = holding();
    const buy = trader.places();
    const close = trader.places(sellAt('170', '85'));
    const tooMuch = trader.places(sellAt('171', '15'));
    for (const number of [buy, close, tooMuch]) trader.works(number);
    becomesReducing(trader);
    expect(cancelled(trader)).toEqual([buy, tooMuch]);
    expect(trader.allOf('cancel-requested')[0]).toMatchObject({ origin: 'manager' });
  });

  test("a bracket's entry goes, its exits stay with what they protect", () => {
    const trader = holding();
    const { entry, target, stop } = trader.placesBracket();
    for (const number of [entry, target, stop]) trader.works(number);
    becomesReducing(trader);
    expect(cancelled(trader)).toEqual([entry]);
  });

  test('with nothing held everything adds', () => {
    const trader = holding();
    const sell = trader.places(sellAt('170', '10'));
    trader.works(sell);
    becomesReducing(trader, '0');
    expect(cancelled(trader)).toEqual([sell]);
  });

  test('a position without an explanation stops adding in every instrument', () => {
    const trader = new EngineHarness();
    trader.definesAapl();
    trader.connects();
    trader.ticks();
    const buy = trader.places();
    trader.works(buy);
    const tesla = { conId: TESLA.conId, symbol: 'TSLA' };
    trader.reportsPosition('7', tesla);
    trader.passes(POSITION_LAG_MS);
    trader.answersSnapshot(() => {
      trader.reports(buy, { kind: 'working' });
      trader.reportsPosition('7', tesla);
    });
    expect(cancelled(trader)).toEqual([buy]);
  });

  test('over a short position buying closes', () => {
    const trader = new EngineHarness();
    trader.definesAapl();
    trader.connects(() => trader.reportsPosition('-100'));
    trader.ticks();
    const buy = trader.places();
    trader.works(buy);
    becomesReducing(trader, '-90');
    expect(cancelled(trader)).toEqual([]);
  });

  test('orders of other clients are theirs', () => {
    const trader = holding();
    trader.reportsForeign();
    becomesReducing(trader);
    expect(cancelled(trader)).toEqual([]);
  });

  test('each is asked for once, and again when a new session is ready', () => {
    const trader = holding();
    const buy = trader.places();
    trader.works(buy);
    becomesReducing(trader);
    trader.errs(buy, 161, 'cancel-failed');
    trader.answersSnapshot(() => {
      trader.reports(buy, { kind: 'working' });
      trader.reportsPosition('90');
    });
    expect(trader.phaseOf(buy)).toBe('working');
    trader.works(buy);
    expect(cancelled(trader)).toEqual([buy]);
    trader.linkDown();
    trader.connects(() => {
      trader.reports(buy, { kind: 'working' });
      trader.reportsPosition('90');
    });
    expect(cancelled(trader)).toEqual([buy, buy]);
  });

  test('an order that was in flight is cancelled as soon as IBKR shows it', () => {
    const trader = holding();
    const buy = trader.places();
    trader.reportsPosition('90');
    trader.passes(4_999);
    trader.errs(buy, 135, 'uncertain');
    trader.answersSnapshot(() => trader.reportsPosition('90'));
    expect(trader.durable.trading.state).toBe('REDUCING');
    trader.works(buy);
    expect(cancelled(trader)).toContain(buy);
  });
});
