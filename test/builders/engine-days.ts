import * as fc from 'fast-check';
import { clientId, execId, ibOrderId, orderNumber, permId, type CommandKey, type ExecId } from '#domain/ids';
import type { Command } from '#domain/command';
import { money, price, quantity, type Price } from '#domain/money';
import { seenOf } from '#domain/position-difference';
import type { BrokerOrderKeys, BrokerOrderStatus, EffectOutcome, OrderErrorMeaning } from '#ports/broker-port';
import { POSITION_LAG_MS } from '#engine/orders/position-lag';
import {
  AAPL,
  aBracketRequest,
  aForeignOrder,
  aLimitOrder,
  correctionOf,
  type EngineHarness,
} from '#test/builders/engine-harness';

/** One thing that happens on a day at the desk; orders are picked among those that are there. */
export type Happening =
  | { readonly what: 'place'; readonly side: 'BUY' | 'SELL'; readonly shares: number; readonly cents: number }
  | { readonly what: 'place-stop'; readonly side: 'BUY' | 'SELL'; readonly cents: number }
  | { readonly what: 'bracket'; readonly hasTarget: boolean; readonly cents: number }
  | { readonly what: 'modify'; readonly pick: number; readonly cents: number | null; readonly shares: number | null }
  | { readonly what: 'cancel'; readonly pick: number }
  | { readonly what: 'cancel-all'; readonly keepStops: boolean }
  | { readonly what: 'repeat-command' }
  | { readonly what: 'tick'; readonly cents: number }
  | { readonly what: 'link'; readonly event: 'down' | 'up' | 'lost' | 'restored' }
  | { readonly what: 'snapshot-begins' }
  | { readonly what: 'snapshot-ends'; readonly complete: boolean }
  | { readonly what: 'snapshot'; readonly aliveOnly: boolean; readonly held: number | null }
  | { readonly what: 'poll'; readonly shown: boolean; readonly complete: boolean }
  | { readonly what: 'foreign-fill'; readonly number: number; readonly filled: number; readonly completed: boolean }
  | { readonly what: 'foreign-execution'; readonly number: number; readonly shares: number; readonly again: boolean }
  | { readonly what: 'position-moves'; readonly by: number; readonly foreign: boolean }
  | { readonly what: 'split' }
  | { readonly what: 'unreadable' }
  | { readonly what: 'acknowledge' }
  | { readonly what: 'overnight'; readonly crashes: boolean }
  | { readonly what: 'account-value'; readonly currency: 'USD' | 'EUR'; readonly rate: string | null }
  | { readonly what: 'status'; readonly pick: number; readonly status: BrokerOrderStatus }
  | { readonly what: 'report'; readonly pick: number; readonly status: BrokerOrderStatus; readonly completed: boolean }
  | { readonly what: 'report-changed'; readonly pick: number }
  | { readonly what: 'error'; readonly pick: number; readonly meaning: OrderErrorMeaning; readonly code: number }
  | { readonly what: 'execution'; readonly pick: number; readonly shares: number }
  | { readonly what: 'repeat-execution'; readonly suffix: '01' | '02' | '03' }
  | { readonly what: 'commission'; readonly early: boolean }
  | { readonly what: 'position'; readonly shares: number }
  | { readonly what: 'foreign'; readonly number: number; readonly reissued: boolean }
  | { readonly what: 'outcomes'; readonly outcome: EffectOutcome | null }
  | { readonly what: 'late-outcome'; readonly pick: number; readonly outcome: EffectOutcome }
  | { readonly what: 'time'; readonly ms: number }
  | { readonly what: 'halt' }
  | { readonly what: 'crash'; readonly lost: number };

