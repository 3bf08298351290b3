import type { CallFailure, WorkstationClient } from '#api/client';
import type { Command, CommandReply, RiskyCommand } from '#domain/command';
import type { EngineEvent, JournaledEvent } from '#domain/engine-event';
import type { Conflated, FeedAnswer, HostMeters } from '#domain/feed';
import { decisionId, epochMs, sequence, type CommandKey, type EpochMs } from '#domain/ids';
import type { Instrument, InstrumentMatch } from '#domain/instrument';
import { present } from '#domain/assert';
import { isPositive, magnitudeOf, quantity, ratio, ZERO_POSITION } from '#domain/money';
import type { Quote } from '#domain/quote';
import { orderTermsSchema } from '#domain/order-spec';
import { err, ok, type Result } from '#domain/result';
import { NO_PORTFOLIO, type RiskDecision, type RiskLeg, type RiskSubject } from '#domain/risk-decision';
import { snapshotOf } from '#domain/state-snapshot';
import type { CorrelationPicture, CorrelationUpdate } from '#domain/correlation';
import type { RiskPicture } from '#domain/pnl';
import type { RiskOverride } from '#domain/risk-override';
import { effectiveLimits } from '#domain/symbol-limits';
import { apply, emptyWorkstationState, type WorkstationState } from '#domain/workstation-state';
import { decide } from '#engine/risk/risk-guard';
import { placeSubject } from '#engine/risk/risk-context';

type Placed = Extract<RiskSubject, { action: 'place' }>;
type Answered<T> = Promise<Result<T, CallFailure>>;

/** When every scripted workstation starts: Tuesday 17 November 2026, 10:42:18 in New York. */
export const FAKE_START = epochMs(Date.UTC(2026, 10, 17, 15, 42, 18));

/**
 * A workstation by script: holds a real state, folds the events it is given, decides with the real risk guard, and
 * notes the commands it was sent. Its client is what a panel gets.
 */
export class FakeWorkstation {
  readonly state: WorkstationState = emptyWorkstationState('paper');
  readonly journal: JournaledEvent[] = [];
  /** Commands as they were sent, with their keys. */
  readonly sent: {
    readonly key: CommandKey;
    readonly command: Command;
    readonly override?: RiskOverride | null | undefined;
  }[] = [];
  /** Instruments that `market.quote` knows. */
  readonly known = new Map<string, { readonly instrument: Instrument; readonly quote: Quote }>();
  readonly matches: InstrumentMatch[] = [];
  now: EpochMs = FAKE_START;
  /** How the next commands are answered. */
  answer: (command: Command) => Answered<CommandReply> = () => Promise.resolve(ok(ACCEPTED));
  /** Set to fail every call, as when the host is gone. */
  failure: CallFailure | null = null;
  meters: HostMeters = {
    roundTripMs: 12,
    heartbeatAt: FAKE_START,
    heartbeatLateMs: 0,
    messagesPerSecond: 6,
    messagesPerSecondMax: 40,
    inboxLength: 0,
    durableSequence: sequence(0),
    accountValues: {},
    baseCurrency: 'USD',
    exchangeRates: {},
    farms: {},
  };
  /** Profit and loss and the use of limits; null: the workstation knows none yet. */
  risk: RiskPicture | null = null;
  correlations: CorrelationPicture | null = null;
  correlating: NonNullable<Conflated['correlating']> | null = null;
  /** What the next pulls for new correlations answer; the last one again and again. */
  updates: CorrelationUpdate[] = [];
  /** What is decided of a command, where a test does not leave it to the risk guard. */
  decision: ((command: RiskyCommand, made: RiskDecision) => RiskDecision) | null = null;
  private quotes: Quote[] = [];
  private version = 1;
  private wake: (() => void)[] = [];
  private decisions = 0;

  /** Lets `events` happen now. */
  emit(...events: readonly EngineEvent[]): void {
    for (const event of events) {
      const entry = { sequence: sequence(this.state.sequence + 1), at: this.now, event };
      apply(this.state, entry);
      this.journal.push(entry);
    }
    this.wakeAll();
  }

