import { describe, expect, test } from 'vitest';
import { laterBy } from '#domain/ids';
import { price, quantity } from '#domain/money';
import { aForeignOrder, EngineHarness, OUR_CLIENT } from '#test/builders/engine-harness';
import { stop as stopTerms } from '#test/builders/engine-risk';

/** BUY 10 AAPL LMT 150, working as order 1. */
function working(): EngineHarness {
  const trader = EngineHarness.ready();
  trader.works(trader.places());
  return trader;
}

const confirms = (trader: EngineHarness, number: number): void => {
  const { spec, modification } = trader.order(number);
  const { terms, quantity: size, timeInForce } = modification ?? spec;
  trader.reports(number, { kind: 'working' }, { spec: { ...spec, terms, quantity: size, timeInForce } });
};

describe('a change of a live order', () => {
  test('is decided, written down and asked for; until IBKR confirms, the old order is what is live', () => {
    const trader = working();
    const events = trader.typesOf(() => trader.modifies(1, { limit: price('149') }));
    expect(events).toEqual(['decision-made', 'modification-requested', 'command-answered']);
    const { decisionId, id } = trader.order(1);
    expect(trader.last('modify').order).toMatchObject({
      decisionId,
      value: { id, orderId: 1, spec: { terms: { limit: '149' }, quantity: '10' }, parentOrderId: null, oca: null },
    });
    expect(trader.order(1)).toMatchObject({ spec: { terms: { limit: '150' } }, modification: { quantity: '10' } });
    confirms(trader, 1);
    expect(trader.order(1)).toMatchObject({ spec: { terms: { limit: '149' } }, modification: null });
    expect(trader.allOf('modification-confirmed')).toHaveLength(1);
  });

  test('that is denied leaves everything as it was', () => {
    const trader = working();
    expect(trader.modifies(1, { limit: price('200') })).toMatchObject({ outcome: 'denied', orders: [{ number: 1 }] });
    expect(trader.order(1)).toMatchObject({ spec: { terms: { limit: '150' } }, modification: null });
    expect(trader.effectsOf('modify')).toEqual([]);
  });

  test('to fewer shares is more urgent than one to more', () => {
    const trader = working();
    trader.modifies(1, { quantity: quantity('5') });
    expect(trader.last('modify').priority).toBe('reduce');
    confirms(trader, 1);
    trader.modifies(1, { quantity: quantity('6') });
    expect(trader.last('modify').priority).toBe('new');
  });

  test('waits for the answer to the one before', () => {
    const trader = working();
    trader.modifies(1, { limit: price('149') });
    expect(trader.modifies(1, { limit: price('148') })).toMatchObject({
      outcome: 'refused',
      message: 'Order 1 has a modification that IBKR has not answered yet.',
    });
  });

  test('into what it is already is refused', () => {
    expect(working().modifies(1, { limit: price('150'), quantity: quantity('10'), timeInForce: 'DAY' })).toMatchObject({
      outcome: 'refused',
      message: 'Order 1 already has these terms; nothing was changed.',
    });
  });

  test('can be one of the time in force or the quantity alone', () => {
    const trader = working();
    expect(trader.modifies(1, { timeInForce: 'GTC' }).outcome).toBe('accepted');
    confirms(trader, 1);
    expect(trader.order(1).spec.timeInForce).toBe('GTC');
  });

  test('that makes no sense is refused with the reason', () => {
    expect(working().modifies(1, { stop: price('140') }).message).toBe('Order 1 is a LMT order and has no stop price.');
    expect(working().modifies(9, { stop: price('140') }).message).toBe('There is no order 9.');
  });
});

describe('an order can not be changed', () => {
  const refusalOf = (trader: EngineHarness): string => trader.modifies(1, { quantity: quantity('9') }).message;

  test('before IBKR has confirmed it', () => {
    const trader = EngineHarness.ready();
    trader.places();
    expect(refusalOf(trader)).toBe('Order 1 is submitting: IBKR has not confirmed it yet, so it can not be modified.');
    trader.passes(5_000);
    expect(refusalOf(trader)).toBe('Order 1 is unknown: IBKR has not confirmed it yet, so it can not be modified.');
  });

  test('while it is being cancelled, and once it is over', () => {
    const trader = working();
    trader.cancels(1);
    expect(refusalOf(trader)).toBe('Order 1 is being cancelled.');
    trader.cancelled(1);
    expect(refusalOf(trader)).toBe('Order 1 is cancelled: only live orders can be modified.');
  });

  test('when another client placed it; when it came in under our client id, it can', () => {
    const trader = EngineHarness.ready();
    trader.reportsForeign();
    expect(refusalOf(trader)).toBe('Order 1 was placed by another IBKR client: it can be changed only there.');
    const ours = EngineHarness.ready({ risk: { allowShort: true } });
    ours.reportsForeign({ clientId: OUR_CLIENT });
    expect(ours.modifies(1, { quantity: quantity('6') }).outcome).toBe('accepted');
  });

  test('when it is of a type that this release does not place', () => {
    const trader = EngineHarness.ready();
    const terms = { type: 'OTHER', name: 'TRAIL', limit: null, stop: null } as const;
    trader.reportsForeign({ clientId: OUR_CLIENT, spec: { ...aForeignOrder().spec, terms } });
    expect(refusalOf(trader)).toContain('is a TRAIL order');
  });
});

