import { assertNever, present } from '#domain/assert';
import { entryReference, isEntered } from '#domain/bracket';
import type { ModifyRequest, RiskyCommand } from '#domain/command';
import type { ConId, EpochMs } from '#domain/ids';
import { isNegative, isZero, ZERO_POSITION, type SignedQuantity } from '#domain/money';
import { isTerminal } from '#domain/order-lifecycle';
import { isLive, isProtectiveExit, type OrderRecord, type Origin } from '#domain/order-record';
import { oppositeOf, type OrderTerms } from '#domain/order-spec';
import type { LimitSource } from '#domain/limit-source';
import { err, ok, type Result } from '#domain/result';
import type { RiskOverride } from '#domain/risk-override';
import { effectiveLimits } from '#domain/symbol-limits';
import { quoteAgeMs } from '#domain/quote';
import type { RecentApproval, RiskContext, RiskLeg, RiskSubject } from '#domain/risk-decision';
import { hoursOf } from '#engine/market/market-hours';
import { messagesOf } from '#engine/orders/message-budget';
import { dayContextOf } from '#engine/portfolio/day-losses';
import { exposureContextOf } from '#engine/portfolio/exposure-context';
import { restingOf, workingOf } from '#engine/risk/working-orders';
import { exchangeRateOf } from '#engine/portfolio/exchange-rates';
import { addingLeaves, worstLeaves } from '#engine/risk/worst-leaves';
import type { EngineState } from '#engine/engine-state';
import { isCoverInGroup } from '#engine/orders/cover-group';

/** How many recent orders a context carries at most. */
const RECENT_MAX = 50;

/** What a person says beside the order itself. */
export interface DecisionWish {
  readonly override: RiskOverride | null;
  readonly allowFlip: boolean;
  /** IBKR's what-if; null: it was not asked for. */
  readonly margin: RiskContext['margin'];
  /** A new order may trade outside the regular hours: absent, it may not. */
  readonly outsideRth?: boolean;
}

export const NO_WISH: DecisionWish = { override: null, allowFlip: false, margin: null };

/** The bounded excerpt of the state that the checks may look at. */
export function riskContextOf(
  state: EngineState,
  at: EpochMs,
  origin: Origin,
  subject: RiskSubject,
  wish: DecisionWish = NO_WISH,
): RiskContext {
  const { durable, observed } = state;
  const conId = observed.conIdBySymbol.get(subject.symbol);
  const quote = conId === undefined ? undefined : observed.quotes.get(conId);
  const instrument = conId === undefined ? null : present(durable.instruments.get(conId), 'the indexed instrument');
  const except = subject.action === 'modify' ? subject.orderId : null;
  const before = except === null ? null : present(durable.orders.get(except), 'the order to be changed');
  const changed = before?.group ?? null;
  const { override, allowFlip, margin } = wish;
  const outsideRth = before?.spec.outsideRth ?? wish.outsideRth ?? false;
  // The exits of one entry close the same: what one of them may have is not less for the other. A cover beside their OCA
  // group adds to them.
  const isBeside = (it: OrderRecord): boolean => it.group?.role === 'cover' && !isCoverInGroup(state, it);
  const isOfUnit = (it: OrderRecord): boolean =>
    it.id === except ||
    (changed !== null && it.group?.id === changed.id && (changed.role === 'cover' || !isBeside(it)));
  const context: RiskContext = {
    at,
    origin,
    subject,
    connection: durable.connection,
    trading: observed.halted ?? durable.trading,
    instrument,
    quote: quote ?? null,
    quoteAgeMs: quote === undefined ? null : quoteAgeMs(quote, observed.heartbeatAt, at),
    position: positionOf(state, conId),
    buyLeaves: addingLeaves(state, conId, 'BUY', except),
    sellLeaves: addingLeaves(state, conId, 'SELL', except),
    protectedLeaves: worstLeaves(state, conId, (it) => !isOfUnit(it) && protects(state, it)),
    recent: conId === undefined ? [] : recentOf(state, conId, at),
    settings: durable.settings.risk,
    baseCurrency: observed.baseCurrency ?? '',
    exchangeRate: instrument === null ? null : exchangeRateOf(state, instrument.currency),
    limits: limitsOf(state, subject.symbol),
    day: conId === undefined ? null : dayContextOf(state, conId),
    exposure: null,
    hours: conId === undefined ? null : hoursOf(state, at, conId, outsideRth),
    working: conId === undefined ? null : workingOf(state, conId, except),
    resting: conId === undefined ? null : restingOf(state, conId, except),
    messages: messagesOf(state, at),
    override,
    allowFlip,
    margin,
  };
  return conId === undefined ? context : { ...context, exposure: exposureContextOf(state, conId, context) };
}

