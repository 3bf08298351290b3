import { describe, expect, test } from 'vitest';
import type { Bar, BarFailure, BarQuery } from '#domain/bar';
import { conId } from '#domain/ids';
import { err, ok, type Result } from '#domain/result';
import type { StopSignal } from '#ports/broker-port';
import { BAR_FETCHES_MAX, BarFetches, BARS_UNWANTED_MS } from '#runtime/bar-fetches';
import { A_DAILY_BAR, APPLE } from '#test/builders/fake-workstation';
import { manualClock } from '#test/builders/manual-clock';
import { ScriptedBroker } from '#test/builders/scripted-broker';
import { settled } from '#test/builders/workstation-world';

type Answer = Result<readonly Bar[], BarFailure>;

interface Asked {
  readonly query: BarQuery;
  readonly progress: (done: number, of: number) => void;
  readonly signal: StopSignal;
  readonly answer: (answer: Answer) => void;
}

const QUERY: BarQuery = {
  instrument: APPLE,
  barSize: '1 day',
  what: 'TRADES',
  sessions: 5,
  regularHoursOnly: true,
};
const BARS = [A_DAILY_BAR];
const ALL = ok({ kind: 'bars', instrument: APPLE, bars: BARS });

function world(): { clock: ReturnType<typeof manualClock>; fetches: BarFetches; asked: Asked[] } {
  const clock = manualClock();
  const broker = new ScriptedBroker();
  const asked: Asked[] = [];
  broker.bars = (query, progress, signal) =>
    new Promise((resolve) => asked.push({ query, progress, signal, answer: resolve }));
  return { clock, fetches: new BarFetches(broker, clock), asked };
}

describe('bars', () => {
  test('are there as soon as the broker has them', async () => {
    const { clock, fetches, asked } = world();
    const pulled = fetches.pull(QUERY, 1_000);
    asked[0]?.answer(ok(BARS));
    expect(await pulled).toEqual(ALL);
    expect(clock.pending()).toBe(0);
  });

  test('that take longer are under way, and there at a later pull', async () => {
    const { clock, fetches, asked } = world();
    const early = fetches.pull(QUERY, 1_000);
    asked[0]?.progress(0, 4);
    asked[0]?.progress(2, 4);
    clock.advance(1_000);
    expect(await early).toEqual(ok({ kind: 'under-way', done: 2, of: 4 }));
    const later = fetches.pull(QUERY, 1_000);
    asked[0]?.answer(ok(BARS));
    expect(await later).toEqual(ALL);
    expect(asked).toHaveLength(1);
    expect(clock.pending()).toBe(0);
  });

  test('that come between two pulls are kept for the next one', async () => {
    const { clock, fetches, asked } = world();
    const early = fetches.pull(QUERY, 0);
    clock.advance(0);
    await early;
    asked[0]?.answer(ok(BARS));
    await settled();
    clock.advance(BARS_UNWANTED_MS - 1);
    expect(await fetches.pull(QUERY, 0)).toEqual(ALL);
    expect(asked).toHaveLength(1);
    expect(clock.pending()).toBe(0);
    void fetches.pull(QUERY, 0);
    expect(asked).toHaveLength(2);
  });

  test('are fetched once for everybody who asks the same, and once for each who asks something else', async () => {
    const { fetches, asked } = world();
    const both = Promise.all([fetches.pull(QUERY, 1_000), fetches.pull({ ...QUERY }, 1_000)]);
    void fetches.pull({ ...QUERY, sessions: 6 }, 1_000);
    expect(asked.map(({ query }) => query.sessions)).toEqual([5, 6]);
    asked[0]?.answer(ok(BARS));
    expect(await both).toEqual([ALL, ALL]);
  });

  test('are given up when nobody comes back for them', async () => {
    const { clock, fetches, asked } = world();
    const pulls = [1_000, 2_000, 2_000].map((waitMs) => fetches.pull(QUERY, waitMs));
    clock.advance(1_000);
    await pulls[0];
    clock.advance(1_000);
    await Promise.all(pulls);
    expect(clock.pending()).toBe(1);
    clock.advance(BARS_UNWANTED_MS - 1);
    expect(asked[0]?.signal.aborted).toBe(false);
    clock.advance(1);
    expect(asked[0]?.signal.aborted).toBe(true);
    void fetches.pull(QUERY, 1_000);
    expect(asked).toHaveLength(2);
  });

  test('are fetched for so many questions at a time, and no more', async () => {
    const { fetches, asked } = world();
    for (let n = 1; n <= BAR_FETCHES_MAX; n += 1) {
      void fetches.pull({ ...QUERY, instrument: { ...APPLE, conId: conId(n) } }, 1_000);
    }
    expect(await fetches.pull(QUERY, 1_000)).toMatchObject({ ok: false, error: { code: 'BUSY' } });
    expect(asked).toHaveLength(BAR_FETCHES_MAX);
  });

  test.each([
    ['no-data', 'NOT_FOUND'],
    ['not-connected', 'BROKER_UNAVAILABLE'],
    ['refused', 'BROKER_UNAVAILABLE'],
  ] as const)('that can not be had (%s) fail as %s, with the words', async (kind, code) => {
    const { fetches, asked } = world();
    const pulled = fetches.pull(QUERY, 1_000);
    asked[0]?.answer(err({ kind, text: 'the reason' }));
    expect(await pulled).toEqual({ ok: false, error: { code, reason: 'AAPL: the reason' } });
  });
});
