import { describe, expect, test } from 'vitest';
import { price, quantity } from '#domain/money';
import { POSITION_LAG_MS } from '#engine/orders/position-lag';
import { EngineHarness, TESLA } from '#test/builders/engine-harness';

const sellAt = (limit: string, shares: string) =>
  ({ side: 'SELL', quantity: quantity(shares), terms: { type: 'LMT', limit: price(limit) } }) as const;

/** Holds 100 AAPL. */
function holding(options: ConstructorParameters<typeof EngineHarness>[0] = {}): EngineHarness {
  const trader = new EngineHarness(options);
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

  test('an order that was in flight is cancelled too', () => {
    const trader = holding();
    trader.reportsPosition('90');
    trader.passes(POSITION_LAG_MS - 1);
    trader.ticks();
    const buy = trader.places();
    trader.passes(1);
    trader.answersSnapshot(() => trader.reportsPosition('90'));
    expect(trader.durable.trading.state).toBe('REDUCING');
    expect(cancelled(trader)).toEqual([buy]);
    trader.works(buy);
    expect(cancelled(trader)).toEqual([buy]);
  });

  test('a stop that protects the position stands beside the order that closes it', () => {
    const trader = holding({ risk: { allowShort: true } });
    const target = trader.places(sellAt('170', '80'));
    const stop = trader.places({
      side: 'SELL',
      quantity: quantity('80'),
      terms: { type: 'STP', stop: price('140') },
      allowFlip: true,
    });
    const second = trader.places({
      side: 'SELL',
      quantity: quantity('80'),
      terms: { type: 'STP', stop: price('139') },
      allowFlip: true,
    });
    for (const number of [target, stop, second]) trader.works(number);
    becomesReducing(trader);
    expect(cancelled(trader)).toEqual([second]);
  });

  test('when the position becomes smaller, what closed it would turn it around: that is cancelled too', () => {
    const trader = holding({ risk: { allowShort: true } });
    const { entry, target, stop } = trader.placesBracket();
    for (const number of [entry, target, stop]) trader.works(number);
    trader.fills(entry, '10');
    const close = trader.places(sellAt('170', '105'));
    trader.works(close);
    trader.reportsPosition('108');
    trader.passes(POSITION_LAG_MS);
    trader.answersSnapshot(() => {
      for (const number of [target, stop, close]) trader.reports(number, { kind: 'working' });
      trader.reportsPosition('108');
    });
    expect(trader.durable.trading.state).toBe('REDUCING');
    expect(cancelled(trader)).toEqual([]);
    trader.fills(target, '10', '160');
    expect(cancelled(trader)).toEqual([close]);
  });
});
