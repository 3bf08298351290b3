import { describe, expect, test } from 'vitest';
import { createIbApi } from '#adapters/ibkr/ib-library';
import { DATA_REQUEST_ID_MIN } from '#adapters/ibkr/ib-messages';
import {
  QUOTE_SUBSCRIPTIONS_MAX,
  RESTORE_INTERVAL_MS,
  REVIVE_INTERVAL_MS,
  REVIVE_SOON_MS,
} from '#adapters/ibkr/ib-quotes';
import { effectId } from '#domain/ids';
import { anInstrument, NEVER, subscribe } from './builders';
import { connectedBroker, livelyTimePasses, type BrokerWorldOptions } from './connected-broker';
import * as wire from './wire-messages';

const MARKET_DATA = 1;
const CANCEL_MARKET_DATA = 2;

async function subscribed(options: BrokerWorldOptions = {}) {
  const world = await connectedBroker(options);
  expect(world.broker.perform(subscribe())).toEqual({ result: 'sent' });
  const asked = await world.session.next(MARKET_DATA);
  return { ...world, asked, id: wire.requestIdIn(asked, 2) };
}

describe('a subscription', () => {
  test('asks for the stream of one instrument, by its number, above all order ids (pitfall 6)', async () => {
    const { asked } = await subscribed();
    expect(Number(asked[2])).toBeGreaterThanOrEqual(DATA_REQUEST_ID_MIN);
    expect(asked.slice(3)).toEqual(['265598', '', '', '', '', '', '', 'SMART', '', '', '', '', '0', '', '0', '0', '']);
  });

  test('to what does not trade at SMART names its own exchange', async () => {
    const { broker, session } = await connectedBroker();
    const instrument = anInstrument({ securityType: 'FUT', exchange: 'CME' });
    broker.perform({ kind: 'subscribe-quote', id: effectId('e-1'), validUntil: NEVER, instrument });
    expect((await session.next(MARKET_DATA))[10]).toBe('CME');
  });

  test('is made once', async () => {
    const { broker } = await subscribed();
    const before = broker.messagesSent();
    expect(broker.perform(subscribe())).toEqual({ result: 'sent' });
    expect(broker.messagesSent()).toBe(before);
  });

  test('survives the rejection of an order of any number (pitfall 6)', async () => {
    const { facts, id, session } = await subscribed();
    session.send(wire.error(1, 201, 'Order rejected'), wire.tickPrice(id, 1, 187.24));
    expect(await facts.next('order-error')).toMatchObject({ orderId: 1 });
    expect(await facts.next('quote')).toMatchObject({ patch: { bid: '187.24' } });
    expect(facts.of('market-data').every(({ live }) => live)).toBe(true);
  });

  test('is refused beyond the market data lines of the account', async () => {
    const { broker } = await connectedBroker();
    for (let n = 1; n <= QUOTE_SUBSCRIPTIONS_MAX; n += 1) expect(broker.perform(subscribe(n)).result).toBe('sent');
    expect(broker.perform(subscribe(101))).toEqual({
      result: 'not-sent',
      reason: 'all 100 market data lines are in use',
    });
  });

  test('that could not be asked for is not counted as made', async () => {
    let broken = true;
    const { broker } = await connectedBroker({
      createApi: (options) => {
        const api = createIbApi(options);
        const reqMktData = api.reqMktData.bind(api);
        api.reqMktData = (...request) => (broken ? api : reqMktData(...request));
        return api;
      },
    });
    expect(broker.perform(subscribe())).toEqual({ result: 'not-sent', reason: 'the message was not written' });
    broken = false;
    const before = broker.messagesSent();
    expect(broker.perform(subscribe())).toEqual({ result: 'sent' });
    expect(broker.messagesSent()).toBe(before + 1);
  });
});

