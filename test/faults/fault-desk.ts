import { expect, onTestFinished } from 'vitest';
import { createIbBroker } from '#adapters/ibkr/ib-broker';
import { present } from '#domain/assert';
import type { Bar } from '#domain/bar';
import type { BracketOrderRequest } from '#domain/bracket';
import type { Command, CommandReply } from '#domain/command';
import { commandKey, orderNumber, runId } from '#domain/ids';
import { isLive, type OrderRecord } from '#domain/order-record';
import type { Quote } from '#domain/quote';
import { DEFAULT_SETTINGS } from '#domain/settings';
import { restoreState, snapshotOf } from '#domain/state-snapshot';
import { apply, emptyWorkstationState, type WorkstationState } from '#domain/workstation-state';
import { price } from '#domain/money';
import type { OcoOrderRequest } from '#domain/oco';
import { coverageOf } from '#domain/protection';
import type { TrailingStopConfig } from '#domain/trailing-stop';
import { Workstation } from '#runtime/workstation';
import type { WrittenFault } from '#simulator/fault-schema';
import type { SimulatedOrder } from '#simulator/simulated-order';
import { startTwsServer, type TwsServer } from '#simulator/tws/tws-server';
import { aBracketRequest, aLimitOrder } from '#test/builders/engine-harness';
import { manualClock } from '#test/builders/manual-clock';
import { MemoryRiskFiles } from '#test/builders/risk-files';
import { aTrailingStop } from '#test/builders/trailing-desk';
import { ManualJournal } from '#test/builders/manual-journal';
import { MONDAY_OPENING } from '#test/wire/manual-clock';

const STEP_MS = 50;
/** Slow enough for a stop to follow every trade. */
const TRADE_PACE_MS = 1_500;
/** Event loop turns in which bytes travel to the other side and their answers come back. */
const TURNS_PER_STEP = 6;
/** Nothing waited for takes longer than this by the desk's own clock. */
const PATIENCE_MS = 180_000;
const CLIENT_ID = DEFAULT_SETTINGS.connection.clientId;
/** Longer than a difference between positions may last before it is looked into. */
const BOOKS_REST_MS = 15_000;

/** The numbers of a bracket's orders. */
export interface BracketNumbers {
  readonly entry: number;
  readonly target: number;
  readonly stop: number;
}

/**
 * A trading desk on which something goes wrong: the real workstation with the real IBKR client on a real socket, before
 * a simulated TWS. Both live by one clock, which passes only while the desk waits.
 */
export class FaultDesk {
  readonly tws: TwsServer;
  readonly workstation: Workstation;
  /** What TWS told without saying about which order: `code text`. */
  readonly notices: string[] = [];
  /** Every phase that the connection on screen has gone through. */
  readonly phases: string[] = [];
  /** What the screen shows: a fold of what the workstation published. */
  readonly screen: WorkstationState;
  readonly defects: unknown[] = [];
  readonly #clock = manualClock(MONDAY_OPENING);
  readonly #broker: ReturnType<typeof createIbBroker>;
  #keys = 0;
  #quotes: readonly Quote[] = [];
  #expectsDefects = false;
  readonly #findings: string[] = [];

