import { describe, expect, test } from 'vitest';
import { aRequest, TradingFloor } from '#test/unit/simulator/trading-floor';

describe('a bracket', () => {
  test('nothing is sent until the last child transmits; then the children wait for their parent', () => {
    const floor = new TradingFloor();
    floor.buy(1, 100, { orderType: 'LMT', limitPrice: '99', transmit: false });
    floor.place(2, { action: 'SELL', orderType: 'LMT', limitPrice: '110', parentId: 1, transmit: false });
    expect(floor.news()).toEqual([]);
    floor.place(3, { action: 'SELL', orderType: 'STP', stopPrice: '90', parentId: 1 });
    expect(floor.news()).toEqual(['1 Submitted 0/100', '2 PreSubmitted 0/100 child', '3 PreSubmitted 0/100 child']);
  });

  test('a held parent can be transmitted by itself, by a change', () => {
    const floor = new TradingFloor();
    floor.buy(1, 100, { orderType: 'LMT', limitPrice: '99', transmit: false });
    floor.buy(1, 100, { orderType: 'LMT', limitPrice: '98', transmit: false });
    floor.buy(1, 100, { orderType: 'LMT', limitPrice: '98' });
    expect(floor.news()).toEqual(['1 Submitted 0/100']);
    expect(floor.order(1).terms.limitPrice).toBe(980_000);
  });

  test('when the parent fills the children work, tied together as an OCA group of type 2', () => {
    const floor = new TradingFloor();
    floor.bracket(1, 100);
    expect(floor.standing(2)).toBe('Submitted 0/100');
    expect(floor.standing(3)).toBe('PreSubmitted 0/100');
    const group = { group: String(floor.order(1).permId), type: 2 };
    expect([floor.order(2).oca, floor.order(3).oca]).toEqual([group, group]);
  });

  test('the target fills and takes the stop with it', () => {
    const floor = new TradingFloor();
    floor.bracket(1, 100);
    floor.news();
    floor.trades(110.01);
    expect(floor.news()).toEqual(['2 fills 100 at 110', '2 Filled 100/100', '3 Cancelled 0/100', '3 error 202']);
    expect(floor.shares()).toBe(0);
  });

  test('a partial fill of the stop reduces the target by as much', () => {
    const floor = new TradingFloor();
    floor.bracket(1, 100);
    floor.price({ bid: '89.9', ask: '90.1', last: '90', bidSize: 40 });
    expect([floor.standing(2), floor.standing(3)]).toEqual(['Submitted 0/60', 'Submitted 40/100']);
  });

  test('a single child gets no group', () => {
    const floor = new TradingFloor();
    floor.buy(1, 100, { transmit: false });
    floor.place(2, { action: 'SELL', orderType: 'STP', stopPrice: '90', parentId: 1 });
    expect(floor.order(2).oca).toBeUndefined();
    expect(floor.standing(2)).toBe('PreSubmitted 0/100');
  });

  test('children that name their own group keep it', () => {
    const floor = new TradingFloor();
    floor.bracket(1, 100, undefined, { ocaGroup: 'mine', ocaType: 1 });
    expect([floor.order(2).oca, floor.order(3).oca]).toEqual([
      { group: 'mine', type: 1 },
      { group: 'mine', type: 1 },
    ]);
  });

  test('an attached order has the size of its parent, whatever it asks for, and follows it', () => {
    const floor = new TradingFloor();
    floor.bracket(1, 100, '99', { quantity: '50' });
    expect(floor.standing(2)).toBe('PreSubmitted 0/100 child');
    floor.buy(1, 80, { orderType: 'LMT', limitPrice: '99' });
    expect([floor.standing(2), floor.standing(3)]).toEqual(['PreSubmitted 0/80 child', 'PreSubmitted 0/80 child']);
    floor.place(3, { action: 'SELL', orderType: 'STP', stopPrice: '91', quantity: '10', parentId: 1 });
    expect(floor.standing(3)).toBe('PreSubmitted 0/80 child');
    expect(floor.order(3).terms.stopPrice).toBe(910_000);
  });

  test('a change of the parent leaves a child that is done alone', () => {
    const floor = new TradingFloor();
    floor.bracket(1, 100, '99');
    floor.cancel(2);
    floor.buy(1, 80, { orderType: 'LMT', limitPrice: '99' });
    expect([floor.standing(2), floor.standing(3)]).toEqual(['Cancelled 0/100', 'PreSubmitted 0/80 child']);
  });

  test('a stop that is through its price when the parent fills sells at once', () => {
    const floor = new TradingFloor();
    floor.bracket(1, 100, '85');
    floor.trades(84.9);
    expect(floor.news().filter((line) => line.includes('fills'))).toEqual([
      '1 fills 100 at 84.91',
      '3 fills 100 at 84.89',
    ]);
  });

  test('cancelling the unfilled parent cancels the children', () => {
    const floor = new TradingFloor();
    floor.bracket(1, 100, '99');
    floor.news();
    floor.cancel(1);
    expect(floor.news()).toEqual([
      ...['1 Cancelled 0/100', '1 error 202'],
      ...['2 Cancelled 0/100', '2 error 202'],
      ...['3 Cancelled 0/100', '3 error 202'],
    ]);
  });

  test('a rejected parent takes its children with it', () => {
    const floor = new TradingFloor({ startingCash: 100 });
    floor.bracket(1, 100);
    expect(floor.news()).toEqual([
      ...['1 Inactive 0/100', '1 error 201'],
      ...['2 Cancelled 0/100', '2 error 202'],
      ...['3 Cancelled 0/100', '3 error 202'],
    ]);
  });

  test('a child of a parent that has ended is refused with 135, new or changed, unless it names no parent', () => {
    const floor = new TradingFloor();
    floor.bracket(1, 100);
    floor.news();
    const stop = { action: 'SELL', orderType: 'STP', stopPrice: '95' };
    floor.place(3, { ...stop, parentId: 1 });
    floor.place(9, { ...stop, parentId: 1 });
    expect(floor.news()).toEqual(['3 error 135', '9 error 135']);
    floor.place(3, { ...stop, quantity: '70' });
    expect(floor.standing(3)).toBe('PreSubmitted 0/70');
  });

  test('a child that overtook its parent may be sent again under the same id, once', () => {
    const floor = new TradingFloor();
    const child = { action: 'SELL', orderType: 'STP', stopPrice: '90', parentId: 1 };
    floor.place(2, child);
    floor.exchange.place(aRequest({ clientId: 1, orderId: 3, orderType: 'LMT', limitPrice: '99' }));
    expect(floor.news()).toEqual(['2 error 10006', '3 Submitted 0/100']);
    floor.place(2, { ...child, parentId: 3 });
    expect(floor.standing(2)).toBe('PreSubmitted 0/100 child');
    floor.cancel(2);
    floor.news();
    floor.place(2, { ...child, parentId: 3 });
    expect(floor.news()).toEqual(['2 error 103']);
  });

  test('a child sent after its parent has begun to fill works at once for what is filled', () => {
    const floor = new TradingFloor();
    floor.price({ bid: '99.99', ask: '100.01', askSize: 60 });
    floor.buy(1, 100);
    floor.place(2, { action: 'SELL', orderType: 'STP', stopPrice: '90', parentId: 1 });
    expect(floor.standing(2)).toBe('PreSubmitted 0/100');
    floor.trades(89);
    expect(floor.order(1).filled).toBe(100);
    expect(floor.order(2).filled).toBe(100);
  });
});

