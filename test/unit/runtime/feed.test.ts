import { describe, expect, test } from 'vitest';
import type { JournaledEvent } from '#domain/engine-event';
import { FEED_EVENTS_MAX, type FeedAnswer, type HostMeters } from '#domain/feed';
import { sequence, type ConId } from '#domain/ids';
import { money } from '#domain/money';
import type { RiskPicture } from '#domain/pnl';
import type { Quote } from '#domain/quote';
import { emptyWorkstationState } from '#domain/workstation-state';
import { createEngineState } from '#engine/create-engine-state';
import { riskPictureOf } from '#engine/portfolio/risk-picture';
import { CONFLATION_MS, Feed, FEED_RING_LENGTH, RISK_MS } from '#runtime/feed';
import { AMD_ID, aQuote, FRIDAY } from '#test/builders/domain-records';
import { AAPL } from '#test/builders/engine-harness';
import { anAlarm } from '#test/builders/fake-workstation';
import { manualClock } from '#test/builders/manual-clock';
import { settled } from '#test/builders/workstation-world';

const METERS: HostMeters = {
  roundTripMs: 5,
  heartbeatAt: FRIDAY,
  heartbeatLateMs: 0,
  messagesPerSecond: 0,
  messagesPerSecondMax: 40,
  inboxLength: 0,
  durableSequence: sequence(0),
  accountValues: {},
  baseCurrency: 'USD',
  exchangeRates: {},
  farms: {},
};

function entries(from: number, to: number): JournaledEvent[] {
  return Array.from({ length: to - from + 1 }, (_, index) => ({
    sequence: sequence(from + index),
    at: FRIDAY,
    event: anAlarm(from + index),
  }));
}

/** The risk of an account with nothing but that much gross exposure. */
function aPicture(gross: string): RiskPicture {
  const picture = riskPictureOf(createEngineState(emptyWorkstationState('paper')), FRIDAY);
  const { grossExposure } = picture.account;
  return { ...picture, account: { ...picture.account, grossExposure: { ...grossExposure, used: money(gross) } } };
}

function world() {
  const clock = manualClock(FRIDAY);
  const risk = { picture: aPicture('0'), looks: 0 };
  const quotes = new Map<ConId, Quote>();
  const feed = new Feed({
    clock,
    quotes: () => quotes,
    meters: () => METERS,
    risk: () => {
      risk.looks += 1;
      return { ...risk.picture, at: clock.now() };
    },
    correlating: () => null,
  });
  const show = (quote: Quote): void => {
    quotes.set(quote.conId, quote);
    feed.touchQuote(quote.conId);
  };
  /** A pull from `after`, with every latest value known; its answer once there is one. */
  const pull = async (after: number, conflatedAfter = 1, waitMs = 1_000): Promise<() => FeedAnswer | null> => {
    const pulled: { answer: FeedAnswer | null } = { answer: null };
    void feed.changes(sequence(after), conflatedAfter, waitMs).then((answer) => {
      pulled.answer = answer;
    });
    await settled();
    return () => pulled.answer;
  };
  return { clock, feed, quotes, risk, show, pull };
}

const sequencesOf = (answer: FeedAnswer | null): readonly number[] =>
  answer?.kind === 'changes' ? answer.entries.map((entry) => entry.sequence) : [];
const quotesOf = (answer: FeedAnswer | null): readonly Quote[] | null =>
  answer?.kind === 'changes' ? (answer.conflated?.quotes ?? null) : null;
const NOTHING: FeedAnswer = { kind: 'changes', entries: [], conflated: null };
const RESYNC: FeedAnswer = { kind: 'resync' };