  /** The latest quotes. */
  setQuotes(...quotes: readonly Quote[]): void {
    const replaced = new Set(quotes.map(({ conId }) => conId));
    this.quotes = [...this.quotes.filter(({ conId }) => !replaced.has(conId)), ...quotes];
    this.touch();
  }

  /** The host's clock and meters changed. */
  touch(): void {
    this.version += 1;
    this.wakeAll();
  }

  /** The connection breaks: every call that waits, and every call from now on. */
  breakOff(reason: string): void {
    this.failure = { code: 'CLOSED', reason };
    this.wakeAll();
  }

  decideOn(command: RiskyCommand): RiskDecision {
    this.decisions += 1;
    const subject = this.subjectOf(command);
    const found = this.known.get(subject.symbol);
    const made = decide(decisionId(`d-${this.decisions}`), {
      at: this.now,
      origin: 'window',
      subject,
      connection: this.state.connection,
      trading: this.state.trading,
      instrument: found?.instrument ?? null,
      quote: found?.quote ?? null,
      quoteAgeMs: 200,
      position:
        found === undefined ? null : (this.state.positions.get(found.instrument.conId)?.quantity ?? ZERO_POSITION),
      buyLeaves: quantity('0'),
      sellLeaves: quantity('0'),
      protectedLeaves: quantity('0'),
      recent: [],
      settings: this.state.settings.risk,
      baseCurrency: 'USD',
      exchangeRate: ratio('1'),
      ...NO_PORTFOLIO,
      limits: effectiveLimits(
        { symbols: this.state.symbolLimits, defaults: this.state.defaultLimits },
        this.state.settings.risk,
        subject.symbol,
      ),
    });
    return this.decision === null ? made : this.decision(command, made);
  }

  readonly client: WorkstationClient = {
    system: { status: () => Promise.reject(new Error('not scripted')) },
    feed: {
      start: () =>
        this.reachable(() => ({ snapshot: structuredClone(snapshotOf(this.state)), conflated: this.conflated() })),
      changes: ({ after, conflatedAfter }) => this.changes(after, conflatedAfter),
      history: ({ limit }) => this.reachable(() => [...this.journal].reverse().slice(0, limit)),
    },
    commands: {
      execute: ({ key, command, override }) => {
        this.sent.push({ key, command, ...(override === undefined ? {} : { override }) });
        return this.failure === null ? this.answer(command) : Promise.resolve(err(this.failure));
      },
      preview: ({ command }) => this.reachable(() => this.decideOn(command)),
    },
    market: {
      quote: ({ symbol }) => {
        const found = this.known.get(symbol);
        if (found === undefined) return Promise.resolve(err({ code: 'NOT_FOUND', reason: `IBKR knows no ${symbol}.` }));
        return this.reachable(() => found);
      },
      bars: ({ symbol }) => Promise.resolve(err({ code: 'NOT_FOUND', reason: `there are no bars of ${symbol}` })),
      search: ({ query }) =>
        this.reachable(() => this.matches.filter(({ symbol }) => symbol.startsWith(query.toUpperCase()))),
    },
    risk: {
      correlations: () => this.reachable(() => this.correlations),
      updateCorrelations: () =>
        this.reachable(() => (this.updates.length > 1 ? this.updates.shift() : this.updates[0]) ?? NOT_STARTED),
      picture: () => Promise.resolve(err({ code: 'NOT_FOUND', reason: 'no picture of the risk' })),
      explain: ({ reference }) => {
        const decision = [...this.state.decisions.values()].find(({ id }) => id === reference);
        if (decision === undefined) return Promise.resolve(err({ code: 'NOT_FOUND', reason: 'no such decision' }));
        return this.reachable(() => ({ decision, replayed: decision, same: true }));
      },
    },
    journal: {
      verify: () => Promise.reject(new Error('not scripted')),
      export: () => Promise.reject(new Error('not scripted')),
    },
  };

