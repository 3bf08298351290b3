import type { CorrelationPicture, CorrelationUpdate } from '#domain/correlation';
import type { RiskPicture } from '#domain/pnl';
import { createEngineState } from '#engine/create-engine-state';
import { riskPictureOf } from '#engine/portfolio/risk-picture';
import { DEFAULT_SETTINGS, type TradingMode } from '#domain/settings';
import type { Bar, BarsAnswer, BarWish } from '#domain/bar';
import type { Command, CommandReply, RiskyCommand } from '#domain/command';
import type { EngineEvent, JournaledEvent } from '#domain/engine-event';
import { FEED_EVENTS_MAX, type Conflated, type FeedAnswer, type FeedStart, type HostMeters } from '#domain/feed';
import {
  alarmId,
  conId,
  decisionId,
  epochMs,
  sequence,
  type CommandKey,
  type EpochMs,
  type Sequence,
} from '#domain/ids';
import type { Instrument, InstrumentMatch } from '#domain/instrument';
import { ratio, price, quantity } from '#domain/money';
import type { Origin } from '#domain/order-record';
import type { Quote } from '#domain/quote';
import { err, ok, type Result } from '#domain/result';
import { NO_PORTFOLIO, type RiskDecision } from '#domain/risk-decision';
import { snapshotOf } from '#domain/state-snapshot';
import { apply, emptyWorkstationState, type WorkstationState } from '#domain/workstation-state';
import type { WorkstationFailure, WorkstationPort } from '#ports/workstation-port';
import { ALWAYS_OPEN } from '#test/builders/domain-records';

const START = epochMs(1_750_000_000_000);

/** Apple's stock as IBKR describes it. */
export const APPLE: Instrument = {
  conId: conId(265_598),
  symbol: 'AAPL',
  securityType: 'STK',
  exchange: 'SMART',
  primaryExchange: 'NASDAQ',
  currency: 'USD',
  multiplier: quantity('1'),
  longName: 'APPLE INC',
  industry: 'Technology',
  category: 'Computers',
  stockType: 'COMMON',
  priceBands: [{ from: price('0'), increment: price('0.01') }],
  sizeIncrement: quantity('1'),
  minimumSize: quantity('1'),
  timeZone: 'US/Eastern',
  tradingHours: ALWAYS_OPEN,
  liquidHours: ALWAYS_OPEN,
};

/** A session of Apple. */
export const A_DAILY_BAR = {
  kind: 'daily',
  session: '2026-01-05',
  open: price('150.1'),
  high: price('151'),
  low: price('149.55'),
  close: price('150.25'),
  volume: quantity('1234567'),
  complete: true,
} as const satisfies Bar;

/** Apple's quote with this bid, a cent wide. */
export function anAppleQuote(bid: string): Quote {
  return {
    conId: APPLE.conId,
    symbol: 'AAPL',
    bid: price(bid),
    ask: price(String(Number(bid) + 0.01)),
    last: null,
    close: null,
    high: null,
    low: null,
    bidSize: quantity('100'),
    askSize: quantity('100'),
    volume: null,
    kind: 'real-time',
    halted: false,
    live: true,
    why: '',
    tickAt: START,
  };
}

/** An alarm as an event: it leaves a trace in the state by which replicas can be compared. */
export function anAlarm(n: number): EngineEvent {
  const id = alarmId(`alarm-${n}`);
  return {
    type: 'alarm-raised',
    alarm: { id, at: START, severity: 'warning', text: `alarm number ${n}`, orderId: null },
  };
}

/**
 * A workstation in memory: it has a state, a feed and answers, and no engine. What is asked of it is written down in
 * `asked`; `fail` makes it fail as a real one would.
 */
export class FakeWorkstation implements WorkstationPort {
  readonly startedAt = START;
  readonly state: WorkstationState;
  readonly asked: unknown[] = [];
  readonly entries: JournaledEvent[] = [];
  /** Every answer fails like that while it is set. */
  failure: WorkstationFailure | null = null;
  /** Thrown by `search`: a bug. */
  bug: Error | null = null;
  /** Nothing asked of the market is answered while it is set. */
  silent = false;
  /** Entries up to here are forgotten: a replica that is behind has to start again. */
  forgottenUpTo = 0;
  private conflatedVersion = 1;
  private quotes: readonly Quote[] = [];
  private readonly answered = new Map<CommandKey, CommandReply>();
  private readonly waiting = new Set<() => void>();

  constructor(mode: TradingMode = 'demo') {
    this.state = emptyWorkstationState(mode);
  }

  /** Decides an event: folds and publishes it. */
  publish(...events: readonly EngineEvent[]): void {
    for (const event of events) {
      const entry = { sequence: sequence(this.state.sequence + 1), at: START, event };
      apply(this.state, entry);
      this.entries.push(entry);
    }
    this.wake();
  }

  /** New latest values. */
  show(...quotes: readonly Quote[]): void {
    this.quotes = quotes;
    this.conflatedVersion += 1;
    this.wake();
  }

  now(): EpochMs {
    return epochMs(START + 1_000);
  }