/** The limits in force for `symbol`. */
function limitsOf({ durable }: EngineState, symbol: string): RiskContext['limits'] {
  const { symbolLimits, defaultLimits, settings } = durable;
  const table = { symbols: symbolLimits, defaults: defaultLimits };
  const { positionSize, orderExposure, dailyLoss, correlationExposure } = effectiveLimits(table, settings.risk, symbol);
  const inForce = <T>({ value, source }: { value: T; source: LimitSource }): { value: T; source: LimitSource } => ({
    value,
    source,
  });
  return {
    positionSize: inForce(positionSize),
    orderExposure: inForce(orderExposure),
    dailyLoss: inForce(dailyLoss),
    correlationExposure: inForce(correlationExposure),
  };
}

/** Our position, or null before the first complete snapshot of this session: absence is not zero until IBKR said so. */
function positionOf({ durable, observed }: EngineState, conId: ConId | undefined): SignedQuantity | null {
  if (!observed.positionsKnown || conId === undefined) return null;
  return durable.positions.get(conId)?.quantity ?? ZERO_POSITION;
}

/**
 * True for a live stop or target that closes what is held, or is about to: that IBKR still holds an exit back although its
 * entry has filled lasts for a moment, and what stays naked is covered. Exits of an entry without a fill protect nothing.
 */
function protects({ durable }: EngineState, order: OrderRecord): boolean {
  if (!isProtectiveExit(order)) return false;
  const position = durable.positions.get(order.spec.conId)?.quantity ?? ZERO_POSITION;
  if (isZero(position) || order.spec.side !== (isNegative(position) ? 'BUY' : 'SELL')) return false;
  const group = durable.groups.get(present(order.group, 'the group of a protective exit').id);
  return group === undefined || !isZero(present(durable.orders.get(group.parent), 'the entry of a group').filled);
}

function recentOf({ durable, observed }: EngineState, conId: ConId, at: EpochMs): RecentApproval[] {
  const { duplicateCliMs, duplicateWindowMs } = durable.settings.risk;
  const oldest = at - Math.max(duplicateCliMs, duplicateWindowMs);
  const found: RecentApproval[] = [];
  for (let i = observed.recent.length - 1; i >= 0 && found.length < RECENT_MAX; i -= 1) {
    const entry = present(observed.recent[i], 'a recent order');
    if (entry.at <= oldest) break;
    const { spec } = present(durable.orders.get(entry.order), 'a recent order in the ledger');
    if (spec.conId !== conId || spec.terms.type === 'OTHER') continue;
    found.push({ number: entry.number, at: entry.at, side: spec.side, quantity: spec.quantity, terms: spec.terms });
  }
  return found;
}

type Placed = Extract<RiskSubject, { action: 'place' }>;

/** What is asked of the checks by a single order or a bracket: the entry first, then its exits, level by level. */
export function placeSubject(command: Extract<RiskyCommand, { kind: 'place-order' | 'place-bracket' }>): Placed {
  const { symbol, side, quantity, timeInForce } = command.request;
  if (command.kind === 'place-order') {
    const { terms } = command.request;
    return { action: 'place', symbol, legs: [{ role: 'parent', side, quantity, terms, timeInForce }] };
  }
  const { parent, stopLoss, takeProfit, exitTimeInForce, levels } = command.request;
  const exit = { side: oppositeOf(side), timeInForce: exitTimeInForce };
  const targets = levels.length > 0 ? levels : [{ quantity, limit: takeProfit?.limit ?? null }];
  const exits = targets.flatMap((level): RiskLeg[] => {
    const stop: RiskLeg = { ...exit, quantity: level.quantity, role: 'stop-loss', terms: stopLoss };
    if (level.limit === null) return [stop];
    return [
      { ...exit, quantity: level.quantity, role: 'take-profit', terms: { type: 'LMT', limit: level.limit } },
      stop,
    ];
  });
  return { action: 'place', symbol, legs: [{ role: 'parent', side, quantity, terms: parent, timeInForce }, ...exits] };
}

