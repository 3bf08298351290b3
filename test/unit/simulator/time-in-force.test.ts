import { describe, expect, test } from 'vitest';
import { parseMoment } from '#simulator/written-moment';
import { OPENING, TradingFloor } from '#test/unit/simulator/trading-floor';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const resting = { orderType: 'LMT', limitPrice: '90' };

describe('a day order', () => {
  test('ends with the session, and says so as a cancelled order does', () => {
    const floor = new TradingFloor({ session: 'regular' });
    floor.buy(1, 100, resting);
    floor.buy(2, 100, { ...resting, tif: 'GTC' });
    floor.news();
    floor.wait(6.5 * HOUR_MS - 1_000);
    expect(floor.standing(1)).toBe('Submitted 0/100');
    floor.news();
    floor.wait(2_000);
    expect(floor.news()).toContain('1 Cancelled 0/100');
    expect(floor.standing(2)).toBe('PreSubmitted 0/100');
  });

  test('that may trade outside regular hours lives until the evening', () => {
    const floor = new TradingFloor({ session: 'regular' });
    floor.buy(1, 100, { ...resting, outsideRth: true });
    floor.wait(7 * HOUR_MS);
    expect(floor.standing(1)).toBe('Submitted 0/100');
    floor.wait(4 * HOUR_MS);
    expect(floor.standing(1)).toBe('Cancelled 0/100');
  });

  test('in a market that never closes, ends at midnight in New York', () => {
    const floor = new TradingFloor();
    floor.buy(1, 100, resting);
    floor.wait(14 * HOUR_MS);
    expect(floor.standing(1)).toBe('Submitted 0/100');
    floor.wait(HOUR_MS);
    expect(floor.news()).toEqual(['1 Submitted 0/100', '1 Cancelled 0/100', '1 error 202']);
  });

  test('takes its attached orders with it; one that was changed to GTC stays', () => {
    const floor = new TradingFloor();
    floor.bracket(1, 100, '90', { tif: 'GTC' });
    floor.buy(4, 100, resting);
    floor.buy(4, 100, { ...resting, tif: 'GTC' });
    floor.buy(5, 100, { ...resting, transmit: false });
    floor.wait(DAY_MS);
    expect([1, 2, 3, 4, 5].map((id) => floor.standing(id))).toEqual([
      ...['Cancelled 0/100', 'Cancelled 0/100', 'Cancelled 0/100', 'Submitted 0/100', 'Inactive 0/100'],
    ]);
  });
});

describe('a good till date order', () => {
  test('ends at its moment', () => {
    const floor = new TradingFloor();
    floor.buy(1, 100, { ...resting, tif: 'GTD', goodTillDate: '20260105 10:00:00 US/Eastern' });
    floor.buy(2, 100, { ...resting, tif: 'GTD', goodTillDate: '20260106-15:00:00' });
    expect(floor.order(1).terms.goodTillDate).toBe('20260105 10:00:00 US/Eastern');
    floor.wait(HOUR_MS);
    expect([floor.standing(1), floor.standing(2)]).toEqual(['Cancelled 0/100', 'Submitted 0/100']);
    floor.wait(DAY_MS);
    expect(floor.standing(2)).toBe('Cancelled 0/100');
  });

  test('with a date alone, lives through the session of that day', () => {
    const floor = new TradingFloor({ session: 'regular' });
    floor.buy(1, 100, { ...resting, tif: 'GTD', goodTillDate: '20260105' });
    floor.wait(6 * HOUR_MS);
    expect(floor.standing(1)).toBe('Submitted 0/100');
    floor.wait(HOUR_MS);
    expect(floor.standing(1)).toBe('Cancelled 0/100');
  });

  test.each([
    ['without a date', '', 334],
    ['that has passed', '20260105 09:00:00 US/Eastern', 334],
    ['of yesterday', '20260104', 334],
    ['that is no date', 'tomorrow', 337],
    ['that does not exist', '20260431', 337],
    ['in a month that does not exist', '20261301', 337],
    ['at an hour that does not exist', '20260106 24:00:00', 337],
    ['in a zone nobody knows', '20260106 10:00:00 Mars/Olympus', 337],
  ])('%s is refused', (_, goodTillDate, code) => {
    const floor = new TradingFloor();
    floor.buy(1, 100, { ...resting, tif: 'GTD', goodTillDate });
    expect(floor.news()).toEqual([`1 error ${code}`]);
  });
});

describe('immediate or cancel', () => {
  test('a stop has its moment when it triggers', () => {
    const floor = new TradingFloor();
    floor.place(1, { action: 'SELL', orderType: 'STP', stopPrice: '95', tif: 'IOC' });
    expect(floor.standing(1)).toBe('PreSubmitted 0/100');
    floor.price({ bid: '94.9', ask: '95.1', last: '95', bidSize: 60 });
    expect(floor.standing(1)).toBe('Cancelled 60/100');
  });

  test('a stop that belongs to an entry waits for it', () => {
    const floor = new TradingFloor();
    floor.buy(1, 100, { ...resting, transmit: false });
    floor.place(2, { action: 'SELL', orderType: 'STP', stopPrice: '95', tif: 'IOC', parentId: 1 });
    expect(floor.standing(2)).toBe('PreSubmitted 0/100 child');
  });
});

describe('moments that clients write', () => {
  test.each([
    ['20260105 09:30:00 US/Eastern', OPENING],
    ['20260105 09:30:00', OPENING],
    ['20260105 09:30', OPENING],
    ['20260105-14:30:00', OPENING],
    ['20260105 15:30:00 MET', OPENING],
    ['20260705 09:30:15 US/Eastern', Date.UTC(2026, 6, 5, 13, 30, 15)],
  ])('%s', (text, at) => {
    expect(parseMoment(text, 'US/Eastern')).toEqual({ at, wholeDay: false });
  });

  test('a date alone is its whole day', () => {
    expect(parseMoment('20260105', 'US/Eastern')).toEqual({ at: OPENING - 9.5 * HOUR_MS, wholeDay: true });
  });
});
