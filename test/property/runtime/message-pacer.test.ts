import fc from 'fast-check';
import { expect, test } from 'vitest';
import { epochMs } from '#domain/ids';
import type { Effect } from '#ports/broker-port';
import { MessagePacer, messagesOf, MESSAGES_PER_SECOND_MAX, priorityOf } from '#runtime/message-pacer';
import { aCancel, aModification, aPlace, aResolution, aSnapshot, aSubscription } from '#test/builders/effects';

const RANK = ['cancel', 'reduce', 'new', 'trail', 'data'];
const order = fc.integer({ min: 0, max: 30 }).map((n) => `o-${n}`);
const effect: fc.Arbitrary<Effect> = fc.oneof(
  fc.uniqueArray(order, { minLength: 1, maxLength: 3 }).map((legs) => aPlace(legs)),
  fc.tuple(order, fc.constantFrom('reduce', 'new', 'trail')).map(([id, priority]) => aModification(id, { priority })),
  order.map((id) => aCancel(id)),
  fc.constantFrom(aResolution(), aSnapshot(), aSubscription()),
);
/** Bursts of effects, and how long it is until the next. */
const bursts = fc.array(
  fc.record({ effects: fc.array(effect, { maxLength: 30 }), pauseMs: fc.integer({ min: 0, max: 1_500 }) }),
  { minLength: 1, maxLength: 12 },
);

const changes = (one: Effect): readonly string[] => {
  if (one.kind === 'place') return one.legs.value.map(({ id }) => id);
  return one.kind === 'modify' ? [one.order.value.id] : [];
};

test('in no second more than 40 messages, nothing lost, and nothing waits while it could go', () => {
  fc.assert(
    fc.property(bursts, (plan) => {
      const pacer = new MessagePacer();
      const sent: { readonly at: number; readonly effect: Effect }[] = [];
      let now = epochMs(0);
      const pump = (): void => {
        for (let next = pacer.take(now); next !== null; next = pacer.take(now)) sent.push({ at: now, effect: next });
      };
      for (const { effects, pauseMs } of [...plan, { effects: [], pauseMs: 1_000_000 }]) {
        for (const one of effects) pacer.enqueue(one);
        pump();
        const until = now + pauseMs;
        for (let at = pacer.nextAt(now); at !== null && at <= until; at = pacer.nextAt(now)) {
          expect(at).toBeGreaterThan(now);
          now = at;
          pump();
        }
        now = epochMs(until);
      }
      expect(sent).toHaveLength(plan.flatMap(({ effects }) => effects).length);
      for (const { at: from } of sent) {
        const inWindow = sent.filter(({ at }) => at >= from && at < from + 1_000);
        const messages = inWindow.reduce((sum, { effect: one }) => sum + messagesOf(one), 0);
        expect(messages).toBeLessThanOrEqual(MESSAGES_PER_SECOND_MAX);
      }
    }),
  );
});

test('what changes one order goes in the order in which it was asked for, and whatever else waits goes by urgency', () => {
  fc.assert(
    fc.property(fc.array(effect, { maxLength: 60 }), (asked) => {
      const numbered = asked.map((one, n) => ({ ...one, id: aCancel('x', { id: `e-${n}` }).id }));
      const pacer = new MessagePacer();
      for (const one of numbered) pacer.enqueue(one);
      const sent: Effect[] = [];
      for (let now = epochMs(0); pacer.length > 0; now = epochMs(now + 1_000)) {
        for (let next = pacer.take(now); next !== null; next = pacer.take(now)) sent.push(next);
      }
      const position = new Map(sent.map(({ id }, index) => [id, index]));
      for (const [index, later] of numbered.entries()) {
        if (later.kind !== 'modify') continue;
        for (const earlier of numbered.slice(0, index)) {
          if (!changes(earlier).includes(later.order.value.id)) continue;
          expect(position.get(earlier.id)).toBeLessThan(position.get(later.id) ?? -1);
        }
      }
      const others = sent.filter(({ kind }) => kind !== 'modify').map((one) => RANK.indexOf(priorityOf(one)));
      expect(others).toEqual([...others].sort((a, b) => a - b));
    }),
  );
});
