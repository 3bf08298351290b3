import { describe, expect, test } from 'vitest';
import { present } from '#domain/assert';
import type { Command, CommandReply } from '#domain/command';
import type { JournaledEvent } from '#domain/engine-event';
import { alarmId, clientId, clientOrderId, commandKey, groupId, ibOrderId, orderNumber, runId } from '#domain/ids';
import { price, quantity } from '#domain/money';
import { emptyWorkstationState } from '#domain/workstation-state';
import { createEngineState } from '#engine/create-engine-state';
import type { BrokerFact, Effect } from '#ports/broker-port';
import { EngineRunner, PENDING_STEPS_MAX } from '#runtime/engine-runner';
import { INBOX_LENGTH_MAX, type Unstamped } from '#runtime/inbox';
import { aBracket, ACCOUNT, FRIDAY } from '#test/builders/domain-records';
import { AAPL, aLimitOrder } from '#test/builders/engine-harness';
import { manualClock } from '#test/builders/manual-clock';
import { ManualJournal } from '#test/builders/manual-journal';
import { settled } from '#test/builders/workstation-world';

/** A runner with an engine and a disk that the test plays; what it lets go of is written down. */
class RunnerWorld {
  readonly clock = manualClock(FRIDAY);
  readonly journal = new ManualJournal();
  readonly state = createEngineState(emptyWorkstationState('paper'));
  /** In the order in which it happened: `act place`, `publish 3`. */
  readonly log: string[] = [];
  readonly acted: Effect[] = [];
  readonly published: JournaledEvent[] = [];
  readonly faults: unknown[] = [];
  onAct: (effects: readonly Effect[]) => void = () => undefined;
  onPublish: () => void = () => undefined;
  onObserved: (input: Unstamped) => void = () => undefined;
  readonly runner = new EngineRunner({
    state: this.state,
    clock: this.clock,
    journal: this.journal,
    act: (effects) => {
      this.acted.push(...effects);
      this.log.push(...effects.map(({ kind }) => `act ${kind}`));
      this.onAct(effects);
    },
    publish: (entries) => {
      this.published.push(...entries);
      this.log.push(...entries.map(({ sequence }) => `publish ${sequence}`));
      this.onPublish();
    },
    observed: (input) => {
      this.onObserved(input);
    },
    onFault: (error) => this.faults.push(error),
  });
  #keys = 0;

  /** Started, connected, reconciled, AAPL quoted; everything is on disk and the log is empty. */
  static ready(): RunnerWorld {
    const world = new RunnerWorld();
    world.journal.isPrompt = true;
    world.runner.put({ kind: 'start', runId: runId('run1'), version: '0.1.0' });
    const session = { serverVersion: 193, accounts: [ACCOUNT], nextOrderId: ibOrderId(1), clientId: clientId(1) };
    world.fact({ kind: 'link-up', ...session });
    const { id: asked } = present(world.acted.at(-1), 'the snapshot');
    world.fact({ kind: 'account-value', key: 'NetLiquidation', value: '100000', currency: 'USD' });
    world.fact({ kind: 'snapshot-begun', effectId: asked });
    world.fact({ kind: 'snapshot-ended', effectId: asked, complete: true, why: '' });
    world.fact({ kind: 'instrument', query: { by: 'symbol', symbol: 'AAPL' }, instrument: AAPL });
    world.fact({ kind: 'market-data', conId: AAPL.conId, dataKind: 'real-time', live: true, why: '' });
    world.fact({ kind: 'quote', conId: AAPL.conId, patch: { bid: price('149.99'), ask: price('150') } });
    world.journal.isPrompt = false;
    world.log.length = 0;
    world.acted.length = 0;
    world.published.length = 0;
    return world;
  }

  fact(fact: BrokerFact): void {
    this.runner.put({ kind: 'fact', fact });
  }

  notice(code: number): void {
    this.fact({ kind: 'notice', code, text: 'news' });
  }

  /** The reply of `command`, null while there is none; undefined when it was turned away. */
  commands(command: Command): (() => CommandReply | null) | undefined {
    this.#keys += 1;
    const heard: { reply: CommandReply | null } = { reply: null };
    const reply = this.runner.command({
      kind: 'command',
      key: commandKey(`key-${this.#keys}`),
      origin: 'window',
      command,
    });
    if (reply === undefined) return undefined;
    void reply.then((it) => {
      heard.reply = it;
    });
    return () => heard.reply;
  }

  places(shares = 10): () => CommandReply | null {
    const request = aLimitOrder({ quantity: quantity(String(shares)) });
    return present(this.commands({ kind: 'place-order', request }), 'a command that was taken');
  }

