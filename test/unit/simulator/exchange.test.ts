import { describe, expect, test } from 'vitest';
import { Exchange } from '#simulator/exchange';
import { ALL_INSTRUMENTS } from '#simulator/instruments';
import { aRequest, OPENING, TradingFloor } from '#test/unit/simulator/trading-floor';

describe('market and limit orders', () => {
  test('a market order to buy fills at the ask, one to sell at the bid', () => {
    const floor = new TradingFloor();
    floor.buy(1, 100);
    floor.place(2, { action: 'SELL', quantity: '40' });
    expect(floor.news()).toEqual([
      '1 Submitted 0/100',
      '1 fills 100 at 100.01',
      '1 Filled 100/100',
      '2 Submitted 0/40',
      '2 fills 40 at 99.99',
      '2 Filled 40/40',
    ]);
    expect(floor.shares()).toBe(60);
  });

  test('an order larger than the displayed size fills in several executions, as the display is renewed', () => {
    const floor = new TradingFloor();
    floor.price({ bid: '99.99', ask: '100.01', askSize: 300 });
    floor.buy(1, 700);
    floor.tick();
    floor.tick();
    expect(floor.news().filter((line) => line.includes('fills'))).toEqual([
      '1 fills 300 at 100.01',
      '1 fills 300 at 100.01',
      '1 fills 100 at 100.01',
    ]);
    expect(floor.standing(1)).toBe('Filled 700/700');
  });

  test('two orders share one displayed size, the earlier first', () => {
    const floor = new TradingFloor();
    floor.price({ bid: '99.99', ask: '100.01', askSize: 300 });
    floor.buy(1, 200);
    floor.buy(2, 200);
    expect(floor.order(1).filled).toBe(200);
    expect(floor.order(2).filled).toBe(100);
  });

  test('a limit order waits for its price and is never filled worse', () => {
    const floor = new TradingFloor();
    floor.buy(1, 100, { orderType: 'LMT', limitPrice: '99.5' });
    floor.place(2, { action: 'SELL', orderType: 'LMT', limitPrice: '100.5' });
    floor.trades(99.5);
    expect(floor.standing(1)).toBe('Submitted 0/100');
    floor.trades(99.48);
    floor.trades(100.51);
    expect(floor.news().filter((line) => line.includes('fills'))).toEqual([
      '1 fills 100 at 99.49',
      '2 fills 100 at 100.5',
    ]);
  });

  test('immediate or cancel: what does not fill at once is cancelled, what does is kept', () => {
    const floor = new TradingFloor();
    floor.price({ bid: '99.99', ask: '100.01', askSize: 300 });
    floor.buy(1, 700, { tif: 'IOC' });
    floor.buy(2, 100, { tif: 'IOC', orderType: 'LMT', limitPrice: '90' });
    floor.buy(3, 10, { tif: 'IOC', orderType: 'LMT', limitPrice: '90', transmit: false });
    floor.place(4, { action: 'SELL', quantity: '10', parentId: 3, orderType: 'STP', stopPrice: '80' });
    expect(floor.standing(1)).toBe('Cancelled 300/700');
    expect(floor.standing(2)).toBe('Cancelled 0/100');
    expect(floor.standing(3)).toBe('Cancelled 0/10');
    expect(floor.standing(4)).toBe('Cancelled 0/10');
  });
});

