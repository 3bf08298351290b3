import { EventName, type ContractDetails, type IBApi } from '@stoqey/ib';
import { present } from '#domain/assert';
import { laterBy, type EpochMs } from '#domain/ids';
import type { PriceBand } from '#domain/instrument';
import type { BrokerFact, EffectOutcome, InstrumentQuery } from '#ports/broker-port';
import type { Clock } from '#ports/clock';
import { contractOf, decodeInstrument, marketRuleIdOf, pickDetails, priceBandsOf } from './ib-instrument-codec';
import type { IbRequestIds } from './ib-request-ids';
import type { Guard, IbSession } from './ib-session';

export const CONTRACT_DETAILS_TIMEOUT_MS = 10_000;
/** A market rule that does not come by then is replaced by the smallest price variation. */
export const MARKET_RULE_TIMEOUT_MS = 5_000;
/** Market rules are asked for again with the daily refresh of their instruments. */
export const MARKET_RULE_AGE_MAX_MS = 12 * 3_600_000;
/** How many answers to one question are looked at. */
const ANSWERS_MAX = 100;
const PRINTABLE_ASCII = /^[\x20-\x7e]{1,40}$/;

interface Question {
  readonly query: InstrumentQuery;
  readonly answers: ContractDetails[];
  readonly cancelDeadline: () => void;
}

/** Waits for the market rule of an instrument that is otherwise known. */
interface RuleWait {
  readonly ready: ((bands: readonly PriceBand[]) => void)[];
  readonly abandoned: (() => void)[];
  readonly cancelDeadline: () => void;
}

/** Resolves symbols to instruments: contract details, then the market rule of SMART. Each question gets one answer. */
export class IbInstruments {
  readonly #session: IbSession;
  readonly #ids: IbRequestIds;
  readonly #clock: Clock;
  readonly #onFact: (fact: BrokerFact) => void;
  readonly #questions = new Map<number, Question>();
  readonly #rules = new Map<number, { readonly bands: readonly PriceBand[]; readonly at: EpochMs }>();
  readonly #ruleWaits = new Map<number, RuleWait>();

  constructor(session: IbSession, ids: IbRequestIds, clock: Clock, onFact: (fact: BrokerFact) => void) {
    this.#session = session;
    this.#ids = ids;
    this.#clock = clock;
    this.#onFact = onFact;
  }

  attach(api: IBApi, guard: Guard): void {
    api.on(
      EventName.contractDetails,
      guard((id: number, details: ContractDetails) => this.#hearDetails(id, details)),
    );
    api.on(
      EventName.contractDetailsEnd,
      guard((id: number) => this.#hearDetailsEnd(id)),
    );
    api.on(
      EventName.marketRule,
      guard((ruleId: number, increments: readonly unknown[]) => this.#hearRule(ruleId, increments)),
    );
  }

  resolve(query: InstrumentQuery): EffectOutcome {
    if (query.by === 'symbol' && !PRINTABLE_ASCII.test(query.symbol)) {
      return { result: 'not-sent', reason: `symbol ${JSON.stringify(query.symbol)} is not plain ASCII` };
    }
    const requestId = this.#ids.next();
    const { failure } = this.#session.send((api) => api.reqContractDetails(requestId, contractOf(query)));
    if (failure !== null) return { result: 'not-sent', reason: failure };
    const cancelDeadline = this.#session.wakeAfter(CONTRACT_DETAILS_TIMEOUT_MS, () =>
      this.#answerUnknown(requestId, `no answer within ${CONTRACT_DETAILS_TIMEOUT_MS / 1000} s`),
    );
    this.#questions.set(requestId, { query, answers: [], cancelDeadline });
    return { result: 'sent' };
  }

  #hearDetails(requestId: number, details: ContractDetails): void {
    const question = this.#questions.get(requestId);
    if (question !== undefined && question.answers.length < ANSWERS_MAX) question.answers.push(details);
  }

  #hearDetailsEnd(requestId: number): void {
    const question = this.#questions.get(requestId);
    if (question === undefined) return;
    const { query } = question;
    const details = pickDetails(query, question.answers);
    if (details === undefined) {
      const wanted = query.by === 'symbol' ? `US stock or ETF ${query.symbol}` : `contract ${query.conId}`;
      this.#answerUnknown(requestId, `IBKR knows no ${wanted}`);
      return;
    }
    this.#forget(requestId, question);
    this.#withRule(
      marketRuleIdOf(details),
      (bands) => {
        const instrument = decodeInstrument(details, bands);
        this.#onFact(
          instrument.ok
            ? { kind: 'instrument', query, instrument: instrument.value }
            : { kind: 'instrument-unknown', query, text: `IBKR's description can not be used: ${instrument.error}` },
        );
      },
      () => this.#onFact({ kind: 'instrument-unknown', query, text: 'the connection was lost' }),
    );
  }

  /** @returns false when the request is not one of ours. */
  hearError(requestId: number, text: string): boolean {
    if (!this.#questions.has(requestId)) return false;
    this.#answerUnknown(requestId, text);
    return true;
  }

  #hearRule(ruleId: number, increments: readonly unknown[]): void {
    this.#settleRule(ruleId, priceBandsOf(increments));
  }

  /** The session is gone: what was asked in it will not be answered. */
  forgetSession(): void {
    for (const requestId of [...this.#questions.keys()]) this.#answerUnknown(requestId, 'the connection was lost');
    const waits = [...this.#ruleWaits.values()];
    this.#ruleWaits.clear();
    this.#rules.clear();
    for (const wait of waits) for (const abandon of wait.abandoned) abandon();
  }

  #forget(requestId: number, question: Question): void {
    this.#questions.delete(requestId);
    question.cancelDeadline();
  }

  #answerUnknown(requestId: number, text: string): void {
    const question = present(this.#questions.get(requestId), 'a question that is answered');
    this.#forget(requestId, question);
    this.#onFact({ kind: 'instrument-unknown', query: question.query, text });
  }

  #withRule(ruleId: number | null, ready: (bands: readonly PriceBand[]) => void, abandoned: () => void): void {
    if (ruleId === null) {
      ready([]);
      return;
    }
    const known = this.#rules.get(ruleId);
    if (known !== undefined && this.#clock.now() < laterBy(known.at, MARKET_RULE_AGE_MAX_MS)) {
      ready(known.bands);
      return;
    }
    const waiting = this.#ruleWaits.get(ruleId);
    if (waiting !== undefined) {
      waiting.ready.push(ready);
      waiting.abandoned.push(abandoned);
      return;
    }
    const cancelDeadline = this.#session.wakeAfter(MARKET_RULE_TIMEOUT_MS, () => this.#settleRule(ruleId, []));
    this.#ruleWaits.set(ruleId, { ready: [ready], abandoned: [abandoned], cancelDeadline });
    this.#session.send((api) => api.reqMarketRule(ruleId));
  }

  #settleRule(ruleId: number, bands: readonly PriceBand[]): void {
    if (bands.length > 0) this.#rules.set(ruleId, { bands, at: this.#clock.now() });
    const wait = this.#ruleWaits.get(ruleId);
    if (wait === undefined) return;
    this.#ruleWaits.delete(ruleId);
    wait.cancelDeadline();
    for (const ready of wait.ready) ready(bands);
  }
}
