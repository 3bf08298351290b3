import { describe, expect, test } from 'vitest';
import type { CommandReply } from '#domain/command';
import { price, quantity } from '#domain/money';
import type { Origin } from '#domain/order-record';
import { POSITION_LAG_MS } from '#engine/orders/position-lag';
import { EngineHarness } from '#test/builders/engine-harness';

interface Wish {
  readonly includingStops?: boolean;
  readonly everywhere?: boolean;
  readonly reason?: string;
}

const sets = (
  trader: EngineHarness,
  state: 'ACTIVE' | 'REDUCING' | 'HALTED',
  { includingStops = false, everywhere = false, reason = '' }: Wish = {},
  origin: Origin = 'window',
): CommandReply => trader.commands({ kind: 'set-trading-state', state, includingStops, everywhere, reason }, origin);

const kills = (trader: EngineHarness, wish: Wish = {}): CommandReply => sets(trader, 'HALTED', wish);

/** A trader who holds 100 AAPL. */
function holding(): EngineHarness {
  const trader = new EngineHarness({ risk: { allowShort: true } });
  trader.definesAapl();
  trader.connects(() => trader.reportsPosition('100'));
  trader.ticks();
  return trader;
}

const sell = (shares: string, limit = '170') =>
  ({ side: 'SELL', quantity: quantity(shares), terms: { type: 'LMT', limit: price(limit) } }) as const;

/** A trader who holds 100 AAPL, with a working order of each kind. */
function desk(): { trader: EngineHarness; buy: number; close: number; stop: number } {
  const trader = holding();
  const buy = trader.places();
  const close = trader.places(sell('40'));
  const stop = trader.places({ side: 'SELL', quantity: quantity('60'), terms: { type: 'STP', stop: price('140') } });
  for (const number of [buy, close, stop]) trader.works(number);
  return { trader, buy, close, stop };
}

const cancelled = (trader: EngineHarness): readonly number[] =>
  trader.allOf('cancel-requested').map(({ id }) => trader.durable.orders.get(id)?.number ?? 0);

