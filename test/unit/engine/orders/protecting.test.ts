import { describe, expect, test } from 'vitest';
import { price, quantity } from '#domain/money';
import type { CommandReply, ProtectRequest } from '#domain/command';
import { preview } from '#engine/engine';
import { COVER_GRACE_MS } from '#engine/managers/protection-cover';
import { EngineHarness } from '#test/builders/engine-harness';

const at145 = { by: 'stop', stop: price('145') } as const;
const byThree: ProtectRequest['protection'] = { by: 'trail', trail: { by: 'amount', amount: price('3') } };

function holding(held: string): EngineHarness {
  const trader = new EngineHarness();
  trader.connects(() => trader.reportsPosition(held));
  trader.definesAapl();
  trader.ticks();
  return trader;
}
const protects = (trader: EngineHarness, protection: ProtectRequest['protection'] = at145): CommandReply =>
  trader.commands({ kind: 'protect-position', request: { symbol: 'AAPL', protection } });

describe('protecting a position', () => {
  test('rests a stop for all of it, which is kept as its protection', () => {
    const trader = holding('10');
    expect(protects(trader)).toMatchObject({ outcome: 'accepted', orders: [{ number: 1 }] });
    const [stop] = trader.durable.protectiveStops.values();
    expect(stop).toMatchObject({
      ...{ side: 'SELL', quantity: '10', plan: { kind: 'fixed' }, order: trader.order(1).id },
      ...{ state: { phase: 'guarding' }, waterMark: null, symbol: 'AAPL' },
    });
    expect(trader.order(1)).toMatchObject({
      group: { id: stop?.id, role: 'protective-stop' },
      spec: { side: 'SELL', quantity: '10', terms: { type: 'STP', stop: '145' }, timeInForce: 'GTC' },
    });
    expect(trader.last('place').priority).toBe('reduce');
  });

  test('that is short rests above the market', () => {
    const trader = holding('-10');
    expect(protects(trader, { by: 'stop', stop: price('155') }).outcome).toBe('accepted');
    expect(trader.order(1).spec).toMatchObject({ side: 'BUY', quantity: '10' });
  });

  test('trails as a trailing stop of its own', () => {
    const trader = holding('10');
    expect(protects(trader, byThree)).toMatchObject({ outcome: 'accepted' });
    expect(trader.order(1).spec).toMatchObject({ quantity: '10', terms: { type: 'TRAIL' }, side: 'SELL' });
    expect(trader.order(1).group?.role).toBe('protective-stop');
  });

  test('is refused where the stop of an entry that has filled is about to protect it', () => {
    const trader = EngineHarness.ready();
    const { entry, target, stop } = trader.placesBracket();
    trader.acknowledges(target, 'parent');
    trader.acknowledges(stop, 'parent');
    trader.fills(entry, '4');
    expect(protects(trader).message).toContain('+4 is held, orders for 4 protect it');
    trader.passes(COVER_GRACE_MS);
    expect(protects(trader)).toMatchObject({ outcome: 'refused' });
    trader.fills(entry, '6');
    expect(protects(trader).message).toContain('+10 is held, orders for 10 protect it');
  });

  test('is for what has no protection yet, and is refused where all has', () => {
    const trader = holding('10');
    trader.commands({
      kind: 'place-trailing-stop',
      request: {
        ...{ symbol: 'AAPL', side: 'SELL', quantity: quantity('4'), trail: { by: 'amount', amount: price('3') } },
        ...{ activationPrice: null, initialStopPrice: null, triggerOn: 'last', mode: null, outsideRth: false },
      },
    });
    protects(trader);
    expect(trader.order(2).spec.quantity).toBe('6');
    expect(protects(trader, byThree)).toMatchObject({
      outcome: 'refused',
      message: 'Nothing of AAPL is without protection: +10 is held, orders for 10 protect it.',
    });
  });

  test('of nothing is refused', () => {
    expect(protects(holding('0')).message).toBe('There is no position in AAPL.');
  });

  test('on the wrong side of the market is denied, and stays in the ledger', () => {
    const trader = holding('10');
    expect(protects(trader, { by: 'stop', stop: price('155') }).outcome).toBe('denied');
    expect(trader.phaseOf(1)).toBe('denied');
    expect(trader.durable.protectiveStops.size).toBe(0);
  });

  test('is previewed as it would be decided', () => {
    const trader = holding('10');
    const previewed = (protection: ProtectRequest['protection'], symbol = 'AAPL') =>
      preview(trader.state, trader.now, 'window', { kind: 'protect-position', request: { symbol, protection } });
    expect(previewed(at145)).toMatchObject({ ok: true, value: { outcome: 'approved' } });
    expect(previewed(byThree)).toMatchObject({
      ok: true,
      value: { context: { subject: { legs: [{ role: 'protective-stop', terms: { type: 'TRAIL' } }] } } },
    });
    expect(previewed(at145, 'TSLA')).toMatchObject({ ok: false });
  });
});
