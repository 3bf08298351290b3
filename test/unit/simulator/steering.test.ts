import { describe, expect, test } from 'vitest';
import { present } from '#domain/assert';
import type { ExchangeEvent } from '#simulator/exchange-types';
import type { SimulatedInstrument } from '#simulator/instruments';
import { parsePriceFile } from '#simulator/price-file';
import { OPENING, TradingFloor } from '#test/unit/simulator/trading-floor';

const resting = { orderType: 'LMT', limitPrice: '90' };

function apple(floor: TradingFloor): SimulatedInstrument {
  return present(floor.exchange.find(265598, ''), 'AAPL');
}

function kindsHeard(floor: TradingFloor): string[] {
  const kinds: string[] = [];
  floor.exchange.subscribe((event: ExchangeEvent) => kinds.push(event.kind));
  return kinds;
}

describe('a correction', () => {
  test('comes as another execution, whose id differs behind the last dot only', () => {
    const floor = new TradingFloor();
    floor.buy(1, 100);
    const [wrong] = floor.exchange.executions();
    const { execId } = present(wrong, 'execution');
    const heard = kindsHeard(floor);
    const right = floor.exchange.correct(execId, { price: '99.5' });
    expect(right.execId).toBe(execId.replace(/01$/, '02'));
    expect(right).toMatchObject({ shares: 100, price: 995_000, cumulativeShares: 100, cumulativeValue: 99_500_000 });
    expect(heard).toEqual(['execution', 'order', 'commission']);
    expect(floor.order(1)).toMatchObject({ filled: 100, filledValue: 99_500_000, lastFillPrice: 995_000 });
    expect(floor.exchange.executions()).toHaveLength(2);
    expect(floor.exchange.correct(right.execId, { price: '99' }).execId).toBe(execId.replace(/01$/, '03'));
  });

  test('mends position, cost, cash and the profit of what was sold since', () => {
    const floor = new TradingFloor({ startingCash: 100_000 });
    floor.buy(1, 100);
    floor.trades(110);
    floor.place(2, { action: 'SELL', quantity: '40' });
    const [bought] = floor.exchange.executions();
    floor.exchange.correct(present(bought, 'execution').execId, { shares: 90, price: '100' });
    expect(floor.exchange.holdingOf(apple(floor))).toMatchObject({
      ...{ shares: 50, cost: 50_000_000, realizedPnl: (9.99 * 40 - 2) * 10_000 },
    });
    expect(floor.exchange.figures().cash).toBe((100_000 - 90 * 100 + 40 * 109.99 - 2) * 10_000);
  });

  test('of an earlier fill leaves the last fill price alone', () => {
    const floor = new TradingFloor();
    floor.buy(1, 100, resting);
    floor.exchange.fill({ clientId: 1, orderId: 1 }, { shares: 30, price: '89' });
    floor.exchange.fill({ clientId: 1, orderId: 1 }, { shares: 30, price: '88' });
    const [first] = floor.exchange.executions();
    const { execId } = present(first, 'execution');
    floor.exchange.correct(execId, { shares: 20 });
    expect(floor.order(1)).toMatchObject({ filled: 50, lastFillPrice: 880_000 });
    expect(() => floor.exchange.correct(execId, { shares: 90 })).toThrow('within its order');
    expect(() => floor.exchange.correct('unknown.01', {})).toThrow('execution unknown.01');
  });
});

describe('a halt', () => {
  test('leaves quote and orders as they are until trading resumes', () => {
    const floor = new TradingFloor();
    floor.exchange.releasePrice('AAPL');
    const heard: boolean[] = [];
    floor.exchange.subscribe((event) => event.kind === 'halt' && heard.push(event.halted));
    floor.exchange.halt('AAPL');
    const quote = floor.exchange.quoteOf(apple(floor));
    floor.buy(1, 100);
    floor.wait(10_000);
    expect(floor.exchange.quoteOf(apple(floor))).toEqual(quote);
    expect(floor.standing(1)).toBe('Submitted 0/100');
    expect(floor.exchange.isHalted(apple(floor))).toBe(true);
    floor.exchange.resume('AAPL');
    expect(floor.order(1).filled).toBe(100);
    expect(heard).toEqual([true, false]);
  });
});

