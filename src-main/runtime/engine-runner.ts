import { present } from '#domain/assert';
import type { CommandReply } from '#domain/command';
import type { EngineEvent, JournaledEvent } from '#domain/engine-event';
import type { Sequence } from '#domain/ids';
import { nextDeadline, step } from '#engine/engine';
import type { EngineState } from '#engine/engine-state';
import { refused } from '#engine/reply';
import type { Effect } from '#ports/broker-port';
import type { Clock } from '#ports/clock';
import type { JournalPort } from '#ports/journal-port';
import { errorText } from '#runtime/error-text';
import { Inbox, type Unstamped } from '#runtime/inbox';

/** Steps that may wait for the disk before commands are turned away. */
export const PENDING_STEPS_MAX = 10_000;

/** What the runner drives and whom it tells. */
export interface EngineRunnerOptions {
  readonly state: EngineState;
  readonly clock: Clock;
  readonly journal: JournalPort<EngineEvent>;
  /** Called with what is durable: act. */
  readonly act: (effects: readonly Effect[]) => void;
  /** Called with what is durable: publish. */
  readonly publish: (entries: readonly JournaledEvent[]) => void;
  /** Called after each input, for the conflated values. */
  readonly observed: (input: Unstamped) => void;
  /** Told of a broken invariant and of a journal that failed; trading is halted then. */
  readonly onFault: (error: unknown) => void;
}

/** What one step decided, until it may be let go of. */
interface Pending {
  /** On disk up to here is enough. */
  readonly sequence: Sequence;
  readonly entries: readonly JournaledEvent[];
  readonly effects: Effect[];
  readonly settle: () => void;
}

type CommandInput = Extract<Unstamped, { kind: 'command' }>;

const isTightening = (effect: Effect): boolean => effect.kind === 'modify' && effect.priority === 'trail';

/**
 * Stamps inputs with time, takes them one by one through the engine, and keeps the order persist → act → publish: a
 * step's effects, reply and events wait until its events are on disk. Steps may run ahead of the disk, and a stop that is
 * tightened does not wait for it.
 */
export class EngineRunner {
  readonly #options: EngineRunnerOptions;
  readonly #inbox = new Inbox();
  readonly #answers = new Map<Unstamped, (reply: CommandReply) => void>();
  readonly #pending: Pending[] = [];
  #isDraining = false;
  #isReleasing = false;
  #isHalted = false;
  /** False once events were decided that the journal does not have: what comes is shown, and not written down. */
  #isWriting = true;
  #journalFailed = false;
  #isStopped = false;
  #cancelTimer: (() => void) | null = null;
  #timerAt: number | null = null;

  constructor(options: EngineRunnerOptions) {
    this.#options = options;
    const { journal, onFault } = options;
    journal.onDurable(() => {
      this.#release();
    });
    journal.onFailure((error) => {
      this.#journalFailed = true;
      this.#isWriting = false;
      onFault(error);
      this.#halt('journal', error.message);
      this.#release();
    });
  }

  get inboxLength(): number {
    return this.#inbox.length;
  }

  /** True while something that was decided waits for the disk. */
  get hasPending(): boolean {
    return this.#pending.length > 0;
  }