  private subjectOf(command: RiskyCommand): RiskSubject {
    if (command.kind === 'place-order' || command.kind === 'place-bracket') return placeSubject(command);
    if (command.kind !== 'modify-order') return this.exitSubject(command);
    const { number, limit, stop, quantity: size } = command.request;
    const order = [...this.state.orders.values()].find((it) => it.number === number);
    if (order === undefined || order.spec.terms.type === 'OTHER') throw new Error('no such order to modify');
    const { side, timeInForce, symbol } = order.spec;
    const terms = orderTermsSchema.parse(order.spec.terms);
    const before: RiskLeg = {
      role: order.group?.role ?? 'parent',
      side,
      quantity: order.spec.quantity,
      terms,
      timeInForce,
    };
    const after: RiskLeg = {
      ...before,
      quantity: size ?? before.quantity,
      terms:
        terms.type === 'LMT'
          ? { ...terms, limit: limit ?? terms.limit }
          : terms.type === 'STP'
            ? { ...terms, stop: stop ?? terms.stop }
            : terms,
    };
    return {
      action: 'modify',
      symbol,
      orderId: order.id,
      number,
      before,
      after,
      filled: order.filled,
      entry: null,
      exits: [],
    };
  }

  /** What a stop, an OCO group or a close asks; of an OCO group its first order speaks for all. */
  private exitSubject(
    command: Exclude<RiskyCommand, { kind: 'place-order' | 'place-bracket' | 'modify-order' }>,
  ): Placed {
    if (command.kind === 'place-oco') {
      const [first] = command.request.legs;
      if (first === undefined) throw new Error('an OCO group has orders');
      const { symbol, side, quantity: size, terms, timeInForce } = first;
      return { action: 'place', symbol, legs: [{ role: 'oco', side, quantity: size, terms, timeInForce }] };
    }
    if (command.kind === 'place-trailing-stop') {
      const { symbol, side, quantity: size, trail, initialStopPrice: stop } = command.request;
      const terms = { type: 'TRAIL', trail, stop } as const;
      const leg = { role: 'protective-stop', side, quantity: size, terms, timeInForce: 'GTC' } as const;
      return { action: 'place', symbol, legs: [leg] };
    }
    const symbol = command.kind === 'close-position' ? command.symbol : command.request.symbol;
    const held = this.state.positions.get(present(this.known.get(symbol), 'the instrument').instrument.conId)?.quantity;
    if (held === undefined) throw new Error(`no position in ${symbol}`);
    const exit = { side: isPositive(held) ? 'SELL' : 'BUY', quantity: magnitudeOf(held) } as const;
    if (command.kind === 'close-position') {
      const leg = { ...exit, role: 'parent', terms: { type: 'MKT' }, timeInForce: 'DAY' } as const;
      return { action: 'place', symbol, legs: [leg] };
    }
    const { protection } = command.request;
    const terms =
      protection.by === 'stop'
        ? ({ type: 'STP', stop: protection.stop } as const)
        : ({ type: 'TRAIL', trail: protection.trail, stop: null } as const);
    return { action: 'place', symbol, legs: [{ ...exit, role: 'protective-stop', terms, timeInForce: 'GTC' }] };
  }

  private conflated(): Conflated {
    const { version, now, quotes, meters, risk, correlating } = this;
    return { version, now, quotes, meters, risk, ...(correlating === null ? {} : { correlating }) };
  }

  private reachable<T>(value: () => T): Answered<T> {
    return Promise.resolve(this.failure === null ? ok(value()) : err(this.failure));
  }

  private async changes(after: number, conflatedAfter: number): Answered<FeedAnswer> {
    for (;;) {
      if (this.failure !== null) return err(this.failure);
      const entries = this.journal.filter((entry) => entry.sequence > after);
      const conflated = this.version > conflatedAfter ? this.conflated() : null;
      if (entries.length > 0 || conflated !== null) return ok({ kind: 'changes', entries, conflated });
      await new Promise<void>((resolve) => this.wake.push(resolve));
    }
  }

  private wakeAll(): void {
    const waiting = this.wake;
    this.wake = [];
    for (const resume of waiting) resume();
  }
}

/** An update of correlations of which nothing is known yet. */
const NOT_STARTED: CorrelationUpdate = { kind: 'under-way', done: 0, of: 1, symbol: '' };

export const ACCEPTED: CommandReply = { outcome: 'accepted', orders: [], decision: null, message: '', repeated: false };
