import { describe, expect, test } from 'vitest';
import { execId } from '#domain/ids';
import { price, quantity } from '#domain/money';
import { AAPL } from '#test/builders/engine-harness';
import { hours, TrailingDesk } from '#test/builders/trailing-desk';

/** A text with `words` in it. */
const containing = (words: string): unknown => expect.stringContaining(words);

/** A stop at 147 behind 150. */
function resting(options: Parameters<typeof TrailingDesk.holding>[0] = {}): TrailingDesk {
  const desk = TrailingDesk.holding(options);
  desk.rests();
  desk.settlesAt('150');
  return desk;
}

describe('the stop stays where it is', () => {
  test('when the market falls back', () => {
    const desk = resting();
    desk.movesTo('152', 1);
    desk.movesTo('148.5', 1);
    desk.movesTo('151.9', 1);
    expect(desk.ratchets).toEqual(['149']);
  });

  test('for less than five percent of its trail', () => {
    const desk = resting();
    desk.movesTo('150.14', 1);
    expect(desk.ratchets).toEqual([]);
    desk.movesTo('150.15', 1);
    expect(desk.ratchets).toEqual(['147.15']);
  });

  test('for less than a tick', () => {
    const desk = TrailingDesk.holding({ instrument: { priceBands: [{ from: price('0'), increment: price('0.25') }] } });
    desk.rests();
    desk.movesTo('150.2', 1);
    expect(desk.ratchets).toEqual([]);
    desk.movesTo('150.25', 1);
    expect(desk.ratchets).toEqual(['147.25']);
  });

  test('by prices that are delayed', () => {
    const desk = resting();
    desk.fact({ kind: 'market-data', conId: AAPL.conId, dataKind: 'delayed', live: true, why: '' });
    desk.settlesAt('152');
    expect(desk.ratchets).toEqual([]);
  });

  test('while prices do not flow, also when its turn has come', () => {
    const desk = resting();
    desk.movesTo('150.5', 1);
    desk.settlesAt('151');
    desk.confirms(1);
    desk.settlesAt('152');
    desk.fact({ kind: 'data-farm', farm: 'quotes', state: 'down', text: 'down' });
    desk.passes(5_000);
    expect(desk.ratchets).toEqual(['147.5', '148']);
    desk.trades('152');
    expect(desk.ratchets).toEqual(['147.5', '148', '149']);
  });

  test('while trading is halted', () => {
    const desk = resting();
    desk.fact({ kind: 'quote', conId: AAPL.conId, patch: { halted: true } });
    desk.settlesAt('152');
    expect(desk.ratchets).toEqual([]);
  });

  test.each([
    ['crossed', { bid: price('152.1'), ask: price('152') }],
    ['one-sided', { bid: null, ask: price('152.1') }],
  ])('while the market is %s', (_what, patch) => {
    const desk = resting();
    for (let tick = 0; tick < 2; tick += 1)
      desk.fact({ kind: 'quote', conId: AAPL.conId, patch: { ...patch, last: price('152') } });
    expect(desk.ratchets).toEqual([]);
  });

  test('for a trade outside the market, and also when the market comes to that old price', () => {
    const desk = resting();
    const { conId } = AAPL;
    desk.fact({ kind: 'quote', conId, patch: { last: price('152') } });
    desk.fact({ kind: 'quote', conId, patch: { last: price('152') } });
    desk.fact({ kind: 'quote', conId, patch: { bid: price('151.9'), ask: price('152.1') } });
    expect(desk.ratchets).toEqual([]);
  });

  test('for a jump of more than three percent, until a second tick confirms it', () => {
    const desk = resting();
    desk.trades('155');
    desk.trades('150.1');
    desk.trades('155');
    expect(desk.ratchets).toEqual([]);
    desk.trades('154.6');
    expect(desk.ratchets).toEqual(['151.6']);
  });

  test('for a size beside a price that nobody has named again', () => {
    const desk = resting();
    desk.trades('155');
    desk.fact({ kind: 'quote', conId: AAPL.conId, patch: { volume: quantity('1000') } });
    expect(desk.ratchets).toEqual([]);
  });

  test('a jump of three percent is none', () => {
    const desk = resting();
    desk.trades('154.5');
    expect(desk.ratchets).toEqual(['151.5']);
  });

  test('outside the session that its order is eligible for; it moves within it', () => {
    const desk = TrailingDesk.holding({ risk: { orderManagementWhenClosed: 'enabled' } });
    const [regular, extended] = [hours(desk.now, 1, 2), hours(desk.now, -1, 3)];
    desk.definesAapl({ liquidHours: regular, tradingHours: extended });
    desk.rests({ quantity: quantity('4') });
    desk.rests({ quantity: quantity('6'), outsideRth: true });
    desk.settlesAt('152');
    desk.passes(1_000);
    expect(desk.allOf('stop-ratcheted').map(({ id }) => id)).toEqual([desk.order(2).id]);
    desk.passes(3_600_000);
    desk.isQuoted(AAPL);
    desk.settlesAt('152');
    expect(desk.allOf('stop-ratcheted').map(({ id }) => id)).toEqual([desk.order(2).id, desk.order(1).id]);
    desk.passes(7_200_000);
    desk.isQuoted(AAPL);
    desk.settlesAt('156');
    expect(desk.ratchets).toHaveLength(2);
  });

  test.each([
    ['IBKR is out of reach', (desk: TrailingDesk) => desk.losesUpstream()],
    ['the link is down', (desk: TrailingDesk) => desk.linkDown()],
    ['it is not reconciled', (desk: TrailingDesk) => (desk.linkDown(), desk.linkUp())],
    [
      'nothing can be written down',
      (desk: TrailingDesk) => desk.input({ kind: 'halt', cause: 'journal', reason: 'disk full' }),
    ],
  ])('while %s', (_what, happens) => {
    const desk = resting();
    happens(desk);
    desk.isQuoted(AAPL);
    desk.settlesAt('152');
    desk.passes(3_000);
    expect(desk.ratchets).toEqual([]);
  });

  test('while the link is down, also when its turn has come', () => {
    const desk = resting();
    desk.settlesAt('151');
    desk.confirms(1);
    desk.settlesAt('152');
    desk.linkDown();
    desk.passes(3_000);
    expect(desk.ratchets).toEqual(['148']);
  });

  test('at or past the bid: it waits until the market has come back', () => {
    const desk = resting();
    const { conId } = AAPL;
    desk.settlesAt('153');
    desk.settlesAt('154.5');
    desk.confirms(1);
    desk.fact({ kind: 'quote', conId, patch: { bid: price('151.5'), ask: price('151.6') } });
    desk.passes(5_000);
    expect(desk.ratchets).toEqual(['150']);
    desk.fact({ kind: 'quote', conId, patch: { bid: price('151.4'), ask: price('151.5') } });
    desk.fact({ kind: 'quote', conId, patch: { bid: price('151.51'), ask: price('151.6') } });
    expect(desk.ratchets).toEqual(['150', '151.5']);
  });

  test('far past the bid, when its turn comes: it waits as well', () => {
    const desk = resting();
    desk.settlesAt('153');
    desk.settlesAt('154.5');
    desk.confirms(1);
    desk.fact({ kind: 'quote', conId: AAPL.conId, patch: { bid: price('150.5'), ask: price('150.6') } });
    desk.passes(5_000);
    expect(desk.ratchets).toEqual(['150']);
  });

  test('through which the market has gapped: it is left where it is, and a person is told', () => {
    const desk = resting();
    desk.settlesAt('140');
    desk.passes(1_999);
    expect(desk.alarms).toEqual([]);
    desk.passes(1);
    expect(desk.alarms).toEqual([
      'AAPL has traded through stop 1 at 147.00 for 2 s, and it has not filled. The stop stays where it is; look at it in TWS.',
    ]);
    expect(desk.ratchets).toEqual([]);
    desk.trades('139.9');
    desk.passes(10_000);
    expect(desk.allOf('alarm-raised')).toHaveLength(1);
    desk.fills(1, '10', '140');
    expect(desk.alarms).toEqual([]);
  });

  test('a gap is told of its stop alone, in its time', () => {
    const desk = TrailingDesk.holding();
    desk.rests({ quantity: quantity('5') });
    desk.rests({ quantity: quantity('5'), initialStopPrice: price('140') });
    desk.settlesAt('146');
    expect(desk.ratchets).toEqual(['143']);
    desk.passes(1_999);
    expect(desk.alarms).toEqual([]);
    desk.passes(1);
    expect(desk.alarms).toEqual([expect.stringContaining('stop 1 at 147.00')]);
    desk.confirms(2);
    desk.settlesAt('146.5');
    desk.passes(5_000);
    expect(desk.ratchets).toEqual(['143', '143.5']);
    expect(desk.alarms).toHaveLength(1);
  });

  test('a gap that the market leaves again is no news any more', () => {
    const desk = resting();
    desk.settlesAt('140');
    desk.passes(2_000);
    expect(desk.alarms).toHaveLength(1);
    desk.settlesAt('148');
    expect(desk.alarms).toEqual([]);
  });

  test.each([
    ['it fills', (desk: TrailingDesk) => desk.fills(1, '10', '146.9')],
    ['the market comes back', (desk: TrailingDesk) => desk.settlesAt('148')],
    ['IBKR takes it away', (desk: TrailingDesk) => desk.cancelled(1)],
  ])('a stop that the market touches is no news when %s in time', (_what, happens) => {
    const desk = resting();
    desk.settlesAt('146.99');
    desk.passes(1_000);
    happens(desk);
    desk.passes(5_000);
    expect(desk.allOf('alarm-raised').filter(({ alarm }) => alarm.text.includes('traded through'))).toEqual([]);
  });

  test('once it has begun to fill', () => {
    const desk = resting();
    desk.fills(1, '4', '147');
    desk.settlesAt('152');
    expect(desk.ratchets).toEqual([]);
  });
});

