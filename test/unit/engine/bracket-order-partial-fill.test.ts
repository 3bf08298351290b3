import { describe, expect, test } from 'vitest';
import type { BracketOrderRequest } from '#domain/bracket';
import { clientId } from '#domain/ids';
import { percent, price, quantity } from '#domain/money';
import type { OrderRecord } from '#domain/order-record';
import type { ObservedTerms } from '#domain/order-spec';
import { EXIT_GRACE_MS } from '#engine/managers/bracket-manager';
import { COVER_GRACE_MS } from '#engine/managers/protection-cover';
import { ATTEMPTS_BEFORE_ALARM, RETRY_MS_MIN } from '#engine/managers/protection-patience';
import { correctionOf, EngineHarness } from '#test/builders/engine-harness';

const [ENTRY, TARGET, STOP, COVER] = [1, 2, 3, 4] as const;

/** A type that this release shows and does not place. */
const aForeignType: ObservedTerms = { type: 'OTHER', name: 'MIT', limit: null, stop: price('145') };

/** A bracket of 10 whose entry works; its exits wait for it. */
function working(change: Partial<BracketOrderRequest> = {}): EngineHarness {
  const trader = EngineHarness.ready();
  trader.placesBracket(change);
  trader.works(ENTRY);
  trader.acknowledges(TARGET, 'parent');
  trader.acknowledges(STOP, 'parent');
  return trader;
}

/** `shares` of the entry fill, and IBKR lets the exits work for them at once (children pro rata). */
function fillsProRata(trader: EngineHarness, shares: string): void {
  trader.fills(ENTRY, shares);
  trader.works(TARGET);
  trader.acknowledges(STOP, 'trigger');
}

/** IBKR shows `number` with another quantity. */
function isShownAs(trader: EngineHarness, number: number, shares: string): void {
  const spec = { ...trader.order(number).spec, quantity: quantity(shares) };
  trader.reports(number, { kind: 'working' }, { spec });
}

const cancelled = (trader: EngineHarness): number[] => trader.effectsOf('cancel').map(({ orderId }) => orderId);
const resized = (trader: EngineHarness): (readonly [number, string])[] =>
  trader.effectsOf('modify').map(({ order }) => [order.value.orderId, order.value.spec.quantity]);
const alarms = (trader: EngineHarness): string[] => [...trader.durable.alarms.values()].map(({ text }) => text);
const ordersOf = (trader: EngineHarness): OrderRecord[] => [...trader.durable.orders.values()];
const terms = (trader: EngineHarness, number: number) => trader.order(number).spec.terms;

/** IBKR answers the last change as it was asked for. */
function confirms(trader: EngineHarness): void {
  const { value } = trader.last('modify').order;
  const { number } = ordersOf(trader).find(({ id }) => id === value.id) ?? { number: 0 };
  trader.reports(number, { kind: 'working' }, { spec: value.spec });
}

describe('the entry fills in parts, and IBKR lets the exits work for what has filled', () => {
  test('nothing is ours to do: they protect what filled, and IBKR lets them fill no more', () => {
    const trader = working();
    for (const shares of ['3', '3', '4']) {
      fillsProRata(trader, shares);
      trader.passes(2_000);
    }
    expect(trader.position()).toBe('10');
    expect(trader.effectsOf('modify')).toEqual([]);
    expect(cancelled(trader)).toEqual([]);
    expect(ordersOf(trader)).toHaveLength(3);
    expect(alarms(trader)).toEqual([]);
  });
});

