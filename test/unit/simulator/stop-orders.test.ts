import { describe, expect, test } from 'vitest';
import { aRequest, TradingFloor } from '#test/unit/simulator/trading-floor';

describe('a stop limit order', () => {
  test('becomes a limit order at its stop, and is not filled worse than its limit', () => {
    const floor = new TradingFloor();
    floor.place(1, { action: 'SELL', orderType: 'STP LMT', stopPrice: '95', limitPrice: '94.5' });
    floor.trades(94.4);
    expect(floor.news()).toEqual(['1 PreSubmitted 0/100', '1 Submitted 0/100']);
    floor.trades(94.6);
    expect(floor.fills()).toEqual(['1 fills 100 at 94.59']);
  });
});

describe('the double trigger methods', () => {
  test('double last wants two trades at or beyond the stop', () => {
    const floor = new TradingFloor();
    floor.place(1, { action: 'SELL', orderType: 'STP', stopPrice: '95', triggerMethod: 3 });
    floor.trades(95);
    floor.tick();
    expect(floor.order(1).triggered).toBe(false);
    floor.trades(94.9);
    expect(floor.order(1).triggered).toBe(true);
  });

  test('a trade back above the stop between two below it does not count', () => {
    const floor = new TradingFloor();
    floor.place(1, { action: 'SELL', orderType: 'STP', stopPrice: '95', triggerMethod: 3 });
    for (const last of [95, 95.1, 94.9]) floor.trades(last);
    expect(floor.order(1).triggered).toBe(false);
  });

  test('double bid/ask wants a second bid at or above a buy stop: another price, or more size at the same', () => {
    const floor = new TradingFloor();
    floor.place(1, { orderType: 'STP', stopPrice: '105', triggerMethod: 1 });
    floor.price({ bid: '105', ask: '105.02', bidSize: 300 });
    floor.price({ bid: '105', ask: '105.02', bidSize: 200 });
    expect(floor.order(1).triggered).toBe(false);
    floor.price({ bid: '105', ask: '105.02', bidSize: 400 });
    expect(floor.order(1).triggered).toBe(true);
  });

  test('currencies trigger by bid and ask when nothing else is said, options by double bid/ask', () => {
    const floor = new TradingFloor();
    floor.exchange.setPrice('EUR', { bid: '1.09', ask: '1.0905', last: '1.08' });
    floor.place(1, { conId: 0, symbol: 'EUR', orderType: 'STP', stopPrice: '1.09', quantity: '1000' });
    expect(floor.fills()).toEqual(['1 fills 1000 at 1.0905']);
    const option = { conId: 699200111, orderType: 'STP', stopPrice: '1', quantity: '1' };
    floor.place(2, option);
    expect(floor.order(2).triggered).toBe(false);
    floor.tick();
    floor.tick();
    expect(floor.order(2).triggered).toBe(true);
  });
});

