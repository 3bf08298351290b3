import { describe, expect, test } from 'vitest';
import { clientId } from '#domain/ids';
import { quantity } from '#domain/money';
import { EngineHarness, OUR_CLIENT } from '#test/builders/engine-harness';
import { market, stop as stopAt } from '#test/builders/engine-risk';

/** BUY 10 AAPL LMT 150, working as order 1. */
function working(): EngineHarness {
  const trader = EngineHarness.ready();
  trader.works(trader.places());
  return trader;
}

const cancelAll = (trader: EngineHarness, keepStops = false, symbol: string | null = null): number[] =>
  trader.commands({ kind: 'cancel-all', symbol, keepStops }).orders.map(({ number }) => number);

describe('cancelling an order', () => {
  test('is written down before it is asked for, and is not done before IBKR says so', () => {
    const trader = working();
    expect(trader.typesOf(() => trader.cancels(1))).toEqual(['cancel-requested', 'command-answered']);
    expect(trader.last('cancel')).toMatchObject({ clientOrderId: trader.order(1).id, orderId: 1 });
    expect(trader.phaseOf(1)).toBe('cancelling');
    trader.cancelled(1);
    expect(trader.phaseOf(1)).toBe('cancelled');
  });

  test('is possible before IBKR has acknowledged it', () => {
    const trader = EngineHarness.ready();
    trader.places();
    expect(trader.cancels(1).outcome).toBe('accepted');
  });

  test('can be asked for again', () => {
    const trader = working();
    trader.cancels(1);
    trader.cancels(1);
    expect(trader.effectsOf('cancel')).toHaveLength(2);
  });

  test('can be crossed by a fill', () => {
    const trader = working();
    trader.cancels(1);
    trader.fills(1, '4');
    expect(trader.order(1)).toMatchObject({ state: { phase: 'cancelling' }, filled: '4' });
    trader.cancelled(1);
    expect(trader.phaseOf(1)).toBe('cancelled');
    trader.fills(1, '6');
    expect(trader.order(1)).toMatchObject({ state: { phase: 'filled' }, filled: '10' });
    expect(trader.position()).toBe('10');
  });

  test('of several does what it can, and names what it can not', () => {
    const trader = working();
    trader.places({ quantity: quantity('3') });
    trader.cancelled(2);
    trader.reportsForeign();
    expect(trader.cancels(1, 2, 3, 9, 1)).toMatchObject({
      outcome: 'accepted',
      orders: [{ number: 1 }],
      message:
        'Order 2 is cancelled already. Order 3 was placed by another IBKR client: only a global cancel or that client can cancel it. There is no order 9.',
    });
    expect(trader.effectsOf('cancel')).toHaveLength(1);
  });

  test('is refused while disconnected, never queued', () => {
    const trader = working();
    trader.linkDown();
    expect(trader.cancels(1)).toMatchObject({
      outcome: 'refused',
      message: 'Not connected to IBKR (disconnected): a cancel is refused now, never queued.',
    });
    trader.connects(() => trader.reports(1, { kind: 'working' }));
    expect(trader.effectsOf('cancel')).toEqual([]);
  });
});

describe('cancel all', () => {
  test('cancels our live orders, leaving out those of others and those that are being cancelled', () => {
    const trader = working();
    trader.places({ quantity: quantity('3') });
    trader.places({ quantity: quantity('4') });
    trader.cancels(2);
    trader.reportsForeign({ clientId: OUR_CLIENT });
    expect(cancelAll(trader)).toEqual([1, 3]);
  });

  test('of a symbol leaves the others alone', () => {
    const trader = working();
    expect(cancelAll(trader, false, 'MSFT')).toEqual([]);
    expect(cancelAll(trader, false, 'AAPL')).toEqual([1]);
  });

  test('that keeps stops spares the stop-loss of a bracket, and stops against the position', () => {
    const trader = EngineHarness.ready();
    trader.placesBracket();
    expect(cancelAll(trader, true)).toEqual([1, 2]);
    trader.fills(trader.places({ quantity: quantity('20') }), '20');
    const sellStop = trader.places({ side: 'SELL', terms: stopAt('140') });
    const buyStop = trader.places({ side: 'BUY', terms: stopAt('155') });
    const sell = trader.places({ side: 'SELL', quantity: quantity('5'), terms: market });
    expect(cancelAll(trader, true)).not.toContain(sellStop);
    expect([buyStop, sell].map((number) => trader.phaseOf(number))).toEqual(['cancelling', 'cancelling']);
    expect(trader.phaseOf(sellStop)).toBe('submitting');
  });

  test('that keeps stops spares a buy stop over a short position, and none over a flat one', () => {
    const short = new EngineHarness();
    short.connects(() => short.reportsPosition('-20'));
    short.definesAapl();
    short.ticks();
    short.places({ terms: stopAt('155') });
    expect(cancelAll(short, true)).toEqual([]);
    const flat = EngineHarness.ready();
    flat.places({ terms: stopAt('155') });
    expect(cancelAll(flat, true)).toEqual([1]);
  });

  test('says so when there is nothing to cancel, or no session to do it in', () => {
    const trader = EngineHarness.ready();
    const all = { kind: 'cancel-all', symbol: null, keepStops: false } as const;
    expect(trader.commands(all).message).toBe('There is no live order of ours to cancel.');
    trader.linkDown();
    expect(trader.commands(all).message).toContain('Not connected to IBKR');
  });
});

