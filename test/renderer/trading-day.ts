import { ALWAYS_OPEN } from '#test/builders/domain-records';
import { FakeWorkstation } from '#test/renderer/fake-workstation';
import type { Command } from '#domain/command';
import type { EngineEvent } from '#domain/engine-event';
import {
  accountId,
  alarmId,
  clientOrderId,
  conId,
  effectId,
  epochMs,
  execId,
  groupId,
  laterBy,
  orderNumber,
  permId,
  runId,
  type ConId,
} from '#domain/ids';
import type { Instrument } from '#domain/instrument';
import { price, quantity, signedQuantity, ZERO_QUANTITY } from '#domain/money';
import type { OrderRecord, OrderState, Origin } from '#domain/order-record';
import type { ObservedTerms, Side } from '#domain/order-spec';
import type { Quote } from '#domain/quote';
import type { TradingMode } from '#domain/settings';

const ACCOUNT = accountId('DU4471902');

export const aLimit = (text: string): ObservedTerms => ({ type: 'LMT', limit: price(text) });
export const aStop = (text: string): ObservedTerms => ({ type: 'STP', stop: price(text) });

/** A stock as IBKR describes it, ticking in cents. */
export function aStock(id: number, symbol: string, longName: string): Instrument {
  return {
    conId: conId(id),
    symbol,
    securityType: 'STK',
    exchange: 'SMART',
    primaryExchange: 'NASDAQ',
    currency: 'USD',
    multiplier: quantity('1'),
    longName,
    industry: 'Technology',
    category: '',
    stockType: 'COMMON',
    priceBands: [{ from: price('0'), increment: price('0.01') }],
    sizeIncrement: quantity('1'),
    minimumSize: quantity('1'),
    timeZone: 'US/Eastern',
    tradingHours: ALWAYS_OPEN,
    liquidHours: ALWAYS_OPEN,
  };
}

/** A quote a cent or two wide around `last`. */
export function aQuote(instrument: Instrument, last: string, now: number): Quote {
  const at = Number(last);
  return {
    conId: instrument.conId,
    symbol: instrument.symbol,
    bid: price((at - 0.01).toFixed(2)),
    ask: price((at + 0.01).toFixed(2)),
    last: price(last),
    close: null,
    high: null,
    low: null,
    bidSize: quantity('300'),
    askSize: quantity('500'),
    volume: null,
    kind: 'real-time',
    halted: false,
    live: true,
    why: '',
    tickAt: epochMs(now - 300),
  };
}

interface OrderParts {
  readonly number: number;
  readonly instrument: Instrument;
  readonly side: Side;
  readonly size: string;
  readonly terms: ObservedTerms;
  readonly origin?: Origin;
  readonly group?: OrderRecord['group'];
  readonly timeInForce?: 'DAY' | 'GTC';
  readonly ageMs?: number;
}

const STOCKS = [
  [1, 'AAPL', 'APPLE INC', '231.42'],
  [2, 'MSFT', 'MICROSOFT CORP', '512.34'],
  [3, 'NVDA', 'NVIDIA CORP', '182.63'],
  [4, 'AMD', 'ADVANCED MICRO DEVICES', '164.34'],
  [5, 'GOOGL', 'ALPHABET INC-CL A', '302.18'],
  [6, 'TSLA', 'TESLA INC', '402.88'],
  [7, 'JPM', 'JPMORGAN CHASE & CO', '303.26'],
  [8, 'XOM', 'EXXON MOBIL CORP', '117.84'],
  [9, 'LLY', 'ELI LILLY & CO', '912.10'],
  [10, 'META', 'META PLATFORMS INC', '641.70'],
] as const;

/** A workstation in the middle of a trading day, with helpers that place orders as a script. */
export class TradingDay {
  readonly workstation = new FakeWorkstation();
  private readonly stocks = new Map<string, Instrument>();

