import { MarketDataType, type IBApi } from '@stoqey/ib';
import { ibOrderId, laterBy, type AccountId, type EpochMs, type IbOrderId } from '#domain/ids';
import type { DataFarm, FarmState } from '#domain/quote';
import { err, ok, type Result } from '#domain/result';
import type { BrokerFact, BrokerPort, Effect, EffectOutcome, FactListener } from '#ports/broker-port';
import { IbChildRetries } from './ib-child-retries';
import { IbFarms } from './ib-farms';
import { IbHistory } from './ib-history';
import { IbInstruments } from './ib-instruments';
import {
  dataMeaningOf,
  MISSING_PARENT,
  ORDER_ID_IN_USE,
  orderMeaningOf,
  sessionMeaningOf,
  subjectOf,
} from './ib-messages';
import { encodeModifiedOrder, encodePlacedLegs, type WireOrder } from './ib-order-codec';
import { IbProfits } from './ib-profits';
import { IbQuotes } from './ib-quotes';
import { IbReports } from './ib-reports';
import { IbRequestIds } from './ib-request-ids';
import { IbSearch } from './ib-search';
import { IbSession, type Guard, type IbSessionOptions, type SendReport } from './ib-session';
import { IbSnapshot } from './ib-snapshot';
import { IbWhatIf } from './ib-what-if';

/** After IBKR's complaint about too many messages (100), for this long nothing but cancels is sent. */
export const TOO_FAST_HOLD_MS = 1_000;
/** The client id that binds orders entered by hand in TWS. */
const MASTER_CLIENT_ID = 0;
const SUBSCRIBE = true;
/** TWS ignores how many ids are asked for, and names the next one. */
const ONE_ID = 1;
/** Of IBKR's messages and of our words about what could not be read. */
const TEXT_LENGTH_MAX = 500;

export type IbBrokerOptions = IbSessionOptions;

/** The real broker: TWS or IB Gateway over its socket. */
export interface IbBroker extends BrokerPort {
  /** Messages handed to the socket since the start. */
  messagesSent(): number;
}

/** Makes a broker that speaks to TWS or IB Gateway at `host:port` as `clientId`. Nothing happens before `start`. */
export function createIbBroker(options: IbBrokerOptions): IbBroker {
  return new TwsBroker(options);
}

class TwsBroker implements IbBroker {
  readonly #options: IbBrokerOptions;
  readonly #session: IbSession;
  readonly #farms = new IbFarms();
  readonly #quotes: IbQuotes;
  readonly #profits: IbProfits;
  readonly #reports: IbReports;
  readonly #snapshot: IbSnapshot;
  readonly #instruments: IbInstruments;
  readonly #search: IbSearch;
  readonly #history: IbHistory;
  readonly #whatIf: IbWhatIf;
  readonly #childRetries: IbChildRetries;
  #listener: FactListener | null = null;
  #heldUntil: EpochMs | null = null;
  #account: AccountId | null = null;

