import { describe, expect, test } from 'vitest';
import { present } from '#domain/assert';
import type { CommandReply } from '#domain/command';
import { clientId } from '#domain/ids';
import { price, quantity } from '#domain/money';
import type { OcoLeg } from '#domain/oco';
import { preview } from '#engine/engine';
import { SIBLING_GRACE_MS } from '#engine/managers/oco-order-manager';
import { ANSWER_DUE_MS } from '#engine/orders/answers';
import { EngineHarness, TESLA } from '#test/builders/engine-harness';
import { anOcoLeg, anOcoRequest, asksForOco, ocoOf, placesOco } from '#test/builders/oco-orders';

const [TARGET, STOP] = [1, 2] as const;
const stopLeg = anOcoRequest().legs[1] ?? anOcoLeg();
const shorting = { risk: { allowShort: true } };

function placed(): EngineHarness {
  const trader = EngineHarness.ready(shorting);
  placesOco(trader);
  return trader;
}

/** What became of a command, and whether its message says `text`. */
const saying = (text: string, { outcome, message }: CommandReply): [string, boolean] => [
  outcome,
  message.includes(text),
];
const cancelled = (trader: EngineHarness): number[] => trader.effectsOf('cancel').map(({ orderId }) => orderId);
const alarms = (trader: EngineHarness): string[] => trader.allOf('alarm-raised').map(({ alarm }) => alarm.text);

describe('an OCO group is placed', () => {
  test('in one message for all of its orders, each with a decision of its own', () => {
    const trader = placed();
    const [effect, ...more] = trader.effectsOf('place');
    expect(more).toEqual([]);
    const group = ocoOf(trader);
    expect(effect?.legs.value.map(({ role, oca, parentOrderId }) => [role, oca, parentOrderId])).toEqual([
      ['oco', { group: group.id, type: 2 }, null],
      ['oco', { group: group.id, type: 2 }, null],
    ]);
    expect(group).toMatchObject({
      custody: 'native',
      legs: [
        { order: trader.order(TARGET).id, quantity: '10', excess: '0' },
        { order: trader.order(STOP).id, quantity: '10', excess: '0' },
      ],
      closed: null,
      siblingsDueBy: null,
      flattenedBy: [],
    });
    const decisions = [TARGET, STOP].map((number) => present(trader.order(number).decisionId, 'a decision'));
    expect(new Set(decisions).size).toBe(2);
    for (const id of decisions) expect(trader.durable.decisions.get(id)?.outcome).toBe('approved');
    expect(trader.order(STOP).group).toEqual({ id: group.id, role: 'oco' });
  });

  test('as type 1 where any fill cancels the others', () => {
    const trader = EngineHarness.ready(shorting);
    placesOco(trader, { onPartialFill: 'cancel' });
    expect(trader.last('place').legs.value.map(({ oca }) => oca?.type)).toEqual([1, 1]);
  });

  test('before what opens, when all of it closes what is held', () => {
    const trader = EngineHarness.ready(shorting);
    trader.reportsPosition('10');
    asksForOco(trader);
    expect(trader.last('place').priority).toBe('new');
    const holder = new EngineHarness();
    holder.connects(() => holder.reportsPosition('10'));
    holder.definesAapl();
    holder.ticks();
    asksForOco(holder);
    expect(holder.last('place').priority).toBe('reduce');
  });

  test('in several symbols and on both sides', () => {
    const trader = EngineHarness.ready(shorting);
    trader.fact({ kind: 'instrument', query: { by: 'symbol', symbol: 'TSLA' }, instrument: TESLA });
    const patch = { bid: price('149.99'), ask: price('150'), last: price('150') };
    trader.fact({ kind: 'market-data', conId: TESLA.conId, dataKind: 'real-time', live: true, why: '' });
    trader.fact({ kind: 'quote', conId: TESLA.conId, patch });
    const [first, second] = placesOco(trader, {
      legs: [anOcoLeg({ side: 'BUY', terms: { type: 'LMT', limit: price('149') } }), anOcoLeg({ symbol: 'TSLA' })],
    });
    expect([first, second].map((number) => trader.order(number ?? 0).spec)).toMatchObject([
      { symbol: 'AAPL', side: 'BUY' },
      { symbol: 'TSLA', side: 'SELL' },
    ]);
  });

  test('not at all when one of its orders is denied, and that one says why', () => {
    const trader = EngineHarness.ready(shorting);
    const reply = asksForOco(trader, {
      legs: [anOcoLeg(), { ...stopLeg, terms: { type: 'STP', stop: price('155') } }],
    });
    expect(reply).toMatchObject({ outcome: 'denied', orders: [{ number: 1 }], decision: { outcome: 'denied' } });
    expect(reply.message).toMatch(/^SELL 10 AAPL STP 155\.00: /);
    expect(trader.order(1)).toMatchObject({
      state: { phase: 'denied' },
      group: null,
      spec: { terms: { type: 'STP' } },
    });
    expect([trader.effectsOf('place'), trader.durable.ocoGroups.size]).toEqual([[], 0]);
  });

  test('not in a symbol that nobody has named', () => {
    const trader = EngineHarness.ready(shorting);
    const reply = asksForOco(trader, { legs: [anOcoLeg(), anOcoLeg({ symbol: 'NVDA' })] });
    expect(saying('NVDA', reply)).toEqual(['refused', true]);
  });

  test('once: the same again within the duplicate window is denied, also after a restart', () => {
    const trader = placed();
    expect(saying('order 1', asksForOco(trader))).toEqual(['denied', true]);
    trader.crashes();
    trader.connects();
    trader.ticks();
    expect(asksForOco(trader).message).toContain('order 1');
  });

  test('of equal orders, which are no duplicates of each other', () => {
    const trader = EngineHarness.ready(shorting);
    expect(placesOco(trader, { legs: [anOcoLeg(), anOcoLeg()] })).toEqual([1, 2]);
  });
});