  cancels(number: number): () => CommandReply | null {
    const command: Command = { kind: 'cancel-orders', numbers: [orderNumber(number)] };
    return present(this.commands(command), 'a command that was taken');
  }

  phaseOf(number: number): string | undefined {
    const { orders, orderByNumber } = this.state.durable;
    const id = orderByNumber.get(orderNumber(number));
    return id === undefined ? undefined : orders.get(id)?.state.phase;
  }
}

const aNotice = (code: number): Unstamped => ({ kind: 'fact', fact: { kind: 'notice', code, text: 'news' } });

describe('persist, act, publish', () => {
  test('nothing is sent, shown or answered before it is on disk; then it is sent first', async () => {
    const world = RunnerWorld.ready();
    const reply = world.places();
    await settled();
    expect(world.log).toEqual([]);
    expect(reply()).toBeNull();
    world.journal.sync();
    await settled();
    expect(world.log[0]).toBe('act place');
    expect(world.published.map(({ event }) => event.type)).toEqual([
      'decision-made',
      'orders-intended',
      'command-answered',
    ]);
    expect(reply()).toMatchObject({ outcome: 'accepted' });
  });

  test('a step goes when all of it is on disk, and not with half of it', () => {
    const world = RunnerWorld.ready();
    world.places();
    world.journal.sync(2);
    expect(world.log).toEqual([]);
    world.journal.sync(1);
    expect(world.log).toHaveLength(4);
  });

  test('steps run ahead of the disk and are let go in the order in which they were decided', () => {
    const world = RunnerWorld.ready();
    world.notice(1);
    world.notice(2);
    world.notice(3);
    world.journal.sync(2);
    expect(world.published).toHaveLength(2);
    world.journal.sync();
    const sequences = world.published.map(({ sequence }) => sequence);
    expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
    expect(sequences).toHaveLength(3);
  });

  test('what acting brings back is shown after the step that acted', () => {
    const world = RunnerWorld.ready();
    world.journal.isPrompt = true;
    world.onAct = () => world.notice(7);
    world.places();
    const types = world.published.map(({ event }) => event.type);
    expect(types).toEqual(['decision-made', 'orders-intended', 'command-answered', 'notice-received']);
  });

  test('what acting brings back when the disk lets go is shown after the step that acted, too', () => {
    const world = RunnerWorld.ready();
    world.places();
    world.onAct = () => {
      world.journal.isPrompt = true;
      world.notice(7);
    };
    world.journal.sync();
    const sequences = world.published.map(({ sequence }) => sequence);
    expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
    expect(world.published.at(-1)?.event).toMatchObject({ type: 'notice-received', code: 7 });
  });

  test('an answer that was given before waits until that answer is on disk', async () => {
    const world = RunnerWorld.ready();
    const key = commandKey('again');
    const command: Command = { kind: 'cancel-all', symbol: null, keepStops: false };
    const replies: CommandReply[] = [];
    for (let n = 0; n < 2; n += 1) {
      void world.runner.command({ kind: 'command', key, origin: 'cli', command })?.then((it) => replies.push(it));
    }
    await settled();
    expect(replies).toEqual([]);
    world.journal.sync();
    await settled();
    expect(replies.map(({ repeated }) => repeated)).toEqual([false, true]);
  });

  test('who waits until all is let go waits for what was decided before, and no longer', async () => {
    const world = RunnerWorld.ready();
    let done = false;
    world.notice(1);
    void world.runner.letGo().then(() => {
      done = true;
    });
    world.notice(2);
    await settled();
    expect(done).toBe(false);
    world.journal.sync(1);
    await settled();
    expect(done).toBe(true);
    expect(world.journal.waiting).toBe(1);
  });

  test('effects that wait for the disk can be taken back, and are not acted on then', () => {
    const world = RunnerWorld.ready();
    world.places();
    expect(world.runner.withdrawEffects().map(({ kind }) => kind)).toEqual(['place']);
    world.journal.sync();
    expect(world.acted).toEqual([]);
    expect(world.published).toHaveLength(3);
  });
});

