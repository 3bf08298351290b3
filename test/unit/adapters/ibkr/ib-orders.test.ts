import { EventName, OrderAction, OrderType, SecType, type IBApi } from '@stoqey/ib';
import { describe, expect, test } from 'vitest';
import { TOO_FAST_HOLD_MS } from '#adapters/ibkr/ib-broker';
import { createIbApi } from '#adapters/ibkr/ib-library';
import { CHILD_RETRIES_MAX, CHILD_RETRY_DELAY_MS } from '#adapters/ibkr/ib-child-retries';
import { ibOrderId, laterBy } from '#domain/ids';
import { price } from '#domain/money';
import {
  aBracket,
  EXITS,
  aLeg,
  aSpec,
  cancel,
  globalCancel,
  modify,
  place,
  resolve,
  snapshot,
  subscribe,
} from './builders';
import { connectedBroker } from './connected-broker';
import * as wire from './wire-messages';

const PLACE = 3;
const CANCEL = 4;

describe('an order on the wire', () => {
  test.each([
    [193, 118],
    [178, 114],
  ])(
    'at server version %i has exactly %i fields, none of them from what IBKR showed (pitfalls 10, 11)',
    async (version, fields) => {
      const { broker, session } = await connectedBroker({ version });
      expect(broker.perform(place([aLeg()]))).toEqual({ result: 'sent' });
      const message = await session.next(PLACE);
      expect(message).toHaveLength(fields);
      // type, order id, then the contract: its number and SMART, nothing else
      expect(message.slice(0, 16)).toEqual([
        '3',
        '1',
        '265598',
        '',
        '',
        '',
        '',
        '',
        '',
        'SMART',
        '',
        '',
        '',
        '',
        '',
        '',
      ]);
      // action, quantity, type, limit, stop, tif, OCA group, account, open/close, origin, reference, transmit, parent
      expect(message.slice(16, 29)).toEqual([
        'BUY',
        '10',
        'LMT',
        '150.25',
        '',
        'DAY',
        '',
        'DU1234567',
        '',
        '',
        'run1-1',
        '1',
        '0',
      ]);
    },
  );

  test('a bracket is three messages in order, of which the last transmits', async () => {
    const { broker, session } = await connectedBroker();
    expect(broker.perform(place(aBracket()))).toEqual({ result: 'sent' });
    const legs = [await session.next(PLACE), await session.next(PLACE), await session.next(PLACE)];
    expect(legs.map((leg) => ({ id: leg[1], ref: leg[26], transmit: leg[27], parent: leg[28], oca: leg[22] }))).toEqual(
      [
        { id: '1', ref: 'run1-1', transmit: '0', parent: '0', oca: '' },
        { id: '2', ref: 'run1-2', transmit: '0', parent: '1', oca: 'G1' },
        { id: '3', ref: 'run1-3', transmit: '1', parent: '1', oca: 'G1' },
      ],
    );
  });

  test('a change goes out under the number of the order', async () => {
    const { broker, session } = await connectedBroker();
    const spec = aSpec({ terms: { type: 'STP', stop: price('146') } });
    expect(broker.perform(modify({ orderId: ibOrderId(3), spec, oca: EXITS }))).toEqual({ result: 'sent' });
    const message = await session.next(PLACE);
    expect([message[1], message[18], message[20], message[22]]).toEqual(['3', 'STP', '146', 'G1']);
  });

  test('a cancel names the order', async () => {
    const { broker, session } = await connectedBroker();
    expect(broker.perform(cancel(5))).toEqual({ result: 'sent' });
    expect((await session.next(CANCEL))[1]).toBe('5');
  });

  test('what can not be sent as it is, is not sent at all (pitfall 11)', async () => {
    const { broker } = await connectedBroker();
    const before = broker.messagesSent();
    const inexact = aSpec({ terms: { type: 'LMT', limit: price('0.0000001') } });
    expect(broker.perform(place([aLeg(), aLeg({ spec: inexact })]))).toEqual({
      result: 'not-sent',
      reason: 'limit price 0.0000001 can not be sent to IBKR exactly',
    });
    expect(broker.perform(modify({ oca: { group: 'a\0b', type: 2 } }))).toMatchObject({ result: 'not-sent' });
    expect(broker.perform(resolve('A\0B'))).toMatchObject({ result: 'not-sent' });
    expect(broker.messagesSent()).toBe(before);
  });

  test('an effect whose time is over is not sent', async () => {
    const { broker, clock } = await connectedBroker();
    const late = { ...place([aLeg()]), validUntil: clock.now() };
    expect(broker.perform(late)).toEqual({ result: 'sent' });
    clock.advance(1);
    expect(broker.perform(late)).toEqual({ result: 'not-sent', reason: 'too late: it was to be sent 1 ms ago' });
  });
});

