import type { Alarm } from '#domain/alarm';
import type { BracketGroup } from '#domain/bracket';
import type { EngineEvent, JournaledEvent } from '#domain/engine-event';
import type { Fill } from '#domain/fill';
import {
  accountId,
  alarmId,
  clientId,
  clientOrderId,
  conId,
  decisionId,
  effectId,
  epochMs,
  execId,
  groupId,
  ibOrderId,
  orderNumber,
  permId,
  sequence,
  type EpochMs,
} from '#domain/ids';
import type { Instrument } from '#domain/instrument';
import { ratio, price, quantity, signedQuantity } from '#domain/money';
import type { OcoGroup } from '#domain/oco';
import type { OrderRecord } from '#domain/order-record';
import type { PositionRecord } from '#domain/position';
import type { Quote } from '#domain/quote';
import { NO_PORTFOLIO, type CheckVerdict, type RiskDecision, type RiskLeg } from '#domain/risk-decision';
import { DEFAULT_SETTINGS } from '#domain/settings';
import type { ProtectiveStop } from '#domain/trailing-stop';
import { apply, emptyWorkstationState, type Touched, type WorkstationState } from '#domain/workstation-state';

/** 2026-11-20 15:30:00 UTC, a Friday, one hour after the opening in New York. */
export const FRIDAY: EpochMs = epochMs(Date.UTC(2026, 10, 20, 15, 30));
export const AMD_ID = conId(4_391);
export const ACCOUNT = accountId('DU1234567');

/** Hours of a market that never closes. */
export const ALWAYS_OPEN = [{ opens: epochMs(0), closes: epochMs(Date.UTC(2100, 0, 1)) }];

/** AMD's stock, in cents. Its market never closes, so that a test is about hours only where it says so. */
export const AMD: Instrument = {
  conId: AMD_ID,
  symbol: 'AMD',
  securityType: 'STK',
  exchange: 'SMART',
  primaryExchange: 'NASDAQ',
  currency: 'USD',
  multiplier: quantity('1'),
  longName: 'ADVANCED MICRO DEVICES',
  industry: 'Technology',
  category: 'Semiconductors',
  stockType: 'COMMON',
  priceBands: [{ from: price('0'), increment: price('0.01') }],
  sizeIncrement: quantity('1'),
  minimumSize: quantity('1'),
  timeZone: 'US/Eastern',
  tradingHours: ALWAYS_OPEN,
  liquidHours: ALWAYS_OPEN,
};

/** AMD at 164.09 to 164.10, real-time. */
export function aQuote(change: Partial<Quote> = {}): Quote {
  return {
    conId: AMD_ID,
    symbol: 'AMD',
    bid: price('164.09'),
    ask: price('164.1'),
    last: price('164.1'),
    close: price('163'),
    high: price('165'),
    low: price('162.5'),
    bidSize: quantity('300'),
    askSize: quantity('1200'),
    volume: quantity('1234567'),
    kind: 'real-time',
    halted: false,
    live: true,
    why: '',
    tickAt: FRIDAY,
    ...change,
  };
}

/** Order 1051: BUY 50 AMD LMT 164.10 DAY from the window, working. */
export function anOrder(change: Partial<OrderRecord> = {}): OrderRecord {
  const number = change.number ?? orderNumber(1051);
  return {
    id: clientOrderId(`o-${number}`),
    number,
    spec: {
      account: ACCOUNT,
      conId: AMD_ID,
      symbol: 'AMD',
      side: 'BUY',
      quantity: quantity('50'),
      terms: { type: 'LMT', limit: price('164.1') },
      timeInForce: 'DAY',
      outsideRth: false,
    },
    origin: 'window',
    group: null,
    state: { phase: 'working', since: FRIDAY },
    filled: quantity('0'),
    averagePrice: null,
    broker: { clientId: clientId(1), orderId: ibOrderId(7), permId: permId(1_900_000_001) },
    decisionId: decisionId('d-1'),
    modification: null,
    created: FRIDAY,
    changed: FRIDAY,
    ...change,
  };
}

export const GROUP = groupId('g-1');

/** A bracket: 1051 BUY 50 AMD LMT 164.10, target 170.00 (1052), stop 161.00 (1053). */
export function aBracket(
  state: OrderRecord['state'] = { phase: 'submitting', since: FRIDAY, effectId: effectId('e-1') },
): {
  readonly entry: OrderRecord;
  readonly target: OrderRecord;
  readonly stop: OrderRecord;
  readonly group: BracketGroup;
} {
  const exit = { ...anOrder().spec, side: 'SELL', timeInForce: 'GTC' } as const;
  const entry = anOrder({ group: { id: GROUP, role: 'parent' }, state });
  const target = anOrder({
    number: orderNumber(1052),
    spec: { ...exit, terms: { type: 'LMT', limit: price('170') } },
    group: { id: GROUP, role: 'take-profit' },
    state,
  });
  const stop = anOrder({
    number: orderNumber(1053),
    spec: { ...exit, terms: { type: 'STP', stop: price('161') } },
    group: { id: GROUP, role: 'stop-loss' },
    state,
  });
  const group: BracketGroup = {
    id: GROUP,
    conId: AMD_ID,
    symbol: 'AMD',
    side: 'BUY',
    parent: entry.id,
    takeProfit: target.id,
    stopLoss: stop.id,
    opened: FRIDAY,
    closed: null,
    exitsDueBy: null,
    covers: [],
    scaleOut: null,
  };
  return { entry, target, stop, group };
}