describe('a journal that can not be written', () => {
  test('halts trading, says so, and answers what waits', async () => {
    const world = RunnerWorld.ready();
    const waiting = world.places();
    world.journal.fail(new Error('no space left on device'));
    await settled();
    expect(world.state.observed.halted).toMatchObject({ state: 'HALTED' });
    expect(world.faults).toHaveLength(1);
    expect(waiting()).toMatchObject({ outcome: 'accepted' });
    const next = world.places(11);
    await settled();
    expect(next()).toMatchObject({ outcome: 'refused' });
    expect(next()?.message).toMatch(/journal can not be written/);
    expect(world.state.durable.alarms.has(alarmId('halted'))).toBe(true);
  });

  test('never sends an order that is not written down: it is cancelled as never sent', () => {
    const world = RunnerWorld.ready();
    world.places();
    world.journal.fail();
    expect(world.acted).toEqual([]);
    expect(world.phaseOf(1)).toBe('cancelled');
  });

  test('lets cancels act, and the questions that lead back to a session that can cancel', async () => {
    const world = RunnerWorld.ready();
    world.places();
    world.journal.sync();
    world.acted.length = 0;
    world.journal.fail();
    const reply = world.cancels(1);
    world.fact({ kind: 'upstream-restored', dataLost: false });
    await settled();
    expect(reply()).toMatchObject({ outcome: 'accepted' });
    expect(world.acted.map(({ kind }) => kind)).toEqual(['cancel', 'snapshot']);
  });

  test('still shows what happens, marked by sequences beyond the durable one', () => {
    const world = RunnerWorld.ready();
    world.journal.fail();
    world.notice(1);
    const last = world.published.at(-1);
    expect(last?.event).toMatchObject({ type: 'notice-received' });
    expect(last?.sequence).toBeGreaterThan(world.journal.durableSequence);
  });

  test('that had failed before anybody listened halts from the start', () => {
    const journal = new ManualJournal();
    journal.fail();
    const state = createEngineState(emptyWorkstationState('paper'));
    const ignore = (): void => undefined;
    const clock = manualClock(FRIDAY);
    const runner = new EngineRunner({
      state,
      clock,
      journal,
      act: ignore,
      publish: ignore,
      observed: ignore,
      onFault: ignore,
    });
    expect(state.observed.halted).toMatchObject({ state: 'HALTED' });
    expect(runner.inboxLength).toBe(0);
  });

  test('halts before the commands that wait already', async () => {
    const world = RunnerWorld.ready();
    const replies: (() => CommandReply | null)[] = [];
    world.onObserved = () => {
      world.onObserved = () => undefined;
      replies.push(world.places());
      world.journal.fail();
    };
    world.notice(1);
    await settled();
    expect(replies[0]?.()).toMatchObject({ outcome: 'refused' });
  });
});

describe('a broken invariant', () => {
  /** An order whose next report breaks in its middle: the manager looks for an entry that is not there. */
  function breakInTheMiddle(world: RunnerWorld): void {
    const { durable } = world.state;
    const id = present(durable.orderByNumber.get(orderNumber(1)), 'the order');
    const order = present(durable.orders.get(id), 'the order');
    const { broker } = order;
    const gone = groupId('gone');
    durable.groups.set(gone, { ...aBracket().group, id: gone, parent: clientOrderId('not-there') });
    durable.orders.set(id, { ...order, group: { id: gone, role: 'parent' } });
    world.fact({ kind: 'order-status', keys: { ...broker, orderRef: id }, status: { kind: 'working' }, filled: null });
    durable.orders.set(id, { ...present(durable.orders.get(id), 'the order'), group: null });
    durable.groups.delete(gone);
  }

  test('halts trading and is reported, and the command that met it is told that nothing was sent', async () => {
    const world = RunnerWorld.ready();
    world.journal.isPrompt = true;
    world.places();
    world.state.durable.orders.clear();
    const reply = world.cancels(1);
    await settled();
    expect(reply()).toMatchObject({ outcome: 'refused' });
    expect(reply()?.message).toMatch(/internal check failed, and nothing was sent: invariant broken/);
    expect(world.faults).toHaveLength(1);
    expect(world.state.observed.halted).toMatchObject({ state: 'HALTED' });
  });

  test('that left the state as it was leaves the journal whole: what comes is written down', () => {
    const world = RunnerWorld.ready();
    world.runner.fault(new Error('a defect elsewhere'));
    world.notice(1);
    world.journal.sync();
    expect(world.journal.entries.map(({ event }) => event.type).slice(-2)).toEqual(['alarm-raised', 'notice-received']);
  });

  test('in mid-step ends the journal there: nothing after it is written down, and nothing new is sent', async () => {
    const world = RunnerWorld.ready();
    world.places();
    world.journal.sync();
    breakInTheMiddle(world);
    world.acted.length = 0;
    const { length } = world.journal.entries;
    world.notice(1);
    expect(world.journal.entries).toHaveLength(length);
    expect(world.published.at(-1)?.event).toMatchObject({ type: 'notice-received' });
    const reply = world.cancels(1);
    await settled();
    expect(reply()).toMatchObject({ outcome: 'accepted' });
    expect(world.acted.map(({ kind }) => kind)).toEqual(['cancel']);
  });

  test('in mid-step still lets go of earlier steps only when they are on disk', () => {
    const world = RunnerWorld.ready();
    world.places();
    world.journal.sync();
    world.notice(1);
    const { length } = world.published;
    breakInTheMiddle(world);
    expect(world.published).toHaveLength(length);
    world.journal.sync();
    expect(world.published.length).toBeGreaterThan(length);
  });

  test('of whoever is told stops nothing: the rest is let go, once halted', () => {
    const world = RunnerWorld.ready();
    world.journal.isPrompt = true;
    const defect = new Error('a listener broke');
    world.onPublish = () => {
      throw defect;
    };
    world.notice(1);
    world.notice(2);
    expect(world.published.map(({ event }) => event.type)).toEqual([
      'notice-received',
      'alarm-raised',
      'notice-received',
    ]);
    expect(world.faults).toEqual([defect, defect, defect]);
  });

  test('that is no Error is reported all the same', () => {
    const world = RunnerWorld.ready();
    world.runner.fault('just words');
    expect(world.state.observed.halted?.reason).toMatch(/just words/);
  });
});