describe('the entry fills in parts, and IBKR holds the exits back until it has filled whole', () => {
  test('a stop of ours covers what has filled, after a moment', () => {
    const trader = working();
    trader.fills(ENTRY, '4');
    trader.passes(COVER_GRACE_MS - 1);
    expect(ordersOf(trader)).toHaveLength(3);
    trader.passes(1);
    const cover = trader.order(COVER);
    expect(cover).toMatchObject({
      origin: 'manager',
      group: { role: 'cover' },
      spec: { side: 'SELL', quantity: '4', terms: { type: 'STP', stop: '145' }, timeInForce: 'GTC' },
    });
    expect(trader.last('place')).toMatchObject({ priority: 'reduce' });
    const [group] = trader.durable.groups.values();
    expect(group?.covers).toEqual([cover.id]);
    expect(trader.allOf('decision-made').at(-1)?.decision).toMatchObject({
      outcome: 'approved',
      context: { origin: 'manager' },
    });
  });

  test('it can not grow once the market is through it, and a person is told why', () => {
    const trader = working();
    trader.fills(ENTRY, '4');
    trader.passes(COVER_GRACE_MS);
    trader.acknowledges(COVER, 'trigger');
    trader.ticks('144', '144.01', '144');
    trader.fills(ENTRY, '2');
    trader.passes(2_000);
    expect(trader.effectsOf('modify')).toEqual([]);
    expect(alarms(trader).join()).toContain('would trigger at once');
  });

  test('it grows with what fills, one change at a time', () => {
    const trader = working();
    trader.fills(ENTRY, '4');
    trader.passes(COVER_GRACE_MS);
    trader.fills(ENTRY, '2');
    trader.passes(COVER_GRACE_MS);
    expect(trader.effectsOf('modify'), 'IBKR has not confirmed it yet').toEqual([]);
    trader.acknowledges(COVER, 'trigger');
    expect(resized(trader)).toEqual([[COVER, '6']]);
    trader.fills(ENTRY, '1');
    trader.passes(COVER_GRACE_MS);
    expect(resized(trader)).toEqual([[COVER, '6']]);
    confirms(trader);
    expect(resized(trader)).toEqual([
      [COVER, '6'],
      [COVER, '7'],
    ]);
    confirms(trader);
    expect(trader.order(COVER).spec.quantity).toBe('7');
    expect(alarms(trader)).toEqual([]);
  });

  test('once IBKR lets the exits work, ours goes at once', () => {
    const trader = working();
    trader.fills(ENTRY, '4');
    trader.passes(COVER_GRACE_MS);
    trader.acknowledges(COVER, 'trigger');
    fillsProRata(trader, '6');
    expect(cancelled(trader)).toEqual([COVER]);
    trader.cancelled(COVER);
    trader.passes(60_000);
    expect(ordersOf(trader)).toHaveLength(4);
    expect(alarms(trader)).toEqual([]);
  });

  test('when the exits come alive for a part, ours shrinks to the rest', () => {
    const trader = working();
    trader.fills(ENTRY, '6');
    trader.passes(COVER_GRACE_MS);
    trader.acknowledges(COVER, 'trigger');
    isShownAs(trader, STOP, '4');
    expect(resized(trader)).toEqual([[COVER, '2']]);
  });

  test('the exits come alive at the last moment: no stop of ours is needed', () => {
    const trader = working();
    trader.fills(ENTRY, '10');
    trader.passes(COVER_GRACE_MS - 1);
    trader.works(TARGET);
    trader.acknowledges(STOP, 'trigger');
    trader.passes(10_000);
    expect(ordersOf(trader)).toHaveLength(3);
  });

  test('ours fills: what the exits close more is taken off them once they work', () => {
    const trader = working();
    trader.fills(ENTRY, '4');
    trader.passes(COVER_GRACE_MS);
    trader.acknowledges(COVER, 'trigger');
    trader.fills(COVER, '4', '145');
    expect(trader.position()).toBe('0');
    fillsProRata(trader, '6');
    trader.passes(EXIT_GRACE_MS);
    expect(resized(trader)).toEqual([
      [TARGET, '6'],
      [STOP, '6'],
    ]);
  });

  test.each<[string, BracketOrderRequest['stopLoss'], Record<string, unknown>]>([
    [
      'a stop limit',
      { type: 'STP LMT', stop: price('145'), limit: price('144.5') },
      { type: 'STP LMT', stop: '145', limit: '144.5' },
    ],
    [
      'a trailing stop',
      { type: 'TRAIL', trail: { by: 'percent', percent: percent('2') }, stop: null },
      { type: 'TRAIL', trail: { by: 'percent', percent: '2' }, stop: null },
    ],
  ])("ours is what the bracket's own stop is: %s", (_, stopLoss, expected) => {
    const trader = working({ stopLoss });
    trader.fills(ENTRY, '4');
    trader.passes(COVER_GRACE_MS);
    expect(terms(trader, COVER)).toEqual(expected);
    trader.acknowledges(COVER, 'trigger');
    trader.fills(ENTRY, '1');
    trader.passes(COVER_GRACE_MS);
    expect(resized(trader)).toEqual([[COVER, '5']]);
  });

  test('an exit that IBKR holds for another reason protects nothing either', () => {
    const trader = working();
    trader.fills(ENTRY, '10');
    trader.works(TARGET);
    trader.status(STOP, { kind: 'inactive', why: 'held' });
    trader.passes(COVER_GRACE_MS);
    expect(trader.order(COVER).spec.quantity).toBe('10');
  });

  test('IBKR has not answered for the stop yet: it may be there, and a second one may be too much', () => {
    const trader = EngineHarness.ready();
    trader.placesBracket();
    trader.fills(ENTRY, '4');
    trader.passes(COVER_GRACE_MS);
    expect(ordersOf(trader)).toHaveLength(3);
    trader.acknowledges(STOP, 'parent');
    expect(trader.order(COVER).spec.quantity).toBe('4');
  });

  test('an old report that they wait comes after they were let go: they protect, and no stop of ours is added', () => {
    const trader = working();
    fillsProRata(trader, '10');
    trader.acknowledges(STOP, 'parent');
    trader.acknowledges(TARGET, 'parent');
    trader.passes(10_000);
    expect(ordersOf(trader)).toHaveLength(3);
    expect(trader.order(STOP).state).toMatchObject({ phase: 'pending', hold: 'trigger' });
    expect(trader.phaseOf(TARGET)).toBe('working');
    trader.fills(TARGET, '4', '160');
    trader.acknowledges(TARGET, 'parent');
    expect(trader.phaseOf(TARGET)).toBe('partially-filled');
  });

  test('a person may not make an exit larger than what ours leaves of it', () => {
    const trader = working();
    fillsProRata(trader, '10');
    isShownAs(trader, STOP, '6');
    isShownAs(trader, TARGET, '6');
    trader.passes(COVER_GRACE_MS);
    trader.acknowledges(COVER, 'trigger');
    expect(trader.order(COVER).spec.quantity).toBe('4');
    expect(trader.modifies(TARGET, { quantity: quantity('10') })).toMatchObject({ outcome: 'denied' });
    expect(trader.modifies(COVER, { quantity: quantity('3') })).toMatchObject({ outcome: 'accepted' });
  });

  test('our stop is growing while another bracket fills: what it may grow to leaves no room for a second one', () => {
    const trader = EngineHarness.ready();
    const held = trader.places({ quantity: quantity('2') });
    trader.fills(held, '2');
    const first = trader.placesBracket();
    for (const exit of [first.target, first.stop]) trader.acknowledges(exit, 'parent');
    trader.passes(10_000);
    trader.ticks();
    const second = trader.placesBracket({ takeProfit: { limit: price('165') } });
    for (const exit of [second.target, second.stop]) trader.acknowledges(exit, 'parent');
    trader.fills(first.entry, '4');
    trader.passes(COVER_GRACE_MS);
    const cover = second.stop + 1;
    trader.acknowledges(cover, 'trigger');
    trader.fills(first.entry, '2');
    trader.passes(COVER_GRACE_MS);
    expect(resized(trader)).toEqual([[cover, '6']]);
    trader.fills(first.entry, '4');
    trader.works(first.target);
    trader.acknowledges(first.stop, 'trigger');
    trader.fills(second.entry, '4');
    trader.passes(COVER_GRACE_MS);
    expect(trader.durable.orders.size).toBe(cover);
    confirms(trader);
    trader.cancelled(cover);
    trader.passes(COVER_GRACE_MS);
    expect(trader.order(cover + 1).spec.quantity).toBe('4');
  });

  test('other protection beside it leaves our stop what the position has left', () => {
    const trader = EngineHarness.ready();
    const held = trader.places({ quantity: quantity('5') });
    trader.fills(held, '5');
    const protection = { by: 'stop', stop: price('145') } as const;
    const { orders } = trader.commands({ kind: 'protect-position', request: { symbol: 'AAPL', protection } });
    const standing = orders[0]?.number ?? 0;
    trader.acknowledges(standing, 'trigger');
    trader.passes(10_000);
    trader.ticks();
    const alone = trader.placesBracket({ takeProfit: null });
    trader.fills(alone.stop - 1, '10');
    trader.acknowledges(alone.stop, 'trigger');
    trader.passes(10_000);
    trader.ticks();
    const { entry, target, stop } = trader.placesBracket({ takeProfit: { limit: price('165') } });
    for (const exit of [target, stop]) trader.acknowledges(exit, 'parent');
    trader.fills(entry, '4');
    trader.passes(COVER_GRACE_MS);
    const cover = stop + 1;
    expect(trader.order(cover).spec.quantity).toBe('4');
    trader.acknowledges(cover, 'trigger');
    // Without a target there is no group to grow in: a second stop takes what the first has lost.
    isShownAs(trader, alone.stop, '6');
    trader.passes(COVER_GRACE_MS);
    expect(trader.order(cover + 1).spec.quantity).toBe('4');
  });

  test('its stop is taken away meanwhile, and IBKR lets the target go: it goes, for our stop stands outside its group', () => {
    const trader = EngineHarness.ready();
    trader.placesBracket();
    trader.acknowledges(TARGET, 'parent');
    trader.acknowledges(STOP, 'parent');
    trader.cancelled(STOP);
    trader.fills(ENTRY, '4');
    trader.passes(COVER_GRACE_MS);
    trader.acknowledges(COVER, 'trigger');
    trader.fills(ENTRY, '6');
    trader.works(TARGET);
    trader.passes(COVER_GRACE_MS);
    expect(resized(trader)).toEqual([]);
    expect(trader.allOf('cancel-requested')).toMatchObject([
      { id: trader.order(TARGET).id, origin: 'manager', reason: 'a stop of ours stands outside its OCA group' },
    ]);
    trader.errs(TARGET, 161, 'cancel-failed');
    trader.answersSnapshot(() => {
      trader.reports(TARGET, { kind: 'working' });
      trader.reports(COVER, { kind: 'acknowledged', hold: 'trigger' });
      trader.reportsPosition('10');
    });
    expect(trader.allOf('cancel-requested')).toHaveLength(1);
    trader.passes(RETRY_MS_MIN);
    expect(trader.allOf('cancel-requested')).toHaveLength(2);
    trader.cancelled(TARGET);
    trader.passes(COVER_GRACE_MS);
    expect(resized(trader)).toEqual([[COVER, '10']]);
  });

  test('a short entry is covered above the market', () => {
    const trader = EngineHarness.ready({ risk: { allowShort: true } });
    trader.placesBracket({
      side: 'SELL',
      takeProfit: { limit: price('140') },
      stopLoss: { type: 'STP', stop: price('155') },
    });
    trader.acknowledges(STOP, 'parent');
    trader.fills(ENTRY, '4');
    trader.passes(COVER_GRACE_MS);
    expect(trader.order(COVER).spec).toMatchObject({ side: 'BUY', quantity: '4', terms: { stop: '155' } });
  });
});