  constructor(mode: TradingMode = 'paper') {
    const { workstation } = this;
    workstation.emit(
      { type: 'run-started', runId: runId('run-1'), mode, version: '0.1.0' },
      { type: 'account-bound', account: ACCOUNT },
    );
    for (const [id, symbol, longName, last] of STOCKS) {
      const instrument = aStock(id, symbol, longName);
      this.stocks.set(symbol, instrument);
      workstation.emit({ type: 'instrument-defined', instrument });
      const quote = aQuote(instrument, last, workstation.now);
      workstation.known.set(symbol, { instrument, quote });
      workstation.setQuotes(quote);
      workstation.matches.push({
        conId: instrument.conId,
        symbol,
        securityType: 'STK',
        primaryExchange: 'NASDAQ',
        currency: 'USD',
        longName,
      });
    }
  }

  stock(symbol: string): Instrument {
    const found = this.stocks.get(symbol);
    if (found === undefined) throw new Error(`no ${symbol} in this day`);
    return found;
  }

  /** The session becomes ready and is reconciled. */
  connect(): this {
    const { workstation } = this;
    const since = laterBy(workstation.now, -11 * 60_000);
    workstation.emit(
      { type: 'connection-changed', connection: { phase: 'connecting', since, endpoint: '127.0.0.1:7497' } },
      { type: 'connection-changed', connection: { phase: 'ready', since, serverVersion: 193 } },
      {
        type: 'reconciliation-proved',
        proof: {
          startedAt: since,
          at: laterBy(since, 400),
          ordersExpected: 12,
          ordersAtBroker: 12,
          completedAtBroker: 0,
          executionsAtBroker: 6,
          positionsAtBroker: 4,
          findings: [],
        },
      },
    );
    return this;
  }

  order(parts: OrderParts): OrderRecord {
    const {
      number,
      instrument,
      side,
      size,
      terms,
      origin = 'window',
      group = null,
      timeInForce = 'DAY',
      ageMs = 0,
    } = parts;
    const at = laterBy(this.workstation.now, -ageMs);
    return {
      id: clientOrderId(`run-1-${number}`),
      number: orderNumber(number),
      spec: {
        account: ACCOUNT,
        conId: instrument.conId,
        symbol: instrument.symbol,
        side,
        quantity: quantity(size),
        timeInForce,
        outsideRth: false,
        terms,
      },
      origin,
      group,
      state: { phase: 'submitting', since: at, effectId: effectId(`e-${number}`) },
      filled: ZERO_QUANTITY,
      averagePrice: null,
      broker: { clientId: null, orderId: null, permId: permId(9_000 + number) },
      decisionId: null,
      modification: null,
      created: at,
      changed: at,
    };
  }

  /** A single order in `state`. */
  place(parts: OrderParts, state?: OrderState): OrderRecord {
    const order = this.order(parts);
    this.workstation.emit({
      type: 'orders-intended',
      orders: [order],
      group: null,
      effectId: effectId(`e-${order.number}`),
    });
    if (state !== undefined) this.workstation.emit({ type: 'order-state-changed', id: order.id, state });
    return order;
  }

  /** A bracket of three: entry, target, stop, numbered from `first`. */
  bracket(
    symbol: string,
    first: number,
    side: Side,
    size: string,
    prices: readonly [string, string, string],
  ): readonly OrderRecord[] {
    const instrument = this.stock(symbol);
    const id = groupId(`g-${first}`);
    const exit: Side = side === 'BUY' ? 'SELL' : 'BUY';
    const common = { instrument, size, ageMs: 140_000 };
    const [entry, target, stop] = prices;
    const orders = [
      this.order({ ...common, number: first, side, terms: aLimit(entry), group: { id, role: 'parent' } }),
      this.order({
        ...common,
        number: first + 1,
        side: exit,
        terms: aLimit(target),
        group: { id, role: 'take-profit' },
        timeInForce: 'GTC',
      }),
      this.order({
        ...common,
        number: first + 2,
        side: exit,
        terms: aStop(stop),
        group: { id, role: 'stop-loss' },
        timeInForce: 'GTC',
      }),
    ];
    const [parent, profit, loss] = orders;
    if (parent === undefined || profit === undefined || loss === undefined) throw new Error('a bracket has three legs');
    this.workstation.emit({
      type: 'orders-intended',
      orders,
      group: {
        id,
        conId: instrument.conId,
        symbol,
        side,
        parent: parent.id,
        takeProfit: profit.id,
        stopLoss: loss.id,
        opened: this.workstation.now,
        closed: null,
        exitsDueBy: null,
        covers: [],
        scaleOut: null,
      },
      effectId: effectId(`e-${first}`),
    });
    return orders;
  }

