import { describe, expect, test } from 'vitest';
import { present } from '#domain/assert';
import { OCO_LEGS_MAX, type OcoOrderRequest } from '#domain/oco';
import { price } from '#domain/money';
import { correctionOf, EngineHarness, TESLA } from '#test/builders/engine-harness';
import { anOcoLeg, ocoOf, placesOco } from '#test/builders/oco-orders';

const [TARGET, STOP, BACK] = [1, 2, 3] as const;

/** 10 AAPL are held, and an OCO group to close them works. */
function holding(change: Partial<OcoOrderRequest> = {}): EngineHarness {
  const trader = new EngineHarness({ risk: { allowShort: true } });
  trader.connects(() => trader.reportsPosition('10'));
  trader.definesAapl();
  trader.ticks();
  placesOco(trader, change);
  return trader;
}
const flattening = (): EngineHarness => holding({ onOverfill: 'flatten-excess' });

const alarms = (trader: EngineHarness): string[] => trader.allOf('alarm-raised').map(({ alarm }) => alarm.text);
const standing = (trader: EngineHarness): string[] => [...trader.durable.alarms.values()].map(({ text }) => text);
const excess = (trader: EngineHarness): string[] => trader.allOf('oco-overfilled').map((event) => event.excess);
const sentBack = (trader: EngineHarness): string[] =>
  trader
    .effectsOf('place')
    .slice(1)
    .flatMap(({ legs }) =>
      legs.value.map(({ spec }) => `${spec.side} ${spec.quantity} ${spec.symbol} ${spec.terms.type}`),
    );

describe('both orders of an OCO group fill', () => {
  test('which is told at once, with the numbers, and again when it grows', () => {
    const trader = holding();
    trader.fills(TARGET, '10', '160');
    expect(alarms(trader)).toEqual([]);
    trader.fills(STOP, '4', '145');
    trader.fills(STOP, '6', '145');
    expect(alarms(trader)).toEqual([
      'OCO 1, 2 filled too much: 4 AAPL by order 2 (SELL). The position is -4 AAPL now. Close what you do not want.',
      'OCO 1, 2 filled too much: 10 AAPL by order 2 (SELL). The position is -10 AAPL now. Close what you do not want.',
    ]);
    expect(trader.allOf('oco-overfilled')).toMatchObject([
      { id: trader.order(STOP).id, excess: '4', policy: 'alert' },
      { excess: '10' },
    ]);
    expect(ocoOf(trader)).toMatchObject({ closed: trader.now, legs: [{ excess: '0' }, { excess: '10' }] });
    expect(sentBack(trader)).toEqual([]);
  });

  test('in parts that add up to one order, which is nothing to tell', () => {
    const trader = holding();
    trader.fills(TARGET, '4', '160');
    trader.fills(STOP, '6', '145');
    expect(alarms(trader)).toEqual([]);
  });

  test('one of them after its cancel was reported, and after the group had closed', () => {
    const trader = holding();
    trader.fills(TARGET, '10', '160');
    trader.cancelled(STOP);
    expect(ocoOf(trader).closed).toBe(trader.now);
    trader.fills(STOP, '10', '145');
    expect(alarms(trader)).toHaveLength(1);
    expect(ocoOf(trader).closed).not.toBeNull();
  });

  test('the one whose execution happened later is the excess, whichever was heard of first', () => {
    const trader = holding();
    trader.passes(1000);
    trader.fills(TARGET, '10', '160');
    trader.fills(STOP, '10', '145', { at: trader.journal[0]?.at ?? trader.now });
    expect(alarms(trader).at(-1)).toContain('10 AAPL by order 1 (SELL)');
  });

  test('until IBKR corrects one of them away', () => {
    const trader = holding();
    trader.fills(TARGET, '10', '160');
    const execution = trader.fills(STOP, '10', '145');
    trader.fills(STOP, '0', '145', { execId: correctionOf(execution) });
    expect(excess(trader)).toEqual(['10', '0']);
    expect(standing(trader)).toEqual([]);
  });

  test('and a correction after a person has cleared the alarm has nothing to clear', () => {
    const trader = holding();
    trader.fills(TARGET, '10', '160');
    const execution = trader.fills(STOP, '10', '145');
    const [alarm] = trader.durable.alarms.keys();
    trader.commands({ kind: 'clear-alarm', alarmId: present(alarm, 'the alarm') });
    trader.fills(STOP, '0', '145', { execId: correctionOf(execution) });
    expect(trader.allOf('alarm-cleared')).toHaveLength(1);
  });

  test('is not told again after a restart', () => {
    const trader = holding();
    trader.fills(TARGET, '10', '160');
    trader.fills(STOP, '4', '145');
    trader.crashes();
    trader.connects(() => {
      trader.reportsPosition('-4');
      trader.reports(STOP, { kind: 'working' });
    });
    expect(alarms(trader)).toHaveLength(1);
  });
});

