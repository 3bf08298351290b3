import { describe, expect, test } from 'vitest';
import type { SimulatedLine } from '#adapters/simulated/simulated-line';
import { POLL_INTERVAL_MS } from '#adapters/simulated/simulated-snapshot';
import { present } from '#domain/assert';
import { conId, epochMs, laterBy } from '#domain/ids';
import type { BrokerFact } from '#ports/broker-port';
import { group, limit, MARKET, SimulatedDesk, stop } from './simulated-desk';

/** The facts in short: what a trader would hear. */
function heard(facts: readonly BrokerFact[]): string[] {
  return facts.flatMap((fact) => {
    switch (fact.kind) {
      case 'order-reported':
        return [`order ${fact.order.orderId ?? '?'} ${fact.order.status.kind}`];
      case 'order-status':
        return [`status ${fact.keys.orderId ?? '?'} ${fact.status.kind} ${fact.filled ?? '?'}`];
      case 'execution':
        return [`execution ${fact.execution.orderId ?? '?'} ${fact.execution.quantity} at ${fact.execution.price}`];
      case 'position':
        return [`position ${fact.quantity}`];
      case 'commission':
        return [`commission ${fact.commission.amount}`];
      case 'order-error':
        return [`error ${fact.code} ${fact.meaning}`];
      case 'order-bound':
        return [`bound ${fact.orderId}`];
      default:
        return fact.kind === 'quote' || fact.kind === 'heartbeat' || fact.kind === 'market-data' ? [] : [fact.kind];
    }
  });
}

