import { EventName, type IBApi } from '@stoqey/ib';
import { laterBy, type ConId, type EpochMs } from '#domain/ids';
import type { Instrument } from '#domain/instrument';
import type { MarketDataKind, QuotePatch } from '#domain/quote';
import type { BrokerFact, EffectOutcome } from '#ports/broker-port';
import type { Clock } from '#ports/clock';
import { quoteContractOf } from './ib-instrument-codec';
import type { DataErrorMeaning } from './ib-messages';
import type { IbRequestIds } from './ib-request-ids';
import type { Guard, IbSession } from './ib-session';
import { HALTED, isDelayedTick, pricePatchOf, sizePatchOf } from './ib-ticks';

/** IBKR's market data lines of an ordinary account. */
export const QUOTE_SUBSCRIPTIONS_MAX = 100;
/**
 * Between two messages that restore subscriptions: 8 a second, so that together with the pacer's 40 and our heartbeat
 * IBKR's 50 messages a second are never passed.
 */
export const RESTORE_INTERVAL_MS = 125;
/**
 * A subscription that delivers nothing is asked for again this often: IBKR does not say when another session of the user
 * gave the data back, and may leave a subscription open and silent (nautechsystems/nautilus_trader issue 4949).
 */
export const REVIVE_INTERVAL_MS = 60_000;
/** After a farm or IBKR itself came back, what does not tick by then is asked for again. */
export const REVIVE_SOON_MS = 5_000;
/** How often one subscription is asked for again because its number was taken. */
const RENUMBER_ATTEMPTS_MAX = 3;
const WHY_LENGTH_MAX = 200;

const SEND_FULL_STREAM = false;
const NOT_REGULATORY = false;

const KINDS: ReadonlyMap<number, MarketDataKind> = new Map<number, MarketDataKind>([
  [1, 'real-time'],
  [2, 'frozen'],
  [3, 'delayed'],
  [4, 'delayed-frozen'],
]);

interface Subscription {
  readonly conId: ConId;
  readonly exchange: string;
  /** null: waits to be restored. */
  requestId: number | null;
  /** The request that is to be cancelled before a new one is made. */
  discarded: number | null;
  askedAt: EpochMs;
  kind: MarketDataKind;
  /** False until data flows, and again when IBKR says that it does not. */
  live: boolean;
  /** What IBKR said was in the way of the data; empty once it flows. */
  trouble: string;
  /** Asking again may help. */
  mayReturn: boolean;
  renumbered: number;
}

/** The level-1 subscriptions: one per instrument, restored after a reconnect, ticks translated one to one. */
export class IbQuotes {
  readonly #session: IbSession;
  readonly #ids: IbRequestIds;
  readonly #clock: Clock;
  readonly #onFact: (fact: BrokerFact) => void;
  readonly #byConId = new Map<ConId, Subscription>();
  readonly #byRequestId = new Map<number, Subscription>();
  /** Something that serves all quotes is down. */
  #isLost = false;
  /** TWS has no connection to IBKR. */
  #isCutOff = false;
  #cancelRestore: () => void = () => undefined;
  #cancelRevival: () => void = () => undefined;

  constructor(session: IbSession, ids: IbRequestIds, clock: Clock, onFact: (fact: BrokerFact) => void) {
    this.#session = session;
    this.#ids = ids;
    this.#clock = clock;
    this.#onFact = onFact;
  }

