import { describe, expect, test } from 'vitest';
import { PROFIT_SUBSCRIPTIONS_MAX } from '#adapters/ibkr/ib-profits';
import { RESTORE_INTERVAL_MS } from '#adapters/ibkr/ib-quotes';
import { connectedBroker, livelyTimePasses, type BrokerWorld } from './connected-broker';
import type { FakeSession } from './fake-tws';
import * as wire from './wire-messages';

const PROFIT = 92;
const PROFIT_OF_ONE = 94;
/** What IBKR sends for a figure that it does not have. */
const NOTHING = String(Number.MAX_VALUE);

type World = BrokerWorld & { readonly session: FakeSession };

const singleRequests = ({ session }: World): readonly (readonly string[])[] =>
  session.received.filter(([type]) => type === String(PROFIT_OF_ONE));

/** TWS reports what is held of each of `conIds`, and the time that all of them need passes. */
async function holds(world: World, conIds: readonly number[], held = 100): Promise<void> {
  for (const conId of conIds) {
    world.session.send(wire.position(held, 150, { conId }));
    await world.facts.next('position');
  }
}

test("of the account is asked for when a session is up, and IBKR's figures are told", async () => {
  const { facts, session } = await connectedBroker();
  const asked = await session.next(PROFIT);
  expect(asked.slice(2)).toEqual(['DU1234567', '']);
  session.send(wire.pnl(wire.requestIdIn(asked, 1), '-12.34', '56.5', '0'));
  expect(await facts.next('account-pnl')).toEqual({
    kind: 'account-pnl',
    pnl: { daily: '-12.34', unrealised: '56.5', realised: '0' },
  });
});

test('of a position is asked for once, and a figure that IBKR does not have is not known', async () => {
  const world = await connectedBroker();
  const { clock, facts, session } = world;
  await holds(world, [265_598, 265_598]);
  clock.advance(RESTORE_INTERVAL_MS);
  const asked = await session.next(PROFIT_OF_ONE);
  expect(asked.slice(2)).toEqual(['DU1234567', '', '265598']);
  session.send(wire.pnlSingle(wire.requestIdIn(asked, 1), 100, '7.5', '8', NOTHING));
  expect(await facts.next('position-pnl')).toEqual({
    kind: 'position-pnl',
    conId: 265_598,
    pnl: { daily: '7.5', unrealised: '8', realised: null },
  });
  session.send(wire.pnlSingle(wire.requestIdIn(asked, 1), 100, NOTHING, NOTHING, '3'));
  expect(await facts.next('position-pnl')).toMatchObject({ pnl: { daily: null, unrealised: null, realised: '3' } });
  clock.advance(10 * RESTORE_INTERVAL_MS);
  session.send(wire.currentTime());
  expect(singleRequests(world)).toHaveLength(1);
});

test('what is not held, or of another account, is not asked for', async () => {
  const world = await connectedBroker();
  const { clock, facts, session } = world;
  session.send(wire.position(0, 0), wire.position(5, 1, { account: 'DU7654321' }));
  await facts.next('position');
  await facts.next('position');
  clock.advance(RESTORE_INTERVAL_MS);
  await holds(world, [7]);
  clock.advance(RESTORE_INTERVAL_MS);
  expect((await session.next(PROFIT_OF_ONE))[4]).toBe('7');
});

describe('many positions', () => {
  test('are asked for one at a time', async () => {
    const world = await connectedBroker();
    await holds(world, [1, 2, 3]);
    expect(singleRequests(world)).toHaveLength(0);
    world.clock.advance(RESTORE_INTERVAL_MS);
    expect((await world.session.next(PROFIT_OF_ONE))[4]).toBe('1');
    expect(singleRequests(world)).toHaveLength(1);
    world.clock.advance(RESTORE_INTERVAL_MS);
    expect((await world.session.next(PROFIT_OF_ONE))[4]).toBe('2');
  });

  test('are asked for up to a limit', async () => {
    const world = await connectedBroker();
    const conIds = Array.from({ length: PROFIT_SUBSCRIPTIONS_MAX + 1 }, (_, index) => index + 1);
    await holds(world, conIds);
    await livelyTimePasses(world, (PROFIT_SUBSCRIPTIONS_MAX + 2) * RESTORE_INTERVAL_MS);
    const asked: number[] = [];
    while (asked.length < PROFIT_SUBSCRIPTIONS_MAX) asked.push(Number((await world.session.next(PROFIT_OF_ONE))[4]));
    expect(asked).toEqual(conIds.slice(0, PROFIT_SUBSCRIPTIONS_MAX));
    expect(singleRequests(world)).toHaveLength(PROFIT_SUBSCRIPTIONS_MAX);
  });
});

test('after IBKR lost what was subscribed to (1101) everything is asked for anew, and old numbers are nobody’s', async () => {
  const world = await connectedBroker();
  const { clock, facts, session } = world;
  const account = await session.next(PROFIT);
  await holds(world, [265_598]);
  clock.advance(RESTORE_INTERVAL_MS);
  const single = await session.next(PROFIT_OF_ONE);
  session.send(wire.info(1101, 'restored, data lost'));
  const [, id] = await session.next(PROFIT);
  clock.advance(RESTORE_INTERVAL_MS);
  expect((await session.next(PROFIT_OF_ONE))[4]).toBe('265598');
  session.send(
    wire.pnl(wire.requestIdIn(account, 1), '1', '1', '1'),
    wire.pnlSingle(wire.requestIdIn(single, 1), 100, '1', '1', '1'),
    wire.pnl(String(id), '2', '2', '2'),
  );
  expect(await facts.next('account-pnl')).toMatchObject({ pnl: { daily: '2' } });
  expect(facts.of('position-pnl')).toEqual([]);
});
