import { present } from '#domain/assert';
import { executionFamilyOf, type Fill } from '#domain/fill';
import { orderNumber, type IbOrderId } from '#domain/ids';
import { compare, isZero, ZERO_QUANTITY } from '#domain/money';
import { isTerminal, nextPhase, type OrderTrigger } from '#domain/order-lifecycle';
import { isLive, type OrderRecord, type OrderState } from '#domain/order-record';
import { sameTerms } from '#domain/order-spec';
import type { EngineState } from '#engine/engine-state';
import { answerCame } from '#engine/orders/answers';
import type { Turn } from '#engine/turn';
import type { BrokerExecution, BrokerFact, BrokerOrder, BrokerOrderKeys, BrokerOrderStatus } from '#ports/broker-port';

/** How this session may name the order to IBKR; null for orders of other clients. */
export function ownIdentityOf(state: EngineState, order: OrderRecord): { readonly orderId: IbOrderId } | null {
  const { clientId, orderId } = order.broker;
  return orderId !== null && clientId !== null && clientId === state.observed.clientId ? { orderId } : null;
}

/** A full picture of an order: learn who it is, what it is, and where it stands. */
export function onOrderReported(turn: Turn, fact: Extract<BrokerFact, { kind: 'order-reported' }>): void {
  const { durable, observed } = turn.state;
  const reported = fact.order;
  if (reported.orderId !== null && reported.clientId === observed.clientId) {
    observed.highestOrderId = Math.max(observed.highestOrderId, reported.orderId);
  }
  const known = observed.identity.find(reported);
  if (known === undefined) {
    // Orders that were done before we ever saw them are history, not ours to show.
    if (!fact.completed && durable.account === reported.spec.account) adopt(turn, reported);
    return;
  }
  observed.snapshot?.seen.add(known.id);
  identify(turn, known, reported);
  if (!fact.completed) observeTerms(turn, turn.order(known.id), reported);
  applyStatus(turn, turn.order(known.id), reported.status, fact.completed);
}

/** A status alone. It repeats, comes late and out of order; what the table has no place for changes nothing. */
export function onOrderStatus(turn: Turn, fact: Extract<BrokerFact, { kind: 'order-status' }>): void {
  const known = turn.state.observed.identity.find(fact.keys);
  if (known === undefined) return;
  identify(turn, known, fact.keys);
  applyStatus(turn, turn.order(known.id), fact.status, false);
}

/** One execution, live or found by a query: recorded once, and corrected when IBKR corrects it. */
export function onExecution(turn: Turn, { execution }: Extract<BrokerFact, { kind: 'execution' }>): void {
  const { durable, observed } = turn.state;
  if (observed.snapshot !== null) observed.snapshot.executions += 1;
  if (durable.fills.has(execution.execId) || execution.account !== durable.account) return;
  const order = observed.identity.find(execution);
  if (order !== undefined) identify(turn, order, execution);
  const fill = fillOf(execution, order, observed.commissions.get(execution.execId) ?? null);
  observed.commissions.delete(execution.execId);

  const predecessor = durable.fillByFamily.get(executionFamilyOf(execution.execId));
  if (predecessor === undefined) turn.emit({ type: 'fill-recorded', fill });
  // Corrections only count up: an execution that a later correction has replaced comes again in queries.
  else if (execution.execId > predecessor) turn.emit({ type: 'fill-corrected', fill, replaces: predecessor });
  else return;

  const { snapshot } = observed;
  if (snapshot !== null && execution.at < snapshot.startedAt) {
    snapshot.findings.push({ kind: 'found-execution', execId: execution.execId, orderId: order?.id ?? null });
  }
  if (order === undefined) return;
  answerCame(turn, order.id);
  const now = turn.order(order.id);
  move(turn, now, compare(now.filled, now.spec.quantity) >= 0 ? 'fill-all' : 'fill-part');
}

