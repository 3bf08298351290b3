import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { WorkstationClient } from '#api/client';
import { CHANGES_MARGIN_MS } from '#api/client';
import type { Connection } from '#api/transport';
import { followFeed } from '#api/replica';
import { CALL_DEADLINE_MS } from '#api/schemas';
import type { Command } from '#domain/command';
import type { Conflated } from '#domain/feed';
import { commandKey, orderNumber, sequence } from '#domain/ids';
import { quantity } from '#domain/money';
import { ok } from '#domain/result';
import { snapshotOf } from '#domain/state-snapshot';
import type { WorkstationState } from '#domain/workstation-state';
import { CALLS_IN_FLIGHT_MAX } from '#hosts/api-server';
import { A_DAILY_BAR, anAlarm, anAppleQuote, APPLE, FakeWorkstation } from '#test/builders/fake-workstation';
import { DOORS, served } from './doors';

const KEY = commandKey('key-1');
const CANCEL: Command = { kind: 'cancel-orders', numbers: [orderNumber(12)] };
const BUY: Extract<Command, { kind: 'place-order' }> = {
  kind: 'place-order',
  request: {
    symbol: 'AAPL',
    side: 'BUY',
    quantity: quantity('10'),
    terms: { type: 'MKT' },
    timeInForce: 'DAY',
    outsideRth: false,
  },
};
const WINDOW = { client: 'window', live: true } as const;
const CLI = { client: 'cli', live: false } as const;
const CLI_LIVE = { client: 'cli', live: true } as const;

