import { BarSizeSetting, EventName, WhatToShow, type IBApi } from '@stoqey/ib';
import type { BarFailure, BarQuery, BarSize } from '#domain/bar';
import { epochMs, laterBy, type EpochMs } from '#domain/ids';
import { err, ok, type Result } from '#domain/result';
import type { StopSignal } from '#ports/broker-port';
import type { Clock } from '#ports/clock';
import type { WireBar } from './ib-history-codec';
import { HistoryPacer } from './ib-history-pacer';
import type { IbRequestIds } from './ib-request-ids';
import type { Guard, IbSession } from './ib-session';

/** Requests that IBKR works on at a time. It allows 50, and answers no faster for it. */
export const OPEN_REQUESTS_MAX = 3;
/** From the request to its bars. */
export const BARS_TIMEOUT_MS = 60_000;
/** The longest that a request waits for its turn. */
export const BARS_TURN_TIMEOUT_MS = 120_000;
/** After IBKR says that we ask too much, nothing is asked for so long: after the first time, the second … */
export const PACING_HOLDS_MS: readonly number[] = [15_000, 30_000, 60_000];
/** An identical request within this time is a pacing violation, and is answered with what the one before it brought. */
export const IDENTICAL_MS = 15_000;
/** A farm that is down is waited for so long. It need not be the one that has the bars, so then they are asked for. */
export const FARM_HOLD_MS = 30_000;

const BAR_SIZE_SETTINGS = {
  '1 min': BarSizeSetting.MINUTES_ONE,
  '5 mins': BarSizeSetting.MINUTES_FIVE,
  '15 mins': BarSizeSetting.MINUTES_FIFTEEN,
  '1 hour': BarSizeSetting.HOURS_ONE,
  '1 day': BarSizeSetting.DAYS_ONE,
} as const satisfies Readonly<Record<BarSize, BarSizeSetting>>;
/** Seconds since 1970: no zone to guess. Daily bars come as dates all the same. */
const FORMAT_SECONDS = 2;
const KEEP_UP_TO_DATE = false;
/** The library ends every answer with a bar that is none, dated `finished-…`, its prices −1. */
const LAST_BAR = 'finished';
const NEVER_HELD = epochMs(0);

/** IBKR's messages about requests for bars. Source: IBKR API, message codes. */
const QUERY_FAILED = 162;
const NO_SUCH_QUERY = 366;
const FARM_BROKEN = 2105;
const FARM_OK = 2106;
const FARM_IDLE = 2107;
const PACING = /pacing violation/i;
const NO_DATA = /no data/i;

/** What is needed of the session. */
export type BarSession = Pick<IbSession, 'whyDown' | 'send' | 'wakeAfter'>;

/** One request to IBKR. */
export interface Ask {
  readonly query: BarQuery;
  /** Where its stretch ends, as IBKR reads it. */
  readonly end: string;
  readonly duration: string;
}

type Answer = Result<readonly WireBar[], BarFailure>;
const ABORTED: Answer = err({ kind: 'aborted', text: 'the bars are not wanted any more' });

interface Request extends Ask {
  readonly key: string;
  bars: WireBar[];
  /** Whoever asks the same while it is under way. */
  readonly waiters: Set<(answer: Answer) => void>;
  /** null: waits for its turn. */
  requestId: number | null;
  pacingViolations: number;
  cancelDeadline: () => void;
}

/**
 * The queue of requests for bars: within IBKR's limits, few at a time, the same one only once. Every `ask` is answered, at
 * the latest when its time is over or the session ends.
 */
export class IbHistoryRequests {
  readonly #session: BarSession;
  readonly #ids: IbRequestIds;
  readonly #clock: Clock;
  readonly #pacer = new HistoryPacer();
  /** By what they ask, oldest first: those that wait for their turn, and those that IBKR works on. */
  readonly #requests = new Map<string, Request>();
  /** Those that IBKR works on. */
  readonly #open = new Map<number, Request>();
  readonly #answered = new Map<string, Answer>();
  /** What IBKR said of the farms that are down, by their names. */
  readonly #farmsDown = new Map<string, string>();
  #heldUntil = NEVER_HELD;
  #farmHoldUntil = NEVER_HELD;
  #cancelTurn: () => void = () => undefined;