describe('a closed market', () => {
  test('ends the orders of the day, lets the others wait and quotes stand; then the hours count again', () => {
    const floor = new TradingFloor();
    floor.buy(1, 100, { ...resting, tif: 'GTC' });
    floor.bracket(2, 100, '90');
    floor.news();
    floor.exchange.closeMarket();
    floor.buy(5, 100);
    floor.wait(1_000);
    expect([1, 2, 3, 4, 5].map((id) => floor.standing(id))).toEqual([
      ...['PreSubmitted 0/100', 'Cancelled 0/100', 'Cancelled 0/100', 'Cancelled 0/100', 'PreSubmitted 0/100'],
    ]);
    expect(floor.news()).toContain('1 PreSubmitted 0/100');
    floor.exchange.openMarket();
    expect([floor.standing(1), floor.standing(5)]).toEqual(['Submitted 0/100', 'Filled 100/100']);
  });
});

describe('a split', () => {
  test('two for one doubles the shares, halves every price, and cancels the orders', () => {
    const floor = new TradingFloor();
    floor.buy(1, 100);
    floor.buy(2, 100, { ...resting, tif: 'GTC' });
    const holding = floor.exchange.holdingOf(apple(floor));
    const figures = floor.exchange.figures();
    const quote = floor.exchange.quoteOf(apple(floor));
    floor.news();
    const heard = kindsHeard(floor);
    floor.exchange.split('AAPL', { from: 1, to: 2 });
    expect(floor.news()).toEqual(['2 Cancelled 0/100', '2 error 202']);
    expect(heard).toEqual(['order', 'order-error', 'position', 'quote']);
    expect(floor.exchange.holdingOf(apple(floor))).toMatchObject({ shares: 200, cost: holding.cost });
    const { bid, ask, last, close } = floor.exchange.quoteOf(apple(floor));
    expect(bid).toBeLessThan(ask);
    expect([last, close]).toEqual([500_000, quote.close / 2]);
    // The last trade was at 100.01, which is no price of half a share.
    expect(Math.abs(floor.exchange.figures().netLiquidation - figures.netLiquidation)).toBeLessThan(2 * 10_000);
  });

  test('one for ten pays out what is less than a share', () => {
    const floor = new TradingFloor();
    floor.buy(1, 105);
    const { cash } = floor.exchange.figures();
    floor.exchange.split('AAPL', { from: 10, to: 1 });
    expect(floor.shares()).toBe(10);
    expect(floor.exchange.figures().cash - cash).toBe(floor.exchange.quoteOf(apple(floor)).last / 2);
    expect(() => {
      floor.exchange.split('AAPL', { from: 0, to: 1 });
    }).toThrow('whole shares');
  });

  test('leaves a price that walks on from there, however many for one', () => {
    const floor = new TradingFloor();
    floor.exchange.releasePrice('AAPL');
    floor.exchange.split('AAPL', { from: 1, to: 20 });
    const { last } = floor.exchange.quoteOf(apple(floor));
    floor.wait(10_000);
    expect(Math.abs(floor.exchange.quoteOf(apple(floor)).last / last - 1)).toBeLessThan(0.05);
  });

  test('of a stock whose past is replayed divides its day too, and leaves the others alone', () => {
    const rows = ['date,symbol,open,high,low,close,volume', '2016-01-04,AAPL,100,110,95,108,390000'];
    const file = parsePriceFile(rows.join('\n'));
    const { exchange } = new TradingFloor({ prices: file.ok ? file.value : undefined });
    exchange.releasePrice('AAPL');
    exchange.split('AAPL', { from: 1, to: 10 });
    exchange.split('SAP', { from: 1, to: 2 });
    exchange.advanceTo(OPENING + 1_000);
    const [own, sap] = [exchange.find(265598, ''), exchange.find(0, 'SAP')].map((it) =>
      exchange.quoteOf(present(it, 'stock')),
    );
    expect(present(own, 'AAPL').high).toBeLessThan(150_000);
    expect(present(own, 'AAPL').last).toBeGreaterThan(90_000);
    expect(present(sap, 'SAP').last).toBeLessThan(1_250_000);
  });

  test('of a stock that nobody holds moves its price only', () => {
    const floor = new TradingFloor();
    floor.exchange.split('AAPL', { from: 1, to: 4 });
    expect(floor.shares()).toBe(0);
    expect(floor.exchange.quoteOf(apple(floor)).last).toBe(250_000);
  });
});