describe('what IBKR says of an order', () => {
  test('in full and in short', async () => {
    const { facts, faults, session } = await connectedBroker();
    session.send(
      wire.openOrder({ type: 'STP', stop: 145, status: 'PreSubmitted' }),
      wire.orderStatus({ status: 'PreSubmitted' }),
    );
    expect(await facts.next('order-reported')).toMatchObject({
      completed: false,
      order: { orderRef: 'run1-1', status: { kind: 'acknowledged', hold: 'trigger' } },
    });
    expect(await facts.next('order-status')).toEqual({
      kind: 'order-status',
      keys: { clientId: 7, orderId: 1, permId: 1900000001, orderRef: null },
      status: { kind: 'acknowledged', hold: 'trigger' },
      filled: '0',
    });
    expect(faults).toEqual([]);
  });

  test('a child waits for its parent until a status clears it', async () => {
    const { facts, session } = await connectedBroker();
    const child = { type: 'STP', stop: 145, status: 'PreSubmitted', parentId: 1, orderId: 3 };
    session.send(
      wire.openOrder(child),
      wire.orderStatus({ ...child, whyHeld: 'child,trigger' }),
      wire.orderStatus({ ...child, whyHeld: 'trigger' }),
      wire.openOrder(child),
    );
    const holds = [
      (await facts.next('order-reported')).order.status,
      (await facts.next('order-status')).status,
      (await facts.next('order-status')).status,
      (await facts.next('order-reported')).order.status,
    ].map((status) => (status.kind === 'acknowledged' ? status.hold : status.kind));
    expect(holds).toEqual(['parent', 'parent', 'trigger', 'trigger']);
  });

  test('that can not be understood is told and reported, not dropped in silence', async () => {
    const { facts, faults, session } = await connectedBroker();
    session.send(wire.openOrder({ account: '' }), wire.orderStatus({ status: 'Sparkling' }));
    expect(await facts.next('unreadable')).toMatchObject({
      text: expect.stringContaining('an order can not be read') as string,
    });
    expect(await facts.next('unreadable')).toMatchObject({ text: 'an order has the unknown status "Sparkling"' });
    expect(faults).toHaveLength(2);
  });

  test.each([
    [201, 'rejected'],
    [202, 'cancelled'],
    [110, 'refused-change'],
    [10148, 'cancel-failed'],
    [399, 'warning'],
    [99999, 'uncertain'],
  ])('error %i: %s', async (code, meaning) => {
    const { facts, session } = await connectedBroker();
    session.send(wire.error(3, code, 'the words of IBKR'));
    expect(await facts.next('order-error')).toEqual({
      kind: 'order-error',
      orderId: 3,
      clientId: 7,
      code,
      text: 'the words of IBKR',
      meaning,
    });
  });

  test('is cut where it is longer than anything we keep', async () => {
    const { facts, session } = await connectedBroker();
    session.send(wire.error(3, 201, 'x'.repeat(3_000)));
    expect((await facts.next('order-error')).text).toHaveLength(500);
  });
});

