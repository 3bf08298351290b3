import { present } from '#domain/assert';
import type { BracketOrderRequest } from '#domain/bracket';
import type { Command, CommandReply, ModifyRequest, SingleOrderRequest } from '#domain/command';
import { engineEventSchema, type EngineEvent, type EventOf, type JournaledEvent } from '#domain/engine-event';
import {
  clientId,
  commandKey,
  conId,
  execId,
  ibOrderId,
  laterBy,
  orderNumber,
  permId,
  runId,
  type CommandKey,
  type EpochMs,
  type ExecId,
} from '#domain/ids';
import type { Instrument } from '#domain/instrument';
import { price, quantity, signedQuantity } from '#domain/money';
import type { Hold, OrderRecord, Origin } from '#domain/order-record';
import { seenOf } from '#domain/position-difference';
import { DEFAULT_SETTINGS, type RiskSettings, type Settings, type TradingMode } from '#domain/settings';
import { apply, emptyWorkstationState, type WorkstationState } from '#domain/workstation-state';
import { createEngineState } from '#engine/create-engine-state';
import { nextDeadline, step } from '#engine/engine';
import type { EngineState } from '#engine/engine-state';
import type { Step } from '#engine/turn';
import type {
  BrokerExecution,
  BrokerFact,
  BrokerOrder,
  BrokerOrderKeys,
  BrokerOrderStatus,
  Effect,
  EffectOutcome,
  OrderErrorMeaning,
} from '#ports/broker-port';
import type { EngineInput } from '#ports/engine-input';
import { ACCOUNT, AMD, FRIDAY } from '#test/builders/domain-records';

/** AAPL's stock, in cents. */
export const AAPL: Instrument = { ...AMD, conId: conId(265_598), symbol: 'AAPL', longName: 'APPLE INC' };

/** Tesla's stock: the other one. */
export const TESLA: Instrument = { ...AMD, conId: conId(76_792_991), symbol: 'TSLA', longName: 'TESLA INC' };

/** The API client id of every session that does not say otherwise. */
export const OUR_CLIENT = clientId(1);
const PERM_ID_BASE = 1_900_000_000;

type Unstamped = EngineInput extends infer Input ? (Input extends EngineInput ? Omit<Input, 'at'> : never) : never;
type EffectOf<Kind extends Effect['kind']> = Extract<Effect, { kind: Kind }>;

/** BUY 10 AAPL LMT 150 DAY. */
export function aLimitOrder(change: Partial<SingleOrderRequest> = {}): SingleOrderRequest {
  return {
    symbol: 'AAPL',
    side: 'BUY',
    quantity: quantity('10'),
    terms: { type: 'LMT', limit: price('150') },
    timeInForce: 'DAY',
    outsideRth: false,
    ...change,
  };
}

/** BUY 10 AAPL LMT 150 with target 160 and stop 145. */
export function aBracketRequest(change: Partial<BracketOrderRequest> = {}): BracketOrderRequest {
  return {
    symbol: 'AAPL',
    side: 'BUY',
    quantity: quantity('10'),
    parent: { type: 'LMT', limit: price('150') },
    takeProfit: { limit: price('160') },
    stopLoss: { type: 'STP', stop: price('145') },
    timeInForce: 'DAY',
    exitTimeInForce: 'GTC',
    outsideRth: false,
    levels: [],
    ...change,
  };
}

interface HarnessOptions {
  readonly mode?: TradingMode;
  readonly settings?: Settings;
  readonly risk?: Partial<RiskSettings>;
}

/**
 * An engine on a clock of its own, with a broker that the test plays. Like the runtime it stamps inputs, reports every
 * effect as sent (unless told otherwise) and wakes the engine at its deadlines; unlike it, it checks of each event that
 * the journal could read it back. Orders are named by their number, as a trader names them.
 */
export class EngineHarness {
  now: EpochMs = FRIDAY;
  state: EngineState;
  /** What becomes of the bytes of effects from now on; null: the outcome stays out. */
  outcome: EffectOutcome | null = { result: 'sent' };
  readonly journal: JournaledEvent[] = [];
  readonly effects: Effect[] = [];
  /** Every input, stamped: for a second engine that must decide the same. */
  readonly inputs: EngineInput[] = [];
  readonly #askedAt = new Map<Effect['id'], number>();
  #runs = 0;
  #keys = 0;
  #executions = 0;
  #answered = 0;

