import { present } from '#domain/assert';
import type { RiskyCommand } from '#domain/command';
import { CorrelationMatrix } from '#domain/correlation-matrix';
import { conId, clientOrderId, clientId, ibOrderId, orderNumber, permId } from '#domain/ids';
import { money, price, quantity, signedQuantity } from '#domain/money';
import type { OrderRecord } from '#domain/order-record';
import type { SymbolLimits } from '#domain/symbol-limits';
import { emptyWorkstationState } from '#domain/workstation-state';
import { createEngineState } from '#engine/create-engine-state';
import { preview, step } from '#engine/engine';
import type { EngineState } from '#engine/engine-state';
import { ACCOUNT, anOrder, aPosition, aQuote, FRIDAY } from '#test/builders/domain-records';
import { AAPL, aBracketRequest, aLimitOrder } from '#test/builders/engine-harness';
import { lineOf, type BenchLine } from './bench-line';

const SYMBOLS = 500;
const POSITIONS = 200;
const WORKING_ORDERS = 200;
/** Symbols that move together: every cluster has so many names, two fifths of them held. */
const CLUSTER = 10;
const STRONG = 0.85;
const WEAK = 0.2;
const WARM_UP = 10_000;
const SAMPLES = 25_000;

const symbolOf = (n: number): string => `S${String(n).padStart(3, '0')}`;
const idOf = (n: number): ReturnType<typeof conId> => conId(10_000 + n);

const PRICES = { bid: price('149.99'), ask: price('150'), last: price('150'), close: price('149.5') };

function workingOrder(n: number): OrderRecord {
  const number = orderNumber(n + 1);
  const base = anOrder({ number });
  return {
    ...base,
    id: clientOrderId(`run1-${number}`),
    spec: { ...base.spec, conId: idOf(n % SYMBOLS), symbol: symbolOf(n % SYMBOLS) },
    broker: { clientId: clientId(1), orderId: ibOrderId(number), permId: permId(1_900_000_000 + number) },
  };
}

/** Correlations of every pair: strong within a cluster. */
function correlations(): CorrelationMatrix {
  const values: number[] = [];
  for (let a = 0; a < SYMBOLS; a += 1) {
    for (let b = a + 1; b < SYMBOLS; b += 1)
      values.push(a % (SYMBOLS / CLUSTER) === b % (SYMBOLS / CLUSTER) ? STRONG : WEAK);
  }
  const symbols = Array.from({ length: SYMBOLS }, (_, n) => symbolOf(n));
  const summary = {
    version: 'bench',
    symbols: SYMBOLS,
    lookback: 60,
    asOf: null,
    computedAt: FRIDAY,
    unknownPairs: 0,
  };
  return CorrelationMatrix.of({ summary, symbols, values });
}

/** Limits that every symbol has of its own, stricter than the global ones. */
const OWN_LIMITS: SymbolLimits = {
  maxPositionSize: quantity('5000'),
  maxOrderExposure: money('50000'),
  maxDailyLoss: money('5000'),
  maxCorrelationExposure: money('200000'),
};

/** 500 quoted symbols with limits of their own, 200 positions, 200 working orders, 500 × 500 correlations, ready to trade. */
function aBusyDay(): EngineState {
  const durable = emptyWorkstationState('paper');
  durable.account = ACCOUNT;
  durable.connection = { phase: 'ready', since: FRIDAY, serverVersion: 193 };
  for (let n = 0; n < SYMBOLS; n += 1) {
    durable.instruments.set(idOf(n), { ...AAPL, conId: idOf(n), symbol: symbolOf(n), industry: `Sector ${n % 10}` });
    durable.symbolLimits.set(symbolOf(n), OWN_LIMITS);
  }
  for (let n = 0; n < POSITIONS; n += 1) {
    const position = aPosition({ conId: idOf(n), symbol: symbolOf(n), quantity: signedQuantity('60') });
    durable.positions.set(idOf(n), position);
  }
  for (let n = 0; n < WORKING_ORDERS; n += 1) {
    const order = workingOrder(n);
    durable.orders.set(order.id, order);
    durable.orderByNumber.set(order.number, order.id);
  }
  const { risk } = durable.settings;
  durable.settings = { ...durable.settings, risk: { ...risk, maxGrossExposure: money('5000000') } };
  const state = createEngineState(durable);
  state.observed.baseCurrency = 'USD';
  state.observed.correlations = correlations();
  state.observed.positionsKnown = true;
  state.observed.heartbeatAt = FRIDAY;
  for (let n = 0; n < SYMBOLS; n += 1) {
    const quote = aQuote({ conId: idOf(n), symbol: symbolOf(n), ...PRICES });
    state.observed.quotes.set(idOf(n), quote);
  }
  // The first step of a session counts what is held.
  step(state, { kind: 'clock', at: FRIDAY });
  return state;
}

function measure(state: EngineState, commands: readonly RiskyCommand[]): { micros: number[]; perSecond: number } {
  const micros: number[] = [];
  let approved = 0;
  let start = 0;
  for (let n = 0; n < WARM_UP + SAMPLES; n += 1) {
    if (n === WARM_UP) start = performance.now();
    const command = present(commands[n % commands.length], 'a command');
    const before = performance.now();
    const decision = preview(state, FRIDAY, 'window', command);
    if (n >= WARM_UP) micros.push((performance.now() - before) * 1_000);
    if (decision.ok && decision.value.outcome === 'approved') approved += 1;
  }
  const perSecond = (SAMPLES * 1_000) / (performance.now() - start);
  if (approved !== WARM_UP + SAMPLES) throw new Error(`only ${approved} decisions approved: not the case to measure`);
  return { micros, perSecond };
}

/** How long deciding takes: the excerpt of the state and all checks over it. */
export function riskBench(): Promise<BenchLine[]> {
  const state = aBusyDay();
  // Symbols with a working order and a position come by as well as those without.
  const singles = Array.from({ length: SYMBOLS }, (_, n): RiskyCommand => {
    return { kind: 'place-order', request: aLimitOrder({ symbol: symbolOf(n), quantity: quantity('11') }) };
  });
  const brackets = Array.from({ length: SYMBOLS }, (_, n): RiskyCommand => {
    return { kind: 'place-bracket', request: aBracketRequest({ symbol: symbolOf(n), quantity: quantity('11') }) };
  });
  const single = measure(state, singles);
  const bracket = measure(state, brackets);
  return Promise.resolve([
    lineOf('risk: decision on an order, all checks', 'µs', single.micros, 'p50 ≤ 25 µs, p99 ≤ 150 µs'),
    { name: 'risk: decisions on orders', unit: 'decisions/s', median: single.perSecond, target: '≥ 30,000/s' },
    lineOf('risk: decision on a bracket, all checks', 'µs', bracket.micros, 'p50 ≤ 25 µs, p99 ≤ 150 µs'),
  ]);
}
