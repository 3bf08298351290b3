import { describe, expect, test } from 'vitest';
import { price } from '#domain/money';
import { FaultDesk } from '#test/faults/fault-desk';

const PROTECTED = 'filled working pending';

describe('withhold', () => {
  test('an order that nothing is said about is asked for, and found once', async () => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'withhold', at: { message: 'place-order' } });
    const number = await desk.orders();
    await desk.until('the order is found', () => desk.phaseOf(number) === 'working');
    expect(desk.atExchange(number).stage).toBe('working');
    await desk.closesTheBooks();
    expect(desk.phasesOf(bracket)).toBe(PROTECTED);
  });

  test('an order that got lost inside TWS is known never to have arrived', async () => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'withhold', reaches: false, at: { message: 'place-order' } });
    const number = await desk.orders();
    await desk.until('it is settled', () => desk.phaseOf(number) === 'cancelled');
    await desk.closesTheBooks();
    expect(desk.phasesOf(bracket)).toBe(PROTECTED);
  });

  test('a cancel that is not confirmed stays visibly on its way', async () => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'withhold', at: { message: 'cancel-order' } });
    await desk.cancels(bracket.target);
    await desk.pass(3_000);
    expect(desk.phaseOf(bracket.target)).toBe('cancelling');
    desk.tws.faults.clear();
    await desk.closesTheBooks();
    expect(desk.phaseOf(bracket.target)).toBe('cancelled');
  });
});

describe('reject', () => {
  test('a rejected entry takes its exits with it, and the reason is shown', async () => {
    const desk = await FaultDesk.open();
    desk.inject({ fault: 'reject', text: 'Order rejected - reason:No trading permission' });
    const bracket = await desk.places();
    await desk.until('the entry is rejected', () => desk.phaseOf(bracket.entry) === 'rejected');
    expect(JSON.stringify(desk.order(bracket.entry).state)).toMatch(/201.*permission/);
    await desk.closesTheBooks();
    expect(desk.position()).toBe('0');
  });
});

describe('missing-parent', () => {
  test('an exit that came before its entry is sent again, once', async () => {
    const desk = await FaultDesk.open();
    desk.inject({ fault: 'missing-parent' });
    const bracket = await desk.places();
    await desk.until('all three stand', () => desk.phasesOf(bracket) === 'working pending pending');
    expect(desk.notices.join()).toContain('10006');
    await desk.closesTheBooks();
  });
});

describe('refuse-change', () => {
  test.each([110, 104, 105, 161, 201, 321, 103, 135])(
    'a change refused with %i leaves the stop where it was, and the screen too',
    async (code) => {
      const { desk, bracket } = await FaultDesk.withBracket();
      desk.inject({ fault: 'refuse-change', code });
      await desk.movesStop(bracket.stop, '92');
      await desk.until('the refusal is known', () => desk.order(bracket.stop).modification === null);
      await desk.closesTheBooks();
      expect(desk.order(bracket.stop).spec.terms).toMatchObject({ type: 'STP', stop: '90' });
      expect(desk.atExchange(bracket.stop).terms.stopPrice).toBe(900_000);
      expect(desk.phasesOf(bracket)).toBe(PROTECTED);
    },
  );
});

describe('cancel-refused', () => {
  test.each([161, 10_147, 10_148])('after %i the order works on, and is not called cancelled', async (code) => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'cancel-refused', code });
    await desk.cancels(bracket.target);
    await desk.until('it works again', () => desk.phaseOf(bracket.target) === 'working');
    await desk.closesTheBooks();
    expect(desk.phasesOf(bracket)).toBe(PROTECTED);
  });
});

describe('fill-before-cancel', () => {
  test('a fill that crosses the cancel counts, and its exits protect it', async () => {
    const { desk, bracket } = await FaultDesk.withRestingBracket();
    desk.inject({ fault: 'fill-before-cancel' });
    await desk.cancels(bracket.entry);
    await desk.until('the fill is known', () => desk.phaseOf(bracket.entry) === 'filled');
    await desk.closesTheBooks();
    expect(desk.position()).toBe('10');
    expect(desk.phasesOf(bracket)).toBe(PROTECTED);
  });

  test('a part that fills before the cancel is held and counted', async () => {
    const { desk, bracket } = await FaultDesk.withRestingBracket();
    desk.inject({ fault: 'fill-before-cancel', shares: 4 });
    await desk.cancels(bracket.entry);
    await desk.until('the rest is cancelled', () => desk.phaseOf(bracket.entry) === 'cancelled');
    await desk.closesTheBooks();
    expect(desk.position()).toBe('4');
    expect(desk.order(bracket.entry).filled).toBe('4');
    expect(desk.phaseOf(bracket.stop)).toBe('pending');
    expect(desk.order(bracket.stop).spec.quantity).toBe('4');
  });
});