  constructor({ mode = 'paper', settings = DEFAULT_SETTINGS, risk = {} }: HarnessOptions = {}) {
    const durable = emptyWorkstationState(mode);
    durable.settings = { ...settings, risk: { ...settings.risk, ...risk } };
    this.state = createEngineState(durable);
    this.#start();
  }

  /** A harness with a session that is ready, AAPL defined and quoted at 149.99 to 150.00. */
  static ready(options: HarnessOptions = {}): EngineHarness {
    const harness = new EngineHarness(options);
    harness.connects();
    harness.definesAapl();
    harness.ticks();
    return harness;
  }

  get durable(): WorkstationState {
    return this.state.durable;
  }

  get phase(): string {
    return this.durable.connection.phase;
  }

  input(unstamped: Unstamped): Step {
    const input: EngineInput = { ...unstamped, at: this.now };
    this.inputs.push(input);
    const done = step(this.state, input);
    this.journal.push(...done.entries);
    for (const { event } of done.entries) engineEventSchema.parse(event);
    this.effects.push(...done.effects);
    for (const { id } of done.effects) this.#askedAt.set(id, this.journal.length);
    const { outcome } = this;
    if (outcome !== null) for (const { id } of done.effects) this.hearsOutcome(id, outcome);
    return done;
  }

  fact(fact: BrokerFact): Step {
    return this.input({ kind: 'fact', fact });
  }

  hearsOutcome(effectId: Effect['id'], outcome: EffectOutcome): Step {
    return this.input({ kind: 'effect-outcome', effectId, outcome });
  }

  /** Lets `ms` pass; the engine is woken at each of its deadlines on the way. */
  passes(ms: number): void {
    const until = laterBy(this.now, ms);
    for (let due = nextDeadline(this.state); due !== null && due <= until; due = nextDeadline(this.state)) {
      if (due > this.now) this.now = due;
      this.input({ kind: 'clock' });
    }
    this.now = until;
  }

  /** What `act` makes happen. */
  eventsOf(act: () => unknown): EngineEvent[] {
    const before = this.journal.length;
    act();
    return this.journal.slice(before).map(({ event }) => event);
  }

  typesOf(act: () => unknown): string[] {
    return this.eventsOf(act).map(({ type }) => type);
  }

  allOf<Type extends EngineEvent['type']>(type: Type): EventOf<Type>[] {
    return this.journal.flatMap(({ event }) => (isOf(event, type) ? [event] : []));
  }

  effectsOf<Kind extends Effect['kind']>(kind: Kind): EffectOf<Kind>[] {
    return this.effects.flatMap((effect) => (isEffect(effect, kind) ? [effect] : []));
  }

  last<Kind extends Effect['kind']>(kind: Kind): EffectOf<Kind> {
    return present(this.effectsOf(kind).at(-1), `an effect ${kind}`);
  }

  // The trader

  commands(command: Command, origin: Origin = 'window', key: CommandKey = this.newKey()): CommandReply {
    return present(this.input({ kind: 'command', key, origin, command }).reply, 'the reply');
  }

  newKey(): CommandKey {
    this.#keys += 1;
    return commandKey(`k-${this.#runs}-${this.#keys}`);
  }

  /** Places an order and says its number. */
  places(change: Partial<SingleOrderRequest> = {}): number {
    return this.#numberOf(this.commands({ kind: 'place-order', request: aLimitOrder(change) }));
  }

  /** Places a bracket and says the numbers of its legs. */
  placesBracket(change: Partial<BracketOrderRequest> = {}): { entry: number; target: number; stop: number } {
    const reply = this.commands({ kind: 'place-bracket', request: aBracketRequest(change) });
    const entry = this.#numberOf(reply);
    const stop = entry + reply.orders.length - 1;
    return { entry, target: entry + 1, stop };
  }

  modifies(number: number, change: Partial<ModifyRequest>): CommandReply {
    const request = { limit: null, stop: null, quantity: null, timeInForce: null, ...change };
    return this.commands({ kind: 'modify-order', request: { number: orderNumber(number), ...request } });
  }

  cancels(...numbers: readonly number[]): CommandReply {
    return this.commands({ kind: 'cancel-orders', numbers: numbers.map(orderNumber) });
  }

  /** A person who sees what is unexplained says that it was a transfer. */
  acknowledgesDifferences(origin: Origin = 'window'): CommandReply {
    const seen = seenOf(this.durable.unexplained.values());
    return this.commands({ kind: 'acknowledge-differences', seen, cause: 'transfer', reason: 'moved by me' }, origin);
  }

  // The ledger

  order(number: number): OrderRecord {
    const id = present(this.durable.orderByNumber.get(orderNumber(number)), `order ${number}`);
    return present(this.durable.orders.get(id), `order ${number}`);
  }