  become(order: OrderRecord, state: OrderState): void {
    this.workstation.emit({ type: 'order-state-changed', id: order.id, state });
  }

  fill(order: OrderRecord, size: string, at: string): void {
    this.workstation.emit({
      type: 'fill-recorded',
      fill: {
        execId: execId(`x-${order.number}-${size}.01`),
        orderId: order.id,
        account: ACCOUNT,
        conId: order.spec.conId,
        symbol: order.spec.symbol,
        side: order.spec.side,
        quantity: quantity(size),
        price: price(at),
        exchange: 'NASDAQ',
        at: this.workstation.now,
        commission: null,
      },
    });
  }

  hold(symbol: string, size: string, cost: string): void {
    const { conId: id } = this.stock(symbol);
    this.workstation.emit({
      type: 'position-adopted',
      position: {
        conId: id,
        symbol,
        account: ACCOUNT,
        quantity: signedQuantity(size),
        averageCost: price(cost),
        changed: this.workstation.now,
      },
      why: 'held before',
    });
  }

  /** Denies what `command` asks for, as the engine would. */
  deny(number: number, symbol: string, command: Extract<Command, { kind: 'place-order' }>, ageMs = 26_000): void {
    const decision = this.workstation.decideOn(command);
    const { side, quantity: size, terms } = command.request;
    const order = this.order({ number, instrument: this.stock(symbol), side, size, terms, ageMs });
    const at = laterBy(this.workstation.now, -ageMs);
    this.workstation.emit(
      { type: 'decision-made', decision },
      { type: 'order-denied', order: { ...order, state: { phase: 'denied', at }, decisionId: decision.id } },
    );
  }

  alarm(text: string, severity: 'warning' | 'danger', ageMs: number): void {
    const at = laterBy(this.workstation.now, -ageMs);
    this.workstation.emit({
      type: 'alarm-raised',
      alarm: { id: alarmId(`a-${ageMs}`), at, severity, text, orderId: null },
    });
  }

  event(event: EngineEvent): void {
    this.workstation.emit(event);
  }

  conIdOf(symbol: string): ConId {
    return this.stock(symbol).conId;
  }

  since(ageMs: number): ReturnType<typeof laterBy> {
    return laterBy(this.workstation.now, -ageMs);
  }
}