describe('an excess that is to be traded back', () => {
  test('is, at the market, by one order beside the group', () => {
    const trader = flattening();
    trader.fills(TARGET, '10', '160');
    trader.fills(STOP, '10', '145');
    expect(sentBack(trader)).toEqual(['BUY 10 AAPL MKT']);
    expect(trader.last('place').priority).toBe('reduce');
    expect(trader.order(BACK)).toMatchObject({ origin: 'manager', group: null });
    expect(alarms(trader)).toEqual([
      'OCO 1, 2 filled too much: 10 AAPL by order 2 (SELL). The position is -10 AAPL now. It is traded back at the market.',
    ]);
    expect(ocoOf(trader)).toMatchObject({ flattenedBy: [trader.order(BACK).id], closed: null });
    trader.fills(BACK, '10');
    expect(trader.position()).toBe('0');
    expect(ocoOf(trader).closed).toBe(trader.now);
    expect(sentBack(trader)).toHaveLength(1);
  });

  test('is never more than the excess, and one order after the other', () => {
    const trader = flattening();
    trader.fills(TARGET, '10', '160');
    trader.fills(STOP, '3', '145');
    trader.fills(STOP, '2', '145');
    trader.fills(STOP, '5', '145');
    expect(sentBack(trader)).toEqual(['BUY 3 AAPL MKT']);
    trader.fills(BACK, '3');
    expect(sentBack(trader)).toEqual(['BUY 3 AAPL MKT', 'BUY 7 AAPL MKT']);
    trader.fills(4, '7');
    expect([trader.position(), ocoOf(trader).closed]).toEqual(['0', trader.now]);
  });

  test('opens a closed group again, until it is', () => {
    const trader = flattening();
    trader.fills(TARGET, '10', '160');
    trader.cancelled(STOP);
    trader.fills(STOP, '10', '145');
    expect([ocoOf(trader).closed, sentBack(trader)]).toEqual([null, ['BUY 10 AAPL MKT']]);
    trader.fills(BACK, '10');
    expect(ocoOf(trader).closed).toBe(trader.now);
  });

  test('is not traded back twice when the executions turn out to have come in another order', () => {
    const trader = flattening();
    trader.passes(1000);
    trader.fills(TARGET, '10', '160');
    trader.fills(STOP, '4', '145');
    trader.fills(BACK, '4');
    trader.fills(STOP, '2', '145', { at: trader.journal[0]?.at ?? trader.now });
    expect(sentBack(trader)).toEqual(['BUY 4 AAPL MKT', 'BUY 2 AAPL MKT']);
  });

  test('of a long or a short entry of which both filled is the second one', () => {
    const trader = EngineHarness.ready({ risk: { allowShort: true } });
    placesOco(trader, {
      onOverfill: 'flatten-excess',
      legs: [
        anOcoLeg({ side: 'BUY', terms: { type: 'STP', stop: price('155') } }),
        anOcoLeg({ side: 'SELL', terms: { type: 'STP', stop: price('145') } }),
      ],
    });
    trader.fills(1, '10', '155');
    trader.fills(2, '10', '145');
    expect(sentBack(trader)).toEqual(['BUY 10 AAPL MKT']);
    trader.fills(3, '10');
    expect(trader.position()).toBe('10');
  });

  test('of several instruments is traded back in each', () => {
    const trader = EngineHarness.ready({ risk: { allowShort: true } });
    const tesla = { bid: price('149.99'), ask: price('150'), last: price('150') };
    trader.fact({ kind: 'instrument', query: { by: 'symbol', symbol: 'TSLA' }, instrument: TESLA });
    trader.fact({ kind: 'market-data', conId: TESLA.conId, dataKind: 'real-time', live: true, why: '' });
    trader.fact({ kind: 'quote', conId: TESLA.conId, patch: tesla });
    const buy = { side: 'BUY' as const, terms: { type: 'LMT' as const, limit: price('149') } };
    placesOco(trader, {
      onOverfill: 'flatten-excess',
      legs: [anOcoLeg(buy), anOcoLeg({ ...buy, symbol: 'TSLA' }), anOcoLeg({ ...buy, symbol: 'TSLA' })],
    });
    trader.fills(1, '10', '149');
    trader.passes(1);
    trader.fills(2, '10', '149');
    trader.fills(3, '4', '149');
    expect(sentBack(trader)).toEqual(['SELL 10 TSLA MKT']);
    trader.fills(4, '10');
    expect(sentBack(trader)).toEqual(['SELL 10 TSLA MKT', 'SELL 4 TSLA MKT']);
    expect(alarms(trader).at(-1)).toBe(
      'OCO 1, 2, 3 filled too much: 10 TSLA by order 2 (BUY), 4 TSLA by order 3 (BUY). The position is 14 TSLA now. It is traded back at the market.',
    );
  });

  test('waits until the session is ready', () => {
    const trader = flattening();
    trader.fills(TARGET, '10', '160');
    trader.losesUpstream();
    trader.fills(STOP, '10', '145');
    expect([sentBack(trader), ocoOf(trader).closed]).toEqual([[], null]);
    trader.restoresUpstream();
    trader.answersSnapshot(() => trader.reportsPosition('-10'));
    expect(sentBack(trader)).toEqual(['BUY 10 AAPL MKT']);
  });

  test('is traded back once, whatever of the step a crash took away', () => {
    const overfilled = (): { trader: EngineHarness; before: number } => {
      const trader = flattening();
      trader.fills(TARGET, '10', '160');
      const before = trader.journal.length;
      trader.fills(STOP, '10', '145');
      return { trader, before };
    };
    const whole = overfilled();
    for (let lost = 0; lost < whole.trader.journal.length - whole.before; lost += 1) {
      const { trader } = overfilled();
      trader.crashes(trader.journal.length - lost);
      const isSent = trader.durable.orders.size === BACK;
      trader.connects(() => {
        trader.reportsPosition('-10');
        if (isSent) trader.reports(BACK, { kind: 'working' });
      });
      expect(sentBack(trader), `without the last ${String(lost)} events`).toEqual(['BUY 10 AAPL MKT']);
    }
  });

  test('is asked for again when the order never reached IBKR', () => {
    const trader = flattening();
    trader.fills(TARGET, '10', '160');
    trader.outcome = { result: 'not-sent', reason: 'the pacer was full' };
    const left = trader.durable.orders.size;
    trader.fills(STOP, '10', '145');
    expect(trader.durable.orders.size - left).toBe(OCO_LEGS_MAX);
    expect(standing(trader)).toEqual([
      'OCO 1, 2 filled too much: 10 AAPL by order 2 (SELL). The position is -10 AAPL now. It can not be traded back: 10 orders have tried. Close by hand what you do not want.',
    ]);
    expect(ocoOf(trader).closed).toBe(trader.now);
  });

  test('is left to a person when IBKR rejects the order', () => {
    const trader = flattening();
    trader.fills(TARGET, '10', '160');
    trader.fills(STOP, '10', '145');
    trader.errs(BACK, 201, 'rejected', 'no margin');
    expect(sentBack(trader)).toHaveLength(1);
    expect(standing(trader)).toEqual([
      'OCO 1, 2 filled too much: 10 AAPL by order 2 (SELL). The position is -10 AAPL now. Close by hand what is left: order 3 was to trade it back and is rejected by IBKR: no margin (201)',
    ]);
    expect(ocoOf(trader).closed).toBe(trader.now);
  });

  test('is left to a person who cancels the order', () => {
    const trader = flattening();
    trader.fills(TARGET, '10', '160');
    trader.fills(STOP, '10', '145');
    trader.works(BACK);
    trader.cancels(BACK);
    trader.cancelled(BACK);
    expect(sentBack(trader)).toHaveLength(1);
    expect(standing(trader)).toEqual([expect.stringContaining('order 3 was to trade it back and is cancelled')]);
  });

  test('is left to a person when the risk check denies it, and the denial is in the ledger', () => {
    const trader = EngineHarness.ready({ risk: { allowShort: true } });
    placesOco(trader, {
      onOverfill: 'flatten-excess',
      legs: [
        anOcoLeg({ side: 'BUY', terms: { type: 'STP', stop: price('155') } }),
        anOcoLeg({ side: 'SELL', terms: { type: 'STP', stop: price('145') } }),
        anOcoLeg({ side: 'SELL', terms: { type: 'STP', stop: price('140') } }),
      ],
    });
    trader.fact({ kind: 'data-farm', farm: 'quotes', state: 'down', text: 'usfarm is broken' });
    trader.passes(60_000);
    trader.fills(1, '10', '155');
    trader.fills(2, '10', '145');
    expect(sentBack(trader)).toEqual([]);
    expect(trader.order(4)).toMatchObject({ state: { phase: 'denied' }, origin: 'manager' });
    expect(standing(trader)).toEqual([expect.stringMatching(/It can not be traded back: .* Close by hand/)]);
    expect(ocoOf(trader).closed, 'the third order still works').toBeNull();
    trader.works(3);
    trader.cancelled(3);
    expect(trader.allOf('order-denied'), 'decided once').toHaveLength(1);
    expect(ocoOf(trader).closed).toBe(trader.now);
  });
});
