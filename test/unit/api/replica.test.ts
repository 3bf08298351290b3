import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { CallFailure } from '#api/client';
import { followFeed, RETRY_PAUSES_MS, type FeedClient } from '#api/replica';
import type { JournaledEvent } from '#domain/engine-event';
import type { FeedAnswer } from '#domain/feed';
import { epochMs, sequence } from '#domain/ids';
import { err, ok, type Result } from '#domain/result';
import { snapshotOf } from '#domain/state-snapshot';
import type { WorkstationState } from '#domain/workstation-state';
import { anAlarm, anAppleQuote, FakeWorkstation } from '#test/builders/fake-workstation';

afterEach(() => vi.useRealTimers());

const CLOSED: CallFailure = { code: 'CLOSED', reason: 'the connection to the workstation is closed' };

/** A client that talks to `workstation`, whose answers `bend` may spoil on the way. */
function clientOf(
  workstation: FakeWorkstation,
  bend: (answer: FeedAnswer) => Result<FeedAnswer, CallFailure> = ok,
): FeedClient {
  return {
    feed: {
      start: async () => ok(await workstation.feedStart()),
      changes: async ({ after, conflatedAfter, waitMs }) =>
        bend(await workstation.changes(after, conflatedAfter, waitMs)),
    },
  };
}

/** Follows with everything that happens written down. */
function follow(client: FeedClient, reconnect: () => Promise<Result<FeedClient, { reason: string }>>) {
  const log: string[] = [];
  const pauses: number[] = [];
  const held: { state: WorkstationState | null } = { state: null };
  const feed = followFeed({
    client,
    reconnect,
    onStart: (state) => {
      held.state = state;
      log.push(`start at ${state.sequence}`);
    },
    onEntries: (entries, touched) =>
      log.push(`${entries.map((entry) => entry.sequence).join(' ')}: ${touched.length} touched`),
    onConflated: ({ version }) => log.push(`latest ${version}`),
    onLink: (link, reason) => log.push(`${link} ${reason}`.trimEnd()),
    pause: (ms) => {
      pauses.push(ms);
      return Promise.resolve();
    },
  });
  return { feed, log, pauses, snapshot: () => (held.state === null ? null : snapshotOf(held.state)) };
}
const never = (): Promise<never> => Promise.reject(new Error('no new connection was needed'));

