import { assertNever, present } from '#domain/assert';
import type { Command, CommandReply, RiskyCommand } from '#domain/command';
import { decisionId, laterBy, type EpochMs } from '#domain/ids';
import type { Origin } from '#domain/order-record';
import type { Result } from '#domain/result';
import { err, ok } from '#domain/result';
import type { RiskContext, RiskDecision, RiskSubject } from '#domain/risk-decision';
import { recall, remember } from '#engine/command-memory';
import type { EngineState } from '#engine/engine-state';
import { onExitsDue, tendBrackets } from '#engine/managers/bracket-manager';
import { onDayReset, resetLossLatch } from '#engine/managers/loss-latch';
import { onSiblingsDue, tendOcos } from '#engine/managers/oco-order-manager';
import { ocoContexts, placeOco } from '#engine/managers/oco-placement';
import { onProtectionDue, watchProtection } from '#engine/managers/protection-watchdog';
import { beginReducing, tendReducing } from '#engine/managers/reducing';
import { keepTrailingStops } from '#engine/managers/trail-keeper';
import { dropWaitingStops, tendStops } from '#engine/managers/trailing-stop-life';
import { followMarket, onTrailDue } from '#engine/managers/trailing-stop-manager';
import { placeTrailingStop, trailingStopSubject } from '#engine/managers/trailing-stop-placement';
import { rearmStop } from '#engine/managers/trailing-stop-rearm';
import {
  onDataFarm,
  onDefinitionsDue,
  onInstrument,
  onInstrumentUnknown,
  onMarketData,
  onQuote,
  watchSymbol,
} from '#engine/market/quote-board';
import { cancelAll, cancelOrders } from '#engine/orders/cancellation';
import { closePosition, closingSubject } from '#engine/orders/closing';
import { loseSightOfInFlight, onAnswerDue, onEffectOutcome } from '#engine/orders/effect-outcomes';
import { flatten, tendFlattening } from '#engine/orders/flattening';
import { modify } from '#engine/orders/modification';
import { onOrderError } from '#engine/orders/order-errors';
import { onCommission, onExecution, onOrderBound, onOrderReported, onOrderStatus } from '#engine/orders/order-ledger';
import { placeBracket, placeOrder } from '#engine/orders/order-entry';
import {
  onOpenOrdersBegun,
  onOpenOrdersEnded,
  onPosition,
  onPositionsDue,
  onSnapshotBegun,
  onSnapshotEnded,
  onUnreadable,
  wantSnapshot,
} from '#engine/orders/reconciliation';
import { protectingSubject, protectPosition } from '#engine/orders/protecting';
import { acknowledgeDifferences, takeUpDifferences } from '#engine/orders/position-differences';
import { onBrokerPnl } from '#engine/portfolio/pnl-rows';
import { tendPortfolio } from '#engine/portfolio/portfolio';
import { onAccountValue } from '#engine/portfolio/account-values';
import { refused } from '#engine/reply';
import { onCorrelations, onSectors } from '#engine/risk/correlations';
import { onFile, onLimits, setSymbolLimit } from '#engine/risk/limit-changes';
import { modifySubject, NO_WISH, placeSubject, riskContextOf, type DecisionWish } from '#engine/risk/risk-context';
import { decide } from '#engine/risk/risk-guard';
import {
  clearHaltAlarm,
  onHalt,
  onLinkConnecting,
  onLinkDown,
  onLinkHandshaking,
  onLinkUp,
  onReady,
  onUpstreamLost,
  onUpstreamRestored,
} from '#engine/session/session';
import { setTradingState } from '#engine/session/trading-states';
import { messageText } from '#engine/text-limits';
import { Turn, type Step } from '#engine/turn';
import type { BrokerFact } from '#ports/broker-port';
import type { EngineInput } from '#ports/engine-input';

/**
 * One step: an input becomes events, effects and at most one reply. Deterministic and free of I/O, clock and chance:
 * time comes on the input, identities from the run id and a counter.
 */
export function step(state: EngineState, input: EngineInput): Step {
  const turn = new Turn(state, input.at);
  const { connection, trading } = state.durable;
  take(turn, input);
  const isNewlyReady = connection.phase !== 'ready' && state.durable.connection.phase === 'ready';
  if (isNewlyReady) onReady(turn);
  const touched = turn.takeTouchedOrders();
  tendBrackets(turn, touched);
  tendOcos(turn, touched);
  tendStops(turn, touched, turn.movedPositions);
  keepTrailingStops(turn, touched);
  watchProtection(turn, touched, turn.movedPositions);
  tendFlattening(turn, touched);
  if (isNewlyReady || trading !== state.durable.trading) beginReducing(turn);
  else tendReducing(turn, touched, turn.movedPositions);
  tendPortfolio(turn);
  return turn.finish();
}

/** When the engine wants the input `clock` next; null when it waits for nothing. */
export function nextDeadline(state: EngineState): EpochMs | null {
  return state.observed.deadlines.next;
}

