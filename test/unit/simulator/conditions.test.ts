import { describe, expect, test } from 'vitest';
import { present } from '#domain/assert';
import type { OrderCondition } from '#simulator/order-condition';
import { OPENING, TradingFloor } from '#test/unit/simulator/trading-floor';

const AAPL = 265598;
const MSFT = 272093;

function priceAt(price: string, fields: Partial<Extract<OrderCondition, { kind: 'price' }>> = {}): OrderCondition {
  return {
    ...{ conjunction: 'and', kind: 'price', isMore: true, price, conId: MSFT, exchange: 'SMART', triggerMethod: 0 },
    ...fields,
  };
}

/** A market order to buy 100 AAPL that waits for `conditions`. */
function waiting(conditions: readonly OrderCondition[], floor = new TradingFloor()): TradingFloor {
  floor.exchange.setPrice('MSFT', { bid: '399.99', ask: '400.01', last: '400' });
  floor.buy(1, 100, { conditions });
  return floor;
}

function microsoftTrades(floor: TradingFloor, last: number): void {
  const price = { bid: (last - 0.01).toFixed(2), ask: (last + 0.01).toFixed(2), last: last.toFixed(2) };
  floor.exchange.setPrice('MSFT', price);
}

describe('an order with conditions', () => {
  test('waits at IBKR until the price of another stock is reached, then trades', () => {
    const floor = waiting([priceAt('405')]);
    floor.tick();
    expect(floor.news()).toEqual(['1 PreSubmitted 0/100']);
    microsoftTrades(floor, 405);
    expect(floor.news()).toEqual(['1 Submitted 0/100', '1 fills 100 at 100.01', '1 Filled 100/100']);
  });

  test('works at once and is cancelled by its conditions when it says so', () => {
    const floor = new TradingFloor();
    floor.exchange.setPrice('MSFT', { bid: '399.99', ask: '400.01', last: '400' });
    const resting = { orderType: 'LMT', limitPrice: '90', conditionsCancelOrder: true };
    floor.buy(1, 100, { ...resting, conditions: [priceAt('395', { isMore: false })] });
    expect(floor.standing(1)).toBe('Submitted 0/100');
    microsoftTrades(floor, 394);
    expect(floor.standing(1)).toBe('Cancelled 0/100');
  });

  test('that was cancelled is not woken any more', () => {
    const floor = waiting([priceAt('405')]);
    floor.cancel(1);
    floor.news();
    microsoftTrades(floor, 405);
    expect(floor.news()).toEqual([]);
  });

  test('immediate or cancel: has its moment when the conditions are met', () => {
    const floor = new TradingFloor();
    floor.exchange.setPrice('MSFT', { bid: '399.99', ask: '400.01', last: '400' });
    floor.buy(1, 100, { orderType: 'LMT', limitPrice: '90', tif: 'IOC', conditions: [priceAt('405')] });
    expect(floor.standing(1)).toBe('PreSubmitted 0/100');
    microsoftTrades(floor, 405);
    expect(floor.standing(1)).toBe('Cancelled 0/100');
  });

  test('looks at the market outside regular hours only when told to', () => {
    const floor = new TradingFloor({ session: 'regular', startAt: OPENING - 60_000 });
    const outside = { outsideRth: true, conditions: [priceAt('405')] };
    floor.exchange.setPrice('MSFT', { bid: '405', ask: '405.02', last: '405.01' });
    floor.buy(1, 100, outside);
    floor.buy(2, 100, { ...outside, conditionsIgnoreRth: true });
    expect([floor.standing(1), floor.standing(2)]).toEqual(['PreSubmitted 0/100', 'Filled 100/100']);
    floor.wait(61_000);
    expect(floor.standing(1)).toBe('Filled 100/100');
  });

  test('attached to an entry, looks only once the entry has filled', () => {
    const floor = new TradingFloor();
    floor.buy(1, 100, { orderType: 'LMT', limitPrice: '99', transmit: false });
    const soon: OrderCondition = { conjunction: 'and', kind: 'time', isMore: true, time: '20260105 00:00:00' };
    floor.place(2, { action: 'SELL', orderType: 'LMT', limitPrice: '90', parentId: 1, conditions: [soon] });
    floor.tick();
    expect(floor.standing(2)).toBe('PreSubmitted 0/100 child');
    floor.trades(98.9);
    floor.tick();
    expect(floor.standing(2)).toBe('Filled 100/100');
  });

  test('may not get other conditions by a change', () => {
    const floor = waiting([priceAt('405')]);
    floor.news();
    floor.buy(1, 100, { conditions: [priceAt('406')] });
    expect(floor.news()).toEqual(['1 error 105']);
    floor.buy(1, 80, { conditions: [priceAt('405')] });
    expect(floor.standing(1)).toBe('PreSubmitted 0/80');
  });
});