describe('an order', () => {
  test('a limit order that rests is reported twice, as TWS does', () => {
    const desk = SimulatedDesk.connected();
    desk.places('BUY', '10', limit('99'));
    expect(heard(desk.facts)).toEqual([
      'order 1 working',
      'status 1 working 0',
      'order 1 working',
      'status 1 working 0',
    ]);
    expect(desk.said('order-reported')[0]?.order).toMatchObject({
      clientId: 1,
      orderRef: 'ours-1',
      parentOrderId: null,
      oca: null,
      filled: null,
      spec: { symbol: 'AAPL', side: 'BUY', quantity: '10', terms: { type: 'LMT', limit: '99' }, timeInForce: 'GTC' },
    });
  });

  test('a fill comes as execution, order, status twice, position and commission', () => {
    const desk = SimulatedDesk.connected();
    desk.places('BUY', '10', MARKET);
    expect(heard(desk.facts).slice(4)).toEqual([
      'execution 1 10 at 100.02',
      'order 1 filled',
      'status 1 filled 10',
      'status 1 filled 10',
      'position 10',
      'commission 1',
    ]);
    expect(desk.said('position')[0]).toMatchObject({ symbol: 'AAPL', averageCost: '100.02' });
  });

  test('a cancel is told by status and by 202', () => {
    const desk = SimulatedDesk.connected();
    const order = desk.places('BUY', '10', limit('99'));
    desk.facts.length = 0;
    expect(desk.performs(desk.cancelling(order))).toEqual({ result: 'sent' });
    desk.passes(100);
    expect(heard(desk.facts)).toEqual(['status 1 cancelled 0', 'error 202 cancelled']);
  });

  test('a change keeps its number, and a refused one leaves the order as it was', () => {
    const desk = SimulatedDesk.connected();
    const order = desk.places('BUY', '10', limit('99'));
    desk.facts.length = 0;
    desk.performs(desk.modifying(order, { terms: limit('98.5') }));
    desk.passes(100);
    expect(desk.said('order-reported')[0]?.order.spec.terms).toEqual({ type: 'LMT', limit: '98.5' });
    desk.performs(desk.modifying(order, { terms: limit('98.505') }));
    desk.passes(100);
    expect(desk.said('order-error')).toMatchObject([{ code: 110, meaning: 'refused-change', orderId: 1 }]);
  });

  test('a bracket goes out as a whole, its exits held until the entry fills', () => {
    const desk = SimulatedDesk.connected();
    const entry = desk.leg('BUY', '10', limit('99'));
    const exit = { parentOrderId: entry.orderId, oca: group('g1') };
    const target = desk.leg('SELL', '10', limit('110'), { ...exit, role: 'take-profit' });
    const loss = desk.leg('SELL', '10', stop('90'), { ...exit, role: 'stop-loss' });
    expect(desk.performs(desk.placing(entry, target, loss))).toEqual({ result: 'sent' });
    desk.passes(100);
    const held = { kind: 'acknowledged', hold: 'parent' };
    expect(desk.said('order-status').map(({ status }) => status)).toContainEqual(held);
    expect(desk.said('order-reported').find(({ order }) => order.orderId === 3)?.order).toMatchObject({
      parentOrderId: 1,
      oca: { group: 'g1', type: 2 },
      status: held,
    });
    desk.facts.length = 0;
    desk.priced('98.98', '99.00');
    desk.passes(100);
    const shown = desk.said('order-reported').filter(({ order }) => order.orderId === 3);
    // The picture knows the reason of the last status; the status that follows tells the new one.
    expect(shown[0]?.order).toMatchObject({ status: held, parentOrderId: null });
    const told = desk.said('order-status').filter(({ keys }) => keys.orderId === 3);
    expect(told.at(-1)?.status).toEqual({ kind: 'acknowledged', hold: 'trigger' });
  });

  test('orders that hang on nothing are transmitted one by one', () => {
    const desk = SimulatedDesk.connected();
    const oca = group('g2', 1);
    desk.performs(desk.placing(desk.leg('BUY', '5', limit('99'), { oca }), desk.leg('BUY', '5', limit('98'), { oca })));
    desk.passes(100);
    expect(desk.exchange.orders().map(({ stage }) => stage)).toEqual(['working', 'working']);
  });

  test('a rejected order is shown as inactive, with the reason', () => {
    const desk = SimulatedDesk.connected();
    const order = desk.places('BUY', '10', limit('99'));
    desk.facts.length = 0;
    desk.exchange.reject({ clientId: 1, orderId: order.orderId }, 'no');
    desk.passes(100);
    expect(heard(desk.facts)).toEqual(['order 1 inactive', 'status 1 inactive 0', 'error 201 rejected']);
  });

  test('a global cancel takes every order', () => {
    const desk = SimulatedDesk.connected();
    desk.places('BUY', '10', limit('99'));
    desk.places('BUY', '5', limit('98'));
    desk.facts.length = 0;
    expect(desk.performs(desk.cancellingAll())).toEqual({ result: 'sent' });
    desk.passes(100);
    expect(heard(desk.facts)).toEqual([
      'status 1 cancelled 0',
      'error 202 cancelled',
      'status 2 cancelled 0',
      'error 202 cancelled',
    ]);
    desk.broker.drop('the socket closed');
    expect(desk.performs(desk.cancellingAll()).result).toBe('not-sent');
  });

  test('a cancel that IBKR leaves pending is said to be', () => {
    const desk = SimulatedDesk.connected();
    const order = desk.places('BUY', '10', limit('99'));
    desk.facts.length = 0;
    desk.exchange.cancel({ clientId: 1, orderId: order.orderId }, false);
    desk.passes(100);
    expect(heard(desk.facts)).toEqual(['order 1 cancel-pending', 'status 1 cancel-pending 0']);
  });

  test('outside its hours it waits at IBKR without a reason', () => {
    const desk = SimulatedDesk.connected();
    desk.exchange.closeMarket();
    desk.places('BUY', '10', limit('99'));
    expect(desk.said('order-status')[0]?.status).toEqual({ kind: 'acknowledged', hold: 'none' });
  });

  test('a code that says nothing sure has the order asked for', () => {
    const desk = SimulatedDesk.connected();
    desk.broker.sayOrderError({ clientId: 1, orderId: 1 }, { code: 104, text: 'Cannot modify a filled order.' });
    desk.passes(100);
    expect(heard(desk.facts)).toEqual(['error 104 uncertain']);
  });

  test('an execution told again is the same execution', () => {
    const desk = SimulatedDesk.connected();
    desk.places('BUY', '10', MARKET);
    desk.broker.tellAgain(present(desk.exchange.executions()[0], 'the execution'));
    desk.passes(100);
    const [first, second] = desk.said('execution');
    expect(second).toEqual(first);
    expect(desk.said('commission')).toHaveLength(2);
  });

  test('other clients’ orders are not told of, but what they do to a position is', () => {
    const desk = SimulatedDesk.connected();
    const request = {
      clientId: 9,
      orderId: 1,
      conId: desk.aapl,
      symbol: '',
      action: 'BUY',
      orderType: 'MKT',
      quantity: '4',
    };
    desk.exchange.place({ ...EMPTY_REQUEST, ...request });
    desk.exchange.transfer('AAPL', 6);
    desk.exchange.place({ ...EMPTY_REQUEST, ...request, orderId: 1 });
    desk.passes(100);
    expect(heard(desk.facts)).toEqual(['position 4', 'position 10']);
  });
});