describe('the kill switch', () => {
  test('cancels our working orders, also those that close, and keeps the stop that protects', () => {
    const { trader, buy, close } = desk();
    const reply = kills(trader, { reason: 'the feed is wrong' });
    expect(reply.outcome).toBe('accepted');
    expect(reply.orders.map(({ number }) => number)).toEqual([buy, close]);
    expect(cancelled(trader)).toEqual([buy, close]);
    expect(trader.durable.trading).toMatchObject({ state: 'HALTED', cause: 'person', reason: 'the feed is wrong' });
    expect(trader.allOf('cancel-requested')[0]).toMatchObject({ origin: 'window' });
  });

  test('is written down before the first cancel', () => {
    const { trader } = desk();
    const types = trader.typesOf(() => kills(trader));
    expect(types.indexOf('trading-state-changed')).toBeLessThan(types.indexOf('cancel-requested'));
  });

  test('including stops it cancels what protects too, and gives up the stops that wait for a price', () => {
    const { trader, buy, close, stop } = desk();
    const waits = trader.commands({
      kind: 'place-trailing-stop',
      request: {
        symbol: 'AAPL',
        side: 'SELL',
        quantity: quantity('60'),
        trail: { by: 'amount', amount: price('2') },
        activationPrice: price('160'),
        initialStopPrice: null,
        triggerOn: 'last',
        mode: 'managed',
        outsideRth: false,
      },
    });
    expect(waits.outcome).toBe('accepted');
    kills(trader, { includingStops: true });
    expect(cancelled(trader)).toEqual([buy, close, stop]);
    expect(trader.allOf('stop-ended')).toHaveLength(1);
  });

  test('a stop that closes more than is held protects nothing', () => {
    const trader = holding();
    const stop = trader.places({
      side: 'SELL',
      quantity: quantity('101'),
      terms: { type: 'STP', stop: price('140') },
      allowFlip: true,
    });
    trader.works(stop);
    kills(trader);
    expect(cancelled(trader)).toEqual([stop]);
  });

  test('a target and a stop that close the position, of which one cancels the other, stay; such a pair that opens one goes', () => {
    const trader = holding();
    const pair = (side: 'BUY' | 'SELL', limit: string, stop: string): readonly number[] => {
      const leg = { symbol: 'AAPL', side, quantity: quantity('30'), timeInForce: 'GTC', outsideRth: false } as const;
      const reply = trader.commands({
        kind: 'place-oco',
        request: {
          legs: [
            { ...leg, terms: { type: 'LMT', limit: price(limit) } },
            { ...leg, terms: { type: 'STP', stop: price(stop) } },
          ],
          onPartialFill: 'reduce',
          sharing: 'share-for-share',
          onOverfill: 'alert',
        },
      });
      return reply.orders.map(({ number }) => number);
    };
    const closes = pair('SELL', '170', '140');
    const opens = pair('BUY', '130', '160');
    for (const number of [...closes, ...opens]) trader.works(number);
    kills(trader);
    expect(closes).toHaveLength(2);
    expect(cancelled(trader)).toEqual(opens);
  });

  test("a bracket's entry goes, and its exits with it once it is gone", () => {
    const trader = EngineHarness.ready();
    const { entry, target, stop } = trader.placesBracket();
    for (const number of [entry, target, stop]) trader.works(number);
    kills(trader);
    expect(cancelled(trader)).toEqual([entry]);
    for (const number of [entry, target, stop]) trader.cancelled(number);
    expect(trader.allOf('bracket-closed')).toHaveLength(1);
  });

  test('the exits of a bracket that has filled stay', () => {
    const trader = EngineHarness.ready();
    const { entry, target, stop } = trader.placesBracket();
    for (const number of [entry, target, stop]) trader.works(number);
    trader.fills(entry, '10');
    kills(trader);
    expect(cancelled(trader)).toEqual([]);
    expect([trader.phaseOf(target), trader.phaseOf(stop)]).toEqual(['working', 'working']);
  });

  test('afterwards nothing that adds is sent, and a person may still close and cancel', () => {
    const { trader } = desk();
    kills(trader);
    for (const number of [1, 2]) trader.cancelled(number);
    expect(trader.commands({ kind: 'place-order', request: addsTen }).outcome).toBe('denied');
    const close = trader.places(sell('30'));
    trader.works(close);
    expect(trader.phaseOf(close)).toBe('working');
    expect(trader.cancels(close).outcome).toBe('accepted');
  });

  test('pressed twice it asks for nothing twice, and reaches what was sent in between', () => {
    const { trader, buy, close } = desk();
    kills(trader);
    const first = cancelled(trader).length;
    kills(trader);
    expect(cancelled(trader)).toHaveLength(first);
    for (const number of [buy, close]) trader.cancelled(number);
    const later = trader.places(sell('30'));
    trader.works(later);
    kills(trader);
    expect(cancelled(trader).at(-1)).toBe(later);
  });

  test('pressed again without the stops it does not take back that they go', () => {
    const { trader } = desk();
    kills(trader, { includingStops: true, everywhere: true });
    kills(trader);
    expect(trader.durable.trading.kill).toMatchObject({ includingStops: true, globalCancel: 'sent' });
  });

  test('an order that was on its way is cancelled too', () => {
    const trader = holding();
    const buy = trader.places();
    expect(trader.phaseOf(buy)).toBe('submitting');
    kills(trader);
    expect(cancelled(trader)).toEqual([buy]);
  });

  test('without a session it is kept, and carried out when one is ready', () => {
    const { trader, buy, close, stop } = desk();
    trader.linkDown();
    const reply = kills(trader);
    expect(reply).toMatchObject({ outcome: 'accepted', orders: [] });
    expect(reply.message).toBe(
      'Not connected to IBKR (disconnected): orders are cancelled as soon as a session is ready.',
    );
    trader.connects(() => {
      for (const number of [buy, close, stop]) trader.reports(number, { kind: 'working' });
      trader.reportsPosition('100');
    });
    expect(cancelled(trader)).toEqual([buy, close]);
  });

  test('over a link that drops under it, and a crash after any of its steps, the orders go', () => {
    for (const isCrash of [false, true]) {
      const { trader, buy, close, stop } = desk();
      const before = trader.journal.length;
      kills(trader);
      const written = trader.journal.length - before;
      for (let kept = 1; kept <= (isCrash ? written : 1); kept += 1) {
        const again = isCrash ? desk().trader : trader;
        if (isCrash) {
          kills(again);
          again.crashes(before + kept);
        } else again.linkDown();
        expect(again.durable.trading.state).toBe('HALTED');
        again.connects(() => {
          for (const number of [buy, close, stop]) again.reports(number, { kind: 'working' });
          again.reportsPosition('100');
        });
        expect([buy, close, stop].map((number) => again.phaseOf(number))).toEqual([
          'cancelling',
          'cancelling',
          'working',
        ]);
        expect(again.last('cancel').validUntil).toBeGreaterThanOrEqual(again.now);
      }
    }
  });

  test('what IBKR does not cancel is asked for three times, then a person is told, once', () => {
    const { trader, buy, close } = desk();
    kills(trader);
    trader.cancelled(close);
    const refuse = (): void => {
      trader.errs(buy, 161, 'cancel-failed');
      trader.answersSnapshot(() => {
        trader.reports(buy, { kind: 'working' });
        trader.reports(3, { kind: 'working' });
        trader.reportsPosition('100');
      });
    };
    for (let tries = 0; tries < 3; tries += 1) refuse();
    trader.works(buy);
    trader.reports(buy, { kind: 'acknowledged', hold: 'none' });
    expect(cancelled(trader).filter((number) => number === buy)).toHaveLength(3);
    const alarms = trader.allOf('alarm-raised').filter(({ alarm }) => alarm.id === `not-cancelled:${buy}`);
    expect(alarms).toHaveLength(1);
    expect(alarms[0]?.alarm.text).toContain('IBKR has not cancelled it');
  });

  test('cancels that waited too long behind others are asked for again, not for ever', () => {
    const { trader, buy } = desk();
    trader.outcome = { result: 'not-sent', reason: 'it waited too long behind other messages' };
    kills(trader);
    const tries = cancelled(trader).filter((number) => number === buy).length;
    expect(tries).toBeGreaterThan(3);
    expect(tries).toBeLessThan(30);
  });
});

