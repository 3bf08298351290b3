import { describe, expect, test } from 'vitest';
import { POLL_INTERVAL_MS } from '#adapters/ibkr/ib-snapshot';
import { REVIVE_INTERVAL_MS, REVIVE_SOON_MS } from '#adapters/ibkr/ib-quotes';
import { CLIENT_ID_RETRY_DELAY_MS } from '#adapters/ibkr/ib-session';
import { present } from '#domain/assert';
import { conId, effectId } from '#domain/ids';
import { price } from '#domain/money';
import { stopOf } from '#domain/order-spec';
import { OTHER_LISTINGS } from '#simulator/other-listings';
import type { OrderRequest } from '#simulator/simulated-order';
import { aRequest } from '#test/unit/simulator/trading-floor';
import { aLeg, aSpec, cancel, NEVER, place, resolve, snapshot } from './builders';
import { bothLive, simulatedTws, type SimulatedWorld } from './simulated-tws';

const LOW = price('1');

async function watching(world: SimulatedWorld, query = resolve('AAPL')) {
  world.broker.perform(query);
  const { instrument } = await world.facts.next('instrument');
  world.broker.perform({ kind: 'subscribe-quote', id: effectId('e-quote'), validUntil: NEVER, instrument });
  await world.facts.next('quote');
  return instrument;
}

const byNumber = (number: number): Parameters<SimulatedWorld['broker']['perform']>[0] => ({
  kind: 'resolve-instrument',
  id: effectId('e-resolve'),
  validUntil: NEVER,
  query: { by: 'contract', conId: conId(number) },
});

const lastQuality = ({ facts }: SimulatedWorld) => facts.of('market-data').at(-1);

/** Waits until the quotes are so current. */
async function untilLive(world: SimulatedWorld, live: boolean): Promise<void> {
  world.simulator.advanceTo(world.clock.now()); // what a fault set off goes out
  while (lastQuality(world)?.live !== live) await world.facts.next('market-data');
}

describe('instruments of every kind', () => {
  test.each(OTHER_LISTINGS.map((listing) => [listing.localSymbol, listing] as const))(
    '%s is resolved by its number and quoted where it trades',
    async (localSymbol, { conId: number, secType, currency, multiplier, exchange }) => {
      const world = await simulatedTws();
      expect(await watching(world, byNumber(number))).toMatchObject({
        symbol: localSymbol.replace(/ +/g, ' '),
        securityType: secType,
        currency,
        multiplier: String(multiplier),
        exchange: secType === 'STK' ? 'SMART' : exchange,
      });
      expect(lastQuality(world)).toMatchObject({ conId: number, dataKind: 'real-time', live: true, why: '' });
      expect(world.faults).toEqual([]);
    },
  );

  test('a share class is found as people write it', async () => {
    const world = await simulatedTws();
    expect(await watching(world, resolve('BRK.B'))).toMatchObject({ symbol: 'BRK B', conId: 72063691 });
  });
});

