import { describe, expect, test } from 'vitest';
import { present } from '#domain/assert';
import { ALL_INSTRUMENTS } from '#simulator/instruments';
import { OrderStore } from '#simulator/order-store';
import { commissionOf, Portfolio, type Valuation } from '#simulator/portfolio';
import type { SimulatedOrder } from '#simulator/simulated-order';
import { TradingFloor } from '#test/unit/simulator/trading-floor';

const STOCK = present(ALL_INSTRUMENTS[0], 'stock');
const DOLLAR = 10_000;
/** Every instrument worth so many dollars, every currency as much as the dollar. */
const at = (dollars: number): Valuation => ({ markOf: () => dollars * DOLLAR, rateOf: () => DOLLAR });

describe('the account', () => {
  test('pays half a cent a share, at least a dollar', () => {
    expect([commissionOf(1), commissionOf(200), commissionOf(1_000)]).toEqual([DOLLAR, DOLLAR, 5 * DOLLAR]);
  });

  test('a position that grows keeps its average cost; one that shrinks realises profit less commission', () => {
    const portfolio = new Portfolio(100_000 * DOLLAR);
    expect(portfolio.book(STOCK, 'BUY', 100, 10 * DOLLAR, DOLLAR)).toBeUndefined();
    portfolio.book(STOCK, 'BUY', 100, 20 * DOLLAR, DOLLAR);
    expect(portfolio.holdingOf(STOCK)).toMatchObject({ shares: 200, cost: 3_000 * DOLLAR });
    expect(portfolio.book(STOCK, 'SELL', 50, 18 * DOLLAR, DOLLAR)).toBe((50 * 3 - 1) * DOLLAR);
    expect(portfolio.holdingOf(STOCK)).toMatchObject({ shares: 150, cost: 2_250 * DOLLAR });
  });

  test('selling more than is held turns the position short at the new price', () => {
    const portfolio = new Portfolio(100_000 * DOLLAR);
    portfolio.book(STOCK, 'BUY', 10, 10 * DOLLAR, 0);
    expect(portfolio.book(STOCK, 'SELL', 30, 12 * DOLLAR, 0)).toBe(20 * DOLLAR);
    expect(portfolio.holdingOf(STOCK)).toMatchObject({ shares: -20, cost: -240 * DOLLAR });
    expect(portfolio.book(STOCK, 'BUY', 20, 11 * DOLLAR, 0)).toBe(20 * DOLLAR);
    expect(portfolio.holdingOf(STOCK)).toMatchObject({ shares: 0, cost: 0, realizedPnl: 40 * DOLLAR });
  });

  test('net liquidation is cash plus value; buying power is four times that, less what is invested', () => {
    const portfolio = new Portfolio(1_000 * DOLLAR);
    portfolio.book(STOCK, 'SELL', 10, 50 * DOLLAR, 0);
    const figures = portfolio.figures(at(60));
    expect(figures).toMatchObject({ cash: 1_500 * DOLLAR, marketValue: -600 * DOLLAR, grossValue: 600 * DOLLAR });
    expect(figures).toMatchObject({ netLiquidation: 900 * DOLLAR, unrealizedPnl: -100 * DOLLAR });
    expect(figures.buyingPower).toBe(3_000 * DOLLAR);
    expect(portfolio.figures(at(1_000)).buyingPower).toBe(0);
  });
});

describe('the order store', () => {
  test('forgets the oldest order that is done when it is full, never a live one', () => {
    const floor = new TradingFloor();
    floor.buy(1, 100, { orderType: 'LMT', limitPrice: '90' });
    floor.buy(2, 100);
    floor.buy(3, 100);
    const store = new OrderStore(2);
    for (const id of [1, 2, 3]) store.add(floor.order(id));
    expect(store.all().map(({ orderId }) => orderId)).toEqual([1, 3]);
    const live: SimulatedOrder = { ...floor.order(1), orderId: 4 };
    store.add(live);
    store.add({ ...live, orderId: 5 });
    expect(store.all().map(({ orderId }) => orderId)).toEqual([1, 4, 5]);
  });

  test('forgetting an order leaves the one that got its number after a roll back', () => {
    const floor = new TradingFloor();
    for (const id of [1, 2]) floor.buy(id, 100);
    const store = new OrderStore(2);
    const again: SimulatedOrder = { ...floor.order(1) };
    for (const order of [floor.order(1), again, floor.order(2)]) store.add(order);
    expect(store.all()).toEqual([again, floor.order(2)]);
    expect(store.get({ clientId: 1, orderId: 1 })).toBe(again);
  });

  test('remembers a thousand ids that may be sent again', () => {
    const store = new OrderStore();
    store.noteId({ clientId: 1, orderId: 2_000 });
    for (let orderId = 1; orderId <= 1_001; orderId += 1) store.allowRetry({ clientId: 1, orderId });
    const free = [1, 2, 1_001, 1_002, 2_001].map((orderId) => store.isFree({ clientId: 1, orderId }));
    expect(free).toEqual([false, true, true, false, true]);
  });

  test('forgets the oldest execution when it has too many', () => {
    const floor = new TradingFloor();
    for (const id of [1, 2, 3]) floor.buy(id, id);
    const store = new OrderStore(9, 2);
    for (const execution of floor.exchange.executions()) store.addExecution(execution);
    expect(store.executions().map(({ shares }) => shares)).toEqual([2, 3]);
  });

  test('knows no orders on a stock nobody trades', () => {
    expect(new OrderStore().liveOn(3)).toEqual([]);
    expect(new OrderStore().membersOf({ group: 'none', type: 1 })).toEqual([]);
  });
});