describe('too much at once', () => {
  test('commands are turned away while the inbox is full, and facts are kept', () => {
    const world = RunnerWorld.ready();
    let turnedAway = false;
    world.onObserved = () => {
      world.onObserved = () => undefined;
      for (let n = 0; n < INBOX_LENGTH_MAX; n += 1) world.notice(n);
      expect(world.runner.inboxLength).toBe(INBOX_LENGTH_MAX);
      turnedAway = world.commands({ kind: 'cancel-all', symbol: null, keepStops: false }) === undefined;
      world.notice(1);
    };
    world.notice(0);
    expect(turnedAway).toBe(true);
    world.journal.sync();
    expect(world.published).toHaveLength(INBOX_LENGTH_MAX + 2);
  });

  test('commands are turned away while too many steps wait for the disk', () => {
    const world = RunnerWorld.ready();
    for (let n = 0; n < PENDING_STEPS_MAX; n += 1) world.notice(n);
    expect(world.commands({ kind: 'cancel-all', symbol: null, keepStops: false })).toBeUndefined();
    world.journal.sync();
    expect(world.commands({ kind: 'cancel-all', symbol: null, keepStops: false })).toBeDefined();
  });

  test('ticks that wait conflate', () => {
    const world = RunnerWorld.ready();
    const seen: Unstamped[] = [];
    world.onObserved = () => {
      world.onObserved = (input) => seen.push(input);
      for (let n = 0; n < 100; n += 1) world.fact({ kind: 'quote', conId: AAPL.conId, patch: { halted: n === 99 } });
    };
    world.notice(1);
    expect(seen).toEqual([{ kind: 'fact', fact: { kind: 'quote', conId: AAPL.conId, patch: { halted: true } } }]);
  });
});

describe('deadlines', () => {
  test('the last one being over, nobody is woken', () => {
    const world = new RunnerWorld();
    world.journal.isPrompt = true;
    world.runner.put({ kind: 'start', runId: runId('run1'), version: '0.1.0' });
    world.fact({ kind: 'unreadable', text: 'a message could not be read' });
    expect(world.clock.pending()).toBe(1);
    world.fact({ kind: 'link-down', reason: 'the socket closed', code: null, retryAt: null });
    expect(world.clock.pending()).toBe(0);
  });

  test('the engine is woken when an answer of IBKR is overdue', () => {
    const world = RunnerWorld.ready();
    world.journal.isPrompt = true;
    world.places();
    expect(world.clock.pending()).toBe(1);
    world.clock.advance(60_000);
    expect(world.phaseOf(1)).toBe('unknown');
  });

  test('a deadline that is over is not waited for', () => {
    const world = RunnerWorld.ready();
    const { nextDueAt } = world.clock;
    world.places();
    expect(world.clock.nextDueAt).not.toBe(nextDueAt);
    world.runner.put({
      kind: 'effect-outcome',
      effectId: present(world.runner.withdrawEffects()[0], 'the place').id,
      outcome: { result: 'not-sent', reason: 'a test' },
    });
    expect(world.clock.nextDueAt).toBe(nextDueAt);
  });

  test('after the end nobody is woken', () => {
    const world = RunnerWorld.ready();
    world.places();
    world.runner.stop();
    world.places(11);
    expect(world.clock.pending()).toBe(0);
  });

  test('an end without a deadline is quiet', () => {
    const world = new RunnerWorld();
    world.runner.stop();
    world.runner.put(aNotice(1));
    expect(world.clock.pending()).toBe(0);
  });
});