  attach(api: IBApi, guard: Guard): void {
    api.on(
      EventName.tickPrice,
      guard((id: number, type: number, value: number) => this.#hearPrice(id, type, value)),
    );
    api.on(
      EventName.tickSize,
      guard((id: number, type?: number, value?: number) => this.#hearSize(id, type, value)),
    );
    api.on(
      EventName.tickGeneric,
      guard((id: number, type: number, value: number) => this.#hearGeneric(id, type, value)),
    );
    api.on(
      EventName.marketDataType,
      guard((id: number, type: number) => this.#hearKind(id, type)),
    );
  }

  /** Subscribes once; asking again for the same instrument sends nothing. */
  subscribe({ conId, exchange }: Pick<Instrument, 'conId' | 'exchange'>): EffectOutcome {
    if (this.#byConId.has(conId)) return { result: 'sent' };
    if (this.#byConId.size >= QUOTE_SUBSCRIPTIONS_MAX) {
      return { result: 'not-sent', reason: `all ${QUOTE_SUBSCRIPTIONS_MAX} market data lines are in use` };
    }
    const subscription: Subscription = {
      conId,
      exchange,
      requestId: null,
      discarded: null,
      askedAt: this.#clock.now(),
      kind: 'unknown',
      live: false,
      trouble: '',
      mayReturn: true,
      renumbered: 0,
    };
    const failure = this.#request(subscription);
    if (failure !== null) return { result: 'not-sent', reason: failure };
    this.#byConId.set(conId, subscription);
    return { result: 'sent' };
  }

  /** Asks for everything again, a few at a time: in a fresh session, and when IBKR says that it lost the subscriptions. */
  restore(): void {
    this.forgetRequests();
    this.#restoreNext();
    this.#reviveIn(REVIVE_INTERVAL_MS);
  }

  /** The subscriptions are gone, and what was last heard is not current, however young it is. */
  forgetRequests(): void {
    this.#cancelRestore();
    this.#cancelRevival();
    this.#byRequestId.clear();
    this.#isLost = false;
    this.#isCutOff = false;
    for (const subscription of this.#byConId.values()) {
      subscription.discarded = null;
      subscription.mayReturn = true;
      if (subscription.requestId === null) continue;
      subscription.requestId = null;
      subscription.renumbered = 0;
      this.#qualify(subscription, 'unknown', false, 'the connection that brought it was lost');
    }
  }

  /** Something that serves all quotes went down: the next tick of each instrument says that it is back. */
  hearLoss(why: string): void {
    this.#isLost = true;
    for (const subscription of this.#byConId.values()) {
      if (subscription.live) this.#qualify(subscription, subscription.kind, false, why);
    }
  }

  /** What was down is back: quotes should tick again, and those that do not are asked for again. */
  hearReturn(): void {
    if (!this.#isLost) return;
    this.#isLost = false;
    this.#reviveIn(REVIVE_SOON_MS);
  }

  /** TWS has lost IBKR: what still ticks was on its way, and is not current. */
  hearUpstreamLost(why: string): void {
    this.#isCutOff = true;
    this.hearLoss(why);
  }

  hearUpstreamRestored(): void {
    this.#isCutOff = false;
    this.hearReturn();
  }

  #hearPrice(requestId: number, tickType: number, value: number | undefined): void {
    const subscription = this.#byRequestId.get(requestId);
    if (subscription === undefined) return;
    const patch = pricePatchOf(tickType, value, this.#clock.now());
    if (patch !== null) this.#tick(subscription, tickType, patch);
  }

  #hearSize(requestId: number, tickType: number | undefined, value: number | undefined): void {
    const subscription = this.#byRequestId.get(requestId);
    if (subscription === undefined || tickType === undefined) return;
    const patch = sizePatchOf(tickType, value, this.#clock.now());
    if (patch !== null) this.#tick(subscription, tickType, patch);
  }

  /** Only the halt flag is of interest. */
  #hearGeneric(requestId: number, tickType: number, value: number): void {
    const subscription = this.#byRequestId.get(requestId);
    if (subscription === undefined || tickType !== HALTED) return;
    this.#onFact({ kind: 'quote', conId: subscription.conId, patch: { halted: value > 0 } });
  }

  #hearKind(requestId: number, marketDataType: number): void {
    const subscription = this.#byRequestId.get(requestId);
    if (subscription === undefined) return;
    const { live, trouble } = subscription;
    this.#qualify(subscription, KINDS.get(marketDataType) ?? 'unknown', live, trouble);
  }

  /** @returns whether it is news: a request that is repeated gets the same answer again. */
  hearError(requestId: number, meaning: DataErrorMeaning, text: string): boolean {
    const subscription = this.#byRequestId.get(requestId);
    if (subscription === undefined || meaning.kind === 'warning') return true;
    const trouble =
      meaning.kind === 'quote' ? meaning.why : `IBKR has no market data: ${text}`.slice(0, WHY_LENGTH_MAX);
    const isNews = subscription.trouble !== trouble;
    const kind = meaning.kind === 'quote' ? (meaning.dataKind ?? subscription.kind) : 'unknown';
    subscription.mayReturn = meaning.kind === 'quote' && meaning.mayReturn;
    this.#qualify(subscription, kind, false, trouble);
    if (meaning.kind === 'number-in-use' && subscription.renumbered < RENUMBER_ATTEMPTS_MAX) {
      subscription.renumbered += 1;
      this.#byRequestId.delete(requestId);
      this.#request(subscription);
    }
    return isNews;
  }

  #request(subscription: Subscription): string | null {
    const requestId = this.#ids.next();
    const contract = quoteContractOf(subscription.conId, subscription.exchange);
    const { failure } = this.#session.send((api) =>
      api.reqMktData(requestId, contract, '', SEND_FULL_STREAM, NOT_REGULATORY),
    );
    if (failure !== null) return failure;
    subscription.requestId = requestId;
    subscription.askedAt = this.#clock.now();
    this.#byRequestId.set(requestId, subscription);
    return null;
  }

  #reviveIn(delayMs: number): void {
    this.#cancelRevival();
    this.#cancelRevival = this.#session.wakeAfter(delayMs, () => {
      for (const subscription of this.#byConId.values()) this.#discardSilent(subscription);
      this.#cancelRestore();
      this.#restoreNext();
      this.#reviveIn(REVIVE_INTERVAL_MS);
    });
  }