/** A commission belongs to its execution; one that comes first waits for it. */
export function onCommission(turn: Turn, fact: Extract<BrokerFact, { kind: 'commission' }>): void {
  const { durable, observed } = turn.state;
  const fill = durable.fills.get(fact.execId);
  if (fill === undefined) observed.commissions.set(fact.execId, fact.commission);
  else if (fill.commission?.amount !== fact.commission.amount) {
    turn.emit({ type: 'commission-reported', execId: fact.execId, commission: fact.commission });
  }
}

/** Moves an order by the lifecycle table; a blank changes nothing. @returns whether the order moved. */
export function move(turn: Turn, order: OrderRecord, trigger: OrderTrigger, detail: MoveDetail = {}): boolean {
  const phase = nextPhase(order.state.phase, trigger);
  if (phase === undefined) return false;
  const state = stateIn(turn, order, phase, detail);
  if (!changes(order.state, state)) return false;
  turn.emit({ type: 'order-state-changed', id: order.id, state });
  if (isTerminal(phase) && order.modification !== null) {
    const text = `the order is ${phase}`;
    turn.emit({ type: 'modification-refused', id: order.id, code: null, text });
  }
  return true;
}

interface MoveDetail {
  readonly hold?: Extract<OrderState, { phase: 'pending' }>['hold'];
  readonly code?: number | null;
  readonly reason?: string;
}

function stateIn(turn: Turn, order: OrderRecord, phase: ReturnType<typeof nextPhase>, detail: MoveDetail): OrderState {
  const since = turn.at;
  const reason = detail.reason ?? '';
  switch (phase) {
    case 'pending':
      return { phase, since, hold: detail.hold ?? 'none' };
    case 'working':
      // Back at work after a loss of sight or a refused cancel: what has filled decides which work it is.
      return { phase: isZero(order.filled) ? 'working' : 'partially-filled', since };
    case 'partially-filled':
      return { phase, since };
    case 'filled':
      return { phase, at: turn.at };
    case 'cancelling':
      return order.state.phase === 'cancelling' ? order.state : { phase, since, effectId: null };
    case 'cancelled':
      return order.state.phase === 'cancelled' ? order.state : { phase, at: turn.at, reason };
    case 'rejected':
      return order.state.phase === 'rejected' ? order.state : { phase, at: turn.at, code: detail.code ?? null, reason };
    case 'inactive':
      return { phase, since, why: reason };
    case 'unknown':
      return { phase, since, why: reason };
    default:
      throw new Error(`the lifecycle table leads to ${String(phase)}`);
  }
}

/** A repeated report is no change: same phase, and the same hold or reason. */
function changes(old: OrderState, next: OrderState): boolean {
  if (old.phase !== next.phase) return true;
  if (old.phase === 'pending' && next.phase === 'pending') return old.hold !== next.hold;
  if (old.phase === 'inactive' && next.phase === 'inactive') return old.why !== next.why;
  return false;
}

function applyStatus(turn: Turn, order: OrderRecord, status: BrokerOrderStatus, completed: boolean): void {
  if (status.kind !== 'filled') answerUnlessCancelling(turn, order);
  switch (status.kind) {
    case 'acknowledged':
      settleFailedCancel(turn, order);
      move(turn, turn.order(order.id), 'acknowledge', { hold: status.hold });
      return;
    case 'working':
      settleFailedCancel(turn, order);
      move(turn, turn.order(order.id), 'work');
      return;
    case 'cancel-pending':
      move(turn, order, 'request-cancel');
      return;
    case 'cancelled':
      answerCame(turn, order.id);
      move(turn, order, 'cancel', { reason: 'IBKR reports it cancelled' });
      return;
    case 'inactive':
      move(turn, order, 'hold', { reason: status.why });
      return;
    case 'filled':
      // Fills come only from executions. A completed order whose executions IBKR no longer reports is done all the same.
      if (completed && isLive(order)) settleAsFilled(turn, order);
  }
}

/** An answer that an order lives is no answer to our cancel. */
function answerUnlessCancelling(turn: Turn, order: OrderRecord): void {
  if (order.state.phase !== 'cancelling' && order.modification === null) answerCame(turn, order.id);
}

