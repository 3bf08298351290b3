import { createServer, Socket } from 'node:net';
import { EventName, IBApi } from '@stoqey/ib';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createIbBroker } from '#adapters/ibkr/ib-broker';
import { SILENT_HANDSHAKE, UNNAMED_ACCOUNT } from '#adapters/ibkr/ib-connect-words';
import { HEARTBEAT_INTERVAL_MS, HEARTBEAT_LATE_MS, HEARTBEAT_TIMEOUT_MS } from '#adapters/ibkr/ib-heartbeat';
import { createIbApi, type IbApiOptions } from '#adapters/ibkr/ib-library';
import { CLIENT_ID_RETRY_DELAY_MS, HANDSHAKE_TIMEOUT_MS, RECONNECT_DELAY_MAX_MS } from '#adapters/ibkr/ib-session';
import { assert, present } from '#domain/assert';
import { accountId, clientId } from '#domain/ids';
import { manualClock } from '#test/builders/manual-clock';
import { aLeg, cancel, place, resolve, snapshot, subscribe } from './builders';
import { connectedBroker, startedBroker } from './connected-broker';
import { fakeTws } from './fake-tws';
import * as wire from './wire-messages';

const PLACE = 3;
const CANCEL = 4;
const TIME = 49;

/** The library's client with one method replaced. */
function apiWith(change: (api: IBApi) => void): (options: IbApiOptions) => IBApi {
  return (options) => {
    const api = createIbApi(options);
    change(api);
    return api;
  };
}

/** The TCP socket inside the library's client. */
function socketOf(api: IBApi): Socket {
  const controller: unknown = Reflect.get(api, 'controller');
  assert(typeof controller === 'object' && controller !== null && 'socket' in controller, 'the library has a socket');
  const { socket } = controller;
  assert(typeof socket === 'object' && socket !== null && 'client' in socket, 'the socket is made');
  assert(socket.client instanceof Socket, 'the socket is one of TCP');
  return socket.client;
}

describe('a session', () => {
  test('is up once TWS named the accounts and the next order id', async () => {
    const { facts, broker, tws } = await connectedBroker({ accounts: 'DU1234567, DU7654321,?', nextOrderId: 42 });
    const endpoint = `127.0.0.1:${tws.port}`;
    expect(facts.all.slice(0, 3)).toEqual([
      { kind: 'link-connecting', endpoint },
      { kind: 'link-handshaking', endpoint },
      { kind: 'link-up', serverVersion: 193, accounts: ['DU1234567', 'DU7654321'], nextOrderId: 42, clientId: 7 },
    ]);
    // hello, start, market data type, account updates, profit and loss, the first heartbeat
    expect(broker.messagesSent()).toBe(6);
  });

  test('is up when TWS names the order id before the accounts, and does not come up twice', async () => {
    const greeting = [
      [9, 1, 42],
      [15, 1, 'DU1234567'],
    ] as const;
    const { facts, session } = await connectedBroker({ greeting });
    session.send([9, 1, 50], wire.accountValue('NetLiquidation', '1000'));
    await facts.next('account-value');
    expect(facts.of('link-up')).toHaveLength(1);
  });

  test('asks for delayed quotes as a substitute and for account values', async () => {
    const { session } = await connectedBroker();
    expect(await session.next(59)).toEqual(['59', '1', '3']);
    expect(await session.next(6)).toEqual(['6', '2', '1', 'DU1234567']);
  });

  test.each([
    ['DU7654321', 'DU7654321'],
    ['DU9999999', 'DU1234567'],
  ])('asks for the figures of %s, the account it trades, where TWS names it', async (trades, asked) => {
    const { session } = await connectedBroker({ accounts: 'DU1234567,DU7654321', account: accountId(trades) });
    expect(await session.next(6)).toEqual(['6', '2', '1', asked]);
  });

  test('lets a message go out from within the news that it is up (pitfall 1)', async () => {
    let outcome: unknown;
    const world = await startedBroker({
      listener: (fact) => {
        if (fact.kind === 'link-up') outcome = world.broker.perform(place([aLeg()]));
      },
    });
    const session = await world.tws.session();
    expect((await session.next(PLACE))[1]).toBe('1');
    expect(outcome).toEqual({ result: 'sent' });
  });

  test('sends each message at once, without waiting for the answer to the one before (Nagle)', async () => {
    const calls: unknown[] = [];
    await connectedBroker({
      createApi: (options) => {
        const api = createIbApi(options);
        const connect = api.connect.bind(api);
        api.connect = () => {
          const connected = connect();
          const spy = vi.spyOn(socketOf(api), 'setNoDelay');
          calls.push(spy);
          return connected;
        };
        return api;
      },
    });
    expect(calls).toHaveLength(1);
    expect(calls[0]).toHaveBeenCalledWith(true);
  });

  test.each([
    ['no socket', undefined],
    ['no socket to speak of', null],
    ['a socket without a connection', {}],
  ])('a library with %s is not trusted with orders', async (_, socket) => {
    const { facts } = await startedBroker({
      createApi: apiWith((api) => {
        const connect = api.connect.bind(api);
        api.connect = () => {
          const controller: unknown = Reflect.get(api, 'controller');
          assert(typeof controller === 'object' && controller !== null, 'the library has a controller');
          const real: unknown = Reflect.get(controller, 'socket');
          connect();
          Reflect.set(controller, 'socket', socket);
          queueMicrotask(() => Reflect.set(controller, 'socket', real));
          return api;
        };
      }),
    });
    expect(await facts.next('link-down')).toMatchObject({ reason: expect.stringContaining('socket') as string });
  });

  test('is started once', async () => {
    const { broker } = await connectedBroker();
    expect(() => broker.start(() => undefined)).toThrow('started once');
  });

  test('gives the library all four options, so that it reads no .env file (pitfall 13)', async () => {
    const given: IbApiOptions[] = [];
    await connectedBroker({
      createApi: (options) => {
        given.push(options);
        return createIbApi(options);
      },
    });
    expect(given).toEqual([
      {
        host: '127.0.0.1',
        port: expect.any(Number) as number,
        clientId: 7,
        maxReqPerSec: expect.any(Number) as number,
      },
    ]);
    expect(given[0]?.maxReqPerSec).toBeGreaterThan(100_000);
  });
});