describe('what is remembered of holds', () => {
  test('ends with the oldest of too many orders', () => {
    const desk = SimulatedDesk.connected();
    const child = { parentOrderId: null };
    for (let count = 0; count < 1_001; count += 1) {
      desk.performs(desk.placing(desk.leg('BUY', '1', limit(count % 2 === 0 ? '99' : '98'), child)));
      desk.passes(30);
      desk.exchange.cancelAll();
    }
    desk.passes(100);
    expect(desk.said('order-status').at(-1)).toMatchObject({ status: { kind: 'cancelled' } });
  });
});

describe('a session', () => {
  test('comes up with the account and its value', () => {
    const desk = new SimulatedDesk();
    desk.starts();
    desk.passes(100);
    expect(desk.kinds().slice(0, 4)).toEqual(['link-connecting', 'link-handshaking', 'link-up', 'account-value']);
    expect(desk.said('link-up')[0]).toMatchObject({ accounts: ['DU1234567'], nextOrderId: 1, clientId: 1 });
  });

  test('does nothing without a connection, nor after the effect’s time', async () => {
    const desk = new SimulatedDesk();
    expect(desk.performs(desk.snapshot())).toMatchObject({ result: 'not-sent' });
    await expect(desk.broker.searchInstruments('AAP')).rejects.toThrow('no connection');
    desk.starts();
    desk.passes(100);
    const late = { ...desk.snapshot(), validUntil: epochMs(desk.clock.now() - 7) };
    expect(desk.performs(late)).toEqual({ result: 'not-sent', reason: 'too late: it was to be sent 7 ms ago' });
  });

  test('a connection that breaks is tried again, and what was on its way is not heard', () => {
    const desk = SimulatedDesk.connected();
    desk.performs(desk.placing(desk.leg('BUY', '10', limit('99'))));
    desk.clock.advance(15);
    desk.broker.drop('the cable');
    desk.broker.drop('twice is once');
    expect(heard(desk.facts)).toEqual(['link-down']);
    expect(desk.said('link-down')[0]).toMatchObject({ reason: 'the cable', retryAt: laterBy(desk.clock.now(), 1_000) });
    desk.passes(1_100);
    expect(heard(desk.facts)).toEqual(['link-down', 'link-connecting', 'link-handshaking', 'link-up', 'account-value']);
    expect(desk.exchange.orders()).toHaveLength(1);
  });

  test('silence ends it, after the heartbeat was late', () => {
    const line = new StubbornLine();
    const desk = SimulatedDesk.connected({ line });
    line.deliver();
    desk.facts.length = 0;
    for (let second = 0; second < 12; second += 1) desk.passes(1_000);
    expect(desk.kinds()).toContain('link-down');
    expect(desk.said('heartbeat').map(({ state }) => state)).toEqual(['slow', 'slow']);
    expect(desk.said('link-down')[0]?.reason).toBe('the simulation has said nothing for 5 s');
  });

  test('a heartbeat that comes late is slow, one in time is alive', () => {
    const line = new StubbornLine();
    const desk = SimulatedDesk.connected({ line });
    line.deliver();
    desk.facts.length = 0;
    desk.passes(2_000);
    desk.passes(1_500);
    line.deliver();
    desk.passes(500);
    line.deliver();
    expect(desk.said('heartbeat')).toEqual([
      { kind: 'heartbeat', state: 'slow', roundTripMs: 1_500, lateMs: 500 },
      { kind: 'heartbeat', state: 'alive', roundTripMs: 0 },
    ]);
  });

  test('a handshake without an answer fails, and so does a greeting that can not be written', () => {
    const line = new StubbornLine();
    const desk = new SimulatedDesk({ line });
    desk.starts();
    desk.passes(5_000);
    expect(desk.said('link-down')[0]?.reason).toBe('the handshake was not answered');
    line.isWritable = false;
    desk.passes(1_000);
    expect(desk.said('link-down')[1]?.reason).toBe('the greeting could not be sent');
    line.isOpen = false;
    desk.passes(1_000);
    expect(desk.said('link-down')[2]?.reason).toBe('the simulation takes no connection');
  });

  test('once stopped it says nothing more', async () => {
    await new SimulatedDesk().broker.stop();
    const desk = SimulatedDesk.connected();
    await desk.broker.stop();
    desk.facts.length = 0;
    desk.priced('101.00', '101.02');
    desk.passes(10_000);
    desk.exchange.placeByHand({ ...EMPTY_REQUEST, conId: desk.aapl, action: 'BUY', orderType: 'MKT', quantity: '1' });
    expect(desk.facts).toEqual([]);
  });

  test('of several messages of which one can not be written, nobody knows what arrived', () => {
    const line = new StubbornLine();
    const desk = SimulatedDesk.connected({ line });
    line.deliver();
    const legs = [desk.leg('BUY', '1', limit('99')), desk.leg('BUY', '2', limit('99'))];
    line.writableMessages = 1;
    expect(desk.performs(desk.placing(...legs))).toEqual({
      result: 'maybe-sent',
      reason: 'only 1 of 2 messages were written',
    });
    expect(desk.performs(desk.placing(...legs))).toEqual({
      result: 'not-sent',
      reason: 'only 0 of 2 messages were written',
    });
    const [first] = legs;
    const order = present(first, 'the first');
    expect(desk.performs(desk.cancelling(order)).result).toBe('not-sent');
    expect(desk.performs(desk.cancellingAll()).result).toBe('not-sent');
    expect(desk.performs(desk.resolution({ by: 'symbol', symbol: 'AAPL' })).result).toBe('not-sent');
  });
});