describe('a replica', () => {
  test('starts from a snapshot, then hears events and latest values in order', async () => {
    const workstation = new FakeWorkstation();
    workstation.publish(anAlarm(1));
    const { feed, log } = follow(clientOf(workstation), never);
    await vi.waitFor(() => expect(workstation.pulls).toBe(1));
    workstation.publish(anAlarm(2), anAlarm(3));
    await vi.waitFor(() => expect(workstation.pulls).toBe(1));
    workstation.show(anAppleQuote('150'));
    await vi.waitFor(() => expect(log).toContain('latest 2'));
    expect(log).toEqual(['start at 1', 'live', '2 3: 2 touched', 'latest 2']);
    feed.stop();
  });

  test('drops an event that comes twice', async () => {
    const workstation = new FakeWorkstation();
    const twice = (answer: FeedAnswer): Result<FeedAnswer, CallFailure> =>
      ok(answer.kind === 'changes' ? { ...answer, entries: [...answer.entries, ...answer.entries] } : answer);
    const { feed, log, snapshot } = follow(clientOf(workstation, twice), never);
    await vi.waitFor(() => expect(workstation.pulls).toBe(1));
    workstation.publish(anAlarm(1), anAlarm(2));
    await vi.waitFor(() => expect(snapshot()).toEqual(snapshotOf(workstation.state)));
    expect(log).toEqual(['start at 0', 'live', '1 2: 2 touched']);
    feed.stop();
  });

  test('that misses an event starts again at once, and says that it was lost only when that keeps happening', async () => {
    const workstation = new FakeWorkstation();
    let spoilt = 2;
    const gappy = (answer: FeedAnswer): Result<FeedAnswer, CallFailure> => {
      if (answer.kind !== 'changes' || spoilt === 0) return ok(answer);
      spoilt -= 1;
      const [first] = workstation.entries;
      const gap: JournaledEvent[] =
        first === undefined ? [] : [{ ...first, sequence: sequence(workstation.state.sequence + 2) }];
      return ok({ ...answer, entries: gap });
    };
    const { feed, log, pauses, snapshot } = follow(clientOf(workstation, gappy), never);
    await vi.waitFor(() => expect(workstation.pulls).toBe(1));
    workstation.publish(anAlarm(1));
    await vi.waitFor(() => expect(workstation.pulls).toBe(1));
    workstation.publish(anAlarm(2));
    await vi.waitFor(() => expect(workstation.pulls).toBe(1));
    workstation.publish(anAlarm(3));
    await vi.waitFor(() => expect(snapshot()).toEqual(snapshotOf(workstation.state)));
    expect(log).toEqual([
      'start at 0',
      'live',
      'start at 1',
      'lost event 2 is missing before 4',
      'start at 2',
      'live',
      '3: 1 touched',
    ]);
    expect(pauses).toEqual([RETRY_PAUSES_MS[0]]);
    feed.stop();
  });

  test('reports a lost connection once, asks for a new one with growing pauses, and starts again', async () => {
    const workstation = new FakeWorkstation();
    let tries = 0;
    const reconnect = (): Promise<Result<FeedClient, { reason: string }>> => {
      tries += 1;
      return Promise.resolve(tries < 8 ? err({ reason: 'nobody there' }) : ok(clientOf(workstation)));
    };
    const { feed, log, pauses } = follow(
      clientOf(workstation, () => err(CLOSED)),
      reconnect,
    );
    await vi.waitFor(() => expect(workstation.pulls).toBe(1));
    workstation.publish(anAlarm(1));
    await vi.waitFor(() => expect(log).toHaveLength(5));
    expect(log).toEqual(['start at 0', 'live', `lost ${CLOSED.reason}`, 'start at 1', 'live']);
    expect(pauses).toEqual([250, 500, 1_000, 2_000, 5_000, 5_000, 5_000]);
    feed.stop();
  });

  test('that can not even start asks for a connection', async () => {
    const workstation = new FakeWorkstation();
    const dead: FeedClient = { feed: { start: () => Promise.resolve(err(CLOSED)), changes: never } };
    const { feed, log } = follow(dead, () => Promise.resolve(ok(clientOf(workstation))));
    await vi.waitFor(() => expect(log.at(-1)).toBe('live'));
    expect(log).toEqual([`lost ${CLOSED.reason}`, 'start at 0', 'live']);
    feed.stop();
  });

  test.each(['starting', 'pulling', 'pausing', 'reconnecting'] as const)(
    'that is stopped while %s calls nobody any more',
    async (moment) => {
      const log: string[] = [];
      const note = (what: string) => (): void => void log.push(what);
      const workstation = new FakeWorkstation();
      workstation.publish(anAlarm(1));
      let stop = (): void => undefined;
      const stopAt = (here: typeof moment): void => {
        if (here === moment) stop();
      };
      const lost = moment === 'pausing' || moment === 'reconnecting';
      const feed = followFeed({
        client: {
          feed: {
            start: async () => {
              await Promise.resolve();
              stopAt('starting');
              return ok(await workstation.feedStart());
            },
            changes: async () => {
              await Promise.resolve();
              stopAt('pulling');
              return lost ? err(CLOSED) : ok({ kind: 'resync' });
            },
          },
        },
        reconnect: () => {
          stopAt('reconnecting');
          return Promise.resolve(err({ reason: 'nobody there' }));
        },
        onStart: note('start'),
        onEntries: note('entries'),
        onConflated: note('conflated'),
        onLink: (link) => {
          log.push(link);
          if (link === 'lost') stopAt('pausing');
        },
        pause: () => Promise.resolve(),
      });
      stop = () => feed.stop();
      await feed.done;
      const begun = moment === 'starting' ? [] : ['start', 'live'];
      expect(log).toEqual(lost ? [...begun, 'lost'] : begun);
    },
  );

  test('that is stopped when it hears that it is lost does not start again', async () => {
    const workstation = new FakeWorkstation();
    const start = vi.fn(async () => ok(await workstation.feedStart()));
    const feed = followFeed({
      client: { feed: { start, changes: () => Promise.resolve(ok({ kind: 'resync' })) } },
      reconnect: never,
      onStart: () => undefined,
      onEntries: () => undefined,
      onConflated: () => undefined,
      onLink: (link) => {
        if (link === 'lost') feed.stop();
      },
      pause: () => Promise.resolve(),
    });
    await feed.done;
    expect(start).toHaveBeenCalledTimes(2);
  });

  test('that is stopped before a new start over the same connection does not make it', async () => {
    const workstation = new FakeWorkstation();
    const { feed, log } = follow(
      clientOf(workstation, () => ok({ kind: 'resync' })),
      never,
    );
    await vi.waitFor(() => expect(workstation.pulls).toBe(1));
    workstation.publish(anAlarm(1));
    feed.stop();
    await feed.done;
    expect(log).toEqual(['start at 0', 'live']);
  });

  test('whose listener throws has a bug, and says so', async () => {
    const workstation = new FakeWorkstation();
    const { done } = followFeed({
      client: clientOf(workstation),
      reconnect: never,
      onStart: () => {
        throw new Error('a panel broke');
      },
      onEntries: () => undefined,
      onConflated: () => undefined,
      onLink: () => undefined,
    });
    await expect(done).rejects.toThrow('a panel broke');
  });

  test('really waits between tries', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const tries = vi.fn(() => Promise.resolve(err({ reason: 'nobody there' })));
    const feed = followFeed({
      client: { feed: { start: () => Promise.resolve(err(CLOSED)), changes: never } },
      reconnect: tries,
      onStart: () => undefined,
      onEntries: () => undefined,
      onConflated: () => undefined,
      onLink: () => undefined,
    });
    await vi.advanceTimersByTimeAsync(RETRY_PAUSES_MS[0] - 1);
    expect(tries).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(tries).toHaveBeenCalledTimes(2);
    feed.stop();
  });
});