describe('stop orders', () => {
  test('a sell stop rests until the last trade is at its price, then sells at the market', () => {
    const floor = new TradingFloor();
    floor.place(1, { action: 'SELL', orderType: 'STP', stopPrice: '95' });
    floor.trades(95.01);
    expect(floor.standing(1)).toBe('PreSubmitted 0/100');
    floor.news();
    floor.trades(95);
    expect(floor.news()).toEqual(['1 Submitted 0/100', '1 fills 100 at 94.99', '1 Filled 100/100']);
  });

  test('a buy stop triggers from below', () => {
    const floor = new TradingFloor();
    floor.place(1, { orderType: 'STP', stopPrice: '105' });
    floor.trades(105.2);
    expect(floor.news()).toContain('1 fills 100 at 105.21');
  });

  test.each([
    ['last price, the default', 0, false],
    ['last price', 2, false],
    ['bid/ask', 4, true],
    ['last or bid/ask', 7, true],
    ['midpoint', 8, true],
  ])('trigger method %s (%i) looks at the ask of a sell stop or below: %s', (_, triggerMethod, triggered) => {
    const floor = new TradingFloor();
    floor.place(1, { action: 'SELL', orderType: 'STP', stopPrice: '95', triggerMethod });
    floor.price({ bid: '94.9', ask: '95', last: '95.1' });
    expect(floor.order(1).triggered).toBe(triggered);
  });

  test('the last trade triggers method 7 too', () => {
    const floor = new TradingFloor();
    floor.place(1, { action: 'SELL', orderType: 'STP', stopPrice: '95', triggerMethod: 7 });
    floor.price({ bid: '96', ask: '97', last: '95' });
    expect(floor.order(1).triggered).toBe(true);
  });

  test('a triggered stop larger than the display goes on as a market order, whatever the price does', () => {
    const floor = new TradingFloor();
    floor.place(1, { action: 'SELL', quantity: '500', orderType: 'STP', stopPrice: '95' });
    floor.price({ bid: '94', ask: '96', last: '95', bidSize: 200 });
    floor.trades(99);
    expect(floor.news().filter((line) => line.includes('fills'))).toEqual([
      '1 fills 200 at 94',
      '1 fills 300 at 98.99',
    ]);
  });
});

describe('money', () => {
  test('a share costs half a cent of commission, an order at least a dollar, however many fills it takes', () => {
    const floor = new TradingFloor();
    floor.price({ bid: '99.99', ask: '100.01', askSize: 100 });
    floor.buy(1, 300);
    floor.tick();
    floor.tick();
    expect(floor.exchange.executions().map(({ commission }) => commission)).toEqual([10_000, 0, 5_000]);
  });

  test('an order the account can not carry is rejected with a cause; a way out never is', () => {
    const floor = new TradingFloor({ startingCash: 1_000 });
    floor.buy(1, 41);
    expect(floor.news()).toEqual(['1 Inactive 0/41', '1 error 201']);
    floor.buy(2, 39);
    floor.place(3, { action: 'SELL', quantity: '39' });
    expect(floor.standing(3)).toBe('Filled 39/39');
  });

  test('executions carry running totals, and the profit when they close', () => {
    const floor = new TradingFloor();
    floor.buy(1, 100);
    floor.trades(102);
    floor.place(2, { action: 'SELL' });
    const [opened, closed] = floor.exchange.executions();
    expect(opened).toMatchObject({ cumulativeShares: 100, realizedPnl: undefined, addedLiquidity: false });
    expect(closed?.realizedPnl).toBe((1.98 * 100 - 1) * 10_000);
    expect(floor.exchange.figures().realizedPnl).toBe((1.98 * 100 - 2) * 10_000);
  });
});

