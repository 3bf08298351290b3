import { assert, present } from '#domain/assert';
import { executionFamilyOf, type Fill } from '#domain/fill';
import { orderNumber, type EpochMs, type IbOrderId } from '#domain/ids';
import { compare, isZero, leavesOf, ZERO_QUANTITY, type Quantity } from '#domain/money';
import { isReady } from '#domain/connection-state';
import { isTerminal, nextPhase, type OrderPhase, type OrderTrigger } from '#domain/order-lifecycle';
import { isLive, stateTimeOf, type OrderRecord, type OrderState } from '#domain/order-record';
import { answersTo, isStopType, sameTerms } from '#domain/order-spec';
import type { EngineState } from '#engine/engine-state';
import { ANSWER_DUE_MS, answerCame, askAgain, expectAnswer } from '#engine/orders/answers';
import { compareWithLedger, evidenceSince, noteExecution } from '#engine/orders/position-lag';
import { messageText, reasonText } from '#engine/text-limits';
import type { Turn } from '#engine/turn';
import type { BrokerExecution, BrokerFact, BrokerOrder, BrokerOrderKeys, BrokerOrderStatus } from '#ports/broker-port';

/** Commissions kept until their execution comes; those of other accounts' executions never find one. */
const COMMISSIONS_MAX = 1_000;

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
  const known = observed.identity.findReported(reported);
  if (fact.completed && observed.snapshot !== null) observed.snapshot.completed += 1;
  learnForeignFills(turn, known, reported, reported.spec, reported.filled);
  if (known === undefined) {
    // Orders that were done before we ever saw them are history, not ours to show.
    const isOver = fact.completed || reported.status.kind === 'cancelled' || reported.status.kind === 'filled';
    if (!isOver && durable.account === reported.spec.account) adopt(turn, reported);
    return;
  }
  observed.snapshot?.seen.add(known.id);
  observed.openOrdersPoll?.seen.add(known.id);
  identify(turn, known, reported);
  if (reported.oca !== null) observed.ocaReported.set(known.id, reported.oca);
  if (!fact.completed) {
    onReportedAlive(turn, turn.order(known.id), reported.status);
    observeTerms(turn, turn.order(known.id), reported);
  }
  applyStatus(turn, turn.order(known.id), statusOf(reported), fact.completed);
}

/** An order that names no parent waits for none: why it was held before, IBKR may not have taken back yet. */
function statusOf({ status, parentOrderId, spec }: BrokerOrder): BrokerOrderStatus {
  if (status.kind !== 'acknowledged' || status.hold !== 'parent' || parentOrderId !== null) return status;
  return { kind: 'acknowledged', hold: isStopType(spec.terms) ? 'trigger' : 'none' };
}

/**
 * IBKR shows alive what the ledger took for over: a message that crossed another, or an order that arrived after all.
 * Its complete picture is believed, and asked for once more.
 */
function onReportedAlive(turn: Turn, order: OrderRecord, status: BrokerOrderStatus): void {
  const { phase } = order.state;
  const isAlive = status.kind === 'acknowledged' || status.kind === 'working';
  if (!isAlive || (phase !== 'cancelled' && phase !== 'rejected')) return;
  askAgain(turn, turn.at);
  const { snapshot } = turn.state.observed;
  if (snapshot === null || stateTimeOf(order) >= snapshot.startedAt) return;
  move(turn, order, 'reappear', { reason: `IBKR shows it alive, the ledger had it as ${phase}` });
  snapshot.findings.push({ kind: 'settled-order', orderId: order.id, number: order.number, phase: status.kind });
}

/** A status alone. It repeats, comes late and out of order; what the table has no place for changes nothing. */
export function onOrderStatus(turn: Turn, fact: Extract<BrokerFact, { kind: 'order-status' }>): void {
  const known = turn.state.observed.identity.find(fact.keys);
  if (known === undefined) return;
  learnForeignFills(turn, known, fact.keys, known.spec, fact.filled);
  identify(turn, known, fact.keys);
  applyStatus(turn, turn.order(known.id), fact.status, false);
}