  #discardSilent(subscription: Subscription): void {
    const { requestId, live, mayReturn, askedAt } = subscription;
    if (live || !mayReturn || requestId === null || this.#clock.now() < laterBy(askedAt, REVIVE_SOON_MS)) return;
    this.#byRequestId.delete(requestId);
    subscription.discarded = requestId;
    subscription.requestId = null;
    subscription.renumbered = 0;
  }

  #restoreNext(): void {
    for (const subscription of this.#byConId.values()) {
      const { discarded } = subscription;
      if (subscription.requestId !== null) continue;
      if (discarded === null) this.#request(subscription);
      else {
        subscription.discarded = null;
        this.#session.send((api) => api.cancelMktData(discarded));
      }
      this.#cancelRestore = this.#session.wakeAfter(RESTORE_INTERVAL_MS, () => this.#restoreNext());
      return;
    }
  }

  #tick(subscription: Subscription, tickType: number, patch: QuotePatch): void {
    const { kind, live } = subscription;
    if (this.#isCutOff) {
      // Nothing that comes now makes a quote current.
    } else if (isDelayedTick(tickType) && kind !== 'delayed' && kind !== 'delayed-frozen') {
      this.#qualify(subscription, 'delayed', true, '');
    } else if (!live) {
      this.#qualify(subscription, kind, true, ''); // data flows again
    }
    this.#onFact({ kind: 'quote', conId: subscription.conId, patch });
  }

  #qualify(subscription: Subscription, kind: MarketDataKind, live: boolean, trouble: string): void {
    subscription.kind = kind;
    subscription.live = live;
    subscription.trouble = trouble;
    if (live) subscription.mayReturn = true;
    const why = trouble === '' ? whyOf(kind, live) : trouble;
    this.#onFact({ kind: 'market-data', conId: subscription.conId, dataKind: kind, live, why });
  }
}

/** What keeps data from being live and real-time when IBKR has named no trouble. */
function whyOf(kind: MarketDataKind, live: boolean): string {
  switch (kind) {
    case 'delayed':
      return 'delayed by 15 minutes or so: not all of its real-time data is subscribed';
    case 'frozen':
      return 'the last quotes before the market closed';
    case 'delayed-frozen':
      return 'the last delayed quotes before the market closed';
    case 'unknown':
      return live ? 'IBKR does not say how current it is' : 'no data has come yet';
    case 'real-time':
      return live ? '' : 'no data has come yet';
  }
}