/** Decides what `command` would get now, without an event or an effect; of several decisions the one that denies. */
export function preview(
  state: EngineState,
  at: EpochMs,
  origin: Origin,
  command: RiskyCommand,
  wish: DecisionWish = NO_WISH,
): Result<RiskDecision, string> {
  const contexts = contextsOf(state, at, origin, command, wish);
  if (!contexts.ok) return contexts;
  const id = decisionId('preview');
  const decisions = contexts.value.map((context) => decide(id, context));
  return ok(present(decisions.find(({ outcome }) => outcome === 'denied') ?? decisions[0], 'a decision'));
}

/** What the checks look at for a command; for each of its orders where it is an OCO group. */
function contextsOf(
  state: EngineState,
  at: EpochMs,
  origin: Origin,
  command: RiskyCommand,
  wish: DecisionWish,
): Result<readonly RiskContext[], string> {
  if (command.kind === 'place-oco') return ok(ocoContexts(state, at, origin, command.request, wish));
  const subject = subjectOf(state, command);
  return subject.ok
    ? ok([
        riskContextOf(state, at, origin, subject.value, {
          ...wish,
          allowFlip: mayFlip(command),
          outsideRth: isOutsideRth(command),
        }),
      ])
    : subject;
}

/** True when the command may cross zero. */
function mayFlip(command: RiskyCommand): boolean {
  return command.kind === 'place-order' && command.request.allowFlip === true;
}

/** True when what the command places may trade outside the regular hours. */
function isOutsideRth(command: RiskyCommand): boolean {
  return 'request' in command && 'outsideRth' in command.request && command.request.outsideRth;
}

/** What a command asks of the checks. */
function subjectOf(
  state: EngineState,
  command: Exclude<RiskyCommand, { kind: 'place-oco' }>,
): Result<RiskSubject, string> {
  switch (command.kind) {
    case 'place-order':
    case 'place-bracket':
      return ok(placeSubject(command));
    case 'modify-order': {
      const { number } = command.request;
      const orderId = state.durable.orderByNumber.get(number);
      const order = orderId === undefined ? undefined : state.durable.orders.get(orderId);
      return order === undefined
        ? err(`There is no order ${String(number)}.`)
        : modifySubject(state, order, command.request);
    }
    case 'place-trailing-stop':
      return trailingStopSubject(state, command);
    case 'close-position':
      return closingSubject(state, command);
    case 'protect-position':
      return protectingSubject(state, command);
    default:
      return assertNever(command);
  }
}

function take(turn: Turn, input: EngineInput): void {
  switch (input.kind) {
    case 'start':
      onStart(turn, input);
      return;
    case 'command':
      onCommand(turn, input);
      return;
    case 'watch':
      watchSymbol(turn, input.symbol, input.quotes);
      return;
    case 'fact':
      onFact(turn, input.fact);
      return;
    case 'effect-outcome':
      onEffectOutcome(turn, input.effectId, input.outcome);
      return;
    case 'settings':
      turn.emit({ type: 'settings-changed', settings: input.settings });
      return;
    case 'limits':
      onLimits(turn, input);
      return;
    case 'file':
      onFile(turn, input);
      return;
    case 'correlations':
      onCorrelations(turn, input);
      return;
    case 'sectors':
      onSectors(turn, input);
      return;
    case 'clock':
      onClock(turn);
      return;
    case 'halt':
      onHalt(turn, input);
      return;
    default:
      assertNever(input);
  }
}

/** A new process life: nothing is connected, and what was in flight when the last one ended is unknown. */
function onStart(turn: Turn, input: Extract<EngineInput, { kind: 'start' }>): void {
  const { mode } = turn.state.durable;
  turn.state.observed.beganAt = turn.at;
  turn.emit({ type: 'run-started', runId: input.runId, mode, version: input.version });
  const since = turn.at;
  turn.emit({
    type: 'connection-changed',
    connection: { phase: 'disconnected', since, reason: 'starting', code: null, retryAt: null },
  });
  clearHaltAlarm(turn);
  takeUpDifferences(turn);
  loseSightOfInFlight(turn, 'the workstation stopped before IBKR answered');
}

function onCommand(turn: Turn, input: Extract<EngineInput, { kind: 'command' }>): void {
  const { key, origin, command, override = null } = input;
  turn.override = override;
  const known = recall(turn.state.durable, key, command);
  if (known !== null) {
    turn.answer(known);
    return;
  }
  const reply = obey(turn, origin, command);
  remember(turn, key, command, reply);
  turn.answer(reply);
}