describe('a trailing stop', () => {
  test('starts its amount from the market, follows it up and never comes down again', () => {
    const floor = new TradingFloor();
    floor.place(1, { action: 'SELL', orderType: 'TRAIL', stopPrice: '2.5' });
    expect(floor.trailStop(1)).toBe('97.5');
    floor.trades(103);
    expect(floor.trailStop(1)).toBe('100.5');
    floor.trades(101);
    expect(floor.trailStop(1)).toBe('100.5');
    floor.trades(100.5);
    expect(floor.fills()).toEqual(['1 fills 100 at 100.49']);
  });

  test('is reported anew only when it moved', () => {
    const floor = new TradingFloor();
    floor.place(1, { action: 'SELL', orderType: 'TRAIL', stopPrice: '2' });
    expect(floor.news()).toEqual(['1 PreSubmitted 0/100']);
    floor.trades(99);
    floor.tick();
    expect(floor.news()).toEqual([]);
    floor.trades(101);
    expect(floor.news()).toEqual(['1 PreSubmitted 0/100']);
  });

  test('a buy stop trails behind a falling price, rounded up to the tick', () => {
    const floor = new TradingFloor();
    floor.place(1, { orderType: 'TRAIL', trailingPercent: '1.5' });
    expect(floor.trailStop(1)).toBe('101.5');
    floor.trades(90.01);
    expect(floor.trailStop(1)).toBe('91.37');
    floor.trades(92);
    expect(floor.fills()).toEqual(['1 fills 100 at 92.01']);
  });

  test('keeps the stop it was given until the market has earned a better one', () => {
    const floor = new TradingFloor();
    floor.place(1, { action: 'SELL', orderType: 'TRAIL', stopPrice: '10', trailStopPrice: '95' });
    floor.trades(104);
    expect(floor.trailStop(1)).toBe('95');
    floor.trades(106);
    expect(floor.trailStop(1)).toBe('96');
  });

  test('follows what its trigger method looks at', () => {
    const floor = new TradingFloor();
    floor.place(1, { action: 'SELL', orderType: 'TRAIL', stopPrice: '5', triggerMethod: 8 });
    floor.price({ bid: '104', ask: '106', last: '100' });
    expect(floor.trailStop(1)).toBe('100');
  });

  test('stands still while its market is closed, also when it is changed', () => {
    const floor = new TradingFloor({ session: 'regular' });
    const trail = { action: 'SELL', orderType: 'TRAIL', stopPrice: '5', tif: 'GTC' };
    floor.place(1, trail);
    floor.exchange.closeMarket();
    floor.trades(110);
    floor.place(1, { ...trail, quantity: '80' });
    expect(floor.trailStop(1)).toBe('95');
    floor.exchange.openMarket();
    expect(floor.trailStop(1)).toBe('105');
  });

  test('that waits for conditions starts where the market is when they are met', () => {
    const floor = new TradingFloor();
    const at = { conjunction: 'and', kind: 'time', isMore: true, time: '20260105 10:00:00' } as const;
    floor.place(1, { action: 'SELL', orderType: 'TRAIL', stopPrice: '5', conditions: [at] });
    floor.trades(110);
    expect(floor.trailStop(1)).toBe('0');
    floor.trades(104);
    floor.wait(1_800_000);
    expect(floor.trailStop(1)).toBe('99');
  });

  test('attached to an entry, it starts where the market is when the entry fills', () => {
    const floor = new TradingFloor();
    floor.buy(1, 100, { orderType: 'LMT', limitPrice: '98', transmit: false });
    floor.place(2, { action: 'SELL', orderType: 'TRAIL', stopPrice: '3', parentId: 1 });
    expect(floor.trailStop(2)).toBe('0');
    floor.trades(97.99);
    expect(floor.standing(2)).toBe('PreSubmitted 0/100');
    expect(floor.trailStop(2)).toBe('95');
  });

  test('a change of size keeps the stop, a change of the trail starts it anew, a stop price sets it', () => {
    const floor = new TradingFloor();
    const trail = { action: 'SELL', orderType: 'TRAIL', stopPrice: '5' };
    floor.place(1, trail);
    floor.trades(110);
    floor.trades(108);
    floor.place(1, { ...trail, quantity: '50' });
    expect(floor.trailStop(1)).toBe('105');
    floor.place(1, { ...trail, quantity: '50', stopPrice: '10' });
    expect(floor.trailStop(1)).toBe('98');
    floor.place(1, { ...trail, quantity: '50', stopPrice: '10', trailStopPrice: '101' });
    expect(floor.trailStop(1)).toBe('101');
  });

  test.each([
    ['keeps-stop', '105'],
    ['restarts', '103'],
  ] as const)('a change of size that names no stop, read as %s, leaves it at %s', (trailChange, stop) => {
    const floor = new TradingFloor({ trailChange });
    const trail = { action: 'SELL', orderType: 'TRAIL', stopPrice: '5' };
    floor.place(1, trail);
    floor.trades(110);
    floor.trades(108);
    floor.place(1, { ...trail, quantity: '50' });
    expect(floor.trailStop(1)).toBe(stop);
    floor.place(1, { ...trail, quantity: '40', trailStopPrice: '105' });
    expect(floor.trailStop(1)).toBe('105');
  });

  test('to sell, trails behind what its trigger method names: the last trade, the ask, or the middle', () => {
    const floor = new TradingFloor();
    const trail = { action: 'SELL', orderType: 'TRAIL', stopPrice: '5' };
    floor.place(1, { ...trail, triggerMethod: 2 });
    floor.place(2, { ...trail, triggerMethod: 4 });
    floor.place(3, { ...trail, triggerMethod: 8 });
    floor.price({ bid: '109.8', ask: '110.2', last: '109.9' });
    expect([1, 2, 3].map((id) => floor.trailStop(id))).toEqual(['104.9', '105.2', '105']);
  });
});