/** A bracket of 100 whose entry has 40 filled; the exits are live or wait by the reading of the rule. */
function partlyFilled(bracketChildren: 'pro-rata' | 'full-fill'): TradingFloor {
  const floor = new TradingFloor({ bracketChildren });
  floor.price({ bid: '99.99', ask: '100.01', askSize: 40 });
  floor.bracket(1, 100, '100.01');
  floor.price({ bid: '100', ask: '100.02', askSize: 40 });
  floor.news();
  return floor;
}

describe('a partly filled entry, read pro rata', () => {
  test('the exits work at once, for no more than is filled', () => {
    const floor = partlyFilled('pro-rata');
    expect([floor.standing(2), floor.standing(3)]).toEqual(['Submitted 0/100', 'PreSubmitted 0/100']);
    floor.trades(110.5);
    expect(floor.order(2).filled).toBe(40);
    expect(floor.standing(3)).toBe('PreSubmitted 0/60');
    expect(floor.shares()).toBe(0);
  });

  test('a stop does not trigger for shares that are not there', () => {
    const floor = partlyFilled('pro-rata');
    floor.trades(110.5);
    floor.price({ bid: '89', ask: '101', last: '90' });
    expect(floor.order(3)).toMatchObject({ triggered: false, filled: 0 });
  });

  test('the rest of the entry lets the exits grow again', () => {
    const floor = partlyFilled('pro-rata');
    floor.trades(110.5);
    floor.trades(100);
    floor.trades(110.5);
    expect([floor.standing(1), floor.standing(2), floor.standing(3)]).toEqual([
      ...['Filled 100/100', 'Filled 100/100', 'Cancelled 0/60'],
    ]);
  });

  test('cancelling the rest of the entry leaves the exits the size of what was filled', () => {
    const floor = partlyFilled('pro-rata');
    floor.cancel(1);
    expect([floor.standing(2), floor.standing(3)]).toEqual(['Submitted 0/40', 'PreSubmitted 0/40']);
  });

  test('when the exits had sold all that was filled, they end with the entry', () => {
    const floor = partlyFilled('pro-rata');
    floor.trades(110.5);
    floor.cancel(1);
    expect([floor.standing(2), floor.standing(3)]).toEqual(['Cancelled 40/100', 'Cancelled 0/60']);
  });

  test('an exit that is already gone stays gone', () => {
    const floor = partlyFilled('pro-rata');
    floor.cancel(2);
    floor.cancel(1);
    expect([floor.standing(2), floor.standing(3)]).toEqual(['Cancelled 0/100', 'PreSubmitted 0/40']);
  });
});