describe('a tick', () => {
  test.each([
    [1, 187.24, { bid: '187.24' }],
    [2, 187.26, { ask: '187.26' }],
    [4, 187.25, { last: '187.25' }],
    [6, 188, { high: '188' }],
    [7, 186.1, { low: '186.1' }],
    [9, 185, { close: '185' }],
    [1, -1, { bid: null }],
    [2, 0, { ask: null }],
  ])('of price type %i at %d', async (type, value, patch) => {
    const { clock, facts, id, session } = await subscribed();
    session.send(wire.tickPrice(id, type, value));
    expect(await facts.next('quote')).toEqual({
      kind: 'quote',
      conId: 265598,
      patch: { ...patch, tickAt: clock.now() },
    });
  });

  test.each([
    [0, 300, { bidSize: '300' }],
    [3, 200, { askSize: '200' }],
    [8, 1234567, { volume: '1234567' }],
    [0, '', { bidSize: null }],
  ])('of size type %i', async (type, value, patch) => {
    const { facts, id, session } = await subscribed();
    session.send(wire.tickSize(id, type, value));
    expect(await facts.next('quote')).toMatchObject({ patch });
  });

  test.each([
    [66, { bid: '187.24' }],
    [67, { ask: '187.24' }],
    [68, { last: '187.24' }],
    [72, { high: '187.24' }],
    [73, { low: '187.24' }],
    [75, { close: '187.24' }],
  ])('of delayed price type %i says that the data is delayed', async (type, patch) => {
    const { facts, id, session } = await subscribed();
    session.send(wire.tickPrice(id, type, 187.24));
    expect(await facts.next('market-data')).toMatchObject({ dataKind: 'delayed', live: true });
    expect(await facts.next('quote')).toMatchObject({ patch });
  });

  test.each([
    [69, { bidSize: '300' }],
    [70, { askSize: '300' }],
    [74, { volume: '300' }],
  ])('of delayed size type %i', async (type, patch) => {
    const { facts, id, session } = await subscribed();
    session.send(wire.marketDataType(id, 4), wire.tickSize(id, type, 300));
    expect(await facts.next('market-data')).toMatchObject({ dataKind: 'delayed-frozen' });
    expect(await facts.next('quote')).toMatchObject({ patch });
    expect(facts.of('market-data').map(({ dataKind }) => dataKind)).not.toContain('delayed');
  });

  test('of the bid brings no size: only the size tick of its own does (pitfall 9)', async () => {
    const { facts, id, session } = await subscribed();
    session.send(wire.tickPrice(id, 1, 187.24, 500), wire.tickSize(id, 0, 300), wire.tickPrice(id, 9, 185));
    while ((await facts.next('quote')).patch.close === undefined);
    const sizes = facts.of('quote').flatMap(({ patch }) => patch.bidSize ?? []);
    expect(sizes).toEqual(['300']);
  });

  test('of parameters that the library reads wrongly changes nothing (pitfall 9)', async () => {
    const { facts, id, session } = await subscribed();
    session.send([81, id, '0.01', '9c0001', 3], wire.tickPrice(id, 1, 187.24));
    await facts.next('quote');
    expect(facts.of('quote')).toHaveLength(1);
    expect(facts.of('instrument')).toEqual([]);
  });

  test('of another kind, or of a number that is not ours, says nothing', async () => {
    const { facts, id, session } = await subscribed();
    const stranger = DATA_REQUEST_ID_MIN + 999;
    session.send(
      wire.tickPrice(id, 14, 187),
      wire.tickSize(id, 5, 100),
      wire.tickGeneric(id, 48, 1),
      wire.tickPrice(stranger, 1, 187),
      wire.tickSize(stranger, 0, 100),
      wire.tickGeneric(stranger, 49, 1),
      wire.marketDataType(stranger, 1),
      wire.accountValue('NetLiquidation', '1'),
    );
    await facts.next('account-value');
    expect([...facts.of('quote'), ...facts.of('market-data')]).toEqual([]);
  });

  test.each([
    [1, true],
    [2, true],
    [0, false],
    [-1, false],
  ])('of a halt with the value %i', async (value, halted) => {
    const { facts, id, session } = await subscribed();
    session.send(wire.tickGeneric(id, 49, value));
    expect(await facts.next('quote')).toEqual({ kind: 'quote', conId: 265598, patch: { halted } });
  });
});