describe('while the session is not up', () => {
  test('nothing is sent and nothing is kept to be sent later (pitfall 1)', async () => {
    const { broker, clock, facts, session, tws } = await connectedBroker();
    session.hangUp();
    const down = await facts.next('link-down');
    expect(down.reason).toBe('TWS closed the connection');
    const reason = `not connected to 127.0.0.1:${tws.port}: TWS closed the connection`;
    for (const effect of [place([aLeg()]), cancel(1), snapshot(), resolve('AAPL'), subscribe()]) {
      expect(broker.perform(effect)).toEqual({ result: 'not-sent', reason });
    }
    clock.advance(1_000);
    await facts.next('link-up');
    const next = await tws.session();
    // The heartbeat is the first thing said in a fresh session: whatever was kept would have come before it.
    await next.next(TIME);
    expect(next.received.map(([type]) => type)).toEqual(['71', '59', '6', '92', '49']);
  });

  test('an effect before the start is refused', () => {
    const broker = createIbBroker({
      host: 'localhost',
      port: 7497,
      clientId: clientId(0),
      clock: manualClock(),
      random: () => 0,
      onFault: () => undefined,
    });
    expect(broker.perform(cancel(1))).toEqual({
      result: 'not-sent',
      reason: 'not connected to localhost:7497: not started',
    });
  });

  test('a handshake that is under way sends nothing either', async () => {
    const { broker, facts } = await startedBroker({ greeting: [[15, 1, 'DU1234567']] });
    await facts.next('link-handshaking');
    expect(broker.perform(place([aLeg()]))).toMatchObject({
      result: 'not-sent',
      reason: expect.stringContaining('connecting') as string,
    });
  });
});

describe('the library holds nothing back', () => {
  test('a hundred orders are at the socket before the call returns (pitfall 2)', async () => {
    const { broker, session } = await connectedBroker();
    const before = broker.messagesSent();
    for (let n = 0; n < 100; n += 1) expect(broker.perform(place([aLeg()]))).toEqual({ result: 'sent' });
    expect(broker.messagesSent()).toBe(before + 100);
    session.reset();
    await session.closed;
  });

  test('a cancel never waits behind two hundred requests (pitfall 3)', async () => {
    const { broker, session } = await connectedBroker();
    const before = broker.messagesSent();
    for (let n = 0; n < 200; n += 1) broker.perform(resolve('AAPL'));
    expect(broker.perform(cancel(1))).toEqual({ result: 'sent' });
    expect(broker.messagesSent()).toBe(before + 201);
    expect((await session.next(CANCEL))[1]).toBe('1');
  });
});