const statuses: fc.Arbitrary<BrokerOrderStatus> = fc.constantFrom<BrokerOrderStatus[]>(
  { kind: 'acknowledged', hold: 'none' },
  { kind: 'acknowledged', hold: 'parent' },
  { kind: 'working' },
  { kind: 'working' },
  { kind: 'cancel-pending' },
  { kind: 'cancelled' },
  { kind: 'filled' },
  { kind: 'inactive', why: 'locate' },
);
const outcomes: fc.Arbitrary<EffectOutcome> = fc.constantFrom<EffectOutcome[]>(
  { result: 'sent' },
  { result: 'sent' },
  { result: 'not-sent', reason: 'the link is down' },
  { result: 'maybe-sent', reason: 'the link broke' },
);
const side = fc.constantFrom('BUY' as const, 'SELL' as const);
const pick = fc.nat(30);
const shares = fc.integer({ min: 1, max: 12 });
const cents = fc.integer({ min: 14_000, max: 16_000 });
const code = fc.constantFrom(104, 110, 161, 201, 202, 399, 10_147);
const meaning = fc.constantFrom<OrderErrorMeaning[]>(
  'rejected',
  'refused-change',
  'cancelled',
  'uncertain',
  'cancel-failed',
  'warning',
);

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ what: fc.constant('place' as const), side, shares, cents }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('place-stop' as const), side, cents }) },
  { weight: 6, arbitrary: fc.record({ what: fc.constant('bracket' as const), hasTarget: fc.boolean(), cents }) },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('modify' as const),
      pick,
      cents: fc.option(cents, { nil: null }),
      shares: fc.option(shares, { nil: null }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ what: fc.constant('cancel' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('cancel-all' as const), keepStops: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ what: 'repeat-command' as const }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('tick' as const), cents }) },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('link' as const),
      event: fc.constantFrom('down' as const, 'up' as const, 'up' as const, 'lost' as const, 'restored' as const),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ what: 'snapshot-begins' as const }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('snapshot-ends' as const), complete: fc.boolean() }) },
  {
    weight: 5,
    arbitrary: fc.record({
      what: fc.constant('snapshot' as const),
      aliveOnly: fc.boolean(),
      held: fc.option(fc.integer({ min: -9, max: 20 }), { nil: null }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant('poll' as const), shown: fc.boolean(), complete: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('foreign-fill' as const),
      number: fc.nat(4),
      filled: shares,
      completed: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant('foreign-execution' as const),
      number: fc.nat(4),
      shares,
      again: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('position-moves' as const),
      by: fc.integer({ min: -6, max: 6 }),
      foreign: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ what: 'split' as const }) },
  { weight: 1, arbitrary: fc.constant({ what: 'unreadable' as const }) },
  { weight: 2, arbitrary: fc.constant({ what: 'acknowledge' as const }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('overnight' as const), crashes: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant('account-value' as const),
      currency: fc.constantFrom('USD' as const, 'EUR' as const),
      rate: fc.constantFrom('1.1', '0', 'none', null),
    }),
  },
  { weight: 10, arbitrary: fc.record({ what: fc.constant('status' as const), pick, status: statuses }) },
  {
    weight: 3,
    arbitrary: fc.record({ what: fc.constant('report' as const), pick, status: statuses, completed: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('report-changed' as const), pick }) },
  { weight: 4, arbitrary: fc.record({ what: fc.constant('error' as const), pick, meaning, code }) },
  { weight: 8, arbitrary: fc.record({ what: fc.constant('execution' as const), pick, shares }) },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('repeat-execution' as const),
      suffix: fc.constantFrom('01' as const, '02' as const, '03' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('commission' as const), early: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant('position' as const), shares: fc.integer({ min: -9, max: 20 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant('foreign' as const), number: fc.nat(4), reissued: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant('outcomes' as const), outcome: fc.option(outcomes, { nil: null }) }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('late-outcome' as const), pick, outcome: outcomes }) },
  { weight: 6, arbitrary: fc.record({ what: fc.constant('time' as const), ms: fc.nat(12_000) }) },
  { weight: 1, arbitrary: fc.constant({ what: 'halt' as const }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('crash' as const), lost: fc.nat(6) }) },
);

/** Others' orders of odd numbers buy, the others sell. */
export const foreignSideOf = (number: number): 'BUY' | 'SELL' => (number % 2 === 1 ? 'BUY' : 'SELL');

const dollars = (of: number): Price => price((of / 100).toFixed(2));

/** A day at the desk. */
export const aDay: fc.Arbitrary<Happening[]> = fc.array(happening, { minLength: 5, maxLength: 60, size: 'max' });

interface LastCommand {
  readonly key: CommandKey;
  readonly command: Command;
}

/** Lets the happenings of a day happen to an engine. */
export class Desk {
  readonly #engine: EngineHarness;
  #last: LastCommand | null = null;
  #foreignExecutions = 0;
  #nights = 0;
  #filled: { readonly number: number; readonly execId: ExecId } | null = null;

  constructor(engine: EngineHarness) {
    this.#engine = engine;
  }