/** A managed stop that trails 50 AMD by 3.00. */
export function aProtectiveStop(change: Partial<ProtectiveStop> = {}): ProtectiveStop {
  return {
    id: groupId('g-stop'),
    account: ACCOUNT,
    conId: AMD_ID,
    symbol: 'AMD',
    side: 'SELL',
    quantity: quantity('50'),
    outsideRth: false,
    plan: {
      kind: 'managed',
      trail: { by: 'amount', amount: price('3') },
      activationPrice: null,
      triggerOn: 'last',
    },
    order: clientOrderId('o-stop'),
    state: { phase: 'guarding', since: FRIDAY },
    waterMark: price('164'),
    opened: FRIDAY,
    ...change,
  };
}

/** Two orders of 50 each that IBKR holds as one OCA group. */
export function anOcoGroup(change: Partial<OcoGroup> = {}): OcoGroup {
  const leg = (order: string) => ({ order: clientOrderId(order), quantity: quantity('50'), excess: quantity('0') });
  return {
    id: groupId('g-oco'),
    custody: 'native',
    onPartialFill: 'reduce',
    sharing: 'proportional',
    onOverfill: 'alert',
    legs: [leg('o-1051'), leg('o-1052')],
    opened: FRIDAY,
    closed: null,
    siblingsDueBy: null,
    flattenedBy: [],
    ...change,
  };
}

/** 20 AMD bought at 164.09 for order 1051. */
export function aFill(change: Partial<Fill> = {}): Fill {
  return {
    execId: execId('0000e0d5.6600001.01.01'),
    orderId: clientOrderId('o-1051'),
    account: ACCOUNT,
    conId: AMD_ID,
    symbol: 'AMD',
    side: 'BUY',
    quantity: quantity('20'),
    price: price('164.09'),
    exchange: 'ISLAND',
    at: FRIDAY,
    commission: null,
    ...change,
  };
}

export function aPosition(change: Partial<PositionRecord> = {}): PositionRecord {
  return {
    conId: AMD_ID,
    symbol: 'AMD',
    account: ACCOUNT,
    quantity: signedQuantity('60'),
    averageCost: price('160'),
    changed: FRIDAY,
    ...change,
  };
}

export function aStandingAlarm(change: Partial<Alarm> = {}): Alarm {
  return {
    id: alarmId('alarm-1'),
    at: FRIDAY,
    severity: 'danger',
    text: 'AMD: 15 of 40 shares have no stop.',
    orderId: null,
    ...change,
  };
}

export function aLeg(change: Partial<RiskLeg> = {}): RiskLeg {
  return {
    role: 'parent',
    side: 'BUY',
    quantity: quantity('50'),
    terms: { type: 'LMT', limit: price('164.1') },
    timeInForce: 'DAY',
    ...change,
  };
}

/** A decision about BUY 50 AMD LMT 164.10; denied when a verdict denies. */
export function aDecision(
  verdicts: readonly CheckVerdict[] = [{ check: 'tick', verdict: 'pass' }],
  context: Partial<RiskDecision['context']> = {},
): RiskDecision {
  const denied = verdicts.some(({ verdict }) => verdict === 'deny' || verdict === 'cannot-know');
  return {
    id: decisionId('d-1'),
    outcome: denied ? 'denied' : 'approved',
    verdicts: [...verdicts],
    context: {
      at: FRIDAY,
      origin: 'cli',
      subject: { action: 'place', symbol: 'AMD', legs: [aLeg()] },
      connection: { phase: 'ready', since: FRIDAY, serverVersion: 193 },
      trading: { state: 'ACTIVE', since: FRIDAY, reason: '', cause: 'person' },
      instrument: AMD,
      quote: aQuote(),
      quoteAgeMs: 0,
      position: signedQuantity('0'),
      buyLeaves: quantity('0'),
      sellLeaves: quantity('0'),
      protectedLeaves: quantity('0'),
      recent: [],
      settings: DEFAULT_SETTINGS.risk,
      baseCurrency: 'USD',
      exchangeRate: ratio('1'),
      ...NO_PORTFOLIO,
      ...context,
    },
  };
}

/** A journal being folded: `tell` applies the next event and says what it touched. */
export function aJournal(state: WorkstationState = emptyWorkstationState('paper')): {
  readonly state: WorkstationState;
  readonly tell: (event: EngineEvent, at?: EpochMs) => Touched;
} {
  const tell = (event: EngineEvent, at: EpochMs = FRIDAY): Touched => {
    const entry: JournaledEvent = { sequence: sequence(state.sequence + 1), at, event };
    return apply(state, entry);
  };
  return { state, tell };
}

/** The state after these events. */
export function stateAfter(...events: readonly EngineEvent[]): WorkstationState {
  const journal = aJournal();
  for (const event of events) journal.tell(event);
  return journal.state;
}