  phaseOf(number: number): string {
    return this.order(number).state.phase;
  }

  position(of: Instrument = AAPL): string {
    return this.durable.positions.get(of.conId)?.quantity ?? 'none';
  }

  // IBKR

  linkUp(change: Partial<Extract<BrokerFact, { kind: 'link-up' }>> = {}): Step {
    const step = this.fact({
      kind: 'link-up',
      serverVersion: 193,
      accounts: [ACCOUNT],
      nextOrderId: ibOrderId(1),
      clientId: OUR_CLIENT,
      ...change,
    });
    this.fact({ kind: 'account-value', key: 'NetLiquidation', value: '100000', currency: 'USD' });
    return step;
  }

  linkDown(reason = 'the socket closed'): Step {
    return this.fact({ kind: 'link-down', reason, code: null, retryAt: null });
  }

  /** A session is there, and IBKR's whole picture is what `reports` reports. */
  connects(reports: () => void = () => undefined): void {
    this.linkUp();
    this.answersSnapshot(reports);
  }

  losesUpstream(): Step {
    return this.fact({ kind: 'upstream-lost', code: 1100, text: 'Connectivity between IB and TWS has been lost' });
  }

  restoresUpstream(): Step {
    return this.fact({ kind: 'upstream-restored', dataLost: false });
  }

  /** True when a snapshot was asked for and not answered yet. */
  get isAskedForSnapshot(): boolean {
    return this.effectsOf('snapshot').length > this.#answered;
  }

  beginsSnapshot(): void {
    this.fact({ kind: 'snapshot-begun', effectId: this.last('snapshot').id });
  }

  endsSnapshot(complete = true): Step {
    this.#answered = this.effectsOf('snapshot').length;
    const effectId = this.last('snapshot').id;
    return this.fact({ kind: 'snapshot-ended', effectId, complete, why: complete ? '' : 'executions: no answer' });
  }

  /** Answers the latest snapshot that was asked for with what `reports` reports. */
  answersSnapshot(reports: () => void = () => undefined, complete = true): void {
    this.beginsSnapshot();
    reports();
    this.endsSnapshot(complete);
  }

  definesAapl(change: Partial<Instrument> = {}): Step {
    const instrument = { ...AAPL, ...change };
    return this.fact({ kind: 'instrument', query: { by: 'symbol', symbol: instrument.symbol }, instrument });
  }

  /** A real-time tick of AAPL, which closed at 150 the day before. */
  ticks(bid = '149.99', ask = '150', last = ask): void {
    const patch = { bid: price(bid), ask: price(ask), last: price(last), close: price('150') };
    this.fact({ kind: 'market-data', conId: AAPL.conId, dataKind: 'real-time', live: true, why: '' });
    this.fact({ kind: 'quote', conId: AAPL.conId, patch });
  }

  keysOf(number: number): BrokerOrderKeys {
    const { broker, id } = this.order(number);
    return { ...broker, permId: broker.permId ?? permId(PERM_ID_BASE + number), orderRef: id };
  }

  /** orderStatus, which carries no reference. */
  status(number: number, status: BrokerOrderStatus): Step {
    return this.fact({ kind: 'order-status', keys: { ...this.keysOf(number), orderRef: null }, status, filled: null });
  }

  acknowledges(number: number, hold: Hold = 'none'): Step {
    return this.status(number, { kind: 'acknowledged', hold });
  }

  works(number: number): Step {
    return this.status(number, { kind: 'working' });
  }

  cancelled(number: number): Step {
    return this.status(number, { kind: 'cancelled' });
  }

