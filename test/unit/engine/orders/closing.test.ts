import { describe, expect, test } from 'vitest';
import { conId } from '#domain/ids';
import { price, quantity } from '#domain/money';
import { preview } from '#engine/engine';
import { AAPL, EngineHarness } from '#test/builders/engine-harness';
import { placesOco } from '#test/builders/oco-orders';
import type { CommandReply } from '#domain/command';

/** `held` AAPL, and whatever else `also` says that IBKR holds. */
function holding(held: string, also: (trader: EngineHarness) => void = () => undefined): EngineHarness {
  const trader = new EngineHarness();
  trader.connects(() => {
    trader.reportsPosition(held);
    also(trader);
  });
  trader.definesAapl();
  trader.ticks();
  return trader;
}

const closes = (trader: EngineHarness, symbol = 'AAPL'): CommandReply =>
  trader.commands({ kind: 'close-position', symbol });
const sent = (trader: EngineHarness): string[] =>
  trader
    .effectsOf('place')
    .flatMap(({ legs }) =>
      legs.value.map(({ spec }) => `${spec.side} ${spec.quantity} ${spec.symbol} ${spec.terms.type}`),
    );

describe('closing a position', () => {
  test('sells all that is held, at the market, before anything that opens', () => {
    const trader = holding('10');
    expect(closes(trader)).toMatchObject({ outcome: 'accepted', message: '', orders: [{ number: 1 }] });
    expect(sent(trader)).toEqual(['SELL 10 AAPL MKT']);
    expect(trader.last('place')).toMatchObject({ priority: 'reduce' });
    expect(trader.order(1)).toMatchObject({ group: null, spec: { timeInForce: 'DAY', outsideRth: false } });
    trader.fills(1, '10');
    expect(trader.position()).toBe('0');
  });

  test('buys a short position back', () => {
    const trader = holding('-10');
    closes(trader);
    expect(sent(trader)).toEqual(['BUY 10 AAPL MKT']);
  });

  test('needs no quote, and passes while only reducing is allowed', () => {
    const trader = new EngineHarness();
    trader.connects(() => trader.reportsPosition('10'));
    trader.definesAapl();
    trader.losesUpstream();
    trader.restoresUpstream();
    trader.passes(11_000);
    trader.answersSnapshot(() => trader.reportsPosition('8'));
    expect(trader.durable.trading.state).toBe('REDUCING');
    expect(closes(trader).outcome).toBe('accepted');
    expect(sent(trader)).toEqual(['SELL 8 AAPL MKT']);
  });

  test('leaves to other orders what they close', () => {
    const trader = holding('10');
    trader.places({ side: 'SELL', quantity: quantity('4'), terms: { type: 'MKT' } });
    const reply = closes(trader);
    expect(reply).toMatchObject({
      outcome: 'accepted',
      message: 'The rest is being closed already by order 1 (SELL 4 AAPL MKT).',
    });
    expect(sent(trader).at(-1)).toBe('SELL 6 AAPL MKT');
  });

  test('twice is once', () => {
    const trader = holding('10');
    closes(trader);
    expect(closes(trader)).toMatchObject({
      outcome: 'refused',
      message: 'AAPL is being closed already by order 1 (SELL 10 AAPL MKT). Cancel that to close at the market.',
    });
  });

  test('counts the orders of an OCO group that IBKR holds once', () => {
    const trader = holding('15');
    placesOco(trader);
    closes(trader);
    expect(sent(trader).at(-1)).toBe('SELL 5 AAPL MKT');
  });

  test('stands beside the stops that protect it, and a rejected close leaves them as they are', () => {
    const trader = holding('10');
    trader.commands({
      kind: 'protect-position',
      request: { symbol: 'AAPL', protection: { by: 'stop', stop: price('145') } },
    });
    trader.works(1);
    expect(closes(trader).outcome).toBe('accepted');
    trader.errs(2, 201, 'rejected');
    expect([trader.phaseOf(1), trader.order(1).spec.quantity]).toEqual(['working', '10']);
    expect(trader.effectsOf('cancel')).toEqual([]);
  });

  test('is denied as any order is, and stays in the ledger with the reason', () => {
    const trader = new EngineHarness({ risk: { maxOrderQuantity: quantity('5') } });
    trader.connects(() => trader.reportsPosition('10'));
    trader.definesAapl();
    expect(closes(trader).outcome).toBe('denied');
    expect(trader.phaseOf(1)).toBe('denied');
  });

  test('leaves a fraction that can not be traded, and says so', () => {
    const trader = holding('10.5');
    expect(closes(trader).message).toBe('0.5 AAPL is less than can be traded here: close it in TWS.');
    expect(sent(trader)).toEqual(['SELL 10 AAPL MKT']);
    expect(closes(holding('0.5'))).toMatchObject({
      outcome: 'refused',
      message: '0.5 AAPL is less than can be traded here: close it in TWS.',
    });
  });

  test('of nothing is refused', () => {
    expect(closes(holding('0')).message).toBe('There is no position in AAPL.');
    expect(closes(holding('10'), 'TSLA').message).toBe('There is no position in TSLA.');
  });

  test('is refused while IBKR has not reported the positions', () => {
    const trader = new EngineHarness();
    expect(closes(trader)).toMatchObject({
      outcome: 'refused',
      message: 'What is held of AAPL is not known: IBKR has not reported the positions of this session yet.',
    });
  });

  test('of what this release does not trade is refused, with why', () => {
    const future = { conId: conId(495_512_563), symbol: 'ES' };
    const trader = holding('10', (it) => it.reportsPosition('2', future));
    expect(closes(trader, 'ES').message).toBe(
      '+2 ES is not defined by IBKR yet: try again in a moment, or close it in TWS.',
    );
    trader.fact({
      kind: 'instrument',
      query: { by: 'contract', conId: future.conId },
      instrument: { ...AAPL, ...future, securityType: 'FUT', multiplier: quantity('50') },
    });
    expect(closes(trader, 'ES').message).toBe(
      '+2 ES is a FUT ×50, which this release does not trade: close it in TWS.',
    );
    const sap = { conId: conId(14_204), symbol: 'SAP' };
    const abroad = holding('10', (it) => it.reportsPosition('-3', sap));
    abroad.fact({
      kind: 'instrument',
      query: { by: 'contract', conId: sap.conId },
      instrument: { ...AAPL, ...sap, currency: 'EUR' },
    });
    expect(closes(abroad, 'SAP').message).toBe(
      '−3 SAP trades in EUR, which this release does not trade: close it in TWS.',
    );
  });

  test('is previewed as it would be decided', () => {
    const trader = holding('10');
    const command = { kind: 'close-position', symbol: 'AAPL' } as const;
    expect(preview(trader.state, trader.now, 'window', command)).toMatchObject({
      ok: true,
      value: { outcome: 'approved', context: { subject: { legs: [{ side: 'SELL', quantity: '10' }] } } },
    });
    expect(preview(trader.state, trader.now, 'window', { ...command, symbol: 'TSLA' })).toMatchObject({ ok: false });
  });
});
