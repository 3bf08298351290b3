import { describe, expect, test } from 'vitest';
import { FaultDesk } from '#test/faults/fault-desk';

const PROTECTED = 'filled working pending';

describe('upstream-lost', () => {
  test.each([
    [1100, false],
    [1100, true],
    [2110, false],
  ] as const)(
    'TWS loses IBKR (%i, data lost: %s): orders are refused, the session stays, and what happened meanwhile is found',
    async (code, dataLost) => {
      const { desk, bracket } = await FaultDesk.withBracket();
      desk.inject({ fault: 'upstream-lost', code, dataLost, forSeconds: 20 });
      await desk.until('the screen says it', () => desk.phase === 'degraded');
      expect((await desk.asks()).outcome).toBe('denied');
      desk.tws.exchange.setPrice('AAPL', { bid: '110', ask: '110.01', last: '110' });
      await desk.pass(2_000);
      expect(desk.position()).toBe('10');
      await desk.closesTheBooks();
      expect(desk.phases.filter((phase) => phase === 'handshaking')).toHaveLength(1);
      expect(desk.position()).toBe('0');
      expect(desk.phasesOf(bracket)).toBe('filled filled cancelled');
      await desk.until('AAPL is quoted live again', () => desk.liveQuotes().includes('AAPL'));
    },
  );
});

describe('upstream-restored', () => {
  test.each([true, false])('news of a return (data lost: %s) is believed only after a comparison', async (dataLost) => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'upstream-lost' });
    await desk.until('the screen says it', () => desk.phase === 'degraded');
    desk.inject({ fault: 'upstream-restored', dataLost });
    await desk.until('it compares', () => desk.phases.at(-1) === 'reconciling' || desk.phase === 'ready');
    expect(desk.phases.slice(-3)).toContain('reconciling');
    await desk.closesTheBooks();
    expect(desk.phasesOf(bracket)).toBe(PROTECTED);
    desk.tws.exchange.setPrice('AAPL', { bid: '101', ask: '101.01' });
    await desk.until('the new price is shown', () => desk.quotedBid() === '101');
    expect(desk.liveQuotes()).toContain('AAPL');
  });
});

describe('farm-down', () => {
  test('without the farm of quotes no quote is called live, and they come back by themselves', async () => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'farm-down', forSeconds: 10 });
    await desk.until('the quote is not live', () => !desk.liveQuotes().includes('AAPL'));
    expect(desk.phase).toBe('ready');
    expect(desk.workstation.meters().farms.quotes).toBe('down');
    desk.tws.exchange.setPrice('AAPL', { bid: '101', ask: '101.01' });
    await desk.pass(1_000);
    expect((await desk.quote()).bid).toBe('99.99');
    await desk.until('AAPL is quoted live again', () => desk.liveQuotes().includes('AAPL'));
    await desk.closesTheBooks();
    expect(desk.phasesOf(bracket)).toBe(PROTECTED);
  });

  test.each(['history', 'definitions'] as const)('without the farm of %s only that is said', async (farm) => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'farm-down', farm, forSeconds: 10 });
    await desk.until('it is said', () => desk.workstation.meters().farms[farm] === 'down');
    expect(desk.liveQuotes()).toContain('AAPL');
    await desk.until('it is back', () => desk.workstation.meters().farms[farm] === 'up');
    await desk.closesTheBooks();
    expect(desk.phasesOf(bracket)).toBe(PROTECTED);
  });
});

describe('farm-idle', () => {
  test.each(['quotes', 'history'] as const)('a farm of %s that nobody asks is not called down', async (farm) => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'farm-idle', farm });
    await desk.until('it is said', () => desk.workstation.meters().farms[farm] === 'idle');
    expect(desk.liveQuotes()).toContain('AAPL');
    await desk.closesTheBooks();
    expect(desk.phasesOf(bracket)).toBe(PROTECTED);
  });
});

describe('farm-up', () => {
  test('a farm that is back is said to be back', async () => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'farm-down' });
    await desk.until('the quote is not live', () => !desk.liveQuotes().includes('AAPL'));
    desk.inject({ fault: 'farm-up' });
    await desk.until('it is said', () => desk.workstation.meters().farms.quotes === 'up');
    desk.tws.exchange.setPrice('AAPL', { bid: '101', ask: '101.01' });
    await desk.until('AAPL is quoted live again', () => desk.liveQuotes().includes('AAPL'));
    await desk.closesTheBooks();
    expect(desk.phasesOf(bracket)).toBe(PROTECTED);
  });
});

describe('competing-session', () => {
  test('data that another session took is not called live, and the reason is shown', async () => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'competing-session', forSeconds: 10 });
    await desk.until('the quote is not live', () => !desk.liveQuotes().includes('AAPL'));
    expect((await desk.quote()).why).toMatch(/10197/);
    desk.inject({ fault: 'gap', symbol: 'AAPL', percent: 1, at: { seconds: 12 } });
    await desk.until('AAPL is quoted live again', () => desk.liveQuotes().includes('AAPL'));
    await desk.closesTheBooks();
    expect(desk.phasesOf(bracket)).toBe(PROTECTED);
  });
});

describe('delayed-data', () => {
  test('delayed data is called delayed, and prices no order', async () => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'delayed-data', forSeconds: 30 });
    await desk.until('it is called delayed', () => desk.quoteKind() === 'delayed');
    const reply = await desk.asks();
    expect(reply.outcome).toBe('denied');
    expect(reply.message).toMatch(/delayed/i);
    await desk.until('it is real-time again', () => desk.quoteKind() === 'real-time');
    await desk.closesTheBooks();
    expect(desk.phasesOf(bracket)).toBe(PROTECTED);
  });
});

describe('no-market-data', () => {
  test('without a subscription nothing is called a quote, and nothing is priced with it', async () => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'no-market-data', forSeconds: 30 });
    await desk.until('the quote is not live', () => !desk.liveQuotes().includes('AAPL'));
    expect((await desk.quote()).why).toMatch(/354/);
    expect((await desk.asks()).outcome).toBe('denied');
    await desk.closesTheBooks();
    expect(desk.phasesOf(bracket)).toBe(PROTECTED);
  });
});

describe('history-pacing', () => {
  test('bars that IBKR refuses for being too many are asked for again, and trading goes on', async () => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'history-pacing' });
    const bars = await desk.bars();
    expect(bars.length).toBeGreaterThan(3);
    expect(desk.tws.received.filter(({ message }) => message.kind === 'historical-data').length).toBeGreaterThan(1);
    await desk.closesTheBooks();
    expect(desk.phasesOf(bracket)).toBe(PROTECTED);
  });
});
