import { describe, expect, test } from 'vitest';
import { createIbApi } from '#adapters/ibkr/ib-library';
import { POLL_INTERVAL_MS, SNAPSHOT_SILENCE_MAX_MS } from '#adapters/ibkr/ib-snapshot';
import type { BrokerWorld } from './connected-broker';
import { snapshot } from './builders';
import { connectedBroker, livelyTimePasses, type BrokerWorldOptions } from './connected-broker';
import type { FakeSession } from './fake-tws';
import * as wire from './wire-messages';

const OPEN_ORDERS = 5;
const EXECUTIONS = 7;
const AUTO_BIND = 15;
const ALL_OPEN_ORDERS = 16;
const HEARTBEAT = 49;
const POSITIONS = 61;
const COMPLETED_ORDERS = 99;

/** Answers the heartbeats of `count` intervals so that only the snapshot is late. */
async function passTime(world: BrokerWorld & { session: FakeSession }, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 2_000) {
    await world.session.next(HEARTBEAT);
    world.session.send(wire.currentTime());
    await world.facts.next('heartbeat');
    world.clock.advance(Math.min(2_000, ms - passed));
  }
}

async function executionsAsked(session: FakeSession): Promise<string> {
  return wire.requestIdIn(await session.next(EXECUTIONS), 2);
}