/** What IBKR shows as filled of an order whose executions may never be told to us. */
function learnForeignFills(
  turn: Turn,
  known: OrderRecord | undefined,
  { permId }: BrokerOrderKeys,
  { account, conId, side }: Pick<BrokerOrder['spec'], 'account' | 'conId' | 'side'>,
  filled: Quantity | null,
): void {
  const { durable, observed } = turn.state;
  if (filled === null || isZero(filled) || account !== durable.account || isHeardHere(turn, known)) return;
  const figures = { filled, inLedger: known?.filled ?? ZERO_QUANTITY };
  observed.foreignFills.learn({ permId, conId, side }, figures, turn.at, evidenceSince(turn, conId));
}

/** True for orders of ours under this session's own client id: each of their executions is told to us. */
function isHeardHere({ state }: Turn, order: OrderRecord | undefined): boolean {
  if (order === undefined || order.origin === 'external') return false;
  return order.broker.clientId === state.observed.clientId;
}

/** An order entered by hand got its number: it can be changed and cancelled from here now. */
export function onOrderBound(turn: Turn, fact: Extract<BrokerFact, { kind: 'order-bound' }>): void {
  const keys = { clientId: fact.clientId, orderId: fact.orderId, permId: fact.permId, orderRef: null };
  const known = turn.state.observed.identity.find(keys);
  if (known !== undefined) identify(turn, known, keys);
}

/** One execution, live or found by a query: recorded once, and corrected when IBKR corrects it. */
export function onExecution(turn: Turn, { execution }: Extract<BrokerFact, { kind: 'execution' }>): void {
  const { durable, observed } = turn.state;
  const { snapshot } = observed;
  if (execution.account !== durable.account) return;
  if (snapshot !== null) snapshot.executions += 1;
  noteExecution(turn, execution);
  if (durable.fills.has(execution.execId)) return;
  const predecessor = durable.fillByFamily.get(executionFamilyOf(execution.execId));
  // Corrections only count up: an execution that a later correction has replaced comes again in queries.
  if (predecessor !== undefined && execution.execId <= predecessor) return;

  const order = orderOf(turn.state, execution, predecessor);
  if (order !== undefined) identify(turn, order, execution);
  const replaced = predecessor === undefined ? ZERO_QUANTITY : fillNamed(turn.state, predecessor).quantity;
  const fill = fillOf(execution, order, observed.commissions.get(execution.execId) ?? null);
  observed.commissions.delete(execution.execId);
  if (predecessor === undefined) turn.emit({ type: 'fill-recorded', fill });
  else turn.emit({ type: 'fill-corrected', fill, replaces: predecessor });

  if (snapshot !== null && execution.at < snapshot.startedAt) {
    snapshot.findings.push({ kind: 'found-execution', execId: execution.execId, orderId: order?.id ?? null });
  }
  const brokers = observed.brokerPositions.get(execution.conId);
  if (brokers !== undefined) compareWithLedger(turn, execution.conId, brokers);
  countForeign(turn, order, execution, replaced);
  if (order === undefined) return;
  answerUnlessMoreIsOwed(turn, order);
  const now = turn.order(order.id);
  // A correction to fewer shares after the order was done: whether the rest still works, only IBKR knows.
  if (order.state.phase === 'filled' && !isFilledWhole(now)) askAgain(turn, turn.at);
  move(turn, now, isFilledWhole(now) ? 'fill-all' : 'fill-part');
}

/** Executions of others that are told to us all the same are counted once. */
function countForeign(
  turn: Turn,
  order: OrderRecord | undefined,
  { permId, conId, side, quantity }: BrokerExecution,
  replaced: Quantity,
): void {
  if (isHeardHere(turn, order)) return;
  const inLedger = order === undefined ? quantity : turn.order(order.id).filled;
  turn.state.observed.foreignFills.countInLedger({ permId, conId, side }, leavesOf(quantity, replaced), inLedger);
}

const fillNamed = ({ durable }: EngineState, id: Fill['execId']): Fill =>
  present(durable.fills.get(id), 'the fill that a correction replaces');

/** A correction belongs to the order of what it corrects, so that no tally ever counts a replaced execution. */
function orderOf(
  state: EngineState,
  execution: BrokerExecution,
  predecessor: Fill['execId'] | undefined,
): OrderRecord | undefined {
  if (predecessor === undefined) return state.observed.identity.find(execution);
  const { orderId } = fillNamed(state, predecessor);
  return orderId === null ? undefined : present(state.durable.orders.get(orderId), 'the order of a fill');
}

