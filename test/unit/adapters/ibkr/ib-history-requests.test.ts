import { describe, expect, test } from 'vitest';
import {
  BARS_TIMEOUT_MS,
  BARS_TURN_TIMEOUT_MS,
  FARM_HOLD_MS,
  IDENTICAL_MS,
  OPEN_REQUESTS_MAX,
  PACING_HOLDS_MS,
} from '#adapters/ibkr/ib-history-requests';
import { aBarQuery, HistoryWorld, ofAnother, settled } from './history-world';

const PACING_TEXT = 'Historical Market Data Service error message:Historical data request pacing violation';
const one = aBarQuery({ sessions: 1 });

/** The last request is answered with one bar. */
async function answered(world: HistoryWorld): Promise<void> {
  world.answer(world.last.id, '20260105');
  await settled();
}

describe('requests for bars', () => {
  test('go few at a time, the next when one is answered', async () => {
    const world = new HistoryWorld();
    for (const n of [0, 1, 2, 3]) void world.fetch(ofAnother(n, one));
    await settled();
    expect(world.sent.map(({ conId }) => conId)).toEqual([1_000, 1_001, 1_002]);
    expect(world.sent).toHaveLength(OPEN_REQUESTS_MAX);
    world.answer(1_000_000_001, '20260105');
    expect(world.last.conId).toBe(1_003);
  });

  test('wait for their turn when many went in the last second', async () => {
    const world = new HistoryWorld();
    for (let n = 0; n < 5; n += 1) {
      void world.fetch(ofAnother(n, one));
      await settled();
      await answered(world);
    }
    const sixth = world.fetch(ofAnother(5, one));
    await settled();
    expect(world.sent).toHaveLength(5);
    world.clock.advance(999);
    expect(world.sent).toHaveLength(5);
    world.clock.advance(1);
    expect(world.sent).toHaveLength(6);
    await answered(world);
    expect(await sixth).toMatchObject({ ok: true });
  });

  test('of another contract overtake those that wait for their own limit', async () => {
    const world = new HistoryWorld();
    for (let n = 1; n <= 5; n += 1) {
      void world.fetch(aBarQuery({ sessions: n, regularHoursOnly: false }));
      await settled();
      world.answer(world.last.id, '20260105', '20260102', '20251231', '20251230', '20251229');
      await settled();
      world.clock.advance(200);
    }
    void world.fetch(aBarQuery({ sessions: 6 }));
    void world.fetch(ofAnother(1, one));
    await settled();
    expect(world.last.conId).toBe(1_001);
    world.clock.advance(1_000);
    expect(world.last).toMatchObject({ conId: 265_598, duration: '6 D' });
  });

  test('are given up when there is no turn for two minutes', async () => {
    const world = new HistoryWorld();
    for (let n = 0; n < OPEN_REQUESTS_MAX; n += 1) void world.fetch(ofAnother(n, one));
    const fourth = world.fetch(one);
    await settled();
    for (let passed = 0; passed < BARS_TURN_TIMEOUT_MS; passed += 30_000) {
      world.history.requests.hold(31_000);
      world.clock.advance(30_000);
    }
    expect(await fourth).toEqual({
      ok: false,
      error: { kind: 'pacing', text: "within 120 s IBKR's limits left no turn to ask for bars" },
    });
    expect(world.cancelled).toHaveLength(OPEN_REQUESTS_MAX); // those that IBKR never answered
  });

  test('that IBKR does not answer are cancelled after a minute', async () => {
    const world = new HistoryWorld();
    const fetched = world.fetch();
    await settled();
    world.clock.advance(BARS_TIMEOUT_MS);
    expect(await fetched).toEqual({ ok: false, error: { kind: 'timeout', text: 'IBKR sent no bars within 60 s' } });
    expect(world.cancelled).toEqual([world.last.id]);
    expect(world.clock.pending()).toBe(0);
  });

  test('are not made without a connection, which is said', async () => {
    const world = new HistoryWorld();
    world.session.whyDown = 'not connected to 127.0.0.1:7497: connecting';
    expect(await world.fetch()).toEqual({
      ok: false,
      error: { kind: 'not-connected', text: 'not connected to 127.0.0.1:7497: connecting' },
    });
  });

  test('that can not be written fail, and the next is tried', async () => {
    const world = new HistoryWorld();
    world.sendFailure = 'the message was not written';
    const both = Promise.all([world.fetch(ofAnother(1, one)), world.fetch(ofAnother(2, one))]);
    const failed = { ok: false, error: { kind: 'not-connected', text: 'the message was not written' } };
    expect(await both).toEqual([failed, failed]);
    expect(world.clock.pending()).toBe(0);
  });

  test('end with the connection, those under way and those that wait', async () => {
    const world = new HistoryWorld();
    const all = Promise.all([0, 1, 2, 3].map((n) => world.fetch(ofAnother(n, one))));
    await settled();
    world.history.requests.hold(60_000);
    world.history.requests.forgetSession();
    const lost = { ok: false, error: { kind: 'not-connected', text: 'the connection was lost' } };
    expect(await all).toEqual([lost, lost, lost, lost]);
    void world.fetch(ofAnother(4, one));
    await settled();
    expect(world.last.conId).toBe(1_004);
  });
});