describe('the entry is over after a partial fill', () => {
  const over: readonly [string, (trader: EngineHarness) => void][] = [
    ['cancelled', (trader) => trader.cancelled(ENTRY)],
    ['rejected by a later venue', (trader) => trader.errs(ENTRY, 201, 'rejected')],
  ];

  test.each(over)('%s: IBKR scales the exits itself, and is given time for it', (_, ends) => {
    const trader = working();
    fillsProRata(trader, '4');
    ends(trader);
    isShownAs(trader, TARGET, '4');
    isShownAs(trader, STOP, '4');
    trader.passes(10_000);
    expect(resized(trader)).toEqual([]);
    expect(cancelled(trader)).toEqual([]);
  });

  test.each(over)('%s: exits that IBKR left as they were are scaled to what filled', (_, ends) => {
    const trader = working();
    fillsProRata(trader, '4');
    ends(trader);
    trader.passes(EXIT_GRACE_MS - 1);
    expect(resized(trader)).toEqual([]);
    trader.passes(1);
    expect(resized(trader)).toEqual([
      [TARGET, '4'],
      [STOP, '4'],
    ]);
    expect(trader.last('modify')).toMatchObject({ priority: 'reduce', order: { value: { parentOrderId: null } } });
    trader.passes(4_000);
    expect(resized(trader), 'one change of each is under way').toHaveLength(2);
  });

  test('counted from what the exit itself has filled', () => {
    const trader = working();
    fillsProRata(trader, '6');
    trader.fills(STOP, '2', '145');
    trader.cancelled(ENTRY);
    trader.passes(EXIT_GRACE_MS);
    expect(resized(trader)).toEqual([
      [TARGET, '4'],
      [STOP, '6'],
    ]);
  });

  test.each(over)('%s: IBKR took the exits away, so that a stop of ours takes their place', (_, ends) => {
    const trader = working();
    trader.fills(ENTRY, '4');
    ends(trader);
    trader.cancelled(TARGET);
    trader.cancelled(STOP);
    trader.passes(COVER_GRACE_MS);
    expect(trader.order(COVER).spec).toMatchObject({ quantity: '4', terms: { type: 'STP', stop: '145' } });
    trader.acknowledges(COVER, 'trigger');
    expect(trader.allOf('bracket-closed')).toEqual([]);
    trader.fills(COVER, '4', '145');
    expect(trader.allOf('bracket-closed')).toHaveLength(1);
    expect(alarms(trader)).toEqual([]);
  });

  test('its execution comes after the word for its end: the bracket is open again, and covered', () => {
    const trader = working();
    trader.cancelled(ENTRY);
    trader.cancelled(TARGET);
    trader.cancelled(STOP);
    expect(trader.allOf('bracket-closed')).toHaveLength(1);
    trader.fills(ENTRY, '4');
    trader.passes(COVER_GRACE_MS);
    expect(trader.order(COVER).spec.quantity).toBe('4');
    const [group] = trader.durable.groups.values();
    expect(group?.closed).toBeNull();
  });

  test('an execution that comes late and is closed already opens nothing', () => {
    const trader = working();
    trader.cancelled(ENTRY);
    trader.cancelled(TARGET);
    trader.cancelled(STOP);
    const sold = trader.places({ side: 'SELL', quantity: quantity('4'), terms: { type: 'LMT', limit: price('151') } });
    expect(trader.phaseOf(sold)).toBe('denied');
    trader.reportsPosition('0');
    trader.fills(ENTRY, '4');
    trader.fills(STOP, '4', '145');
    trader.passes(10_000);
    expect(ordersOf(trader)).toHaveLength(4);
    expect(trader.allOf('bracket-closed')).toHaveLength(1);
  });
});