  constructor(session: BarSession, ids: IbRequestIds, clock: Clock) {
    this.#session = session;
    this.#ids = ids;
    this.#clock = clock;
  }

  attach(api: IBApi, guard: Guard): void {
    api.on(
      EventName.historicalData,
      guard((id: number, time: string, open?: number, high?: number, low?: number, close?: number, volume?: number) =>
        this.#hearBar(id, { time, open, high, low, close, volume }),
      ),
    );
  }

  /** The bars of a stretch. `signal` ends the waiting, and with the last one who waits the request. */
  ask(ask: Ask, signal: StopSignal): Promise<Answer> {
    if (signal.aborted) return Promise.resolve(ABORTED);
    const { whyDown } = this.#session;
    if (whyDown !== null) return Promise.resolve(err({ kind: 'not-connected', text: whyDown }));
    const key = keyOf(ask);
    const answered = this.#answered.get(key);
    if (answered !== undefined) return Promise.resolve(answered);
    const request = this.#requests.get(key) ?? this.#enqueue(key, ask);
    return new Promise((resolve) => {
      const settle = (answer: Answer): void => {
        signal.removeEventListener('abort', abort);
        resolve(answer);
      };
      const abort = (): void => {
        request.waiters.delete(settle);
        settle(ABORTED);
        if (request.waiters.size === 0) this.#giveUp(request, ABORTED);
      };
      request.waiters.add(settle);
      signal.addEventListener('abort', abort);
      this.#takeTurns();
    });
  }

  /** @returns false when the request is not one of ours. */
  hearError(requestId: number, code: number, text: string): boolean {
    const request = this.#open.get(requestId);
    // Nobody else asks for bars: this is about a request that was given up, or the answer to giving it up.
    if (request === undefined) return code === QUERY_FAILED || code === NO_SUCH_QUERY;
    const told = `${text} (${code})`;
    if (code === QUERY_FAILED && PACING.test(text)) this.#hearPacingViolation(request, told);
    else this.#answer(request, code === QUERY_FAILED && NO_DATA.test(text) ? noData(told) : refused(told));
    return true;
  }

  /** The session's messages about the farms of historical data; others are passed over. */
  hearSessionMessage(code: number, text: string): void {
    const farm = text.slice(text.lastIndexOf(':') + 1);
    if (code === FARM_BROKEN) {
      this.#farmsDown.set(farm, text);
      this.#farmHoldUntil = laterBy(this.#clock.now(), FARM_HOLD_MS);
    } else if (code === FARM_OK || code === FARM_IDLE) {
      this.#farmsDown.delete(farm);
      if (this.#farmsDown.size === 0) this.#farmHoldUntil = NEVER_HELD;
      this.#takeTurns();
    }
  }

  /** For so long nothing is asked: IBKR wants us to slow down. */
  hold(forMs: number): void {
    this.#heldUntil = epochMs(Math.max(this.#heldUntil, laterBy(this.#clock.now(), forMs)));
  }

  forgetSession(): void {
    this.#farmsDown.clear();
    this.#farmHoldUntil = NEVER_HELD;
    this.#heldUntil = NEVER_HELD;
    for (const request of this.#requests.values()) this.#settle(request, lost('the connection was lost'));
    this.#answered.clear();
  }

  #hearBar(requestId: number, bar: WireBar): void {
    const request = this.#open.get(requestId);
    if (request === undefined) return;
    if (!bar.time.startsWith(LAST_BAR)) request.bars.push(bar);
    else this.#answer(request, request.bars.length > 0 ? ok(request.bars) : noData('IBKR has no bars'));
  }

  #enqueue(key: string, ask: Ask): Request {
    const request: Request = {
      ...ask,
      key,
      bars: [],
      waiters: new Set(),
      requestId: null,
      pacingViolations: 0,
      cancelDeadline: this.#session.wakeAfter(BARS_TURN_TIMEOUT_MS, () => this.#giveUpTurn(request)),
    };
    this.#requests.set(key, request);
    return request;
  }

