import {
  EventName,
  MarketDataType,
  type CommissionReport,
  type Contract,
  type ContractDescription,
  type ContractDetails,
  type Execution,
  type IBApi,
  type Order,
  type OrderState,
} from '@stoqey/ib';
import { ibOrderId, laterBy, type AccountId, type EpochMs, type IbOrderId } from '#domain/ids';
import { ok, type Result } from '#domain/result';
import type { BrokerFact, BrokerOrderKeys, BrokerPort, Effect, EffectOutcome, FactListener } from '#ports/broker-port';
import { IbChildRetries } from './ib-child-retries';
import { IbInstruments } from './ib-instruments';
import { dataMeaningOf, MISSING_PARENT, orderMeaningOf, sessionMeaningOf, subjectOf } from './ib-messages';
import {
  clientIdOf,
  decodeOrder,
  encodeModifiedOrder,
  encodePlacedLegs,
  holdKeyOf,
  orderIdOf,
  permIdOf,
  type WireOrder,
} from './ib-order-codec';
import { brokerStatusOf, HoldMemory } from './ib-order-status';
import { IbQuotes } from './ib-quotes';
import { decodeCommission, decodeExecution, decodePosition } from './ib-report-codec';
import { IbRequestIds } from './ib-request-ids';
import { IbSearch } from './ib-search';
import { IbSession, type Guard, type IbSessionOptions, type SendReport } from './ib-session';
import { IbSnapshot } from './ib-snapshot';
import { timestampOf } from './ib-time';

