import { EventName, type IBApi } from '@stoqey/ib';
import type { ConId, EpochMs } from '#domain/ids';
import { isPositive, priceFromNumber, quantityFromNumber, type Price } from '#domain/money';
import type { MarketDataKind, QuotePatch } from '#domain/quote';
import type { BrokerFact, EffectOutcome } from '#ports/broker-port';
import type { Clock } from '#ports/clock';
import { quoteContractOf } from './ib-instrument-codec';
import type { DataErrorMeaning } from './ib-messages';
import type { IbRequestIds } from './ib-request-ids';
import type { Guard, IbSession } from './ib-session';

/** IBKR's market data lines of an ordinary account. */
export const QUOTE_SUBSCRIPTIONS_MAX = 100;
/**
 * Between two subscriptions that are restored after a reconnect: 8 a second, so that together with the pacer's 40 and
 * our heartbeat IBKR's 50 messages a second are never passed.
 */
export const RESTORE_INTERVAL_MS = 125;
/** How often one subscription is asked for again because its number was taken. */
const RENUMBER_ATTEMPTS_MAX = 3;

const SEND_FULL_STREAM = false;
const NOT_REGULATORY = false;

// Tick types of IBKR; the delayed ones carry the same figures fifteen minutes late.
const BID_SIZE = 0;
const BID = 1;
const ASK = 2;
const ASK_SIZE = 3;
const LAST = 4;
const HIGH = 6;
const LOW = 7;
const VOLUME = 8;
const CLOSE = 9;
const HALTED = 49;
const DELAYED_BID = 66;
const DELAYED_ASK = 67;
const DELAYED_LAST = 68;
const DELAYED_BID_SIZE = 69;
const DELAYED_ASK_SIZE = 70;
const DELAYED_HIGH = 72;
const DELAYED_LOW = 73;
const DELAYED_VOLUME = 74;
const DELAYED_CLOSE = 75;
const DELAYED_MIN = 66;
const DELAYED_MAX = 76;

const KINDS: ReadonlyMap<number, MarketDataKind> = new Map<number, MarketDataKind>([
  [1, 'real-time'],
  [2, 'frozen'],
  [3, 'delayed'],
  [4, 'delayed-frozen'],
]);

interface Subscription {
  readonly conId: ConId;
  /** null: waits to be restored. */
  requestId: number | null;
  kind: MarketDataKind;
  /** False until data flows, and again when IBKR says that it does not. */
  live: boolean;
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
  #cancelRestore: () => void = () => undefined;

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
  subscribe(conId: ConId): EffectOutcome {
    if (this.#byConId.has(conId)) return { result: 'sent' };
    if (this.#byConId.size >= QUOTE_SUBSCRIPTIONS_MAX) {
      return { result: 'not-sent', reason: `all ${QUOTE_SUBSCRIPTIONS_MAX} market data lines are in use` };
    }
    const subscription: Subscription = { conId, requestId: null, kind: 'unknown', live: false, renumbered: 0 };
    const failure = this.#request(subscription);
    if (failure !== null) return { result: 'not-sent', reason: failure };
    this.#byConId.set(conId, subscription);
    return { result: 'sent' };
  }

  /** Asks for everything again, a few at a time: in a fresh session, and when IBKR says that it lost the subscriptions. */
  restore(): void {
    this.forgetRequests();
    this.#restoreNext();
  }

  /** The subscriptions are gone, and what was last heard is not current, however young it is. */
  forgetRequests(): void {
    this.#cancelRestore();
    this.#byRequestId.clear();
    for (const subscription of this.#byConId.values()) {
      if (subscription.requestId === null) continue;
      subscription.requestId = null;
      subscription.renumbered = 0;
      this.#qualify(subscription, 'unknown', false);
    }
  }

  /** The farm that serves quotes went down: the next tick of each instrument says that it is back. */
  hearFarmDown(): void {
    for (const subscription of this.#byConId.values()) subscription.live = false;
  }

  #hearPrice(requestId: number, tickType: number, value: number | undefined): void {
    const subscription = this.#byRequestId.get(requestId);
    if (subscription === undefined) return;
    const patch = pricePatchOf(tickType, priceTick(value), this.#clock.now());
    if (patch !== null) this.#tick(subscription, tickType, patch);
  }

  #hearSize(requestId: number, tickType: number | undefined, value: number | undefined): void {
    const subscription = this.#byRequestId.get(requestId);
    if (subscription === undefined || tickType === undefined) return;
    const patch = sizePatchOf(tickType, value, this.#clock.now());
    if (patch !== null) this.#tick(subscription, tickType, patch);
  }

  /** Only the halt flag is of interest: 0 trades, 1 and 2 are halts, −1 unknown. */
  #hearGeneric(requestId: number, tickType: number, value: number): void {
    const subscription = this.#byRequestId.get(requestId);
    if (subscription === undefined || tickType !== HALTED) return;
    this.#onFact({ kind: 'quote', conId: subscription.conId, patch: { halted: value > 0 } });
  }

  #hearKind(requestId: number, marketDataType: number): void {
    const subscription = this.#byRequestId.get(requestId);
    if (subscription !== undefined)
      this.#qualify(subscription, KINDS.get(marketDataType) ?? 'unknown', subscription.live);
  }

