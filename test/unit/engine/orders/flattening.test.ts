import { describe, expect, test } from 'vitest';
import { present } from '#domain/assert';
import { conId, laterBy } from '#domain/ids';
import { overriddenOf } from '#domain/risk-decision';
import { price, quantity } from '#domain/money';
import type { CommandReply } from '#domain/command';
import { EngineHarness, TESLA } from '#test/builders/engine-harness';
import { placesOco } from '#test/builders/oco-orders';

/** 10 AAPL are held. */
function holding(held = '10', also: (trader: EngineHarness) => void = () => undefined): EngineHarness {
  const trader = new EngineHarness({ risk: { allowShort: true } });
  trader.connects(() => {
    if (held !== '0') trader.reportsPosition(held);
    also(trader);
  });
  trader.definesAapl();
  trader.ticks();
  return trader;
}

const flattens = (trader: EngineHarness): CommandReply => trader.commands({ kind: 'flatten' });
const cancelled = (trader: EngineHarness): number[] => trader.effectsOf('cancel').map(({ orderId }) => orderId);
const standing = (trader: EngineHarness): string[] => [...trader.durable.alarms.values()].map(({ text }) => text);
const sent = (trader: EngineHarness): string[] =>
  trader
    .effectsOf('place')
    .flatMap(({ legs }) =>
      legs.value.map(({ spec }) => `${spec.side} ${spec.quantity} ${spec.symbol} ${spec.terms.type}`),
    );
/** A target for 4 of the 10, working. */
function withTarget(): EngineHarness {
  const trader = holding();
  trader.places({ side: 'SELL', quantity: quantity('4'), terms: { type: 'LMT', limit: price('160') } });
  trader.works(1);
  return trader;
}

