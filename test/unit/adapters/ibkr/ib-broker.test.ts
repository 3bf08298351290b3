import { describe, expect, test } from 'vitest';
import { aBracket, aLeg, cancel, place, resolve, snapshot, subscribe } from './builders';
import { connectedBroker } from './connected-broker';
import * as wire from './wire-messages';

describe('a session with TWS', () => {
  test('is up once TWS named the accounts and the next order id', async () => {
    const { facts, broker } = await connectedBroker({ accounts: 'DU1234567,DU7654321,', nextOrderId: 42 });
    expect(facts.all.slice(0, 3)).toEqual([
      { kind: 'link-connecting', endpoint: expect.stringMatching(/^127\.0\.0\.1:\d+$/) },
      { kind: 'link-handshaking', endpoint: expect.stringMatching(/^127\.0\.0\.1:\d+$/) },
      {
        kind: 'link-up',
        serverVersion: 193,
        accounts: ['DU1234567', 'DU7654321'],
        nextOrderId: 42,
        clientId: 7,
      },
    ]);
    // hello, start, market data type, account updates, heartbeat
    expect(broker.messagesSent()).toBe(5);
  });
});

describe('placing', () => {
  test('a bracket goes out whole, in order, and only its last leg transmits', async () => {
    const { broker, session } = await connectedBroker();
    expect(broker.perform(place(aBracket()))).toEqual({ result: 'sent' });
    const legs = [await session.next(3), await session.next(3), await session.next(3)];
    expect(legs.map((leg) => leg[1])).toEqual(['1', '2', '3']);
  });
});

test('an instrument is resolved with its market rule', async () => {
  const { broker, session, facts } = await connectedBroker();
  expect(broker.perform(resolve('AAPL'))).toEqual({ result: 'sent' });
  const asked = await session.next(9);
  session.send(wire.contractDetails(asked[2] ?? ''), wire.contractDetailsEnd(asked[2] ?? ''));
  expect((await session.next(91)).slice(1)).toEqual(['26']);
  session.send(wire.marketRule(26, [0, 0.0001], [1, 0.01]));
  const { instrument } = await facts.next('instrument');
  expect(instrument.priceBands).toEqual([
    { from: '0', increment: '0.0001' },
    { from: '1', increment: '0.01' },
  ]);
});

test('a snapshot asks for orders, executions, completed orders, positions', async () => {
  const { broker, session, facts } = await connectedBroker();
  expect(broker.perform(snapshot())).toEqual({ result: 'sent' });
  await session.next(5);
  session.send(wire.openOrder(), wire.orderStatus(), [53, 1]);
  await session.next(16);
  session.send([53, 1]);
  const executions = await session.next(7);
  session.send(wire.execDetails({ reqId: executions[2] ?? '' }), [55, 1, executions[2] ?? '']);
  await session.next(99);
  session.send([102]);
  await session.next(61);
  session.send(wire.position(10, 150.25), [62, 1]);
  expect(await facts.next('snapshot-ended')).toEqual({
    kind: 'snapshot-ended',
    effectId: 'e-snapshot',
    complete: true,
    why: '',
  });
  expect(facts.of('order-reported')).toHaveLength(1);
  expect(facts.of('execution')).toHaveLength(1);
  expect(facts.of('position')).toHaveLength(1);
});

test('quotes and cancels', async () => {
  const { broker, session, facts } = await connectedBroker();
  expect(broker.perform(subscribe())).toEqual({ result: 'sent' });
  const asked = await session.next(1);
  session.send(wire.marketDataType(asked[2] ?? '', 1), wire.tickPrice(asked[2] ?? '', 1, 187.24));
  expect(await facts.next('market-data')).toMatchObject({ dataKind: 'real-time', live: true });
  expect(await facts.next('quote')).toMatchObject({ conId: 265598, patch: { bid: '187.24' } });
  expect(broker.perform(place([aLeg()]))).toEqual({ result: 'sent' });
  expect(broker.perform(cancel(1))).toEqual({ result: 'sent' });
  await session.next(4);
});
