import { describe, expect, test } from 'vitest';
import { present } from '#domain/assert';
import { tradedInstruments, type SimulatedInstrument } from '#simulator/instruments';
import { Portfolio, type Valuation } from '#simulator/portfolio';
import { TradingFloor } from '#test/unit/simulator/trading-floor';

const ONE = 10_000;
const TRADED = tradedInstruments(1);
const named = (localSymbol: string): SimulatedInstrument =>
  present(
    TRADED.find((it) => it.localSymbol.startsWith(localSymbol)),
    localSymbol,
  );
const [SAP, FUTURE, OPTION, EURO] = [named('SAP'), named('ES'), named('AAPL  '), named('EUR')];

/** Every instrument at `price`, the euro at 1.10. */
const at = (price: number): Valuation => ({
  markOf: () => price * ONE,
  rateOf: (currency) => (currency === 'EUR' ? 1.1 * ONE : ONE),
});

describe('instruments beyond US stocks', () => {
  test('a share in euro is paid in euro and counted in dollars', () => {
    const portfolio = new Portfolio(10_000 * ONE);
    portfolio.book(SAP, 'BUY', 10, 200 * ONE, ONE);
    expect(portfolio.figures(at(220))).toMatchObject({
      ...{ cash: (10_000 - 2_001 * 1.1) * ONE, marketValue: 2_420 * ONE, unrealizedPnl: 220 * ONE },
      netLiquidation: (10_000 - 2_001 * 1.1 + 2_420) * ONE,
    });
    expect(portfolio.currencies(at(220))).toEqual([
      ...[{ currency: 'USD', rate: ONE, cash: 10_000 * ONE, marketValue: 0, unrealizedPnl: 0, realizedPnl: 0 }],
      {
        ...{ currency: 'EUR', rate: 11_000, cash: -2_001 * ONE, marketValue: 2_200 * ONE },
        ...{ unrealizedPnl: 200 * ONE, realizedPnl: -ONE },
      },
    ]);
  });

  test('an option stands for a hundred shares', () => {
    const portfolio = new Portfolio(10_000 * ONE);
    portfolio.book(OPTION, 'BUY', 2, 5 * ONE, ONE);
    expect(portfolio.holdingOf(OPTION)).toMatchObject({ shares: 2, cost: 1_000 * ONE });
    expect(portfolio.figures(at(6))).toMatchObject({ cash: 8_999 * ONE, marketValue: 1_200 * ONE });
    expect(portfolio.book(OPTION, 'SELL', 1, 7 * ONE, ONE)).toBe(199 * ONE);
  });

  test('a future is not paid for: only what it gains or loses changes hands', () => {
    const portfolio = new Portfolio(100_000 * ONE);
    portfolio.book(FUTURE, 'BUY', 1, 6_000 * ONE, ONE);
    expect(portfolio.figures(at(6_010))).toMatchObject({
      ...{ cash: 99_999 * ONE, marketValue: 300_500 * ONE, unrealizedPnl: 500 * ONE, netLiquidation: 100_499 * ONE },
    });
    expect(portfolio.book(FUTURE, 'SELL', 1, 6_010 * ONE, ONE)).toBe(499 * ONE);
    expect(portfolio.figures(at(6_010)).cash).toBe(100_498 * ONE);
  });

  test('buying euro brings euro and costs dollars; the pair itself is no market value', () => {
    const portfolio = new Portfolio(100_000 * ONE);
    portfolio.book(EURO, 'BUY', 1_000, 10_900, ONE);
    expect(portfolio.currencies(at(1))).toMatchObject([
      { currency: 'USD', cash: (100_000 - 1_090 - 1) * ONE },
      { currency: 'EUR', cash: 1_000 * ONE },
    ]);
    expect(portfolio.figures(at(1))).toMatchObject({ marketValue: 0, netLiquidation: (98_909 + 1_100) * ONE });
  });

  test('the exchange takes the rate from its own pair', () => {
    const { exchange } = new TradingFloor();
    exchange.setPrice('EUR', { bid: '1.0999', ask: '1.1001', last: '1.1' });
    expect([exchange.rateOf('USD'), exchange.rateOf('EUR')]).toEqual([ONE, 11_000]);
    exchange.transfer('SAP', 10);
    expect(exchange.currencies()).toMatchObject([{ currency: 'USD' }, { currency: 'EUR', rate: 11_000, cash: 0 }]);
    expect(() => exchange.rateOf('CHF')).toThrow('rate of CHF');
  });

  test('an order is refused when the account could not carry its contracts', () => {
    const floor = new TradingFloor({ startingCash: 10_000 });
    floor.place(1, { conId: FUTURE.conId, quantity: '1' });
    expect(floor.news()).toEqual(['1 Inactive 0/1', '1 error 201']);
  });
});

describe('what can be corrected', () => {
  test('the last two thousand bookings of an instrument', () => {
    const portfolio = new Portfolio(0);
    for (let trade = 0; trade <= 2_000; trade += 1) portfolio.book(SAP, 'BUY', 1, ONE, 0, `${trade}`);
    expect(() => portfolio.correct(SAP, '0', 1, 2 * ONE)).toThrow('booking of execution 0');
    portfolio.correct(SAP, '1', 1, 2 * ONE);
    expect(portfolio.holdingOf(SAP)).toMatchObject({ shares: 2_001, cost: 2_002 * ONE });
  });

  test('a sale whose profit changes', () => {
    const portfolio = new Portfolio(0);
    portfolio.book(SAP, 'BUY', 10, 10 * ONE, 0, 'a');
    portfolio.transfer(SAP, 5, 10 * ONE);
    portfolio.book(SAP, 'SELL', 10, 12 * ONE, 0, 'b');
    expect(portfolio.correct(SAP, 'b', 10, 11 * ONE)).toBe(10 * ONE);
    expect(portfolio.correct(SAP, 'a', 10, 10 * ONE)).toBeUndefined();
  });
});