describe('events', () => {
  test('come complete and in order, from where the replica stands', async () => {
    const { feed, pull } = world();
    feed.publish(entries(1, 3));
    feed.publish(entries(4, 5));
    expect(sequencesOf((await pull(2))())).toEqual([3, 4, 5]);
  });

  test('come at most 1,024 in one answer; the rest with the next pull', async () => {
    const { feed, pull } = world();
    feed.publish(entries(1, FEED_EVENTS_MAX + 2));
    expect(sequencesOf((await pull(0))())).toHaveLength(FEED_EVENTS_MAX);
    expect(sequencesOf((await pull(FEED_EVENTS_MAX))())).toEqual([FEED_EVENTS_MAX + 1, FEED_EVENTS_MAX + 2]);
  });

  test('answer every replica that waits, each from its own place', async () => {
    const { clock, feed, pull } = world();
    feed.publish(entries(1, 2));
    const first = await pull(2);
    const second = await pull(2);
    feed.publish([]);
    expect([first(), second()]).toEqual([null, null]);
    feed.publish(entries(3, 3));
    await settled();
    expect(sequencesOf(first())).toEqual([3]);
    expect(sequencesOf(second())).toEqual([3]);
    expect(clock.pending()).toBe(0);
  });

  test('that a replica knows already do not answer it', async () => {
    const { feed, pull } = world();
    const answer = await pull(2);
    feed.publish(entries(1, 2));
    await settled();
    expect(answer()).toBeNull();
    feed.publish(entries(3, 3));
    await settled();
    expect(sequencesOf(answer())).toEqual([3]);
  });

  test('when none come, the answer is empty at the deadline', async () => {
    const { clock, feed, pull } = world();
    feed.publish(entries(1, 1));
    const answer = await pull(1, 1, 500);
    clock.advance(499);
    await settled();
    expect(answer()).toBeNull();
    clock.advance(1);
    await settled();
    expect(answer()).toEqual(NOTHING);
  });
});

describe('a replica starts again', () => {
  test('when what it missed is not kept any more', async () => {
    const { feed, pull } = world();
    const last = Math.ceil(FEED_RING_LENGTH * 1.25) + 1;
    feed.publish(entries(1, last));
    const oldest = last - FEED_RING_LENGTH + 1;
    expect((await pull(oldest - 2))()).toEqual(RESYNC);
    expect(sequencesOf((await pull(oldest - 1))())[0]).toBe(oldest);
  });

  test('when it is ahead: it followed another run', async () => {
    const { feed, pull } = world();
    feed.publish(entries(1, 3));
    expect((await pull(4))()).toEqual(RESYNC);
    expect((await pull(3, 2))()).toEqual(RESYNC);
  });

  test('when it waited ahead of a run that has not published yet', async () => {
    const { feed, pull } = world();
    const answer = await pull(9);
    feed.publish(entries(1, 1));
    await settled();
    expect(answer()).toEqual(RESYNC);
  });

  test('when a broken step left events out', async () => {
    const { feed, pull } = world();
    feed.publish(entries(1, 3));
    feed.publish(entries(6, 7));
    expect((await pull(3))()).toEqual(RESYNC);
    expect(sequencesOf((await pull(5))())).toEqual([6, 7]);
  });
});

describe('latest values', () => {
  test('are all there for a replica that knows none', () => {
    const { feed, quotes } = world();
    quotes.set(AMD_ID, aQuote());
    expect(feed.conflated(0)).toMatchObject({ version: 1, now: FRIDAY, quotes: [aQuote()], meters: METERS });
  });

  test('go out in frames: many ticks, one frame, one value', async () => {
    const { clock, show, pull } = world();
    const answer = await pull(0);
    show(aQuote({ halted: true }));
    show(aQuote());
    clock.advance(CONFLATION_MS - 1);
    await settled();
    expect(answer()).toBeNull();
    clock.advance(1);
    await settled();
    expect(quotesOf(answer())).toEqual([aQuote()]);
  });

  test('go out at most 20 times a second, however fast they change', async () => {
    const { clock, show, pull } = world();
    let frames = 0;
    let waiting = await pull(0, 1, 10_000);
    for (let ms = 0; ms < 1_000; ms += 1) {
      show(aQuote());
      clock.advance(1);
      await settled();
      const answer = waiting();
      if (answer === null) continue;
      frames += 1;
      waiting = await pull(0, 1 + frames, 10_000);
    }
    expect(frames).toBe(20);
  });

  test('hold only what changed since the frame that the replica has', async () => {
    const { clock, show, feed, pull } = world();
    show(aQuote());
    clock.advance(CONFLATION_MS);
    show(aQuote({ conId: AAPL.conId }));
    clock.advance(CONFLATION_MS);
    expect(quotesOf((await pull(0, 2))())?.map(({ conId }) => conId)).toEqual([AAPL.conId]);
    expect(feed.conflated(1).quotes).toHaveLength(2);
  });

  test('of an instrument that is not quoted any more are left out', () => {
    const { clock, feed, quotes, show } = world();
    show(aQuote());
    quotes.clear();
    clock.advance(CONFLATION_MS);
    expect(feed.conflated(1).quotes).toEqual([]);
  });

  test('of the host change by themselves, too', async () => {
    const { clock, feed, pull } = world();
    const answer = await pull(0);
    feed.touchMeters();
    clock.advance(CONFLATION_MS);
    await settled();
    expect(answer()).toMatchObject({ kind: 'changes', conflated: { version: 2, quotes: [], meters: METERS } });
  });

  test('come along with events', async () => {
    const { clock, feed, show, pull } = world();
    show(aQuote());
    clock.advance(CONFLATION_MS);
    feed.publish(entries(1, 1));
    expect((await pull(0))()).toMatchObject({ entries: [{ sequence: 1 }], conflated: { quotes: [aQuote()] } });
  });
});