describe('TWS without IBKR', () => {
  test('keeps what happens, and what is asked, until IBKR is back', () => {
    const desk = SimulatedDesk.connected();
    const order = desk.places('BUY', '10', limit('99'));
    desk.performs(desk.snapshot());
    desk.passes(500);
    desk.facts.length = 0;
    desk.broker.loseUpstream(1100);
    desk.broker.loseUpstream(1100);
    desk.priced('98.98', '99.00');
    desk.passes(100);
    desk.performs(desk.cancelling(desk.leg('BUY', '1', MARKET)));
    desk.passes(POLL_INTERVAL_MS);
    expect(heard(desk.facts)).toEqual(['upstream-lost']);
    desk.broker.restoreUpstream(true);
    desk.broker.restoreUpstream(true);
    desk.passes(100);
    expect(desk.said('upstream-restored')).toEqual([{ kind: 'upstream-restored', dataLost: true }]);
    expect(heard(desk.facts).slice(2)).toEqual([
      `execution ${order.orderId} 10 at 99`,
      'order 1 filled',
      'status 1 filled 10',
      'status 1 filled 10',
      'position 10',
      'commission 1',
      'error 10147 cancel-failed',
    ]);
  });

  test('forgets what it held back when it restarts, and which ids were used', () => {
    const desk = SimulatedDesk.connected();
    desk.places('BUY', '10', limit('99'));
    desk.broker.loseUpstream(1100);
    desk.performs(desk.placing(desk.leg('BUY', '5', limit('98'))));
    desk.passes(100);
    desk.broker.restart('TWS restarts');
    desk.broker.restoreUpstream(false);
    desk.passes(1_100);
    expect(desk.said('link-up')[0]?.nextOrderId).toBe(1);
    expect(desk.exchange.orders()).toHaveLength(1);
  });

  test('says so at once to a new connection', () => {
    const desk = SimulatedDesk.connected();
    desk.broker.loseUpstream(2110);
    desk.broker.drop('the cable');
    desk.passes(1_100);
    expect(heard(desk.facts).slice(-2)).toEqual(['account-value', 'upstream-lost']);
  });

  test('forgets the oldest of too much', () => {
    const desk = SimulatedDesk.connected();
    desk.broker.loseUpstream(1100);
    for (let count = 0; count < 1_001; count += 1) desk.exchange.transfer('AAPL', 1);
    desk.broker.restoreUpstream(false);
    desk.passes(100);
    expect(desk.said('position')).toHaveLength(1_000);
  });
});