const addsTen = {
  symbol: 'AAPL',
  side: 'BUY',
  quantity: quantity('10'),
  terms: { type: 'LMT', limit: price('150') },
  timeInForce: 'DAY',
  outsideRth: false,
} as const;

describe('the kill switch for every client', () => {
  const everywhere = { includingStops: true, everywhere: true };

  test('asks IBKR once for all, and ours count as being cancelled', () => {
    const { trader, buy, close, stop } = desk();
    const reply = kills(trader, everywhere);
    expect(trader.effectsOf('global-cancel')).toHaveLength(1);
    expect(trader.effectsOf('cancel')).toEqual([]);
    expect(reply.orders.map(({ number }) => number)).toEqual([buy, close, stop]);
    expect([buy, close, stop].map((number) => trader.phaseOf(number))).toEqual([
      'cancelling',
      'cancelling',
      'cancelling',
    ]);
    expect(trader.durable.trading.kill?.globalCancel).toBe('sent');
  });

  test('wants to be told that stops go too', () => {
    const { trader } = desk();
    expect(kills(trader, { everywhere: true })).toMatchObject({ outcome: 'refused' });
    expect(trader.durable.trading.state).toBe('ACTIVE');
  });

  test('that the link did not take is asked for by the next session', () => {
    const { trader, buy, close, stop } = desk();
    trader.outcome = { result: 'not-sent', reason: 'not connected' };
    kills(trader, everywhere);
    expect(trader.durable.trading.kill?.globalCancel).toBe('owed');
    trader.outcome = { result: 'sent' };
    trader.linkDown();
    trader.connects(() => {
      for (const number of [buy, close, stop]) trader.reports(number, { kind: 'working' });
      trader.reportsPosition('100');
    });
    expect(trader.effectsOf('global-cancel')).toHaveLength(2);
    expect(trader.durable.trading.kill?.globalCancel).toBe('sent');
  });

  test('is asked for again while an order of others that was there then survives, and not for one that came later', () => {
    const trader = holding();
    trader.reportsForeign();
    kills(trader, everywhere);
    trader.linkDown();
    trader.connects(() => {
      trader.reportsForeign();
      trader.reportsPosition('100');
    });
    expect(trader.effectsOf('global-cancel')).toHaveLength(2);
    trader.linkDown();
    trader.connects(() => trader.reportsPosition('100'));
    expect(trader.effectsOf('global-cancel')).toHaveLength(2);
  });

  test('an answer that comes after trading is on again changes nothing', () => {
    const { trader } = desk();
    trader.outcome = null;
    kills(trader, everywhere);
    sets(trader, 'ACTIVE');
    trader.outcome = { result: 'sent' };
    trader.hearsOutcome(trader.last('global-cancel').id, { result: 'sent' });
    expect(trader.durable.trading).toMatchObject({ state: 'ACTIVE' });
    expect(trader.durable.trading.kill).toBeUndefined();
  });
});

describe('REDUCING and ACTIVE by a person', () => {
  test('REDUCING cancels what adds, and leaves what closes', () => {
    const { trader, buy } = desk();
    expect(sets(trader, 'REDUCING').orders.map(({ number }) => number)).toEqual([buy]);
    expect(trader.durable.trading).toMatchObject({ state: 'REDUCING', reason: 'a person asked for it' });
    expect(trader.durable.trading.kill).toBeUndefined();
  });

  test('only HALTED cancels stops', () => {
    const { trader } = desk();
    expect(sets(trader, 'REDUCING', { includingStops: true }).outcome).toBe('refused');
  });

  test('ACTIVE trades again; said while it is, nothing happens', () => {
    const { trader } = desk();
    kills(trader);
    expect(sets(trader, 'ACTIVE', {}, 'cli').outcome).toBe('accepted');
    expect(trader.allOf('trading-state-changed').at(-1)).toMatchObject({ origin: 'cli', trading: { state: 'ACTIVE' } });
    const changes = trader.allOf('trading-state-changed').length;
    expect(sets(trader, 'ACTIVE').outcome).toBe('accepted');
    expect(trader.allOf('trading-state-changed')).toHaveLength(changes);
  });

  test('ACTIVE waits for the acknowledgement of a position that nothing explains', () => {
    const trader = holding();
    trader.reportsPosition('90');
    trader.passes(POSITION_LAG_MS);
    trader.answersSnapshot(() => trader.reportsPosition('90'));
    kills(trader);
    expect(sets(trader, 'ACTIVE')).toMatchObject({ outcome: 'refused' });
    trader.acknowledgesDifferences();
    expect(trader.durable.trading.state).toBe('HALTED');
    expect(sets(trader, 'ACTIVE').outcome).toBe('accepted');
  });

  test('a restart keeps what a person set', () => {
    const { trader } = desk();
    kills(trader, { reason: 'lunch' });
    trader.crashes();
    expect(trader.durable.trading).toMatchObject({ state: 'HALTED', reason: 'lunch' });
  });
});