describe('partial-fills', () => {
  test('an entry that fills share by share is counted share by share', async () => {
    const { desk, bracket } = await FaultDesk.withRestingBracket();
    desk.inject({ fault: 'partial-fills', symbol: 'AAPL', shares: 3, forSeconds: 10 });
    desk.tws.exchange.setPrice('AAPL', { bid: '94.99', ask: '95', last: '95' });
    await desk.until('a part is filled', () => desk.phaseOf(bracket.entry) === 'partially-filled');
    expect(desk.position()).toBe(desk.order(bracket.entry).filled);
    await desk.until('all of it is', () => desk.phaseOf(bracket.entry) === 'filled');
    await desk.closesTheBooks();
    expect(desk.screen.fills.size).toBeGreaterThan(1);
    expect(desk.phasesOf(bracket)).toBe(PROTECTED);
  });
});

describe('duplicate-execution', () => {
  test('an execution that is told again is counted once', async () => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'duplicate-execution' });
    await desk.pass(1_000);
    await desk.closesTheBooks();
    expect(desk.position()).toBe('10');
    expect(desk.screen.fills.size).toBe(1);
    expect(desk.phasesOf(bracket)).toBe(PROTECTED);
  });
});

describe('correct-execution', () => {
  test('a corrected execution replaces the one before, and the position follows', async () => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'correct-execution', shares: 8, price: '99.5' });
    await desk.until('the correction is known', () => desk.order(bracket.entry).filled === '8');
    await desk.closesTheBooks();
    expect(desk.position()).toBe('8');
    expect([...desk.screen.fills.values()].map((fill) => [fill.quantity, fill.price])).toEqual([['8', '99.5']]);
  });
});

describe('both-oca-legs-fill', () => {
  test('both exits fill in the same instant: the short position is shown, not guessed away', async () => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'both-oca-legs-fill' });
    await desk.until('both are filled', () => desk.phasesOf(bracket) === 'filled filled filled');
    expect(desk.position()).toBe('-10');
    expect(desk.alarms.join()).toMatch(/AAPL|overfill|short/i);
    await desk.closesTheBooks();
  });
});

describe('foreign-order', () => {
  test("another client's order is shown as such, its fill moves the position, and it is not ours", async () => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'foreign-order', symbol: 'AAPL', action: 'BUY', shares: 5, limit: '97' });
    await desk.until('it is on screen', () => desk.externalOrders().length === 1);
    desk.inject({ fault: 'foreign-order', symbol: 'AAPL', action: 'BUY', shares: 3 });
    await desk.until('its fill is in the position', () => desk.position() === '13');
    await desk.closesTheBooks();
    expect(desk.phasesOf(bracket)).toBe(PROTECTED);
  });
});

describe('manual-order', () => {
  test('an order entered by hand in TWS is shown, and its fill counts', async () => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'manual-order', symbol: 'AAPL', action: 'BUY', shares: 5, limit: '97' });
    await desk.until('it is on screen', () => desk.externalOrders().length === 1);
    desk.inject({ fault: 'manual-order', symbol: 'AAPL', action: 'SELL', shares: 2 });
    await desk.until('its fill is in the position', () => desk.position() === '8');
    await desk.closesTheBooks();
    expect(desk.phasesOf(bracket)).toBe(PROTECTED);
  });
});

describe('transfer', () => {
  test('shares that come without an execution are adopted, and that is said', async () => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'transfer', symbol: 'AAPL', shares: 100 });
    await desk.until('they are in the position', () => desk.position() === '110');
    await desk.closesTheBooks();
    expect(desk.findings().some((finding) => finding.includes('position'))).toBe(true);
    expect(desk.phasesOf(bracket)).toBe(PROTECTED);
    expect(desk.order(bracket.entry).spec.terms).toEqual({ type: 'LMT', limit: price('100.01') });
  });
});