describe('a cancel that IBKR can not carry out', () => {
  const failed = (): EngineHarness => {
    const trader = working();
    trader.cancels(1);
    trader.errs(1, 10_148, 'cancel-failed', 'can not be cancelled');
    expect(trader.phaseOf(1)).toBe('cancelling');
    expect(trader.isAskedForSnapshot).toBe(true);
    return trader;
  };

  test('leaves the order what it was when the snapshot shows it alive', () => {
    const trader = failed();
    trader.answersSnapshot(() => trader.reports(1, { kind: 'working' }));
    expect(trader.phaseOf(1)).toBe('working');
    expect(trader.allOf('cancel-refused')).toMatchObject([{ code: 10_148, text: 'can not be cancelled' }]);
  });

  test('leaves it partially filled, or held, as it is', () => {
    const trader = failed();
    trader.fills(1, '4');
    trader.answersSnapshot(() => trader.reports(1, { kind: 'working' }));
    expect(trader.phaseOf(1)).toBe('partially-filled');
    const held = failed();
    held.answersSnapshot(() => held.reports(1, { kind: 'acknowledged', hold: 'trigger' }));
    expect(held.order(1).state).toMatchObject({ phase: 'pending', hold: 'trigger' });
  });

  test('finds it filled when the snapshot shows the execution', () => {
    const trader = failed();
    trader.answersSnapshot(() => trader.fills(1, '10'));
    expect(trader.phaseOf(1)).toBe('filled');
  });

  test('finds it gone when the snapshot does not show it', () => {
    const trader = failed();
    trader.answersSnapshot();
    expect(trader.phaseOf(1)).toBe('cancelled');
  });

  test('is forgotten when a person cancels again: the next report that it works is no answer to that', () => {
    const trader = failed();
    trader.cancels(1);
    trader.works(1);
    expect(trader.phaseOf(1)).toBe('cancelling');
  });
});

describe('a cancel that IBKR ignores', () => {
  test('is refused once a snapshot that began long enough after it shows the order alive', () => {
    const trader = working();
    trader.cancels(1);
    trader.passes(5_000);
    trader.answersSnapshot(() => trader.reports(1, { kind: 'working' }));
    expect(trader.phaseOf(1)).toBe('working');
    expect(trader.allOf('cancel-refused')).toMatchObject([
      { code: null, text: 'IBKR has not answered, and still shows the order live' },
    ]);
  });

  test('is not, while IBKR says that it is pending', () => {
    const trader = working();
    trader.cancels(1);
    trader.passes(5_000);
    trader.answersSnapshot(() => trader.reports(1, { kind: 'cancel-pending' }));
    expect(trader.phaseOf(1)).toBe('cancelling');
  });

  test('waits on while a snapshot came too early to tell', () => {
    const trader = working();
    trader.places({ quantity: quantity('3') });
    trader.passes(3_000);
    trader.cancels(1);
    trader.passes(2_000);
    trader.answersSnapshot(() => {
      trader.reports(1, { kind: 'working' });
      trader.reports(2, { kind: 'working' });
    });
    expect(trader.phaseOf(1)).toBe('cancelling');
    trader.passes(5_000);
    expect(trader.isAskedForSnapshot).toBe(true);
  });
});

describe('a cancel that the link may have lost', () => {
  test('is asked for again when the session is ready', () => {
    const trader = working();
    trader.cancels(1);
    trader.linkDown();
    trader.passes(20_000);
    trader.connects(() => trader.reports(1, { kind: 'working' }));
    expect(trader.effectsOf('cancel')).toHaveLength(2);
    trader.cancelled(1);
    expect(trader.phaseOf(1)).toBe('cancelled');
  });

  test('is asked for again after a crash, even when it had only been written down', () => {
    const trader = working();
    trader.cancels(1);
    trader.crashes(trader.journal.length - 1);
    expect(trader.phaseOf(1)).toBe('cancelling');
    const before = trader.effectsOf('cancel').length;
    trader.connects(() => trader.reports(1, { kind: 'working' }));
    expect(trader.effectsOf('cancel')).toHaveLength(before + 1);
  });

  test('is not ours to repeat when somebody else asked for it', () => {
    const trader = working();
    trader.status(1, { kind: 'cancel-pending' });
    trader.linkDown();
    trader.connects(() => trader.reports(1, { kind: 'cancel-pending' }));
    expect(trader.effectsOf('cancel')).toEqual([]);
  });

  test('can not be repeated under another client id', () => {
    const trader = working();
    trader.cancels(1);
    trader.linkDown();
    trader.linkUp({ clientId: clientId(2) });
    trader.answersSnapshot(() => trader.reports(1, { kind: 'working' }));
    expect(trader.phase).toBe('ready');
    expect(trader.effectsOf('cancel')).toHaveLength(1);
  });
});
