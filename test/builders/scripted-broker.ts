import type { Bar, BarFailure, BarQuery } from '#domain/bar';
import { clientId, ibOrderId } from '#domain/ids';
import type { InstrumentMatch } from '#domain/instrument';
import { price } from '#domain/money';
import type { QuotePatch } from '#domain/quote';
import { err, ok, type Result } from '#domain/result';
import type { BrokerFact, BrokerPort, Effect, EffectOutcome, FactListener, WhatIfQuestion } from '#ports/broker-port';
import { ACCOUNT } from '#test/builders/domain-records';
import { AAPL } from '#test/builders/engine-harness';

type EffectOf<Kind extends Effect['kind']> = Extract<Effect, { kind: Kind }>;

/** A broker that says what the test lets it say, and keeps what it was asked to do. */
export class ScriptedBroker implements BrokerPort {
  readonly performed: Effect[] = [];
  /** Decides what becomes of an effect; a test may let facts come, or throw. */
  onPerform: (effect: Effect) => EffectOutcome = () => ({ result: 'sent' });
  /** What a search finds. */
  found: () => Promise<readonly InstrumentMatch[]> = () => Promise.resolve([]);
  /** What a question for bars brings. */
  bars: BrokerPort['fetchBars'] = () => Promise.resolve(ok([]));
  /** What a question about an order's margin brings. */
  margin: BrokerPort['whatIf'] = () => Promise.resolve(err('no answer within 4 s'));
  isStopped = false;
  #listener: FactListener | null = null;

  start(listener: FactListener): void {
    this.#listener = listener;
  }

  stop(): Promise<void> {
    this.isStopped = true;
    this.#listener = null;
    return Promise.resolve();
  }

  perform(effect: Effect): EffectOutcome {
    this.performed.push(effect);
    return this.onPerform(effect);
  }

  searchInstruments(): Promise<readonly InstrumentMatch[]> {
    return this.found();
  }

  whatIf(question: WhatIfQuestion): ReturnType<BrokerPort['whatIf']> {
    return this.margin(question);
  }

  fetchBars(
    query: BarQuery,
    onProgress: (done: number, of: number) => void,
    signal: AbortSignal,
  ): Promise<Result<readonly Bar[], BarFailure>> {
    return this.bars(query, onProgress, signal);
  }

  performedOf<Kind extends Effect['kind']>(kind: Kind): EffectOf<Kind>[] {
    return this.performed.flatMap((effect) => (isKind(effect, kind) ? [effect] : []));
  }

  tell(fact: BrokerFact): void {
    this.#listener?.(fact);
  }

  linkUp(): void {
    this.tell({
      kind: 'link-up',
      serverVersion: 193,
      accounts: [ACCOUNT],
      nextOrderId: ibOrderId(1),
      clientId: clientId(1),
    });
    this.tell({ kind: 'account-value', key: 'NetLiquidation', value: '100000', currency: 'USD' });
  }

  linkDown(reason = 'the socket closed'): void {
    this.tell({ kind: 'link-down', reason, code: null, retryAt: null });
  }

  /** Answers the latest snapshot: there is nothing. */
  answerSnapshot(): void {
    const snapshot = this.performedOf('snapshot').at(-1);
    if (snapshot === undefined) throw new Error('no snapshot was asked for');
    this.tell({ kind: 'snapshot-begun', effectId: snapshot.id });
    this.tell({ kind: 'snapshot-ended', effectId: snapshot.id, complete: true, why: '' });
  }

  defineAapl(): void {
    this.tell({ kind: 'instrument', query: { by: 'symbol', symbol: 'AAPL' }, instrument: AAPL });
  }

  /** A real-time tick of AAPL. */
  tick(patch: QuotePatch = { bid: price('149.99'), ask: price('150'), last: price('150'), close: price('150') }): void {
    this.tell({ kind: 'market-data', conId: AAPL.conId, dataKind: 'real-time', live: true, why: '' });
    this.tell({ kind: 'quote', conId: AAPL.conId, patch });
  }
}

function isKind<Kind extends Effect['kind']>(effect: Effect, kind: Kind): effect is EffectOf<Kind> {
  return effect.kind === kind;
}