describe('a refused change leaves the old order live, and says so', () => {
  test.each([
    [110, 'refused-change'],
    [104, 'uncertain'],
    [161, 'uncertain'],
    [201, 'rejected'],
  ] as const)('%i', (code, meaning) => {
    const trader = working();
    trader.modifies(1, { limit: price('149') });
    trader.errs(1, code, meaning, 'no');
    expect(trader.order(1)).toMatchObject({
      state: { phase: 'working' },
      spec: { terms: { limit: '150' } },
      modification: null,
    });
    expect(trader.allOf('modification-refused')).toMatchObject([{ code, text: 'no' }]);
  });

  test.each([
    [110, 'refused-change'],
    [201, 'rejected'],
  ] as const)('also when IBKR says %i twice', (code, meaning) => {
    const trader = working();
    trader.modifies(1, { limit: price('149') });
    trader.errs(1, code, meaning);
    trader.errs(1, code, meaning);
    expect(trader.phaseOf(1)).toBe('working');
    expect(trader.isAskedForSnapshot).toBe(true);
    trader.answersSnapshot(() => trader.reports(1, { kind: 'working' }));
    expect(trader.phaseOf(1)).toBe('working');
  });

  test('when it was never sent', () => {
    const trader = working();
    trader.outcome = { result: 'not-sent', reason: 'it waited too long' };
    trader.modifies(1, { limit: price('149') });
    expect(trader.allOf('modification-refused')).toMatchObject([
      { code: null, text: 'Never sent: it waited too long' },
    ]);
    expect(trader.phaseOf(1)).toBe('working');
  });

  test('when the order was over before', () => {
    const trader = working();
    trader.modifies(1, { quantity: quantity('12') });
    trader.cancelled(1);
    expect(trader.allOf('modification-refused')).toMatchObject([{ code: null, text: 'the order is cancelled' }]);
  });
});

describe('a change that the link may have lost', () => {
  test('is confirmed when IBKR shows the new terms', () => {
    const trader = working();
    trader.modifies(1, { limit: price('149') });
    trader.linkDown();
    trader.connects(() => confirms(trader, 1));
    expect(trader.order(1)).toMatchObject({ spec: { terms: { limit: '149' } }, modification: null });
  });

  test('is given up when a snapshot that began long enough after it shows the old terms, not sooner', () => {
    const trader = working();
    trader.modifies(1, { limit: price('149') });
    trader.linkDown();
    trader.connects(() => trader.reports(1, { kind: 'working' }));
    expect(trader.order(1).modification).not.toBeNull();
    trader.passes(5_000);
    expect(trader.isAskedForSnapshot).toBe(true);
    trader.answersSnapshot(() => trader.reports(1, { kind: 'working' }));
    expect(trader.order(1)).toMatchObject({ spec: { terms: { limit: '150' } }, modification: null });
    expect(trader.allOf('modification-refused')).toMatchObject([{ text: 'IBKR still shows the old terms' }]);
  });

  test.each([0, 60_000])('is settled after a crash too, on a clock that was set back by %i ms', (ms) => {
    const trader = working();
    trader.modifies(1, { limit: price('149') });
    trader.now = laterBy(trader.now, -ms);
    trader.crashes();
    trader.connects(() => trader.reports(1, { kind: 'working' }));
    trader.passes(5_000);
    trader.answersSnapshot(() => trader.reports(1, { kind: 'working' }));
    expect(trader.order(1)).toMatchObject({ state: { phase: 'working' }, modification: null });
  });
});

describe('an exit of a bracket', () => {
  const placed = (hasTarget: boolean): { trader: EngineHarness; entry: number; stop: number } => {
    const trader = EngineHarness.ready();
    const { entry, stop } = trader.placesBracket(hasTarget ? {} : { takeProfit: null });
    for (let number = entry; number <= stop; number += 1) trader.acknowledges(number, 'parent');
    return { trader, entry, stop };
  };

  test('is changed under the id of its entry while that lives, and without once it is over (135)', () => {
    const { trader, entry, stop } = placed(true);
    trader.modifies(stop, { stop: price('144') });
    expect(trader.last('modify').order.value.parentOrderId).toBe(trader.order(entry).broker.orderId);
    confirms(trader, stop);
    trader.fills(entry, '10');
    trader.modifies(stop, { stop: price('143') });
    expect(trader.last('modify').order.value).toMatchObject({ parentOrderId: null, spec: { terms: stopTerms('143') } });
  });

  test('repeats the OCA group it was placed in, and a lone stop was placed in none', () => {
    const pair = placed(true);
    pair.trader.modifies(pair.stop, { stop: price('144') });
    expect(pair.trader.last('modify').order.value.oca).toEqual({
      group: pair.trader.order(pair.stop).group?.id,
      type: 2,
    });
    const lone = placed(false);
    lone.trader.modifies(lone.stop, { stop: price('144') });
    expect(lone.trader.last('modify').order.value.oca).toBeNull();
  });

  test('does not leave its side: neither exit crosses the entry, nor the entry an exit', () => {
    const { trader, entry, stop } = placed(true);
    expect(trader.modifies(stop, { stop: price('150') }).message).toBe(
      'Stop-loss 150.00 must be below the entry 150.00 of a BUY bracket.',
    );
    expect(trader.modifies(entry, { limit: price('144') }).message).toBe(
      'Stop-loss 145.00 must be below the entry 144.00 of a BUY bracket.',
    );
    expect(trader.modifies(entry, { limit: price('149') }).outcome).toBe('accepted');
  });
});