describe('the worst case of an OCO group', () => {
  const holding = (): EngineHarness => {
    const trader = new EngineHarness();
    trader.connects(() => trader.reportsPosition('10'));
    trader.definesAapl();
    trader.ticks();
    return trader;
  };

  test('that IBKR holds is its larger order: both may close the whole of what is held', () => {
    const trader = holding();
    expect(asksForOco(trader).outcome).toBe('accepted');
  });

  test('that this app manages is the sum: together they may not close more than is held', () => {
    const trader = holding();
    const legs = [anOcoLeg(), { ...stopLeg, quantity: quantity('5') }];
    expect(saying('−5', asksForOco(trader, { legs }))).toEqual(['denied', true]);
    expect(
      asksForOco(trader, { legs: [anOcoLeg({ quantity: quantity('5') }), { ...stopLeg, quantity: quantity('4') }] })
        .outcome,
    ).toBe('accepted');
    const buys = asksForOco(trader, {
      legs: ['148', '147'].map((at, index) =>
        anOcoLeg({ side: 'BUY', quantity: quantity(String(index + 1)), terms: { type: 'LMT', limit: price(at) } }),
      ),
    });
    expect(buys.decision?.context.buyLeaves).toBe('0');
    const [, second] = buys.orders;
    const order = trader.order(second?.number ?? 0);
    expect(trader.durable.decisions.get(present(order.decisionId, 'its decision'))?.context.buyLeaves).toBe('1');
  });

  test('is what a preview decides', () => {
    const trader = holding();
    const outcomeOf = (...legs: OcoLeg[]) => {
      const decided = preview(trader.state, trader.now, 'window', {
        kind: 'place-oco',
        request: anOcoRequest({ legs }),
      });
      return decided.ok ? decided.value.outcome : decided.error;
    };
    expect(outcomeOf(anOcoLeg(), { ...stopLeg, quantity: quantity('5') })).toBe('denied');
    expect(outcomeOf(anOcoLeg(), stopLeg)).toBe('approved');
  });
});