  meters(): HostMeters {
    return {
      roundTripMs: 12,
      heartbeatAt: START,
      heartbeatLateMs: 0,
      messagesPerSecond: 3,
      messagesPerSecondMax: 40,
      inboxLength: 0,
      durableSequence: this.state.sequence,
      accountValues: { NetLiquidation: '100000.00' },
      baseCurrency: 'USD',
      exchangeRates: {},
      farms: {},
    };
  }

  execute(key: CommandKey, origin: Origin, command: Command): Promise<Result<CommandReply, WorkstationFailure>> {
    this.asked.push({ key, origin, command });
    const before = this.answered.get(key);
    if (before !== undefined) return this.answer({ ...before, repeated: true });
    const reply: CommandReply = { outcome: 'accepted', orders: [], decision: null, message: '', repeated: false };
    if (this.failure === null) this.answered.set(key, reply);
    return this.answer(reply);
  }

  preview(origin: Origin, command: RiskyCommand): Promise<Result<RiskDecision, WorkstationFailure>> {
    this.asked.push({ origin, command });
    return this.answer(this.decision());
  }

  riskPicture(): RiskPicture {
    return riskPictureOf(createEngineState(this.state), this.now());
  }

  correlations(): CorrelationPicture | null {
    return null;
  }

  updateCorrelations(symbols: readonly string[] | null): Promise<Result<CorrelationUpdate, WorkstationFailure>> {
    this.asked.push({ symbols });
    return this.answer({ kind: 'under-way', done: 0, of: 1, symbol: '' });
  }

  quote(
    symbol: string,
    waitMs: number,
  ): Promise<Result<{ readonly instrument: Instrument; readonly quote: Quote | null }, WorkstationFailure>> {
    this.asked.push({ symbol, waitMs });
    return this.answer({ instrument: APPLE, quote: this.quotes[0] ?? null });
  }

  fetchBars(symbol: string, wish: BarWish, waitMs: number): Promise<Result<BarsAnswer, WorkstationFailure>> {
    this.asked.push({ symbol, wish, waitMs });
    return this.answer({ kind: 'bars', instrument: APPLE, bars: [A_DAILY_BAR] });
  }

  search(query: string): Promise<Result<readonly InstrumentMatch[], WorkstationFailure>> {
    this.asked.push({ query });
    if (this.bug !== null) throw this.bug;
    const { conId: id, symbol, securityType, primaryExchange, currency, longName } = APPLE;
    return this.answer([{ conId: id, symbol, securityType, primaryExchange, currency, longName }]);
  }

  explain(
    reference: string,
  ): Result<
    { readonly decision: RiskDecision; readonly replayed: RiskDecision; readonly same: boolean },
    WorkstationFailure
  > {
    this.asked.push({ reference });
    if (this.failure !== null) return err(this.failure);
    return ok({ decision: this.decision(), replayed: this.decision(), same: true });
  }

  feedStart(): Promise<FeedStart> {
    return Promise.resolve({ snapshot: snapshotOf(this.state), conflated: this.conflated() });
  }

  async changes(after: Sequence, conflatedAfter: number, waitMs: number): Promise<FeedAnswer> {
    if (after === this.state.sequence && conflatedAfter === this.conflatedVersion && waitMs > 0) {
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
    if (after < this.forgottenUpTo || after > this.state.sequence) return { kind: 'resync' };
    return {
      kind: 'changes',
      entries: this.entries.slice(after, after + FEED_EVENTS_MAX),
      conflated: conflatedAfter === this.conflatedVersion ? null : this.conflated(),
    };
  }

  history(before: Sequence | null, limit: number): readonly JournaledEvent[] {
    const older = this.entries.filter((entry) => before === null || entry.sequence < before);
    return older.slice(-limit).reverse();
  }

  /** How many pulls wait for something new. */
  get pulls(): number {
    return this.waiting.size;
  }

  private decision(): RiskDecision {
    return {
      id: decisionId('decision-1'),
      outcome: 'approved',
      verdicts: [{ check: 'connection', verdict: 'pass' }],
      context: {
        at: START,
        origin: 'window',
        subject: {
          action: 'place',
          symbol: 'AAPL',
          legs: [
            {
              role: 'parent',
              side: 'BUY',
              quantity: quantity('10'),
              terms: { type: 'MKT' },
              timeInForce: 'DAY',
            },
          ],
        },
        connection: { phase: 'ready', since: START, serverVersion: 193 },
        trading: { state: 'ACTIVE', since: START, reason: '', cause: 'person' },
        instrument: APPLE,
        quote: anAppleQuote('150'),
        quoteAgeMs: 0,
        position: null,
        buyLeaves: quantity('0'),
        sellLeaves: quantity('0'),
        protectedLeaves: quantity('0'),
        recent: [],
        settings: DEFAULT_SETTINGS.risk,
        baseCurrency: 'USD',
        exchangeRate: ratio('1'),
        ...NO_PORTFOLIO,
      },
    };
  }

  private conflated(): Conflated {
    return { version: this.conflatedVersion, now: this.now(), quotes: this.quotes, meters: this.meters() };
  }

  private answer<T>(value: T): Promise<Result<T, WorkstationFailure>> {
    if (this.silent) return new Promise(() => undefined);
    return Promise.resolve(this.failure === null ? ok(value) : err(this.failure));
  }

  private wake(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}
