import type { CommandReply } from '#domain/command';
import type { EngineEvent, JournaledEvent } from '#domain/engine-event';
import { sequence, type Sequence } from '#domain/ids';
import { nextDeadline, step } from '#engine/engine';
import type { EngineState } from '#engine/engine-state';
import type { Step } from '#engine/turn';
import type { Effect } from '#ports/broker-port';
import type { Clock } from '#ports/clock';
import type { JournalPort } from '#ports/journal-port';
import { Inbox, type Unstamped } from '#runtime/inbox';

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
  /** Told of a broken invariant; trading is halted by then. */
  readonly onFault: (error: unknown) => void;
}

interface Pending {
  readonly sequence: Sequence;
  readonly step: Step;
  readonly answer: ((reply: CommandReply) => void) | null;
}

/**
 * Stamps inputs with time, takes them one by one through the engine, and keeps the order persist → act → publish: a
 * step's effects, reply and events wait until its events are on disk. Steps may run ahead of the disk.
 */
export class EngineRunner {
  readonly #options: EngineRunnerOptions;
  readonly #inbox = new Inbox();
  readonly #answers = new Map<Unstamped, (reply: CommandReply) => void>();
  readonly #pending: Pending[] = [];
  #isDraining = false;
  #isReleasing = false;
  #journalFailed = false;
  #faulted = false;
  #cancelTimer: (() => void) | null = null;
  #timerAt: number | null = null;

  constructor(options: EngineRunnerOptions) {
    this.#options = options;
    options.journal.onDurable(() => {
      this.#release();
    });
    options.journal.onFailure((error) => {
      this.#journalFailed = true;
      this.put({ kind: 'halt', cause: 'journal', reason: error.message });
      this.#release();
    });
  }

  get inboxLength(): number {
    return this.#inbox.length;
  }

  /** Takes an input. Facts are always taken. */
  put(input: Unstamped): void {
    this.#inbox.put(input);
    this.#drain();
  }

  /** Takes a command; the promise settles once its answer is durable. undefined: the inbox is full. */
  command(input: Extract<Unstamped, { kind: 'command' }>): Promise<CommandReply> | undefined {
    if (!this.#inbox.hasRoom) return undefined;
    return new Promise((resolve) => {
      this.#answers.set(input, resolve);
      this.put(input);
    });
  }

  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  #drain(): void {
    if (this.#isDraining) return;
    this.#isDraining = true;
    try {
      for (let input = this.#inbox.take(); input !== undefined; input = this.#inbox.take()) this.#take(input);
    } catch (error) {
      this.#isDraining = false;
      this.#onFault(error);
    }
    this.#isDraining = false;
    this.#armTimer();
  }

  /** A broken invariant: say so, halt once, and go on taking facts as well as it goes. */
  #onFault(error: unknown): void {
    this.#options.onFault(error);
    if (this.#faulted) return;
    this.#faulted = true;
    this.put({ kind: 'halt', cause: 'fault', reason: error instanceof Error ? error.message : String(error) });
  }

  #take(input: Unstamped): void {
    const { clock, journal, observed, state } = this.#options;
    const done = step(state, { ...input, at: clock.now() });
    journal.append(done.entries);
    observed(input);
    const answer = this.#answers.get(input) ?? null;
    this.#answers.delete(input);
    if (done.entries.length === 0 && done.effects.length === 0 && answer === null) return;
    const last = done.entries.at(-1)?.sequence ?? this.#pending.at(-1)?.sequence ?? sequence(0);
    this.#pending.push({ sequence: last, step: done, answer });
    this.#release();
  }

  /** Lets go of everything that is durable by now, in the order it was decided. */
  #release(): void {
    // Acting brings outcomes back into the engine: what they decide is let go of here, after what came before it.
    if (this.#isReleasing) return;
    this.#isReleasing = true;
    try {
      this.#releaseDurable();
    } finally {
      this.#isReleasing = false;
    }
  }

  #releaseDurable(): void {
    const { act, journal, publish } = this.#options;
    for (let next = this.#pending[0]; next !== undefined; next = this.#pending[0]) {
      if (!this.#journalFailed && next.sequence > journal.durableSequence) return;
      this.#pending.shift();
      // Without a journal only cancels act; what is shown then is marked by its sequence beyond the durable one.
      act(this.#journalFailed ? next.step.effects.filter(({ kind }) => kind === 'cancel') : next.step.effects);
      publish(next.step.entries);
      if (next.step.reply !== null) next.answer?.(next.step.reply);
    }
  }

  #armTimer(): void {
    const { clock, state } = this.#options;
    const at = nextDeadline(state);
    if (at === this.#timerAt) return;
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