describe.each(DOORS)('through $name', ({ open }) => {
  let workstation = new FakeWorkstation();
  let faults: unknown[] = [];
  beforeEach(() => {
    workstation = new FakeWorkstation();
    faults = [];
  });
  afterEach(() => vi.useRealTimers());

  const connection = async (introduction: typeof WINDOW | typeof CLI | typeof CLI_LIVE = WINDOW): Promise<Connection> =>
    (await open(served(workstation, faults)))(introduction);
  const client = async (
    introduction: typeof WINDOW | typeof CLI | typeof CLI_LIVE = WINDOW,
  ): Promise<WorkstationClient> => (await connection(introduction)).client;

  test('status says mode, connection, what is durable and whose process it is', async () => {
    workstation.publish(anAlarm(1));
    expect(await (await client()).system.status()).toMatchObject({
      ok: true,
      value: {
        mode: 'demo',
        connection: { phase: 'disconnected' },
        liveOrders: 0,
        sequence: 1,
        durableSequence: 1,
        processId: 4_711,
      },
    });
  });

  test('a command arrives with its key and says who gave it', async () => {
    const reply = await (await client(CLI)).commands.execute({ key: KEY, command: BUY });
    expect(reply).toMatchObject({ ok: true, value: { outcome: 'accepted', repeated: false } });
    expect(workstation.asked).toEqual([{ key: KEY, origin: 'cli', command: BUY }]);
  });

  test('the same key again is the same command', async () => {
    const { commands } = await client();
    await commands.execute({ key: KEY, command: BUY });
    expect(await commands.execute({ key: KEY, command: BUY })).toMatchObject({ ok: true, value: { repeated: true } });
  });

  test('a preview answers the decision with its numbers', async () => {
    const previewed = await (await client()).commands.preview({ command: BUY });
    expect(previewed).toMatchObject({ ok: true, value: { outcome: 'approved', context: { quote: { bid: '150' } } } });
    expect(workstation.asked).toEqual([{ origin: 'window', command: BUY }]);
  });

  test('quote, search and explain answer', async () => {
    workstation.show(anAppleQuote('150'));
    const { market, risk } = await client();
    expect(await market.quote({ symbol: 'AAPL', waitMs: 100 })).toEqual(
      ok({ instrument: APPLE, quote: anAppleQuote('150') }),
    );
    expect(await market.search({ query: 'apple' })).toMatchObject({ ok: true, value: [{ symbol: 'AAPL' }] });
    expect(await risk.explain({ reference: '12' })).toMatchObject({ ok: true, value: { same: true } });
    expect(workstation.asked).toEqual([{ symbol: 'AAPL', waitMs: 100 }, { query: 'apple' }, { reference: '12' }]);
  });

  test('correlations, their update and the picture of risk answer', async () => {
    const { risk } = await client();
    expect(await risk.correlations()).toEqual(ok(null));
    expect(await risk.updateCorrelations({ symbols: ['AAPL', 'MSFT'], lookback: 60, waitMs: 0 })).toMatchObject({
      ok: true,
      value: { kind: 'under-way' },
    });
    expect(await risk.picture()).toMatchObject({ ok: true, value: { account: { dailyLoss: { source: 'global' } } } });
    expect(await risk.updateCorrelations({ symbols: ['AAPL'], lookback: null, waitMs: 0 })).toMatchObject({
      ok: false,
      error: { code: 'BAD_INPUT' },
    });
  });

  test('bars answer, and a wish for too many is turned away', async () => {
    const { market } = await client();
    const wish = { barSize: '1 min', what: 'TRADES', sessions: 20, regularHoursOnly: true } as const;
    expect(await market.bars({ symbol: 'AAPL', wish, waitMs: 100 })).toEqual(
      ok({ kind: 'bars', instrument: APPLE, bars: [A_DAILY_BAR] }),
    );
    expect(workstation.asked).toEqual([{ symbol: 'AAPL', wish, waitMs: 100 }]);
    expect(await market.bars({ symbol: 'AAPL', wish: { ...wish, sessions: 21 }, waitMs: 100 })).toEqual({
      ok: false,
      error: { code: 'BAD_INPUT', reason: 'at wish.sessions: expected at most 20 sessions for bars of 1 min' },
    });
  });

  test('history and the journal can be read', async () => {
    workstation.publish(anAlarm(1), anAlarm(2), anAlarm(3));
    const { feed, journal } = await client();
    const history = await feed.history({ before: sequence(3), limit: 1 });
    expect(history).toEqual(ok([workstation.entries[1]]));
    expect(await journal.verify()).toMatchObject({ ok: true, value: { ok: true } });
    const exported = await journal.export({ after: sequence(1), limit: 1 });
    expect(exported).toEqual(ok({ entries: [workstation.entries[1]], more: true }));
  });

  test.each(['BUSY', 'BROKER_UNAVAILABLE', 'NOT_FOUND'] as const)(
    'a failure keeps its code %s and its reason',
    async (code) => {
      workstation.failure = { code, reason: 'the reason' };
      const { commands, market, risk } = await client();
      const failed = { ok: false, error: { code, reason: 'the reason' } };
      expect(await commands.execute({ key: KEY, command: CANCEL })).toEqual(failed);
      expect(await commands.preview({ command: BUY })).toEqual(failed);
      expect(await market.search({ query: 'apple' })).toEqual(failed);
      expect(await market.quote({ symbol: 'AAPL', waitMs: 0 })).toEqual(failed);
      expect(await risk.explain({ reference: '12' })).toEqual(failed);
      expect(faults).toEqual([]);
    },
  );

  test('a command line without --live commands nothing where real money is at stake', async () => {
    workstation = new FakeWorkstation('live');
    const { commands } = await client(CLI);
    expect(await commands.execute({ key: KEY, command: CANCEL })).toMatchObject({
      ok: false,
      error: { code: 'LIVE_NOT_CONFIRMED' },
    });
    expect(workstation.asked).toEqual([]);
    // Looking is free.
    expect((await commands.preview({ command: BUY })).ok).toBe(true);
  });

  test.each([CLI_LIVE, WINDOW])('the $client that says live commands a live workstation', async (introduction) => {
    workstation = new FakeWorkstation('live');
    const reply = await (await client(introduction)).commands.execute({ key: KEY, command: CANCEL });
    expect(reply.ok).toBe(true);
  });

  test('bad input is refused with its field, and does not reach the workstation', async () => {
    const { commands } = await client();
    const command = { ...CANCEL, numbers: [] };
    const refused = await commands.execute({ key: KEY, command });
    expect(refused).toMatchObject({ ok: false, error: { code: 'BAD_INPUT' } });
    expect(refused.ok ? '' : refused.error.reason).toContain('at command.numbers:');
    expect(workstation.asked).toEqual([]);
  });

  test('a bug is told to the host and not to the client', async () => {
    workstation.bug = new Error('secret detail');
    const failed = await (await client()).market.search({ query: 'apple' });
    expect(failed).toMatchObject({ ok: false, error: { code: 'HOST_FAULT' } });
    expect(JSON.stringify(failed)).not.toContain('secret detail');
    expect(faults).toEqual([workstation.bug]);
  });

  test('an answer that breaks the contract is a bug of the host too', async () => {
    workstation.show({ ...anAppleQuote('150'), symbol: 'X'.repeat(100) });
    const failed = await (await client()).market.quote({ symbol: 'AAPL', waitMs: 0 });
    expect(failed).toMatchObject({ ok: false, error: { code: 'HOST_FAULT' } });
    expect(faults).toHaveLength(1);
  });

  test('a call that is not answered ends by its deadline', async () => {
    workstation.silent = true;
    const { market, feed, system } = await client();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const searched = market.search({ query: 'apple' });
    const pulled = feed.changes({ after: sequence(0), conflatedAfter: 1, waitMs: 20_000 });
    await vi.advanceTimersByTimeAsync(CALL_DEADLINE_MS);
    expect(await searched).toEqual({ ok: false, error: { code: 'DEADLINE', reason: 'no answer within 10 s' } });
    // A pull may wait as long as it asked for, and a little longer.
    await vi.advanceTimersByTimeAsync(10_000 + CHANGES_MARGIN_MS);
    expect(await pulled).toMatchObject({ ok: false, error: { code: 'DEADLINE' } });
    expect((await system.status()).ok).toBe(true);
  });

  test('calls under way and calls afterwards fail when the connection is closed', async () => {
    workstation.silent = true;
    const { client: closing, close } = await connection();
    const searched = closing.market.search({ query: 'apple' });
    close();
    expect(await searched).toMatchObject({ ok: false, error: { code: 'CLOSED' } });
    expect(await closing.system.status()).toMatchObject({ ok: false, error: { code: 'CLOSED' } });
  });

  test('a client can not have more than its share of calls at once', async () => {
    const { feed, system } = await client();
    const nothingNew = { after: sequence(0), conflatedAfter: 1, waitMs: 20_000 };
    const pulls = Array.from({ length: CALLS_IN_FLIGHT_MAX }, () => feed.changes(nothingNew));
    await vi.waitFor(() => expect(workstation.pulls).toBe(CALLS_IN_FLIGHT_MAX));
    expect(await system.status()).toMatchObject({ ok: false, error: { code: 'BUSY' } });
    workstation.publish(anAlarm(1));
    expect((await Promise.all(pulls)).every(({ ok: answered }) => answered)).toBe(true);
    expect((await system.status()).ok).toBe(true);
  });

  test('a replica follows the state event by event, and the latest values', async () => {
    workstation.publish(anAlarm(1));
    const replica = follow(await client());
    await vi.waitFor(() => expect(replica.conflated?.version).toBe(1));
    workstation.publish(anAlarm(2), { type: 'notice-received', code: 2104, text: 'ok' }, anAlarm(3));
    workstation.show(anAppleQuote('151'));
    await vi.waitFor(() => {
      expect(replica.snapshot()).toEqual(snapshotOf(workstation.state));
      expect(replica.conflated?.quotes).toEqual([anAppleQuote('151')]);
    });
    expect(replica.starts).toBe(1);
    replica.stop();
  });

  test('a client that stalls is sent nothing, holds nobody up, and catches up in bounded answers', async () => {
    const connect = await open(served(workstation, faults));
    const stalled = (await connect(WINDOW)).client;
    const lively = follow((await connect(CLI)).client);
    await stalled.feed.start();
    workstation.publish(...Array.from({ length: 3_000 }, (_, n) => anAlarm(n)));
    await vi.waitFor(() => expect(lively.snapshot()?.sequence).toBe(3_000));
    const sizes: number[] = [];
    for (let after = sequence(0); after < 3_000;) {
      const answer = await stalled.feed.changes({ after, conflatedAfter: 1, waitMs: 0 });
      if (!answer.ok || answer.value.kind !== 'changes') throw new Error('expected changes');
      sizes.push(answer.value.entries.length);
      after = sequence(after + answer.value.entries.length);
    }
    expect(sizes).toEqual([1_024, 1_024, 952]);
    lively.stop();
  });

  test('a replica that fell too far behind starts again from a snapshot', async () => {
    const replica = follow(await client());
    await vi.waitFor(() => expect(workstation.pulls).toBe(1));
    workstation.forgottenUpTo = 2;
    workstation.publish(anAlarm(1), anAlarm(2), anAlarm(3));
    await vi.waitFor(() => expect(replica.snapshot()).toEqual(snapshotOf(workstation.state)));
    expect(replica.starts).toBe(2);
    replica.stop();
  });
});

interface FollowedReplica {
  readonly starts: number;
  readonly conflated: Conflated | null;
  snapshot(): ReturnType<typeof snapshotOf> | null;
  stop(): void;
}

function follow(client: WorkstationClient): FollowedReplica {
  let state: WorkstationState | null = null;
  const seen: { starts: number; conflated: Conflated | null } = { starts: 0, conflated: null };
  const feed = followFeed({
    client,
    reconnect: () => Promise.resolve(ok(client)),
    onStart: (started, conflated) => {
      state = started;
      seen.conflated = conflated;
      seen.starts += 1;
    },
    onEntries: () => undefined,
    onConflated: (conflated) => (seen.conflated = conflated),
    onLink: () => undefined,
  });
  return {
    get starts() {
      return seen.starts;
    },
    get conflated() {
      return seen.conflated;
    },
    snapshot: () => (state === null ? null : snapshotOf(state)),
    stop: () => feed.stop(),
  };
}