describe('a snapshot', () => {
  test('brackets orders, executions, completed orders and positions', () => {
    const desk = SimulatedDesk.connected();
    desk.places('BUY', '10', MARKET);
    desk.places('SELL', '4', limit('110'));
    desk.places('BUY', '1', limit('99'));
    desk.performs(desk.cancelling(desk.leg('BUY', '1', MARKET)));
    desk.passes(100);
    desk.facts.length = 0;
    desk.performs(desk.snapshot());
    desk.passes(500);
    expect(heard(desk.facts)).toEqual([
      'snapshot-begun',
      ...['order 2 working', 'status 2 working 0', 'order 3 working', 'status 3 working 0'],
      ...['order 2 working', 'status 2 working 0', 'order 3 working', 'status 3 working 0'],
      ...['execution 1 10 at 100.02', 'commission 1'],
      'order ? filled',
      'position 10',
      'snapshot-ended',
    ]);
    expect(desk.said('snapshot-ended')[0]).toMatchObject({ complete: true });
    expect(desk.said('order-reported').at(-1)).toMatchObject({
      completed: true,
      order: { orderId: null, clientId: null, orderRef: 'ours-1', filled: '10' },
    });
  });

  test('a newer one takes the place of one that is under way', () => {
    const desk = SimulatedDesk.connected();
    desk.performs(desk.snapshot());
    desk.performs(desk.snapshot());
    desk.passes(500);
    expect(desk.said('snapshot-ended').map(({ complete }) => complete)).toEqual([false, true]);
  });

  test('is not complete when an answer stays out, nor when a question can not be sent', () => {
    const line = new StubbornLine();
    const desk = SimulatedDesk.connected({ line });
    line.deliver();
    line.keepsAlive = true;
    desk.places('BUY', '1', limit('90'));
    line.deliver();
    desk.performs(desk.snapshot());
    desk.passes(4_000);
    line.deliverOne();
    line.deliverOne();
    desk.passes(9_000);
    expect(desk.said('snapshot-ended')).toEqual([]);
    desk.passes(1_000);
    expect(desk.said('snapshot-ended')).toMatchObject([{ complete: false, why: 'own-orders: no answer within 10 s' }]);
    line.isWritable = false;
    desk.performs(desk.snapshot());
    expect(desk.said('snapshot-ended')[1]).toMatchObject({
      complete: false,
      why: 'own-orders: the question could not be sent',
    });
  });

  test('everybody’s open orders are asked for every 30 seconds after it', () => {
    const desk = SimulatedDesk.connected();
    desk.exchange.place({
      ...EMPTY_REQUEST,
      ...{
        clientId: 9,
        orderId: 7,
        conId: desk.aapl,
        action: 'BUY',
        orderType: 'LMT',
        limitPrice: '90',
        quantity: '3',
      },
    });
    desk.performs(desk.snapshot());
    desk.passes(500);
    desk.facts.length = 0;
    desk.passes(POLL_INTERVAL_MS);
    expect(heard(desk.facts)).toEqual([
      'open-orders-begun',
      'order 7 working',
      'status 7 working 0',
      'open-orders-ended',
    ]);
  });

  test('as client 0 it takes over what was entered by hand in TWS', () => {
    const desk = SimulatedDesk.connected({ client: 0 });
    const manual = {
      ...EMPTY_REQUEST,
      conId: desk.aapl,
      action: 'BUY',
      orderType: 'LMT',
      limitPrice: '90',
      quantity: '3',
    };
    desk.exchange.placeByHand(manual);
    desk.passes(100);
    expect(heard(desk.facts)).toEqual([]);
    desk.performs(desk.snapshot());
    desk.passes(500);
    expect(desk.said('order-bound')).toMatchObject([{ clientId: 0, orderId: -2 }]);
    desk.facts.length = 0;
    desk.exchange.placeByHand(manual);
    desk.passes(100);
    expect(heard(desk.facts)[0]).toBe('bound -3');
  });

  test('an order entered by hand has no number for a client that can not bind it', () => {
    const desk = SimulatedDesk.connected({ client: 9 });
    const manual = {
      ...EMPTY_REQUEST,
      conId: desk.aapl,
      action: 'BUY',
      orderType: 'LMT',
      limitPrice: '90',
      quantity: '3',
    };
    desk.exchange.placeByHand(manual);
    desk.performs(desk.snapshot());
    desk.passes(500);
    expect(desk.said('order-reported')[0]?.order).toMatchObject({ orderId: null, orderRef: null, clientId: 0 });
  });
});

