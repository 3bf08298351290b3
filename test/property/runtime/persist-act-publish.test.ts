import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EngineEvent } from '#domain/engine-event';
import { quantity } from '#domain/money';
import type { Sequence } from '#domain/ids';
import type { Effect, EffectOutcome } from '#ports/broker-port';
import { aBracketRequest } from '#test/builders/engine-harness';
import { settled, WorkstationWorld } from '#test/builders/workstation-world';

type Move =
  | {
      readonly kind: 'place' | 'bracket' | 'cancel-all' | 'tick' | 'notice' | 'link-lost' | 'reconcile' | 'feed';
    }
  | { readonly kind: 'cancel'; readonly number: number }
  | { readonly kind: 'sync'; readonly count: number }
  | { readonly kind: 'pass'; readonly ms: number };

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<Move>({ kind: 'place' }, { kind: 'bracket' }) },
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 6 }).map((count): Move => ({ kind: 'sync', count })) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 9 }).map((number): Move => ({ kind: 'cancel', number })) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 6_000 }).map((ms): Move => ({ kind: 'pass', ms })) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Move>(
      { kind: 'cancel-all' },
      { kind: 'tick' },
      { kind: 'notice' },
      { kind: 'link-lost' },
      { kind: 'reconcile' },
      { kind: 'feed' },
    ),
  },
);
/** What the broker does with the next effect, and whether something happens in that very moment. */
const reaction = fc.record({
  result: fc.constantFrom<EffectOutcome['result']>('sent', 'sent', 'sent', 'not-sent', 'maybe-sent'),
  meanwhile: fc.constantFrom('nothing', 'nothing', 'notice', 'link-lost', 'sync'),
});

/** Where `effect` was written down: the event that names it. */
function intentOf(world: WorkstationWorld, { id }: Effect): Sequence | null {
  const names = (event: EngineEvent): boolean =>
    (event.type === 'orders-intended' && event.effectId === id) ||
    (event.type === 'cancel-requested' && event.effectId === id) ||
    (event.type === 'modification-requested' && event.modification.effectId === id);
  return world.journal.entries.find(({ event }) => names(event))?.sequence ?? null;
}

interface Reaction {
  readonly result: EffectOutcome['result'];
  readonly meanwhile: string;
}

/** The world that watches: whatever reaches the broker or a screen must be on disk, in order. */
function watchedWorld(reactions: readonly Reaction[]): WorkstationWorld {
  const world = WorkstationWorld.ready();
  const { broker, journal } = world;
  journal.isPrompt = false;
  const performed = new Set<string>();
  let next = 0;
  broker.onPerform = (effect) => {
    expect(performed.has(effect.id)).toBe(false);
    performed.add(effect.id);
    const changesAnOrder = effect.kind === 'place' || effect.kind === 'modify' || effect.kind === 'cancel';
    if (changesAnOrder) expect(intentOf(world, effect)).toBeLessThanOrEqual(journal.durableSequence);
    const { result, meanwhile } = reactions[next % reactions.length] ?? { result: 'sent', meanwhile: 'nothing' };
    next += 1;
    if (meanwhile === 'notice') broker.tell({ kind: 'notice', code: next, text: 'in that moment' });
    if (meanwhile === 'link-lost') broker.linkDown();
    if (meanwhile === 'sync') journal.sync();
    return result === 'sent' ? { result } : { result, reason: 'the plan says so' };
  };
  let last = world.published.at(-1)?.sequence ?? 0;
  world.onPublished = (entries) => {
    for (const { sequence } of entries) {
      expect(sequence).toBe(last + 1);
      expect(sequence).toBeLessThanOrEqual(journal.durableSequence);
      last = sequence;
    }
  };
  return world;
}