/** IBKR said that it could not cancel, and now shows the order alive: it is what it was. */
function settleFailedCancel(turn: Turn, order: OrderRecord): void {
  const failed = turn.state.observed.failedCancels.get(order.id);
  if (failed === undefined || order.state.phase !== 'cancelling') return;
  turn.state.observed.failedCancels.delete(order.id);
  answerCame(turn, order.id);
  const phase = isZero(order.filled) ? 'working' : 'partially-filled';
  turn.emit({ type: 'cancel-refused', id: order.id, ...failed, state: { phase, since: turn.at } });
}

/** Executions of earlier days are not reported any more: the order is filled, its fills stay what they are known to be. */
function settleAsFilled(turn: Turn, order: OrderRecord): void {
  turn.emit({ type: 'order-state-changed', id: order.id, state: { phase: 'filled', at: turn.at } });
}

function identify(turn: Turn, order: OrderRecord, keys: BrokerOrderKeys): void {
  const { clientId, orderId, permId } = order.broker;
  const broker = {
    clientId: clientId ?? keys.clientId,
    orderId: orderId ?? keys.orderId,
    permId: permId ?? keys.permId,
  };
  if (broker.clientId === clientId && broker.orderId === orderId && broker.permId === permId) return;
  turn.emit({ type: 'order-identified', id: order.id, broker });
}

function observeTerms(turn: Turn, order: OrderRecord, reported: BrokerOrder): void {
  const { terms, quantity, timeInForce } = reported.spec;
  const shows = (of: Pick<OrderRecord['spec'], 'terms' | 'quantity' | 'timeInForce'>): boolean =>
    sameTerms(of.terms, terms) && of.quantity === quantity && of.timeInForce === timeInForce;
  const { modification } = order;
  if (modification !== null && shows(modification)) {
    answerCame(turn, order.id);
    turn.emit({ type: 'modification-confirmed', id: order.id, terms, quantity, timeInForce });
  } else if (!shows(order.spec) && isLive(order)) {
    turn.emit({ type: 'terms-observed', id: order.id, terms, quantity, timeInForce });
  } else if (modification !== null && isAnsweredBySnapshot(turn, order)) {
    // A snapshot that began after our change was sent still shows the old terms: IBKR did not take it over.
    answerCame(turn, order.id);
    const text = 'IBKR still shows the old terms';
    turn.emit({ type: 'modification-refused', id: order.id, code: null, text });
  }
}

function isAnsweredBySnapshot(turn: Turn, order: OrderRecord): boolean {
  const { snapshot } = turn.state.observed;
  return snapshot !== null && order.modification !== null && order.modification.requestedAt < snapshot.startedAt;
}

function adopt(turn: Turn, reported: BrokerOrder): void {
  const { durable, observed } = turn.state;
  const order: OrderRecord = {
    id: turn.newClientOrderId(),
    number: orderNumber(durable.nextOrderNumber),
    spec: reported.spec,
    origin: 'external',
    group: null,
    state: { phase: 'unknown', since: turn.at, why: 'first seen at IBKR' },
    filled: ZERO_QUANTITY,
    averagePrice: null,
    broker: { clientId: reported.clientId, orderId: reported.orderId, permId: reported.permId },
    decisionId: null,
    modification: null,
    created: turn.at,
    changed: turn.at,
  };
  turn.emit({ type: 'order-adopted', order });
  observed.snapshot?.seen.add(order.id);
  observed.snapshot?.findings.push({ kind: 'adopted-order', orderId: order.id, number: order.number });
  applyStatus(turn, present(durable.orders.get(order.id), 'the adopted order'), reported.status, false);
}

function fillOf(execution: BrokerExecution, order: OrderRecord | undefined, commission: Fill['commission']): Fill {
  const { execId, account, conId, symbol, side, quantity, price, exchange, at } = execution;
  const orderId = order?.id ?? null;
  return { execId, orderId, account, conId, symbol, side, quantity, price, exchange, at, commission };
}