test('whatever is repeated, lost, forgotten or cut on the way, a replica ends as the fold of the journal', async () => {
  /** What the way does to one answer. */
  const spoil = fc.constantFrom(
    'nothing',
    'repeat',
    'drop-first',
    'drop-last',
    'reverse',
    'overlap',
    'resync',
    'close',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(spoil, { maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 8 }),
      async (spoils, batches) => {
        const workstation = new FakeWorkstation();
        const script = [...spoils];
        const bend = (answer: FeedAnswer): Result<FeedAnswer, CallFailure> => {
          const what = script.shift() ?? 'nothing';
          if (answer.kind === 'resync') return ok(answer);
          const { entries, conflated } = answer;
          const bent = (other: readonly JournaledEvent[]): Result<FeedAnswer, CallFailure> =>
            ok({ kind: 'changes', entries: other, conflated });
          switch (what) {
            case 'nothing':
              return ok(answer);
            case 'repeat':
              return bent([...entries, ...entries]);
            case 'drop-first':
              return bent(entries.slice(1));
            case 'drop-last':
              return bent(entries.slice(0, -1));
            case 'reverse':
              return bent([...entries].reverse());
            case 'overlap':
              return bent(workstation.entries.slice(Math.max(0, (entries[0]?.sequence ?? 1) - 3)));
            case 'resync':
              return ok({ kind: 'resync' });
            case 'close':
              return err(CLOSED);
          }
        };
        const { feed, snapshot } = follow(clientOf(workstation, bend), () =>
          Promise.resolve(ok(clientOf(workstation, bend))),
        );
        let n = 0;
        for (const size of batches) {
          await vi.waitFor(() => expect(workstation.pulls).toBe(1), { interval: 1 });
          workstation.publish(...Array.from({ length: size }, () => anAlarm((n += 1))));
        }
        script.length = 0;
        await vi.waitFor(() => expect(workstation.pulls).toBe(1), { interval: 1 });
        // One more, undisturbed: what was lost at the very end shows as a gap.
        workstation.publish({ type: 'alarm-cleared', alarmId: anAlarmId(1), origin: 'window' });
        await vi.waitFor(() => expect(snapshot()).toEqual(fromScratch(workstation)), { interval: 1 });
        feed.stop();
        workstation.publish(anAlarm(0));
        await feed.done;
      },
    ),
    { numRuns: 100 },
  );
}, 30_000);

const anAlarmId = (n: number) => {
  const event = anAlarm(n);
  if (event.type !== 'alarm-raised') throw new Error('expected an alarm');
  return event.alarm.id;
};

function fromScratch(workstation: FakeWorkstation): ReturnType<typeof snapshotOf> {
  const fresh = new FakeWorkstation();
  fresh.publish(...workstation.entries.map(({ event }) => event));
  return { ...snapshotOf(fresh.state), at: epochMs(workstation.state.at) };
}
