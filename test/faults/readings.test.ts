import { describe, expect, test } from 'vitest';
import { price, quantity } from '#domain/money';
import { FaultDesk } from '#test/faults/fault-desk';

describe('reading', () => {
  test('exits whose group TWS renames can be moved while they wait, and after the entry has filled', async () => {
    const desk = await FaultDesk.open();
    desk.inject({ fault: 'reading', exitGroups: 'renamed' });
    const bracket = await desk.places();
    await desk.until('the entry rests', () => desk.phasesOf(bracket) === 'working pending pending');
    expect(desk.atExchange(bracket.stop).oca?.group).toMatch(/^exits of /);
    await desk.movesStop(bracket.stop, '91');
    await desk.until('the stop has moved', () => desk.order(bracket.stop).modification === null);
    expect(desk.atExchange(bracket.stop).terms.stopPrice).toBe(910_000);
    desk.inject({ fault: 'price', symbol: 'AAPL', last: '94.99' });
    await desk.until('the exits work', () => desk.phasesOf(bracket) === 'filled working pending');
    await desk.movesStop(bracket.stop, '92');
    await desk.until('the stop has moved', () => desk.order(bracket.stop).modification === null);
    expect(desk.atExchange(bracket.stop).terms.stopPrice).toBe(920_000);
    await desk.closesTheBooks();
  });
});

describe('price', () => {
  test('a trade at the target fills it and takes the stop away', async () => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'price', symbol: 'AAPL', last: '110.01' });
    await desk.until('the target is filled', () => desk.phaseOf(bracket.target) === 'filled');
    await desk.closesTheBooks();
    expect(desk.phasesOf(bracket)).toBe('filled filled cancelled');
    expect(desk.position()).toBe('0');
  });

  test('a stop limit that the market jumps over triggers, does not fill, and is said to be working', async () => {
    const desk = await FaultDesk.open();
    const terms = { type: 'STP LMT', stop: price('105'), limit: price('105.5') } as const;
    const number = await desk.orders({ side: 'BUY', quantity: quantity('10'), terms });
    await desk.until('it rests', () => desk.phaseOf(number) === 'pending');
    desk.inject({ fault: 'price', symbol: 'AAPL', last: '107' });
    await desk.until('it has triggered', () => desk.phaseOf(number) === 'working');
    await desk.closesTheBooks();
    expect(desk.order(number).filled).toBe('0');
    expect(desk.order(number).spec.terms).toEqual(terms);
    desk.inject({ fault: 'price', symbol: 'AAPL', last: '105.2' });
    await desk.until('it is filled', () => desk.phaseOf(number) === 'filled');
    await desk.closesTheBooks();
  });
});