/** Makes `move`; `early` hears of every answer and snapshot that names what is not on disk. */
function make(world: WorkstationWorld, move: Move, shares: number, early: (what: string) => void): void {
  const { broker, clock, journal, workstation } = world;
  const answered = (promise: ReturnType<typeof world.places>): void => {
    void promise.then((answer) => {
      if (!answer.ok) return;
      const [order] = answer.value.orders;
      if (order === undefined) return;
      // What an answer names is on disk.
      const intent = journal.entries.find(({ event }) => JSON.stringify(event).includes(order.id));
      if (intent === undefined || intent.sequence > journal.durableSequence) early(`the answer about ${order.number}`);
    });
  };
  switch (move.kind) {
    case 'place':
      answered(world.places({ quantity: quantity(String(shares)) }));
      return;
    case 'bracket':
      answered(
        world.commands({ kind: 'place-bracket', request: aBracketRequest({ quantity: quantity(String(shares)) }) }),
      );
      return;
    case 'cancel':
      answered(world.cancels(move.number));
      return;
    case 'cancel-all':
      answered(world.commands({ kind: 'cancel-all', symbol: null, keepStops: false }));
      return;
    case 'tick':
      broker.tick();
      return;
    case 'notice':
      broker.tell({ kind: 'notice', code: shares, text: '' });
      return;
    case 'link-lost':
      broker.linkDown();
      return;
    case 'reconcile':
      broker.linkUp();
      journal.sync();
      broker.answerSnapshot();
      return;
    case 'feed':
      void workstation.feedStart().then(({ snapshot }) => {
        if (snapshot.sequence > journal.durableSequence) early(`the snapshot at ${snapshot.sequence}`);
      });
      return;
    case 'sync':
      journal.sync(move.count);
      return;
    case 'pass':
      clock.advance(move.ms);
  }
}

test('under every interleaving nothing is sent, shown or answered before it is on disk, and it is shown in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(move, { minLength: 1, maxLength: 40 }),
      fc.array(reaction, { minLength: 1, maxLength: 8 }),
      async (moves, reactions) => {
        const world = watchedWorld(reactions);
        const early: string[] = [];
        for (const [index, one] of moves.entries()) {
          make(world, one, index + 1, (what) => early.push(what));
          await settled();
        }
        world.journal.sync();
        for (let round = 0; world.journal.waiting > 0 && round < 100; round += 1) world.journal.sync();
        await settled();
        expect(world.faults).toEqual([]);
        expect(early).toEqual([]);
        expect(world.published.map(({ sequence }) => sequence)).toEqual(
          world.journal.entries.map(({ sequence }) => sequence),
        );
      },
    ),
    { numRuns: 200 },
  );
});

test('whenever the journal fails, only orders and changes that it has go out, and every command is answered', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(move, { maxLength: 15 }),
      fc.array(move, { minLength: 1, maxLength: 15 }),
      async (before, after) => {
        const world = WorkstationWorld.ready();
        world.journal.isPrompt = false;
        let answersOwed = 0;
        world.broker.onPerform = (effect) => {
          if (effect.kind === 'place' || effect.kind === 'modify') {
            expect(intentOf(world, effect)).toBeLessThanOrEqual(world.journal.durableSequence);
          }
          return { result: 'sent' };
        };
        for (const [index, one] of before.entries()) {
          make(world, one, index + 1, () => undefined);
          await settled();
        }
        // An order that is written down, another that is not.
        void world.places({ quantity: quantity('301') });
        await settled();
        const written = world.journal.waiting;
        void world.places({ quantity: quantity('302') });
        await settled();
        world.journal.sync(written);
        world.journal.fail();
        for (const [index, one] of after.entries()) {
          if (one.kind === 'reconcile') continue;
          make(world, one, index + 100, () => undefined);
          answersOwed += 1;
          void world.places({ quantity: quantity(String(index + 500)) }).then(() => {
            answersOwed -= 1;
          });
          world.clock.advance(3_000);
          await settled();
        }
        expect(answersOwed).toBe(0);
        expect(world.faults).toHaveLength(1);
        expect(world.state.alarms.size).toBeGreaterThan(0);
      },
    ),
    { numRuns: 100 },
  );
});