/** What is asked by a modification of `order`, or why it can not be asked at all. */
export function modifySubject(
  state: EngineState,
  order: OrderRecord,
  request: ModifyRequest,
): Result<Extract<RiskSubject, { action: 'modify' }>, string> {
  const { quantity, timeInForce, terms } = order.spec;
  const name = `Order ${String(order.number)}`;
  if (terms.type === 'OTHER') {
    return err(`${name} is a ${terms.name} order that this release can not modify without losing what it says.`);
  }
  const changed = changedTerms(name, terms, request);
  if (!changed.ok) return changed;
  const after = {
    terms: changed.value,
    quantity: request.quantity ?? quantity,
    timeInForce: request.timeInForce ?? timeInForce,
  };
  return ok(changeSubject(state, order, terms, after));
}

/** What a change of `order` from `before` to `after` asks of the checks. */
export function changeSubject(
  state: EngineState,
  order: OrderRecord,
  before: OrderTerms,
  after: Pick<RiskLeg, 'terms' | 'quantity' | 'timeInForce'>,
): Extract<RiskSubject, { action: 'modify' }> {
  const { side, quantity, timeInForce, symbol } = order.spec;
  const { id: orderId, number, filled } = order;
  const leg = { role: order.group?.role ?? 'parent', side };
  return {
    action: 'modify',
    symbol,
    orderId,
    number,
    before: { ...leg, terms: before, quantity, timeInForce },
    after: { ...leg, ...after },
    filled,
    entry: unfilledEntryOf(state, order),
    exits: waitingExitsOf(state, order),
  };
}

/**
 * The terms with the requested prices in them. IBKR moves the stop of a trailing order: resending where it stood would
 * loosen it, so that it is named only when a person names it.
 */
function changedTerms(name: string, terms: OrderTerms, { limit, stop }: ModifyRequest): Result<OrderTerms, string> {
  if (limit !== null && !('limit' in terms)) return err(`${name} is a ${terms.type} order and has no limit price.`);
  if (stop !== null && !('stop' in terms)) return err(`${name} is a ${terms.type} order and has no stop price.`);
  switch (terms.type) {
    case 'MKT':
      return ok(terms);
    case 'LMT':
      return ok({ ...terms, limit: limit ?? terms.limit });
    case 'STP':
    case 'STP TO TRAIL':
      return ok({ ...terms, stop: stop ?? terms.stop });
    case 'STP LMT':
      return ok({ ...terms, stop: stop ?? terms.stop, limit: limit ?? terms.limit });
    case 'TRAIL':
    case 'TRAIL LIMIT':
      return ok({ ...terms, stop });
    default:
      return assertNever(terms);
  }
}

/** The price an exit's entry waits at, while nothing of the entry has filled. */
function unfilledEntryOf({ durable, observed }: EngineState, order: OrderRecord): ReturnType<typeof entryReference> {
  const group = order.group === null ? undefined : durable.groups.get(order.group.id);
  if (group === undefined || group.parent === order.id) return null;
  const parent = present(durable.orders.get(group.parent), 'the entry of a group');
  const { terms } = parent.spec;
  if (!isLive(parent) || !isZero(parent.filled) || !isEntered(terms)) return null;
  const { bid, ask } = observed.quotes.get(group.conId) ?? { bid: null, ask: null };
  return entryReference(terms, parent.spec.side, bid, ask);
}

/** The exits that wait for `order`, a bracket's entry, to fill: they must stay on their sides of it. */
function waitingExitsOf({ durable }: EngineState, { group, filled }: OrderRecord): RiskLeg[] {
  if (group?.role !== 'parent' || !isZero(filled)) return [];
  const { takeProfit, stopLoss } = present(durable.groups.get(group.id), 'the group of an entry');
  const exits = [takeProfit, stopLoss].flatMap((id) =>
    id === null ? [] : [present(durable.orders.get(id), 'an exit of a group')],
  );
  return exits.flatMap(({ group: of, spec, state: { phase } }) => {
    const { side, quantity, terms, timeInForce } = spec;
    if (isTerminal(phase) || terms.type === 'OTHER') return [];
    return [{ role: present(of, 'the group of an exit').role, side, quantity, terms, timeInForce }];
  });
}