describe('an execution', () => {
  test('is a fill at its own time, with a commission that may come later', async () => {
    const { facts, session } = await connectedBroker();
    session.send(wire.execDetails(), wire.commissionReport('0000e0d5.66000001.01.01', 1.05));
    expect((await facts.next('execution')).execution).toMatchObject({
      execId: '0000e0d5.66000001.01.01',
      quantity: '10',
      price: '150.25',
      at: Date.UTC(2026, 0, 5, 14, 31),
    });
    expect(await facts.next('commission')).toEqual({
      kind: 'commission',
      execId: '0000e0d5.66000001.01.01',
      commission: { amount: '1.05', currency: 'USD' },
    });
  });

  test('without a zone is in the zone TWS announced when it connected', async () => {
    const { facts, session } = await connectedBroker({ connectedAt: '20260105 15:30:00 MET' });
    session.send(wire.execDetails({ time: '20260105  15:31:00' }));
    expect((await facts.next('execution')).execution.at).toBe(Date.UTC(2026, 0, 5, 14, 31));
  });

  test('without any zone anywhere is in New York', async () => {
    const { facts, session } = await connectedBroker({ connectedAt: '' });
    session.send(wire.execDetails({ time: '20260105  09:31:00' }));
    expect((await facts.next('execution')).execution.at).toBe(Date.UTC(2026, 0, 5, 14, 31));
  });

  test('with an unreadable time happened by now: a fill is never dropped for its clock', async () => {
    const { clock, facts, faults, session } = await connectedBroker();
    session.send(wire.execDetails({ time: 'just now' }));
    expect((await facts.next('execution')).execution.at).toBe(clock.now());
    expect(faults).toEqual([new Error('the time of an execution can not be read: just now')]);
  });

  test('or commission that makes no sense is told', async () => {
    const { facts, session } = await connectedBroker();
    session.send(
      wire.execDetails({ shares: 0 }),
      wire.commissionReport('e.1', '1.7976931348623157E308'),
      wire.commissionReport('e.1', 1, '?'),
    );
    expect(await facts.next('unreadable')).toMatchObject({
      text: expect.stringContaining('an execution can not') as string,
    });
    expect(await facts.next('unreadable')).toMatchObject({
      text: expect.stringContaining('a commission can not') as string,
    });
    expect(facts.of('commission')).toEqual([]);
  });
});