  private constructor(tws: TwsServer) {
    this.tws = tws;
    const journal = new ManualJournal();
    journal.isPrompt = true;
    const durable = emptyWorkstationState('paper');
    this.screen = restoreState(snapshotOf(durable));
    this.#broker = createIbBroker({
      host: '127.0.0.1',
      port: tws.port,
      clientId: CLIENT_ID,
      clock: this.#clock,
      random: () => 0,
      onFault: (error) => this.defects.push(error),
    });
    this.workstation = new Workstation({
      durable,
      runId: runId('run1'),
      version: '0.1.0',
      clock: this.#clock,
      journal,
      broker: this.#broker,
      ...new MemoryRiskFiles().open(this.#clock),
      onPublished: (entries) => {
        for (const entry of entries) {
          apply(this.screen, entry);
          const { event } = entry;
          if (event.type === 'notice-received') this.notices.push(`${event.code} ${event.text}`);
          if (event.type === 'reconciliation-proved')
            this.#findings.push(...event.proof.findings.map(({ kind }) => kind));
          if (event.type === 'connection-changed') this.phases.push(event.connection.phase);
        }
      },
      onFault: (error) => this.defects.push(error),
    });
  }

  /** A desk that is connected, reconciled and quoted: AAPL at 99.99 to 100.01. */
  static async open(): Promise<FaultDesk> {
    const clock = { now: () => MONDAY_OPENING, every: () => () => undefined };
    const tws = await startTwsServer({ port: 0, seed: 4, symbols: 20, clock, autoTick: false });
    tws.exchange.setPrice('AAPL', { bid: '99.99', ask: '100.01', last: '100' });
    const desk = new FaultDesk(tws);
    onTestFinished(async () => {
      await desk.workstation.stop();
      await tws.stop();
    });
    desk.workstation.start(DEFAULT_SETTINGS);
    await desk.until('the desk is ready', () => desk.phase === 'ready');
    return desk;
  }

  /** A desk with 10 AAPL held, and a target at 110 and a stop at 90 working. */
  static async withBracket(): Promise<{ readonly desk: FaultDesk; readonly bracket: BracketNumbers }> {
    const desk = await FaultDesk.open();
    const bracket = await desk.places({ parent: { type: 'LMT', limit: price('100.01') } });
    await desk.until('the exits work', () => desk.phasesOf(bracket) === 'filled working pending');
    return { desk, bracket };
  }

  /** A desk with 10 AAPL held, bought at the market, and nothing that protects them. */
  static async withShares(): Promise<FaultDesk> {
    const desk = await FaultDesk.open();
    await desk.orders({ terms: { type: 'MKT' } });
    await desk.until('the shares are there', () => desk.position() === '10');
    return desk;
  }

  /** A desk with a bracket whose entry rests at 95. */
  static async withRestingBracket(): Promise<{ readonly desk: FaultDesk; readonly bracket: BracketNumbers }> {
    const desk = await FaultDesk.open();
    const bracket = await desk.places();
    await desk.until('the entry rests', () => desk.phasesOf(bracket) === 'working pending pending');
    return { desk, bracket };
  }

  // Time

  /** Lets time pass, and everything that travels arrive, until `holds`. */
  async until(what: string, holds: () => boolean): Promise<void> {
    for (let waited = 0; waited <= PATIENCE_MS; waited += STEP_MS) {
      if (holds()) return;
      await this.#step();
    }
    const orders = [...this.screen.orders.values()].map(({ number, state }) => `${number} ${state.phase}`).join(', ');
    throw new Error(
      `${what}: it did not come to that. ${JSON.stringify(this.screen.connection)}; orders ${orders}; ${this.notices.join('; ')}`,
    );
  }

  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += STEP_MS) await this.#step();
  }

  // What the trader does

  inject(fault: WrittenFault): void {
    this.tws.faults.inject(fault);
  }

  /** What TWS sends can not be read: that is reported as a defect too. */
  expectsDefects(): void {
    this.#expectsDefects = true;
  }

  /** BUY 10 AAPL at 95, target 110, stop 90, unless told otherwise. Settles when the command is answered. */
  async places(change: Partial<BracketOrderRequest> = {}): Promise<BracketNumbers> {
    const request = aBracketRequest({
      parent: { type: 'LMT', limit: price('95') },
      takeProfit: { limit: price('110') },
      stopLoss: { type: 'STP', stop: price('90') },
      ...change,
    });
    const reply = await this.commands({ kind: 'place-bracket', request });
    const [entry, target, stop] = accepted(reply);
    return { entry: present(entry, 'entry'), target: present(target, 'target'), stop: present(stop, 'stop') };
  }

  /** A single order: BUY 10 AAPL at 95, unless told otherwise. */
  async orders(change: Parameters<typeof aLimitOrder>[0] = {}): Promise<number> {
    const request = aLimitOrder({ terms: { type: 'LMT', limit: price('95') }, ...change });
    return present(accepted(await this.commands({ kind: 'place-order', request }))[0], 'order');
  }

  /** A trailing stop that sells 10 AAPL, unless told otherwise. */
  async trails(change: Partial<TrailingStopConfig> = {}): Promise<number> {
    const request = aTrailingStop(change);
    return present(accepted(await this.commands({ kind: 'place-trailing-stop', request }))[0], 'the stop');
  }

  /** An OCO group. */
  async groups(request: OcoOrderRequest): Promise<readonly number[]> {
    return accepted(await this.commands({ kind: 'place-oco', request }));
  }

  /** Fills a part of an order at IBKR, whatever the market says. */
  fills(number: number, shares: number, at: string): void {
    this.tws.exchange.fill(this.atExchange(number), { shares, price: at });
  }

  /** The stock trades at these prices, one after the other. */
  async trades(...prices: readonly string[]): Promise<void> {
    for (const last of prices) {
      this.inject({ fault: 'price', symbol: 'AAPL', last });
      await this.pass(TRADE_PACE_MS);
    }
  }

  /** Asks for an order as `orders` does, whatever the answer. */
  async asks(): Promise<CommandReply> {
    return this.commands({
      kind: 'place-order',
      request: aLimitOrder({ terms: { type: 'LMT', limit: price('95') } }),
    });
  }

  /** A week of daily bars of AAPL. */
  async bars(): Promise<readonly Bar[]> {
    const wish = { barSize: '1 day', what: 'TRADES', sessions: 5, regularHoursOnly: true } as const;
    for (;;) {
      const answer = await this.#settled(this.workstation.fetchBars('AAPL', wish, 1_000));
      if (!answer.ok) throw new Error(answer.error.reason);
      if (answer.value.kind === 'bars') return answer.value.bars;
      expect(answer.value.kind).not.toBe('failed');
    }
  }

  async movesStop(number: number, stop: string): Promise<CommandReply> {
    const request = { number: orderNumber(number), limit: null, stop: price(stop), quantity: null, timeInForce: null };
    return this.commands({ kind: 'modify-order', request });
  }

  async cancels(...numbers: readonly number[]): Promise<CommandReply> {
    return this.commands({ kind: 'cancel-orders', numbers: numbers.map(orderNumber) });
  }

  async commands(command: Command): Promise<CommandReply> {
    this.#keys += 1;
    const reply = await this.#settled(this.workstation.execute(commandKey(`key-${this.#keys}`), 'window', command));
    if (!reply.ok) throw new Error(reply.error.reason);
    return reply.value;
  }

  /** What `promise` comes to, while time passes. */
  async #settled<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const noted = promise.finally(() => {
      isSettled = true;
    });
    await this.until('the answer comes', () => isSettled);
    return noted;
  }

  // What the screen shows

  get phase(): string {
    return this.screen.connection.phase;
  }

  /** How much of the position in AAPL no stop covers that IBKR has confirmed. */
  get naked(): string {
    const held = [...this.screen.positions.values()].find(({ symbol }) => symbol === 'AAPL');
    return held === undefined ? '0' : coverageOf(this.screen, held).naked;
  }

  get alarms(): readonly string[] {
    return [...this.screen.alarms.values()].map(({ text }) => text);
  }

  order(number: number): OrderRecord {
    const id = present(this.screen.orderByNumber.get(orderNumber(number)), `order ${number}`);
    return present(this.screen.orders.get(id), `order ${number}`);
  }

  phaseOf(number: number): string {
    return this.order(number).state.phase;
  }

  phasesOf({ entry, target, stop }: BracketNumbers): string {
    return [entry, target, stop].map((number) => this.phaseOf(number)).join(' ');
  }

  /** The position in a symbol as the screen has it. */
  position(symbol = 'AAPL'): string {
    return [...this.screen.positions.values()].find((it) => it.symbol === symbol)?.quantity ?? '0';
  }

  /** A symbol's quote as the screen has it now. */
  async quote(symbol = 'AAPL'): Promise<Quote> {
    await this.#pullQuotes();
    return present(
      this.#quotes.find((quote) => quote.symbol === symbol),
      `a quote of ${symbol}`,
    );
  }

  async #pullQuotes(): Promise<void> {
    this.#quotes = (await this.workstation.feedStart()).conflated.quotes;
  }

  /** The symbols whose quotes are current. */
  liveQuotes(): readonly string[] {
    return this.#quotes.filter(({ live }) => live).map(({ symbol }) => symbol);
  }

  isHalted(symbol = 'AAPL'): boolean {
    return this.#quotes.some((quote) => quote.symbol === symbol && quote.halted);
  }

  quotedBid(symbol = 'AAPL'): string | null | undefined {
    return this.#quotes.find((quote) => quote.symbol === symbol)?.bid;
  }

  quoteKind(symbol = 'AAPL'): string | undefined {
    return this.#quotes.find((quote) => quote.symbol === symbol)?.kind;
  }

  /** The orders that others placed. */
  externalOrders(): readonly OrderRecord[] {
    return [...this.screen.orders.values()].filter(({ origin }) => origin === 'external');
  }

  /** What the reconciliations found, by kind. */
  findings(): readonly string[] {
    return this.#findings;
  }

  /** The ids that our orders have at IBKR. */
  orderIds(): readonly number[] {
    return [...this.screen.orders.values()].map(({ broker }) => Number(broker.orderId));
  }

  // What IBKR has

  /** The exchange's picture of our order. */
  atExchange(number: number): SimulatedOrder {
    const { id } = this.order(number);
    const found = this.tws.exchange.orders().filter(({ orderRef }) => orderRef === id);
    expect(found, `order ${number} is at the exchange once`).toHaveLength(1);
    return present(found[0], `order ${number} at the exchange`);
  }

  /**
   * The books are closed: connected, nothing in doubt, and ledger, fills and positions are the exchange's, each once. The
   * screen shows what the workstation knows.
   */
  async closesTheBooks(): Promise<void> {
    await this.until('nothing is in doubt any more', () => this.phase === 'ready' && !this.#isInDoubt());
    await this.pass(BOOKS_REST_MS);
    await this.until('nothing is in doubt any more', () => this.phase === 'ready' && !this.#isInDoubt());
    const { exchange } = this.tws;
    expect(this.#ourOrders()).toEqual(this.#exchangesOrders());
    const executions = new Map(
      exchange
        .executions()
        .filter(({ order }) => order.clientId === CLIENT_ID)
        .map(({ execId, shares, order }) => [familyOf(execId), [order.orderRef, `${shares}`]]),
    );
    const fills = [...this.screen.fills.values()].filter(({ orderId }) => orderId !== null);
    const own = fills.filter(({ orderId }) => this.screen.orders.get(present(orderId, 'order'))?.origin !== 'external');
    expect(new Map(own.map(({ execId, orderId, quantity }) => [familyOf(execId), [orderId, quantity]]))).toEqual(
      executions,
    );
    expect(own).toHaveLength(executions.size);
    const held = exchange.holdings().filter(({ shares }) => shares !== 0);
    expect(
      [...this.screen.positions.values()]
        .filter(({ quantity }) => quantity !== '0')
        .map(({ symbol, quantity }) => `${symbol} ${quantity}`)
        .sort(),
    ).toEqual(held.map(({ instrument, shares }) => `${instrument.symbol} ${shares}`).sort());
    expect(snapshotOf(this.screen)).toEqual(snapshotOf(this.workstation.state));
    if (!this.#expectsDefects) expect(this.defects).toEqual([]);
  }

  #isInDoubt(): boolean {
    const doubtful = new Set(['unknown', 'submitting', 'cancelling']);
    return [...this.screen.orders.values()].some(
      ({ state, modification }) => doubtful.has(state.phase) || modification !== null,
    );
  }

  /** Our orders that IBKR has seen: `id live|ended filled/quantity`. */
  #ourOrders(): readonly string[] {
    return [...this.screen.orders.values()]
      .filter(({ origin, broker }) => origin !== 'external' && broker.permId !== null)
      .map((order) => `${order.id} ${isLive(order) ? 'live' : 'ended'} ${order.filled}/${order.spec.quantity}`)
      .sort();
  }

  #exchangesOrders(): readonly string[] {
    return this.tws.exchange
      .orders()
      .filter(({ clientId, stage }) => clientId === CLIENT_ID && stage !== 'held')
      .map((order) => {
        const live = ['working', 'waiting'].includes(order.stage);
        return `${order.orderRef} ${live ? 'live' : 'ended'} ${order.filled}/${order.terms.quantity}`;
      })
      .sort();
  }

  async #step(): Promise<void> {
    this.#clock.advance(STEP_MS);
    this.tws.advanceTo(this.#clock.now());
    await this.#pullQuotes();
    for (let turn = 0; turn < TURNS_PER_STEP; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
}

function accepted(reply: CommandReply): readonly number[] {
  expect(reply.message).toBe('');
  expect(reply.outcome).toBe('accepted');
  return reply.orders.map(({ number }) => number);
}

/** All corrections of an execution share all but the last part of its id. */
function familyOf(execId: string): string {
  return execId.slice(0, execId.lastIndexOf('.'));
}