describe('how current the data is', () => {
  test.each([
    [1, 'real-time', 'no data has come yet', ''],
    [2, 'frozen', 'the last quotes before the market closed', 'the last quotes before the market closed'],
    [
      3,
      'delayed',
      'delayed by 15 minutes or so: not all of its real-time data is subscribed',
      'delayed by 15 minutes or so: not all of its real-time data is subscribed',
    ],
    [
      4,
      'delayed-frozen',
      'the last delayed quotes before the market closed',
      'the last delayed quotes before the market closed',
    ],
    [9, 'unknown', 'no data has come yet', 'IBKR does not say how current it is'],
  ])('market data type %i is %s, live from the first tick on', async (type, dataKind, why, whyLive) => {
    const { facts, id, session } = await subscribed();
    session.send(wire.marketDataType(id, type), wire.tickPrice(id, 1, 187.24), wire.tickPrice(id, 2, 187.26));
    await facts.next('quote');
    await facts.next('quote');
    expect(facts.of('market-data')).toEqual([
      { kind: 'market-data', conId: 265598, dataKind, live: false, why },
      { kind: 'market-data', conId: 265598, dataKind, live: true, why: whyLive },
    ]);
  });

  test.each([
    [354, 'unknown'],
    [10089, 'unknown'],
    [10090, 'delayed'],
    [10167, 'delayed'],
    [10168, 'unknown'],
    [10197, 'real-time'],
    [200, 'unknown'],
  ])('code %i makes it stale until it ticks, of kind %s', async (code, dataKind) => {
    const { facts, id, session } = await subscribed();
    session.send(wire.marketDataType(id, 1), wire.tickPrice(id, 1, 187.24));
    await facts.next('quote');
    session.send(wire.error(Number(id), code, 'text of IBKR'));
    expect(await facts.next('market-data')).toMatchObject({ dataKind, live: false });
    expect(await facts.next('notice')).toEqual({ kind: 'notice', code, text: 'text of IBKR' });
    session.send(wire.tickPrice(id, 1, 187.3));
    expect(await facts.next('market-data')).toMatchObject({ dataKind, live: true });
  });

  test('a warning changes nothing', async () => {
    const { facts, id, session } = await subscribed();
    session.send(wire.error(Number(id), 2150, 'a warning'));
    expect(await facts.next('notice')).toMatchObject({ code: 2150 });
    expect(facts.of('market-data')).toEqual([]);
  });

  test.each([
    [354, 'no subscription to its market data (354)'],
    [10197, 'another session of this user has the market data (10197)'],
    [200, 'IBKR has no market data: text of IBKR (200)'],
  ])('code %i is told in words, once however often IBKR repeats it', async (code, why) => {
    const { facts, id, session } = await subscribed();
    const complaint = wire.error(Number(id), code, 'text of IBKR');
    session.send(complaint, complaint, wire.accountValue('NetLiquidation', '1'));
    await facts.next('account-value');
    expect(facts.of('market-data').at(-1)?.why).toBe(why);
    expect(facts.of('notice')).toHaveLength(1);
    session.send(wire.marketDataType(id, 1), wire.tickPrice(id, 1, 187.3));
    await facts.next('quote');
    expect(facts.of('market-data').map((fact) => fact.why)).toEqual([why, why, why, '']);
  });

  test('the end of a subscription that had already ended is no news (300)', async () => {
    const { facts, id, session } = await subscribed();
    session.send(wire.error(Number(id), 300, "Can't find EId"), wire.accountValue('NetLiquidation', '1'));
    await facts.next('account-value');
    expect([...facts.of('notice'), ...facts.of('market-data')]).toEqual([]);
  });

  test('while TWS has lost IBKR no quote is current, and each one is again from its next tick', async () => {
    const { facts, id, session } = await subscribed();
    session.send(wire.marketDataType(id, 1), wire.tickPrice(id, 1, 187.24), wire.info(1100, 'lost'));
    await facts.next('upstream-lost');
    expect(facts.of('market-data').at(-1)).toMatchObject({
      dataKind: 'real-time',
      live: false,
      why: 'TWS has lost its connection to IBKR (1100)',
    });
    session.send(wire.tickPrice(id, 2, 187.26), wire.tickPrice(id, 66, 187), wire.accountValue('NetLiquidation', '1'));
    await facts.next('account-value');
    expect(facts.of('market-data').at(-1)).toMatchObject({ live: false });
    session.send(wire.info(1102, 'restored'), wire.tickPrice(id, 1, 187.3));
    await facts.next('upstream-restored');
    expect(await facts.next('market-data')).toMatchObject({ dataKind: 'real-time', live: true, why: '' });
  });

  test.each([
    [2105, 'history', 'down'],
    [2106, 'history', 'up'],
    [2107, 'history', 'idle'],
    [2108, 'quotes', 'idle'],
    [2119, 'quotes', 'idle'],
    [2157, 'definitions', 'down'],
    [2158, 'definitions', 'up'],
  ])('code %i says that the farm of %s is %s, and touches no quote', async (code, farm, state) => {
    const { facts, id, session } = await subscribed();
    session.send(wire.marketDataType(id, 1), wire.tickPrice(id, 1, 187.24), wire.info(code, 'farm'));
    expect(await facts.next('data-farm')).toEqual({ kind: 'data-farm', farm, state, text: 'farm' });
    expect(facts.of('market-data').at(-1)).toMatchObject({ live: true });
  });

  test('a farm that goes down leaves it stale until the next tick', async () => {
    const { facts, id, session } = await subscribed();
    session.send(wire.marketDataType(id, 1), wire.tickPrice(id, 1, 187.24), wire.info(2103, 'usfarm is down'));
    expect(await facts.next('data-farm')).toEqual({
      kind: 'data-farm',
      farm: 'quotes',
      state: 'down',
      text: 'usfarm is down',
    });
    session.send(wire.info(2104, 'usfarm is OK'), wire.tickPrice(id, 1, 187.3));
    expect(await facts.next('data-farm')).toMatchObject({ state: 'up' });
    expect(await facts.next('market-data')).toMatchObject({ dataKind: 'real-time', live: true });
  });

  test('a number that is taken is replaced, three times at most', async () => {
    const { broker, facts, id, session } = await subscribed();
    let number = id;
    for (let attempt = 0; attempt < 3; attempt += 1) {
      session.send(wire.error(Number(number), 322, 'Duplicate id'));
      const again = wire.requestIdIn(await session.next(MARKET_DATA), 2);
      expect(Number(again)).toBeGreaterThan(Number(number));
      number = again;
    }
    const before = broker.messagesSent();
    session.send(wire.error(Number(number), 102, 'Duplicate id'), wire.accountValue('NetLiquidation', '1'));
    await facts.next('account-value');
    expect(broker.messagesSent()).toBe(before);
  });
});