describe('a peer that does not answer', () => {
  test('is given up when it freezes (pitfall 4)', async () => {
    const { clock, facts, session } = await connectedBroker();
    await session.next(TIME);
    clock.advance(HEARTBEAT_TIMEOUT_MS - 1);
    expect(facts.of('link-down')).toEqual([]);
    clock.advance(1);
    expect(await facts.next('link-down')).toMatchObject({ reason: 'TWS has said nothing for 5 s', code: null });
    await session.closed;
  });

  test('is given up when the handshake stays silent (pitfall 4)', async () => {
    const { clock, facts, tws } = await startedBroker({ speaks: false });
    const socket = await tws.connection();
    const closed = new Promise((resolve) => socket.once('close', resolve));
    clock.advance(HANDSHAKE_TIMEOUT_MS);
    expect(await facts.next('link-down')).toMatchObject({
      reason: `no answer within 10 s: ${SILENT_HANDSHAKE}`,
      retryAt: clock.now() + 1_000,
    });
    await closed;
  });

  test('that names no account is waited for as long, and where to look is said', async () => {
    const { clock, facts, tws } = await startedBroker({ greeting: [] });
    await tws.session();
    clock.advance(HANDSHAKE_TIMEOUT_MS);
    expect(await facts.next('link-down')).toMatchObject({ reason: `no answer within 10 s: ${UNNAMED_ACCOUNT}` });
  });

  test('that hangs up before it names an account has not let us in', async () => {
    const { facts, tws } = await startedBroker({ greeting: [] });
    (await tws.session()).hangUp();
    expect(await facts.next('link-down')).toMatchObject({ reason: `TWS closed the connection: ${UNNAMED_ACCOUNT}` });
  });

  test('that is not TWS is told from an old one', async () => {
    const { facts, tws } = await startedBroker({ version: Number.NaN });
    expect(await facts.next('link-down')).toMatchObject({
      code: 503,
      reason: `127.0.0.1:${tws.port} is not TWS; version 178 or newer is needed: update TWS`,
    });
  });

  test('is slow, not dead, while it says anything at all, and is told how late it is', async () => {
    const { clock, facts, session } = await connectedBroker();
    await session.next(TIME);
    for (let waited = HEARTBEAT_INTERVAL_MS; waited <= 8_000; waited += HEARTBEAT_INTERVAL_MS) {
      clock.advance(HEARTBEAT_INTERVAL_MS);
      expect(facts.of('heartbeat').at(-1)).toEqual({
        kind: 'heartbeat',
        state: 'slow',
        roundTripMs: null,
        lateMs: waited - HEARTBEAT_LATE_MS,
      });
      session.send(wire.accountValue('NetLiquidation', '1'));
      await facts.next('account-value');
    }
    session.send(wire.currentTime());
    expect(await facts.next('heartbeat')).toMatchObject({ state: 'slow', roundTripMs: 8_000, lateMs: 7_000 });
    clock.advance(HEARTBEAT_TIMEOUT_MS - 1);
    expect(facts.of('link-down')).toEqual([]);
  });

  test('whose answer comes late is slow until one comes in time', async () => {
    const { clock, facts, session } = await connectedBroker();
    await session.next(TIME);
    clock.advance(1_500);
    session.send(wire.currentTime());
    expect(await facts.next('heartbeat')).toEqual({
      kind: 'heartbeat',
      state: 'slow',
      roundTripMs: 1_500,
      lateMs: 500,
    });
    clock.advance(500);
    await session.next(TIME);
    session.send(wire.currentTime());
    expect(await facts.next('heartbeat')).toEqual({ kind: 'heartbeat', state: 'alive', roundTripMs: 0 });
  });

  test('that falls silent after it was slow is dead five seconds after its last word', async () => {
    const { clock, facts, session } = await connectedBroker();
    await session.next(TIME);
    clock.advance(3_000);
    session.send(wire.accountValue('NetLiquidation', '1'));
    await facts.next('account-value');
    clock.advance(HEARTBEAT_TIMEOUT_MS - 1);
    expect(facts.of('link-down')).toEqual([]);
    clock.advance(1);
    expect(await facts.next('link-down')).toMatchObject({ reason: 'TWS has said nothing for 5 s' });
  });

  test('is alive while it answers', async () => {
    const { clock, facts, session } = await connectedBroker();
    for (let beat = 0; beat < 5; beat += 1) {
      await session.next(TIME);
      clock.advance(300);
      session.send(wire.currentTime());
      expect(await facts.next('heartbeat')).toEqual({ kind: 'heartbeat', state: 'alive', roundTripMs: 300 });
      clock.advance(HEARTBEAT_INTERVAL_MS - 300);
    }
    expect(facts.of('link-down')).toEqual([]);
  });

  test('is asked again only after it answered', async () => {
    const { broker, clock, facts, session } = await connectedBroker();
    const before = broker.messagesSent();
    clock.advance(2 * HEARTBEAT_INTERVAL_MS);
    expect(broker.messagesSent()).toBe(before);
    // The time out of the blue proves nothing twice.
    session.send(wire.currentTime(), wire.currentTime());
    await facts.next('heartbeat');
    session.send(wire.accountValue('NetLiquidation', '1'));
    await facts.next('account-value');
    expect(facts.of('heartbeat').filter(({ roundTripMs }) => roundTripMs !== null)).toHaveLength(1);
  });
});

