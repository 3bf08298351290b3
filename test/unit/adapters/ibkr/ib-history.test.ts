import { describe, expect, test } from 'vitest';
import { IDENTICAL_MS } from '#adapters/ibkr/ib-history-requests';
import type { Bar, BarFailure } from '#domain/bar';
import type { Result } from '#domain/result';
import { aBarQuery, HistoryWorld, MONDAY_OPEN, settled } from './history-world';

const sessionsOf = (answer: Result<readonly Bar[], BarFailure>): readonly (string | number)[] => {
  if (!answer.ok) throw new Error(answer.error.text);
  return answer.value.map((bar) => (bar.kind === 'daily' ? bar.session : bar.begins));
};
const seconds = (ms: number): string => String(ms / 1_000);

describe('a question for bars', () => {
  test('goes to IBKR with the instrument by its number, its stretch until now, and times in seconds', async () => {
    const world = new HistoryWorld();
    void world.fetch(aBarQuery({ barSize: '5 mins', what: 'MIDPOINT', regularHoursOnly: false, sessions: 2 }));
    await settled();
    expect(world.sent).toEqual([
      {
        id: 1_000_000_000,
        conId: 265_598,
        exchange: 'SMART',
        end: '',
        duration: '2 D',
        barSize: '5 mins',
        what: 'MIDPOINT',
        regularHours: false,
        format: 2,
        keepUpToDate: false,
      },
    ]);
  });

  test('is answered with the bars, oldest first, without the one the library ends with', async () => {
    const world = new HistoryWorld();
    const fetched = world.fetch(aBarQuery({ sessions: 2 }));
    await settled();
    world.answer(world.last.id, '20260105', '20260102');
    expect(sessionsOf(await fetched)).toEqual(['2026-01-02', '2026-01-05']);
    expect(world.progress).toEqual([
      [0, 1],
      [1, 1],
    ]);
  });

  test('of many sessions is asked in pieces, each ending where the one before began', async () => {
    const world = new HistoryWorld();
    const fetched = world.fetch(aBarQuery({ barSize: '1 min', sessions: 12 }));
    await settled();
    expect(world.last).toMatchObject({ duration: '5 D', end: '' });
    world.answer(world.last.id, seconds(MONDAY_OPEN), seconds(MONDAY_OPEN + 60_000));
    await settled();
    expect(world.last).toMatchObject({ duration: '5 D', end: '20260105-14:30:00' });
    world.answer(world.last.id, seconds(MONDAY_OPEN - 60_000), seconds(MONDAY_OPEN));
    await settled();
    expect(world.last).toMatchObject({ duration: '2 D', end: '20260105-14:29:00' });
    world.answer(world.last.id, seconds(MONDAY_OPEN - 120_000));
    expect(sessionsOf(await fetched)).toEqual([-120_000, -60_000, 0, 60_000].map((ms) => MONDAY_OPEN + ms));
    expect(world.progress).toEqual([
      [0, 3],
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });

  test('of days goes on while there are fewer than asked for, and takes no more', async () => {
    const world = new HistoryWorld();
    const fetched = world.fetch(aBarQuery({ sessions: 3 }));
    await settled();
    world.answer(world.last.id, '20260102', '20260105');
    await settled();
    expect(world.last).toMatchObject({ duration: '1 D', end: '20260102-05:00:00' });
    world.answer(world.last.id, '20251230', '20251231', '20260102');
    expect(sessionsOf(await fetched)).toEqual(['2025-12-31', '2026-01-02', '2026-01-05']);
    expect(world.progress).toEqual([
      [0, 1],
      [1, 2],
      [2, 2],
    ]);
  });

  test.each([
    ['says that there are none', 'HMDS query returned no data: AAPL@SMART Trades'],
    ['answers the same again', null],
  ])('ends with what there is where IBKR %s before', async (_, text) => {
    const world = new HistoryWorld();
    const fetched = world.fetch();
    await settled();
    world.answer(world.last.id, '20260105');
    await settled();
    if (text === null) world.answer(world.last.id, '20260105');
    else world.refuse(world.last.id, 162, text);
    expect(sessionsOf(await fetched)).toEqual(['2026-01-05']);
    expect(world.progress).toEqual([
      [0, 1],
      [1, 2],
      [2, 2],
    ]);
  });

  test('ends after 40 requests where IBKR has hardly anything', async () => {
    const world = new HistoryWorld();
    const fetched = world.fetch(aBarQuery({ sessions: 50 }));
    for (let day = 0; day < 40; day += 1) {
      await settled();
      world.answer(world.last.id, String(20_260_105 - day));
      world.clock.advance(2_000);
    }
    expect(sessionsOf(await fetched)).toHaveLength(40);
    expect(world.sent).toHaveLength(40);
  });

  test('fails as its first request does', async () => {
    const world = new HistoryWorld();
    const fetched = world.fetch();
    await settled();
    world.refuse(world.last.id, 162, 'HMDS query returned no data');
    expect(await fetched).toEqual({
      ok: false,
      error: { kind: 'no-data', text: 'HMDS query returned no data (162)' },
    });
    expect(world.progress).toEqual([[0, 1]]);
  });

  test('fails when a later piece does, though there are bars already', async () => {
    const world = new HistoryWorld();
    const fetched = world.fetch(aBarQuery({ sessions: 2 }));
    await settled();
    world.answer(world.last.id, '20260105');
    await settled();
    world.refuse(world.last.id, 354, 'Not subscribed');
    expect(await fetched).toMatchObject({ ok: false, error: { kind: 'refused' } });
  });

  test.each([
    ['20260105  09:30:00', 100, '"20260105  09:30:00"'],
    ['20260105', undefined, 'the bar of 20260105 lacks a price'],
  ])('fails when a bar %s can not be read', async (time, close, words) => {
    const world = new HistoryWorld();
    const fetched = world.fetch(aBarQuery({ sessions: 1 }));
    await settled();
    world.tell(world.last.id, time, 100, 101, 99, close, 5);
    world.answer(world.last.id);
    const answer = await fetched;
    expect(answer).toMatchObject({ ok: false, error: { kind: 'refused' } });
    expect(!answer.ok && answer.error.text).toContain(words);
  });
});

describe('adjusted bars', () => {
  test('are asked once, until now: IBKR takes no other end', async () => {
    const world = new HistoryWorld();
    const fetched = world.fetch(aBarQuery({ what: 'ADJUSTED_LAST' }));
    await settled();
    world.answer(world.last.id, '20260105');
    expect(sessionsOf(await fetched)).toEqual(['2026-01-05']);
    expect(world.sent).toHaveLength(1);
  });

  test('that need more than one request are refused, with the most there can be', async () => {
    const world = new HistoryWorld();
    expect(await world.fetch(aBarQuery({ what: 'ADJUSTED_LAST', sessions: 2_000 }))).toEqual({
      ok: false,
      error: { kind: 'refused', text: 'IBKR gives adjusted bars of 1 day for at most 1680 sessions' },
    });
    expect(world.sent).toEqual([]);
  });
});

test('the same question within 15 seconds is answered from what is known, and its newest bar by the clock', async () => {
  const world = new HistoryWorld();
  const query = aBarQuery({ barSize: '1 min', sessions: 1 });
  const first = world.fetch(query);
  await settled();
  world.clock.advance(50_000);
  world.answer(world.last.id, seconds(MONDAY_OPEN));
  expect(await first).toMatchObject({ value: [{ complete: false }] });
  world.clock.advance(IDENTICAL_MS - 1);
  expect(await world.fetch(query)).toMatchObject({ value: [{ complete: true }] });
  expect(world.sent).toHaveLength(1);
});