describe('a quote', () => {
  test('begins with what is known of it, tells each side by itself, and ends with the connection', () => {
    const desk = SimulatedDesk.connected();
    desk.performs(desk.resolution({ by: 'symbol', symbol: 'AAPL' }));
    desk.passes(100);
    const subscription = desk.subscription();
    desk.facts.length = 0;
    expect(desk.performs(subscription)).toEqual({ result: 'sent' });
    expect(desk.performs(subscription)).toEqual({ result: 'sent' });
    desk.passes(100);
    expect(desk.said('market-data').map(({ dataKind, live }) => [dataKind, live])).toEqual([
      ['real-time', false],
      ['real-time', true],
    ]);
    expect(desk.said('quote').map(({ patch }) => patch)).toMatchObject([
      { halted: false },
      { bid: '100' },
      { ask: '100.02' },
      { last: '100.02' },
    ]);
    desk.facts.length = 0;
    desk.priced('100.01', '100.02');
    desk.exchange.halt('AAPL');
    desk.passes(100);
    expect(desk.said('quote').map(({ patch }) => Object.keys(patch))).toEqual([['bid', 'bidSize'], ['halted']]);
    desk.facts.length = 0;
    desk.broker.drop('the cable');
    expect(desk.said('market-data')).toMatchObject([{ dataKind: 'unknown', live: false }]);
    desk.exchange.resume('AAPL');
    desk.passes(1_200);
    expect(desk.said('quote').length).toBeGreaterThan(3);
    expect(desk.said('market-data').at(-1)).toMatchObject({ live: true });
  });

  test('is not current while TWS has lost IBKR, and told anew when it is back', () => {
    const desk = SimulatedDesk.connected();
    desk.performs(desk.resolution({ by: 'symbol', symbol: 'AAPL' }));
    desk.passes(100);
    desk.broker.loseUpstream(1100);
    desk.passes(100);
    desk.performs(desk.subscription());
    desk.passes(100);
    desk.priced('101.00', '101.02');
    desk.facts.length = 0;
    desk.passes(100);
    expect(desk.said('quote')).toEqual([]);
    desk.broker.restoreUpstream(false);
    desk.passes(100);
    expect(desk.said('quote').map(({ patch }) => patch)).toMatchObject([
      { bid: '101' },
      { ask: '101.02' },
      { last: '101' },
    ]);
    desk.facts.length = 0;
    desk.broker.loseUpstream(1100);
    desk.passes(100);
    expect(desk.said('market-data')).toMatchObject([
      { live: false, why: 'TWS has lost its connection to IBKR (1100)' },
    ]);
  });

  test("is not current while IBKR's farm of quotes is down, and told anew when it is up and TWS has IBKR", () => {
    const desk = SimulatedDesk.connected();
    desk.performs(desk.resolution({ by: 'symbol', symbol: 'AAPL' }));
    desk.passes(100);
    desk.performs(desk.subscription());
    desk.passes(100);
    desk.facts.length = 0;
    desk.broker.loseQuotes();
    desk.passes(100);
    desk.priced('101.00', '101.02');
    desk.passes(100);
    expect(desk.said('data-farm')).toMatchObject([{ farm: 'quotes', state: 'down' }]);
    expect(desk.said('market-data')).toMatchObject([{ live: false, why: "IBKR's farm of quotes is down" }]);
    expect(desk.said('quote')).toEqual([]);
    desk.broker.loseUpstream(1100);
    desk.broker.findQuotes();
    desk.passes(100);
    expect(desk.said('data-farm')).toMatchObject([{ state: 'down' }, { state: 'up' }]);
    expect(desk.said('quote')).toEqual([]);
    desk.broker.restoreUpstream(false);
    desk.broker.findQuotes();
    desk.passes(100);
    expect(desk.said('quote')[0]?.patch).toMatchObject({ bid: '101' });
    expect(desk.said('market-data').at(-1)).toMatchObject({ live: true });
  });

  test('that nobody asked for, or that is not served yet, is not told', () => {
    const desk = SimulatedDesk.connected();
    desk.exchange.halt('AAPL');
    desk.priced('101.00', '101.02');
    desk.passes(100);
    expect(desk.facts).toEqual([]);
    desk.performs(desk.resolution({ by: 'symbol', symbol: 'AAPL' }));
    desk.passes(100);
    desk.performs(desk.subscription());
    desk.exchange.resume('AAPL');
    desk.priced('102.00', '102.02');
    expect(desk.said('quote')).toEqual([]);
    desk.passes(100);
    expect(desk.said('quote')[1]?.patch).toMatchObject({ bid: '102' });
  });

  test('tells a size that changed while the price stood', () => {
    const desk = SimulatedDesk.connected();
    desk.performs(desk.resolution({ by: 'symbol', symbol: 'AAPL' }));
    desk.passes(100);
    desk.performs(desk.subscription());
    desk.passes(100);
    desk.facts.length = 0;
    desk.exchange.setPrice('AAPL', { bid: '100.00', ask: '100.02', bidSize: 7, askSize: 8 });
    desk.passes(100);
    expect(desk.said('quote').map(({ patch }) => patch)).toEqual([
      { bid: '100', bidSize: '7' },
      { ask: '100.02', askSize: '8' },
    ]);
  });

  test('tells that it traded again at the same price', () => {
    const desk = SimulatedDesk.connected();
    desk.performs(desk.resolution({ by: 'symbol', symbol: 'AAPL' }));
    desk.passes(100);
    desk.performs(desk.subscription());
    desk.places('BUY', '1', MARKET);
    desk.facts.length = 0;
    desk.places('BUY', '1', MARKET);
    expect(desk.said('quote').at(-1)?.patch).toMatchObject({ last: '100.02' });
  });

  test('that can not be asked for is not subscribed to', () => {
    const line = new StubbornLine();
    const desk = SimulatedDesk.connected({ line });
    line.deliver();
    desk.performs(desk.resolution({ by: 'symbol', symbol: 'AAPL' }));
    line.deliver();
    line.isWritable = false;
    expect(desk.performs(desk.subscription()).result).toBe('not-sent');
    line.isWritable = true;
    expect(desk.performs(desk.subscription()).result).toBe('sent');
  });
});