describe('a snapshot', () => {
  test('asks for orders, executions, completed orders, then positions, and ends complete', async () => {
    const { broker, facts, session } = await connectedBroker();
    expect(broker.perform(snapshot())).toEqual({ result: 'sent' });
    await session.next(OPEN_ORDERS);
    session.send(wire.openOrder(), wire.orderStatus(), wire.openOrderEnd());
    await session.next(ALL_OPEN_ORDERS);
    session.send(wire.openOrder({ clientId: 0, orderId: 0, permId: 5, orderRef: '' }), wire.openOrderEnd());
    const id = await executionsAsked(session);
    session.send(wire.execDetails({ reqId: id }), wire.execDetailsEnd(id));
    expect(await session.next(COMPLETED_ORDERS)).toEqual(['99', '0']);
    session.send(wire.completedOrdersEnd());
    await session.next(POSITIONS);
    session.send(wire.position(10, 150.25), wire.positionEnd());
    await facts.next('snapshot-ended');
    const kinds = new Set([
      'snapshot-begun',
      'order-reported',
      'order-status',
      'execution',
      'position',
      'snapshot-ended',
    ]);
    expect(facts.all.filter(({ kind }) => kinds.has(kind)).map(({ kind }) => kind)).toEqual([
      'snapshot-begun',
      'order-reported',
      'order-status',
      'order-reported',
      'execution',
      'position',
      'snapshot-ended',
    ]);
    expect(facts.of('snapshot-begun')).toEqual([{ kind: 'snapshot-begun', effectId: 'e-snapshot' }]);
    expect(facts.of('snapshot-ended')).toEqual([
      { kind: 'snapshot-ended', effectId: 'e-snapshot', complete: true, why: '' },
    ]);
    session.send(wire.position(12, 150.5));
    expect(await facts.next('position')).toMatchObject({ quantity: '12' });
  });

  test('of the master client binds the orders entered by hand first', async () => {
    const { broker, session } = await connectedBroker({ clientId: 0 });
    broker.perform(snapshot());
    expect(await session.next(AUTO_BIND)).toEqual(['15', '1', '1']);
    await session.next(OPEN_ORDERS);
  });

  test('of any other client does not', async () => {
    const { broker, session } = await connectedBroker();
    broker.perform(snapshot());
    await session.next(OPEN_ORDERS);
    expect(session.received.map(([type]) => type)).not.toContain('15');
  });

  test('that stays without an answer is incomplete: what was not reported is unknown', async () => {
    const world = await connectedBroker();
    world.broker.perform(snapshot());
    await passTime(world, SNAPSHOT_SILENCE_MAX_MS);
    expect(await world.facts.next('snapshot-ended')).toMatchObject({
      complete: false,
      why: 'our open orders: no answer within 10 s',
    });
    expect(world.facts.of('link-down')).toEqual([]);
  });

  test('may take longer than its deadline while answers keep coming', async () => {
    const world = await connectedBroker();
    const { broker, facts, session } = world;
    broker.perform(snapshot());
    await passTime(world, 6_000);
    session.send(wire.openOrder());
    await facts.next('order-reported');
    await passTime(world, 6_000);
    session.send(wire.openOrderEnd());
    await session.next(ALL_OPEN_ORDERS);
    expect(facts.of('snapshot-ended')).toEqual([]);
  });

  test('whose executions do not come is incomplete, and their late end is not taken for a newer one', async () => {
    const world = await connectedBroker();
    const { broker, facts, session } = world;
    broker.perform(snapshot('e-1'));
    session.send(wire.openOrderEnd());
    await session.next(ALL_OPEN_ORDERS);
    session.send(wire.openOrderEnd());
    const first = await executionsAsked(session);
    await passTime(world, SNAPSHOT_SILENCE_MAX_MS);
    expect(await facts.next('snapshot-ended')).toMatchObject({ why: 'executions: no answer within 10 s' });
    broker.perform(snapshot('e-2'));
    session.send(wire.openOrderEnd());
    await session.next(ALL_OPEN_ORDERS);
    session.send(wire.openOrderEnd());
    const second = await executionsAsked(session);
    const before = broker.messagesSent();
    session.send(wire.execDetailsEnd(first), wire.accountValue('NetLiquidation', '1'));
    await facts.next('account-value');
    expect(broker.messagesSent()).toBe(before);
    session.send(wire.execDetailsEnd(second));
    await session.next(COMPLETED_ORDERS);
  });

  test('gives way to a newer one, which waits for its own end and not for the older', async () => {
    const { broker, facts, session } = await connectedBroker();
    broker.perform(snapshot('e-1'));
    broker.perform(snapshot('e-2'));
    expect(await facts.next('snapshot-ended')).toEqual({
      kind: 'snapshot-ended',
      effectId: 'e-1',
      complete: false,
      why: 'a newer snapshot took its place',
    });
    const before = broker.messagesSent();
    session.send(wire.openOrderEnd(), wire.accountValue('NetLiquidation', '1'));
    await facts.next('account-value');
    expect(broker.messagesSent()).toBe(before);
    session.send(wire.openOrderEnd());
    await session.next(ALL_OPEN_ORDERS);
  });

  test('whose end marker is owed twice starts over in a fresh session', async () => {
    const world = await connectedBroker();
    const { broker, facts } = world;
    broker.perform(snapshot('e-1'));
    broker.perform(snapshot('e-2'));
    await passTime(world, SNAPSHOT_SILENCE_MAX_MS);
    expect(await facts.next('link-down')).toMatchObject({
      reason: 'TWS does not answer the question for our open orders',
    });
    expect(facts.of('snapshot-ended').at(-1)).toMatchObject({ effectId: 'e-2', complete: false });
  });

  test('may be the last that is heard before a stop', async () => {
    const world = await connectedBroker({
      listener: (fact) => {
        if (fact.kind === 'snapshot-ended' && fact.effectId === 'e-2') void world.broker.stop();
      },
    });
    world.broker.perform(snapshot('e-1'));
    world.broker.perform(snapshot('e-2'));
    await passTime(world, SNAPSHOT_SILENCE_MAX_MS);
    await world.session.closed;
    expect(world.facts.all.at(-1)).toMatchObject({ kind: 'snapshot-ended', effectId: 'e-2' });
    expect(world.faults).toEqual([]);
  });

  test('ends incomplete when the connection is lost', async () => {
    const { broker, facts, session } = await connectedBroker();
    broker.perform(snapshot());
    session.hangUp();
    expect(await facts.next('snapshot-ended')).toMatchObject({ complete: false, why: 'the connection was lost' });
  });

  test('ends incomplete when a question can not be sent', async () => {
    const { broker, facts } = await connectedBroker({
      createApi: (options) => {
        const api = createIbApi(options);
        api.reqOpenOrders = () => api;
        return api;
      },
    });
    broker.perform(snapshot());
    expect(facts.of('snapshot-ended')).toMatchObject([{ complete: false, why: 'the message was not written' }]);
  });

  test('ends incomplete when TWS refuses the executions', async () => {
    const { broker, facts, session } = await connectedBroker();
    broker.perform(snapshot());
    session.send(wire.openOrderEnd());
    await session.next(ALL_OPEN_ORDERS);
    session.send(wire.openOrderEnd());
    const id = await executionsAsked(session);
    session.send(
      wire.error(Number(id) + 500, 321, 'of somebody else'),
      wire.error(Number(id), 321, 'Error validating request'),
    );
    expect(await facts.next('notice')).toMatchObject({ text: 'of somebody else' });
    expect(await facts.next('snapshot-ended')).toMatchObject({
      complete: false,
      why: 'Error validating request (321)',
    });
  });

  test('ends incomplete when TWS refuses a request that has no number', async () => {
    const { broker, facts, session } = await connectedBroker();
    broker.perform(snapshot());
    session.send(wire.info(321, 'Error validating request'));
    expect(await facts.next('snapshot-ended')).toMatchObject({
      complete: false,
      why: 'Error validating request (321)',
    });
    session.send(wire.info(321, 'Error validating request'), wire.accountValue('NetLiquidation', '1'));
    await facts.next('account-value');
    expect(facts.of('snapshot-ended')).toHaveLength(1);
  });

  test('that showed something unreadable is incomplete, and goes on all the same', async () => {
    const { broker, facts, session } = await connectedBroker();
    broker.perform(snapshot());
    session.send(wire.openOrder({ account: '' }), wire.openOrder({ conId: 0 }), wire.openOrderEnd());
    await session.next(ALL_OPEN_ORDERS);
    session.send(wire.openOrderEnd());
    const id = await executionsAsked(session);
    session.send(wire.execDetailsEnd(id), wire.completedOrdersEnd());
    await session.next(POSITIONS);
    session.send(wire.positionEnd());
    expect(await facts.next('snapshot-ended')).toMatchObject({
      complete: false,
      why: expect.stringContaining('"account":""') as string,
    });
  });

  test('is not disturbed by ends that nobody asked for', async () => {
    const { broker, facts, session } = await connectedBroker();
    session.send(
      wire.openOrderEnd(),
      wire.positionEnd(),
      wire.completedOrdersEnd(),
      wire.execDetailsEnd(1_000_000_000),
    );
    session.send(wire.accountValue('NetLiquidation', '1'));
    await facts.next('account-value');
    broker.perform(snapshot());
    const before = broker.messagesSent();
    session.send(wire.positionEnd(), wire.accountValue('NetLiquidation', '1'));
    await facts.next('account-value');
    expect(broker.messagesSent()).toBe(before);
    expect(facts.of('snapshot-ended')).toEqual([]);
  });
});