describe('a gap', () => {
  test('moves bid, ask and last at once, so that a stop sells far below its price', () => {
    const floor = new TradingFloor();
    floor.exchange.releasePrice('AAPL');
    floor.place(1, { action: 'SELL', orderType: 'STP', stopPrice: '95' });
    const { open } = floor.exchange.quoteOf(apple(floor));
    floor.exchange.gap('AAPL', -10);
    expect(floor.fills()).toEqual(['1 fills 100 at 89.99']);
    expect(floor.exchange.quoteOf(apple(floor))).toMatchObject({ open, low: 899_900 });
    floor.tick();
    expect(floor.exchange.quoteOf(apple(floor)).bid).toBeLessThan(910_000);
  });
});

describe('a transfer', () => {
  test('changes the position without an execution or money', () => {
    const floor = new TradingFloor();
    const { cash } = floor.exchange.figures();
    const heard = kindsHeard(floor);
    floor.exchange.transfer('AAPL', 50);
    expect(heard).toEqual(['position']);
    expect(floor.exchange.holdingOf(apple(floor))).toMatchObject({ shares: 50, cost: 50_000_000, realizedPnl: 0 });
    floor.exchange.transfer('AAPL', -20);
    expect(floor.exchange.holdingOf(apple(floor))).toMatchObject({ shares: 30, cost: 30_000_000, realizedPnl: 0 });
    expect(floor.exchange.figures().cash).toBe(cash);
    expect(floor.exchange.executions()).toEqual([]);
  });
});

describe('limited liquidity', () => {
  test('lets a large order fill in parts, tick by tick, until the limit is lifted', () => {
    const floor = new TradingFloor();
    floor.exchange.limitLiquidity('AAPL', 100);
    floor.buy(1, 1_000);
    floor.tick();
    expect(floor.order(1).filled).toBe(200);
    floor.exchange.limitLiquidity('AAPL');
    floor.tick();
    expect(floor.standing(1)).toBe('Filled 1000/1000');
  });
});

describe('a new day', () => {
  test('begins at midnight in New York: the last price is the close, and the daily gain counts from it', () => {
    const floor = new TradingFloor({ startAt: OPENING });
    floor.buy(1, 100);
    floor.trades(103);
    expect(floor.exchange.dailyPnlOf(apple(floor))).toBe((2.99 * 100 - 1) * 10_000);
    floor.wait(24 * 3_600_000);
    const quote = floor.exchange.quoteOf(apple(floor));
    expect(quote).toMatchObject({ open: 1_030_000, close: 1_030_000, volume: 0 });
    expect(floor.exchange.dailyPnlOf(apple(floor))).toBe(0);
    floor.trades(104);
    expect(floor.exchange.dailyPnlOf(apple(floor))).toBe(100 * 10_000);
    expect(floor.exchange.figures().dailyPnl).toBe(100 * 10_000);
  });

  test('brings no gain to a stock that was never held', () => {
    const floor = new TradingFloor();
    expect(floor.exchange.dailyPnlOf(apple(floor))).toBe(0);
  });
});

describe('a trade at a price', () => {
  test('stands on the tick, with bid and ask one tick around it', () => {
    const floor = new TradingFloor();
    floor.buy(1, 100, resting);
    floor.exchange.tradeAt('AAPL', '89.5');
    expect(floor.fills()).toEqual(['1 fills 100 at 89.51']);
    expect(floor.exchange.quoteOf(apple(floor))).toMatchObject({ bid: 894_900, last: 895_100, ask: 895_100 });
    floor.exchange.tradeAt('AAPL', '91.1234');
    expect(floor.exchange.quoteOf(apple(floor))).toMatchObject({ bid: 911_100, last: 911_200, ask: 911_300 });
  });

  test('holds until the next one', () => {
    const floor = new TradingFloor();
    floor.exchange.tradeAt('AAPL', '103');
    floor.wait(5_000);
    expect(floor.exchange.quoteOf(apple(floor)).last).toBe(1_030_000);
  });
});