describe('an instrument', () => {
  test('is defined with its ticks and hours', () => {
    const desk = SimulatedDesk.connected({ exchange: { session: 'regular' } });
    desk.performs(desk.resolution({ by: 'symbol', symbol: 'AAPL' }));
    desk.passes(100);
    const { instrument } = present(desk.said('instrument')[0], 'the answer');
    expect(instrument).toMatchObject({
      conId: desk.aapl,
      securityType: 'STK',
      currency: 'USD',
      stockType: 'COMMON',
      priceBands: [{ from: '0', increment: '0.01' }],
      timeZone: 'US/Eastern',
    });
    const today = (hour: number, minute = 0): number => Date.UTC(2026, 0, 5, hour, minute);
    expect(instrument.liquidHours?.[0]).toEqual({ opens: today(14, 30), closes: today(21) });
    expect(instrument.tradingHours).toHaveLength(5);
  });

  test('of a market that never closes is open for days', () => {
    const desk = SimulatedDesk.connected();
    desk.performs(desk.resolution({ by: 'contract', conId: desk.aapl }));
    desk.passes(100);
    const [session] = present(desk.said('instrument')[0]?.instrument.tradingHours, 'hours');
    expect(session).toEqual({ opens: Date.UTC(2026, 0, 5, 5), closes: Date.UTC(2026, 0, 11, 5) });
  });

  test('that is no stock in dollars is found by its number alone', () => {
    const desk = SimulatedDesk.connected();
    const future = present(
      desk.exchange.instruments.find(({ secType }) => secType === 'FUT'),
      'a future',
    );
    desk.performs(desk.resolution({ by: 'symbol', symbol: future.symbol }));
    desk.performs(desk.resolution({ by: 'contract', conId: conId(future.conId) }));
    desk.passes(100);
    expect(heard(desk.facts)).toEqual(['instrument-unknown', 'instrument']);
    expect(desk.said('instrument')[0]?.instrument).toMatchObject({ securityType: 'FUT', stockType: '' });
    desk.exchange.transfer(future.symbol, 1);
    desk.passes(100);
    expect(desk.said('position')[0]).toMatchObject({ averageCost: null });
  });

  test('is found by the beginning of its symbol or a part of its name', async () => {
    const desk = SimulatedDesk.connected();
    const bySymbol = await desk.broker.searchInstruments(' aap');
    expect(bySymbol.map(({ symbol, securityType }) => `${symbol} ${securityType}`)).toEqual(['AAPL STK', 'AAPL OPT']);
    const byName = await desk.broker.searchInstruments('apple');
    expect(byName[0]).toMatchObject({ symbol: 'AAPL', securityType: 'STK', currency: 'USD' });
  });

  test('has no bars here', async () => {
    const desk = SimulatedDesk.connected();
    expect(await desk.broker.fetchBars()).toMatchObject({ ok: false, error: { kind: 'no-data' } });
  });
});