describe('flattening', () => {
  test('closes every position, long and short', () => {
    const trader = holding('10', (it) => it.reportsPosition('-5', { conId: TESLA.conId, symbol: 'TSLA' }));
    trader.fact({ kind: 'instrument', query: { by: 'symbol', symbol: 'TSLA' }, instrument: TESLA });
    expect(flattens(trader)).toMatchObject({
      outcome: 'accepted',
      message: '',
      orders: [{ number: 1 }, { number: 2 }],
    });
    expect(sent(trader)).toEqual(['SELL 10 AAPL MKT', 'BUY 5 TSLA MKT']);
  });

  test('is not held up by a closed market: its decision says that it was overridden', () => {
    const trader = holding();
    const later = { opens: laterBy(trader.now, 60 * 60 * 1000), closes: laterBy(trader.now, 2 * 60 * 60 * 1000) };
    trader.definesAapl({ liquidHours: [later] });
    expect(flattens(trader)).toMatchObject({ outcome: 'accepted', orders: [{ number: 1 }] });
    const decision = [...trader.durable.decisions.values()].at(-1);
    expect(decision?.context.override?.reason).toBe('flatten: every position is to be closed');
    expect(overriddenOf(present(decision, 'the decision')).map(({ code }) => code)).toEqual(['MARKET_CLOSED']);
  });

  test('cancels entries and plain orders, and leaves what protects', () => {
    const trader = holding();
    trader.commands({
      kind: 'protect-position',
      request: { symbol: 'AAPL', protection: { by: 'stop', stop: price('145') } },
    });
    const entry = trader.places({ terms: { type: 'LMT', limit: price('149') } });
    const { entry: bracket } = trader.placesBracket({ parent: { type: 'LMT', limit: price('148') } });
    const ids = [1, entry, bracket];
    for (const number of ids) trader.works(number);
    flattens(trader);
    expect(cancelled(trader)).toEqual([entry, bracket]);
    expect(sent(trader).at(-1)).toBe('SELL 10 AAPL MKT');
    expect(trader.allOf('cancel-requested')).toMatchObject([{ origin: 'window', reason: 'flatten' }, {}]);
  });

  test('leaves an order that closes at the market already', () => {
    const trader = holding();
    trader.commands({ kind: 'close-position', symbol: 'AAPL' });
    expect(flattens(trader)).toMatchObject({
      outcome: 'refused',
      message: 'AAPL is being closed already by order 1 (SELL 10 AAPL MKT). Cancel that to close at the market.',
    });
    expect(cancelled(trader)).toEqual([]);
    const short = holding('-10');
    short.commands({ kind: 'close-position', symbol: 'AAPL' });
    flattens(short);
    expect(cancelled(short)).toEqual([]);
  });

  test('closes what an order on its way out could still close once that is gone, so that nothing closes twice', () => {
    const trader = withTarget();
    expect(flattens(trader)).toMatchObject({
      outcome: 'accepted',
      message: 'AAPL: what order 1 could still close is closed once IBKR has cancelled it.',
    });
    expect([cancelled(trader), sent(trader).slice(1)]).toEqual([[1], ['SELL 6 AAPL MKT']]);
    trader.fills(2, '6');
    expect(sent(trader)).toHaveLength(2);
    trader.cancelled(1);
    expect(sent(trader).slice(1)).toEqual(['SELL 6 AAPL MKT', 'SELL 4 AAPL MKT']);
    trader.fills(3, '4');
    expect([trader.position(), standing(trader)]).toEqual(['0', []]);
  });

  test('closes less when such an order fills after all', () => {
    const trader = withTarget();
    flattens(trader);
    trader.fills(1, '3', '160');
    trader.cancelled(1);
    expect(sent(trader).slice(1)).toEqual(['SELL 6 AAPL MKT', 'SELL 1 AAPL MKT']);
    trader.fills(2, '6');
    trader.fills(3, '1');
    expect(trader.position()).toBe('0');
  });

  test('has nothing more to do when such an order fills whole', () => {
    const trader = holding();
    trader.places({ side: 'SELL', terms: { type: 'LMT', limit: price('160') } });
    trader.works(1);
    flattens(trader);
    trader.fills(1, '10', '160');
    expect([sent(trader).length, standing(trader), trader.state.observed.flattening.size]).toEqual([1, [], 0]);
  });

  test('says what is left when IBKR does not cancel such an order', () => {
    const trader = withTarget();
    flattens(trader);
    trader.fills(2, '6');
    trader.errs(1, 10_148, 'cancel-failed');
    trader.answersSnapshot(() => {
      trader.reports(1, { kind: 'working' });
      trader.reportsPosition('4');
    });
    expect(standing(trader)).toEqual([
      'AAPL is not flat, +4 is held: AAPL is being closed already by order 1 (SELL 4 AAPL LMT 160.00). Cancel that to close at the market. Flatten again.',
    ]);
    flattens(trader);
    expect(standing(trader), 'a new attempt').toEqual([]);
  });

  test('that a lost link interrupts says so, and a person asks again', () => {
    const trader = withTarget();
    flattens(trader);
    trader.linkDown();
    expect(standing(trader)).toEqual(['AAPL is not flat, +10 is held: the session is disconnected. Flatten again.']);
    expect(trader.state.observed.flattening.size).toBe(0);
  });

  test('closes the orders of an OCO group as any plain order', () => {
    const trader = holding();
    placesOco(trader);
    flattens(trader);
    expect(cancelled(trader)).toEqual([1, 2]);
    trader.cancelled(1);
    expect(sent(trader)).toHaveLength(2);
    trader.cancelled(2);
    expect(sent(trader).slice(2)).toEqual(['SELL 10 AAPL MKT']);
  });

  test('waits for an order that a person is cancelling already', () => {
    const trader = holding();
    trader.places({ side: 'SELL', terms: { type: 'LMT', limit: price('160') } });
    trader.works(1);
    trader.cancels(1);
    expect(flattens(trader)).toMatchObject({ outcome: 'accepted', orders: [] });
    trader.cancelled(1);
    expect(sent(trader).at(-1)).toBe('SELL 10 AAPL MKT');
  });

  test('goes on whatever happens elsewhere', () => {
    const trader = withTarget();
    trader.fact({ kind: 'instrument', query: { by: 'symbol', symbol: 'TSLA' }, instrument: TESLA });
    trader.reportsForeign({ spec: { ...trader.order(1).spec, conId: TESLA.conId, symbol: 'TSLA' } });
    flattens(trader);
    trader.reportsForeign({
      spec: { ...trader.order(1).spec, conId: TESLA.conId, symbol: 'TSLA', quantity: quantity('3') },
    });
    expect(sent(trader)).toHaveLength(2);
    trader.cancelled(1);
    expect(sent(trader)).toHaveLength(3);
  });

  test.each<[string, (trader: EngineHarness) => unknown]>([
    ['IBKR rejects', (trader) => trader.errs(2, 201, 'rejected', 'no')],
    [
      'could not be sent',
      (trader) => trader.hearsOutcome(trader.last('place').id, { result: 'not-sent', reason: 'no' }),
    ],
  ])('does not send again what %s while it waits: a person is told', (_, fails) => {
    const trader = withTarget();
    trader.outcome = null;
    flattens(trader);
    expect(sent(trader)).toHaveLength(2);
    fails(trader);
    expect(sent(trader)).toHaveLength(2);
    expect(standing(trader)).toEqual([
      expect.stringMatching(/^AAPL is not flat, \+10 is held: order 2 was to close it/),
    ]);
    trader.cancelled(1);
    expect(sent(trader)).toHaveLength(2);
  });

  test('leaves what is flat already', () => {
    const trader = holding();
    flattens(trader);
    trader.fills(1, '10');
    expect(flattens(trader).outcome).toBe('refused');
  });

  test('leaves the orders of others', () => {
    const trader = holding();
    trader.reportsForeign();
    flattens(trader);
    expect([cancelled(trader), sent(trader)]).toEqual([[], ['SELL 5 AAPL MKT']]);
  });

  test('names what it can not close, and denials', () => {
    const trader = holding('10', (it) => it.reportsPosition('2', { conId: conId(495_512_563), symbol: 'ES' }));
    expect(flattens(trader)).toMatchObject({
      outcome: 'accepted',
      message: '+2 ES is not defined by IBKR yet: try again in a moment, or close it in TWS.',
    });
    const small = new EngineHarness({ risk: { maxOrderQuantity: quantity('5') } });
    small.connects(() => small.reportsPosition('10'));
    small.definesAapl();
    const reply = flattens(small);
    expect([reply.outcome, reply.message.includes('5')]).toEqual(['refused', true]);
    expect([small.phaseOf(1), small.state.observed.flattening.size]).toEqual(['denied', 0]);
  });

  test('of nothing, or without a session, is refused', () => {
    expect(flattens(holding('0')).message).toBe(
      'There is nothing to flatten: no position, and no order of ours to cancel.',
    );
    const trader = holding();
    trader.linkDown();
    expect(flattens(trader).message).toBe('Not connected to IBKR (disconnected): nothing can be flattened now.');
  });
});