function obey(turn: Turn, origin: Origin, command: Command): CommandReply {
  switch (command.kind) {
    case 'place-order':
      return whyHalted(turn) ?? placeOrder(turn, origin, command);
    case 'place-bracket':
      return whyHalted(turn) ?? placeBracket(turn, origin, command);
    case 'place-trailing-stop':
      return whyHalted(turn) ?? placeTrailingStop(turn, origin, command);
    case 'place-oco':
      return whyHalted(turn) ?? placeOco(turn, origin, command);
    case 'close-position':
      return whyHalted(turn) ?? closePosition(turn, origin, command);
    case 'protect-position':
      return whyHalted(turn) ?? protectPosition(turn, origin, command);
    case 'flatten':
      return whyHalted(turn) ?? flatten(turn, origin);
    case 'drop-waiting-stops':
      return dropWaitingStops(turn, command);
    case 'rearm-stop':
      return whyHalted(turn) ?? rearmStop(turn, origin, command);
    case 'modify-order':
      return whyHalted(turn) ?? modify(turn, origin, command.request);
    case 'set-symbol-limit':
      return setSymbolLimit(turn, origin, command);
    case 'reset-loss-latch':
      return resetLossLatch(turn, origin, command);
    case 'set-trading-state':
      return setTradingState(turn, origin, command);
    case 'cancel-orders':
      return cancelOrders(turn, origin, command);
    case 'cancel-all':
      return cancelAll(turn, origin, command);
    case 'clear-alarm': {
      const { alarmId } = command;
      if (!turn.state.durable.alarms.has(alarmId)) return refused('That alarm is not standing any more.');
      turn.emit({ type: 'alarm-cleared', alarmId, origin });
      return { outcome: 'accepted', orders: [], decision: null, message: '', repeated: false };
    }
    case 'acknowledge-differences':
      return acknowledgeDifferences(turn, origin, command);
    default:
      return assertNever(command);
  }
}

/** While halted nothing new is sent. */
function whyHalted({ state }: Turn): CommandReply | null {
  const { halted } = state.observed;
  return halted === null ? null : refused(halted.reason);
}

function onFact(turn: Turn, fact: BrokerFact): void {
  switch (fact.kind) {
    case 'quote':
      onQuote(turn, fact);
      followMarket(turn, fact);
      return;
    case 'link-connecting':
      onLinkConnecting(turn, fact);
      return;
    case 'link-handshaking':
      onLinkHandshaking(turn, fact);
      return;
    case 'link-up':
      onLinkUp(turn, fact);
      return;
    case 'link-down':
      onLinkDown(turn, fact);
      return;
    case 'upstream-lost':
      onUpstreamLost(turn, fact);
      return;
    case 'upstream-restored':
      onUpstreamRestored(turn);
      return;
    case 'heartbeat': {
      const { observed } = turn.state;
      observed.heartbeatLateMs = fact.state === 'slow' ? fact.lateMs : 0;
      if (fact.roundTripMs === null) return;
      observed.roundTripMs = fact.roundTripMs;
      // After a late answer, what TWS has told is only known to be as young as the question.
      observed.heartbeatAt = fact.state === 'alive' ? turn.at : laterBy(turn.at, -fact.roundTripMs);
      return;
    }
    case 'snapshot-begun':
      onSnapshotBegun(turn, fact);
      return;
    case 'snapshot-ended':
      onSnapshotEnded(turn, fact);
      return;
    case 'order-reported':
      onOrderReported(turn, fact);
      return;
    case 'order-status':
      onOrderStatus(turn, fact);
      return;
    case 'order-error':
      onOrderError(turn, fact);
      return;
    case 'order-bound':
      onOrderBound(turn, fact);
      return;
    case 'execution':
      onExecution(turn, fact);
      return;
    case 'commission':
      onCommission(turn, fact);
      return;
    case 'position':
      onPosition(turn, fact);
      return;
    case 'account-value':
      onAccountValue(turn, fact);
      return;
    case 'account-pnl':
    case 'position-pnl':
      onBrokerPnl(turn.state, fact);
      return;
    case 'instrument':
      onInstrument(turn, fact);
      return;
    case 'instrument-unknown':
      onInstrumentUnknown(turn, fact);
      return;
    case 'market-data':
      onMarketData(turn, fact);
      return;
    case 'data-farm':
      onDataFarm(turn, fact);
      return;
    case 'next-order-id': {
      const { observed } = turn.state;
      observed.highestOrderId = Math.max(observed.highestOrderId, fact.orderId - 1);
      return;
    }
    case 'open-orders-begun':
      onOpenOrdersBegun(turn);
      return;
    case 'open-orders-ended':
      onOpenOrdersEnded(turn, fact);
      return;
    case 'unreadable':
      onUnreadable(turn, fact);
      return;
    case 'notice':
      turn.emit({ type: 'notice-received', code: fact.code, text: messageText(fact.text) });
      return;
    default:
      assertNever(fact);
  }
}

function onClock(turn: Turn): void {
  for (const due of turn.state.observed.deadlines.takeDue(turn.at)) {
    switch (due.kind) {
      case 'answer-due':
        onAnswerDue(turn, due.order);
        break;
      case 'bracket-exits':
        onExitsDue(turn, due.group);
        break;
      case 'protection':
        onProtectionDue(turn, due.conId);
        break;
      case 'trail':
        onTrailDue(turn);
        break;
      case 'oco-siblings':
        onSiblingsDue(turn, due.group);
        break;
      case 'positions':
        onPositionsDue(turn);
        break;
      case 'snapshot':
        wantSnapshot(turn);
        break;
      case 'day-reset':
        onDayReset(turn);
        break;
      case 'definitions':
        onDefinitionsDue(turn);
        break;
      default:
        assertNever(due);
    }
  }
}
