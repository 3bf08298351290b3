import type { BarsAnswer, BarWish } from '#domain/bar';
import type { CorrelationPicture, CorrelationUpdate } from '#domain/correlation';
import type { CorrelationMatrix } from '#domain/correlation-matrix';
import { symbolsOf, type Command, type CommandReply, type RiskyCommand } from '#domain/command';
import type { EngineEvent, JournaledEvent } from '#domain/engine-event';
import type { FeedAnswer, FeedStart, HostMeters } from '#domain/feed';
import {
  decisionIdSchema,
  laterBy,
  orderNumberSchema,
  type CommandKey,
  type EpochMs,
  type RunId,
  type Sequence,
} from '#domain/ids';
import { isMeantBySymbol, type Instrument, type InstrumentMatch } from '#domain/instrument';
import type { Origin } from '#domain/order-record';
import type { Quote } from '#domain/quote';
import { err, ok, type Result } from '#domain/result';
import type { Settings } from '#domain/settings';
import type { RiskPicture } from '#domain/pnl';
import type { RiskOverride } from '#domain/risk-override';
import type { RiskContext, RiskDecision } from '#domain/risk-decision';
import { snapshotOf } from '#domain/state-snapshot';
import type { WorkstationState } from '#domain/workstation-state';
import { createEngineState } from '#engine/create-engine-state';
import { preview } from '#engine/engine';
import type { EngineState } from '#engine/engine-state';
import { riskPictureOf } from '#engine/portfolio/risk-picture';
import { refused } from '#engine/reply';
import { NO_WISH } from '#engine/risk/risk-context';
import { decideAgain } from '#engine/risk/risk-guard';
import type { BrokerFact, BrokerPort } from '#ports/broker-port';
import type { Clock } from '#ports/clock';
import type { CorrelationPort } from '#ports/correlation-port';
import type { JournalPort } from '#ports/journal-port';
import type { StorePort } from '#ports/store-port';
import type { WorkstationFailure, WorkstationPort } from '#ports/workstation-port';
import { BarFetches } from '#runtime/bar-fetches';
import { CorrelationUpdates } from '#runtime/correlation-updates';
import { EffectRunner } from '#runtime/effect-runner';
import { EngineRunner } from '#runtime/engine-runner';
import { errorText } from '#runtime/error-text';
import { Feed } from '#runtime/feed';
import type { Unstamped } from '#runtime/inbox';
import { MESSAGES_PER_SECOND_MAX } from '#runtime/message-pacer';
import { marginOf, type WhatIfParts } from '#runtime/what-if';
import type { SectorsDocument } from '#runtime/sectors-document';
import type { SymbolLimitRegistry } from '#runtime/symbol-limit-registry';

/** How long a command waits for IBKR to define an unknown symbol and for its first quote. */
const INSTRUMENT_WAIT_MS = 3_000;
/** How long correlations wait for a definition: there may be hundreds, and nobody waits for each. */
const DEFINITION_WAIT_MS = 30_000;

/** The parts a workstation runs on. */
export interface WorkstationOptions {
  /** What the journal's events fold to. */
  readonly durable: WorkstationState;
  readonly runId: RunId;
  readonly version: string;
  readonly clock: Clock;
  readonly journal: JournalPort<EngineEvent>;
  readonly broker: BrokerPort;
  /** What people have written into files about risk, loaded. */
  readonly limits: SymbolLimitRegistry;
  readonly sectors: SectorsDocument;
  /** Where correlations are computed and kept, and those kept before. */
  readonly correlations: {
    readonly worker: CorrelationPort;
    readonly store: StorePort<CorrelationMatrix | null>;
    readonly initial: CorrelationMatrix | null;
  };
  /** Called with everything that became durable, for checkpoints and account binding. */
  readonly onPublished: (entries: readonly JournaledEvent[]) => void;
  readonly onFault: (error: unknown) => void;
}

type SetSymbolLimit = Extract<Command, { kind: 'set-symbol-limit' }>;