/** The day of the design's pictures: every status on one screen. */
export function aFullDay(mode: TradingMode = 'paper'): TradingDay {
  const day = new TradingDay(mode).connect();
  const { workstation } = day;
  const ibkr = { effectId: null } as const;
  day.hold('AAPL', '50', '224.10');
  day.hold('MSFT', '30', '497.25');
  day.hold('JPM', '40', '305.40');
  day.hold('TSLA', '-10', '411.50');
  const done = day.place({
    number: 21,
    instrument: day.stock('XOM'),
    side: 'BUY',
    size: '70',
    terms: aLimit('114.62'),
    ageMs: 4_000_000,
  });
  day.fill(done, '70', '114.62');
  day.become(done, { phase: 'filled', at: day.since(3_900_000) });
  const gone = day.place({
    number: 22,
    instrument: day.stock('GOOGL'),
    side: 'BUY',
    size: '10',
    terms: aLimit('299.00'),
    ageMs: 4_000_000,
  });
  day.become(gone, { phase: 'cancelled', at: day.since(3_600_000), reason: '' });
  day.place(
    {
      number: 29,
      instrument: day.stock('AAPL'),
      side: 'SELL',
      size: '50',
      terms: aStop('226.59'),
      timeInForce: 'GTC',
      ageMs: 5_000_000,
    },
    { phase: 'pending', since: day.since(5_000_000), hold: 'trigger' },
  );
  day.place(
    {
      number: 41,
      instrument: day.stock('JPM'),
      side: 'SELL',
      size: '25',
      terms: aStop('298.00'),
      timeInForce: 'GTC',
      ageMs: 4_200_000,
    },
    { phase: 'pending', since: day.since(4_200_000), hold: 'trigger' },
  );
  day.place(
    {
      number: 43,
      instrument: day.stock('XOM'),
      side: 'SELL',
      size: '70',
      terms: aStop('113.20'),
      origin: 'external',
      timeInForce: 'GTC',
    },
    { phase: 'pending', since: day.since(4_100_000), hold: 'trigger' },
  );
  const [, cover, buyStop] = day.bracket('TSLA', 44, 'SELL', '10', ['411.50', '386.00', '421.00']);
  const [tesla] = [...workstation.state.orders.values()].filter(({ number }) => number === 44);
  if (tesla !== undefined && cover !== undefined && buyStop !== undefined) {
    day.become(tesla, { phase: 'filled', at: day.since(3_840_000) });
    day.become(cover, { phase: 'working', since: day.since(3_840_000) });
    day.become(buyStop, { phase: 'pending', since: day.since(3_840_000), hold: 'trigger' });
  }
  day.place(
    { number: 48, instrument: day.stock('XOM'), side: 'BUY', size: '20', terms: aLimit('115.20'), origin: 'cli' },
    { phase: 'cancelling', since: day.since(9_000), ...ibkr },
  );
  const [amd, target, stop] = day.bracket('AMD', 51, 'BUY', '50', ['164.10', '172.00', '161.21']);
  if (amd !== undefined && target !== undefined && stop !== undefined) {
    day.become(amd, { phase: 'working', since: day.since(141_000) });
    day.become(target, { phase: 'working', since: day.since(140_000) });
    day.become(stop, { phase: 'pending', since: day.since(48_000), hold: 'trigger' });
    day.fill(amd, '20', '164.10');
    day.become(amd, { phase: 'partially-filled', since: day.since(140_000) });
  }
  day.place(
    { number: 56, instrument: day.stock('META'), side: 'BUY', size: '8', terms: aLimit('640.00') },
    { phase: 'unknown', since: day.since(62_000), why: 'the link dropped in flight' },
  );
  day.place(
    { number: 57, instrument: day.stock('NVDA'), side: 'BUY', size: '5', terms: aLimit('181.00'), origin: 'cli' },
    { phase: 'inactive', since: day.since(30_000), why: 'no shares to borrow' },
  );
  day.place(
    { number: 58, instrument: day.stock('MSFT'), side: 'BUY', size: '10', terms: aLimit('505.00') },
    { phase: 'cancelling', since: day.since(2_000), ...ibkr },
  );
  day.deny(59, 'LLY', {
    kind: 'place-order',
    request: {
      symbol: 'LLY',
      side: 'BUY',
      quantity: quantity('140'),
      terms: { type: 'LMT', limit: price('912.00') },
      timeInForce: 'DAY',
      outsideRth: false,
    },
  });
  const refused = day.place({
    number: 60,
    instrument: day.stock('GOOGL'),
    side: 'BUY',
    size: '900',
    terms: aLimit('301.20'),
    ageMs: 8_000,
  });
  day.become(refused, {
    phase: 'rejected',
    at: day.since(7_000),
    code: 201,
    reason: 'Order rejected: not enough buying power. Needs 271,080, has 93,120',
  });
  day.place({
    number: 61,
    instrument: day.stock('GOOGL'),
    side: 'BUY',
    size: '15',
    terms: aLimit('301.20'),
    ageMs: 400,
  });
  day.alarm('JPM: 15 of 40 shares have no stop', 'danger', 105_000);
  workstation.meters = {
    ...workstation.meters,
    accountValues: { NetLiquidation: '248310.22' },
    baseCurrency: 'USD',
    exchangeRates: {},
    farms: {},
    durableSequence: workstation.state.sequence,
  };
  workstation.touch();
  return day;
}
