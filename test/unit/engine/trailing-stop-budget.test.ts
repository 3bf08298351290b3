import { describe, expect, test } from 'vitest';
import { conId } from '#domain/ids';
import type { Instrument } from '#domain/instrument';
import { quantity, signedQuantity } from '#domain/money';
import { trailLagOf } from '#engine/managers/trailing-stop-manager';
import { AAPL, TESLA } from '#test/builders/engine-harness';
import { aTrailingStop, TrailingDesk } from '#test/builders/trailing-desk';

/** The numbers of the orders that were moved, in order. */
const movedBy = (desk: TrailingDesk): number[] =>
  desk.allOf('stop-ratcheted').map(({ id }) => desk.durable.orders.get(id)?.number ?? 0);

/** Lets `seconds` pass; IBKR takes each change at once. */
function lives(desk: TrailingDesk, seconds: number): void {
  for (let second = 0; second < seconds; second += 1) {
    desk.passes(1_000);
    for (const { number, modification } of desk.durable.orders.values())
      if (modification !== null) desk.confirms(number);
  }
}

describe('one stop of a symbol moves a second', () => {
  test('the newest price goes when the second is over', () => {
    const desk = TrailingDesk.holding();
    desk.rests();
    desk.settlesAt('151');
    desk.confirms(1);
    for (const at of ['151.5', '152', '152.5']) desk.settlesAt(at);
    desk.passes(999);
    expect(desk.ratchets).toEqual(['148']);
    desk.passes(1);
    expect(desk.ratchets).toEqual(['148', '149.5']);
  });

  test('however many share it: most money first, and each has its turn', () => {
    const desk = TrailingDesk.holding();
    desk.rests({ quantity: quantity('1') });
    desk.rests({ quantity: quantity('6') });
    desk.rests({ quantity: quantity('3') });
    desk.settlesAt('152');
    expect(movedBy(desk)).toEqual([2]);
    lives(desk, 3);
    expect(movedBy(desk)).toEqual([2, 3, 1]);
    expect([1, 2, 3].map((number) => desk.stopOf(number))).toEqual(['149', '149', '149']);
  });

  test('the one with little at stake does not starve while the market runs', () => {
    const desk = TrailingDesk.holding();
    desk.rests({ quantity: quantity('1') });
    desk.rests({ quantity: quantity('9') });
    for (let second = 1; second <= 14; second += 1) {
      desk.settlesAt(String(150 + second * 0.5));
      lives(desk, 1);
    }
    expect(movedBy(desk).filter((number) => number === 1).length).toBeGreaterThan(0);
  });

  test('another symbol has its own second', () => {
    const desk = TrailingDesk.holding({ heldOfTesla: '10' });
    desk.settlesAt('150', TESLA);
    desk.rests();
    desk.rests({ symbol: 'TSLA' });
    desk.settlesAt('152');
    desk.settlesAt('152', TESLA);
    expect(movedBy(desk)).toEqual([1, 2]);
  });
});

/** `count` symbols of which 10 are held each, at 150; a stop of the n-th for n shares. */
function manySymbols(count: number): { readonly desk: TrailingDesk; readonly instruments: readonly Instrument[] } {
  const desk = TrailingDesk.holding({ held: '0' });
  const instruments = Array.from({ length: count }, (_, n) => ({
    ...AAPL,
    conId: conId(1_000 + n),
    symbol: `S${String(n)}`,
  }));
  desk.linkDown();
  desk.connects(() => {
    for (const { conId: id, symbol } of instruments) {
      desk.reportsPosition('10', { conId: id, symbol, quantity: signedQuantity('100') });
    }
  });
  desk.acknowledgesDifferences();
  for (const [n, instrument] of instruments.entries()) {
    desk.fact({ kind: 'instrument', query: { by: 'symbol', symbol: instrument.symbol }, instrument });
    desk.isQuoted(instrument);
    desk.settlesAt('150', instrument);
    desk.passes(100);
    desk.rests({ ...aTrailingStop(), symbol: instrument.symbol, quantity: quantity(String(n + 1)) });
    desk.settlesAt('150', instrument);
  }
  return { desk, instruments };
}

describe('all symbols together', () => {
  test('no more than thirty stops move in any second; then those where most money is at stake', () => {
    const { desk, instruments } = manySymbols(34);
    for (const instrument of instruments) desk.settlesAt('152', instrument);
    expect(movedBy(desk)).toEqual(instruments.slice(0, 30).map((_, n) => n + 1));
    expect(trailLagOf(desk.state, desk.now)).toEqual({ stopsWaiting: 4, lagMs: 0 });
    desk.passes(999);
    expect(movedBy(desk)).toHaveLength(30);
    expect(trailLagOf(desk.state, desk.now)).toEqual({ stopsWaiting: 4, lagMs: 999 });
    desk.passes(1);
    expect(movedBy(desk).slice(30)).toEqual([34, 33, 32, 31]);
    expect(trailLagOf(desk.state, desk.now)).toEqual({ stopsWaiting: 0, lagMs: 0 });
  });
});

describe('as places in a second come free', () => {
  test('one by one, the stop with most money at stake takes the next', () => {
    const { desk, instruments } = manySymbols(34);
    const [first, ...others] = instruments;
    desk.settlesAt('152', first);
    desk.passes(500);
    for (const instrument of others) desk.settlesAt('152', instrument);
    expect(movedBy(desk)).toHaveLength(30);
    desk.passes(500);
    expect(movedBy(desk).slice(30)).toEqual([34]);
    desk.passes(500);
    expect(movedBy(desk).slice(31)).toEqual([33, 32, 31]);
  });
});

describe('stops that wait too long for their turn', () => {
  test('are told, with what would not wait, until none waits any more', () => {
    const desk = TrailingDesk.holding();
    for (let n = 0; n < 10; n += 1) {
      desk.passes(3_000);
      desk.rests({ quantity: quantity('1') });
    }
    desk.settlesAt('150');
    desk.settlesAt('152');
    lives(desk, 5);
    expect(desk.alarms).toEqual([]);
    lives(desk, 1);
    expect(desk.alarms).toEqual([
      '3 trailing stops that this app moves wait for their turn, the first for 6 s: it moves one a second in each symbol, and 30 in all. Stops that IBKR holds (native) do not wait.',
    ]);
    lives(desk, 2);
    expect(desk.alarms).toHaveLength(1);
    lives(desk, 2);
    expect(desk.alarms).toEqual([]);
    expect(movedBy(desk)).toHaveLength(10);
  });
});