describe('an order entered by hand in TWS', () => {
  const resting = { action: 'SELL', quantity: '10', tif: 'GTC' };
  const placed = (change: Partial<OrderRequest>): OrderRequest => aRequest({ ...resting, ...change });

  test('is bound by client 0 and cancelled under its negative number', async () => {
    const { broker, facts, simulator } = await simulatedTws();
    simulator.exchange.placeByHand(placed({ orderType: 'LMT', limitPrice: '900' }));
    broker.perform(snapshot());
    const bound = await facts.next('order-bound');
    expect(bound).toMatchObject({ clientId: 0, orderId: -2 });
    expect((await facts.next('order-reported')).order).toMatchObject({
      clientId: 0,
      orderId: -2,
      permId: bound.permId,
      spec: { side: 'SELL', terms: { type: 'LMT', limit: '900' } },
    });
    expect(await facts.next('snapshot-ended')).toMatchObject({ complete: true });
    broker.perform(cancel(-2));
    expect(await facts.next('order-error')).toMatchObject({ orderId: -2, code: 202, meaning: 'cancelled' });
  });

  test('is seen by another client in the next poll, and so is the order of a third', async () => {
    const world = await simulatedTws({ clientId: 7 });
    const { broker, facts, simulator } = world;
    broker.perform(snapshot());
    await facts.next('snapshot-ended');
    simulator.exchange.placeByHand(placed({ orderType: 'LMT', limitPrice: '900' }));
    simulator.faults.inject({ fault: 'foreign-order', symbol: 'MSFT', action: 'BUY', shares: 3, limit: '1' });
    await bothLive(world, POLL_INTERVAL_MS);
    while (facts.of('open-orders-ended').length === 0) await facts.next('open-orders-ended');
    expect(facts.of('open-orders-ended')).toEqual([{ kind: 'open-orders-ended', complete: true }]);
    expect(facts.of('order-reported').map(({ order }) => [order.clientId, order.orderId, order.spec.symbol])).toEqual(
      expect.arrayContaining([
        [0, null, 'AAPL'],
        [99, expect.any(Number), 'MSFT'],
      ]),
    );
  });

  test.each<[string, Partial<OrderRequest>, object]>([
    [
      'a stop with a limit',
      { orderType: 'STP LMT', stopPrice: '50', limitPrice: '49' },
      { type: 'STP LMT', limit: '49', stop: '50' },
    ],
    [
      'a stop that will trail',
      {
        orderType: 'STP',
        stopPrice: '50',
        adjustedOrderType: 'TRAIL',
        triggerPrice: '9000',
        adjustedStopPrice: '60',
        adjustedTrailingAmount: '5',
      },
      { type: 'STP TO TRAIL', stop: '50', activation: '9000', trailingStop: '60', trailAmount: '5' },
    ],
    [
      'an order that waits for the time',
      {
        orderType: 'LMT',
        limitPrice: '900',
        conditions: [{ conjunction: 'and', kind: 'time', isMore: true, time: '20270105 15:30:00 US/Eastern' }],
      },
      { type: 'OTHER', name: 'LMT if time', limit: '900', stop: null },
    ],
    [
      'an order with an end',
      { orderType: 'LMT', limitPrice: '900', tif: 'GTD', goodTillDate: '20260105 15:30:00 US/Eastern' },
      { type: 'OTHER', name: 'LMT until 20260105 15:30:00 US/Eastern', limit: '900', stop: null },
    ],
  ])('%s is shown with its prices', async (_, request, terms) => {
    const { broker, facts, faults, simulator } = await simulatedTws();
    simulator.exchange.placeByHand(placed(request));
    broker.perform(snapshot());
    expect((await facts.next('order-reported')).order.spec.terms).toEqual(terms);
    expect(faults).toEqual([]);
  });
});

test('a trailing stop is shown where it stands now, and a limit that follows it with it', async () => {
  const { broker, facts, simulator } = await simulatedTws();
  const trailing = { action: 'SELL', quantity: '10', tif: 'GTC', stopPrice: '5', trailStopPrice: '50' };
  const inUnits = (amount: string | null): number => Math.round(Number(amount) * 10_000);
  const trail = { by: 'amount', amount: '5' };
  for (const [orderType, limitPriceOffset, expected] of [
    ['TRAIL', '', { type: 'TRAIL', trail }],
    ['TRAIL LIMIT', '0.1', { type: 'TRAIL LIMIT', trail, limitOffset: '0.1' }],
  ] as const) {
    const { terms } = simulator.exchange.placeByHand(aRequest({ ...trailing, orderType, limitPriceOffset }));
    broker.perform(snapshot());
    await facts.next('snapshot-ended');
    const shown = present(facts.of('order-reported').at(-1), 'the order').order.spec.terms;
    expect(shown).toMatchObject(expected);
    expect(inUnits(stopOf(shown))).toBe(terms.trailStopPrice);
  }
});

describe('market data', () => {
  test('that another session takes is said to be taken, and is asked for again until it is given back', async () => {
    const world = await simulatedTws();
    await watching(world);
    world.simulator.faults.inject({ fault: 'competing-session' });
    await untilLive(world, false);
    expect(lastQuality(world)).toMatchObject({
      why: 'another session of this user has the market data (10197)',
    });
    await bothLive(world, REVIVE_INTERVAL_MS);
    expect(lastQuality(world)).toMatchObject({ live: false });
    world.simulator.faults.clear();
    await bothLive(world, REVIVE_INTERVAL_MS);
    await untilLive(world, true);
    expect(lastQuality(world)).toMatchObject({ dataKind: 'real-time', live: true, why: '' });
    expect(world.facts.of('notice').filter(({ code }) => code === 10197)).toHaveLength(1);
  });

  test('that is only delayed, or not there, is said to be so', async () => {
    const world = await simulatedTws();
    world.simulator.faults.inject({ fault: 'delayed-data' });
    await watching(world);
    await untilLive(world, true);
    expect(lastQuality(world)).toMatchObject({
      dataKind: 'delayed',
      why: expect.stringContaining('delayed by 15 minutes') as string,
    });
    world.simulator.faults.inject({ fault: 'no-market-data' });
    await untilLive(world, false);
    expect(lastQuality(world)).toMatchObject({ why: 'no subscription to its market data (354)' });
  });

  test('is not current while the farm is down or IBKR is out of reach, and comes back', async () => {
    const world = await simulatedTws();
    const { facts, simulator } = world;
    await watching(world);
    for (const [lost, found] of [
      [{ fault: 'farm-down' }, { fault: 'farm-up' }],
      [{ fault: 'upstream-lost' }, { fault: 'upstream-restored' }],
      [
        { fault: 'upstream-lost', code: 2110 },
        { fault: 'upstream-restored', dataLost: true },
      ],
    ] as const) {
      simulator.faults.inject(lost);
      await untilLive(world, false);
      simulator.faults.inject(found);
      await bothLive(world, 2 * REVIVE_SOON_MS);
      await untilLive(world, true);
      expect(lastQuality(world)).toMatchObject({ dataKind: 'real-time', live: true, why: '' });
    }
    expect(facts.of('upstream-restored').map(({ dataLost }) => dataLost)).toEqual([false, true]);
    expect(facts.of('link-down')).toEqual([]);
  });
});