  lives(happening: Happening): void {
    const engine = this.#engine;
    switch (happening.what) {
      case 'place':
        this.#command({
          kind: 'place-order',
          request: aLimitOrder({
            side: happening.side,
            quantity: quantity(String(happening.shares)),
            terms: { type: 'LMT', limit: dollars(happening.cents) },
          }),
        });
        return;
      case 'place-stop':
        this.#command({
          kind: 'place-order',
          request: aLimitOrder({ side: happening.side, terms: { type: 'STP', stop: dollars(happening.cents) } }),
        });
        return;
      case 'bracket':
        this.#command({
          kind: 'place-bracket',
          request: aBracketRequest({
            parent: { type: 'LMT', limit: dollars(happening.cents) },
            takeProfit: happening.hasTarget ? { limit: dollars(happening.cents + 500) } : null,
            stopLoss: { type: 'STP', stop: dollars(happening.cents - 500) },
          }),
        });
        return;
      case 'modify':
        this.#modify(happening);
        return;
      case 'cancel':
        this.#withOrder(happening.pick, (number) =>
          this.#command({ kind: 'cancel-orders', numbers: [orderNumber(number)] }),
        );
        return;
      case 'cancel-all':
        this.#command({ kind: 'cancel-all', symbol: null, keepStops: happening.keepStops });
        return;
      case 'repeat-command':
        if (this.#last !== null) engine.commands(this.#last.command, 'window', this.#last.key);
        return;
      case 'tick':
        engine.ticks(dollars(happening.cents), dollars(happening.cents + 1));
        return;
      case 'link':
        this.#link(happening.event);
        return;
      case 'snapshot-begins':
        if (engine.isAskedForSnapshot) engine.beginsSnapshot();
        return;
      case 'snapshot-ends':
        if (engine.isAskedForSnapshot) engine.endsSnapshot(happening.complete);
        return;
      case 'snapshot':
        if (engine.isAskedForSnapshot)
          engine.answersSnapshot(() => {
            this.#reportAll(happening.aliveOnly);
            if (happening.held !== null) engine.reportsPosition(String(happening.held));
          });
        return;
      case 'poll':
        engine.fact({ kind: 'open-orders-begun' });
        if (happening.shown) engine.reportsForeign();
        engine.fact({ kind: 'open-orders-ended', complete: happening.complete });
        return;
      case 'foreign-fill':
        this.#foreignFill(happening.number, happening.filled, happening.completed);
        return;
      case 'foreign-execution':
        this.#foreignExecution(happening);
        return;
      case 'position-moves':
        this.#positionMoves(happening.by, happening.foreign);
        return;
      case 'split':
        this.#settlesAt(String(2 * this.#held()), '75');
        return;
      case 'unreadable':
        engine.fact({ kind: 'unreadable', text: 'a message could not be read' });
        return;
      case 'acknowledge':
        this.#command({
          kind: 'acknowledge-differences',
          seen: seenOf(engine.durable.unexplained.values()),
          cause: 'transfer',
          reason: 'seen and understood',
        });
        return;
      case 'overnight':
        this.#nights += 1;
        engine.linkDown();
        engine.passes(20 * 60 * 60 * 1000);
        if (happening.crashes) engine.crashes();
        engine.linkUp();
        return;
      case 'account-value': {
        const { currency, rate } = happening;
        const key = rate === null ? 'NetLiquidation' : 'ExchangeRate';
        engine.fact({ kind: 'account-value', key, value: rate ?? '1000', currency });
        return;
      }
      case 'status':
        this.#withOrder(happening.pick, (number) => engine.status(number, happening.status));
        return;
      case 'report':
        this.#withOrder(happening.pick, (number) =>
          happening.completed
            ? engine.reportsCompleted(number, happening.status)
            : engine.reports(number, happening.status),
        );
        return;
      case 'report-changed':
        this.#withOrder(happening.pick, (number) => {
          const { spec, modification } = engine.order(number);
          const { terms, quantity: size, timeInForce } = modification ?? { ...spec, quantity: quantity('3') };
          engine.reports(number, { kind: 'working' }, { spec: { ...spec, terms, quantity: size, timeInForce } });
        });
        return;
      case 'error':
        this.#withOrder(happening.pick, (number) => engine.errs(number, happening.code, happening.meaning));
        return;
      case 'execution':
        this.#withOrder(happening.pick, (number) => {
          const id = engine.fills(number, String(happening.shares));
          this.#filled = { number, execId: id };
        });
        return;
      case 'repeat-execution':
        this.#repeatExecution(happening.suffix);
        return;
      case 'commission':
        this.#commission(happening.early);
        return;
      case 'position':
        engine.reportsPosition(String(happening.shares));
        return;
      case 'foreign':
        engine.reportsForeign({
          permId: permId(700 + happening.number),
          orderId: ibOrderId(1 + happening.number),
          clientId: clientId(happening.reissued ? 1 : 9),
        });
        return;
      case 'outcomes':
        engine.outcome = happening.outcome;
        return;
      case 'late-outcome': {
        const effect = engine.effects[happening.pick % Math.max(1, engine.effects.length)];
        if (effect !== undefined) engine.hearsOutcome(effect.id, happening.outcome);
        return;
      }
      case 'time':
        engine.passes(happening.ms);
        return;
      case 'halt':
        engine.input({ kind: 'halt', cause: 'fault', reason: 'a figure does not add up' });
        return;
      case 'crash':
        engine.crashes(Math.max(1, engine.journal.length - happening.lost));
        this.#last = null;
        return;
    }
  }

  #command(command: Command): void {
    const key = this.#engine.newKey();
    this.#last = { key, command };
    this.#engine.commands(command, 'window', key);
  }

  #modify({ pick: index, cents: at, shares: size }: Extract<Happening, { what: 'modify' }>): void {
    this.#withOrder(index, (number) => {
      const { type } = this.#engine.order(number).spec.terms;
      const request = {
        number: orderNumber(number),
        limit: at !== null && type === 'LMT' ? dollars(at) : null,
        stop: at !== null && type === 'STP' ? dollars(at) : null,
        quantity: size === null ? null : quantity(String(size)),
        timeInForce: null,
      };
      this.#command({ kind: 'modify-order', request });
    });
  }

  #link(event: 'down' | 'up' | 'lost' | 'restored'): void {
    const engine = this.#engine;
    if (event === 'down') engine.linkDown();
    else if (event === 'lost') engine.losesUpstream();
    else if (event === 'restored') engine.restoresUpstream();
    else if (engine.phase === 'disconnected') engine.linkUp();
  }

  #held(): number {
    return Number(this.#engine.durable.positions.get(AAPL.conId)?.quantity ?? '0');
  }

  /** Others' orders are those of the day: IBKR shows none of them after the night. */
  #foreignKeys(number: number): Pick<BrokerOrderKeys, 'permId' | 'orderId'> {
    const key = 10 * this.#nights + number;
    return { permId: permId(800 + key), orderId: ibOrderId(20 + key) };
  }

  /** A sell order of others, or a buy order where its number is odd, has filled by `filled` in all. */
  #foreignFill(number: number, filled: number, completed: boolean): void {
    const { spec } = aForeignOrder();
    this.#engine.reportsForeign(
      {
        ...this.#foreignKeys(number),
        spec: { ...spec, side: foreignSideOf(number), quantity: quantity('50') },
        status: completed ? { kind: 'filled' } : { kind: 'working' },
        filled: quantity(String(filled)),
      },
      completed,
    );
  }

  #foreignExecution({ number, shares: size, again }: Extract<Happening, { what: 'foreign-execution' }>): void {
    if (!again) this.#foreignExecutions += 1;
    const execution = {
      ...this.#engine.aForeignExecution(),
      ...this.#foreignKeys(number),
      side: foreignSideOf(number),
      quantity: quantity(String(size)),
      execId: execId(`0000f1a5.${this.#foreignExecutions}.01.${again ? '02' : '01'}`),
    };
    this.#engine.fact({ kind: 'execution', execution });
  }

  /** IBKR's position moves without an execution, by another client's order that it shows or for no reason. */
  #positionMoves(by: number, foreign: boolean): void {
    if (foreign && by !== 0) this.#foreignFill(by > 0 ? 3 : 2, Math.abs(by), true);
    this.#settlesAt(String(this.#held() + by), '150');
  }

  /** IBKR's position stays at `held` for longer than it may lag, and its whole picture shows it too. */
  #settlesAt(held: string, averageCost: string): void {
    const engine = this.#engine;
    const report = (): unknown => engine.reportsPosition(held, { averageCost: price(averageCost) });
    report();
    engine.passes(POSITION_LAG_MS);
    if (!engine.isAskedForSnapshot) return;
    engine.answersSnapshot(() => {
      this.#reportAll(false);
      report();
    });
  }

  #reportAll(aliveOnly: boolean): void {
    for (const { number, state } of [...this.#engine.durable.orders.values()]) {
      const isOver = ['denied', 'filled', 'cancelled', 'rejected'].includes(state.phase);
      if (!aliveOnly || (!isOver && number % 2 === 0)) this.#engine.reports(number, { kind: 'working' });
    }
  }

  #repeatExecution(suffix: '01' | '02' | '03'): void {
    if (this.#filled === null || !this.#has(this.#filled.number)) return;
    const { number, execId: first } = this.#filled;
    const execution = this.#engine.anExecution(number, suffix === '03' ? '2' : '4');
    const repeated = { ...execution, execId: correctionOf(first, suffix) };
    this.#engine.fact({ kind: 'execution', execution: repeated });
  }

  #commission(early: boolean): void {
    if (this.#filled === null) return;
    const id = early ? execId('0000e0d5.66009999.01.01') : this.#filled.execId;
    const commission = { amount: money('1.05'), currency: AAPL.currency };
    this.#engine.fact({ kind: 'commission', execId: id, commission });
  }

  #has(number: number): boolean {
    return this.#engine.durable.orderByNumber.has(orderNumber(number));
  }

  #withOrder(index: number, act: (number: number) => unknown): void {
    const numbers = [...this.#engine.durable.orderByNumber.keys()].filter(
      (number) => this.#engine.order(number).broker.orderId !== null,
    );
    const number = numbers[index % Math.max(1, numbers.length)];
    if (number !== undefined) act(number);
  }
}