describe('somebody moves the stop by hand', () => {
  test('a tighter one stands, and the market has to go further before it moves on', () => {
    const desk = resting();
    desk.showsStop(1, '148.5');
    desk.movesTo('151.4', 1);
    expect(desk.ratchets).toEqual([]);
    desk.movesTo('152', 1);
    expect(desk.ratchets).toEqual(['149']);
  });

  test('from a wider one it follows the market as it trails: never away from it', () => {
    const desk = resting();
    desk.modifies(1, { stop: price('140') });
    desk.confirms(1);
    expect(desk.stopOf(1)).toBe('140');
    desk.settlesAt('145');
    expect(desk.ratchets).toEqual(['142']);
  });

  test('made another type of order, it can not be moved any more, and a person is told', () => {
    const desk = resting();
    const { spec } = desk.order(1);
    const limit = { ...spec, terms: { type: 'LMT' as const, limit: price('160') } };
    desk.reports(1, { kind: 'working' }, { spec: limit });
    expect(desk.stop.state).toMatchObject({ phase: 'suspended' });
    expect(desk.alarms).toEqual([
      expect.stringContaining('order 1 was made a LMT order, whose stop this app can not move'),
    ]);
    expect(desk.rearms(1)).toMatchObject({
      outcome: 'refused',
      message: containing('is a LMT order now'),
    });
    desk.settlesAt('152');
    expect(desk.ratchets).toEqual([]);
  });
});

