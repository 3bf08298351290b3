import { describe, expect, test } from 'vitest';
import { price, quantity } from '#domain/money';
import { fillableSharesOf } from '#simulator/bracket-rules';
import { aBracketRequest } from '#test/builders/engine-harness';
import { FaultDesk } from '#test/faults/fault-desk';

/** What stops at IBKR would sell at once, whatever the app believes. */
function stoppedAtIbkr({ tws }: FaultDesk): number {
  return tws.exchange
    .orders()
    .filter(({ stage, action, orderType }) => stage === 'working' && action === 'SELL' && orderType === 'STP')
    .reduce((sum, order) => sum + fillableSharesOf(order), 0);
}

describe.each(['pro-rata', 'full-fill'] as const)('exits of a partly filled entry, read as %s', (bracketChildren) => {
  test('protection equals the position after each of three partial fills, and sells no more', async () => {
    const desk = await FaultDesk.open();
    desk.inject({ fault: 'reading', bracketChildren });
    const bracket = await desk.places();
    await desk.until('the entry rests', () => desk.phasesOf(bracket) === 'working pending pending');
    let held = 0;
    for (const shares of [3, 4, 3]) {
      desk.fills(bracket.entry, shares, '95');
      held += shares;
      await desk.until('the fill is known', () => desk.position() === `${held}`);
      await desk.until('all of it is protected', () => desk.naked === '0' && stoppedAtIbkr(desk) === held);
    }
    await desk.closesTheBooks();
    expect(stoppedAtIbkr(desk)).toBe(10);
    desk.inject({ fault: 'price', symbol: 'AAPL', last: '89' });
    await desk.until('it is sold', () => desk.position() === '0');
    await desk.closesTheBooks();
    expect(desk.position()).toBe('0');
  });

  test('an entry cancelled after a part has filled leaves that part protected', async () => {
    const desk = await FaultDesk.open();
    desk.inject({ fault: 'reading', bracketChildren });
    const bracket = await desk.places();
    await desk.until('the entry rests', () => desk.phasesOf(bracket) === 'working pending pending');
    desk.fills(bracket.entry, 4, '95');
    await desk.until('the fill is known', () => desk.position() === '4');
    await desk.cancels(bracket.entry);
    await desk.until('the rest is cancelled', () => desk.phaseOf(bracket.entry) === 'cancelled');
    await desk.until('the part is protected', () => desk.naked === '0' && stoppedAtIbkr(desk) === 4);
    await desk.closesTheBooks();
    desk.inject({ fault: 'price', symbol: 'AAPL', last: '89' });
    await desk.until('it is sold', () => desk.position() === '0');
    await desk.closesTheBooks();
  });

  test('a target that fills in part takes as much off the stop', async () => {
    const desk = await FaultDesk.open();
    desk.inject({ fault: 'reading', bracketChildren });
    const bracket = await desk.places({ parent: { type: 'LMT', limit: price('100.01') } });
    await desk.until('the exits work', () => desk.phasesOf(bracket) === 'filled working pending');
    desk.fills(bracket.target, 6, '110');
    await desk.until('the stop is smaller', () => desk.order(bracket.stop).spec.quantity === '4');
    await desk.closesTheBooks();
    expect([desk.position(), desk.naked, stoppedAtIbkr(desk)]).toEqual(['4', '0', 4]);
  });
});

test('a trailing stop as exit follows the market, and is as large as what the target has left', async () => {
  const desk = await FaultDesk.open();
  const bracket = await desk.places({
    parent: { type: 'LMT', limit: price('100.01') },
    stopLoss: { type: 'TRAIL', trail: { by: 'amount', amount: price('2') }, stop: null },
  });
  await desk.until('the exits work', () => desk.phasesOf(bracket) === 'filled working pending');
  await desk.trades('102', '103', '102');
  expect(desk.order(bracket.stop).spec.terms).toMatchObject({ type: 'TRAIL', stop: '101' });
  desk.fills(bracket.target, 6, '110');
  await desk.until('the stop is smaller', () => desk.order(bracket.stop).spec.quantity === '4');
  await desk.closesTheBooks();
  expect(desk.order(bracket.stop).spec.terms).toMatchObject({ type: 'TRAIL', stop: '101' });
  await desk.trades('100.9');
  await desk.until('it has sold', () => desk.position() === '0');
  await desk.closesTheBooks();
});

test('a stop limit as exit that the market jumps over is moved, and then sells', async () => {
  const desk = await FaultDesk.open();
  const bracket = await desk.places({
    parent: { type: 'LMT', limit: price('100.01') },
    stopLoss: { type: 'STP LMT', stop: price('95'), limit: price('94.5') },
  });
  await desk.until('the exits work', () => desk.phasesOf(bracket) === 'filled working pending');
  await desk.trades('93');
  await desk.until('it has triggered', () => desk.phaseOf(bracket.stop) === 'working');
  await desk.closesTheBooks();
  expect(desk.position()).toBe('10');
  await desk.trades('94.6');
  await desk.until('it has sold', () => desk.position() === '0');
  await desk.closesTheBooks();
});

test('scaling out at two targets: each takes its own part and its own stop with it', async () => {
  const desk = await FaultDesk.open();
  const levels = [
    { quantity: quantity('6'), limit: price('105') },
    { quantity: quantity('4'), limit: price('110') },
  ];
  const request = aBracketRequest({
    ...{ parent: { type: 'LMT', limit: price('100.01') }, takeProfit: null, levels },
    stopLoss: { type: 'STP', stop: price('90') },
  });
  const reply = await desk.commands({ kind: 'place-bracket', request });
  expect(reply).toMatchObject({ outcome: 'accepted', message: '' });
  await desk.until('all of it is protected', () => desk.position() === '10' && desk.naked === '0');
  expect(stoppedAtIbkr(desk)).toBe(10);
  await desk.trades('105.01');
  await desk.until('the first part is sold', () => desk.position() === '4');
  await desk.closesTheBooks();
  expect([desk.naked, stoppedAtIbkr(desk)]).toEqual(['0', 4]);
  await desk.trades('110.01');
  await desk.until('the second part is sold', () => desk.position() === '0');
  await desk.closesTheBooks();
  expect(stoppedAtIbkr(desk)).toBe(0);
});
