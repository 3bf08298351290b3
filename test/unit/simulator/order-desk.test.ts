import { describe, expect, test } from 'vitest';
import { aRequest, TradingFloor } from '#test/unit/simulator/trading-floor';

const resting = { orderType: 'LMT', limitPrice: '90' };

describe('orders entered by hand in TWS', () => {
  test('belong to client 0 with numbers that count down, and are bound when client 0 asks', () => {
    const { exchange } = new TradingFloor();
    const first = exchange.placeByHand(aRequest(resting));
    const second = exchange.placeByHand(aRequest(resting));
    expect([first, second]).toMatchObject([
      { clientId: 0, orderId: -2, bound: false },
      { clientId: 0, orderId: -3, bound: false },
    ]);
    expect(exchange.bindManualOrders()).toEqual([first, second]);
    expect(exchange.bindManualOrders()).toEqual([]);
    expect(first.bound).toBe(true);
  });

  test('are bound at once while automatic binding is on', () => {
    const { exchange } = new TradingFloor();
    exchange.setAutoBinding(true);
    expect(exchange.placeByHand(aRequest(resting)).bound).toBe(true);
    exchange.setAutoBinding(false);
    expect(exchange.placeByHand(aRequest(resting)).bound).toBe(false);
  });

  test('can be changed and cancelled by client 0', () => {
    const floor = new TradingFloor();
    const { orderId } = floor.exchange.placeByHand(aRequest(resting));
    floor.exchange.place(aRequest({ ...resting, clientId: 0, orderId, quantity: '50' }));
    floor.exchange.cancel({ clientId: 0, orderId });
    expect(floor.news()).toEqual([...['-2 Submitted 0/100', '-2 Submitted 0/50', '-2 Cancelled 0/50', '-2 error 202']]);
  });

  test('fill like any order, and an order that is done is not bound', () => {
    const floor = new TradingFloor();
    floor.exchange.placeByHand(aRequest({ orderRef: 'by hand' }));
    expect(floor.fills()).toEqual(['-2 fills 100 at 100.01']);
    expect(floor.exchange.bindManualOrders()).toEqual([]);
    const immediate = floor.exchange.placeByHand(aRequest({ ...resting, tif: 'IOC' }));
    expect(immediate.stage).toBe('cancelled');
  });

  test('that TWS would not take are a mistake of the test', () => {
    const { exchange } = new TradingFloor();
    expect(() => exchange.placeByHand(aRequest({ action: 'SHORT' }))).toThrow('Invalid action');
  });

  test('do not let a client make up numbers of its own', () => {
    const floor = new TradingFloor();
    floor.exchange.place(aRequest({ clientId: 0, orderId: -7 }));
    expect(floor.news()).toEqual(['-7 error 103']);
  });
});

describe('what an order would do', () => {
  test('margin, equity and commission, before and after; nothing is entered, but the number is used up', () => {
    const floor = new TradingFloor({ startingCash: 100_000 });
    floor.buy(1, 100);
    const answer = floor.exchange.whatIf(aRequest({ orderId: 2, orderType: 'LMT', limitPrice: '99', quantity: '400' }));
    expect(answer).toMatchObject({
      ok: true,
      value: {
        ...{ initialMarginBefore: 25_002_500, initialMarginChange: 99_000_000, initialMarginAfter: 124_002_500 },
        ...{ maintenanceMarginBefore: 25_002_500, maintenanceMarginChange: 99_000_000 },
        ...{ maintenanceMarginAfter: 124_002_500, equityWithLoanBefore: 999_990_000 },
        ...{ equityWithLoanChange: -20_000, equityWithLoanAfter: 999_970_000, commission: 20_000 },
      },
    });
    expect(floor.exchange.orders()).toHaveLength(1);
    expect(floor.exchange.nextOrderId()).toBe(3);
    expect(floor.exchange.whatIf(aRequest({ orderId: 2 }))).toMatchObject({ ok: false, error: { code: 103 } });
  });

  test('an order that closes frees margin, at the price of its side', () => {
    const floor = new TradingFloor();
    floor.buy(1, 100);
    const answer = floor.exchange.whatIf(aRequest({ orderId: 2, action: 'SELL' }));
    expect(answer).toMatchObject({ ok: true, value: { initialMarginChange: -24_997_500 } });
  });

  test('is asked about an order that TWS would take only', () => {
    const { exchange } = new TradingFloor();
    expect(exchange.whatIf(aRequest({ quantity: '0' }))).toMatchObject({ ok: false, error: { code: 434 } });
  });
});

describe('the limit of active orders', () => {
  test('is twenty on one contract and side', () => {
    const floor = new TradingFloor();
    for (let id = 1; id <= 20; id += 1) floor.buy(id, 1, resting);
    floor.news();
    floor.buy(21, 1, resting);
    expect(floor.news()).toEqual(['21 Inactive 0/1', '21 error 201']);
    floor.place(22, { action: 'SELL', orderType: 'LMT', limitPrice: '110' });
    floor.cancel(1);
    floor.buy(23, 1, resting);
    expect([floor.standing(22), floor.standing(23)]).toEqual(['Submitted 0/100', 'Submitted 0/1']);
    floor.place(24, { action: 'SELL', orderType: 'LMT', limitPrice: '110', transmit: false });
    floor.place(25, { ...resting, parentId: 24 });
    expect(floor.standing(25)).toBe('Inactive 0/100');
  });
});

describe('order numbers that roll back', () => {
  test('begin at 1 again; what is live keeps its number, what is done does not stand in the way', () => {
    const floor = new TradingFloor();
    floor.buy(1, 100);
    floor.buy(2, 100, resting);
    const before = floor.order(1);
    floor.exchange.rollBackIds();
    expect(floor.exchange.nextOrderId()).toBe(1);
    floor.buy(1, 50, resting);
    floor.buy(2, 80, resting);
    expect([floor.standing(1), floor.standing(2)]).toEqual(['Submitted 0/50', 'Submitted 0/80']);
    expect(floor.order(1).permId).toBeGreaterThan(before.permId);
    expect(floor.exchange.orders()).toHaveLength(3);
    expect(floor.exchange.orders()).toContain(before);
  });

  test('are not given again where their order was live: a change that comes after its fill is no new order', () => {
    const floor = new TradingFloor();
    floor.buy(1, 100, resting);
    floor.exchange.rollBackIds();
    floor.exchange.fill(floor.order(1), { shares: 100, price: '99' });
    floor.buy(1, 80, resting);
    expect(floor.standing(1)).toBe('Filled 100/100');
    expect(floor.exchange.orders()).toHaveLength(1);
    floor.exchange.rollBackIds();
    floor.buy(1, 80, resting);
    expect(floor.standing(1)).toBe('Submitted 0/80');
  });
});

describe('what TWS reports of the day', () => {
  test('executions and completed orders since midnight in New York', () => {
    const floor = new TradingFloor();
    floor.buy(1, 100);
    floor.buy(2, 100, { ...resting, tif: 'GTC' });
    floor.wait(24 * 3_600_000);
    expect(floor.exchange.executionsOfDay()).toEqual([]);
    expect(floor.exchange.completedOrdersOfDay()).toEqual([]);
    floor.buy(3, 10);
    expect(floor.exchange.executionsOfDay().map(({ order }) => order.orderId)).toEqual([3]);
    expect(floor.exchange.completedOrdersOfDay().map(({ orderId }) => orderId)).toEqual([3]);
    expect(floor.exchange.executions()).toHaveLength(2);
  });
});