describe('an exit fills in part', () => {
  function filled(): EngineHarness {
    const trader = working();
    fillsProRata(trader, '10');
    return trader;
  }

  test('IBKR reduces the other by as much: nothing is scaled twice', () => {
    const trader = filled();
    trader.fills(TARGET, '4', '160');
    trader.passes(EXIT_GRACE_MS - 1);
    isShownAs(trader, STOP, '6');
    trader.passes(60_000);
    expect(resized(trader)).toEqual([]);
    expect(alarms(trader)).toEqual([]);
  });

  test('IBKR leaves the other: it is reduced by us', () => {
    const trader = filled();
    trader.fills(TARGET, '4', '160');
    trader.passes(EXIT_GRACE_MS);
    expect(resized(trader)).toEqual([[STOP, '6']]);
    confirms(trader);
    trader.fills(TARGET, '1', '160');
    trader.passes(EXIT_GRACE_MS);
    expect(resized(trader)).toEqual([
      [STOP, '6'],
      [STOP, '5'],
    ]);
  });

  test('its fill is taken back: the stop grows again by what it has lost meanwhile, in the group of the target', () => {
    const trader = filled();
    const execId = trader.fills(TARGET, '4', '160');
    isShownAs(trader, STOP, '6');
    trader.fills(TARGET, '1', '160', { execId: correctionOf(execId) });
    trader.passes(COVER_GRACE_MS);
    expect(ordersOf(trader)).toHaveLength(3);
    expect(resized(trader)).toEqual([[STOP, '9']]);
    confirms(trader);
    trader.passes(60_000);
    expect(resized(trader)).toHaveLength(1);
    expect(alarms(trader)).toEqual([]);
  });
});