describe('the session', () => {
  test('ends when TWS is frozen', async () => {
    const world = await simulatedTws();
    const { clock, facts, simulator } = world;
    await bothLive(world, 2_000);
    simulator.faults.inject({ fault: 'freeze' });
    clock.advance(10_000);
    expect(await facts.next('link-down')).toMatchObject({ reason: 'TWS has said nothing for 5 s' });
  });

  test('follows TWS to another port', async () => {
    const { clock, facts, simulator } = await simulatedTws();
    simulator.faults.inject({ fault: 'port-change' });
    const down = await facts.next('link-down');
    expect(down).toMatchObject({ code: 1300, reason: expect.stringContaining('following it there') as string });
    await simulator.whenListening();
    clock.advance(present(down.retryAt, 'retry time') - clock.now());
    await facts.next('link-up');
    expect(facts.of('link-connecting').at(-1)?.endpoint).toBe(`127.0.0.1:${simulator.port}`);
  });

  test('says whose id is in use, and waits', async () => {
    const { clock, facts, simulator } = await simulatedTws();
    simulator.faults.inject({ fault: 'client-id-in-use' });
    simulator.faults.inject({ fault: 'drop' });
    await facts.next('link-down');
    clock.advance(1_000);
    const refused = await facts.next('link-down');
    expect(refused).toMatchObject({ code: 326, retryAt: clock.now() + CLIENT_ID_RETRY_DELAY_MS });
    simulator.faults.clear();
    clock.advance(CLIENT_ID_RETRY_DELAY_MS);
    await facts.next('link-up');
  });

  test('after a restart that gives ids out again knows its orders by what does not change', async () => {
    const world = await simulatedTws();
    const { broker, clock, facts, simulator } = world;
    await watching(world);
    const leg = aLeg({ spec: aSpec({ account: present(facts.of('link-up')[0]?.accounts[0], 'account') }) });
    broker.perform(place([{ ...leg, spec: { ...leg.spec, timeInForce: 'GTC', terms: { type: 'LMT', limit: LOW } } }]));
    const { order } = await facts.next('order-reported');
    simulator.restart({ downMs: 1_000, rollBackIds: true });
    const down = await facts.next('link-down');
    await simulator.comeUp();
    clock.advance(present(down.retryAt, 'retry time') - clock.now());
    expect((await facts.next('link-up')).nextOrderId).toBe(1);
    broker.perform(snapshot());
    expect((await facts.next('order-reported')).order).toMatchObject({
      permId: order.permId,
      orderRef: 'run1-1',
      orderId: 1,
      clientId: 0,
    });
    expect(await facts.next('snapshot-ended')).toMatchObject({ complete: true });
  });

  test('tells of a message that can not be read', async () => {
    const world = await simulatedTws();
    const { broker, facts, simulator } = world;
    await watching(world);
    const leg = aLeg({ spec: aSpec({ account: present(facts.of('link-up')[0]?.accounts[0], 'account') }) });
    simulator.faults.inject({ fault: 'unreadable' });
    broker.perform(place([leg]));
    await facts.next('unreadable');
  });
});

test('a corrected execution comes with an id that differs at its end', async () => {
  const world = await simulatedTws();
  const { broker, facts, simulator } = world;
  await watching(world);
  const account = present(facts.of('link-up')[0]?.accounts[0], 'account');
  broker.perform(place([aLeg({ spec: aSpec({ account, terms: { type: 'MKT' } }) })]));
  await bothLive(world, 4_000);
  const first = present(facts.of('execution')[0], 'execution').execution;
  simulator.faults.inject({ fault: 'correct-execution', price: '123.45' });
  const { execution } = await facts.next('execution');
  expect(execution.execId).not.toBe(first.execId);
  expect(execution.execId.replace(/\.\d+$/, '')).toBe(first.execId.replace(/\.\d+$/, ''));
  expect(execution.price).toBe('123.45');
});
