import { describe, expect, test } from 'vitest';
import { TradingFloor } from '#test/unit/simulator/trading-floor';

/** A long position of 100 with a target at 110 (2) and a stop at 90 (3), tied by an explicit group. */
function tied(ocaType: number): TradingFloor {
  const floor = new TradingFloor();
  floor.buy(1, 100);
  const exit = { action: 'SELL', ocaGroup: 'exits', ocaType };
  floor.place(2, { ...exit, orderType: 'LMT', limitPrice: '110' });
  floor.place(3, { ...exit, orderType: 'STP', stopPrice: '90' });
  floor.news();
  return floor;
}

describe('one cancels the other', () => {
  test('type 1: any fill, even a partial one, cancels the rest of the group', () => {
    const floor = tied(1);
    floor.price({ bid: '110', ask: '110.02', bidSize: 30 });
    expect([floor.standing(2), floor.standing(3)]).toEqual(['Submitted 30/100', 'Cancelled 0/100']);
  });

  test.each([2, 3, 0])(
    'type %i (0 counts as 3): the other is reduced by what filled, and cancelled at nothing',
    (type) => {
      const floor = tied(type);
      floor.price({ bid: '110', ask: '110.02', bidSize: 30 });
      expect([floor.standing(2), floor.standing(3)]).toEqual(['Submitted 30/100', 'PreSubmitted 0/70']);
      floor.price({ bid: '110', ask: '110.02', bidSize: 70 });
      expect([floor.standing(2), floor.standing(3)]).toEqual(['Filled 100/100', 'Cancelled 0/70']);
    },
  );

  test.each([
    [1, 'Cancelled 0/100'],
    [2, 'PreSubmitted 0/70'],
  ] as const)('type %i reaches orders of another symbol and side: %s', (ocaType, other) => {
    const floor = new TradingFloor();
    const group = { ocaGroup: 'pair', ocaType };
    floor.exchange.setPrice('MSFT', { bid: '299.99', ask: '300.01', last: '300' });
    const microsoft = floor.exchange.instruments.find(({ symbol }) => symbol === 'MSFT');
    floor.place(1, { ...group, orderType: 'LMT', limitPrice: '95' });
    floor.place(2, {
      ...{ ...group, action: 'SELL', orderType: 'STP', stopPrice: '290' },
      ...{ conId: microsoft?.conId ?? 0, symbol: 'MSFT' },
    });
    floor.price({ bid: '94.98', ask: '95', askSize: 30 });
    expect([floor.standing(1), floor.standing(2)]).toEqual(['Submitted 30/100', other]);
  });

  test('orders of another group and orders that are done are left alone', () => {
    const floor = tied(1);
    floor.place(4, { action: 'SELL', orderType: 'STP', stopPrice: '80', ocaGroup: 'others', ocaType: 1 });
    floor.cancel(3);
    floor.trades(110.5);
    expect([floor.standing(3), floor.standing(4)]).toEqual(['Cancelled 0/100', 'PreSubmitted 0/100']);
  });

  test.each([
    ['proportional', 'by the fraction that filled', 25],
    ['share-for-share', 'by the filled shares', 10],
  ] as const)('unequal legs, read as %s: the other is reduced %s', (ocaReduction, _, left) => {
    const floor = new TradingFloor({ ocaReduction });
    const exit = { action: 'SELL', ocaGroup: 'exits', ocaType: 2 };
    floor.place(2, { ...exit, quantity: '80', orderType: 'LMT', limitPrice: '110' });
    floor.place(3, { ...exit, quantity: '50', orderType: 'STP', stopPrice: '90' });
    floor.price({ bid: '110', ask: '110.02', bidSize: 40 });
    expect(floor.standing(3)).toBe(`PreSubmitted 0/${left}`);
  });

  test('a fraction that makes no whole share reduces nothing', () => {
    const floor = new TradingFloor();
    const exit = { action: 'SELL', ocaGroup: 'exits', ocaType: 2 };
    floor.place(2, { ...exit, quantity: '100', orderType: 'LMT', limitPrice: '110' });
    floor.place(3, { ...exit, quantity: '2', orderType: 'STP', stopPrice: '90' });
    floor.price({ bid: '110', ask: '110.02', bidSize: 10 });
    expect([floor.standing(2), floor.standing(3)]).toEqual(['Submitted 10/100', 'PreSubmitted 0/2']);
    expect(floor.news().at(-1)).toBe('2 Submitted 10/100');
  });

  test.each([
    [1, ['Filled 100/100', 'Cancelled 0/100']],
    [2, ['Filled 100/100', 'Cancelled 0/100']],
    [3, ['Filled 100/100', 'Filled 100/100']],
  ])('two legs that become executable at the same price: type %i gives %s', (ocaType, standings) => {
    const floor = new TradingFloor();
    const exit = { action: 'SELL', orderType: 'LMT', ocaGroup: 'exits', ocaType };
    floor.place(2, { ...exit, limitPrice: '101' });
    floor.place(3, { ...exit, limitPrice: '102' });
    floor.trades(103);
    expect([floor.standing(2), floor.standing(3)]).toEqual(standings);
  });

  test('both legs can fill in the same instant: the position turns short', () => {
    const floor = tied(3);
    floor.exchange.fill({ clientId: 1, orderId: 2 }, { shares: 100, price: '110', ignoringOca: true });
    floor.exchange.fill({ clientId: 1, orderId: 3 }, { shares: 100, price: '90' });
    expect(floor.shares()).toBe(-100);
  });
});
