import { describe, expect, test } from 'vitest';
import { present } from '#domain/assert';
import { price, quantity } from '#domain/money';
import type { OcoLeg, OcoOrderRequest } from '#domain/oco';
import type { EnteredTerms } from '#domain/order-spec';
import { FaultDesk } from '#test/faults/fault-desk';

const leg = (shares: string, terms: EnteredTerms): OcoLeg => ({
  ...{ symbol: 'AAPL', side: 'SELL', quantity: quantity(shares), terms, timeInForce: 'GTC', outsideRth: false },
});
const target = (shares: string): OcoLeg => leg(shares, { type: 'LMT', limit: price('110') });
const stop = (shares: string): OcoLeg => leg(shares, { type: 'STP', stop: price('90') });

async function grouped(
  legs: readonly OcoLeg[],
  change: Partial<OcoOrderRequest> = {},
): Promise<{ desk: FaultDesk; a: number; b: number }> {
  const desk = await FaultDesk.withShares();
  const usual = { onPartialFill: 'reduce', sharing: 'proportional', onOverfill: 'alert' } as const;
  const [a, b] = await desk.groups({ ...usual, legs: [...legs], ...change });
  const numbers = { a: present(a, 'the first order'), b: present(b, 'the second order') };
  const bothRest = (): boolean => desk.phaseOf(numbers.a) === 'working' && desk.phaseOf(numbers.b) === 'pending';
  await desk.until('both rest', bothRest);
  return { desk, ...numbers };
}

describe('an OCO group that IBKR holds', () => {
  test('is one OCA group there, and the fill of one ends the other', async () => {
    const { desk, a, b } = await grouped([target('10'), stop('10')]);
    expect(desk.atExchange(a).oca).toMatchObject({ type: 2 });
    expect(desk.atExchange(b).oca).toEqual(desk.atExchange(a).oca);
    await desk.trades('110.01');
    await desk.until('both are over', () => desk.phaseOf(a) === 'filled' && desk.phaseOf(b) === 'cancelled');
    await desk.closesTheBooks();
    expect(desk.position()).toBe('0');
  });

  test('reduces the other by what fills in part; cancels it where it was asked to', async () => {
    const reducing = await grouped([target('10'), stop('10')]);
    reducing.desk.fills(reducing.a, 4, '110');
    await reducing.desk.until('it is smaller', () => reducing.desk.order(reducing.b).spec.quantity === '6');
    await reducing.desk.closesTheBooks();
    const cancelling = await grouped([target('10'), stop('10')], { onPartialFill: 'cancel' });
    expect(cancelling.desk.atExchange(cancelling.a).oca).toMatchObject({ type: 1 });
    cancelling.desk.fills(cancelling.a, 4, '110');
    await cancelling.desk.until('it is over', () => cancelling.desk.phaseOf(cancelling.b) === 'cancelled');
    await cancelling.desk.closesTheBooks();
  });

  test('of which both fill in the same instant raises the alarm, and trades the excess back when it is to', async () => {
    const { desk, a, b } = await grouped([target('10'), stop('10')], { onOverfill: 'flatten-excess' });
    desk.inject({ fault: 'both-oca-legs-fill' });
    await desk.until('both are filled', () => desk.phaseOf(a) === 'filled' && desk.phaseOf(b) === 'filled');
    await desk.until('the excess is traded back', () => desk.position() === '0');
    expect(desk.alarms.join()).toMatch(/more|excess|too much|overfill/i);
    await desk.closesTheBooks();
    expect(desk.position()).toBe('0');
  });

  test('of which both fill is only told where it is to be only told', async () => {
    const { desk } = await grouped([target('10'), stop('10')]);
    desk.inject({ fault: 'both-oca-legs-fill' });
    await desk.until('the alarm is raised', () => desk.alarms.length > 0);
    await desk.closesTheBooks();
    expect(desk.position()).toBe('-10');
  });
});

describe('an OCO group of unequal orders, which this app holds', () => {
  test('is no OCA group at IBKR, and the other shrinks in proportion', async () => {
    const { desk, a, b } = await grouped([target('6'), stop('4')]);
    expect([desk.atExchange(a).oca, desk.atExchange(b).oca]).toEqual([undefined, undefined]);
    desk.fills(a, 3, '110');
    await desk.until('it is smaller', () => desk.order(b).spec.quantity === '2');
    await desk.closesTheBooks();
    expect(desk.atExchange(b).terms.quantity).toBe(2);
    desk.fills(a, 3, '110');
    await desk.until('it is over', () => desk.phaseOf(b) === 'cancelled');
    await desk.closesTheBooks();
    expect(desk.position()).toBe('4');
  });

  test('a fill that crosses our cancel of the other is noticed, and traded back when it is to be', async () => {
    const { desk, a, b } = await grouped([target('6'), stop('4')], { onOverfill: 'flatten-excess' });
    desk.inject({ fault: 'fill-before-cancel' });
    desk.fills(a, 6, '110');
    await desk.until('both are filled', () => desk.phaseOf(a) === 'filled' && desk.phaseOf(b) === 'filled');
    await desk.until('the excess is traded back', () => desk.position() === '4');
    await desk.closesTheBooks();
    expect(desk.alarms).not.toEqual([]);
  });

  test('of which one fills while the link is down: the other goes when it is back', async () => {
    const { desk, a, b } = await grouped([target('6'), stop('4')]);
    desk.inject({ fault: 'drop' });
    await desk.until('the link is down', () => desk.phase !== 'ready');
    desk.fills(a, 6, '110');
    await desk.until('the other is cancelled', () => desk.phaseOf(b) === 'cancelled');
    await desk.closesTheBooks();
    expect(desk.position()).toBe('4');
  });
});
