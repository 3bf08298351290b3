import { price } from '#domain/money';
import { describe, expect, test } from 'vitest';
import { FaultDesk } from '#test/faults/fault-desk';

const PROTECTED = 'filled working pending';

describe('drop', () => {
  test('the line breaks: the screen says so, quotes are not live, and the exits are found again', async () => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'drop' });
    await desk.until('the screen says that the link is down', () => desk.phase === 'disconnected');
    expect((await desk.quote()).live).toBe(false);
    await desk.closesTheBooks();
    expect(desk.phasesOf(bracket)).toBe(PROTECTED);
    await desk.until('AAPL is quoted live again', () => desk.liveQuotes().includes('AAPL'));
  });

  test.each([
    [true, 'working pending pending'],
    [false, 'cancelled cancelled cancelled'],
  ])('at a new order, which reaches IBKR: %s; it is unknown until IBKR has said', async (reaches, after) => {
    const desk = await FaultDesk.open();
    desk.inject({ fault: 'drop', at: { message: 'place-order', count: 3 }, reaches });
    const bracket = await desk.places();
    await desk.until('the order is unknown', () => desk.phaseOf(bracket.entry) === 'unknown');
    await desk.closesTheBooks();
    expect(desk.phasesOf(bracket)).toBe(after);
  });
});

describe('freeze', () => {
  test('a TWS that says nothing is given up; what filled meanwhile is found, and protected', async () => {
    const { desk, bracket } = await FaultDesk.withRestingBracket();
    desk.inject({ fault: 'freeze', forSeconds: 20 });
    desk.tws.exchange.setPrice('AAPL', { bid: '94.99', ask: '95', last: '95' });
    await desk.until('the silence is called by its name', () => desk.phase === 'disconnected');
    expect(desk.position()).toBe('0');
    await desk.closesTheBooks();
    expect(desk.phasesOf(bracket)).toBe(PROTECTED);
    expect(desk.position()).toBe('10');
  });
});

describe('silent-handshake', () => {
  test('a TWS that takes the call and says nothing is not waited for for ever', async () => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'silent-handshake', forSeconds: 25 });
    desk.inject({ fault: 'drop' });
    await desk.until('a second attempt', () => desk.phases.filter((phase) => phase === 'connecting').length >= 3);
    expect(desk.phase).not.toBe('ready');
    await desk.closesTheBooks();
    expect(desk.phasesOf(bracket)).toBe(PROTECTED);
  });
});

describe('slow', () => {
  test('late answers are shown as late, the session stays, and an order comes through once', async () => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'slow', milliseconds: 3_500, forSeconds: 30 });
    await desk.until('the lateness is shown', () => desk.workstation.meters().heartbeatLateMs > 0);
    expect(desk.phase).toBe('ready');
    const number = await desk.orders();
    await desk.until('the order works', () => desk.phaseOf(number) === 'working');
    await desk.closesTheBooks();
    await desk.until('nothing is late any more', () => desk.workstation.meters().heartbeatLateMs === 0);
    expect(desk.phasesOf(bracket)).toBe(PROTECTED);
  });
});

describe('delay', () => {
  test('old news changes nothing twice', async () => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'delay', milliseconds: 2_500, forSeconds: 20 });
    desk.tws.exchange.setPrice('AAPL', { bid: '110', ask: '110.01', last: '110' });
    await desk.until('the target is filled', () => desk.phaseOf(bracket.target) === 'filled');
    await desk.closesTheBooks();
    expect(desk.position()).toBe('0');
    expect(desk.phasesOf(bracket)).toBe('filled filled cancelled');
  });
});

describe('duplicate', () => {
  test('a fill that is told three times is one fill', async () => {
    const { desk, bracket } = await FaultDesk.withRestingBracket();
    desk.inject({ fault: 'duplicate', copies: 3, forSeconds: 20 });
    desk.tws.exchange.setPrice('AAPL', { bid: '94.99', ask: '95', last: '95' });
    await desk.until('the entry is filled', () => desk.phaseOf(bracket.entry) === 'filled');
    await desk.closesTheBooks();
    expect(desk.position()).toBe('10');
    expect(desk.screen.fills.size).toBe(1);
  });
});

