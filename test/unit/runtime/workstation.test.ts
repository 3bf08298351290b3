import { describe, expect, test } from 'vitest';
import { present } from '#domain/assert';
import type { Command } from '#domain/command';
import { commandKey, orderNumber, sequence } from '#domain/ids';
import { price, quantity } from '#domain/money';
import { ok } from '#domain/result';
import { DEFAULT_SETTINGS } from '#domain/settings';
import { PENDING_STEPS_MAX } from '#runtime/engine-runner';
import { CONFLATION_MS } from '#runtime/feed';
import { aBracketRequest, AAPL, aLimitOrder } from '#test/builders/engine-harness';
import { A_DAILY_BAR } from '#test/builders/fake-workstation';
import { settled, WorkstationWorld } from '#test/builders/workstation-world';

/** Started and connected; nothing is defined. */
function connectedWorld(): WorkstationWorld {
  const world = new WorkstationWorld();
  world.journal.isPrompt = true;
  world.workstation.start(DEFAULT_SETTINGS);
  world.broker.linkUp();
  world.broker.answerSnapshot();
  return world;
}

/** What a promise has given by now. */
function watched<T>(promise: Promise<T>): () => T | 'waiting' {
  const seen: { value: T | 'waiting' } = { value: 'waiting' };
  void promise.then((value) => {
    seen.value = value;
  });
  return () => seen.value;
}

const AN_ORDER: Command = { kind: 'place-order', request: aLimitOrder() };
const CANCEL_ALL: Command = { kind: 'cancel-all', symbol: null, keepStops: false };
const NOT_CONNECTED = { ok: false, error: { code: 'BROKER_UNAVAILABLE' } };

describe('an order', () => {
  test('goes to the broker once it is written down, and is answered then', async () => {
    const world = WorkstationWorld.ready();
    world.journal.isPrompt = false;
    const answer = watched(world.places());
    await settled();
    expect(answer()).toBe('waiting');
    expect(world.broker.performedOf('place')).toEqual([]);
    world.journal.sync();
    await settled();
    expect(world.broker.performedOf('place')).toHaveLength(1);
    expect(answer()).toMatchObject({ ok: true, value: { outcome: 'accepted' } });
  });

  test('with the key of another is that other: one order, one answer', async () => {
    const world = WorkstationWorld.ready();
    const key = commandKey('once');
    const [first, second] = await Promise.all([world.commands(AN_ORDER, key), world.commands(AN_ORDER, key)]);
    expect(first).toMatchObject({ ok: true, value: { outcome: 'accepted', repeated: false } });
    expect(second).toMatchObject({ ok: true, value: { outcome: 'accepted', repeated: true } });
    expect(await world.commands(AN_ORDER, key)).toMatchObject({ ok: true, value: { repeated: true } });
    expect(world.broker.performedOf('place')).toHaveLength(1);
  });

  test('that was not sent is over, and says why', async () => {
    const world = WorkstationWorld.ready();
    world.broker.onPerform = () => ({ result: 'not-sent', reason: 'a test' });
    await world.places();
    expect(world.phaseOf(1)).toBe('cancelled');
  });

  test('whose sending broke is unknown, and trading halts', async () => {
    const world = WorkstationWorld.ready();
    world.broker.onPerform = () => {
      throw new Error('can not encode');
    };
    await world.places();
    expect(world.phaseOf(1)).toBe('unknown');
    expect(await world.places({ quantity: quantity('11') })).toMatchObject({ ok: true, value: { outcome: 'refused' } });
    expect(world.faults).not.toEqual([]);
  });

  test('is turned away while too much waits', async () => {
    const world = WorkstationWorld.ready();
    world.journal.isPrompt = false;
    for (let n = 0; n < PENDING_STEPS_MAX; n += 1) world.broker.tell({ kind: 'notice', code: n, text: '' });
    expect(await world.commands(CANCEL_ALL)).toMatchObject({ ok: false, error: { code: 'BUSY' } });
  });
});