  /** openOrder, with IBKR's own view of the terms where `change` says so. */
  reports(number: number, status: BrokerOrderStatus, change: Partial<BrokerOrder> = {}): Step {
    return this.fact({ kind: 'order-reported', order: this.#viewOf(number, status, change), completed: false });
  }

  /** completedOrder. */
  reportsCompleted(number: number, status: BrokerOrderStatus): Step {
    return this.fact({ kind: 'order-reported', order: this.#viewOf(number, status, {}), completed: true });
  }

  /** An order that another client or a person in TWS placed. */
  reportsForeign(change: Partial<BrokerOrder> = {}, completed = false): Step {
    return this.fact({ kind: 'order-reported', order: aForeignOrder(change), completed });
  }

  /** An execution of `filled` at `at`, and its id. */
  fills(number: number, filled: string, at = '150', change: Partial<BrokerExecution> = {}): ExecId {
    const execution = { ...this.anExecution(number, filled, at), ...change };
    this.fact({ kind: 'execution', execution });
    return execution.execId;
  }

  anExecution(number: number, filled: string, at = '150'): BrokerExecution {
    this.#executions += 1;
    const { spec } = this.order(number);
    return {
      ...this.keysOf(number),
      execId: execId(`0000e0d5.6600${String(this.#executions).padStart(4, '0')}.01.01`),
      account: spec.account,
      conId: spec.conId,
      symbol: spec.symbol,
      side: spec.side,
      quantity: quantity(filled),
      price: price(at),
      exchange: 'NASDAQ',
      at: this.now,
    };
  }

  /** An execution, now, of the whole of `aForeignOrder`; its id is the caller's to give. */
  aForeignExecution(): Omit<BrokerExecution, 'execId'> {
    const { spec, clientId: client, orderId, permId: perm, orderRef } = aForeignOrder();
    const { account, conId: id, symbol, side, quantity: shares } = spec;
    const keys = { clientId: client, orderId, permId: perm, orderRef };
    return {
      ...keys,
      account,
      conId: id,
      symbol,
      side,
      quantity: shares,
      price: price('150'),
      exchange: 'NYSE',
      at: this.now,
    };
  }

  errs(number: number, code: number, meaning: OrderErrorMeaning, text = `error ${code}`): Step {
    const orderId = present(this.order(number).broker.orderId, 'the order id');
    return this.fact({ kind: 'order-error', orderId, clientId: OUR_CLIENT, code, text, meaning });
  }

  reportsPosition(held: string, change: Partial<Extract<BrokerFact, { kind: 'position' }>> = {}): Step {
    const { conId: id, symbol } = AAPL;
    return this.fact({
      kind: 'position',
      account: ACCOUNT,
      conId: id,
      symbol,
      quantity: signedQuantity(held),
      averageCost: price('150'),
      ...change,
    });
  }

  // Crashes

  /**
   * The process dies with its first `entries` events on disk, and starts again over them. What was asked for after those
   * has never been acted on.
   */
  crashes(entries = this.journal.length): void {
    const durable = this.foldedJournal(entries);
    this.journal.length = entries;
    const acted = this.effects.filter(({ id }) => present(this.#askedAt.get(id), 'the time of an effect') <= entries);
    this.effects.splice(0, this.effects.length, ...acted);
    this.#answered = this.effectsOf('snapshot').length;
    this.state = createEngineState(durable);
    this.#start();
  }

  /** What a replica, or a start over this journal, folds. */
  foldedJournal(entries = this.journal.length): WorkstationState {
    const durable = emptyWorkstationState(this.durable.mode);
    durable.settings = this.durable.settings;
    for (const entry of this.journal.slice(0, entries)) apply(durable, entry);
    return durable;
  }

  #start(): void {
    this.#runs += 1;
    this.input({ kind: 'start', runId: runId(`run${this.#runs}`), version: '0.1.0' });
  }

  #numberOf({ orders, message }: CommandReply): number {
    return present(orders[0], `an order (${message})`).number;
  }

  #viewOf(number: number, status: BrokerOrderStatus, change: Partial<BrokerOrder>): BrokerOrder {
    const { spec } = this.order(number);
    return { ...this.keysOf(number), spec, status, parentOrderId: null, oca: null, filled: null, ...change };
  }
}

/** The id of a correction of the execution `id`. */
export function correctionOf(id: string, suffix = '02'): ExecId {
  return execId(`${id.slice(0, -2)}${suffix}`);
}

/** SELL 5 AAPL LMT 170 GTC of API client 9, working. */
export function aForeignOrder(change: Partial<BrokerOrder> = {}): BrokerOrder {
  return {
    clientId: clientId(9),
    orderId: ibOrderId(3),
    permId: permId(777),
    orderRef: null,
    spec: {
      ...aLimitOrder(),
      account: ACCOUNT,
      conId: AAPL.conId,
      side: 'SELL',
      quantity: quantity('5'),
      terms: { type: 'LMT', limit: price('170') },
      timeInForce: 'GTC',
    },
    status: { kind: 'working' },
    parentOrderId: null,
    oca: null,
    filled: null,
    ...change,
  };
}

function isOf<Type extends EngineEvent['type']>(event: EngineEvent, type: Type): event is EventOf<Type> {
  return event.type === type;
}

function isEffect<Kind extends Effect['kind']>(effect: Effect, kind: Kind): effect is EffectOf<Kind> {
  return effect.kind === kind;
}