describe('history', () => {
  test('is newest first, and goes on before the oldest that was shown', () => {
    const { feed } = world();
    feed.publish(entries(11, 16));
    const shown = (before: number | null, limit: number): readonly number[] =>
      feed.history(before === null ? null : sequence(before), limit).map((entry) => entry.sequence);
    expect(shown(null, 2)).toEqual([16, 15]);
    expect(shown(15, 3)).toEqual([14, 13, 12]);
    expect(shown(12, 3)).toEqual([11]);
    expect(shown(11, 3)).toEqual([]);
    expect(shown(3, 3)).toEqual([]);
    expect(shown(17, 1)).toEqual([16]);
    expect(shown(99, 1)).toEqual([16]);
  });

  test('is empty before the first event', () => {
    expect(world().feed.history(sequence(5), 10)).toEqual([]);
  });
});

test('the end lets every waiting replica go', async () => {
  const { clock, feed, pull, show } = world();
  show(aQuote());
  const answer = await pull(0);
  feed.stop();
  await settled();
  expect(answer()).toEqual(NOTHING);
  expect(clock.pending()).toBe(0);
});

test('the end of a feed that has shown nothing is quiet', () => {
  const { clock, feed } = world();
  feed.stop();
  expect(clock.pending()).toBe(0);
});

const riskOf = (answer: FeedAnswer | null): string | null | undefined =>
  answer?.kind === 'changes' ? answer.conflated?.risk?.account.grossExposure.used : undefined;

describe('the picture of risk', () => {
  test('is there at the start, and then only when it says something new', async () => {
    const { clock, feed, pull, risk, show } = world();
    expect(feed.conflated(0).risk?.account.grossExposure.used).toBe('0');
    clock.advance(CONFLATION_MS);
    const { version } = feed.conflated(0);
    show(aQuote());
    const quoted = await pull(0, version);
    clock.advance(CONFLATION_MS);
    await settled();
    expect([quotesOf(quoted())?.length, riskOf(quoted())]).toEqual([1, undefined]);

    const next = await pull(0, version + 1, 10_000);
    feed.touchRisk();
    clock.advance(RISK_MS + CONFLATION_MS);
    await settled();
    expect(next(), 'the same picture at another time is no news').toBeNull();
    risk.picture = aPicture('1500');
    feed.touchRisk();
    clock.advance(RISK_MS + CONFLATION_MS);
    await settled();
    expect(riskOf(next())).toBe('1500');
  });

  test('is looked at twice a second at most, and not at all while nobody follows', async () => {
    const { clock, feed, pull, risk } = world();
    feed.touchRisk();
    clock.advance(10 * RISK_MS);
    expect(risk.looks).toBe(0);
    feed.conflated(0);
    clock.advance(CONFLATION_MS);
    await pull(0, feed.conflated(0).version, 10_000);
    const before = risk.looks;
    for (let tick = 0; tick < 100; tick += 1) {
      feed.touchRisk();
      clock.advance(RISK_MS / 50);
    }
    expect(risk.looks - before).toBe(2);
    feed.touchRisk();
    feed.stop();
    clock.advance(10 * RISK_MS);
    expect(risk.looks - before).toBe(2);
  });

  test('that went old while nobody followed is looked at for the first who does', async () => {
    const { clock, feed, pull, risk } = world();
    const { version } = feed.conflated(0);
    clock.advance(CONFLATION_MS);
    risk.picture = aPicture('900');
    feed.touchRisk();
    const next = await pull(0, version + 1, 10_000);
    clock.advance(RISK_MS + CONFLATION_MS);
    await settled();
    expect(riskOf(next())).toBe('900');
  });
});
