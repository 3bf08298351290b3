import { describe, expect, test } from 'vitest';
import { clientOrderId, laterBy } from '#domain/ids';
import type { Effect, EffectOutcome } from '#ports/broker-port';
import { EffectRunner } from '#runtime/effect-runner';
import { aCancel, aGlobalCancel, aModification, aPlace, aSubscription } from '#test/builders/effects';
import { manualClock } from '#test/builders/manual-clock';

/** A runner whose broker sends everything, unless the test says otherwise. */
function world() {
  const clock = manualClock();
  const performed: string[] = [];
  /** `<effect id> <result>`, with the reason where it was not sent. */
  const outcomes: string[] = [];
  const faults: unknown[] = [];
  const script: { perform: (effect: Effect) => EffectOutcome; hear: () => void } = {
    perform: () => ({ result: 'sent' }),
    hear: () => undefined,
  };
  const runner = new EffectRunner({
    broker: {
      perform: (effect) => {
        performed.push(effect.id);
        return script.perform(effect);
      },
    },
    clock,
    onOutcome: (id, outcome) => {
      outcomes.push(outcome.result === 'sent' ? `${id} sent` : `${id} ${outcome.result}: ${outcome.reason}`);
      script.hear();
    },
    onFault: (error) => faults.push(error),
  });
  return { clock, runner, performed, outcomes, faults, script };
}

const singles = (count: number): Effect[] => Array.from({ length: count }, (_, n) => aPlace([`o-${n}`]));

/** A world in which 40 messages have gone out: the next waits for a second. */
function busyWorld() {
  const it = world();
  it.runner.run(singles(40));
  it.performed.length = 0;
  it.outcomes.length = 0;
  return it;
}

test('an effect goes to the broker at once, and its outcome comes back', () => {
  const { runner, performed, outcomes, clock } = world();
  runner.run([aPlace(['o'])]);
  expect(performed).toEqual(['place:o']);
  expect(outcomes).toEqual(['place:o sent']);
  expect(runner.messagesPerSecond).toBe(1);
  expect(clock.pending()).toBe(0);
});

test('what is too much for this second goes in the next, by itself', () => {
  const { runner, performed, clock } = busyWorld();
  runner.run([aSubscription(), aPlace(['late'])]);
  expect(performed).toEqual([]);
  expect(runner.messagesPerSecond).toBe(40);
  clock.advance(1_000);
  expect(performed).toEqual(['place:late', 'subscribe']);
  expect(clock.pending()).toBe(0);
});

test('what waited beyond its time is not sent', () => {
  const { runner, performed, outcomes, clock } = busyWorld();
  const validUntil = laterBy(clock.now(), 999);
  runner.run([aPlace(['late'], { validUntil }), aPlace(['in-time'], { validUntil: laterBy(validUntil, 1) })]);
  clock.advance(1_000);
  expect(performed).toEqual(['place:in-time']);
  expect(outcomes).toEqual(['place:late not-sent: it waited too long behind other messages', 'place:in-time sent']);
});

describe('cancelling what still waits here', () => {
  test('sends neither the order nor the cancel', () => {
    const { runner, performed, outcomes, clock } = busyWorld();
    runner.run([aPlace(['o'])]);
    runner.run([aCancel('o')]);
    clock.advance(10_000);
    expect(performed).toEqual([]);
    expect(outcomes).toEqual([
      'place:o not-sent: cancelled before it was sent',
      'cancel:o not-sent: the order had not been sent',
    ]);
  });

  test('sends none of a bracket, and no cancel for any of its legs', () => {
    const { runner, performed, outcomes, clock } = busyWorld();
    runner.run([aPlace(['entry', 'target', 'stop'])]);
    runner.run([aCancel('entry'), aCancel('target'), aCancel('stop')]);
    clock.advance(10_000);
    expect(performed).toEqual([]);
    expect(outcomes).toHaveLength(4);
  });

  test('takes a change back and cancels the order: after the cancel the change would be a new order', () => {
    const { runner, performed, outcomes, clock } = busyWorld();
    runner.run([aModification('o')]);
    runner.run([aCancel('o')]);
    clock.advance(1_000);
    expect(performed).toEqual(['cancel:o']);
    expect(outcomes).toEqual(['modify:o not-sent: cancelled before it was sent', 'cancel:o sent']);
  });
});

test('a global cancel takes back every order and change that waits, and goes out itself', () => {
  const { runner, performed, outcomes, clock } = busyWorld();
  runner.run([aPlace(['o']), aModification('other')]);
  runner.run([aGlobalCancel()]);
  clock.advance(1_000);
  expect(performed).toEqual(['global-cancel']);
  expect(outcomes).toEqual([
    'place:o not-sent: cancelled before it was sent',
    'modify:other not-sent: cancelled before it was sent',
    'global-cancel sent',
  ]);
});

test('when the link is gone, everything that waits is reported as not sent and nothing goes out later', () => {
  const { runner, performed, outcomes, clock } = busyWorld();
  runner.run([aPlace(['a']), aPlace(['b'])]);
  runner.abandon('the link is down');
  clock.advance(10_000);
  expect(performed).toEqual([]);
  expect(outcomes).toEqual(['place:a not-sent: the link is down', 'place:b not-sent: the link is down']);
});

test('a closed runner sends nothing any more, and says so of each effect', () => {
  const { runner, performed, outcomes, clock } = busyWorld();
  runner.run([aPlace(['a'])]);
  runner.close('closing');
  runner.run([aPlace(['b'])]);
  expect(clock.pending()).toBe(0);
  expect(performed).toEqual([]);
  expect(outcomes).toEqual(['place:a not-sent: closing', 'place:b not-sent: closing']);
});

test('after a broker that throws nobody knows what went out: maybe sent, and the defect is reported', () => {
  const { runner, outcomes, faults, script } = world();
  const defect = new Error('can not encode');
  script.perform = ({ id }) => {
    if (id === 'place:a') throw defect;
    return { result: 'sent' };
  };
  runner.run([aPlace(['a']), aPlace(['b'])]);
  expect(outcomes).toEqual(['place:a maybe-sent: sending failed: can not encode', 'place:b sent']);
  expect(faults).toEqual([defect]);
});

test('what an outcome brings about is sent after what waited before it', () => {
  const { runner, performed, script } = world();
  script.hear = () => {
    script.hear = () => undefined;
    runner.run([aPlace(['answer'])]);
  };
  runner.run([aPlace(['a']), aPlace(['b'])]);
  expect(performed).toEqual(['place:a', 'place:b', 'place:answer']);
});

test('a cancel of an order that is not here goes out', () => {
  const { runner, performed } = world();
  runner.run([aCancel(clientOrderId('o'))]);
  expect(performed).toEqual(['cancel:o']);
});
