import { describe, expect, test } from 'vitest';
import { orderNumber } from '#domain/ids';
import { price, quantity } from '#domain/money';
import { restingOf, workingOf } from '#engine/risk/working-orders';
import { AAPL, EngineHarness } from '#test/builders/engine-harness';
import { limit, stop } from '#test/builders/engine-risk';

const NOTHING = { buy: null, sell: null };
const own = (number: number, at: string) => ({ number: orderNumber(number), price: price(at) });
const idOf = (trader: EngineHarness, number: number) => trader.order(number).id;

describe('our own orders of an instrument', () => {
  test('are counted by side, the one that is changed apart', () => {
    const trader = EngineHarness.ready();
    expect(workingOf(trader.state, AAPL.conId, null)).toEqual({ buy: 0, sell: 0 });
    const buy = trader.places();
    trader.places({ terms: stop('155') });
    trader.placesBracket({ quantity: quantity('7') });
    expect(workingOf(trader.state, AAPL.conId, null)).toEqual({ buy: 3, sell: 2 });
    expect(workingOf(trader.state, AAPL.conId, idOf(trader, buy))).toEqual({ buy: 2, sell: 2 });
    trader.cancelled(buy);
    expect(workingOf(trader.state, AAPL.conId, null)).toEqual({ buy: 2, sell: 2 });
  });

  test('that rest are the highest bid and the lowest offer', () => {
    const trader = EngineHarness.ready({ risk: { allowShort: true } });
    expect(restingOf(trader.state, AAPL.conId, null)).toEqual(NOTHING);
    trader.places({ terms: limit('149') });
    const bid = trader.places({ terms: limit('149.5') });
    trader.places({ terms: limit('148') });
    trader.places({ side: 'SELL', terms: limit('152') });
    const offer = trader.places({ side: 'SELL', terms: limit('151') });
    trader.places({ side: 'SELL', terms: limit('153') });
    trader.places({ terms: stop('155') });
    expect(restingOf(trader.state, AAPL.conId, null)).toEqual({ buy: own(bid, '149.5'), sell: own(offer, '151') });
    expect(restingOf(trader.state, AAPL.conId, idOf(trader, offer)).sell?.price).toBe('152');
  });

  test('that are being cancelled are not waited for', () => {
    const trader = EngineHarness.ready();
    const bid = trader.places({ terms: limit('149') });
    trader.commands({ kind: 'cancel-orders', numbers: [orderNumber(bid)] });
    expect(restingOf(trader.state, AAPL.conId, null)).toEqual(NOTHING);
  });

  test('that wait for their entry are in no book; once it fills they are', () => {
    const trader = EngineHarness.ready();
    const { entry, target } = trader.placesBracket();
    expect(restingOf(trader.state, AAPL.conId, null)).toEqual({ buy: own(entry, '150'), sell: null });
    trader.acknowledges(target, 'parent');
    expect(restingOf(trader.state, AAPL.conId, null).sell).toBeNull();
    trader.fills(entry, '10');
    expect(restingOf(trader.state, AAPL.conId, null).sell).toBeNull();
    trader.reports(target, { kind: 'working' });
    expect(restingOf(trader.state, AAPL.conId, null)).toEqual({ buy: null, sell: own(target, '160') });
  });
});