describe('the same request', () => {
  test('goes to IBKR once, however many ask for it while it is under way', async () => {
    const world = new HistoryWorld();
    const both = Promise.all([world.fetch(one), world.fetch(one)]);
    await settled();
    expect(world.sent).toHaveLength(1);
    await answered(world);
    const [first, second] = await both;
    expect(first).toMatchObject({ ok: true, value: [{ session: '2026-01-05' }] });
    expect(second).toEqual(first);
  });

  test('goes again 15 seconds after its answer, also when there was nothing', async () => {
    const world = new HistoryWorld();
    void world.fetch(one);
    await settled();
    world.refuse(world.last.id, 162, 'HMDS query returned no data');
    world.clock.advance(IDENTICAL_MS - 1);
    expect(await world.fetch(one)).toMatchObject({ ok: false, error: { kind: 'no-data' } });
    expect(world.sent).toHaveLength(1);
    world.clock.advance(1);
    void world.fetch(one);
    await settled();
    expect(world.sent).toHaveLength(2);
  });
});

describe('what is not wanted any more', () => {
  test('is cancelled at IBKR once nobody waits for it', async () => {
    const world = new HistoryWorld();
    const aborters = [new AbortController(), new AbortController()];
    const both = aborters.map(({ signal }) => world.fetch(one, signal));
    await settled();
    aborters[0]?.abort();
    const aborted = { ok: false, error: { kind: 'aborted', text: 'the bars are not wanted any more' } };
    expect(await both[0]).toEqual(aborted);
    expect(world.cancelled).toEqual([]);
    aborters[1]?.abort();
    expect(await both[1]).toEqual(aborted);
    expect(world.cancelled).toEqual([world.last.id]);
  });

  test('is not asked at all', async () => {
    const world = new HistoryWorld();
    expect(await world.fetch(one, AbortSignal.abort())).toMatchObject({ error: { kind: 'aborted' } });
    for (let n = 0; n < OPEN_REQUESTS_MAX; n += 1) void world.fetch(ofAnother(n, one));
    const aborter = new AbortController();
    const waits = world.fetch(ofAnother(9, one), aborter.signal);
    await settled();
    aborter.abort();
    expect(await waits).toMatchObject({ error: { kind: 'aborted' } });
    expect(world.sent).toHaveLength(OPEN_REQUESTS_MAX);
    expect(world.cancelled).toEqual([]);
  });

  test('may still be answered or complained about, which is nobody’s business', async () => {
    const world = new HistoryWorld();
    const aborter = new AbortController();
    void world.fetch(one, aborter.signal);
    await settled();
    const { id } = world.last;
    aborter.abort();
    world.answer(id, '20260105');
    expect(world.refuse(id, 162, 'API historical data query cancelled: 1000000000')).toBe(true);
    expect(world.refuse(id, 366, 'No historical data query found for ticker id:1000000000')).toBe(true);
  });
});