describe('a child that overtook its parent (10006)', () => {
  const missing = wire.error(3, 10006, 'Missing or invalid parent order');

  test('is sent again after 50 ms, transmitting itself, and is not reported as rejected', async () => {
    const { broker, clock, facts, session } = await connectedBroker();
    broker.perform(place(aBracket()));
    for (let leg = 0; leg < 3; leg += 1) await session.next(PLACE);
    session.send(wire.error(2, 10006, 'Missing or invalid parent order'));
    expect(await facts.next('notice')).toMatchObject({
      code: 10006,
      text: expect.stringContaining('order 2 is sent again') as string,
    });
    const before = broker.messagesSent();
    clock.advance(CHILD_RETRY_DELAY_MS - 1);
    expect(broker.messagesSent()).toBe(before);
    clock.advance(1);
    const again = await session.next(PLACE);
    expect([again[1], again[22], again[26], again[27], again[28]]).toEqual(['2', 'G1', 'run1-2', '1', '1']);
    expect(facts.of('order-error')).toEqual([]);
  });

  test('is rejected after three attempts', async () => {
    const { broker, clock, facts, session } = await connectedBroker();
    broker.perform(place(aBracket()));
    for (let attempt = 0; attempt < CHILD_RETRIES_MAX; attempt += 1) {
      session.send(missing);
      await facts.next('notice');
      clock.advance(CHILD_RETRY_DELAY_MS);
    }
    session.send(missing);
    expect(await facts.next('order-error')).toMatchObject({ orderId: 3, code: 10006, meaning: 'rejected' });
    expect(session.received.filter((message) => message[0] === '3' && message[1] === '3')).toHaveLength(
      1 + CHILD_RETRIES_MAX,
    );
  });

  test.each([
    ['was cancelled meanwhile', cancel(3)],
    ['was changed meanwhile', modify({ orderId: ibOrderId(3), parentOrderId: ibOrderId(1) })],
  ])('is not sent again when it %s', async (_, effect) => {
    const { broker, clock, facts, session } = await connectedBroker();
    broker.perform(place(aBracket()));
    session.send(missing);
    await facts.next('notice');
    broker.perform(effect);
    const before = broker.messagesSent();
    clock.advance(CHILD_RETRY_DELAY_MS);
    expect(broker.messagesSent()).toBe(before);
  });

  test.each([
    ['reported', wire.openOrder({ orderId: 3, parentId: 1 })],
    ['given a status', wire.orderStatus({ orderId: 3, parentId: 1 })],
  ])('is no longer watched once IBKR has %s it', async (_, report) => {
    const { broker, facts, session } = await connectedBroker();
    broker.perform(place(aBracket()));
    session.send(report, missing);
    expect(await facts.next('order-error')).toMatchObject({ meaning: 'rejected' });
  });

  test('is watched on when another client has an order of the same number', async () => {
    const { broker, facts, session } = await connectedBroker();
    broker.perform(place(aBracket()));
    session.send(wire.openOrder({ orderId: 3, clientId: 8 }), wire.orderStatus({ orderId: 0 }), missing);
    expect(await facts.next('notice')).toMatchObject({ code: 10006 });
  });

  test('is not sent again in a later session', async () => {
    const { broker, clock, facts, session, tws } = await connectedBroker();
    broker.perform(place(aBracket()));
    session.send(missing);
    await facts.next('notice');
    session.hangUp();
    await facts.next('link-down');
    clock.advance(1_000);
    await facts.next('link-up');
    const next = await tws.session();
    const before = broker.messagesSent();
    clock.advance(CHILD_RETRY_DELAY_MS);
    expect(broker.messagesSent()).toBe(before);
    next.send(missing);
    expect(await facts.next('order-error')).toMatchObject({ meaning: 'rejected' });
  });

  test('is watched for a thousand children at most', async () => {
    const { broker, facts, session } = await connectedBroker();
    const child = (n: number) => aLeg({ orderId: ibOrderId(n), parentOrderId: ibOrderId(1) });
    for (let n = 2; n <= 1_002; n += 1) broker.perform(place([child(n)]));
    session.send(wire.error(1_001, 10006, 'Missing'), wire.error(1_002, 10006, 'Missing'));
    expect(await facts.next('notice')).toMatchObject({ code: 10006 });
    expect(await facts.next('order-error')).toMatchObject({ orderId: 1_002 });
  });
});

describe('IBKR says that we send too fast (100)', () => {
  test.each([-1, 4])('under the number %i: nothing but cancels goes out for a second', async (id) => {
    const { broker, clock, facts, session } = await connectedBroker();
    session.send(wire.error(id, 100, 'Max rate of messages per second has been exceeded'));
    await (id === -1 ? facts.next('notice') : facts.next('order-error'));
    for (const effect of [place([aLeg()]), snapshot(), subscribe()]) {
      expect(broker.perform(effect)).toEqual({
        result: 'not-sent',
        reason: 'IBKR asked us to slow down (100): only cancels are sent for 1000 ms',
      });
    }
    expect(broker.perform(cancel(1))).toEqual({ result: 'sent' });
    expect(broker.perform(globalCancel())).toEqual({ result: 'sent' });
    clock.advance(TOO_FAST_HOLD_MS);
    expect(broker.perform(place([aLeg()]))).toEqual({ result: 'sent' });
  });
});

test('a position outside of a snapshot is told, a senseless one reported', async () => {
  const { facts, faults, session } = await connectedBroker();
  session.send(wire.position(10, 150.5), wire.position(10, 150.5, { account: '' }));
  expect(await facts.next('position')).toMatchObject({ quantity: '10', averageCost: '150.5' });
  await facts.next('unreadable');
  expect(faults).toHaveLength(1);
});

test('an effect has time until its last millisecond', async () => {
  const { broker, clock } = await connectedBroker();
  expect(broker.perform({ ...cancel(1), validUntil: laterBy(clock.now(), 0) })).toEqual({ result: 'sent' });
});