  constructor(options: IbBrokerOptions) {
    this.#options = options;
    const emit = (fact: BrokerFact): void => this.#emit(fact);
    this.#session = new IbSession(options, {
      attach: (api, guard) => this.#attach(api, guard),
      onFact: emit,
      onUp: (account) => {
        this.#account = account;
        this.#subscribe();
      },
      onDown: () => this.#forgetSession(),
      onMessage: (id, code, text) => this.#hearMessage(id, code, text),
      onUnheard: (why) => this.#reportUnheard(`a message was lost to a defect: ${why}`),
    });
    const ids = new IbRequestIds();
    const { clock, clientId } = options;
    this.#quotes = new IbQuotes(this.#session, ids, clock, emit);
    this.#profits = new IbProfits(this.#session, ids, clock, emit);
    this.#snapshot = new IbSnapshot(this.#session, ids, clock, clientId === MASTER_CLIENT_ID, emit);
    this.#instruments = new IbInstruments(this.#session, ids, clock, emit);
    this.#search = new IbSearch(this.#session, ids, clock);
    this.#history = new IbHistory(this.#session, ids, clock);
    this.#whatIf = new IbWhatIf(this.#session);
    this.#childRetries = new IbChildRetries(this.#session);
    this.#reports = new IbReports(this.#session, clientId, clock, {
      onFact: (fact) => {
        if (fact.kind === 'position') this.#profits.hearPosition(fact);
        emit(fact);
      },
      onProgress: () => this.#snapshot.hearProgress(),
      onOrderKnown: (orderId) => this.#childRetries.settle(orderId),
      onUnreadable: (why) => this.#reportUnreadable(why),
      onFault: options.onFault,
    });
  }

  start(listener: FactListener): void {
    this.#listener = listener;
    this.#session.start();
  }

  stop(): Promise<void> {
    this.#listener = null;
    this.#session.stop();
    this.#forgetSession();
    return Promise.resolve();
  }

  messagesSent(): number {
    return this.#session.messagesSent;
  }

  searchInstruments(query: string): ReturnType<BrokerPort['searchInstruments']> {
    return this.#search.search(query);
  }

  fetchBars(...question: Parameters<BrokerPort['fetchBars']>): ReturnType<BrokerPort['fetchBars']> {
    return this.#history.fetchBars(...question);
  }

  whatIf(...question: Parameters<BrokerPort['whatIf']>): ReturnType<BrokerPort['whatIf']> {
    const { whyDown } = this.#session;
    return whyDown === null ? this.#whatIf.ask(...question) : Promise.resolve(err(whyDown));
  }

  perform(effect: Effect): EffectOutcome {
    const refusal = this.#refusalOf(effect);
    if (refusal !== null) return { result: 'not-sent', reason: refusal };
    switch (effect.kind) {
      case 'place': {
        const encoded = encodePlacedLegs(effect.legs.value);
        const outcome = this.#place(encoded);
        if (encoded.ok && outcome.result === 'sent') this.#childRetries.watch(encoded.value);
        return outcome;
      }
      case 'modify': {
        const encoded = encodeModifiedOrder(effect.order.value);
        if (encoded.ok) this.#childRetries.settle(encoded.value.orderId);
        return this.#place(encoded.ok ? ok([encoded.value]) : encoded);
      }
      case 'cancel':
        this.#childRetries.settle(effect.orderId);
        return outcomeOf(
          1,
          this.#session.send((api) => api.cancelOrder(effect.orderId)),
        );
      case 'global-cancel':
        this.#childRetries.forgetSession();
        return outcomeOf(
          1,
          this.#session.send((api) => api.reqGlobalCancel()),
        );
      case 'snapshot':
        this.#snapshot.begin(effect.id);
        return { result: 'sent' };
      case 'resolve-instrument':
        return this.#instruments.resolve(effect.query);
      case 'subscribe-quote':
        return this.#quotes.subscribe(effect.instrument);
    }
  }

  #refusalOf(effect: Effect): string | null {
    const { whyDown } = this.#session;
    if (whyDown !== null) return whyDown;
    const now = this.#options.clock.now();
    if (now > effect.validUntil) return `too late: it was to be sent ${now - effect.validUntil} ms ago`;
    const isCancel = effect.kind === 'cancel' || effect.kind === 'global-cancel';
    if (!isCancel && this.#heldUntil !== null && now < this.#heldUntil) {
      return `IBKR asked us to slow down (100): only cancels are sent for ${TOO_FAST_HOLD_MS} ms`;
    }
    return null;
  }

  #place(encoded: Result<readonly WireOrder[], string>): EffectOutcome {
    if (!encoded.ok) return { result: 'not-sent', reason: encoded.error };
    const report = this.#session.send((api) => {
      for (const { orderId, contract, order } of encoded.value) api.placeOrder(orderId, contract, order);
    });
    return outcomeOf(encoded.value.length, report);
  }

  /** Everything that flows without being asked for again. */
  #subscribe(): void {
    const account = this.#account;
    if (account === null) return;
    this.#session.send((api) => {
      // Delayed quotes where real-time ones are not subscribed; IBKR ignores this where they are.
      api.reqMarketDataType(MarketDataType.DELAYED);
      api.reqAccountUpdates(SUBSCRIBE, account);
    });
    this.#profits.subscribe(account);
    this.#quotes.restore();
  }

  #forgetSession(): void {
    this.#heldUntil = null;
    this.#childRetries.forgetSession();
    this.#quotes.forgetRequests();
    this.#profits.forgetSession();
    this.#farms.forgetSession();
    this.#snapshot.forgetSession();
    this.#instruments.forgetSession();
    this.#search.forgetSession();
    this.#history.requests.forgetSession();
    this.#whatIf.forgetSession();
  }

  #attach(api: IBApi, guard: Guard): void {
    this.#quotes.attach(api, guard);
    this.#profits.attach(api, guard);
    this.#reports.attach(api, guard);
    this.#snapshot.attach(api, guard);
    this.#instruments.attach(api, guard);
    this.#search.attach(api, guard);
    this.#history.requests.attach(api, guard);
    this.#whatIf.attach(api, guard);
  }

  #reportUnreadable(why: string): void {
    this.#options.onFault(new Error(why.slice(0, TEXT_LENGTH_MAX)));
    this.#reportUnheard(why);
  }

  /** Whatever it was, it may have been about an order: the engine asks, and a snapshot under way is not complete. */
  #reportUnheard(wholeWhy: string): void {
    const why = wholeWhy.slice(0, TEXT_LENGTH_MAX);
    this.#snapshot.hearFlaw(why);
    this.#emit({ kind: 'unreadable', text: why });
  }

  #hearMessage(id: number, code: number, wholeText: string): void {
    const text = wholeText.slice(0, TEXT_LENGTH_MAX);
    switch (subjectOf(id)) {
      case 'order':
        this.#hearOrderError(ibOrderId(id), code, text);
        return;
      case 'data-request':
        this.#hearDataError(id, code, text);
        return;
      case 'session':
        this.#hearSessionMessage(code, text);
    }
  }

  #hearOrderError(orderId: IbOrderId, code: number, text: string): void {
    if (sessionMeaningOf(code).kind === 'too-fast') this.#hold();
    if (this.#whatIf.hearError(orderId, code, text)) return;
    if (code === MISSING_PARENT && this.#childRetries.retry(orderId)) {
      this.#emit({ kind: 'notice', code, text: `order ${orderId} is sent again: ${text}` });
      return;
    }
    if (code === ORDER_ID_IN_USE) this.#session.send((api) => api.reqIds(ONE_ID));
    const { clientId } = this.#options;
    this.#emit({ kind: 'order-error', orderId, clientId, code, text, meaning: orderMeaningOf(code) });
  }

  #hearDataError(requestId: number, code: number, text: string): void {
    const meaning = dataMeaningOf(code);
    const told = `${text} (${code})`;
    const answered =
      meaning.kind !== 'warning' &&
      (this.#instruments.hearError(requestId, told) ||
        this.#search.hearError(requestId, told) ||
        this.#history.requests.hearError(requestId, code, text) ||
        this.#snapshot.hearRefusal(requestId, told));
    if (answered) return;
    if (meaning.kind !== 'moot' && this.#quotes.hearError(requestId, meaning, told)) {
      this.#emit({ kind: 'notice', code, text });
    }
  }

  #hearSessionMessage(code: number, text: string): void {
    this.#history.requests.hearSessionMessage(code, text);
    const meaning = sessionMeaningOf(code);
    switch (meaning.kind) {
      case 'upstream-lost':
        // Not a lost socket: we stay connected and everything TWS still says counts.
        this.#emit({ kind: 'upstream-lost', code, text });
        this.#quotes.hearUpstreamLost(`TWS has lost its connection to IBKR (${code})`);
        this.#snapshot.pausePolls(true);
        return;
      case 'upstream-restored':
        this.#emit({ kind: 'upstream-restored', dataLost: meaning.dataLost });
        this.#snapshot.pausePolls(false);
        if (meaning.dataLost) this.#subscribe();
        else this.#quotes.hearUpstreamRestored();
        return;
      case 'farm':
        this.#hearFarm(meaning.farm, meaning.state, text, code);
        return;
      case 'unreadable':
        this.#reportUnreadable(text);
        return;
      case 'too-fast':
        this.#hold();
        break;
      case 'request-refused':
        this.#snapshot.hearUnnumberedRefusal(`${text} (${code})`);
        break;
      case 'connect':
        // While there is no session this is the reason of the next `link-down`, told there.
        if (this.#session.whyDown !== null) return;
        break;
      case 'client-id-in-use':
      case 'notice':
        break;
    }
    this.#emit({ kind: 'notice', code, text });
  }

  #hearFarm(farm: DataFarm, told: FarmState, tellingText: string, code: number): void {
    const { state, text } = this.#farms.hear(farm, told, tellingText);
    this.#emit({ kind: 'data-farm', farm, state, text });
    if (farm !== 'quotes') return;
    if (state === 'down') this.#quotes.hearLoss(`one of IBKR's market data farms is down (${code})`);
    else this.#quotes.hearReturn();
  }

  #hold(): void {
    this.#heldUntil = laterBy(this.#options.clock.now(), TOO_FAST_HOLD_MS);
    this.#history.requests.hold(TOO_FAST_HOLD_MS);
  }

  #emit(fact: BrokerFact): void {
    this.#listener?.(fact);
  }
}

function outcomeOf(expected: number, { written, failure }: SendReport): EffectOutcome {
  if (written === expected) return { result: 'sent' };
  const reason = failure ?? `only ${written} of ${expected} messages were written`;
  return { result: written === 0 ? 'not-sent' : 'maybe-sent', reason };
}