  #giveUpTurn(request: Request): void {
    const seconds = BARS_TURN_TIMEOUT_MS / 1000;
    this.#giveUp(request, pacing(`within ${seconds} s IBKR's limits left no turn to ask for bars`));
  }

  /** Sends what may be sent now, and wakes when the next may. */
  #takeTurns(): void {
    this.#cancelTurn();
    const now = this.#clock.now();
    const held = Math.max(this.#heldUntil, this.#farmHoldUntil);
    let next = Number.POSITIVE_INFINITY;
    for (const request of this.#requests.values()) {
      if (this.#open.size >= OPEN_REQUESTS_MAX) break;
      if (request.requestId !== null) continue;
      const at = Math.max(held, this.#pacer.earliest(request.query));
      if (at <= now) this.#send(request, now);
      else next = Math.min(next, at);
    }
    if (Number.isFinite(next)) this.#cancelTurn = this.#session.wakeAfter(next - now, () => this.#takeTurns());
  }

  #send(request: Request, now: EpochMs): void {
    const { query, end, duration } = request;
    const { instrument, barSize, what, regularHoursOnly } = query;
    const requestId = this.#ids.next();
    request.requestId = requestId;
    this.#open.set(requestId, request);
    this.#pacer.note(query, now);
    request.cancelDeadline();
    request.cancelDeadline = this.#session.wakeAfter(BARS_TIMEOUT_MS, () => {
      const told = [`IBKR sent no bars within ${BARS_TIMEOUT_MS / 1000} s`, ...this.#farmsDown.values()].join('; ');
      this.#giveUp(request, err({ kind: 'timeout', text: told }));
    });
    const { failure } = this.#session.send((api) =>
      api.reqHistoricalData(
        requestId,
        { conId: instrument.conId, exchange: instrument.exchange },
        end,
        duration,
        BAR_SIZE_SETTINGS[barSize],
        WhatToShow[what],
        regularHoursOnly,
        FORMAT_SECONDS,
        KEEP_UP_TO_DATE,
      ),
    );
    if (failure !== null) this.#settle(request, lost(failure));
  }

  #hearPacingViolation(request: Request, told: string): void {
    const holdMs = PACING_HOLDS_MS[request.pacingViolations];
    if (holdMs === undefined) {
      this.#answer(request, pacing(told));
      return;
    }
    request.pacingViolations += 1;
    this.#close(request);
    request.cancelDeadline = this.#session.wakeAfter(BARS_TURN_TIMEOUT_MS, () => this.#giveUpTurn(request));
    this.hold(holdMs);
    this.#takeTurns();
  }

  /** IBKR's answer, which is also that to the same request for some time. */
  #answer(request: Request, answer: Answer): void {
    this.#answered.set(request.key, answer);
    this.#session.wakeAfter(IDENTICAL_MS, () => this.#answered.delete(request.key));
    this.#settle(request, answer);
    this.#takeTurns();
  }

  #giveUp(request: Request, answer: Answer): void {
    const { requestId } = request;
    if (requestId !== null) this.#session.send((api) => api.cancelHistoricalData(requestId));
    this.#settle(request, answer);
    this.#takeTurns();
  }

  #settle(request: Request, answer: Answer): void {
    this.#close(request);
    this.#requests.delete(request.key);
    for (const tell of request.waiters) tell(answer);
  }

  /** IBKR does not work on it any more. */
  #close(request: Request): void {
    request.cancelDeadline();
    if (request.requestId !== null) this.#open.delete(request.requestId);
    request.requestId = null;
    request.bars = [];
  }
}

const refused = (text: string): Answer => err({ kind: 'refused', text });
const noData = (text: string): Answer => err({ kind: 'no-data', text });
const pacing = (text: string): Answer => err({ kind: 'pacing', text });
const lost = (text: string): Answer => err({ kind: 'not-connected', text });

function keyOf({ query, end, duration }: Ask): string {
  const { instrument, barSize, what, regularHoursOnly } = query;
  return [instrument.conId, barSize, what, regularHoursOnly, duration, end].join(' ');
}
