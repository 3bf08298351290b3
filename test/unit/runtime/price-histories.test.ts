import { describe, expect, test } from 'vitest';
import { present } from '#domain/assert';
import { dayOf } from '#domain/correlation-math';
import { laterBy } from '#domain/ids';
import { price } from '#domain/money';
import { err, ok } from '#domain/result';
import { LINK_WAIT_MS_MAX, PRICE_ATTEMPTS_MAX, PriceHistories, PRICES_KEPT_MS } from '#runtime/price-histories';
import { aStock, dailyBars, noBars, PriceDesk } from '#test/builders/price-desk';
import { settled } from '#test/builders/workstation-world';

const SESSIONS = 61;
const HOUR_MS = 60 * 60 * 1000;

function opened() {
  const desk = new PriceDesk();
  const histories = new PriceHistories(desk);
  const aborter = new AbortController();
  const fetch = (symbol = 'AAPL', sessions = SESSIONS) => histories.fetch(symbol, sessions, aborter.signal);
  return { desk, histories, aborter, fetch };
}

describe('the prices of a symbol', () => {
  test('are its adjusted closes of completed sessions, in IBKR’s regular hours', async () => {
    const { desk, fetch } = opened();
    const running = { ...present(dailyBars('AAPL', 1)[0], 'a bar'), close: price('999'), complete: false };
    desk.answer = () => ok([...dailyBars('AAPL', 3).slice(0, 2), running]);
    const found = await fetch();
    expect(desk.queries).toEqual([
      { instrument: aStock('AAPL'), barSize: '1 day', what: 'ADJUSTED_LAST', sessions: 62, regularHoursOnly: true },
    ]);
    const [first, second] = dailyBars('AAPL', 3);
    expect(found).toEqual(
      ok({
        symbol: 'AAPL',
        days: Int32Array.of(dayOf('2025-12-31'), dayOf('2026-01-01')),
        closes: Float64Array.of(Number(first?.close), Number(second?.close)),
      }),
    );
  });

  test('are asked for once within the day, and again for a longer time back', async () => {
    const { desk, fetch } = opened();
    const found = await fetch();
    expect(await fetch()).toEqual(found);
    expect(await fetch('AAPL', 30)).toEqual(found);
    expect(desk.asked).toEqual(['AAPL']);
    await fetch('AAPL', SESSIONS + 1);
    await fetch('MSFT');
    expect(desk.asked).toEqual(['AAPL', 'AAPL', 'MSFT']);
  });

  test('are asked for again half a day later, and after the close of their exchange', async () => {
    const { desk, fetch } = opened();
    desk.defined = (symbol) => ok({ ...aStock(symbol), liquidHours: null });
    await fetch();
    desk.clock.advance(PRICES_KEPT_MS);
    await fetch();
    expect(desk.asked).toHaveLength(2);
    const now = desk.clock.now();
    const hours = [
      { opens: laterBy(now, -20 * HOUR_MS), closes: laterBy(now, -HOUR_MS) },
      { opens: laterBy(now, -HOUR_MS), closes: laterBy(now, 2 * HOUR_MS) },
    ];
    desk.defined = (symbol) => ok({ ...aStock(symbol), liquidHours: hours });
    await fetch('MSFT');
    desk.clock.advance(2 * HOUR_MS - 1);
    await fetch('MSFT');
    expect(desk.asked).toHaveLength(3);
    desk.clock.advance(1);
    await fetch('MSFT');
    expect(desk.asked).toHaveLength(4);
  });
});

describe('a symbol without prices', () => {
  test.each(['no-data', 'refused', 'aborted'] as const)(
    'that IBKR says has none (%s) is not asked for again',
    async (kind) => {
      const { desk, fetch } = opened();
      desk.answer = () => noBars(kind);
      expect(await fetch()).toEqual(err({ kind: 'symbol', text: 'no bars today' }));
      expect(desk.asked).toHaveLength(1);
    },
  );

  test('that was listed today has no completed session yet', async () => {
    const { desk, fetch } = opened();
    desk.answer = () => ok([]);
    expect(await fetch()).toEqual(err({ kind: 'symbol', text: 'IBKR has no completed session' }));
  });

  test('that IBKR does not know says so', async () => {
    const { desk, fetch } = opened();
    desk.defined = (symbol) => err({ code: 'NOT_FOUND', reason: `${symbol}: IBKR knows none.` });
    expect(await fetch('NOPE')).toEqual(err({ kind: 'symbol', text: 'IBKR knows none.' }));
  });

  test.each(['pacing', 'timeout'] as const)(
    'is asked for three times when it may be IBKR’s mood (%s)',
    async (kind) => {
      const { desk, fetch } = opened();
      desk.answer = () => noBars(kind);
      expect(await fetch()).toEqual(err({ kind: 'symbol', text: 'no bars today' }));
      expect(desk.asked).toHaveLength(PRICE_ATTEMPTS_MAX);
    },
  );

  test('whose definition does not come in time is asked for three times', async () => {
    const { desk, fetch } = opened();
    let asked = 0;
    desk.defined = () => {
      asked += 1;
      return err({ code: 'BROKER_UNAVAILABLE', reason: 'TWS did not answer in time.' });
    };
    expect(await fetch()).toEqual(err({ kind: 'symbol', text: 'TWS did not answer in time.' }));
    expect(asked).toBe(PRICE_ATTEMPTS_MAX);
  });
});

describe('when the link to TWS drops', () => {
  test('a symbol waits for it, and goes on when it is back', async () => {
    const { desk, fetch, histories } = opened();
    let drops = 0;
    desk.answer = (query) => {
      drops += 1;
      if (drops > PRICE_ATTEMPTS_MAX + 1) return ok(dailyBars('AAPL', query.sessions));
      desk.ready = false;
      return noBars('not-connected');
    };
    const found = fetch();
    for (let round = 0; round <= PRICE_ATTEMPTS_MAX; round += 1) {
      await settled();
      histories.look(); // Something else happened: it still waits.
      await settled();
      expect(desk.asked).toHaveLength(round + 1);
      desk.ready = true;
      histories.look();
    }
    expect(await found).toMatchObject({ ok: true });
    expect(desk.clock.pending()).toBe(0);
  });

  test('it waits for ten minutes in all', async () => {
    const { desk, fetch } = opened();
    desk.ready = false;
    const found = fetch();
    desk.clock.advance(LINK_WAIT_MS_MAX);
    expect(await found).toEqual(err({ kind: 'link', text: 'TWS is not connected' }));
    expect(desk.asked).toEqual([]);
  });

  test('the end of the workstation ends the waiting', async () => {
    const { aborter, desk, fetch, histories } = opened();
    desk.ready = false;
    const found = fetch();
    aborter.abort();
    histories.look();
    expect(await found).toEqual(err({ kind: 'link', text: 'the workstation is closing' }));
    expect(desk.clock.pending()).toBe(0);
  });
});