describe('TWS loses IBKR', () => {
  test('three times 1100 and the session stands, and everything TWS says still counts (pitfall 5)', async () => {
    const { broker, facts, session } = await connectedBroker();
    const lost = wire.info(1100, 'Connectivity between IB and TWS has been lost.');
    session.send(lost, lost, lost, wire.info(2110, 'TWS has lost its server'), wire.execDetails());
    await facts.next('execution');
    expect(facts.of('upstream-lost').map(({ code }) => code)).toEqual([1100, 1100, 1100, 2110]);
    expect(facts.of('link-down')).toEqual([]);
    expect(facts.of('link-connecting')).toHaveLength(1);
    expect(broker.perform(cancel(1))).toEqual({ result: 'sent' });
  });
});

describe('a defect', () => {
  test('of whoever listens reaches the fault report, and the rest of the packet is read (pitfall 7)', async () => {
    const { facts, faults, session } = await connectedBroker({
      listener: (fact) => {
        if (fact.kind === 'notice') throw new Error('boom in a listener');
      },
    });
    session.send(wire.info(2150, 'one'), wire.info(2150, 'two'), wire.execDetails());
    await facts.next('execution');
    expect(faults.map(({ message }) => message)).toEqual(['boom in a listener', 'boom in a listener']);
  });

  test('that takes a message is told as one that was not heard: it may have been about an order', async () => {
    const { facts, session } = await connectedBroker({
      listener: (fact) => {
        if (fact.kind === 'execution') throw new Error('boom in a listener');
      },
    });
    session.send(wire.execDetails());
    expect(await facts.next('unreadable')).toEqual({
      kind: 'unreadable',
      text: 'a message was lost to a defect: boom in a listener',
    });
  });

  test('that is no Error is reported as one', async () => {
    const { facts, faults, session } = await connectedBroker({
      listener: (fact) => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- what a careless library may do
        if (fact.kind === 'notice') throw 'a string';
      },
    });
    session.send(wire.info(2150, 'one'), wire.execDetails());
    await facts.next('execution');
    expect(faults).toEqual([new Error('a string')]);
  });

  test('of whoever is woken by the clock reaches the fault report', async () => {
    const { clock, faults } = await connectedBroker({
      listener: (fact) => {
        if (fact.kind === 'link-down') throw new Error('boom at the deadline');
      },
    });
    clock.advance(HEARTBEAT_TIMEOUT_MS);
    expect(faults).toEqual([new Error('boom at the deadline')]);
  });

  test('in the details of a reject takes neither the reject nor what follows it (pitfall 7)', async () => {
    const { facts, faults, session } = await connectedBroker();
    session.send(wire.error(1, 201, 'Order rejected', '{not JSON'), wire.execDetails());
    expect(await facts.next('order-error')).toMatchObject({
      orderId: 1,
      code: 201,
      meaning: 'rejected',
      text: 'Order rejected ({not JSON)',
    });
    await facts.next('execution');
    expect(faults).toEqual([]);
  });

  test('of nothing is in empty details of a reject', async () => {
    const { facts, session } = await connectedBroker();
    session.send(wire.error(1, 201, 'Order rejected', '{}'), wire.error(1, 201, 'Order rejected', '"Order rejected"'));
    expect(await facts.next('order-error')).toMatchObject({ text: 'Order rejected' });
    expect(await facts.next('order-error')).toMatchObject({ text: 'Order rejected' });
  });

  test('of the decoder takes one message, not the next one, and is told (pitfall 7)', async () => {
    const { facts, faults, session } = await connectedBroker({
      createApi: apiWith((api) => {
        const controller: unknown = Reflect.get(api, 'controller');
        assert(typeof controller === 'object' && controller !== null && 'decoder' in controller, 'the library decodes');
        const decoder = controller.decoder;
        assert(typeof decoder === 'object' && decoder !== null, 'the library decodes');
        Reflect.set(decoder, 'decodeMsg_POSITION', () => {
          throw new Error('boom in the decoder');
        });
      }),
    });
    session.send(wire.position(10, 150), wire.execDetails());
    expect(await facts.next('unreadable')).toEqual({
      kind: 'unreadable',
      text: 'a message could not be decoded: boom in the decoder',
    });
    await facts.next('execution');
    expect(faults).toEqual([new Error('a message could not be decoded: boom in the decoder')]);
  });

  test('of a message that is too short is told, and the next is read', async () => {
    const { facts, faults, session } = await connectedBroker();
    session.send([3, 1, 'Submitted'], wire.execDetails());
    await facts.next('unreadable');
    await facts.next('execution');
    expect(faults).toHaveLength(1);
  });

  test.each<[string, unknown]>([
    ['no controller', null],
    ['no decoder', {}],
    ['no resume', { decoder: {} }],
    ['no decoder to speak of', { resume: () => undefined, decoder: null }],
    ['another decoder', { resume: () => undefined, decoder: { process: () => undefined } }],
  ])('a library with %s is not trusted with orders', async (_, controller) => {
    const { facts, faults } = await startedBroker({
      createApi: apiWith((api) => Reflect.set(api, 'controller', controller)),
    });
    expect(await facts.next('link-down')).toMatchObject({ reason: expect.stringContaining('@stoqey/ib') as string });
    expect(present(faults[0], 'the fault').message).toContain('@stoqey/ib has the controller and decoder');
  });
});