  hearError(requestId: number, meaning: DataErrorMeaning): void {
    const subscription = this.#byRequestId.get(requestId);
    if (subscription === undefined || meaning.kind === 'warning') return;
    if (meaning.kind === 'quote') {
      this.#qualify(subscription, meaning.dataKind ?? subscription.kind, false);
      return;
    }
    this.#qualify(subscription, 'unknown', false);
    if (meaning.kind === 'number-in-use' && subscription.renumbered < RENUMBER_ATTEMPTS_MAX) {
      subscription.renumbered += 1;
      this.#byRequestId.delete(requestId);
      this.#request(subscription);
    }
  }

  #request(subscription: Subscription): string | null {
    const requestId = this.#ids.next();
    const contract = quoteContractOf(subscription.conId);
    const { failure } = this.#session.send((api) =>
      api.reqMktData(requestId, contract, '', SEND_FULL_STREAM, NOT_REGULATORY),
    );
    if (failure !== null) return failure;
    subscription.requestId = requestId;
    this.#byRequestId.set(requestId, subscription);
    return null;
  }

  #restoreNext(): void {
    for (const subscription of this.#byConId.values()) {
      if (subscription.requestId !== null) continue;
      this.#request(subscription);
      this.#cancelRestore = this.#session.wakeAfter(RESTORE_INTERVAL_MS, () => this.#restoreNext());
      return;
    }
  }

  #tick(subscription: Subscription, tickType: number, patch: QuotePatch): void {
    const isDelayed = tickType >= DELAYED_MIN && tickType <= DELAYED_MAX;
    if (isDelayed && subscription.kind !== 'delayed' && subscription.kind !== 'delayed-frozen') {
      this.#qualify(subscription, 'delayed', true);
    } else if (!subscription.live) {
      this.#qualify(subscription, subscription.kind, true); // data flows again
    }
    this.#onFact({ kind: 'quote', conId: subscription.conId, patch });
  }

  #qualify(subscription: Subscription, kind: MarketDataKind, live: boolean): void {
    subscription.kind = kind;
    subscription.live = live;
    this.#onFact({ kind: 'market-data', conId: subscription.conId, dataKind: kind, live, why: '' });
  }
}

/** IBKR writes −1, sometimes 0, where there is no price. */
function priceTick(value: number | undefined): Price | null {
  const price = priceFromNumber(value);
  return price !== undefined && isPositive(price) ? price : null;
}

function pricePatchOf(tickType: number, price: Price | null, tickAt: EpochMs): QuotePatch | null {
  switch (tickType) {
    case BID:
    case DELAYED_BID:
      return { bid: price, tickAt };
    case ASK:
    case DELAYED_ASK:
      return { ask: price, tickAt };
    case LAST:
    case DELAYED_LAST:
      return { last: price, tickAt };
    case HIGH:
    case DELAYED_HIGH:
      return { high: price, tickAt };
    case LOW:
    case DELAYED_LOW:
      return { low: price, tickAt };
    case CLOSE:
    case DELAYED_CLOSE:
      return { close: price, tickAt };
    default:
      return null;
  }
}

function sizePatchOf(tickType: number, value: number | undefined, tickAt: EpochMs): QuotePatch | null {
  const size = quantityFromNumber(value) ?? null;
  switch (tickType) {
    case BID_SIZE: // comes only as a tick of its own: the library drops the one beside the bid price
    case DELAYED_BID_SIZE:
      return { bidSize: size, tickAt };
    case ASK_SIZE:
    case DELAYED_ASK_SIZE:
      return { askSize: size, tickAt };
    case VOLUME:
    case DELAYED_VOLUME:
      return { volume: size, tickAt };
    default:
      return null;
  }
}
