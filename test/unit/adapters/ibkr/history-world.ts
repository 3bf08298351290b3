import { EventName, type IBApi } from '@stoqey/ib';
import { IbHistory } from '#adapters/ibkr/ib-history';
import type { BarSession } from '#adapters/ibkr/ib-history-requests';
import { createIbApi } from '#adapters/ibkr/ib-library';
import { IbRequestIds } from '#adapters/ibkr/ib-request-ids';
import type { Bar, BarFailure, BarQuery } from '#domain/bar';
import { conId, epochMs, laterBy } from '#domain/ids';
import type { Instrument } from '#domain/instrument';
import type { Result } from '#domain/result';
import { APPLE } from '#test/builders/fake-workstation';
import { manualClock } from '#test/builders/manual-clock';

/** Monday 5 January 2026, 09:30 in New York. */
export const MONDAY_OPEN = Date.UTC(2026, 0, 5, 14, 30);
const DAY_MS = 24 * 60 * 60_000;

/** Apple with the hours of one week. */
export const APPLE_WITH_HOURS: Instrument = {
  ...APPLE,
  tradingHours: [0, 1, 2, 3, 4].map((day) => ({
    opens: epochMs(MONDAY_OPEN + day * DAY_MS - 5.5 * 60 * 60_000),
    closes: epochMs(MONDAY_OPEN + day * DAY_MS + 10.5 * 60 * 60_000),
  })),
  liquidHours: [0, 1, 2, 3, 4].map((day) => ({
    opens: epochMs(MONDAY_OPEN + day * DAY_MS),
    closes: epochMs(MONDAY_OPEN + day * DAY_MS + 6.5 * 60 * 60_000),
  })),
};

/** Ten daily bars of Apple, unless it says otherwise. */
export function aBarQuery(change: Partial<BarQuery> = {}): BarQuery {
  return {
    instrument: APPLE_WITH_HOURS,
    barSize: '1 day',
    what: 'TRADES',
    sessions: 10,
    regularHoursOnly: true,
    ...change,
  };
}

/** The same query of another instrument, `n` of them. */
export function ofAnother(n: number, query = aBarQuery()): BarQuery {
  return { ...query, instrument: { ...query.instrument, conId: conId(1_000 + n) } };
}

/** One request as it went to IBKR. */
export interface SentRequest {
  readonly id: number;
  readonly conId: number | undefined;
  readonly exchange: string | undefined;
  readonly end: string | undefined;
  readonly duration: string;
  readonly barSize: string;
  readonly what: string;
  readonly regularHours: unknown;
  readonly format: number;
  readonly keepUpToDate: boolean;
}

/** The history of the adapter against a session that the test plays. */
export class HistoryWorld {
  readonly clock = manualClock(MONDAY_OPEN);
  readonly sent: SentRequest[] = [];
  readonly cancelled: number[] = [];
  readonly progress: (readonly [number, number])[] = [];
  /** Why sending fails; null while it does not. */
  sendFailure: string | null = null;
  readonly session: { whyDown: string | null } & BarSession;
  readonly history: IbHistory;
  readonly #api: IBApi;

  constructor() {
    const api = createIbApi({ host: '127.0.0.1', port: 1, clientId: 1, maxReqPerSec: 1 });
    api.reqHistoricalData = (id, contract, end, duration, barSize, what, regularHours, format, keepUpToDate) => {
      const { conId: number, exchange } = contract;
      this.sent.push({ id, conId: number, exchange, end, duration, barSize, what, regularHours, format, keepUpToDate });
      return api;
    };
    api.cancelHistoricalData = (id) => {
      this.cancelled.push(id);
      return api;
    };
    this.#api = api;
    this.session = {
      whyDown: null,
      send: (call) => {
        if (this.sendFailure !== null) return { written: 0, failure: this.sendFailure };
        call(api);
        return { written: 1, failure: null };
      },
      wakeAfter: (delayMs, wake) => this.clock.wakeAt(laterBy(this.clock.now(), delayMs), wake),
    };
    this.history = new IbHistory(this.session, new IbRequestIds(), this.clock);
    this.history.requests.attach(api, (listener) => listener);
  }

  fetch(query = aBarQuery(), signal = new AbortController().signal): Promise<Result<readonly Bar[], BarFailure>> {
    return this.history.fetchBars(query, (done, of) => this.progress.push([done, of]), signal);
  }

  /** The latest request that went out. */
  get last(): SentRequest {
    const last = this.sent.at(-1);
    if (last === undefined) throw new Error('nothing was asked of IBKR');
    return last;
  }

  /** Answers a request with bars of these times, oldest first, all of them at 100. */
  answer(id: number, ...times: readonly string[]): void {
    for (const time of times) this.tell(id, time, 100, 101, 99, 100.5, 1_000);
    this.tell(id, 'finished-20260101 00:00:00-20260105 00:00:00', -1, -1, -1, -1, -1);
  }

  /** One bar as the library hands it over. */
  tell(id: number, time: string, ...figures: readonly (number | undefined)[]): void {
    this.#api.emit(EventName.historicalData, id, time, ...figures);
  }

  refuse(id: number, code: number, text: string): boolean {
    return this.history.requests.hearError(id, code, text);
  }
}

/** Everything that promises have to do is done. */
export async function settled(): Promise<void> {
  for (let round = 0; round < 20; round += 1) await Promise.resolve();
}