describe('a message that can not be written', () => {
  const isPlace = 2;

  test('half way through a bracket leaves it unknown, and the session is given up', async () => {
    let calls = 0;
    const { broker, facts, faults, session } = await connectedBroker({
      createApi: apiWith((api) => {
        const placeOrder = api.placeOrder.bind(api);
        api.placeOrder = (...order) => {
          calls += 1;
          if (calls === isPlace) throw new Error('boom in the encoder');
          return placeOrder(...order);
        };
      }),
    });
    const legs = [aLeg(), aLeg(), aLeg()];
    expect(broker.perform(place(legs))).toEqual({
      result: 'maybe-sent',
      reason: 'sending failed: boom in the encoder',
    });
    expect(facts.of('link-down')).toMatchObject([{ reason: 'sending failed: boom in the encoder' }]);
    expect(faults).toEqual([new Error('boom in the encoder')]);
    await session.closed;
  });

  test('because the library wrote nothing was not sent', async () => {
    const { broker } = await connectedBroker({ createApi: apiWith((api) => (api.cancelOrder = () => api)) });
    expect(broker.perform(cancel(1))).toEqual({ result: 'not-sent', reason: 'the message was not written' });
  });

  test('because the library wrote only some of it was perhaps sent', async () => {
    let calls = 0;
    const { broker } = await connectedBroker({
      createApi: apiWith((api) => {
        const placeOrder = api.placeOrder.bind(api);
        api.placeOrder = (...order) => {
          calls += 1;
          return calls === isPlace ? api : placeOrder(...order);
        };
      }),
    });
    expect(broker.perform(place([aLeg(), aLeg()]))).toEqual({
      result: 'maybe-sent',
      reason: 'only 1 of 2 messages were written',
    });
  });

  test('because another is just being written was not sent: the library would send it unseen', async () => {
    const outcomes: unknown[] = [];
    const world = await connectedBroker({
      createApi: apiWith((api) => {
        api.cancelOrder = () => {
          api.emit(EventName.error, new Error('It does not support that'), 399, 1);
          return api;
        };
      }),
      listener: (fact) => {
        if (fact.kind === 'order-error') outcomes.push(world.broker.perform(place([aLeg()])));
      },
    });
    world.broker.perform(cancel(1));
    expect(outcomes).toEqual([{ result: 'not-sent', reason: 'another message is being written' }]);
  });

  test('while the session ends under it ends the session once', async () => {
    const { broker, facts } = await connectedBroker({
      createApi: apiWith((api) => {
        api.cancelOrder = () => {
          api.emit(EventName.disconnected);
          throw new Error('boom after the end');
        };
      }),
    });
    expect(broker.perform(cancel(1))).toMatchObject({ result: 'not-sent' });
    expect(facts.of('link-down')).toHaveLength(1);
  });

  test('fails the heartbeat too', async () => {
    const { facts } = await startedBroker({
      createApi: apiWith((api) => {
        api.reqCurrentTime = () => {
          throw new Error('boom at the beat');
        };
      }),
    });
    expect(await facts.next('link-down')).toMatchObject({ reason: 'sending failed: boom at the beat' });
  });
});