describe('between snapshots everybody’s open orders', () => {
  async function reconciled(options: BrokerWorldOptions = {}) {
    const world = await connectedBroker(options);
    const { broker, facts, session } = world;
    broker.perform(snapshot());
    await session.next(OPEN_ORDERS);
    session.send(wire.openOrderEnd());
    await session.next(ALL_OPEN_ORDERS);
    session.send(wire.openOrderEnd());
    const id = await executionsAsked(session);
    session.send(wire.execDetailsEnd(id), wire.completedOrdersEnd());
    await session.next(POSITIONS);
    session.send(wire.positionEnd());
    await facts.next('snapshot-ended');
    return world;
  }

  test.each([0, 7])('are polled every half minute by client %i', async (clientId) => {
    const world = await reconciled({ clientId });
    const { facts, session } = world;
    for (let poll = 1; poll <= 2; poll += 1) {
      await livelyTimePasses(world, POLL_INTERVAL_MS);
      expect(await session.next(ALL_OPEN_ORDERS)).toEqual(['16', '1']);
      session.send(wire.openOrder({ clientId: 3, orderId: 9, permId: 5, orderRef: '' }), wire.openOrderEnd());
      expect(await facts.next('open-orders-ended')).toEqual({ kind: 'open-orders-ended', complete: true });
      expect(facts.of('open-orders-begun')).toHaveLength(poll);
    }
    expect(facts.of('snapshot-ended')).toHaveLength(1);
  });

  test('are not asked for before the first snapshot', async () => {
    const world = await connectedBroker();
    await livelyTimePasses(world, 2 * POLL_INTERVAL_MS);
    expect(world.facts.of('open-orders-begun')).toEqual([]);
  });

  test('are not known when TWS stays silent about them, or says something unreadable', async () => {
    const world = await reconciled();
    const { facts, session } = world;
    await livelyTimePasses(world, POLL_INTERVAL_MS);
    await session.next(ALL_OPEN_ORDERS);
    await livelyTimePasses(world, SNAPSHOT_SILENCE_MAX_MS);
    expect(facts.of('open-orders-ended')).toEqual([{ kind: 'open-orders-ended', complete: false }]);
    // The end that is owed comes late, and must not end the next poll.
    session.send(wire.openOrderEnd());
    await livelyTimePasses(world, POLL_INTERVAL_MS);
    await session.next(ALL_OPEN_ORDERS);
    session.send(wire.openOrder({ account: '' }), wire.openOrderEnd());
    await facts.next('open-orders-ended');
    expect(facts.of('open-orders-ended').at(-1)).toEqual({ kind: 'open-orders-ended', complete: false });
  });

  test('wait while a snapshot runs, and a snapshot takes the place of a poll and is not ended by its end', async () => {
    const world = await reconciled();
    const { broker, facts, session } = world;
    await livelyTimePasses(world, POLL_INTERVAL_MS);
    await session.next(ALL_OPEN_ORDERS);
    broker.perform(snapshot('e-second'));
    expect(facts.of('open-orders-ended')).toEqual([{ kind: 'open-orders-ended', complete: false }]);
    await session.next(OPEN_ORDERS);
    session.send(wire.openOrderEnd(), wire.accountValue('NetLiquidation', '1')); // owed to the poll
    await facts.next('account-value');
    expect(session.received.filter(([type]) => type === '16')).toHaveLength(2);
    session.send(wire.openOrderEnd());
    await session.next(ALL_OPEN_ORDERS);
    const before = session.received.filter(([type]) => type === '16').length;
    for (let part = 0; part < 10; part += 1) {
      session.send(wire.openOrder());
      await livelyTimePasses(world, POLL_INTERVAL_MS / 5);
    }
    expect(session.received.filter(([type]) => type === '16')).toHaveLength(before);
  });

  test('are not asked for while TWS has lost IBKR', async () => {
    const world = await reconciled();
    const { facts, session } = world;
    session.send(wire.info(1100, 'lost'));
    await livelyTimePasses(world, 2 * POLL_INTERVAL_MS);
    expect(facts.of('open-orders-begun')).toEqual([]);
    session.send(wire.info(1102, 'restored'));
    await livelyTimePasses(world, POLL_INTERVAL_MS);
    expect(facts.of('open-orders-begun')).toHaveLength(1);
  });

  test('are unknown when the link is lost on the way', async () => {
    const world = await reconciled();
    const { facts, session } = world;
    await livelyTimePasses(world, POLL_INTERVAL_MS);
    await session.next(ALL_OPEN_ORDERS);
    session.hangUp();
    expect(await facts.next('open-orders-ended')).toEqual({ kind: 'open-orders-ended', complete: false });
  });
});