describe('a trailing stop limit order', () => {
  const trail = { action: 'SELL', orderType: 'TRAIL LIMIT', stopPrice: '5' };

  test('moves its limit with its stop, at the given offset', () => {
    const floor = new TradingFloor();
    floor.place(1, { ...trail, limitPriceOffset: '0.5' });
    expect(floor.order(1).terms).toMatchObject({ trailStopPrice: 950_000, limitPrice: 945_000 });
    floor.trades(102);
    expect(floor.order(1).terms).toMatchObject({ trailStopPrice: 970_000, limitPrice: 965_000 });
    floor.trades(96);
    expect(floor.news().at(-1)).toBe('1 Submitted 0/100');
    floor.trades(96.6);
    expect(floor.fills()).toEqual(['1 fills 100 at 96.59']);
  });

  test('keeps its limit once it is triggered, also when it is changed', () => {
    const floor = new TradingFloor();
    floor.place(2, { ...trail, limitPriceOffset: '0.5', trailStopPrice: '109' });
    floor.price({ bid: '100', ask: '110', last: '105' });
    floor.place(2, { ...trail, limitPriceOffset: '0.5', trailStopPrice: '109', quantity: '50' });
    expect(floor.order(2)).toMatchObject({
      ...{ triggered: true, terms: { trailStopPrice: 1_090_000, limitPrice: 1_085_000 } },
    });
    floor.place(2, { ...trail, limitPrice: '99.5', quantity: '50' });
    expect(floor.fills()).toEqual(['2 fills 50 at 100']);
  });

  test('takes the offset from the first stop and limit', () => {
    const floor = new TradingFloor();
    floor.place(1, { ...trail, trailStopPrice: '96', limitPrice: '95.8' });
    expect(floor.order(1).terms.limitPriceOffset).toBe(2_000);
    floor.trades(103);
    expect(floor.order(1).terms).toMatchObject({ trailStopPrice: 980_000, limitPrice: 978_000 });
  });

  test('to buy, has its limit above its stop', () => {
    const floor = new TradingFloor();
    floor.place(1, { ...trail, action: 'BUY', limitPriceOffset: '0' });
    floor.place(2, { ...trail, action: 'BUY', limitPrice: '106' });
    expect(floor.order(1).terms).toMatchObject({ trailStopPrice: 1_050_000, limitPrice: 1_050_000 });
    floor.trades(98);
    expect(floor.order(2).terms).toMatchObject({ trailStopPrice: 1_030_000, limitPrice: 1_040_000 });
  });
});

describe('a stop that is adjusted at its trigger price', () => {
  const stop = { action: 'SELL', orderType: 'STP', stopPrice: '95', triggerPrice: '104', adjustedStopPrice: '99' };

  test('becomes a trailing stop, once', () => {
    const floor = new TradingFloor();
    floor.place(1, { ...stop, adjustedOrderType: 'TRAIL', adjustedTrailingAmount: '3' });
    floor.trades(103.99);
    expect(floor.order(1).orderType).toBe('STP');
    floor.news();
    floor.trades(104);
    expect(floor.order(1)).toMatchObject({ orderType: 'TRAIL', triggered: false });
    expect(floor.order(1).terms).toMatchObject({ adjusted: undefined, stopPrice: 0, trailingAmount: 30_000 });
    expect(floor.trailStop(1)).toBe('101');
    expect(floor.news()).not.toEqual([]);
    floor.trades(101);
    expect(floor.fills()).toEqual(['1 fills 100 at 100.99']);
  });

  test('trails by percent when its unit says so', () => {
    const floor = new TradingFloor();
    const percent = { adjustedTrailingAmount: '2', adjustableTrailingUnit: 100 };
    floor.place(1, { ...stop, adjustedOrderType: 'TRAIL', ...percent });
    floor.trades(110);
    expect(floor.trailStop(1)).toBe('107.8');
  });

  test('becomes a stop, a stop limit or a trailing stop limit order', () => {
    const floor = new TradingFloor();
    floor.place(1, { ...stop, adjustedOrderType: 'STP' });
    floor.place(2, { ...stop, adjustedOrderType: 'STP LMT', adjustedStopLimitPrice: '98' });
    const limited = { adjustedStopLimitPrice: '98.5', adjustedTrailingAmount: '4' };
    floor.place(3, { ...stop, adjustedOrderType: 'TRAIL LIMIT', ...limited });
    floor.trades(105);
    expect(floor.order(1)).toMatchObject({ orderType: 'STP', terms: { stopPrice: 990_000, limitPrice: 0 } });
    expect(floor.order(2)).toMatchObject({ orderType: 'STP LMT', terms: { stopPrice: 990_000, limitPrice: 980_000 } });
    expect(floor.order(3).terms).toMatchObject({ trailStopPrice: 1_010_000, limitPrice: 1_005_000 });
  });

  test('protects like any stop until then; to buy, the market has to fall', () => {
    const floor = new TradingFloor();
    floor.place(1, { ...stop, adjustedOrderType: 'STP' });
    floor.place(2, {
      orderType: 'STP',
      stopPrice: '105',
      triggerPrice: '96',
      adjustedStopPrice: '101',
      adjustedOrderType: 'STP',
    });
    floor.trades(96);
    expect(floor.order(2).terms.stopPrice).toBe(1_010_000);
    floor.trades(95);
    expect(floor.fills()).toEqual(['1 fills 100 at 94.99']);
  });

  test('its adjustment may get other prices, but not become another one', () => {
    const floor = new TradingFloor();
    floor.place(1, { ...stop, adjustedOrderType: 'STP' });
    floor.place(1, { ...stop, adjustedOrderType: 'STP', triggerPrice: '106' });
    expect(floor.order(1).terms.adjusted?.triggerPrice).toBe(1_060_000);
    floor.news();
    floor.place(1, { ...stop, adjustedOrderType: 'TRAIL', adjustedTrailingAmount: '3' });
    expect(floor.news()).toEqual(['1 error 105']);
  });
});