describe('changing an order', () => {
  test('price and quantity may change; the order may then fill', () => {
    const floor = new TradingFloor();
    floor.buy(1, 100, { orderType: 'LMT', limitPrice: '99' });
    floor.buy(1, 50, { orderType: 'LMT', limitPrice: '100.01', tif: 'GTC' });
    expect(floor.news()).toEqual(['1 Submitted 0/100', '1 Submitted 0/50', '1 fills 50 at 100.01', '1 Filled 50/50']);
    expect(floor.order(1).terms.tif).toBe('GTC');
  });

  test.each([
    ['off the tick', { limitPrice: '98.005' }, 110],
    ['to another side', { action: 'SELL' }, 105],
    ['to another type', { orderType: 'STP', stopPrice: '98' }, 105],
    ['to another stock', { conId: 0, symbol: 'MSFT' }, 105],
    ['to another stock by number', { conId: 272093 }, 105],
    ['into a bracket', { parentId: 9 }, 105],
    ['into an OCA group', { ocaGroup: 'exits', ocaType: 2 }, 10326],
  ])('a change %s is refused and the order lives on as it was', (_, change, code) => {
    const floor = new TradingFloor();
    floor.buy(1, 100, { orderType: 'LMT', limitPrice: '99' });
    floor.news();
    floor.buy(1, 50, { orderType: 'LMT', limitPrice: '98', ...change });
    expect(floor.news()).toEqual([`1 error ${code}`]);
    expect(floor.standing(1)).toBe('Submitted 0/100');
  });

  test('a change to a quantity that is already filled is refused', () => {
    const floor = new TradingFloor();
    floor.price({ bid: '99.99', ask: '100.01', askSize: 60 });
    floor.buy(1, 100);
    floor.news();
    floor.buy(1, 60);
    expect(floor.news()).toEqual(['1 error 201']);
  });

  test('another type of OCA group counts as another group', () => {
    const floor = new TradingFloor();
    const resting = { orderType: 'LMT', limitPrice: '99', ocaGroup: 'exits' };
    floor.buy(1, 100, { ...resting, ocaType: 2 });
    floor.news();
    floor.buy(1, 100, { ...resting, ocaType: 1 });
    expect(floor.news()).toEqual(['1 error 10326']);
  });

  test('a filled order can not be changed (104), the id of a cancelled one not be used again (103)', () => {
    const floor = new TradingFloor();
    floor.buy(1, 100);
    floor.buy(2, 100, { orderType: 'LMT', limitPrice: '99' });
    floor.cancel(2);
    floor.news();
    floor.buy(1, 200);
    floor.buy(2, 100, { orderType: 'LMT', limitPrice: '99' });
    expect(floor.news()).toEqual(['1 error 104', '2 error 103']);
  });
});

describe('cancelling', () => {
  test('a cancelled order says so and gives 202', () => {
    const floor = new TradingFloor();
    floor.buy(1, 100, { orderType: 'LMT', limitPrice: '99' });
    floor.news();
    floor.cancel(1);
    expect(floor.news()).toEqual(['1 Cancelled 0/100', '1 error 202']);
    floor.trades(98);
    expect(floor.news()).toEqual([]);
  });

  test('an order that does not exist gives 10147, one that is done 10148 with its state', () => {
    const floor = new TradingFloor();
    floor.buy(1, 100);
    floor.news();
    floor.cancel(7);
    floor.cancel(1);
    expect(floor.news()).toEqual(['7 error 10147', '1 error 10148']);
  });

  test('an order that was never transmitted ends as ApiCancelled', () => {
    const floor = new TradingFloor();
    floor.buy(1, 100, { transmit: false });
    expect(floor.standing(1)).toBe('Inactive 0/100');
    floor.cancel(1);
    expect(floor.news()).toEqual(['1 ApiCancelled 0/100', '1 error 202']);
  });

  test('a cancel the broker has not done yet shows as PendingCancel, and is refused a second time with 161', () => {
    const floor = new TradingFloor();
    const key = { clientId: 1, orderId: 1 };
    floor.buy(1, 100, { orderType: 'LMT', limitPrice: '99' });
    floor.news();
    floor.exchange.cancel(key, false);
    floor.cancel(1);
    floor.buy(1, 100, { orderType: 'LMT', limitPrice: '98' });
    expect(floor.news()).toEqual(['1 PendingCancel 0/100', '1 error 161', '1 error 161']);
    floor.exchange.completeCancel(key);
    floor.exchange.completeCancel(key);
    expect(floor.news()).toEqual(['1 Cancelled 0/100', '1 error 202']);
  });

  test('a fill can cross a pending cancel', () => {
    const floor = new TradingFloor();
    const key = { clientId: 1, orderId: 1 };
    floor.buy(1, 100, { orderType: 'LMT', limitPrice: '99' });
    floor.exchange.cancel(key, false);
    floor.trades(98.9);
    floor.news();
    floor.exchange.completeCancel(key);
    expect(floor.news()).toEqual([]);
    expect(floor.standing(1)).toBe('Filled 100/100');
  });

  test('a global cancel ends every order of every client', () => {
    const floor = new TradingFloor();
    floor.buy(1, 100);
    floor.bracket(2, 10, '99');
    floor.exchange.place(aRequest({ clientId: 2, orderId: 5, orderType: 'LMT', limitPrice: '98' }));
    floor.exchange.cancelAll();
    const live = floor.exchange.orders().filter((order) => floor.exchange.statusOf(order) === 'Cancelled');
    expect(live.map(({ orderId }) => orderId)).toEqual([2, 3, 4, 5]);
  });
});

