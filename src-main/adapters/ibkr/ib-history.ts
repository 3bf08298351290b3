import type { Bar, BarData, BarFailure, BarQuery } from '#domain/bar';
import { present } from '#domain/assert';
import { err, type Result } from '#domain/result';
import type { StopSignal } from '#ports/broker-port';
import type { Clock } from '#ports/clock';
import { beginningOf, decodeBars, endText, isTimed, type WireBar } from './ib-history-codec';
import { requestsOf, stretchOf } from './ib-history-plan';
import { IbHistoryRequests, type BarSession } from './ib-history-requests';
import type { IbRequestIds } from './ib-request-ids';

const TEXT_LENGTH_MAX = 500;
/** Until now. */
const NOW = '';
/** Bars that IBKR gives only until now (error 10339), and so only in one request. */
const ONLY_UNTIL_NOW: BarData = 'ADJUSTED_LAST';
/** More are never needed where IBKR has the bars; where it has few, this ends it. */
const REQUESTS_PER_QUERY_MAX = 40;

/**
 * Fetches historical bars, backwards from now. Knows what a query asks of IBKR, and which bars of the answers are its own;
 * when a request may go and what became of it is known by `requests`.
 */
export class IbHistory {
  readonly requests: IbHistoryRequests;
  readonly #clock: Clock;

  constructor(session: BarSession, ids: IbRequestIds, clock: Clock) {
    this.requests = new IbHistoryRequests(session, ids, clock);
    this.#clock = clock;
  }

  /** See BrokerPort. */
  async fetchBars(
    query: BarQuery,
    onProgress: (done: number, of: number) => void,
    signal: StopSignal,
  ): Promise<Result<readonly Bar[], BarFailure>> {
    const planned = requestsOf(query);
    if (query.what === ONLY_UNTIL_NOW && planned > 1) {
      const { sessions } = stretchOf(query, query.sessions);
      const text = `IBKR gives adjusted bars of ${query.barSize} for at most ${sessions} sessions`;
      return err({ kind: 'refused', text });
    }
    onProgress(0, planned);
    const found = new Map<string, WireBar>();
    let end = NOW;
    let left = query.sessions;
    for (let done = 1; done <= REQUESTS_PER_QUERY_MAX; done += 1) {
      const stretch = stretchOf(query, left);
      const answer = await this.requests.ask({ query, end, duration: stretch.duration }, signal);
      if (!answer.ok && (answer.error.kind !== 'no-data' || found.size === 0)) return answer;
      // IBKR says that there is nothing: what there was before that is all.
      const older = answer.ok ? answer.value.filter(({ time }) => !found.has(time)) : [];
      const unreadable = older.find((bar) => !isTimed(bar, query));
      if (unreadable !== undefined) return refusedFor(`a bar's time is ${JSON.stringify(unreadable.time)}`);
      for (const bar of older) found.set(bar.time, bar);
      left = query.barSize === '1 day' ? query.sessions - found.size : left - stretch.sessions;
      const isDone = left <= 0 || older.length === 0 || query.what === ONLY_UNTIL_NOW;
      onProgress(done, isDone ? done : Math.max(planned, done + 1));
      if (isDone) break;
      end = endText(beginningOf(oldestOf(older), query));
    }
    const newestFirst = [...found.values()].sort((a, b) => Number(b.time) - Number(a.time));
    const wanted = query.barSize === '1 day' ? newestFirst.slice(0, query.sessions) : newestFirst;
    const bars = decodeBars(query, wanted.reverse(), this.#clock.now());
    return bars.ok ? bars : refusedFor(bars.error);
  }
}

function refusedFor(why: string): Result<never, BarFailure> {
  return err({ kind: 'refused', text: `IBKR's bars can not be read: ${why}`.slice(0, TEXT_LENGTH_MAX) });
}

function oldestOf(bars: readonly WireBar[]): WireBar {
  return present(bars.toSorted((a, b) => Number(a.time) - Number(b.time))[0], 'the oldest bar of an answer');
}
