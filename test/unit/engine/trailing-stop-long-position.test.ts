import { describe, expect, test } from 'vitest';
import { percent, price, quantity } from '#domain/money';
import { AAPL, TESLA } from '#test/builders/engine-harness';
import { TrailingDesk } from '#test/builders/trailing-desk';

describe('a managed trailing stop for a long position', () => {
  test('rests as a SELL stop three dollars below the market, good till cancelled, triggered by what it follows', () => {
    const desk = TrailingDesk.holding();
    const reply = desk.trails({ triggerOn: 'bidAsk' });
    expect(reply).toMatchObject({ outcome: 'accepted', message: '' });
    const order = desk.order(1);
    expect(order.spec).toMatchObject({
      ...{ side: 'SELL', quantity: '10', timeInForce: 'GTC', triggerOn: 'bidAsk', outsideRth: false },
      terms: { type: 'STP', stop: '146.99' },
    });
    expect(order.group).toEqual({ id: desk.stop.id, role: 'protective-stop' });
    expect(desk.stop).toMatchObject({
      side: 'SELL',
      order: order.id,
      waterMark: '149.99',
      state: { phase: 'guarding' },
    });
    expect(desk.last('place')).toMatchObject({
      priority: 'reduce',
      legs: { value: [{ oca: null, parentOrderId: null }] },
    });
    expect(desk.journal.slice(-3).map(({ event }) => event.type)).toEqual([
      'decision-made',
      'orders-intended',
      'command-answered',
    ]);
  });

  test('follows the best price, and its change says what made it', () => {
    const desk = TrailingDesk.holding();
    const number = desk.rests();
    desk.settlesAt('152');
    expect(desk.allOf('stop-ratcheted')).toMatchObject([
      {
        ...{ groupId: desk.stop.id, id: desk.order(number).id, before: '147', waterMark: '152' },
        ...{ bid: '151.99', ask: '152.01', modification: { terms: { type: 'STP', stop: '149' }, quantity: '10' } },
      },
    ]);
    expect(desk.last('modify')).toMatchObject({
      priority: 'trail',
      order: { value: { spec: { terms: { stop: '149' } } } },
    });
    desk.confirms(number);
    expect(desk.stopOf(number)).toBe('149');
    expect(desk.durable.stopMoves.get(desk.order(number).id)).toMatchObject([
      { stop: '147', waterMark: null },
      { stop: '149', waterMark: '152' },
    ]);
  });

  test('by percent, it keeps that share of the best price, rounded down to the tick', () => {
    const desk = TrailingDesk.holding();
    const number = desk.rests({ trail: { by: 'percent', percent: percent('2') } });
    expect(desk.stopOf(number)).toBe('147');
    desk.movesTo('153.33', number);
    expect(desk.stopOf(number)).toBe('150.26'); // 153.33 × 0.98 = 150.2634
  });

  test('an initial stop rests where it was asked for, and moves once the market is further away', () => {
    const desk = TrailingDesk.holding();
    const number = desk.rests({ initialStopPrice: price('149') });
    desk.movesTo('151.9', number);
    expect(desk.stopOf(number)).toBe('149');
    desk.movesTo('152.2', number);
    expect(desk.stopOf(number)).toBe('149.2');
  });

  test.each([
    ['last', '147', '148.5'],
    ['bidAsk', '146.99', '148.49'],
    ['mid', '147', '148.5'],
  ] as const)('follows the %s price', (triggerOn, first, second) => {
    const desk = TrailingDesk.holding();
    const number = desk.rests({ triggerOn });
    expect(desk.stopOf(number)).toBe(first);
    desk.movesTo('151.5', number);
    expect(desk.stopOf(number)).toBe(second);
  });

  test('a last trade outside the market is taken as the nearer side of it, to begin with', () => {
    const desk = TrailingDesk.holding();
    desk.fact({ kind: 'quote', conId: AAPL.conId, patch: { last: price('155') } });
    desk.trails();
    expect(desk.stopOf(1)).toBe('147.01');
  });

  test('two stops may share a position, each for its part', () => {
    const desk = TrailingDesk.holding();
    desk.rests({ quantity: quantity('4') });
    desk.rests({ quantity: quantity('6') });
    expect(desk.trails({ quantity: quantity('1') })).toMatchObject({ outcome: 'denied' });
  });

  test('the same stop twice in a moment is one that was typed twice', () => {
    const desk = TrailingDesk.holding();
    desk.rests({ quantity: quantity('4') });
    expect(desk.trails({ quantity: quantity('4') })).toMatchObject({ outcome: 'denied', orders: [{ number: 2 }] });
    expect(desk.phaseOf(2)).toBe('denied');
    expect(desk.durable.protectiveStops.size).toBe(1);
  });

  test.each([
    ['more than is held', { quantity: quantity('11') }],
    ['the wrong side', { side: 'BUY' as const }],
    ['a stop at the market', { initialStopPrice: price('150') }],
  ])('%s is denied', (_what, change) => {
    const desk = TrailingDesk.holding();
    expect(desk.trails(change).outcome).toBe('denied');
    expect(desk.effectsOf('place')).toEqual([]);
  });

  test('what is decided before it is sent is what would be decided', () => {
    const desk = TrailingDesk.holding();
    desk.trades('200', TESLA);
    expect(desk.previewsTrailing()).toMatchObject({ ok: true, value: { outcome: 'approved' } });
    expect(desk.previewsTrailing({ quantity: quantity('11') })).toMatchObject({
      ok: true,
      value: { outcome: 'denied' },
    });
    expect(desk.previewsTrailing({ symbol: 'NVDA' })).toMatchObject({ ok: false });
    expect(desk.previewsTrailing({ trail: { by: 'amount', amount: price('0.001') } })).toMatchObject({ ok: false });
  });
});

describe('a trailing stop is refused in words', () => {
  test.each([
    ['an unknown symbol', { symbol: 'NVDA' }, 'NVDA is not a stock'],
    ['less than a tick', { trail: { by: 'amount', amount: price('0.001') } }, 'less than the tick 0.01'],
    ['an activation price of nothing', { activationPrice: price('0') }, 'Activation price 0.00 is not above zero'],
    [
      'an initial stop beyond its activation price',
      { activationPrice: price('148'), initialStopPrice: price('149') },
      'The initial stop 149.00 of a SELL must be below its activation price 148.00',
    ],
  ] as const)('%s', (_what, change, words) => {
    const desk = TrailingDesk.holding();
    const reply = desk.trails(change);
    expect(reply.outcome).toBe('refused');
    expect(reply.message).toContain(words);
    expect(desk.durable.protectiveStops.size).toBe(0);
  });

  test('without a price to trail from, unless it is said where it rests at first', () => {
    const desk = TrailingDesk.holding();
    desk.isQuoted(AAPL, false);
    expect(desk.trails().message).toContain('There is no real-time price of AAPL to trail from now');
    expect(desk.trails({ initialStopPrice: price('140') }).outcome).toBe('accepted');
  });

  test.each([
    ['crossed', { bid: price('151'), ask: price('150') }],
    ['one-sided', { ask: null }],
    ['without a trade', { last: null }],
  ])('a market that is %s is no price to trail from', (_what, patch) => {
    const desk = TrailingDesk.holding();
    desk.fact({ kind: 'quote', conId: AAPL.conId, patch });
    expect(desk.trails().outcome).toBe('refused');
  });

  test('before anything is quoted', () => {
    const desk = new TrailingDesk();
    desk.holds('10');
    desk.definesAapl();
    expect(desk.trails().message).toContain('There is no real-time price of AAPL');
  });
});
