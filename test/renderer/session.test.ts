import { describe, expect, test, vi } from 'vitest';
import { present } from '#domain/assert';
import { commandKey, epochMs } from '#domain/ids';
import { err, ok } from '#domain/result';
import { conditionOf } from '#renderer/stores/quotes-store';
import { createSession } from '#renderer/stores/session';
import { createUiStore, NOTICES_MAX, withNotice } from '#renderer/stores/ui-store';
import { findConnect, type ConnectingWindow } from '#renderer/transport/connect';
import { aQuote, aStock, TradingDay } from '#test/renderer/trading-day';

const NOTHING_KEPT = { getItem: () => null, setItem: () => undefined };

function aSession() {
  return createSession({ storage: NOTHING_KEPT, windowHeight: 900, monotonic: () => 0, newKey: () => commandKey('k') });
}

describe('following the workstation', () => {
  test('the replica holds what happened before and what happens now', async () => {
    const day = new TradingDay().connect();
    const { session, connect } = aSession();
    const feed = connect(() => Promise.resolve(ok(day.workstation.client)));
    await vi.waitFor(() => expect(session.workstation.getState().link.phase).toBe('live'));
    day.place({ number: 5, instrument: day.stock('AMD'), side: 'BUY', size: '5', terms: { type: 'MKT' } });
    await vi.waitFor(() => expect(session.workstation.getState().state?.orders.size).toBe(1));
    const lines = session.workstation.getState().activity;
    expect(present(lines[0], 'the newest line').line.text).toContain('5 BUY 5 AMD MKT sent');
    expect(lines.map(({ sequence }) => sequence)).toEqual(
      [...lines.map(({ sequence }) => sequence)].toSorted((a, b) => b - a),
    );
    feed.stop();
  });

  test('a lost link is shown, the last known state stays, and it comes back by itself', async () => {
    const day = new TradingDay().connect();
    const { session, connect } = aSession();
    const ways: { reason: string | null } = { reason: null };
    const feed = connect(() =>
      Promise.resolve(ways.reason === null ? ok(day.workstation.client) : err({ reason: ways.reason })),
    );
    await vi.waitFor(() => expect(session.workstation.getState().link.phase).toBe('live'));
    ways.reason = 'nobody answers';
    day.workstation.breakOff('the socket was closed');
    await vi.waitFor(() =>
      expect(session.workstation.getState().link).toMatchObject({ phase: 'lost', reason: 'the socket was closed' }),
    );
    expect(session.workstation.getState().state?.account).toBe('DU4471902');
    ways.reason = null;
    day.workstation.failure = null;
    await vi.waitFor(() => expect(session.workstation.getState().link.phase).toBe('live'), { timeout: 5_000 });
    feed.stop();
  });

  test('a fill is told beside the work', async () => {
    const day = new TradingDay().connect();
    const { session, connect } = aSession();
    const feed = connect(() => Promise.resolve(ok(day.workstation.client)));
    await vi.waitFor(() => expect(session.workstation.getState().link.phase).toBe('live'));
    const order = day.place({
      number: 5,
      instrument: day.stock('AMD'),
      side: 'BUY',
      size: '5',
      terms: { type: 'MKT' },
    });
    day.fill(order, '5', '164.10');
    await vi.waitFor(() =>
      expect(session.ui.getState().notices).toMatchObject([{ tone: 'buy', title: 'Bought 5 AMD @ 164.10' }]),
    );
    feed.stop();
  });
});

describe('quotes', () => {
  const stock = aStock(1, 'AAPL', 'APPLE INC');
  const now = epochMs(1_000_000);
  const quote = aQuote(stock, '100', now);

  test('one of 300 ms is fresh, one of 18 s stale, a heartbeat keeps a quiet name fresh', () => {
    expect(conditionOf(quote, null, now, 5_000)).toEqual({ kind: 'fresh', ageMs: 300 });
    expect(conditionOf(quote, null, epochMs(now + 17_700), 5_000)).toEqual({ kind: 'stale', ageMs: 18_000 });
    expect(conditionOf(quote, epochMs(now + 17_000), epochMs(now + 17_700), 5_000)).toEqual({
      kind: 'fresh',
      ageMs: 700,
    });
  });

  test('delayed data and halts are said', () => {
    const why = 'delayed by 15 minutes or so';
    expect(conditionOf({ ...quote, kind: 'delayed', why }, null, now, 5_000)).toEqual({
      kind: 'not-real-time',
      what: 'delayed',
      why,
    });
    const lost = { ...quote, live: false, why: 'a farm is down' };
    expect(conditionOf(lost, null, now, 5_000)).toEqual({ kind: 'not-live', why: 'a farm is down' });
    expect(conditionOf({ ...lost, tickAt: null }, null, now, 5_000)).toMatchObject({ kind: 'not-live' });
    expect(conditionOf({ ...lost, why: '', tickAt: null }, null, now, 5_000)).toEqual({ kind: 'none' });
    expect(conditionOf({ ...quote, halted: true }, null, now, 5_000)).toEqual({ kind: 'halted' });
    expect(conditionOf(undefined, null, now, 5_000)).toEqual({ kind: 'none' });
  });
});

describe("the window's own choices", () => {
  test('theme and density survive a new start; a file that is no JSON does not stop it', () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, text: string) => void kept.set(key, text),
    };
    createUiStore(storage, 900).setState({ theme: 'light', density: 'comfortable' });
    expect(createUiStore(storage, 900).getState()).toMatchObject({ theme: 'light', density: 'comfortable' });
    for (const key of kept.keys()) kept.set(key, '{');
    expect(createUiStore(storage, 1_300).getState()).toMatchObject({ theme: 'dark', density: 'regular' });
  });

  test('facts make room for problems', () => {
    const ui = createUiStore(NOTHING_KEPT, 900);
    const tell = (tone: 'buy' | 'problem', title: string) =>
      ui.setState((store) => withNotice(store, { tone, title, text: '', at: epochMs(0) }));
    tell('problem', 'first');
    for (let n = 0; n < NOTICES_MAX; n += 1) tell('buy', `fact ${n}`);
    expect(ui.getState().notices.map(({ title }) => title)).toEqual(['first', 'fact 1', 'fact 2', 'fact 3']);
  });
});

describe('finding the workstation', () => {
  const aWindow = (hash: string): { window: ConnectingWindow; shown: string[] } => {
    const shown: string[] = [];
    const window: ConnectingWindow = {
      location: {
        origin: 'http://127.0.0.1:4000',
        protocol: 'http:',
        host: '127.0.0.1:4000',
        hash,
        pathname: '/',
        search: '',
      },
      history: { replaceState: (_data, _unused, url) => void shown.push(String(url)) },
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
    };
    return { window, shown };
  };
  const noSocket = (): never => {
    throw new Error('no socket in this test');
  };

  test('the token leaves the address bar', () => {
    const { window, shown } = aWindow(`#token=${'ab'.repeat(32)}`);
    expect(findConnect(window, noSocket).ok).toBe(true);
    expect(shown).toEqual(['/']);
  });

  test('an address without a token says what to open', () => {
    const found = findConnect(aWindow('').window, noSocket);
    expect(found.ok ? '' : found.error.reason).toContain('has no token');
  });
});
