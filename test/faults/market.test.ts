import { describe, expect, test } from 'vitest';
import { FaultDesk } from '#test/faults/fault-desk';

const PROTECTED = 'filled working pending';

describe('halt', () => {
  test('a halted stock is shown as halted, and its orders wait', async () => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'halt', symbol: 'AAPL', forSeconds: 10 });
    await desk.until('it is shown', () => desk.isHalted());
    desk.tws.exchange.setPrice('AAPL', { bid: '110', ask: '110.01', last: '110' });
    await desk.pass(2_000);
    expect(desk.phasesOf(bracket)).toBe(PROTECTED);
    await desk.until('it trades again', () => !desk.isHalted());
    await desk.until('the target is filled', () => desk.phaseOf(bracket.target) === 'filled');
    await desk.closesTheBooks();
    expect(desk.position()).toBe('0');
  });
});

describe('resume', () => {
  test('a stock that trades again is shown so', async () => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'halt', symbol: 'AAPL' });
    await desk.until('it is halted', () => desk.isHalted());
    desk.inject({ fault: 'resume', symbol: 'AAPL' });
    await desk.until('it is not halted', () => !desk.isHalted());
    await desk.closesTheBooks();
    expect(desk.phasesOf(bracket)).toBe(PROTECTED);
  });
});

describe('split', () => {
  test('after a split the shares are IBKR’s, and what it cancelled is cancelled', async () => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'split', symbol: 'AAPL', from: 1, to: 2 });
    await desk.until('the shares are doubled', () => desk.position() === '20');
    await desk.closesTheBooks();
    expect(desk.phasesOf(bracket)).toBe('filled cancelled cancelled');
  });
});

describe('gap', () => {
  test('a gap through the stop fills it where the market is, and the target goes', async () => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'gap', symbol: 'AAPL', percent: -20 });
    await desk.until('the stop is filled', () => desk.phaseOf(bracket.stop) === 'filled');
    await desk.closesTheBooks();
    expect(desk.position()).toBe('0');
    expect(Number(desk.order(bracket.stop).averagePrice)).toBeLessThan(81);
    expect(desk.phaseOf(bracket.target)).toBe('cancelled');
  });
});

describe('market-close', () => {
  test('at the close the day’s orders expire, the exits stay, and nothing fills', async () => {
    const { desk, bracket } = await FaultDesk.withBracket();
    const resting = await desk.orders();
    await desk.until('the second order rests', () => desk.phaseOf(resting) === 'working');
    desk.inject({ fault: 'market-close', forSeconds: 30 });
    await desk.until('the day’s order is over', () => desk.phaseOf(resting) === 'cancelled');
    desk.tws.exchange.setPrice('AAPL', { bid: '110', ask: '110.01', last: '110' });
    await desk.pass(2_000);
    expect(desk.position()).toBe('10');
    await desk.until('the target fills when it opens', () => desk.phaseOf(bracket.target) === 'filled');
    await desk.closesTheBooks();
  });
});