/** True when the executions add up to the whole order. */
export function isFilledWhole(order: OrderRecord): boolean {
  return compare(order.filled, order.spec.quantity) >= 0;
}

/** A commission belongs to its execution; one that comes first waits for it. */
export function onCommission(turn: Turn, fact: Extract<BrokerFact, { kind: 'commission' }>): void {
  const { durable, observed } = turn.state;
  const fill = durable.fills.get(fact.execId);
  if (fill === undefined) keepCommission(observed.commissions, fact);
  else if (fill.commission?.amount !== fact.commission.amount) {
    turn.emit({ type: 'commission-reported', execId: fact.execId, commission: fact.commission });
  }
}

function keepCommission(
  waiting: EngineState['observed']['commissions'],
  { execId, commission }: Extract<BrokerFact, { kind: 'commission' }>,
): void {
  waiting.set(execId, commission);
  for (const oldest of waiting.keys()) {
    if (waiting.size <= COMMISSIONS_MAX) break;
    waiting.delete(oldest);
  }
}

/** Moves an order by the lifecycle table; a blank changes nothing. */
export function move(turn: Turn, order: OrderRecord, trigger: OrderTrigger, detail: MoveDetail = {}): void {
  const phase = nextPhase(order.state.phase, trigger);
  if (phase === undefined) return;
  const state = stateIn(turn, order, phase, detail);
  if (!changes(order.state, state)) return;
  if (isTerminal(phase)) {
    answerCame(turn, order.id);
    turn.state.observed.failedCancels.delete(order.id);
    turn.state.observed.refusedChanges.delete(order.id);
    if (order.modification !== null) {
      turn.emit({ type: 'modification-refused', id: order.id, code: null, text: `the order is ${phase}` });
    }
  }
  turn.emit({ type: 'order-state-changed', id: order.id, state });
}

interface MoveDetail {
  readonly hold?: Extract<OrderState, { phase: 'pending' }>['hold'];
  readonly code?: number | null;
  readonly reason?: string;
}

function stateIn(turn: Turn, order: OrderRecord, phase: OrderPhase, detail: MoveDetail): OrderState {
  assert(phase !== 'draft' && phase !== 'denied' && phase !== 'submitting', `no report leads back to ${phase}`);
  const since = turn.at;
  const text = detail.reason ?? '';
  const reason = reasonText(text);
  switch (phase) {
    case 'pending':
      return { phase, since, hold: present(detail.hold, 'why it waits') };
    case 'working':
      // Back at work after a loss of sight or a hold: what has filled decides which work it is.
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
      return order.state.phase === 'rejected'
        ? order.state
        : { phase, at: turn.at, code: detail.code ?? null, reason: messageText(text) };
    case 'inactive':
    case 'unknown':
      return { phase, since, why: reason };
  }
}

/** A repeated report is no change: same phase, and the same hold. */
function changes(old: OrderState, next: OrderState): boolean {
  if (old.phase !== next.phase) return true;
  if (old.phase === 'pending' && next.phase === 'pending') return old.hold !== next.hold;
  return false;
}

function applyStatus(turn: Turn, order: OrderRecord, status: BrokerOrderStatus, completed: boolean): void {
  if (status.kind !== 'filled') answerUnlessMoreIsOwed(turn, order);
  switch (status.kind) {
    case 'acknowledged':
      settleCancel(turn, order);
      if (status.hold === 'parent' && hasBeenReleased(order)) return;
      move(turn, turn.order(order.id), 'acknowledge', { hold: status.hold });
      return;
    case 'working':
      settleCancel(turn, order);
      move(turn, turn.order(order.id), 'work');
      return;
    case 'cancel-pending':
      if (isLive(order) && order.state.phase !== 'cancelling') expectAnswer(turn, order.id);
      move(turn, order, 'request-cancel');
      return;
    case 'cancelled':
      move(turn, order, 'cancel', { reason: 'IBKR reports it cancelled' });
      return;
    case 'inactive':
      // A completed order is not held any more: IBKR has refused it.
      move(turn, order, completed ? 'reject' : 'hold', { reason: status.why });
      return;
    case 'filled':
      // Fills come only from executions. But executions of earlier days are not reported any more, and a quantity that
      // was reduced to what has filled brings none: the order is done all the same.
      if (completed || isFilledWhole(order)) move(turn, order, 'fill-all');
  }
}