describe('a symbol', () => {
  test('that is unknown here is defined and quoted first; the order goes when both are known', async () => {
    const world = connectedWorld();
    const answer = watched(world.places());
    await settled();
    expect(world.broker.performedOf('resolve-instrument')).toMatchObject([{ query: { by: 'symbol', symbol: 'AAPL' } }]);
    world.broker.defineAapl();
    await settled();
    expect(world.broker.performedOf('subscribe-quote')).toHaveLength(1);
    world.broker.tick({ bid: price('149.99') });
    await settled();
    expect(answer()).toBe('waiting');
    world.broker.tick({ ask: price('150') });
    await settled();
    expect(answer()).toMatchObject({ ok: true, value: { outcome: 'accepted' } });
    expect(world.clock.pending()).toBeGreaterThan(0);
  });

  test('that IBKR does not know is not found, for everybody who asks', async () => {
    const world = connectedWorld();
    const first = watched(world.places());
    const second = watched(world.workstation.preview('window', { kind: 'place-order', request: aLimitOrder() }));
    const other = watched(world.places({ symbol: 'MSFT' }));
    await settled();
    // Who asks by symbol is not answered by what is said of a contract.
    world.broker.tell({ kind: 'instrument-unknown', query: { by: 'contract', conId: AAPL.conId }, text: 'None' });
    await settled();
    expect(first()).toBe('waiting');
    world.broker.tell({
      kind: 'instrument-unknown',
      query: { by: 'symbol', symbol: 'AAPL' },
      text: 'No security definition',
    });
    await settled();
    expect([first(), second()]).toMatchObject([
      { ok: false, error: { code: 'NOT_FOUND' } },
      { ok: false, error: { code: 'NOT_FOUND' } },
    ]);
    expect(other()).toBe('waiting');
  });

  test('that is answered for in the very moment of the question is not waited for', async () => {
    const world = connectedWorld();
    world.broker.onPerform = () => {
      world.broker.tell({
        kind: 'instrument-unknown',
        query: { by: 'symbol', symbol: 'AAPL' },
        text: 'No security definition',
      });
      return { result: 'sent' };
    };
    expect(await world.places()).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
  });

  test('that IBKR says nothing about is unavailable after three seconds', async () => {
    const world = connectedWorld();
    const answer = watched(world.places());
    world.clock.advance(2_999);
    await settled();
    expect(answer()).toBe('waiting');
    world.clock.advance(1);
    await settled();
    expect(answer()).toMatchObject(NOT_CONNECTED);
    expect(JSON.stringify(answer())).toMatch(/did not answer in time/);
  });

  test('that could not be asked for is unavailable, and not said to be unknown', async () => {
    const world = connectedWorld();
    world.broker.onPerform = () => ({ result: 'not-sent', reason: 'IBKR asked us to slow down' });
    const answer = watched(world.places());
    world.clock.advance(3_000);
    await settled();
    expect(answer()).toMatchObject(NOT_CONNECTED);
  });

  test('that is defined and not quoted goes to the risk checks as it is, after three seconds', async () => {
    const world = connectedWorld();
    world.broker.defineAapl();
    const answer = watched(world.places());
    world.clock.advance(3_000);
    await settled();
    expect(answer()).toMatchObject({ ok: true, value: { outcome: 'denied' } });
  });

  test('is unavailable at once without a connection', async () => {
    const world = new WorkstationWorld();
    world.journal.isPrompt = true;
    world.workstation.start(DEFAULT_SETTINGS);
    expect(await world.places()).toMatchObject(NOT_CONNECTED);
    expect(await world.workstation.quote('AAPL', 60_000)).toMatchObject(NOT_CONNECTED);
  });

  test('is unavailable the moment the link is lost', async () => {
    const world = connectedWorld();
    const answer = watched(world.places());
    await settled();
    world.broker.linkDown();
    await settled();
    expect(answer()).toMatchObject(NOT_CONNECTED);
    expect(JSON.stringify(answer())).toMatch(/is not connected/);
  });

  test('that is known is answered without a connection: the risk checks say what is missing', async () => {
    const world = WorkstationWorld.ready();
    world.broker.linkDown();
    expect(await world.places()).toMatchObject({ ok: true, value: { outcome: 'denied' } });
  });

  test('is quoted', async () => {
    const world = WorkstationWorld.ready();
    expect(await world.workstation.quote('AAPL', 1_000)).toMatchObject({
      ok: true,
      value: { instrument: AAPL, quote: { bid: '149.99', ask: '150' } },
    });
  });

  test('is quoted as nothing when nothing came in time', async () => {
    const world = connectedWorld();
    world.broker.defineAapl();
    const answer = watched(world.workstation.quote('AAPL', 500));
    world.clock.advance(500);
    await settled();
    expect(answer()).toEqual({ ok: true, value: { instrument: AAPL, quote: null } });
  });

  test('has its bars fetched as soon as it is defined, without waiting for a quote', async () => {
    const world = connectedWorld();
    const wish = { barSize: '1 day', what: 'TRADES', sessions: 5, regularHoursOnly: true } as const;
    const asked: unknown[] = [];
    world.broker.bars = (query) => {
      asked.push(query);
      return Promise.resolve(ok([A_DAILY_BAR]));
    };
    const bars = world.workstation.fetchBars('AAPL', wish, 1_000);
    world.broker.defineAapl();
    expect(await bars).toEqual(ok({ kind: 'bars', instrument: AAPL, bars: [A_DAILY_BAR] }));
    expect(asked).toEqual([{ ...wish, instrument: AAPL }]);
  });

  test('that IBKR does not know has no bars', async () => {
    const world = connectedWorld();
    const wish = { barSize: '1 day', what: 'TRADES', sessions: 5, regularHoursOnly: true } as const;
    const bars = world.workstation.fetchBars('NOSUCH', wish, 1_000);
    world.clock.advance(3_000);
    expect(await bars).toMatchObject({ ok: false, error: { code: 'BROKER_UNAVAILABLE' } });
  });

  test('is found by a search, and a search that fails says why', async () => {
    const world = connectedWorld();
    const { conId, symbol, securityType, primaryExchange, currency, longName } = AAPL;
    const match = { conId, symbol, securityType, primaryExchange, currency, longName };
    world.broker.found = () => Promise.resolve([match]);
    expect(await world.workstation.search('apple')).toEqual({ ok: true, value: [match] });
    world.broker.found = () => Promise.reject(new Error('TWS did not answer'));
    expect(await world.workstation.search('apple')).toEqual({
      ok: false,
      error: { code: 'BROKER_UNAVAILABLE', reason: 'TWS did not answer' },
    });
  });
});