/** Somebody waits until IBKR has defined a symbol and quotes it. */
interface Inquiry {
  readonly symbol: string;
  /** False: the definition is enough. */
  readonly needsQuote: boolean;
  /** IBKR said, since the question, that it knows no such symbol. */
  isUnknown: boolean;
  /** Looks again. */
  wake: () => void;
}

/** The running workstation: engine, effects and feed around one journal and one broker. */
export class Workstation implements WorkstationPort {
  readonly startedAt: EpochMs;
  readonly #options: WorkstationOptions;
  readonly #state: EngineState;
  readonly #runner: EngineRunner;
  readonly #effects: EffectRunner;
  readonly #feed: Feed;
  readonly #barFetches: BarFetches;
  readonly #correlations: CorrelationUpdates;
  readonly #inquiries = new Set<Inquiry>();

  constructor(options: WorkstationOptions) {
    const { broker, clock, durable, journal, onFault, onPublished } = options;
    this.#options = options;
    this.startedAt = clock.now();
    this.#state = createEngineState(durable);
    this.#barFetches = new BarFetches(broker, clock);
    this.#correlations = new CorrelationUpdates({
      ...options.correlations,
      broker,
      clock,
      state: this.#state,
      isReady: () => this.state.connection.phase === 'ready',
      define: (symbol) => this.#define(symbol, DEFINITION_WAIT_MS, false, false),
      put: (matrix) => {
        this.#runner.put({ kind: 'correlations', matrix });
      },
      onProgress: () => {
        this.#feed.touchMeters();
      },
      onFault,
    });
    this.#feed = new Feed({
      clock,
      quotes: () => this.#state.observed.quotes,
      meters: () => this.meters(),
      risk: () => this.riskPicture(),
      correlating: () => this.#correlations.progress,
    });
    this.#effects = new EffectRunner({
      broker,
      clock,
      onOutcome: (effectId, outcome) => {
        this.#runner.put({ kind: 'effect-outcome', effectId, outcome });
      },
      onFault: (error) => {
        this.#runner.fault(error);
      },
    });
    this.#runner = new EngineRunner({
      state: this.#state,
      clock,
      journal,
      act: (effects) => {
        this.#effects.run(effects);
      },
      publish: (entries) => {
        this.#feed.publish(entries);
        this.#correlations.look();
        onPublished(entries);
      },
      observed: (input) => {
        this.#onObserved(input);
      },
      onFault,
    });
    journal.onDurable(() => {
      this.#feed.touchMeters();
    });
  }

  /** Begins this process life under `settings`, and connects. */
  start(settings: Settings): void {
    const { broker, limits, runId, sectors, version } = this.#options;
    this.#runner.put({ kind: 'start', runId, version });
    if (JSON.stringify(settings) !== JSON.stringify(this.state.settings))
      this.#runner.put({ kind: 'settings', settings });
    limits.begin((input) => {
      this.#runner.put(input);
    });
    sectors.begin((input) => {
      this.#runner.put(input);
    });
    this.#correlations.begin();
    broker.start((fact) => {
      this.#onFact(fact);
    });
  }

  /**
   * Ends the session, says of everything that waits that it was not sent, and lets every waiting replica go. The journal
   * is the caller's to close.
   */
  async stop(): Promise<void> {
    await this.#options.broker.stop();
    const reason = 'the workstation is closing';
    this.#effects.close(reason);
    this.#giveUpUnwritten(reason);
    this.#runner.stop();
    this.#correlations.stop();
    this.#feed.stop();
  }

  get state(): WorkstationState {
    return this.#state.durable;
  }

  now(): EpochMs {
    return this.#options.clock.now();
  }

  meters(): HostMeters {
    const { observed } = this.#state;
    return {
      roundTripMs: observed.roundTripMs,
      heartbeatAt: observed.heartbeatAt,
      heartbeatLateMs: observed.heartbeatLateMs,
      messagesPerSecond: this.#effects.messagesPerSecond,
      messagesPerSecondMax: MESSAGES_PER_SECOND_MAX,
      inboxLength: this.#runner.inboxLength,
      durableSequence: this.#options.journal.durableSequence,
      accountValues: Object.fromEntries(observed.accountValues),
      baseCurrency: observed.baseCurrency,
      exchangeRates: Object.fromEntries(observed.exchangeRates),
      farms: Object.fromEntries(observed.farms),
    };
  }

  async execute(
    key: CommandKey,
    origin: Origin,
    command: Command,
    override: RiskOverride | null = null,
  ): Promise<Result<CommandReply, WorkstationFailure>> {
    const { limits } = this.#options;
    if (!this.state.commands.has(key)) {
      const known = await this.#defineAll(symbolsOf(command));
      if (!known.ok) return known;
      if (command.kind === 'set-symbol-limit') {
        const written = await this.#writeLimit(command);
        if (!written.ok) return ok(refused(written.error));
      }
    }
    const reply = this.#runner.command({ kind: 'command', key, origin, command, override });
    // The file comes first: what it has by now counts, also where the command was turned away.
    if (command.kind === 'set-symbol-limit') limits.restate();
    if (reply === undefined) return err({ code: 'BUSY', reason: 'Too many inputs wait; nothing was sent. Try again.' });
    return ok(await reply);
  }

  async preview(
    origin: Origin,
    command: RiskyCommand,
    wish: { readonly override: RiskOverride | null; readonly margin: boolean } = { override: null, margin: false },
  ): Promise<Result<RiskDecision, WorkstationFailure>> {
    const known = await this.#defineAll(symbolsOf(command));
    if (!known.ok) return known;
    const { override } = wish;
    const decide = (margin: RiskContext['margin']): ReturnType<typeof preview> =>
      preview(this.#state, this.now(), origin, command, { ...NO_WISH, override, margin });
    const alone = decide(null);
    const decision = alone.ok && wish.margin ? decide(await this.#marginOf(alone.value.context)) : alone;
    return decision.ok ? decision : err({ code: 'NOT_FOUND', reason: decision.error });
  }

  #marginOf(context: RiskContext): ReturnType<typeof marginOf> {
    const { broker } = this.#options;
    const parts: WhatIfParts = {
      state: this.#state,
      broker,
      isQuiet: () => !this.#runner.hasPending && this.#effects.isIdle,
      letGo: () => this.#runner.letGo(),
      onIdUsed: (orderId) => {
        this.#runner.put({ kind: 'fact', fact: { kind: 'next-order-id', orderId } });
      },
    };
    return marginOf(parts, context);
  }

  riskPicture(): RiskPicture {
    return riskPictureOf(this.#state, this.now());
  }

  correlations(): CorrelationPicture | null {
    return this.#correlations.picture();
  }

  updateCorrelations(
    symbols: readonly string[] | null,
    lookback: number | null,
    waitMs: number,
  ): Promise<Result<CorrelationUpdate, WorkstationFailure>> {
    return this.#correlations.pull({ symbols, lookback }, waitMs);
  }

  async quote(
    symbol: string,
    waitMs: number,
  ): Promise<Result<{ readonly instrument: Instrument; readonly quote: Quote | null }, WorkstationFailure>> {
    const known = await this.#define(symbol, waitMs);
    if (!known.ok) return known;
    return ok({ instrument: known.value, quote: this.#state.observed.quotes.get(known.value.conId) ?? null });
  }

  async fetchBars(symbol: string, wish: BarWish, waitMs: number): Promise<Result<BarsAnswer, WorkstationFailure>> {
    const known = await this.#define(symbol, INSTRUMENT_WAIT_MS, false);
    return known.ok ? this.#barFetches.pull({ ...wish, instrument: known.value }, waitMs) : known;
  }

  async search(query: string): Promise<Result<readonly InstrumentMatch[], WorkstationFailure>> {
    try {
      return ok(await this.#options.broker.searchInstruments(query));
    } catch (error) {
      return err({ code: 'BROKER_UNAVAILABLE', reason: errorText(error) });
    }
  }

  explain(
    reference: string,
  ): Result<
    { readonly decision: RiskDecision; readonly replayed: RiskDecision; readonly same: boolean },
    WorkstationFailure
  > {
    const decision = this.#findDecision(reference);
    if (decision === undefined) {
      const reason = `No decision is known for "${reference}": give an order number or a decision id.`;
      return err({ code: 'NOT_FOUND', reason });
    }
    return ok({ decision, ...decideAgain(decision) });
  }

  async feedStart(): Promise<FeedStart> {
    const start = { snapshot: snapshotOf(this.state), conflated: this.#feed.conflated(0) };
    await this.#runner.letGo();
    return start;
  }

  changes(after: Sequence, conflatedAfter: number, waitMs: number): Promise<FeedAnswer> {
    return this.#feed.changes(after, conflatedAfter, waitMs);
  }

  history(before: Sequence | null, limit: number): readonly JournaledEvent[] {
    return this.#feed.history(before, limit);
  }

  /**
   * The file comes first. A symbol that gets its first limits must be one that IBKR knows, as far as it can be asked: limits
   * of a misspelt one would protect nobody.
   */
  async #writeLimit({ symbol, change }: SetSymbolLimit): Promise<Result<null, string>> {
    const { limits } = this.#options;
    if (change !== null && !limits.limits.symbols.has(symbol)) {
      const known = await this.#define(symbol, INSTRUMENT_WAIT_MS, false, false);
      if (!known.ok && known.error.code === 'NOT_FOUND') return err(known.error.reason);
    }
    return limits.set(symbol, change, this.state.settings.risk);
  }

  #onFact(fact: BrokerFact): void {
    this.#runner.put({ kind: 'fact', fact });
    if (fact.kind !== 'link-down') return;
    // Nothing that waits may go out on the next session: it is reported as not sent.
    const reason = `the link to TWS is down (${fact.reason})`;
    this.#effects.abandon(reason);
    this.#giveUpUnwritten(reason);
  }

  /** What still waits for the disk will not be sent. */
  #giveUpUnwritten(reason: string): void {
    for (const { id } of this.#runner.withdrawEffects()) {
      this.#runner.put({ kind: 'effect-outcome', effectId: id, outcome: { result: 'not-sent', reason } });
    }
  }

  #onObserved(input: Unstamped): void {
    if (input.kind !== 'fact' || input.fact.kind !== 'heartbeat') this.#feed.touchRisk();
    if (input.kind !== 'fact') return;
    const { fact } = input;
    switch (fact.kind) {
      case 'quote':
      case 'market-data':
        this.#feed.touchQuote(fact.conId);
        if (this.#inquiries.size > 0) this.#wake(this.state.instruments.get(fact.conId)?.symbol);
        return;
      case 'instrument':
        if (isMeantBySymbol(fact.instrument)) this.#options.limits.learn(fact.instrument);
        // Whoever asked may have written its symbol in another way.
        for (const { wake } of [...this.#inquiries]) wake();
        return;
      case 'instrument-unknown':
        if (fact.query.by !== 'symbol') return;
        for (const inquiry of this.#inquiriesAbout(fact.query.symbol)) inquiry.isUnknown = true;
        this.#wake(fact.query.symbol);
        return;
      case 'link-down':
        this.#touchAllQuotes();
        for (const { wake } of [...this.#inquiries]) wake();
        return;
      case 'data-farm':
        this.#feed.touchMeters();
        if (fact.state === 'down') this.#touchAllQuotes();
        return;
      case 'heartbeat':
      case 'account-value':
        this.#feed.touchMeters();
        return;
      default:
    }
  }

  #touchAllQuotes(): void {
    for (const conId of this.#state.observed.quotes.keys()) this.#feed.touchQuote(conId);
  }

  #findDecision(reference: string): RiskDecision | undefined {
    const number = orderNumberSchema.safeParse(Number(reference));
    if (number.success) {
      const id = this.state.orderByNumber.get(number.data);
      const order = id === undefined ? undefined : this.state.orders.get(id);
      return order === undefined || order.decisionId === null ? undefined : this.state.decisions.get(order.decisionId);
    }
    const id = decisionIdSchema.safeParse(reference);
    return id.success ? this.state.decisions.get(id.data) : undefined;
  }

  /** Defines each of `symbols`, all at once; the first that can not be is the failure. */
  async #defineAll(symbols: readonly string[]): Promise<Result<null, WorkstationFailure>> {
    const answers = await Promise.all(symbols.map((symbol) => this.#define(symbol, INSTRUMENT_WAIT_MS)));
    return answers.find((answer) => !answer.ok) ?? ok(null);
  }

  /**
   * Makes sure that IBKR has defined `symbol` and that a bid, an ask and their kind are known, as far as that can be had
   * within `waitMs`. What is still missing then is the risk checks' to judge.
   * @param needsQuote false: its definition is waited for, and no more.
   * @param quotes false: nor are its quotes subscribed to.
   */
  async #define(
    symbol: string,
    waitMs: number,
    needsQuote = true,
    quotes = true,
  ): Promise<Result<Instrument, WorkstationFailure>> {
    const inquiry: Inquiry = { symbol, needsQuote, isUnknown: false, wake: () => undefined };
    this.#inquiries.add(inquiry);
    this.#runner.put({ kind: 'watch', symbol, quotes });
    const found = await this.#outcomeOf(inquiry, laterBy(this.now(), waitMs));
    this.#inquiries.delete(inquiry);
    return found;
  }

  async #outcomeOf(inquiry: Inquiry, deadline: EpochMs): Promise<Result<Instrument, WorkstationFailure>> {
    const { symbol, needsQuote } = inquiry;
    for (;;) {
      const instrument = this.#instrumentOf(symbol);
      const mayWait = this.#isConnected() && this.now() < deadline;
      if (instrument !== undefined && (!needsQuote || !mayWait || this.#isQuoted(instrument))) return ok(instrument);
      if (inquiry.isUnknown) {
        const reason = `${symbol}: expected the symbol of a US stock or ETF; IBKR knows none.`;
        return err({ code: 'NOT_FOUND', reason });
      }
      if (!mayWait) {
        const why = this.#isConnected() ? 'did not answer in time' : 'is not connected';
        return err({ code: 'BROKER_UNAVAILABLE', reason: `${symbol} is not defined yet, and TWS ${why}.` });
      }
      await this.#news(inquiry, deadline);
    }
  }

  #instrumentOf(symbol: string): Instrument | undefined {
    const conId = this.#state.observed.conIdBySymbol.get(symbol);
    return conId === undefined ? undefined : this.state.instruments.get(conId);
  }

  #isQuoted({ conId }: Instrument): boolean {
    const quote = this.#state.observed.quotes.get(conId);
    return quote !== undefined && quote.kind !== 'unknown' && quote.bid !== null && quote.ask !== null;
  }

  #isConnected(): boolean {
    const { phase } = this.state.connection;
    return phase === 'ready' || phase === 'reconciling' || phase === 'degraded';
  }

  /** Settles at the next news of what was inquired about, or at the deadline. */
  #news(inquiry: Inquiry, deadline: EpochMs): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.wakeAt(deadline, resolve);
      inquiry.wake = () => {
        cancel();
        resolve();
      };
    });
  }

  #inquiriesAbout(symbol: string | undefined): readonly Inquiry[] {
    return [...this.#inquiries].filter((inquiry) => inquiry.symbol === symbol);
  }

  #wake(symbol: string | undefined): void {
    for (const { wake } of this.#inquiriesAbout(symbol)) wake();
  }
}