  /** Takes an input. Facts are always taken. */
  put(input: Unstamped): void {
    if (this.#isDraining) this.#inbox.put(input);
    else this.#drain(input);
  }

  /** Takes a command; the promise settles once its answer is durable. undefined: too many inputs wait. */
  command(input: CommandInput): Promise<CommandReply> | undefined {
    if (!this.#inbox.hasRoom || this.#pending.length >= PENDING_STEPS_MAX) return undefined;
    return new Promise((resolve) => {
      this.#answers.set(input, resolve);
      this.put(input);
    });
  }

  /** Settles once everything decided so far is durable and published, or will never be durable. */
  letGo(): Promise<void> {
    return new Promise((resolve) => {
      this.#pend({ entries: [], effects: [], settle: resolve });
    });
  }

  /** Takes back the effects that still wait for the disk: the session they were meant for is over. */
  withdrawEffects(): readonly Effect[] {
    return this.#pending.flatMap(({ effects }) => effects.splice(0));
  }

  /** A broken invariant: says so, halts once, and goes on taking facts as well as it goes. */
  fault(error: unknown): void {
    const { journal, onFault, state } = this.#options;
    // A step that broke in its middle has changed the state by events that nobody wrote down: the journal ends here.
    if (state.durable.sequence !== journal.position.sequence) this.#isWriting = false;
    onFault(error);
    this.#halt('fault', errorText(error));
  }

  /** The engine is not woken at its deadlines any more. */
  stop(): void {
    this.#isStopped = true;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  #halt(cause: 'journal' | 'fault', reason: string): void {
    if (this.#isHalted) return;
    this.#isHalted = true;
    const input: Unstamped = { kind: 'halt', cause, reason };
    if (this.#isDraining) this.#inbox.putFirst(input);
    else this.#drain(input);
  }

  /** Nothing waits while nobody drains: `first` goes past the queue, and what it brings about follows. */
  #drain(first: Unstamped): void {
    this.#isDraining = true;
    for (let input: Unstamped | undefined = first; input !== undefined; input = this.#inbox.take()) this.#take(input);
    this.#isDraining = false;
    this.#armTimer();
  }

  #take(input: Unstamped): void {
    const { clock, observed, state } = this.#options;
    const answer = this.#answers.get(input);
    this.#answers.delete(input);
    try {
      const { effects, entries, reply } = step(state, { ...input, at: clock.now() });
      if (answer !== undefined) {
        const given = present(reply, 'the answer to a command');
        this.#carryOut(entries, effects, () => answer(given));
      } else if (entries.length > 0 || effects.length > 0) this.#carryOut(entries, effects, () => undefined);
    } catch (error) {
      this.fault(error);
      answer?.(refused(`An internal check failed, and nothing was sent: ${errorText(error)}`));
    }
    this.#guard(() => observed(input));
  }

  /** Persist, act, publish: what a step decided. */
  #carryOut(entries: readonly JournaledEvent[], effects: readonly Effect[], settle: () => void): void {
    if (this.#isWriting) this.#options.journal.append(entries);
    const [urgent, others] = this.#part(effects);
    if (urgent.length > 0) this.#guard(() => this.#options.act(urgent));
    this.#pend({ entries, effects: others, settle });
  }

  /**
   * What acts at once, and what waits for the disk. A stop that moves with the market's favour has been written down, and
   * is not waited for: should that be lost, what rests at IBKR is the floor after a restart all the same. Nothing of its
   * order can wait before it, for one change of an order is under way at a time.
   */
  #part(effects: readonly Effect[]): readonly [urgent: readonly Effect[], others: Effect[]] {
    if (!this.#isWriting) return [[], [...effects]];
    return [effects.filter(isTightening), effects.filter((effect) => !isTightening(effect))];
  }

  #pend(pending: Omit<Pending, 'sequence'>): void {
    // A step that decided nothing waits for those before it: it may have answered by what they did.
    this.#pending.push({ ...pending, sequence: this.#options.journal.position.sequence });
    this.#release();
  }

  /** Lets go of everything that is durable by now, in the order it was decided. */
  #release(): void {
    // Acting brings outcomes back into the engine: what they decide is let go of here, after what came before it.
    if (this.#isReleasing) return;
    this.#isReleasing = true;
    for (let next = this.#pending[0]; next !== undefined && this.#isReady(next); next = this.#pending[0]) {
      const { entries, effects, settle } = next;
      this.#pending.shift();
      this.#guard(() => this.#act(effects));
      this.#guard(() => this.#options.publish(entries));
      settle();
    }
    this.#isReleasing = false;
  }

  /** Without a journal nothing becomes durable: what is shown then is marked by its sequence beyond the durable one. */
  #isReady({ sequence }: Pending): boolean {
    return this.#journalFailed || sequence <= this.#options.journal.durableSequence;
  }

  #act(effects: readonly Effect[]): void {
    if (effects.length === 0) return;
    if (this.#isWriting) {
      this.#options.act(effects);
      return;
    }
    // After a crash nobody would know of a new order, or of its new terms. A cancel takes risk away, a question adds none.
    for (const { id, kind } of effects) {
      if (kind !== 'place' && kind !== 'modify') continue;
      const reason = 'it could not be written to the journal';
      this.put({ kind: 'effect-outcome', effectId: id, outcome: { result: 'not-sent', reason } });
    }
    this.#options.act(effects.filter(({ kind }) => kind !== 'place' && kind !== 'modify'));
  }

  /** What others do when they are told must not stop the engine. */
  #guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.fault(error);
    }
  }

  #armTimer(): void {
    const { clock, state } = this.#options;
    const at = nextDeadline(state);
    if (this.#isStopped || at === this.#timerAt) return;
    this.#cancelTimer?.();
    this.#timerAt = at;
    this.#cancelTimer =
      at === null
        ? null
        : clock.wakeAt(at, () => {
            this.#timerAt = null;
            this.put({ kind: 'clock' });
          });
  }
}
