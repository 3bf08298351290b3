import { describe, expect, test } from 'vitest';
import { present } from '#domain/assert';
import { clientId, ibOrderId, permId } from '#domain/ids';
import { price, signedQuantity } from '#domain/money';
import type { OrderRecord } from '#domain/order-record';
import { DEFAULT_SETTINGS } from '#domain/settings';
import type { OrderSpec } from '#domain/order-spec';
import { ACCOUNT } from '#test/builders/domain-records';
import { AAPL } from '#test/builders/engine-harness';
import { aTrailingStop } from '#test/builders/trailing-desk';
import { settled, WorkstationWorld } from '#test/builders/workstation-world';

/** 10 AAPL held, and a stop at 147 that this app moves; the disk works only when the test says so. */
async function trailing(): Promise<WorkstationWorld> {
  const world = new WorkstationWorld();
  const { broker, journal, workstation } = world;
  journal.isPrompt = true;
  workstation.start(DEFAULT_SETTINGS);
  broker.linkUp();
  const { id: effectId } = present(broker.performedOf('snapshot').at(-1), 'the snapshot');
  broker.tell({ kind: 'snapshot-begun', effectId });
  const { conId, symbol } = AAPL;
  const held = { quantity: signedQuantity('10'), averageCost: price('150') };
  broker.tell({ kind: 'position', account: ACCOUNT, conId, symbol, ...held });
  broker.tell({ kind: 'snapshot-ended', effectId, complete: true, why: '' });
  broker.defineAapl();
  broker.tick();
  await world.commands({ kind: 'place-trailing-stop', request: aTrailingStop() });
  shows(world);
  trades(world, '150');
  journal.isPrompt = false;
  return world;
}

const stopOrder = ({ state }: WorkstationWorld): OrderRecord => present([...state.orders.values()][0], 'the stop');

function trades({ broker }: WorkstationWorld, last: string): void {
  const patch = { bid: price(String(Number(last) - 1)), ask: price(String(Number(last) + 1)), last: price(last) };
  broker.tell({ kind: 'quote', conId: AAPL.conId, patch });
}

/** IBKR shows the stop, as it is or as it was asked to be. */
function shows(world: WorkstationWorld, change: Partial<OrderSpec> = {}): void {
  const { id, spec } = stopOrder(world);
  const keys = { clientId: clientId(1), orderId: ibOrderId(1), permId: permId(901), orderRef: id };
  const rest = { parentOrderId: null, oca: null, filled: null };
  const status = { kind: 'acknowledged', hold: 'trigger' } as const;
  world.broker.tell({
    kind: 'order-reported',
    order: { ...keys, ...rest, spec: { ...spec, ...change }, status },
    completed: false,
  });
}

const changes = ({ broker }: WorkstationWorld): readonly unknown[] =>
  broker.performedOf('modify').map(({ order }) => order.value.spec.terms);

describe('a stop that follows the market', () => {
  test('is moved at once, and shown when that is on disk', async () => {
    const world = await trailing();
    const published = world.published.length;
    trades(world, '151');
    expect(changes(world)).toEqual([{ type: 'STP', stop: '148' }]);
    expect(world.journal.entries.at(-1)?.event.type).toBe('stop-ratcheted');
    expect(world.published).toHaveLength(published);
    world.journal.sync();
    expect(world.published.at(-1)?.event.type).toBe('stop-ratcheted');
    expect(changes(world)).toHaveLength(1);
  });

  test('does not wait behind an order that waits for the disk, nor lets that one go before its time', async () => {
    const world = await trailing();
    void world.places();
    await settled();
    trades(world, '151');
    expect(changes(world)).toHaveLength(1);
    expect(world.broker.performedOf('place')).toHaveLength(1);
    world.journal.sync();
    expect(world.broker.performedOf('place')).toHaveLength(2);
  });

  test('is not moved any more once nothing can be written down', async () => {
    const world = await trailing();
    world.journal.fail();
    trades(world, '151');
    world.clock.advance(5_000);
    expect(changes(world)).toEqual([]);
  });

  test('made smaller by a person, it waits for the disk like every other change', async () => {
    const world = await trailing();
    const { number } = stopOrder(world);
    const request = { number, limit: null, stop: price('146'), quantity: null, timeInForce: null };
    void world.commands({ kind: 'modify-order', request });
    await settled();
    expect(changes(world)).toEqual([]);
    world.journal.sync();
    expect(changes(world)).toEqual([{ type: 'STP', stop: '146' }]);
  });

  test('that the broker fails at stops nothing: the rest goes on', async () => {
    const world = await trailing();
    world.broker.onPerform = () => {
      throw new Error('the socket is a teapot');
    };
    trades(world, '151');
    expect(world.faults).toEqual([new Error('the socket is a teapot')]);
  });
});
