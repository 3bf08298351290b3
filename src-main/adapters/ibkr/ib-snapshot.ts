import { EventName, type IBApi } from '@stoqey/ib';
import { laterBy, type EffectId, type EpochMs } from '#domain/ids';
import type { BrokerFact } from '#ports/broker-port';
import type { Clock } from '#ports/clock';
import type { IbRequestIds } from './ib-request-ids';
import type { Guard, IbSession } from './ib-session';

/** How often everybody's open orders are asked for: those of other clients change without a word to us. */
export const POLL_INTERVAL_MS = 30_000;
/** Silence that long in the middle of an answer means that it will not be completed. */
export const SNAPSHOT_SILENCE_MAX_MS = 10_000;

const ONLY_API_ORDERS = false;

/** The answers that carry no request number; two questions share the end marker of open orders. */
export type UnnumberedAnswer = 'orders' | 'completed-orders' | 'positions';

interface Step {
  readonly what: string;
  /** null: the answer carries the request's number. */
  readonly answer: UnnumberedAnswer | null;
  readonly ask: (api: IBApi, requestId: number) => void;
}

const STEPS: readonly Step[] = [
  { what: 'our open orders', answer: 'orders', ask: (api) => api.reqOpenOrders() },
  { what: 'all open orders', answer: 'orders', ask: (api) => api.reqAllOpenOrders() },
  { what: 'executions', answer: null, ask: (api, requestId) => api.reqExecutions(requestId, {}) },
  { what: 'completed orders', answer: 'completed-orders', ask: (api) => api.reqCompletedOrders(ONLY_API_ORDERS) },
  // Stays subscribed: changes of positions keep coming after the snapshot.
  { what: 'positions', answer: 'positions', ask: (api) => api.reqPositions() },
];

const POLL: readonly Step[] = STEPS.filter(({ what }) => what === 'all open orders');

interface Run {
  /** How its end is told. */
  readonly endedAs: (complete: boolean, why: string) => BrokerFact;
  /** The questions that are still to be asked. */
  readonly ahead: Step[];
  asked: Step | null;
  requestId: number;
  /** What was not understood on the way, if anything. */
  flaw: string | null;
  heardAt: EpochMs;
  cancelDeadline: () => void;
}

/**
 * Asks TWS for everything it has of us, in the order that loses nothing: orders, executions, completed orders, positions;
 * bracketed by begun and ended. What was not answered in full is unknown, never absent. Between snapshots everybody's open
 * orders are polled, in the same way and never at the same time: both questions share one end marker.
 */
export class IbSnapshot {
  readonly #session: IbSession;
  readonly #ids: IbRequestIds;
  readonly #clock: Clock;
  readonly #bindsManualOrders: boolean;
  readonly #onFact: (fact: BrokerFact) => void;
  /** End markers still owed: one counts for the newest question only when all older ones have had theirs. */
  readonly #owed = new Map<UnnumberedAnswer, number>();
  #run: Run | null = null;
  #pollsArePaused = false;
  #cancelPoll: () => void = () => undefined;

  constructor(
    session: IbSession,
    ids: IbRequestIds,
    clock: Clock,
    bindsManualOrders: boolean,
    onFact: (fact: BrokerFact) => void,
  ) {
    this.#session = session;
    this.#ids = ids;
    this.#clock = clock;
    this.#bindsManualOrders = bindsManualOrders;
    this.#onFact = onFact;
  }