describe('IBKR refuses to scale an exit', () => {
  test('it is tried again, ever more seldom; after three refusals a person is told, until it is done', () => {
    const trader = EngineHarness.ready();
    const { stop } = trader.placesBracket({ takeProfit: null });
    trader.fills(ENTRY, '4');
    trader.acknowledges(stop, 'trigger');
    trader.cancelled(ENTRY);
    trader.passes(EXIT_GRACE_MS);
    let waits = RETRY_MS_MIN;
    for (let attempt = 1; attempt <= ATTEMPTS_BEFORE_ALARM; attempt += 1) {
      expect(resized(trader)).toHaveLength(attempt);
      expect(alarms(trader)).toEqual([]);
      trader.errs(stop, 104, 'refused-change', 'Cannot modify');
      if (attempt === ATTEMPTS_BEFORE_ALARM) break;
      trader.passes(waits - 1);
      expect(resized(trader)).toHaveLength(attempt);
      trader.passes(1);
      waits *= 2;
    }
    expect(alarms(trader)).toEqual([
      'Order 2 would close 10 AAPL, but only 4 are left to protect: IBKR has refused 3 times to change it. Change or cancel it in TWS.',
    ]);
    isShownAs(trader, stop, '4');
    expect(alarms(trader)).toEqual([]);
  });

  test("what was placed under another client id is a person's to change", () => {
    const trader = working();
    fillsProRata(trader, '10');
    trader.fills(TARGET, '4', '160');
    trader.linkDown();
    trader.linkUp({ clientId: clientId(2) });
    trader.answersSnapshot(() => {
      trader.reportsCompleted(ENTRY, { kind: 'filled' });
      trader.reports(TARGET, { kind: 'working' });
      trader.reports(STOP, { kind: 'acknowledged', hold: 'trigger' });
      trader.reportsPosition('6');
    });
    trader.passes(EXIT_GRACE_MS);
    expect(resized(trader)).toEqual([]);
    expect(alarms(trader)).toEqual([
      'Order 3 would close 10 AAPL, but only 6 are left to protect: it was placed under another API client id. Change or cancel it in TWS.',
    ]);
    trader.acknowledges(STOP, 'none');
    expect(trader.allOf('alarm-raised'), 'told once').toHaveLength(1);
  });

  test('an exit that was made another type in TWS is not ours to change', () => {
    const trader = working();
    fillsProRata(trader, '10');
    const spec = { ...trader.order(STOP).spec, terms: aForeignType };
    trader.reports(STOP, { kind: 'working' }, { spec });
    trader.fills(TARGET, '4', '160');
    trader.passes(EXIT_GRACE_MS);
    expect(alarms(trader).join()).toContain('only 6 are left to protect: a MIT order is not ours to change.');
  });
});