describe('a preview', () => {
  test('decides, sends nothing and is not remembered', async () => {
    const world = WorkstationWorld.ready();
    const { sequence: before } = world.state;
    const decision = await world.workstation.preview('window', { kind: 'place-bracket', request: aBracketRequest() });
    expect(decision).toMatchObject({ ok: true, value: { outcome: 'approved' } });
    expect(world.state.sequence).toBe(before);
    expect(world.broker.performedOf('place')).toEqual([]);
  });

  test('of a change of an order that is not there is not found', async () => {
    const world = WorkstationWorld.ready();
    const request = { number: orderNumber(9), limit: price('149'), stop: null, quantity: null, timeInForce: null };
    expect(await world.workstation.preview('cli', { kind: 'modify-order', request })).toMatchObject({
      ok: false,
      error: { code: 'NOT_FOUND' },
    });
  });
});

describe('explain', () => {
  test('decides again from what was stored, and comes to the same', async () => {
    const world = WorkstationWorld.ready();
    await world.places();
    const byNumber = world.workstation.explain('1');
    expect(byNumber).toMatchObject({ ok: true, value: { same: true, decision: { outcome: 'approved' } } });
    if (!byNumber.ok) throw new Error('it was explained');
    expect(byNumber.value.replayed).toEqual(byNumber.value.decision);
    expect(world.workstation.explain(byNumber.value.decision.id)).toEqual(byNumber);
  });

  test.each(['2', 'd-none', 'no such thing', ''])('knows nothing of %j', async (reference) => {
    const world = WorkstationWorld.ready();
    await world.places();
    expect(world.workstation.explain(reference)).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
  });

  test('knows nothing of an order that was never decided here', async () => {
    const world = WorkstationWorld.ready();
    await world.places();
    const id = present(world.state.orderByNumber.get(orderNumber(1)), 'the order');
    world.state.orders.set(id, { ...present(world.state.orders.get(id), 'the order'), decisionId: null });
    expect(world.workstation.explain('1')).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
  });
});