/** An exit that IBKR has let go of never waits for its entry again: a report that says so is an old one. */
function hasBeenReleased({ state }: OrderRecord): boolean {
  if (state.phase === 'pending') return state.hold === 'trigger';
  return state.phase === 'working' || state.phase === 'partially-filled';
}

/** That an order lives is no answer to our cancel, nor to our change. */
export function answerUnlessMoreIsOwed(turn: Turn, order: OrderRecord): void {
  if (order.state.phase !== 'cancelling' && order.modification === null) answerCame(turn, order.id);
}

/** IBKR said that it could not cancel, or has long kept silent, and now shows the order alive: it is what it was. */
function settleCancel(turn: Turn, order: OrderRecord): void {
  const failed = turn.state.observed.failedCancels.get(order.id) ?? ignoredCancel(turn, order);
  if (order.state.phase === 'cancelling' && failed !== null) refuseCancel(turn, order, failed);
}

/** What is left of a cancel that was not carried out: the order as it was, as far as that is known. */
export function refuseCancel(
  turn: Turn,
  order: OrderRecord,
  { code, text }: { readonly code: number | null; readonly text: string },
): void {
  const since = turn.at;
  const state: OrderState =
    order.broker.permId === null
      ? { phase: 'unknown', since, why: 'IBKR has not confirmed it' }
      : { phase: isZero(order.filled) ? 'working' : 'partially-filled', since };
  turn.state.observed.failedCancels.delete(order.id);
  turn.emit({ type: 'cancel-refused', id: order.id, code, text: messageText(text), state });
  answerUnlessMoreIsOwed(turn, turn.order(order.id));
}

/** After a reconnect an ignored cancel is simply sent again; within a session silence is an answer. */
function ignoredCancel(turn: Turn, { state }: OrderRecord): { readonly code: null; readonly text: string } | null {
  const { connection } = turn.state.durable;
  if (state.phase !== 'cancelling' || !isReady(connection) || !isAnsweredBySnapshot(turn, state.since)) return null;
  return { code: null, text: 'IBKR has not answered, and still shows the order live' };
}

/** True when the snapshot under way began long enough after a request of `requestedAt` to show what became of it. */
function isAnsweredBySnapshot({ state: { observed } }: Turn, requestedAt: EpochMs): boolean {
  return observed.snapshot !== null && observed.snapshot.startedAt - requestedAt >= ANSWER_DUE_MS;
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
    answersTo(terms, of.terms) && of.quantity === quantity && of.timeInForce === timeInForce;
  const { modification } = order;
  if (modification !== null && shows(modification)) {
    turn.emit({ type: 'modification-confirmed', id: order.id, terms, quantity, timeInForce });
    answerUnlessMoreIsOwed(turn, turn.order(order.id));
  } else if (isLive(order) && !(shows(order.spec) && sameTerms(order.spec.terms, terms))) {
    turn.emit({ type: 'terms-observed', id: order.id, terms, quantity, timeInForce });
  } else if (modification !== null && isAnsweredBySnapshot(turn, modification.requestedAt)) {
    // A snapshot that began after our change was sent still shows the old terms: IBKR did not take it over.
    const text = 'IBKR still shows the old terms';
    turn.emit({ type: 'modification-refused', id: order.id, code: null, text });
    answerUnlessMoreIsOwed(turn, turn.order(order.id));
  }
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
  if (reported.oca !== null) observed.ocaReported.set(order.id, reported.oca);
  observed.snapshot?.seen.add(order.id);
  observed.snapshot?.findings.push({ kind: 'adopted-order', orderId: order.id, number: order.number });
  applyStatus(turn, present(durable.orders.get(order.id), 'the adopted order'), reported.status, false);
}

function fillOf(execution: BrokerExecution, order: OrderRecord | undefined, commission: Fill['commission']): Fill {
  const { execId, account, conId, symbol, side, quantity, price, exchange, at } = execution;
  const orderId = order?.id ?? null;
  return { execId, orderId, account, conId, symbol, side, quantity, price, exchange, at, commission };
}