describe('a condition', () => {
  test('of the price may want two trades in a row', () => {
    const floor = waiting([priceAt('405', { triggerMethod: 3 })]);
    microsoftTrades(floor, 405);
    expect(floor.standing(1)).toBe('PreSubmitted 0/100');
    microsoftTrades(floor, 406);
    expect(floor.standing(1)).toBe('Filled 100/100');
  });

  test('of the time is met from that moment on, or until it', () => {
    const at = (isMore: boolean): OrderCondition => ({
      conjunction: 'and',
      kind: 'time',
      isMore,
      time: '20260105 10:00:00',
    });
    const floor = new TradingFloor();
    floor.buy(1, 100, { conditions: [at(true)] });
    floor.buy(2, 100, { conditions: [at(false)] });
    expect([floor.standing(1), floor.standing(2)]).toEqual(['PreSubmitted 0/100', 'Filled 100/100']);
    floor.wait(1_800_000);
    expect(floor.standing(1)).toBe('Filled 100/100');
  });

  test('of an execution is met by the next one in that stock', () => {
    const executed: OrderCondition = {
      conjunction: 'and',
      kind: 'execution',
      secType: 'STK',
      exchange: 'SMART',
      symbol: 'MSFT',
    };
    const floor = new TradingFloor();
    floor.buy(1, 10, { conId: MSFT });
    floor.buy(2, 100, { conditions: [executed] });
    expect(floor.standing(2)).toBe('PreSubmitted 0/100');
    floor.buy(3, 10, { conId: MSFT });
    floor.tick();
    expect(floor.standing(2)).toBe('Filled 100/100');
  });

  test('of the volume, of the change of the day and of the margin cushion', () => {
    const floor = new TradingFloor();
    const apple = present(floor.exchange.find(AAPL, ''), 'AAPL');
    const { volume } = floor.exchange.quoteOf(apple);
    const on = { conjunction: 'and', conId: AAPL, exchange: 'SMART' } as const;
    const entry = (conditions: readonly OrderCondition[]) => ({ conId: MSFT, quantity: '10', conditions });
    // Apple closed at 232.50 the day before and is at 100.
    floor.place(1, entry([{ ...on, kind: 'percent-change', isMore: false, percent: '-56' }]));
    floor.place(2, entry([{ ...on, kind: 'percent-change', isMore: true, percent: '-56' }]));
    floor.place(3, entry([{ ...on, kind: 'volume', isMore: true, volume: volume + 500 }]));
    floor.place(4, entry([{ conjunction: 'and', kind: 'margin', isMore: true, percent: 90 }]));
    floor.place(5, entry([{ conjunction: 'and', kind: 'margin', isMore: false, percent: 90 }]));
    const state = (id: number): string => floor.exchange.statusOf(floor.order(id));
    expect([1, 2, 3, 4, 5].map(state)).toEqual(['Filled', 'PreSubmitted', 'PreSubmitted', 'Filled', 'PreSubmitted']);
    floor.buy(6, 500);
    floor.tick();
    expect(state(3)).toBe('Filled');
  });

  test('binds to the next one: "and" closer than "or"', () => {
    const [yes, no] = [priceAt('399'), priceAt('500')];
    const or = (condition: OrderCondition): OrderCondition => ({ ...condition, conjunction: 'or' });
    const filled = (conditions: readonly OrderCondition[]): boolean => waiting(conditions).order(1).stage === 'filled';
    expect(filled([or(no), yes])).toBe(true);
    expect(filled([yes, no])).toBe(false);
    expect(filled([or(yes), no, yes])).toBe(true);
    expect(filled([no, or(yes), no])).toBe(false);
  });
});

describe('conditions that can not be watched are refused', () => {
  const on = { conjunction: 'and', conId: 5, exchange: 'SMART' } as const;
  test.each<[string, readonly OrderCondition[], number]>([
    ['the price of an unknown contract', [priceAt('405', { conId: 5 })], 147],
    ['a price that is none', [priceAt('x')], 321],
    ['a price below zero', [priceAt('-1')], 321],
    ['a trigger method that does not exist', [priceAt('405', { triggerMethod: 9 })], 146],
    ['a time that is none', [{ conjunction: 'and', kind: 'time', isMore: true, time: 'noon' }], 337],
    ['the volume of an unknown contract', [{ ...on, kind: 'volume', isMore: true, volume: 1 }], 147],
    ['a percentage that is none', [{ ...on, kind: 'percent-change', isMore: true, percent: 'x' }], 321],
    ['more than twenty', Array.from({ length: 21 }, () => priceAt('405')), 321],
  ])('%s', (_, conditions, code) => {
    const floor = waiting(conditions);
    expect(floor.news()).toEqual([`1 error ${code}`]);
    expect(floor.exchange.orders()).toEqual([]);
  });
});