describe('an error of IBKR', () => {
  test.each([
    [162, 'HMDS query returned no data: AAPL@SMART Trades', 'no-data'],
    [162, 'No market data permissions for ISLAND STK', 'refused'],
    [200, 'No security definition has been found for the request', 'refused'],
    [354, 'Requested market data is not subscribed.', 'refused'],
    [321, 'Error validating request', 'refused'],
  ])('%i %s ends the request with these words', async (code, text, kind) => {
    const world = new HistoryWorld();
    const fetched = world.fetch(one);
    await settled();
    expect(world.refuse(world.last.id, code, text)).toBe(true);
    expect(await fetched).toEqual({ ok: false, error: { kind, text: `${text} (${code})` } });
  });

  test('about another request is left to others', () => {
    expect(new HistoryWorld().refuse(1_000_000_007, 200, 'No security definition')).toBe(false);
  });

  test('an answer without bars is no data', async () => {
    const world = new HistoryWorld();
    const fetched = world.fetch(one);
    await settled();
    world.answer(world.last.id);
    expect(await fetched).toEqual({ ok: false, error: { kind: 'no-data', text: 'IBKR has no bars' } });
  });
});

describe('a pacing violation', () => {
  test('holds everything back, then the request goes again, and what came of it before does not count', async () => {
    const world = new HistoryWorld();
    const fetched = world.fetch(one);
    await settled();
    world.tell(world.last.id, '20260102', 1, 1, 1, 1, 1);
    world.refuse(world.last.id, 162, PACING_TEXT);
    const other = world.fetch(ofAnother(1, one));
    await settled();
    world.clock.advance(15_000 - 1);
    expect(world.sent).toHaveLength(1);
    world.clock.advance(1);
    expect(world.sent.map(({ conId }) => conId)).toEqual([265_598, 265_598, 1_001]);
    for (const { id } of world.sent.slice(1)) world.answer(id, '20260105');
    expect(await fetched).toMatchObject({ ok: true, value: [{ session: '2026-01-05' }] });
    expect(await other).toMatchObject({ ok: true });
  });

  test('that comes again and again ends the request with the words of IBKR', async () => {
    const world = new HistoryWorld();
    const fetched = world.fetch(one);
    await settled();
    for (const holdMs of PACING_HOLDS_MS) {
      world.refuse(world.last.id, 162, PACING_TEXT);
      world.clock.advance(holdMs);
    }
    expect(world.sent).toHaveLength(1 + PACING_HOLDS_MS.length);
    world.refuse(world.last.id, 162, PACING_TEXT);
    expect(await fetched).toEqual({ ok: false, error: { kind: 'pacing', text: `${PACING_TEXT} (162)` } });
  });
});

describe('while a farm of historical data is down', () => {
  const down = (world: HistoryWorld, farm = 'ushmds'): void =>
    world.history.requests.hearSessionMessage(2105, `HMDS data farm connection is broken:${farm}`);

  test.each([2106, 2107])('requests wait until it is back (%i)', async (code) => {
    const world = new HistoryWorld();
    down(world);
    down(world, 'euhmds');
    void world.fetch(one);
    await settled();
    expect(world.sent).toHaveLength(0);
    world.history.requests.hearSessionMessage(code, 'HMDS data farm connection is OK:euhmds');
    expect(world.sent).toHaveLength(0);
    world.history.requests.hearSessionMessage(code, 'HMDS data farm connection is OK:ushmds');
    expect(world.sent).toHaveLength(1);
  });

  test('they wait no longer than half a minute, for it may be another farm; silence is explained by it', async () => {
    const world = new HistoryWorld();
    down(world);
    const fetched = world.fetch(one);
    await settled();
    world.clock.advance(FARM_HOLD_MS);
    expect(world.sent).toHaveLength(1);
    world.clock.advance(BARS_TIMEOUT_MS);
    expect(await fetched).toEqual({
      ok: false,
      error: {
        kind: 'timeout',
        text: 'IBKR sent no bars within 60 s; HMDS data farm connection is broken:ushmds',
      },
    });
  });

  test('other messages of the session change nothing', async () => {
    const world = new HistoryWorld();
    world.history.requests.hearSessionMessage(2103, 'Market data farm connection is broken:usfarm');
    void world.fetch(one);
    await settled();
    expect(world.sent).toHaveLength(1);
  });
});