describe('a change that IBKR has not answered, or refused', () => {
  test('a stop that is being made smaller moves on only then: each of two changes would undo the other', () => {
    const desk = resting();
    // Half of it is sold by hand, and the market rises in the same moment.
    desk.fact({
      kind: 'execution',
      execution: { ...desk.aForeignExecution(), execId: execId('by.hand.01'), side: 'SELL', quantity: quantity('5') },
    });
    expect(desk.order(1).modification).toMatchObject({ quantity: '5', terms: { stop: '147' } });
    desk.settlesAt('151');
    desk.passes(1_000);
    expect(desk.ratchets).toEqual([]);
    desk.confirms(1);
    desk.passes(0);
    expect(desk.allOf('stop-ratcheted').at(-1)?.modification).toMatchObject({ quantity: '5', terms: { stop: '148' } });
  });

  test('the newest price goes out once it is answered', () => {
    const desk = resting();
    desk.settlesAt('151');
    desk.settlesAt('152');
    desk.passes(1_000);
    desk.settlesAt('153');
    expect(desk.ratchets).toEqual(['148']);
    desk.confirms(1);
    desk.passes(0);
    expect(desk.ratchets).toEqual(['148', '150']);
  });

  test('what was refused is asked for again when its time has come, whatever else happens meanwhile', () => {
    const desk = resting();
    desk.settlesAt('151');
    desk.errs(1, 161, 'refused-change');
    desk.trades('146.9');
    desk.passes(2_500);
    desk.trades('151');
    desk.passes(2_499);
    expect(desk.ratchets).toEqual(['148']);
    desk.passes(1);
    expect(desk.ratchets).toEqual(['148', '148']);
  });

  test('what is not worth a message any more, by the ticks of the day, is left', () => {
    const desk = resting();
    desk.movesTo('151', 1);
    desk.settlesAt('151.2');
    desk.confirms(1);
    desk.settlesAt('151.4');
    desk.definesAapl({ priceBands: [{ from: price('0'), increment: price('0.5') }] });
    desk.passes(1_000);
    expect(desk.ratchets).toEqual(['148', '148.2']);
  });

  test('what was refused and is past the bid by then goes out as soon as the market has come back', () => {
    const desk = resting();
    const quotes = (bid: string, ask: string): unknown =>
      desk.fact({ kind: 'quote', conId: AAPL.conId, patch: { bid: price(bid), ask: price(ask) } });
    desk.settlesAt('151');
    desk.passes(1_000);
    quotes('150.9', '151');
    desk.errs(1, 161, 'refused-change');
    quotes('147.5', '147.6');
    desk.passes(10_000);
    expect(desk.ratchets).toEqual(['148']);
    quotes('148.5', '148.6');
    expect(desk.ratchets).toEqual(['148', '148']);
  });

  test('what was refused is asked for again, later and later', () => {
    const desk = resting();
    desk.settlesAt('151');
    const asked: number[] = [];
    const start = desk.now;
    for (let refusals = 0; refusals < 6; refusals += 1) {
      desk.errs(1, 161, 'refused-change');
      const before = desk.ratchets.length;
      while (desk.ratchets.length === before) desk.passes(1_000);
      asked.push((desk.now - start) / 1_000);
    }
    expect(asked).toEqual([5, 15, 35, 75, 135, 195]);
    expect(desk.ratchets.every((stop) => stop === '148')).toBe(true);
    desk.confirms(1);
    desk.movesTo('152', 1);
    expect(desk.stopOf(1)).toBe('149');
  });
});