describe('the subscriptions come back', () => {
  test('in a fresh session, paced, and stale until they tick', async () => {
    const { broker, clock, facts, session, tws } = await connectedBroker();
    for (const conId of [1, 2, 3]) broker.perform(subscribe(conId));
    const first = wire.requestIdIn(await session.next(MARKET_DATA), 2);
    session.send(wire.marketDataType(first, 1), wire.tickPrice(first, 1, 187.24));
    await facts.next('quote');
    session.hangUp();
    await facts.next('link-down');
    expect(facts.of('market-data').slice(-3)).toEqual(
      [1, 2, 3].map((conId) => ({
        kind: 'market-data',
        conId,
        dataKind: 'unknown',
        live: false,
        why: 'the connection that brought it was lost',
      })),
    );
    clock.advance(1_000);
    await facts.next('link-up');
    const next = await tws.session();
    const conIds: (string | undefined)[] = [(await next.next(MARKET_DATA))[3]];
    clock.advance(RESTORE_INTERVAL_MS);
    conIds.push((await next.next(MARKET_DATA))[3]);
    clock.advance(RESTORE_INTERVAL_MS - 1);
    const before = broker.messagesSent();
    clock.advance(1);
    expect(broker.messagesSent()).toBe(before + 1);
    conIds.push((await next.next(MARKET_DATA))[3]);
    clock.advance(RESTORE_INTERVAL_MS);
    expect(conIds).toEqual(['1', '2', '3']);
    expect(broker.messagesSent()).toBe(before + 1);
  });

  test('with the account values after 1101, and not after 1102', async () => {
    const { facts, id, session } = await subscribed();
    session.send(wire.info(1102, 'restored, data maintained'));
    expect(await facts.next('upstream-restored')).toEqual({ kind: 'upstream-restored', dataLost: false });
    session.send(wire.info(1101, 'restored, data lost'));
    expect(await facts.next('upstream-restored')).toEqual({ kind: 'upstream-restored', dataLost: true });
    const again = await session.next(MARKET_DATA);
    expect(Number(again[2])).toBeGreaterThan(Number(id));
    expect(session.received.map(([type]) => type)).toEqual(['71', '59', '6', '92', '49', '1', '59', '6', '92', '1']);
  });

  test('from another session of the user: what stays silent is asked for anew every minute (10197)', async () => {
    const world = await subscribed();
    const { facts, id, session } = world;
    session.send(wire.error(Number(id), 10197, 'competing'));
    await livelyTimePasses(world, REVIVE_INTERVAL_MS);
    expect(await session.next(CANCEL_MARKET_DATA)).toEqual(['2', '1', id]);
    await livelyTimePasses(world, RESTORE_INTERVAL_MS);
    const again = wire.requestIdIn(await session.next(MARKET_DATA), 2);
    expect(Number(again)).toBeGreaterThan(Number(id));
    // The late word of the old request is nobody's; the new one brings the data back.
    session.send(
      wire.error(Number(again), 10197, 'competing'),
      wire.tickPrice(id, 1, 1),
      wire.tickPrice(again, 1, 187),
    );
    expect(await facts.next('quote')).toMatchObject({ patch: { bid: '187' } });
    expect(facts.of('market-data').at(-1)).toMatchObject({ live: true });
    expect(facts.of('notice')).toHaveLength(1);
    await livelyTimePasses(world, 2 * REVIVE_INTERVAL_MS);
    expect(session.received.filter(([type]) => type === '1')).toHaveLength(2);
  });

  test('not when asking again can not help (354)', async () => {
    const world = await subscribed();
    world.session.send(wire.error(Number(world.id), 354, 'not subscribed'));
    await livelyTimePasses(world, 2 * REVIVE_INTERVAL_MS);
    expect(world.session.received.filter(([type]) => type === '1')).toHaveLength(1);
  });

  test('soon after a farm is back, those that do not tick by themselves', async () => {
    const world = await connectedBroker();
    const { broker, facts, session } = world;
    for (const conId of [1, 2]) broker.perform(subscribe(conId));
    const ids: string[] = [];
    for (let n = 0; n < 2; n += 1) ids.push(wire.requestIdIn(await session.next(MARKET_DATA), 2));
    const [silent = '', lively = ''] = ids;
    session.send(wire.tickPrice(silent, 1, 10), wire.tickPrice(lively, 1, 20), wire.info(2103, 'broken:usfarm'));
    session.send(wire.info(2104, 'OK:usfarm'), wire.tickPrice(lively, 1, 21));
    await facts.next('data-farm');
    await facts.next('data-farm');
    await livelyTimePasses(world, REVIVE_SOON_MS + RESTORE_INTERVAL_MS);
    expect(await session.next(CANCEL_MARKET_DATA)).toEqual(['2', '1', silent]);
    expect((await session.next(MARKET_DATA))[3]).toBe('1');
    expect(session.received.filter(([type]) => type === '2')).toHaveLength(1);
  });

  test('a loss makes nothing stale that was not live, and keeps what was said of it', async () => {
    const { facts, id, session } = await subscribed();
    session.send(wire.error(Number(id), 354, 'not subscribed'), wire.info(1100, 'lost'));
    await facts.next('upstream-lost');
    session.send(wire.accountValue('NetLiquidation', '1'));
    await facts.next('account-value');
    expect(facts.of('market-data').map(({ why }) => why)).toEqual(['no subscription to its market data (354)']);
  });

  test('a farm that says it is fine and never was down starts nothing', async () => {
    const world = await subscribed();
    world.session.send(wire.info(2104, 'OK:usfarm'));
    await livelyTimePasses(world, REVIVE_SOON_MS + 2_000);
    expect(world.session.received.filter(([type]) => type === '1')).toHaveLength(1);
  });

  test('a younger request is given its time', async () => {
    const world = await connectedBroker();
    await livelyTimePasses(world, REVIVE_INTERVAL_MS - 1_000);
    world.broker.perform(subscribe());
    await world.session.next(MARKET_DATA);
    await livelyTimePasses(world, 3_000);
    expect(world.session.received.filter(([type]) => type === '2')).toEqual([]);
  });

  test('not while a handshake is under way', async () => {
    const { facts } = await connectedBroker({
      greeting: [wire.info(1101, 'restored, data lost'), [15, 1, 'DU1234567'], [9, 1, 1]],
    });
    expect(facts.of('upstream-restored')).toHaveLength(1);
  });

  test('not in a session that breaks at the first of them', async () => {
    let sessions = 0;
    const { broker, clock, facts, session } = await connectedBroker({
      createApi: (options) => {
        sessions += 1;
        const api = createIbApi(options);
        if (sessions === 2) {
          api.reqMktData = () => {
            throw new Error('boom while restoring');
          };
        }
        return api;
      },
    });
    broker.perform(subscribe());
    session.hangUp();
    await facts.next('link-down');
    clock.advance(1_000);
    expect(await facts.next('link-down')).toMatchObject({ reason: 'sending failed: boom while restoring' });
    clock.advance(60_000);
    await facts.next('link-up');
  });
});
