import { describe, expect, test } from 'vitest';
import { clientOrderId, epochMs, type EpochMs } from '#domain/ids';
import type { Effect } from '#ports/broker-port';
import { MessagePacer, MESSAGES_PER_SECOND_MAX } from '#runtime/message-pacer';
import {
  aCancel,
  aGlobalCancel,
  aModification,
  aPlace,
  aResolution,
  aSnapshot,
  aSubscription,
} from '#test/builders/effects';

const NOW = epochMs(1_000_000);
const later = (ms: number): EpochMs => epochMs(NOW + ms);

function pacerWith(...effects: readonly Effect[]): MessagePacer {
  const pacer = new MessagePacer();
  for (const effect of effects) pacer.enqueue(effect);
  return pacer;
}

/** The ids of everything that may go at `now`, in the order in which it goes. */
function takenAt(pacer: MessagePacer, now: EpochMs = NOW): string[] {
  const ids: string[] = [];
  for (let effect = pacer.take(now); effect !== null; effect = pacer.take(now)) ids.push(effect.id);
  return ids;
}

const idsOf = (effects: readonly Effect[]): string[] => effects.map(({ id }) => id);
const singles = (count: number): Effect[] => Array.from({ length: count }, (_, n) => aPlace([`o-${n}`]));

test('the most urgent goes first: cancel, reduce, new, trail, data', () => {
  const pacer = pacerWith(
    aSubscription(),
    aModification('t', { priority: 'trail' }),
    aPlace(['n']),
    aModification('r', { priority: 'reduce' }),
    aCancel('c'),
  );
  expect(takenAt(pacer)).toEqual(['cancel:c', 'modify:r', 'place:n', 'modify:t', 'subscribe']);
});

test('equals go in the order in which they came', () => {
  expect(takenAt(pacerWith(aPlace(['a']), aModification('b'), aPlace(['c'])))).toEqual([
    'place:a',
    'modify:b',
    'place:c',
  ]);
});

describe('40 messages a second', () => {
  test('the forty-first waits until a second after the first', () => {
    const pacer = pacerWith(...singles(MESSAGES_PER_SECOND_MAX + 1));
    expect(takenAt(pacer)).toHaveLength(MESSAGES_PER_SECOND_MAX);
    expect(pacer.nextAt(NOW)).toBe(later(1_000));
    expect(takenAt(pacer, later(999))).toEqual([]);
    expect(takenAt(pacer, later(1_000))).toEqual(['place:o-40']);
    expect(pacer.nextAt(later(1_000))).toBeNull();
  });

  test('a bracket of three goes whole or waits whole', () => {
    const pacer = pacerWith(...singles(38), aPlace(['entry', 'target', 'stop']));
    expect(takenAt(pacer)).toHaveLength(38);
    expect(takenAt(pacer, later(1_000))).toEqual(['place:entry+target+stop']);
  });

  test('nothing less urgent overtakes a bracket that waits for room', () => {
    const pacer = pacerWith(...singles(38), aPlace(['entry', 'target', 'stop']), aSubscription());
    takenAt(pacer);
    expect(takenAt(pacer, later(999))).toEqual([]);
  });

  test('a cancel takes the last place that is free', () => {
    const pacer = pacerWith(...singles(39));
    takenAt(pacer);
    pacer.enqueue(aPlace(['late']));
    pacer.enqueue(aCancel('c'));
    expect(takenAt(pacer)).toEqual(['cancel:c']);
  });

  test('a snapshot counts as six messages, a definition as two', () => {
    const pacer = pacerWith(aSnapshot(), aResolution(), aSubscription());
    takenAt(pacer);
    expect(pacer.messagesInWindow(NOW)).toBe(9);
    expect(pacer.messagesInWindow(later(1_000))).toBe(0);
  });

  test('what may go now is due now, and an empty pacer is never due', () => {
    expect(pacerWith(aCancel('c')).nextAt(NOW)).toBe(NOW);
    expect(pacerWith().nextAt(NOW)).toBeNull();
  });
});

describe("one order's messages", () => {
  test('a change never overtakes the order it changes, however urgent', () => {
    const pacer = pacerWith(aPlace(['o']), aModification('o', { priority: 'reduce' }));
    expect(takenAt(pacer)).toEqual(['place:o', 'modify:o']);
  });

  test('a change never overtakes an earlier one', () => {
    const pacer = pacerWith(
      aModification('o', { id: 'first', priority: 'trail' }),
      aModification('o', { id: 'second', priority: 'reduce' }),
    );
    expect(takenAt(pacer)).toEqual(['first', 'second']);
  });

  test('an order that is taken back goes with its changes', () => {
    const pacer = pacerWith(aPlace(['o']), aModification('o'), aPlace(['other']));
    expect(idsOf(pacer.withdraw(clientOrderId('o')))).toEqual(['place:o', 'modify:o']);
    expect(takenAt(pacer)).toEqual(['place:other']);
  });

  test('one leg that is taken back takes the whole bracket along', () => {
    const pacer = pacerWith(aPlace(['entry', 'target', 'stop']));
    expect(idsOf(pacer.withdraw(clientOrderId('stop')))).toEqual(['place:entry+target+stop']);
    expect(pacer.length).toBe(0);
  });

  test('of an order that is not waiting nothing is taken back', () => {
    const pacer = pacerWith(aPlace(['o']), aCancel('other'));
    expect(pacer.withdraw(clientOrderId('other'))).toEqual([]);
    expect(pacer.length).toBe(2);
  });
});

test('what makes or changes orders can be taken back as a whole', () => {
  const pacer = pacerWith(aPlace(['o']), aModification('other'), aCancel('third'), aGlobalCancel());
  expect(idsOf(pacer.withdrawAll())).toEqual(['place:o', 'modify:other']);
  expect(takenAt(pacer)).toEqual(['cancel:third', 'global-cancel']);
});

test('an order that may not be sent any more takes its changes along, for alone they would be a new order', () => {
  const pacer = pacerWith(
    aPlace(['late'], { validUntil: NOW }),
    aModification('late'),
    aModification('other', { id: 'late-change', validUntil: NOW }),
    aModification('other', { id: 'change' }),
  );
  expect(pacer.takeLate(NOW)).toEqual([]);
  expect(idsOf(pacer.takeLate(later(1)))).toEqual(['place:late', 'modify:late', 'late-change']);
  expect(takenAt(pacer)).toEqual(['change']);
});

test('draining empties it whatever the rate', () => {
  const pacer = pacerWith(...singles(50), aCancel('c'));
  expect(pacer.drain()).toHaveLength(51);
  expect(pacer.length).toBe(0);
});
