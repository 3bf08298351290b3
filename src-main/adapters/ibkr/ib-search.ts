import { EventName, type ContractDescription, type IBApi } from '@stoqey/ib';
import { laterBy, type EpochMs } from '#domain/ids';
import type { InstrumentMatch } from '#domain/instrument';
import type { Clock } from '#ports/clock';
import { decodeMatches } from './ib-instrument-codec';
import type { IbRequestIds } from './ib-request-ids';
import type { Guard, IbSession } from './ib-session';

/** From the call to the hits, waiting for the turn included. */
export const SEARCH_TIMEOUT_MS = 5_000;
/** IBKR answers one search a second. Source: IBKR API, reqMatchingSymbols. */
export const SEARCH_INTERVAL_MS = 1_000;
const QUERY = /^[\x20-\x7e]{1,40}$/;

interface Search {
  readonly query: string;
  /** null: waits for its turn. */
  requestId: number | null;
  readonly resolve: (matches: readonly InstrumentMatch[]) => void;
  readonly reject: (reason: Error) => void;
  readonly cancelDeadline: () => void;
}

/** Searches instruments, one at a time: while one is under way the newest waits, and an older one that waits gives way. */
export class IbSearch {
  readonly #session: IbSession;
  readonly #ids: IbRequestIds;
  readonly #clock: Clock;
  #current: Search | null = null;
  #next: Search | null = null;
  #earliest: EpochMs | null = null;
  #cancelTurn: (() => void) | null = null;

  constructor(session: IbSession, ids: IbRequestIds, clock: Clock) {
    this.#session = session;
    this.#ids = ids;
    this.#clock = clock;
  }

  attach(api: IBApi, guard: Guard): void {
    api.on(
      EventName.symbolSamples,
      guard((id: number, descriptions: ContractDescription[]) => this.#hearMatches(id, descriptions)),
    );
  }

  /** Rejects when the text can not be searched for, when not connected, after the deadline, or for a newer search. */
  search(text: string): Promise<readonly InstrumentMatch[]> {
    const query = text.trim();
    if (!QUERY.test(query)) {
      return Promise.reject(new Error(`search for 1 to 40 plain characters, got ${JSON.stringify(text.slice(0, 40))}`));
    }
    const { whyDown } = this.#session;
    if (whyDown !== null) return Promise.reject(new Error(whyDown));
    if (this.#next !== null) this.#fail(this.#next, 'a newer search took its place');
    return new Promise((resolve, reject) => {
      const cancelDeadline = this.#session.wakeAfter(SEARCH_TIMEOUT_MS, () =>
        this.#fail(search, `no answer within ${SEARCH_TIMEOUT_MS / 1000} s`),
      );
      const search: Search = { query, requestId: null, resolve, reject, cancelDeadline };
      this.#next = search;
      this.#takeTurn();
    });
  }

  #hearMatches(requestId: number, descriptions: readonly ContractDescription[]): void {
    const search = this.#current;
    if (search?.requestId !== requestId) return;
    this.#forget(search);
    search.resolve(decodeMatches(descriptions));
  }

  /** @returns false when the request is not one of ours. */
  hearError(requestId: number, text: string): boolean {
    const search = this.#current;
    if (search?.requestId !== requestId) return false;
    this.#fail(search, text);
    return true;
  }

  forgetSession(): void {
    for (const search of [this.#next, this.#current]) {
      if (search !== null) this.#fail(search, 'the connection was lost');
    }
    this.#cancelTurn = null;
    this.#earliest = null;
  }

  #fail(search: Search, reason: string): void {
    this.#forget(search);
    search.reject(new Error(reason));
  }

  #forget(search: Search): void {
    search.cancelDeadline();
    if (this.#next === search) this.#next = null;
    if (this.#current !== search) return;
    this.#current = null;
    this.#takeTurn();
  }

  #takeTurn(): void {
    const search = this.#next;
    if (search === null || this.#current !== null || this.#cancelTurn !== null) return;
    const waitMs = this.#earliest === null ? 0 : this.#earliest - this.#clock.now();
    if (waitMs > 0) {
      this.#cancelTurn = this.#session.wakeAfter(waitMs, () => {
        this.#cancelTurn = null;
        this.#takeTurn();
      });
      return;
    }
    const requestId = this.#ids.next();
    this.#next = null;
    this.#current = search;
    search.requestId = requestId;
    this.#earliest = laterBy(this.#clock.now(), SEARCH_INTERVAL_MS);
    const { failure } = this.#session.send((api) => api.reqMatchingSymbols(requestId, search.query));
    if (failure !== null) this.#fail(search, failure);
  }
}