describe('a replica', () => {
  test('starts from a snapshot only when all of it is on disk', async () => {
    const world = WorkstationWorld.ready();
    world.journal.isPrompt = false;
    world.broker.tell({ kind: 'notice', code: 1, text: '' });
    const start = watched(world.workstation.feedStart());
    await settled();
    expect(start()).toBe('waiting');
    world.journal.sync();
    await settled();
    expect(start()).toMatchObject({
      snapshot: { sequence: world.journal.position.sequence },
      conflated: { quotes: [{ symbol: 'AAPL' }] },
    });
  });

  test('still starts, and is shown that trading is halted, when the journal has failed', async () => {
    const world = WorkstationWorld.ready();
    world.journal.fail();
    const start = watched(world.workstation.feedStart());
    await settled();
    expect(start()).toMatchObject({ snapshot: { alarms: [{ id: 'halted' }] } });
  });

  test('follows from where its snapshot ends, and can look back', async () => {
    const world = WorkstationWorld.ready();
    const { snapshot, conflated } = await world.workstation.feedStart();
    await world.places();
    const { version } = conflated;
    expect(await world.workstation.changes(snapshot.sequence, version, 1_000)).toMatchObject({
      kind: 'changes',
      entries: [{ sequence: snapshot.sequence + 1 }, {}, {}],
    });
    expect(world.workstation.history(null, 1)).toMatchObject([{ event: { type: 'command-answered' } }]);
  });

  test.each([
    ['a tick', (world: WorkstationWorld) => world.broker.tick(), ['AAPL']],
    ['a lost link', (world: WorkstationWorld) => world.broker.linkDown(), ['AAPL']],
    [
      'a data farm that is down',
      (world: WorkstationWorld) => world.broker.tell({ kind: 'data-farm', farm: 'quotes', state: 'down', text: '' }),
      ['AAPL'],
    ],
    [
      'a data farm that is back',
      (world: WorkstationWorld) => {
        world.broker.tell({ kind: 'data-farm', farm: 'quotes', state: 'up', text: '' });
        world.broker.tell({ kind: 'heartbeat', state: 'alive', roundTripMs: 1 });
      },
      [],
    ],
    [
      'a heartbeat',
      (world: WorkstationWorld) => world.broker.tell({ kind: 'heartbeat', state: 'alive', roundTripMs: 1 }),
      [],
    ],
    [
      'an account value',
      (world: WorkstationWorld) =>
        world.broker.tell({ kind: 'account-value', key: 'BuyingPower', value: '7', currency: 'USD' }),
      [],
    ],
  ])('sees in the next frame what %s changed', async (_what, happen, symbols) => {
    const world = WorkstationWorld.ready();
    world.clock.advance(CONFLATION_MS);
    const { version } = (await world.workstation.feedStart()).conflated;
    happen(world);
    world.clock.advance(CONFLATION_MS);
    const answer = await world.workstation.changes(sequence(world.state.sequence), version, 0);
    if (answer.kind !== 'changes') throw new Error('the replica is not behind');
    expect(answer.conflated?.quotes.map(({ symbol }) => symbol)).toEqual(symbols);
  });

  test('sees the meters of the host', () => {
    const world = WorkstationWorld.ready();
    world.broker.tell({ kind: 'heartbeat', state: 'alive', roundTripMs: 12 });
    world.broker.tell({ kind: 'account-value', key: 'BuyingPower', value: '7', currency: 'USD' });
    expect(world.workstation.meters()).toEqual({
      roundTripMs: 12,
      heartbeatAt: world.clock.now(),
      heartbeatLateMs: 0,
      messagesPerSecond: 7,
      messagesPerSecondMax: 40,
      inboxLength: 0,
      durableSequence: world.journal.durableSequence,
      accountValues: { NetLiquidation: '100000', BuyingPower: '7' },
      baseCurrency: 'USD',
      exchangeRates: {},
      farms: {},
    });
    expect(world.workstation.startedAt).toBe(world.workstation.now());
  });
});

