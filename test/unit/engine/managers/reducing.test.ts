import { describe, expect, test } from 'vitest';
import { laterBy } from '#domain/ids';
import type { LossScope } from '#domain/loss-latch';
import { money, price, quantity } from '#domain/money';
import { reduceAfterLoss } from '#engine/managers/reducing';
import { POSITION_LAG_MS } from '#engine/orders/position-lag';
import { Turn } from '#engine/turn';
import { AAPL, EngineHarness, TESLA } from '#test/builders/engine-harness';

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

describe('when the loss of a day has reached its limit', () => {
  const scopeOf = (over: 'symbol' | 'account'): LossScope =>
    over === 'account' ? { over } : { over, conId: AAPL.conId, symbol: 'AAPL' };

  /** The loss of the day latches, as the manager of losses says it. */
  function latches(trader: EngineHarness, scope: LossScope): Turn {
    const turn = new Turn(trader.state, trader.now);
    const figures = { loss: money('1200'), limit: money('1000'), source: 'symbol', currency: 'USD' } as const;
    const until = laterBy(trader.now, 3_600_000);
    turn.emit({ type: 'loss-latched', latch: { scope, at: trader.now, until, ...figures } });
    reduceAfterLoss(turn, scope);
    return turn;
  }

  const askedIn = (turn: Turn): readonly string[] =>
    turn.finish().entries.flatMap(({ event }) => (event.type === 'cancel-requested' ? [event.reason] : []));

  test('in a symbol, its working orders that add are cancelled, and those of no other', () => {
    const trader = holding();
    const buy = trader.places();
    const close = trader.places(sellAt('170', '85'));
    for (const number of [buy, close]) trader.works(number);
    expect(askedIn(latches(trader, scopeOf('symbol')))).toEqual([
      'it adds risk, and the loss of the day in AAPL has reached its limit (1200 USD)',
    ]);
    expect([trader.phaseOf(buy), trader.phaseOf(close)]).toEqual(['cancelling', 'working']);
    const other = holding();
    other.works(other.places());
    expect(askedIn(latches(other, { over: 'symbol', conId: TESLA.conId, symbol: 'TSLA' }))).toEqual([]);
  });

  test('over the account, in every instrument', () => {
    const trader = holding();
    trader.works(trader.places());
    expect(askedIn(latches(trader, scopeOf('account')))).toEqual([
      'it adds risk, and the loss of the day has reached its limit (1200 USD)',
    ]);
  });

  test('what was in flight is cancelled as IBKR answers, and after a restart all is looked at anew', () => {
    const trader = holding();
    const buy = trader.places();
    trader.works(buy);
    latches(trader, scopeOf('symbol'));
    trader.errs(buy, 161, 'cancel-failed');
    trader.answersSnapshot(() => {
      trader.reports(buy, { kind: 'working' });
      trader.reportsPosition('100');
    });
    expect(trader.phaseOf(buy)).toBe('working');
    trader.linkDown();
    trader.connects(() => {
      trader.reports(buy, { kind: 'working' });
      trader.reportsPosition('100');
    });
    expect(trader.phaseOf(buy)).toBe('cancelling');
  });
});
