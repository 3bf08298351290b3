import { present } from '#domain/assert';
import { entryReference } from '#domain/bracket';
import type { ModifyRequest, RiskyCommand } from '#domain/command';
import type { ConId, EpochMs } from '#domain/ids';
import {
  add,
  isZero,
  maxOf,
  leavesOf,
  ZERO_POSITION,
  ZERO_QUANTITY,
  type Quantity,
  type SignedQuantity,
} from '#domain/money';
import { isTerminal } from '#domain/order-lifecycle';
import { isLive, leavesQuantityOf, type OrderRecord, type Origin } from '#domain/order-record';
import { oppositeOf, type OrderTerms, type Side } from '#domain/order-spec';
import { err, ok, type Result } from '#domain/result';
import { quoteAgeMs } from '#domain/quote';
import type { RecentApproval, RiskContext, RiskLeg, RiskSubject } from '#domain/risk-decision';
import { exchangeRateOf } from '#engine/portfolio/account-values';
import type { EngineState } from '#engine/engine-state';

/** How many recent orders a context carries at most. */
const RECENT_MAX = 50;

/** The bounded excerpt of the state that the checks may look at. */
export function riskContextOf(state: EngineState, at: EpochMs, origin: Origin, subject: RiskSubject): RiskContext {
  const { durable, observed } = state;
  const conId = observed.conIdBySymbol.get(subject.symbol);
  const quote = conId === undefined ? undefined : observed.quotes.get(conId);
  const instrument = conId === undefined ? null : present(durable.instruments.get(conId), 'the indexed instrument');
  const except = subject.action === 'modify' ? subject.orderId : null;
  return {
    at,
    origin,
    subject,
    connection: durable.connection,
    trading: observed.halted ?? durable.trading,
    instrument,
    quote: quote ?? null,
    quoteAgeMs: quote === undefined ? null : quoteAgeMs(quote, observed.heartbeatAt, at),
    position: positionOf(state, conId),
    buyLeaves: leavesOnSide(state, conId, 'BUY', except),
    sellLeaves: leavesOnSide(state, conId, 'SELL', except),
    recent: conId === undefined ? [] : recentOf(state, conId, at),
    settings: durable.settings.risk,
    baseCurrency: observed.baseCurrency ?? '',
    exchangeRate: instrument === null ? null : exchangeRateOf(state, instrument.currency),
  };
}

/** Our position, or null before the first complete snapshot of this session: absence is not zero until IBKR said so. */
function positionOf({ durable, observed }: EngineState, conId: ConId | undefined): SignedQuantity | null {
  if (!observed.positionsKnown || conId === undefined) return null;
  return durable.positions.get(conId)?.quantity ?? ZERO_POSITION;
}

function leavesOnSide(
  { durable, observed }: EngineState,
  conId: ConId | undefined,
  side: Side,
  except: OrderRecord['id'] | null,
): Quantity {
  const live = conId === undefined ? undefined : observed.liveByInstrument.get(conId);
  let sum = ZERO_QUANTITY;
  for (const id of live ?? []) {
    const order = present(durable.orders.get(id), 'an indexed live order');
    // Exits are bounded by their entry and by IBKR's OCA group: they close, they do not add.
    const isExit = order.group !== null && order.group.role !== 'parent';
    if (order.spec.side === side && id !== except && !isExit) sum = add(sum, worstLeavesOf(order));
  }
  return sum;
}

/** A modification in flight counts as the larger of old and new. */
function worstLeavesOf(order: OrderRecord): Quantity {
  const now = leavesQuantityOf(order);
  return order.modification === null ? now : maxOf(now, leavesOf(order.modification.quantity, order.filled));
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

/** What is asked of the checks by a place command: the entry first, then its exits. */
export function placeSubject(
  command: Exclude<RiskyCommand, { kind: 'modify-order' }>,
): Extract<RiskSubject, { action: 'place' }> {
  const { request } = command;
  const { symbol, side, quantity, timeInForce } = request;
  if (command.kind === 'place-order') {
    const { terms } = command.request;
    return { action: 'place', symbol, legs: [{ role: 'parent', side, quantity, terms, timeInForce }] };
  }
  const { parent, stopLoss, takeProfit, exitTimeInForce } = command.request;
  const exit = { side: oppositeOf(side), quantity, timeInForce: exitTimeInForce };
  const legs: RiskLeg[] = [{ role: 'parent', side, quantity, terms: parent, timeInForce }];
  if (takeProfit !== null) legs.push({ ...exit, role: 'take-profit', terms: { type: 'LMT', limit: takeProfit.limit } });
  legs.push({ ...exit, role: 'stop-loss', terms: { type: 'STP', stop: stopLoss.stop } });
  return { action: 'place', symbol, legs };
}

/** What is asked by a modification of `order`, or why it can not be asked at all. */
export function modifySubject(
  state: EngineState,
  order: OrderRecord,
  request: ModifyRequest,
): Result<Extract<RiskSubject, { action: 'modify' }>, string> {
  const { terms, side, quantity, timeInForce, symbol } = order.spec;
  const name = `Order ${String(order.number)}`;
  if (terms.type === 'OTHER') {
    return err(`${name} is a ${terms.name} order; this release modifies MKT, LMT and STP orders.`);
  }
  if (request.limit !== null && terms.type !== 'LMT') {
    return err(`${name} is a ${terms.type} order and has no limit price.`);
  }
  if (request.stop !== null && terms.type !== 'STP') {
    return err(`${name} is a ${terms.type} order and has no stop price.`);
  }
  const role = order.group?.role ?? 'parent';
  const before: RiskLeg = { role, side, quantity, terms, timeInForce };
  const after: RiskLeg = {
    role,
    side,
    quantity: request.quantity ?? quantity,
    terms: changedTerms(terms, request),
    timeInForce: request.timeInForce ?? timeInForce,
  };
  const { id: orderId, number, filled } = order;
  const entry = unfilledEntryOf(state, order);
  const exits = waitingExitsOf(state, order);
  return ok({ action: 'modify', symbol, orderId, number, before, after, filled, entry, exits });
}

function changedTerms(terms: OrderTerms, request: ModifyRequest): OrderTerms {
  if (terms.type === 'LMT') return { type: 'LMT', limit: request.limit ?? terms.limit };
  if (terms.type === 'STP') return { type: 'STP', stop: request.stop ?? terms.stop };
  return terms;
}

/** The price an exit's entry waits at, while nothing of the entry has filled. */
function unfilledEntryOf({ durable, observed }: EngineState, order: OrderRecord): ReturnType<typeof entryReference> {
  if (order.group === null || order.group.role === 'parent') return null;
  const group = present(durable.groups.get(order.group.id), 'the group of an exit');
  const parent = present(durable.orders.get(group.parent), 'the entry of a group');
  if (!isLive(parent) || !isZero(parent.filled) || parent.spec.terms.type === 'OTHER') return null;
  const { bid, ask } = observed.quotes.get(group.conId) ?? { bid: null, ask: null };
  return entryReference(parent.spec.terms, parent.spec.side, bid, ask);
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