const EMPTY_REQUEST = {
  ...{ clientId: 0, orderId: 0, conId: 0, symbol: '', action: '', orderType: '', quantity: '', limitPrice: '' },
  ...{ stopPrice: '', trailStopPrice: '', trailingPercent: '', limitPriceOffset: '', tif: 'DAY', goodTillDate: '' },
  ...{ adjustedOrderType: '', triggerPrice: '', adjustedStopPrice: '', adjustedStopLimitPrice: '' },
  ...{ adjustedTrailingAmount: '', adjustableTrailingUnit: 0, conditions: [], conditionsIgnoreRth: false },
  ...{ conditionsCancelOrder: false, ocaGroup: '', ocaType: 0, orderRef: '', parentId: 0, transmit: true },
  ...{ outsideRth: true, triggerMethod: 0 },
};

/** A line on which nothing arrives before the test says so. */
class StubbornLine implements SimulatedLine {
  isOpen = true;
  isWritable = true;
  /** How many more messages can be written. */
  writableMessages = Infinity;
  /** Heartbeats come through whatever else does not. */
  keepsAlive = false;
  readonly #waiting: (() => void)[] = [];

  send(request: Parameters<SimulatedLine['send']>[0], arrive: () => void): boolean {
    if (!this.isWritable || this.writableMessages <= 0) return false;
    this.writableMessages -= 1;
    if (this.keepsAlive && request.kind === 'heartbeat') arrive();
    else this.#waiting.push(arrive);
    return true;
  }

  report(report: Parameters<SimulatedLine['report']>[0], arrive: () => void): void {
    if (this.keepsAlive && report.kind === 'answer' && report.to.kind === 'heartbeat') arrive();
    else this.#waiting.push(arrive);
  }

  deliverOne(): void {
    this.#waiting.shift()?.();
  }

  deliver(): void {
    while (this.#waiting.length > 0) this.deliverOne();
  }
}