describe('connecting again', () => {
  test('uses a fresh client, and nothing late of the old session is heard (pitfall 1)', async () => {
    const apis: IBApi[] = [];
    const { clock, facts, session } = await connectedBroker({
      createApi: (options) => {
        const api = createIbApi(options);
        apis.push(api);
        return api;
      },
    });
    session.hangUp();
    await facts.next('link-down');
    clock.advance(1_000);
    await facts.next('link-up');
    expect(new Set(apis).size).toBe(2);
    const before = facts.all.length;
    apis[0]?.emit(EventName.nextValidId, 99);
    apis[0]?.emit(EventName.disconnected);
    apis[0]?.emit(EventName.openOrderEnd);
    expect(facts.all).toHaveLength(before);
  });

  test('waits longer after each failure, at most half a minute, until a session answered (pitfall 14)', async () => {
    const refused = createServer();
    await new Promise<void>((resolve) => refused.listen(0, '127.0.0.1', resolve));
    const address = refused.address();
    assert(typeof address === 'object' && address !== null, 'a TCP server has a port');
    await new Promise((resolve) => refused.close(resolve));
    const { clock, facts } = await startedBroker({
      random: () => 0.999999,
      createApi: (options) => createIbApi({ ...options, port: address.port }),
    });
    const delays: number[] = [];
    for (let attempt = 0; attempt < 7; attempt += 1) {
      const down = await facts.next('link-down');
      expect(down).toMatchObject({ code: 502, reason: expect.stringContaining('ECONNREFUSED') as string });
      const delay = present(down.retryAt, 'retry time') - clock.now();
      delays.push(Math.round(delay / 1_000));
      clock.advance(delay);
    }
    expect(delays).toEqual([1, 2, 4, 8, 16, 30, 30]);
    expect(facts.of('notice')).toEqual([]); // the reason is told once, as the reason
    expect(RECONNECT_DELAY_MAX_MS).toBe(30_000);
  });

  test('starts over with short delays once a session has answered', async () => {
    const { clock, facts, session, tws } = await connectedBroker({ random: () => 0.999999 });
    session.hangUp();
    await facts.next('link-down');
    clock.advance(1_000);
    await facts.next('link-up');
    const second = await tws.session();
    second.send(wire.currentTime());
    await facts.next('heartbeat');
    second.hangUp();
    const down = await facts.next('link-down');
    expect(present(down.retryAt, 'retry time') - clock.now()).toBe(1_000);
  });

  test('waits a minute when the client id is in use, and says so (pitfall 14)', async () => {
    const { clock, facts, tws } = await startedBroker({
      greeting: [wire.info(326, 'Unable to connect as the client id is already in use.')],
    });
    expect(await facts.next('link-down')).toEqual({
      kind: 'link-down',
      reason: 'client id 7 is in use by another program: close it or choose another client id; trying again in 60 s',
      code: 326,
      retryAt: clock.now() + CLIENT_ID_RETRY_DELAY_MS,
    });
    await (
      await tws.session()
    ).closed;
    clock.advance(CLIENT_ID_RETRY_DELAY_MS - 1);
    expect(facts.of('link-connecting')).toHaveLength(1);
    clock.advance(1);
    expect(facts.of('link-connecting')).toHaveLength(2);
  });

  test('gives the reason that TWS named before it closed', async () => {
    const { facts, session } = await connectedBroker();
    session.send(wire.info(1300, 'TWS socket port has been reset'));
    session.hangUp();
    expect(await facts.next('notice')).toMatchObject({ code: 1300 });
    expect(await facts.next('link-down')).toMatchObject({ code: 1300, reason: 'TWS socket port has been reset' });
  });

  test('follows TWS to the port it moves to, and returns to the one of the settings when nobody is there', async () => {
    const tried: number[] = [];
    const { clock, facts, session, tws } = await connectedBroker({
      createApi: (options) => {
        tried.push(options.port);
        return createIbApi(options);
      },
    });
    session.send(wire.info(1300, 'Please reconnect on the new port - 1'));
    session.hangUp();
    expect(await facts.next('notice')).toMatchObject({ code: 1300, text: expect.stringContaining('port 1') as string });
    expect(await facts.next('link-down')).toMatchObject({ code: 1300 });
    clock.advance(1_000);
    expect(await facts.next('link-connecting')).toEqual({ kind: 'link-connecting', endpoint: '127.0.0.1:1' });
    const down = await facts.next('link-down');
    expect(down.code).toBe(502);
    clock.advance(present(down.retryAt, 'retry time') - clock.now());
    await facts.next('link-up');
    expect(tried).toEqual([tws.port, 1, tws.port]);
  });

  test('stays with the port TWS moved to once it is there', async () => {
    const tried: number[] = [];
    const moved = await fakeTws();
    onTestFinished(() => moved.stop());
    const { clock, facts, session } = await connectedBroker({
      createApi: (options) => {
        tried.push(options.port);
        return createIbApi(options);
      },
    });
    session.send(wire.info(1300, `Please reconnect on the new port - ${moved.port}`));
    session.hangUp();
    for (let drop = 0; drop < 2; drop += 1) {
      await facts.next('link-down');
      clock.advance(1_000);
      await facts.next('link-up');
      (await moved.session()).hangUp();
    }
    expect(tried.slice(1)).toEqual([moved.port, moved.port]);
  });

  test('tells how a broken connection broke', async () => {
    const { facts, session } = await connectedBroker();
    session.reset();
    expect(await facts.next('link-down')).toMatchObject({
      code: 502,
      reason: expect.stringContaining('ECONNRESET') as string,
    });
  });

  test('refuses a TWS that is too old', async () => {
    const { facts } = await startedBroker({ version: 150 });
    expect(await facts.next('link-down')).toMatchObject({
      code: 503,
      reason: 'TWS speaks version 150; version 178 or newer is needed: update TWS',
    });
  });

  test('survives a version that the library does not speak', async () => {
    const { facts } = await startedBroker({ version: 201 });
    expect(await facts.next('link-down')).toMatchObject({ code: 506 });
  });

  test('says why when it can not even try', async () => {
    const { facts, faults } = await startedBroker({
      createApi: apiWith((api) => {
        api.connect = () => {
          throw new Error('no such port');
        };
      }),
    });
    expect(await facts.next('link-down')).toMatchObject({ reason: 'no such port', code: null });
    expect(faults).toEqual([new Error('no such port')]);
  });
});

describe('after stop', () => {
  test('no fact follows and TWS sees the connection closed', async () => {
    const { broker, clock, facts, session } = await connectedBroker();
    broker.perform(snapshot());
    const before = facts.all.length;
    await broker.stop();
    await session.closed;
    clock.advance(60_000);
    expect(facts.all).toHaveLength(before);
    expect(clock.pending()).toBe(0);
    expect(broker.perform(cancel(1))).toMatchObject({
      result: 'not-sent',
      reason: expect.stringContaining('stopped') as string,
    });
  });

  test('no attempt to connect follows', async () => {
    const { broker, clock, facts, session } = await connectedBroker();
    session.hangUp();
    await facts.next('link-down');
    await broker.stop();
    expect(clock.pending()).toBe(0);
  });
});
