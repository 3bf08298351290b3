import { describe, expect, test } from 'vitest';
import { percent, price } from '#domain/money';
import { stopOf } from '#domain/order-spec';
import type { TrailingMode } from '#domain/trailing-stop';
import { stopLevelOf } from '#simulator/matching';
import { aTrailingStop } from '#test/builders/trailing-desk';
import { FaultDesk } from '#test/faults/fault-desk';

/** Every place where the one stop at IBKR stood, as the exchange had it. */
function followStop(desk: FaultDesk): readonly number[] {
  const levels: number[] = [];
  desk.tws.exchange.subscribe((event) => {
    if (event.kind !== 'order' || event.order.stage !== 'working' || event.order.triggered) return;
    const level = stopLevelOf(event.order) / 10_000;
    if (level > 0 && level !== levels.at(-1)) levels.push(level);
  });
  return levels;
}

const isRising = (levels: readonly number[]): boolean => levels.every((level, at) => level >= (levels[at - 1] ?? 0));

async function trailing(mode: TrailingMode): Promise<{ desk: FaultDesk; stop: number; levels: readonly number[] }> {
  const desk = await FaultDesk.withShares();
  const levels = followStop(desk);
  const trail = { by: 'amount', amount: price('2') } as const;
  const stop = await desk.trails({ mode, trail, triggerOn: 'last', activationPrice: null, initialStopPrice: null });
  await desk.until('the stop rests', () => desk.naked === '0' && levels.length > 0);
  return { desk, stop, levels };
}

describe.each(['native', 'managed'] as const)('a %s trailing stop', (mode) => {
  test('follows the market up, never comes down, and sells where it was left', async () => {
    const { desk, stop, levels } = await trailing(mode);
    await desk.trades('101', '102', '103.5', '102.5', '103');
    expect(levels.at(-1)).toBe(101.5);
    expect(isRising(levels)).toBe(true);
    expect(stopOf(desk.order(stop).spec.terms)).toBe('101.5');
    await desk.trades('101.4');
    await desk.until('it has sold', () => desk.phaseOf(stop) === 'filled');
    await desk.closesTheBooks();
    expect(desk.position()).toBe('0');
  });

  test('of which the link is lost on the way never widens, and follows on when it is back', async () => {
    const { desk, stop, levels } = await trailing(mode);
    await desk.trades('101', '102');
    desk.inject({ fault: 'drop' });
    await desk.trades('104', '103.5');
    await desk.until('the desk is ready', () => desk.phase === 'ready');
    await desk.trades('103.6', '103.7', '105');
    await desk.until('it follows', () => stopOf(desk.order(stop).spec.terms) === '103');
    expect(isRising(levels)).toBe(true);
    await desk.closesTheBooks();
    expect(desk.naked).toBe('0');
  });

  test('is as large as the position when a part is sold by hand, and no looser', async () => {
    const { desk, stop, levels } = await trailing(mode);
    await desk.trades('102', '103', '102.5');
    desk.inject({ fault: 'manual-order', symbol: 'AAPL', action: 'SELL', shares: 4 });
    await desk.until('it protects what is left', () => desk.order(stop).spec.quantity === '6');
    expect(desk.position()).toBe('6');
    await desk.closesTheBooks();
    expect(isRising(levels)).toBe(true);
    expect(desk.atExchange(stop).terms.quantity).toBe(6);
    await desk.trades('100.9');
    await desk.until('it has sold', () => desk.position() === '0');
    await desk.closesTheBooks();
  });
});

test('of IBKR that starts anew when it is made smaller is put back where it stood', async () => {
  const { desk, stop, levels } = await trailing('native');
  desk.inject({ fault: 'reading', trailChange: 'restarts' });
  await desk.trades('102', '103', '102');
  expect(levels.at(-1)).toBe(101);
  desk.inject({ fault: 'manual-order', symbol: 'AAPL', action: 'SELL', shares: 4 });
  await desk.until('it protects what is left', () => desk.order(stop).spec.quantity === '6');
  await desk.until('it is back', () => stopOf(desk.order(stop).spec.terms) === '101');
  await desk.closesTheBooks();
  expect(levels.at(-1)).toBe(101);
  expect(desk.atExchange(stop).terms.quantity).toBe(6);
});

test('by percent from a price on: it waits for that price, then rests behind the market and follows', async () => {
  const desk = await FaultDesk.withShares();
  const levels = followStop(desk);
  const request = aTrailingStop({ trail: { by: 'percent', percent: percent('2') }, activationPrice: price('102') });
  const reply = await desk.commands({ kind: 'place-trailing-stop', request });
  expect(reply).toMatchObject({ outcome: 'accepted', orders: [] });
  expect(reply.message).toMatch(/No stop rests at IBKR/);
  await desk.trades('101', '101.9');
  expect(levels).toEqual([]);
  await desk.trades('102', '104', '103');
  await desk.until('it protects', () => desk.naked === '0');
  expect(levels.at(-1)).toBe(101.92);
  expect(isRising(levels)).toBe(true);
  await desk.closesTheBooks();
});

test('of IBKR from a price on: a stop until then, a trailing stop from there, and still changed as what it is', async () => {
  const desk = await FaultDesk.withShares();
  const stop = await desk.trails({
    mode: 'native',
    trail: { by: 'amount', amount: price('2') },
    activationPrice: price('102'),
    initialStopPrice: price('97'),
    triggerOn: 'last',
  });
  await desk.until('the stop rests', () => desk.naked === '0');
  expect(desk.order(stop).spec.terms).toMatchObject({ type: 'STP TO TRAIL', stop: '97', activation: '102' });
  await desk.trades('102', '104');
  await desk.until('it trails', () => desk.order(stop).spec.terms.type === 'TRAIL');
  desk.inject({ fault: 'manual-order', symbol: 'AAPL', action: 'SELL', shares: 4 });
  await desk.until('it protects what is left', () => desk.order(stop).spec.quantity === '6');
  await desk.closesTheBooks();
  expect(desk.order(stop).spec.terms).toMatchObject({ type: 'TRAIL', stop: '102' });
  expect(desk.atExchange(stop)).toMatchObject({ orderType: 'TRAIL', terms: { quantity: 6 } });
});