describe('reorder', () => {
  test.each([[undefined], [2_000]])(
    'a status that comes late (%s ms) or swapped takes nothing back',
    async (milliseconds) => {
      const { desk, bracket } = await FaultDesk.withRestingBracket();
      desk.inject({ fault: 'reorder', milliseconds, forSeconds: 20 });
      desk.inject({ fault: 'partial-fills', symbol: 'AAPL', shares: 4, forSeconds: 10 });
      desk.tws.exchange.setPrice('AAPL', { bid: '94.99', ask: '95', last: '95' });
      await desk.until('the entry is filled', () => desk.phaseOf(bracket.entry) === 'filled');
      await desk.closesTheBooks();
      expect(desk.phasesOf(bracket)).toBe(PROTECTED);
      expect(desk.position()).toBe('10');
    },
  );
});

describe('unreadable', () => {
  test('news that can not be read is said to be so, and IBKR is asked', async () => {
    const { desk, bracket } = await FaultDesk.withRestingBracket();
    desk.expectsDefects();
    desk.inject({ fault: 'unreadable', forSeconds: 2 });
    desk.tws.exchange.setPrice('AAPL', { bid: '94.99', ask: '95', last: '95' });
    await desk.until('it is said', () => desk.notices.some((notice) => notice.startsWith('505')));
    await desk.until('the fill is found', () => desk.phaseOf(bracket.entry) === 'filled');
    await desk.closesTheBooks();
    expect(desk.phasesOf(bracket)).toBe(PROTECTED);
  });
});

describe('client-id-in-use', () => {
  test('the ghost of our own session is named, and waited out', async () => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'client-id-in-use', forSeconds: 45 });
    desk.inject({ fault: 'drop' });
    await desk.until('326 is named', () => 'code' in desk.screen.connection && desk.screen.connection.code === 326);
    await desk.closesTheBooks();
    expect(desk.phasesOf(bracket)).toBe(PROTECTED);
  });
});

describe('too-fast', () => {
  test('what TWS throws away as too much is said, and is known never to have arrived', async () => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'too-fast', at: { message: 'place-order' } });
    const number = await desk.orders();
    await desk.until('100 is said', () => desk.notices.some((notice) => notice.startsWith('100')));
    await desk.closesTheBooks();
    expect(desk.phaseOf(number)).toBe('cancelled');
    expect(desk.phasesOf(bracket)).toBe(PROTECTED);
  });

  test('also when TWS hangs up', async () => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'too-fast', at: { message: 'place-order' }, disconnects: true });
    const number = await desk.orders();
    await desk.until('the link is down', () => desk.phase === 'disconnected');
    expect(desk.phaseOf(number)).toBe('unknown');
    await desk.closesTheBooks();
    expect(desk.phaseOf(number)).toBe('cancelled');
    expect(desk.phasesOf(bracket)).toBe(PROTECTED);
  });
});

describe('port-change', () => {
  test('TWS is followed to its new port, or found at the old one again', async () => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'port-change', forSeconds: 40 });
    await desk.until('the link is down', () => desk.phase === 'disconnected');
    expect(JSON.stringify(desk.screen.connection)).toMatch(/port/);
    await desk.closesTheBooks();
    expect(desk.phasesOf(bracket)).toBe(PROTECTED);
  });
});

describe('restart', () => {
  test('the daily restart: orders live, ids roll back, fills happen meanwhile; nothing is lost, doubled or guessed', async () => {
    const { desk, bracket } = await FaultDesk.withBracket();
    const resting = await desk.orders();
    await desk.until('the second order rests', () => desk.phaseOf(resting) === 'working');
    const idsBefore = desk.orderIds();
    desk.inject({ fault: 'restart', downSeconds: 60 });
    await desk.until('the screen says that TWS is gone', () => desk.phase === 'disconnected');
    // While TWS is down the market takes the target, and the resting order with a fall.
    desk.tws.exchange.setPrice('AAPL', { bid: '110', ask: '110.01', last: '110' });
    desk.tws.exchange.setPrice('AAPL', { bid: '94.99', ask: '95', last: '95' });
    await desk.pass(20_000);
    expect(desk.phase).not.toBe('ready');
    // Nothing is guessed: what was known last is shown, and the line says that it may be old.
    expect(desk.phasesOf(bracket)).toBe(PROTECTED);
    await desk.closesTheBooks();
    expect(desk.phasesOf(bracket)).toBe('filled filled cancelled');
    expect(desk.phaseOf(resting)).toBe('filled');
    expect(desk.position()).toBe('10');
    const next = await desk.orders({ terms: { type: 'LMT', limit: price('94') } });
    await desk.until('the new order rests', () => desk.phaseOf(next) === 'working');
    expect(desk.order(next).broker.orderId).toBeGreaterThan(Math.max(...idsBefore));
    await desk.closesTheBooks();
  });
});
