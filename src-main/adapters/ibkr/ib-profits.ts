import { EventName, type IBApi } from '@stoqey/ib';
import { isZero, moneyFromNumber } from '#domain/money';
import { laterBy, type AccountId, type ConId } from '#domain/ids';
import type { PnlFigures } from '#domain/pnl';
import type { BrokerFact } from '#ports/broker-port';
import type { Clock } from '#ports/clock';
import { RESTORE_INTERVAL_MS } from './ib-quotes';
import type { IbRequestIds } from './ib-request-ids';
import type { Guard, IbSession } from './ib-session';

/** Positions whose profit and loss is subscribed to; the account's own is told for all of them. */
export const PROFIT_SUBSCRIPTIONS_MAX = 200;
const NO_MODEL = '';

/**
 * IBKR's own profit and loss: of the account, and of each position of it that is held or was held in this session. One
 * message at a time, so that a large account does not use up the messages of a second.
 */
export class IbProfits {
  readonly #session: IbSession;
  readonly #ids: IbRequestIds;
  readonly #clock: Clock;
  readonly #onFact: (fact: BrokerFact) => void;
  readonly #conIds = new Map<number, ConId>();
  readonly #asked = new Set<ConId>();
  readonly #waiting: ConId[] = [];
  #account: AccountId | null = null;
  #accountRequest: number | null = null;
  #cancelNext: (() => void) | null = null;

  constructor(session: IbSession, ids: IbRequestIds, clock: Clock, onFact: (fact: BrokerFact) => void) {
    this.#session = session;
    this.#ids = ids;
    this.#clock = clock;
    this.#onFact = onFact;
  }

  attach(api: IBApi, guard: Guard): void {
    api.on(
      EventName.pnl,
      guard((id: number, daily: number, unrealised?: number, realised?: number) => {
        if (id === this.#accountRequest) {
          this.#onFact({ kind: 'account-pnl', pnl: figuresOf(daily, unrealised, realised) });
        }
      }),
    );
    api.on(
      EventName.pnlSingle,
      guard((id: number, _held: number, daily: number, unrealised?: number, realised?: number) => {
        const conId = this.#conIds.get(id);
        if (conId !== undefined) {
          this.#onFact({ kind: 'position-pnl', conId, pnl: figuresOf(daily, unrealised, realised) });
        }
      }),
    );
  }

  /** A session is there, or IBKR has lost what was subscribed to (1101): everything is asked for anew. */
  subscribe(account: AccountId): void {
    const known = [...this.#asked];
    this.forgetSession();
    this.#account = account;
    const id = this.#ids.next();
    this.#accountRequest = id;
    this.#session.send((api) => api.reqPnL(id, account, NO_MODEL));
    for (const conId of known) this.#want(conId);
  }

  /** What is held of `account` is asked for once. */
  hearPosition({ account, conId, quantity }: Extract<BrokerFact, { kind: 'position' }>): void {
    if (account === this.#account && !isZero(quantity)) this.#want(conId);
  }

  forgetSession(): void {
    this.#cancelNext?.();
    this.#cancelNext = null;
    this.#conIds.clear();
    this.#asked.clear();
    this.#waiting.length = 0;
    this.#account = null;
    this.#accountRequest = null;
  }

  #want(conId: ConId): void {
    if (this.#asked.has(conId) || this.#asked.size >= PROFIT_SUBSCRIPTIONS_MAX) return;
    this.#asked.add(conId);
    this.#waiting.push(conId);
    this.#cancelNext ??= this.#askLater();
  }

  #askLater(): () => void {
    return this.#clock.wakeAt(laterBy(this.#clock.now(), RESTORE_INTERVAL_MS), () => this.#askNext());
  }

  #askNext(): void {
    const conId = this.#waiting.shift();
    const account = this.#account;
    if (conId === undefined || account === null) {
      this.#cancelNext = null;
      return;
    }
    const id = this.#ids.next();
    this.#conIds.set(id, conId);
    this.#session.send((api) => api.reqPnLSingle(id, account, NO_MODEL, conId));
    this.#cancelNext = this.#askLater();
  }
}

/** IBKR sends the largest double for a figure that it does not have. */
function figuresOf(daily: number, unrealised: number | undefined, realised: number | undefined): PnlFigures {
  return {
    daily: moneyFromNumber(daily) ?? null,
    unrealised: moneyFromNumber(unrealised) ?? null,
    realised: moneyFromNumber(realised) ?? null,
  };
}