describe('a partly filled entry, read as all or nothing', () => {
  test('the exits wait until the entry is filled', () => {
    const floor = partlyFilled('full-fill');
    expect([floor.standing(2), floor.standing(3)]).toEqual(['PreSubmitted 0/100 child', 'PreSubmitted 0/100 child']);
    floor.trades(100);
    expect([floor.standing(2), floor.standing(3)]).toEqual(['Submitted 0/100', 'PreSubmitted 0/100']);
  });

  test('cancelling the rest of the entry takes the exits too: the position stands unprotected', () => {
    const floor = partlyFilled('full-fill');
    floor.cancel(1);
    expect([floor.standing(2), floor.standing(3)]).toEqual(['Cancelled 0/100', 'Cancelled 0/100']);
    expect(floor.shares()).toBe(40);
  });
});

describe('exits whose group TWS renames until their entry fills', () => {
  const exits = { ocaGroup: 'mine', ocaType: 2 };
  const stop = { action: 'SELL', orderType: 'STP', stopPrice: '89', parentId: 1 };

  function renaming(): TradingFloor {
    const floor = new TradingFloor();
    floor.exchange.readAs({ exitGroups: 'renamed' });
    floor.bracket(1, 100, '98', exits);
    floor.news();
    return floor;
  }

  test('show that name, and take a change only with it', () => {
    const floor = renaming();
    const group = `exits of ${floor.order(1).permId}`;
    expect([floor.order(2).oca, floor.order(3).oca]).toEqual([
      { group, type: 2 },
      { group, type: 2 },
    ]);
    floor.place(3, { ...stop, ...exits });
    expect(floor.news()).toEqual(['3 error 10326']);
    floor.place(3, { ...stop, ocaGroup: group, ocaType: 2 });
    expect(floor.news()).toEqual(['3 PreSubmitted 0/100 child']);
  });

  test('have their own name again once the entry has filled, and then it is that one they want', () => {
    const floor = renaming();
    floor.trades(97.9);
    expect([floor.order(2).oca, floor.order(3).oca]).toEqual([
      { group: 'mine', type: 2 },
      { group: 'mine', type: 2 },
    ]);
    floor.news();
    floor.place(3, { ...stop, parentId: 0, ocaGroup: `exits of ${floor.order(1).permId}`, ocaType: 2 });
    floor.place(3, { ...stop, parentId: 0, ...exits });
    expect(floor.news()).toEqual(['3 error 10326', '3 PreSubmitted 0/100']);
    floor.trades(110.01);
    expect(floor.standing(3)).toBe('Cancelled 0/100');
  });
});

test('a change of an exit may leave out the group that TWS gave, or repeat it, but name no other', () => {
  const floor = new TradingFloor();
  floor.bracket(1, 100);
  floor.news();
  const stop = { action: 'SELL', orderType: 'STP', stopPrice: '89' };
  floor.place(3, stop);
  floor.place(3, { ...stop, ocaGroup: String(floor.order(1).permId), ocaType: 2 });
  floor.place(3, { ...stop, ocaGroup: String(floor.order(1).permId), ocaType: 1 });
  floor.place(3, { ...stop, ocaGroup: 'another', ocaType: 2 });
  expect(floor.news()).toEqual(['3 PreSubmitted 0/100', '3 PreSubmitted 0/100', '3 error 10326', '3 error 10326']);
});