describe('orders that TWS does not take', () => {
  test.each<[string, Parameters<TradingFloor['place']>[1], number]>([
    ['an unknown stock', { conId: 0, symbol: 'NOPE' }, 200],
    ['an unknown contract number', { conId: 5 }, 200],
    ['a price between ticks', { orderType: 'LMT', limitPrice: '99.995' }, 110],
    ['a stop between ticks', { orderType: 'STP', stopPrice: '99.995' }, 110],
    ['a price finer than any tick', { orderType: 'LMT', limitPrice: '0.30000000000000004' }, 110],
    ['a price in scientific notation', { orderType: 'LMT', limitPrice: '1e-7' }, 110],
    ['no price', { orderType: 'LMT' }, 321],
    ['no stop price', { orderType: 'STP' }, 321],
    ['a price below zero', { orderType: 'LMT', limitPrice: '-5' }, 321],
    ['a size of zero', { quantity: '0' }, 434],
    ['no size', { quantity: '' }, 434],
    ['a fraction of a share', { quantity: '0.5' }, 10243],
    ['a negative size', { quantity: '-5' }, 321],
    ['a size beyond all limits', { quantity: '100000001' }, 321],
    ['no side', { action: 'SHORT' }, 321],
    ['a type that is not simulated', { orderType: 'MIT' }, 387],
    ['a trigger method that does not exist', { orderType: 'STP', stopPrice: '95', triggerMethod: 5 }, 146],
    ['a time in force that is not simulated', { tif: 'FOK' }, 321],
    ['an OCA type that does not exist', { ocaGroup: 'exits', ocaType: 4 }, 321],
    ['a child without its parent', { parentId: 77 }, 10006],
  ])('%s', (_, fields, code) => {
    const floor = new TradingFloor();
    floor.place(1, fields);
    expect(floor.news()).toEqual([`1 error ${code}`]);
    expect(floor.exchange.orders()).toEqual([]);
  });

  test('an id below one that was used is a duplicate, each client counting for itself', () => {
    const floor = new TradingFloor();
    floor.buy(5, 1);
    floor.news();
    floor.buy(4, 1);
    expect(floor.news()).toEqual(['4 error 103']);
    floor.exchange.place(aRequest({ clientId: 2, orderId: 4 }));
    expect(floor.news()).toContain('4 Filled 100/100');
    expect(floor.exchange.nextOrderId()).toBe(6);
  });

  test('whole shares may be written with decimals, and the day is the default', () => {
    const floor = new TradingFloor();
    floor.place(1, { quantity: '100.0', tif: '' });
    expect(floor.order(1).terms).toMatchObject({ quantity: 100, tif: 'DAY' });
  });
});

describe('steering', () => {
  test('a fill can be given to a resting order, whole or in part', () => {
    const floor = new TradingFloor();
    floor.buy(1, 100, { orderType: 'LMT', limitPrice: '90' });
    floor.exchange.fill({ clientId: 1, orderId: 1 }, { shares: 30, price: '89.5' });
    expect(floor.standing(1)).toBe('Submitted 30/100');
    expect(floor.exchange.executions()[0]).toMatchObject({ shares: 30, price: 895_000, addedLiquidity: true });
    expect(() => {
      floor.exchange.fill({ clientId: 1, orderId: 1 }, { shares: 71, price: '89.5' });
    }).toThrow('within what is left');
  });

  test('a working order can be rejected by the exchange', () => {
    const floor = new TradingFloor();
    floor.buy(1, 100, { orderType: 'LMT', limitPrice: '90' });
    floor.news();
    floor.exchange.reject({ clientId: 1, orderId: 1 }, 'No trading permission');
    expect(floor.news()).toEqual(['1 Inactive 0/100', '1 error 201']);
    expect(() => {
      floor.exchange.reject({ clientId: 1, orderId: 1 }, 'again');
    }).toThrow('live');
  });

  test('an order can be rejected the moment it is transmitted, and a change refused', () => {
    const floor = new TradingFloor();
    floor.exchange.place(aRequest({ transmit: false }), { code: 203, text: 'not allowed' });
    expect(floor.news()).toEqual([]);
    floor.exchange.place(aRequest({ orderId: 2, parentId: 1, orderType: 'LMT', limitPrice: '90' }));
    expect(floor.news()).toEqual(['1 Inactive 0/100', '1 error 203', '2 Cancelled 0/100', '2 error 202']);
    floor.buy(3, 100, { orderType: 'LMT', limitPrice: '90' });
    floor.news();
    floor.exchange.place(aRequest({ orderId: 3, orderType: 'LMT', limitPrice: '91' }), { code: 201, text: 'no' });
    expect(floor.news()).toEqual(['3 error 201']);
  });

  test('a listener that has gone hears nothing more', () => {
    const floor = new TradingFloor();
    const heard: string[] = [];
    const stop = floor.exchange.subscribe(({ kind }) => heard.push(kind));
    stop();
    floor.buy(1, 1);
    expect(heard).toEqual([]);
  });

  test('a price that is no price is a mistake of the test', () => {
    const floor = new TradingFloor();
    expect(() => {
      floor.price({ bid: 'x', ask: '100' });
    }).toThrow('price x');
    expect(() => {
      floor.exchange.setPrice('NOPE', { bid: '1', ask: '2' });
    }).toThrow('instrument NOPE');
  });
});