describe('an order of an OCO group that fills whole', () => {
  test('has its siblings cancelled by IBKR, and the group closes', () => {
    const trader = placed();
    trader.fills(TARGET, '10', '160');
    expect(ocoOf(trader).closed).toBeNull();
    trader.cancelled(STOP);
    expect(ocoOf(trader)).toMatchObject({ closed: trader.now, siblingsDueBy: null });
    trader.passes(SIBLING_GRACE_MS);
    expect(cancelled(trader)).toEqual([]);
    expect(trader.allOf('oco-closed')).toHaveLength(1);
  });

  test('has them cancelled by us when IBKR has not', () => {
    const trader = placed();
    trader.fills(STOP, '10', '145');
    trader.passes(SIBLING_GRACE_MS);
    expect(cancelled(trader)).toEqual([TARGET]);
    expect(trader.allOf('cancel-requested')).toMatchObject([
      { origin: 'manager', reason: 'another order of OCO 1, 2 has filled' },
    ]);
    trader.cancelled(TARGET);
    expect(ocoOf(trader).closed).toBe(trader.now);
  });

  test('has them cancelled at once where this app manages the group', () => {
    const trader = EngineHarness.ready(shorting);
    placesOco(trader, { legs: [anOcoLeg(), { ...stopLeg, quantity: quantity('30') }] });
    trader.fills(TARGET, '10', '160');
    expect(cancelled(trader)).toEqual([STOP]);
  });

  test('has them cancelled again while IBKR refuses, at a calm pace', () => {
    const trader = placed();
    trader.fills(STOP, '10', '145');
    trader.passes(SIBLING_GRACE_MS);
    trader.errs(TARGET, 10_148, 'cancel-failed');
    trader.answersSnapshot(() => {
      trader.reports(TARGET, { kind: 'working' });
    });
    expect(trader.phaseOf(TARGET)).toBe('working');
    expect(cancelled(trader)).toEqual([TARGET]);
    trader.passes(ANSWER_DUE_MS);
    expect(cancelled(trader)).toEqual([TARGET, TARGET]);
  });

  test('by the word of IBKR alone, on a day whose executions it does not report any more, counts too', () => {
    const trader = placed();
    trader.reportsCompleted(TARGET, { kind: 'filled' });
    trader.passes(SIBLING_GRACE_MS);
    expect(cancelled(trader)).toEqual([STOP]);
    expect(alarms(trader), 'no execution, no excess').toEqual([]);
  });

  test('with a sibling of another API client id leaves that to a person', () => {
    const trader = placed();
    trader.crashes();
    trader.linkUp({ clientId: clientId(5) });
    trader.answersSnapshot(() => {
      trader.reports(TARGET, { kind: 'working' });
      trader.reports(STOP, { kind: 'working' });
    });
    trader.fills(TARGET, '10', '160');
    trader.passes(SIBLING_GRACE_MS);
    trader.passes(ANSWER_DUE_MS);
    expect(cancelled(trader)).toEqual([]);
    expect(alarms(trader)).toEqual([
      'Order 2 of OCO 1, 2 can still fill more than is left of the group, and was placed under another API client id. Cancel it in TWS.',
    ]);
  });
});

describe('an order of an OCO group that ends without a fill', () => {
  test('by a person leaves the others at work', () => {
    const trader = placed();
    trader.cancels(TARGET);
    trader.cancelled(TARGET);
    trader.passes(SIBLING_GRACE_MS);
    expect([cancelled(trader), alarms(trader)]).toEqual([[TARGET], []]);
    expect(trader.phaseOf(STOP)).toBe('working');
    trader.fills(STOP, '10', '145');
    expect(ocoOf(trader).closed).toBe(trader.now);
  });

  test('by a rejection leaves the others at work, and says so', () => {
    const trader = placed();
    trader.errs(STOP, 201, 'rejected', 'not shortable');
    expect(alarms(trader)).toEqual([
      'OCO 1, 2: what is left of the group works alone, cancel it if you do not want that. Order 2 is rejected by IBKR: not shortable (201)',
    ]);
    trader.errs(TARGET, 201, 'rejected');
    expect(alarms(trader), 'nothing is left alone').toHaveLength(1);
    expect(ocoOf(trader).closed).toBe(trader.now);
  });

  test('because it was never sent closes the group when none was', () => {
    const trader = EngineHarness.ready(shorting);
    trader.outcome = { result: 'not-sent', reason: 'the pacer was full' };
    asksForOco(trader);
    expect(ocoOf(trader).closed).toBe(trader.now);
    expect(alarms(trader)).toEqual([]);
  });
});

describe('the quantity of an OCO order', () => {
  test('belongs to its group; its price can be changed', () => {
    const trader = placed();
    expect(trader.modifies(TARGET, { quantity: quantity('20') })).toMatchObject({
      outcome: 'refused',
      message: 'Order 1 fills with its OCO group: cancel the group and place it anew for another quantity.',
    });
    expect(trader.modifies(TARGET, { limit: price('161') }).outcome).toBe('accepted');
  });
});

test('an OCO group is refused while no account is known', () => {
  const trader = new EngineHarness();
  expect(saying('account', asksForOco(trader))).toEqual(['refused', true]);
});