/** Limits that let forty orders of one symbol through in a second. */
const BUSY = { allowShort: true, ordersPerSecondMax: 40 } as const;

/** Order `n` of many: every other one sells, for IBKR takes 20 of one side. */
function placesOneOfMany(world: WorkstationWorld, n: number): ReturnType<WorkstationWorld['places']> {
  const shares = { quantity: quantity(String(n)) };
  return world.places(n % 2 === 0 ? { ...shares, side: 'SELL', terms: { type: 'LMT', limit: price('151') } } : shares);
}

describe('a lost link', () => {
  test('leaves nothing queued for the next session', async () => {
    const world = WorkstationWorld.ready(BUSY);
    for (let n = 1; n <= 40; n += 1) await placesOneOfMany(world, n);
    const { length } = world.broker.performedOf('place');
    expect(length).toBeLessThan(40);
    world.broker.linkDown();
    world.broker.linkUp();
    world.clock.advance(1_000);
    expect(world.broker.performedOf('place')).toHaveLength(length);
    expect(world.phaseOf(40)).toBe('cancelled');
  });

  test('leaves nothing for the next session that still waited for the disk', async () => {
    const world = WorkstationWorld.ready();
    world.journal.isPrompt = false;
    void world.places();
    await settled();
    world.broker.linkDown();
    world.broker.linkUp();
    world.journal.sync();
    expect(world.broker.performedOf('place')).toEqual([]);
    expect(world.phaseOf(1)).toBe('cancelled');
  });
});

describe('start and end', () => {
  test('settings that the journal knows already are not written again', () => {
    const types = (world: WorkstationWorld): string[] => world.published.map(({ event }) => event.type);
    const same = connectedWorld();
    expect(types(same)).not.toContain('settings-changed');
    const other = new WorkstationWorld();
    other.journal.isPrompt = true;
    other.workstation.start({ ...DEFAULT_SETTINGS, allowLive: true });
    expect(types(other)).toContain('settings-changed');
    expect(other.state.settings.allowLive).toBe(true);
  });

  test('an end says of every order that waits that it was not sent', async () => {
    const world = WorkstationWorld.ready(BUSY);
    for (let n = 1; n <= 39; n += 1) await placesOneOfMany(world, n);
    world.journal.isPrompt = false;
    void placesOneOfMany(world, 40);
    await settled();
    const { length } = world.broker.performed;
    await world.workstation.stop();
    world.journal.sync();
    expect(world.broker.isStopped).toBe(true);
    expect(world.broker.performed).toHaveLength(length);
    expect([world.phaseOf(39), world.phaseOf(40)]).toEqual(['cancelled', 'cancelled']);
    expect(world.faults).toEqual([]);
  });

  test('an end lets every replica go and leaves no timer behind', async () => {
    const world = WorkstationWorld.ready();
    await world.places();
    const pull = watched(world.workstation.changes(sequence(world.state.sequence), 1, 60_000));
    await world.workstation.stop();
    await settled();
    expect(pull()).toEqual({ kind: 'changes', entries: [], conflated: null });
    expect(world.clock.pending()).toBe(0);
  });
});