describe('what TWS does not take as a stop', () => {
  const trail = { action: 'SELL', orderType: 'TRAIL' };
  const trailLimit = { action: 'SELL', orderType: 'TRAIL LIMIT', stopPrice: '5' };
  const adjusted = {
    ...{ action: 'SELL', orderType: 'STP', stopPrice: '95', adjustedOrderType: 'TRAIL LIMIT', triggerPrice: '104' },
    ...{ adjustedStopPrice: '99', adjustedStopLimitPrice: '98', adjustedTrailingAmount: '3' },
  };

  test.each<[string, Partial<ReturnType<typeof aRequest>>, number]>([
    ['a stop limit without a limit', { orderType: 'STP LMT', stopPrice: '95' }, 321],
    ['a stop limit without a stop', { orderType: 'STP LMT', limitPrice: '95' }, 321],
    ['a trail without any distance', trail, 321],
    ['a trail of nothing', { ...trail, stopPrice: '0', trailingPercent: '0' }, 321],
    ['a trail by amount and by percent', { ...trail, stopPrice: '2', trailingPercent: '2' }, 321],
    ['an amount between ticks', { ...trail, stopPrice: '2.005' }, 110],
    ['a percentage of the whole price', { ...trail, trailingPercent: '100' }, 321],
    ['a percentage that is no number', { ...trail, trailingPercent: 'x' }, 321],
    ['a first stop between ticks', { ...trail, stopPrice: '2', trailStopPrice: '95.005' }, 110],
    ['a trailing limit without limit or offset', trailLimit, 321],
    ['a trailing limit with both', { ...trailLimit, limitPrice: '94', limitPriceOffset: '1' }, 321],
    ['a trailing limit between ticks', { ...trailLimit, limitPrice: '94.005' }, 110],
    ['an offset between ticks', { ...trailLimit, limitPriceOffset: '0.005' }, 110],
    ['an adjusted limit order', { orderType: 'LMT', limitPrice: '95', adjustedOrderType: 'STP' }, 321],
    ['an adjustment to no stop', { ...adjusted, adjustedOrderType: 'MKT' }, 321],
    ['an adjustment in an unknown unit', { ...adjusted, adjustableTrailingUnit: 7 }, 321],
    ['an adjustment without a trigger', { ...adjusted, triggerPrice: '' }, 321],
    ['an adjustment without a stop', { ...adjusted, adjustedStopPrice: '' }, 321],
    ['an adjustment without its limit', { ...adjusted, adjustedStopLimitPrice: '' }, 321],
    ['an adjustment without its trail', { ...adjusted, adjustedTrailingAmount: '' }, 321],
    ['an adjustment of an order that lacks its own stop', { ...adjusted, stopPrice: '' }, 321],
  ])('%s', (_, fields, code) => {
    const floor = new TradingFloor();
    floor.place(1, fields);
    expect(floor.news()).toEqual([`1 error ${code}`]);
  });
});
