import type { EffectId, EpochMs } from '#domain/ids';
import { laterBy } from '#domain/ids';
import type { BrokerFact } from '#ports/broker-port';
import type { Clock } from '#ports/clock';
import type { LineRequest, SimulatedQuestion } from './simulated-line';
import type { SimulatedSession } from './simulated-session';

/** How often everybody's open orders are asked for. */
export const POLL_INTERVAL_MS = 30_000;
/** Silence that long in the middle of an answer means that it will not be completed. */
export const ANSWER_SILENCE_MAX_MS = 10_000;

const SNAPSHOT: readonly SimulatedQuestion[] = [
  'own-orders',
  'all-orders',
  'executions',
  'completed-orders',
  'positions',
];
const POLL: readonly SimulatedQuestion[] = ['all-orders'];

interface Run {
  readonly endedAs: (complete: boolean, why: string) => BrokerFact;
  readonly ahead: SimulatedQuestion[];
  heardAt: EpochMs;
  cancelDeadline: () => void;
}

/**
 * Asks the simulated TWS for everything it has of us, question after question, bracketed by begun and ended; between
 * snapshots it polls everybody's open orders. What was not answered in full is unknown, never absent.
 */
export class SimulatedSnapshot {
  readonly #session: SimulatedSession;
  readonly #clock: Clock;
  /** The facts that answer a question, as things stand when it arrives. */
  readonly #answersTo: (question: SimulatedQuestion) => readonly BrokerFact[];
  readonly #onFact: (fact: BrokerFact) => void;
  #run: Run | null = null;
  #pollsArePaused = false;
  #cancelPoll: () => void = () => undefined;

  constructor(
    session: SimulatedSession,
    clock: Clock,
    answersTo: (question: SimulatedQuestion) => readonly BrokerFact[],
    onFact: (fact: BrokerFact) => void,
  ) {
    this.#session = session;
    this.#clock = clock;
    this.#answersTo = answersTo;
    this.#onFact = onFact;
  }

  /** Starts over: a snapshot or a poll that is under way ends incomplete. */
  begin(effectId: EffectId): void {
    this.#end(false, 'a newer snapshot took its place');
    this.#onFact({ kind: 'snapshot-begun', effectId });
    this.#start(SNAPSHOT, (complete, why) => ({ kind: 'snapshot-ended', effectId, complete, why }));
  }

  /** While TWS has lost IBKR, what it says of other clients' orders is not asked for. */
  pausePolls(paused: boolean): void {
    this.#pollsArePaused = paused;
  }

  forgetSession(): void {
    this.#run = null;
    this.#pollsArePaused = false;
  }

  #poll(): void {
    if (this.#pollsArePaused) {
      this.#pollLater();
      return;
    }
    this.#onFact({ kind: 'open-orders-begun' });
    this.#start(POLL, (complete) => ({ kind: 'open-orders-ended', complete }));
  }

  #pollLater(): void {
    this.#cancelPoll();
    this.#cancelPoll = this.#session.wakeAfter(POLL_INTERVAL_MS, () => this.#poll());
  }

  #start(questions: readonly SimulatedQuestion[], endedAs: Run['endedAs']): void {
    const run: Run = { endedAs, ahead: [...questions], heardAt: this.#clock.now(), cancelDeadline: () => undefined };
    this.#cancelPoll();
    this.#run = run;
    this.#askNext(run);
  }

  #askNext(run: Run): void {
    run.cancelDeadline();
    const of = run.ahead.shift();
    if (of === undefined) {
      this.#end(true, '');
      return;
    }
    const question: LineRequest = { kind: 'question', of };
    run.heardAt = this.#clock.now();
    this.#armDeadline(run, of);
    const isWritten = this.#session.send(question, () => {
      for (const fact of this.#answersTo(of)) {
        this.#session.report({ kind: 'fact', fact }, () => {
          run.heardAt = this.#clock.now();
          this.#onFact(fact);
        });
      }
      this.#session.report({ kind: 'answer', to: question }, () => {
        if (this.#run === run) this.#askNext(run);
      });
    });
    if (!isWritten && this.#run === run) this.#end(false, `${of}: the question could not be sent`);
  }

  #armDeadline(run: Run, of: SimulatedQuestion): void {
    const silentAt = laterBy(run.heardAt, ANSWER_SILENCE_MAX_MS);
    run.cancelDeadline = this.#session.wakeAfter(silentAt - this.#clock.now(), () => {
      if (this.#clock.now() < laterBy(run.heardAt, ANSWER_SILENCE_MAX_MS)) this.#armDeadline(run, of);
      else this.#end(false, `${of}: no answer within ${ANSWER_SILENCE_MAX_MS / 1000} s`);
    });
  }

  #end(complete: boolean, why: string): void {
    const run = this.#run;
    if (run === null) return;
    this.#run = null;
    run.cancelDeadline();
    this.#pollLater();
    this.#onFact(run.endedAs(complete, why));
  }
}