/** After IBKR's complaint about too many messages (100), for this long nothing but cancels is sent. */
export const TOO_FAST_HOLD_MS = 1_000;
/** The client id that binds orders entered by hand in TWS. */
const MASTER_CLIENT_ID = 0;
const SUBSCRIBE = true;
/** Of IBKR's messages and of our words about what could not be read. */
const TEXT_LENGTH_MAX = 500;
/** The library's code for a message it could not read; ours too. */
const UNREADABLE = 505;

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
  readonly #quotes: IbQuotes;
  readonly #snapshot: IbSnapshot;
  readonly #instruments: IbInstruments;
  readonly #search: IbSearch;
  readonly #childRetries: IbChildRetries;
  readonly #holds = new HoldMemory();
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
    });
    const ids = new IbRequestIds();
    const { clock, clientId } = options;
    this.#quotes = new IbQuotes(this.#session, ids, clock, emit);
    this.#snapshot = new IbSnapshot(this.#session, ids, clock, clientId === MASTER_CLIENT_ID, emit);
    this.#instruments = new IbInstruments(this.#session, ids, emit);
    this.#search = new IbSearch(this.#session, ids, clock);
    this.#childRetries = new IbChildRetries(this.#session);
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

  perform(effect: Effect): EffectOutcome {
    const refusal = this.#refusalOf(effect);
    if (refusal !== null) return { result: 'not-sent', reason: refusal };
    switch (effect.kind) {
      case 'place': {
        const encoded = encodePlacedLegs(effect.legs.value, effect.groupId);
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
      case 'snapshot':
        this.#snapshot.begin(effect.id);
        return { result: 'sent' };
      case 'resolve-instrument':
        return this.#instruments.resolve(effect.query);
      case 'subscribe-quote':
        return this.#quotes.subscribe(effect.instrument.conId);
    }
  }

  #refusalOf(effect: Effect): string | null {
    const { whyDown } = this.#session;
    if (whyDown !== null) return whyDown;
    const now = this.#options.clock.now();
    if (now > effect.validUntil) return `too late: it was to be sent ${now - effect.validUntil} ms ago`;
    if (effect.kind !== 'cancel' && this.#heldUntil !== null && now < this.#heldUntil) {
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
    this.#quotes.restore();
  }

  #forgetSession(): void {
    this.#heldUntil = null;
    this.#childRetries.forgetSession();
    this.#quotes.forgetRequests();
    this.#snapshot.forgetSession();
    this.#instruments.forgetSession();
    this.#search.forgetSession();
  }

  #attach(api: IBApi, guard: Guard): void {
    // Ticks first: the hot path.
    api.on(
      EventName.tickPrice,
      guard((id: number, type: number, value: number) => this.#quotes.hearPrice(id, type, value)),
    );
    api.on(
      EventName.tickSize,
      guard((id: number, type?: number, value?: number) => this.#quotes.hearSize(id, type, value)),
    );
    api.on(
      EventName.tickGeneric,
      guard((id: number, type: number, value: number) => this.#quotes.hearGeneric(id, type, value)),
    );
    api.on(
      EventName.marketDataType,
      guard((id: number, type: number) => this.#quotes.hearKind(id, type)),
    );
    api.on(
      EventName.openOrder,
      guard((orderId: number, contract: Contract, order: Order, state: OrderState) =>
        this.#hearOrder(orderId, contract, order, state, false),
      ),
    );
    api.on(
      EventName.completedOrder,
      guard((contract: Contract, order: Order, state: OrderState) =>
        this.#hearOrder(undefined, contract, order, state, true),
      ),
    );
    api.on(
      EventName.orderStatus,
      guard(
        (
          orderId: number,
          status: string,
          _filled: number,
          _remaining: number,
          _averagePrice: number,
          permId?: number,
          parentId?: number,
          _lastPrice?: number,
          clientId?: number,
          whyHeld?: string,
        ) => {
          const keys = { clientId: clientIdOf(clientId), orderId: orderIdOf(orderId), permId: permIdOf(permId) };
          this.#hearStatus({ ...keys, orderRef: null }, status, whyHeld ?? '', orderIdOf(parentId) !== null);
        },
      ),
    );
    api.on(
      EventName.execDetails,
      guard((_id: number, contract: Contract, execution: Execution) => this.#hearExecution(contract, execution)),
    );
    api.on(
      EventName.commissionReport,
      guard((report: CommissionReport) => {
        const commission = this.#read(decodeCommission(report));
        if (commission !== null) this.#emit({ kind: 'commission', ...commission });
      }),
    );
    api.on(
      EventName.position,
      guard((account: string, contract: Contract, held: number, averageCost?: number) => {
        this.#snapshot.hearProgress();
        const position = this.#read(decodePosition(account, contract, held, averageCost));
        if (position !== null) this.#emit(position);
      }),
    );
    api.on(
      EventName.updateAccountValue,
      guard((key: string, value: string, currency: string) =>
        this.#emit({ kind: 'account-value', key, value, currency }),
      ),
    );
    api.on(
      EventName.openOrderEnd,
      guard(() => this.#snapshot.hearEnd('orders')),
    );
    api.on(
      EventName.completedOrdersEnd,
      guard(() => this.#snapshot.hearEnd('completed-orders')),
    );
    api.on(
      EventName.positionEnd,
      guard(() => this.#snapshot.hearEnd('positions')),
    );
    api.on(
      EventName.execDetailsEnd,
      guard((id: number) => this.#snapshot.hearNumberedEnd(id)),
    );
    api.on(
      EventName.contractDetails,
      guard((id: number, details: ContractDetails) => this.#instruments.hearDetails(id, details)),
    );
    api.on(
      EventName.contractDetailsEnd,
      guard((id: number) => this.#instruments.hearDetailsEnd(id)),
    );
    api.on(
      EventName.marketRule,
      guard((ruleId: number, increments: readonly unknown[]) => this.#instruments.hearRule(ruleId, increments)),
    );
    api.on(
      EventName.symbolSamples,
      guard((id: number, descriptions: ContractDescription[]) => this.#search.hearMatches(id, descriptions)),
    );
  }

  #hearOrder(
    orderId: number | undefined,
    contract: Contract,
    order: Order,
    state: OrderState,
    completed: boolean,
  ): void {
    this.#snapshot.hearProgress();
    const read = this.#read(decodeOrder(orderId, contract, order, state, this.#holds));
    if (read === null) return;
    this.#settleChild(read);
    this.#emit({ kind: 'order-reported', order: read, completed });
  }

  #hearStatus(keys: BrokerOrderKeys, word: string, whyHeld: string, isChild: boolean): void {
    const evidence = this.#holds.learnWhyHeld(holdKeyOf(keys), whyHeld, isChild);
    const status = brokerStatusOf(word, evidence, whyHeld);
    if (status === null) {
      this.#reportUnreadable(`an order has the unknown status ${JSON.stringify(word)}`);
      return;
    }
    this.#settleChild(keys);
    this.#emit({ kind: 'order-status', keys, status });
  }

  #settleChild({ clientId, orderId }: BrokerOrderKeys): void {
    if (orderId !== null && clientId === this.#options.clientId) this.#childRetries.settle(orderId);
  }

  #hearExecution(contract: Contract, execution: Execution): void {
    this.#snapshot.hearProgress();
    const time = execution.time ?? '';
    const at = timestampOf(time, this.#session.twsZone);
    if (at === null) this.#options.onFault(new Error(`the time of an execution can not be read: ${time}`));
    // A fill is never dropped for its clock: it happened by now.
    const read = this.#read(decodeExecution(contract, execution, at ?? this.#options.clock.now()));
    if (read !== null) this.#emit({ kind: 'execution', execution: read });
  }

  /** The value, or null after saying that TWS sent something we do not understand. */
  #read<T>(result: Result<T, string>): T | null {
    if (result.ok) return result.value;
    this.#reportUnreadable(result.error);
    return null;
  }

  #reportUnreadable(wholeWhy: string): void {
    const why = wholeWhy.slice(0, TEXT_LENGTH_MAX);
    this.#snapshot.hearFlaw(why);
    this.#emit({ kind: 'notice', code: UNREADABLE, text: why });
    this.#options.onFault(new Error(why));
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
    if (code === MISSING_PARENT && this.#childRetries.retry(orderId)) {
      this.#emit({ kind: 'notice', code, text: `order ${orderId} is sent again: ${text}` });
      return;
    }
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
        this.#snapshot.hearRefusal(requestId, told));
    if (answered) return;
    this.#quotes.hearError(requestId, meaning);
    this.#emit({ kind: 'notice', code, text });
  }

  #hearSessionMessage(code: number, text: string): void {
    const meaning = sessionMeaningOf(code);
    switch (meaning.kind) {
      case 'upstream-lost':
        // Not a lost socket: we stay connected and everything TWS still says counts.
        this.#emit({ kind: 'upstream-lost', code, text });
        return;
      case 'upstream-restored':
        this.#emit({ kind: 'upstream-restored', dataLost: meaning.dataLost });
        if (meaning.dataLost) this.#subscribe();
        return;
      case 'quote-farm':
        this.#emit({ kind: 'data-farm', farm: 'quotes', state: meaning.up ? 'up' : 'down', text });
        if (!meaning.up) this.#quotes.hearFarmDown();
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

  #hold(): void {
    this.#heldUntil = laterBy(this.#options.clock.now(), TOO_FAST_HOLD_MS);
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