test('what the library may leave out of a report is taken as empty', async () => {
  const apis: IBApi[] = [];
  const { clock, facts } = await connectedBroker({
    createApi: (options) => {
      const api = createIbApi(options);
      apis.push(api);
      return api;
    },
  });
  const execution = { execId: 'e.1', acctNumber: 'DU1234567', side: 'BOT', shares: 1, price: 2 };
  apis[0]?.emit(EventName.orderStatus, 1, 'Inactive');
  apis[0]?.emit(EventName.execDetails, -1, { conId: 1, symbol: 'X', secType: SecType.STK }, execution);
  expect(await facts.next('order-status')).toMatchObject({
    keys: { clientId: null, orderId: 1, permId: null },
    status: { kind: 'inactive', why: 'IBKR does not say why' },
  });
  expect((await facts.next('execution')).execution.at).toBe(clock.now());
});

test('a message without a number that belongs to no one is a notice', async () => {
  const { facts, session } = await connectedBroker();
  session.send(wire.error(0, 326, 'client id in use'));
  expect(await facts.next('notice')).toEqual({ kind: 'notice', code: 326, text: 'client id in use' });
});

test('what the library may leave out of a completed order is taken as empty too', async () => {
  const apis: IBApi[] = [];
  const { facts } = await connectedBroker({
    createApi: (options) => {
      const api = createIbApi(options);
      apis.push(api);
      return api;
    },
  });
  const order = {
    account: 'DU1234567',
    action: OrderAction.BUY,
    orderType: OrderType.MKT,
    totalQuantity: 0,
    filledQuantity: 5,
    tif: 'DAY',
  };
  apis[0]?.emit(EventName.completedOrder, { conId: 1, symbol: 'X', secType: SecType.STK }, order, { status: 'Filled' });
  expect(await facts.next('order-reported')).toMatchObject({
    completed: true,
    order: { clientId: null, orderId: null, permId: null, status: { kind: 'filled' }, spec: { quantity: '5' } },
  });
});

describe('an order entered by hand in TWS', () => {
  test('is told under the number that client 0 has bound it to', async () => {
    const { facts, session } = await connectedBroker({ clientId: 0 });
    session.send(wire.orderBound(1900000005, 0, -3), wire.openOrder({ orderId: -3, clientId: 0, orderRef: '' }));
    expect(await facts.next('order-bound')).toEqual({
      kind: 'order-bound',
      permId: 1900000005,
      clientId: 0,
      orderId: -3,
    });
    expect((await facts.next('order-reported')).order).toMatchObject({ orderId: -3, clientId: 0, orderRef: null });
  });

  test('is cancelled and changed by that number, and errors about it find it', async () => {
    const { broker, facts, session } = await connectedBroker({ clientId: 0 });
    broker.perform(cancel(-3));
    expect((await session.next(4))[1]).toBe('-3');
    broker.perform(modify({ orderId: ibOrderId(-3) }));
    expect((await session.next(3))[1]).toBe('-3');
    session.send(wire.error(-3, 104, 'Cannot modify a filled order'));
    expect(await facts.next('order-error')).toMatchObject({
      orderId: -3,
      clientId: 0,
      code: 104,
      meaning: 'uncertain',
    });
  });

  test.each([
    [0, 0, -3],
    [1900000005, 0, 0],
    [1900000005, 'x', -3],
  ])('bound with the numbers %s, %s, %s can not be read', async (permId, clientId, orderId) => {
    const { facts, session } = await connectedBroker({ clientId: 0 });
    session.send(wire.orderBound(permId, clientId, orderId));
    expect(await facts.next('unreadable')).toMatchObject({
      text: expect.stringContaining('entered by hand') as string,
    });
  });
});

test('after an order id was refused as taken (103), TWS is asked for its next one', async () => {
  const { facts, session } = await connectedBroker({ nextOrderId: 5 });
  session.send(wire.error(5, 103, 'Duplicate order id'));
  expect(await facts.next('order-error')).toMatchObject({ code: 103, meaning: 'uncertain' });
  expect(await session.next(8)).toEqual(['8', '1', '1']);
  session.send([9, 1, 80]);
  expect(await facts.next('next-order-id')).toEqual({ kind: 'next-order-id', orderId: 80 });
  expect(facts.of('link-up')).toHaveLength(1);
});