describe('time', () => {
  test('the same seed and the same calls give the same market and the same fills', () => {
    const run = (seed: number): string => {
      const floor = new TradingFloor({ seed });
      floor.exchange.releasePrice('AAPL');
      floor.buy(1, 5_000);
      floor.place(2, { symbol: 'MSFT', conId: 0, quantity: '3000' });
      for (let step = 0; step < 40; step += 1) floor.tick();
      const quotes = floor.exchange.instruments.map((instrument) => floor.exchange.quoteOf(instrument));
      return JSON.stringify([floor.news(), quotes]);
    };
    expect(run(1)).toBe(run(1));
    expect(run(2)).not.toBe(run(1));
  });

  test('every stock of the universe trades unless fewer are wanted, and the other instruments with them', () => {
    const traded = new Exchange({ seed: 1, startAt: OPENING }).instruments;
    expect(traded.slice(0, ALL_INSTRUMENTS.length)).toEqual(ALL_INSTRUMENTS);
    const others = traded.slice(ALL_INSTRUMENTS.length).map(({ conId }) => conId);
    expect(new TradingFloor().exchange.instruments.slice(12).map(({ conId }) => conId)).toEqual(others);
  });

  test('after a long sleep the market goes on instead of replaying the night', () => {
    const exchange = new Exchange({ seed: 1, startAt: OPENING, symbols: 1, tickIntervalMs: 100 });
    let quotes = 0;
    exchange.subscribe((event) => (quotes += event.kind === 'quote' && event.instrument.index === 0 ? 1 : 0));
    exchange.advanceTo(OPENING + 8 * 3_600_000);
    expect(exchange.now).toBe(OPENING + 8 * 3_600_000);
    expect(quotes).toBeLessThanOrEqual(2_000);
    exchange.advanceTo(OPENING);
    expect(exchange.now).toBe(OPENING + 8 * 3_600_000);
  });

  test('outside regular hours an order waits at IBKR, unless it may trade outside them', () => {
    const beforeOpen = OPENING - 60_000;
    const floor = new TradingFloor({ session: 'regular', startAt: beforeOpen });
    floor.buy(1, 100);
    floor.buy(2, 100, { outsideRth: true });
    expect(floor.standing(1)).toBe('PreSubmitted 0/100');
    expect(floor.standing(2)).toBe('Filled 100/100');
    floor.news();
    for (let step = 0; step < 240; step += 1) floor.tick();
    expect(floor.news()).toEqual(['1 Submitted 0/100', '1 fills 100 at 100.01', '1 Filled 100/100']);
  });

  test('at night prices stand still', () => {
    const night = OPENING - 8 * 3_600_000;
    const exchange = new Exchange({ seed: 1, startAt: night, symbols: 3, session: 'regular' });
    let quotes = 0;
    exchange.subscribe(() => (quotes += 1));
    exchange.advanceTo(night + 60_000);
    expect(quotes).toBe(0);
  });
});