  attach(api: IBApi, guard: Guard): void {
    api.on(
      EventName.openOrderEnd,
      guard(() => this.#hearEnd('orders')),
    );
    api.on(
      EventName.completedOrdersEnd,
      guard(() => this.#hearEnd('completed-orders')),
    );
    api.on(
      EventName.positionEnd,
      guard(() => this.#hearEnd('positions')),
    );
    api.on(
      EventName.execDetailsEnd,
      guard((id: number) => this.#hearNumberedEnd(id)),
    );
  }

  /** Starts over: a snapshot or a poll that is under way ends incomplete. */
  begin(effectId: EffectId): void {
    this.#end(false, 'a newer snapshot took its place');
    this.#onFact({ kind: 'snapshot-begun', effectId });
    if (this.#bindsManualOrders) this.#session.send((api) => api.reqAutoOpenOrders(true));
    this.#start(STEPS, (complete, why) => ({ kind: 'snapshot-ended', effectId, complete, why }));
  }

  /** While TWS has lost IBKR, what it says of other clients' orders is not asked for: it may be what it remembers. */
  pausePolls(paused: boolean): void {
    this.#pollsArePaused = paused;
  }

  #pollLater(): void {
    this.#cancelPoll();
    this.#cancelPoll = this.#session.wakeAfter(POLL_INTERVAL_MS, () => this.#poll());
  }

  #poll(): void {
    if (this.#pollsArePaused) {
      this.#pollLater();
      return;
    }
    this.#onFact({ kind: 'open-orders-begun' });
    this.#start(POLL, (complete) => ({ kind: 'open-orders-ended', complete }));
  }

  #start(steps: readonly Step[], endedAs: Run['endedAs']): void {
    const run: Run = {
      endedAs,
      ahead: [...steps],
      asked: null,
      requestId: 0,
      flaw: null,
      heardAt: this.#clock.now(),
      cancelDeadline: () => undefined,
    };
    this.#cancelPoll();
    this.#run = run;
    this.#askNext(run);
  }

  /** Part of an answer arrived: TWS is not silent. */
  hearProgress(): void {
    if (this.#run !== null) this.#run.heardAt = this.#clock.now();
  }

  #hearEnd(answer: UnnumberedAnswer): void {
    const owed = Math.max(0, this.#owedOf(answer) - 1);
    this.#owed.set(answer, owed);
    if (owed === 0 && this.#run?.asked?.answer === answer) this.#askNext(this.#run);
  }

  #hearNumberedEnd(requestId: number): void {
    if (this.#run?.requestId === requestId) this.#askNext(this.#run);
  }

  /** Something that may have belonged to the answer was not understood. */
  hearFlaw(why: string): void {
    if (this.#run !== null) this.#run.flaw ??= why;
  }

  /** The request of that number was refused. @returns whether it was ours. */
  hearRefusal(requestId: number, why: string): boolean {
    if (this.#run?.requestId !== requestId) return false;
    this.#end(false, why);
    return true;
  }

  /** Some request without a number was refused; while one of ours waits, it may be that one. */
  hearUnnumberedRefusal(why: string): void {
    if (this.#run !== null) this.#end(false, why);
  }

  forgetSession(): void {
    this.#owed.clear();
    this.#pollsArePaused = false;
    this.#end(false, 'the connection was lost');
  }

  #askNext(run: Run): void {
    run.cancelDeadline();
    const step = run.ahead.shift();
    if (step === undefined) {
      this.#end(run.flaw === null, run.flaw ?? '');
      return;
    }
    run.asked = step;
    run.requestId = this.#ids.next();
    run.heardAt = this.#clock.now();
    if (step.answer !== null) this.#owed.set(step.answer, this.#owedOf(step.answer) + 1);
    const { failure } = this.#session.send((api) => step.ask(api, run.requestId));
    if (failure === null) this.#armDeadline(run, step);
    else this.#end(false, failure);
  }

  #owedOf(answer: UnnumberedAnswer): number {
    return this.#owed.get(answer) ?? 0;
  }

  #armDeadline(run: Run, step: Step): void {
    const silentAt = laterBy(run.heardAt, SNAPSHOT_SILENCE_MAX_MS);
    run.cancelDeadline = this.#session.wakeAfter(silentAt - this.#clock.now(), () => {
      if (this.#clock.now() < laterBy(run.heardAt, SNAPSHOT_SILENCE_MAX_MS)) this.#armDeadline(run, step);
      else this.#timeOut(step);
    });
  }

  #timeOut(step: Step): void {
    this.#end(false, `${step.what}: no answer within ${SNAPSHOT_SILENCE_MAX_MS / 1000} s`);
    // An end marker that is owed twice will not come in this session; a fresh one starts without debts.
    if (step.answer !== null && this.#owedOf(step.answer) > 1) {
      this.#session.fail(`TWS does not answer the question for ${step.what}`);
    }
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
