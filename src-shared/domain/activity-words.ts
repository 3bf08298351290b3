import { assertNever, present } from '#domain/assert';
import type { EngineEvent, EventOf } from '#domain/engine-event';
import type { Fill } from '#domain/fill';
import { formatCash, formatPrice, formatQuantity, formatSignedQuantity } from '#domain/format';
import { describeOcoEvent, describeStopEvent } from '#domain/group-words';
import type { ClientOrderId, ExecId, OrderNumber } from '#domain/ids';
import { describeLatch, describeLimitsChanged, scopeWords } from '#domain/limit-words';
import { add, leavesOf, ZERO_QUANTITY, type Quantity } from '#domain/money';
import { isLive, type OrderRecord, type OrderState, type Origin } from '#domain/order-record';
import { limitOf, stopOf, typeNameOf, type ObservedTerms, type Side, type TimeInForce } from '#domain/order-spec';
import { describeOrder, describeState, describeTerms, inBrackets, withReason } from '#domain/order-words';
import { describeDecision, describeExit, describeReason } from '#domain/risk-words';
import { denialsOf, warningsOf } from '#domain/risk-decision';
import {
  describeCause,
  describeConnection,
  describeFinding,
  describeProof,
  describeTradingState,
} from '#domain/session-words';
import type { WorkstationState } from '#domain/workstation-state';

export type ActivityTone = 'info' | 'good' | 'warn' | 'bad';
export type ActivityKind = 'order' | 'fill' | 'risk' | 'session' | 'manual' | 'alarm';

/** One event in a trader's words. */
export interface ActivityLine {
  readonly text: string;
  readonly tone: ActivityTone;
  /** The order to show the history of; null where the event concerns none, or one that is no longer in memory. */
  readonly orderNumber: OrderNumber | null;
  /** What the event is about. `manual`: a command was answered, a limit or switch was moved by hand. */
  readonly kind: ActivityKind;
  /** True when a person intervened, in the window or at the command line: these lines are marked. */
  readonly manual: boolean;
}

const isManual = (origin: Origin): boolean => origin === 'window' || origin === 'cli';

/** Who asked, behind a sentence. */
function by(origin: Origin): string {
  return { window: ' (window)', cli: ' (CLI)', manager: ' (automatic)', external: ' (elsewhere)' }[origin];
}

function line(kind: ActivityKind, text: string, tone: ActivityTone = 'info', manual = false): ActivityLine {
  return { kind, text, tone, orderNumber: null, manual };
}

function orderLine(
  kind: ActivityKind,
  order: OrderRecord | undefined,
  text: string,
  tone: ActivityTone = 'info',
  manual = false,
): ActivityLine {
  return { kind, text, tone, orderNumber: order?.number ?? null, manual };
}

/** How an order is called: its number, or its id when it has left memory. */
function nameOf(order: OrderRecord | undefined, id: ClientOrderId): string {
  return order === undefined ? `Order ${id}` : String(order.number);
}

/**
 * `event` in words. `state` is the state after the event was applied; a later one does as well, because nothing is taken
 * from it that the event itself says, and orders may be missing from it.
 */
export function describeEvent(event: EngineEvent, state: WorkstationState): ActivityLine {
  switch (event.type) {
    case 'run-started':
      return line('session', `Workstation ${event.version} started in ${event.mode} mode`);
    case 'account-bound':
      return line('session', `This journal belongs to account ${event.account} from now on`);
    case 'settings-changed':
      return line('manual', 'Settings changed', 'info', true);
    case 'connection-changed':
      return connectionLine(event);
    case 'reconciliation-proved':
      return proofLine(event);
    case 'trading-state-changed':
      return tradingLine(event);
    case 'instrument-defined':
      return line('session', withReason(`${event.instrument.symbol} is known`, event.instrument.longName));
    case 'command-answered':
      return commandLine(event, state);
    case 'decision-made':
      return decisionLine(event);
    case 'order-denied':
      return deniedLine(event, state);
    case 'orders-intended':
      return intendedLine(event);
    case 'order-adopted':
      return orderLine(
        'order',
        event.order,
        `${event.order.number} ${describeOrder(event.order.spec)} found at IBKR, placed elsewhere`,
      );
    case 'order-identified':
      return identifiedLine(event, state);
    case 'order-state-changed':
      return stateLine(event, state);
    case 'cancel-requested':
      return cancelRequestedLine(event, state);
    case 'cancel-refused':
      return cancelRefusedLine(event, state);
    case 'modification-requested':
      return modificationLine(event, state);
    case 'modification-confirmed':
      return termsLine(event, state, 'modified', 'info');
    case 'modification-refused':
      return modificationRefusedLine(event, state);
    case 'terms-observed':
      return termsLine(event, state, 'changed at IBKR', 'warn');
    case 'fill-recorded':
      return fillLine(event.fill, state);
    case 'fill-corrected':
      return correctionLine(event, state);
    case 'commission-reported':
      return commissionLine(event, state);
    case 'position-adopted': {
      const { symbol, quantity } = event.position;
      return line(
        'fill',
        `${symbol} position is ${formatSignedQuantity(quantity)} at IBKR, adopted${because(event.why)}`,
        'warn',
      );
    }
    case 'position-adjusted': {
      const { position, before, cause } = event;
      const [was, is] = [formatSignedQuantity(before), formatSignedQuantity(position.quantity)];
      const tone = cause === 'unexplained' ? 'bad' : 'warn';
      return line('fill', `${position.symbol} position ${was} became ${is} at IBKR: ${describeCause(cause)}`, tone);
    }
    case 'differences-acknowledged': {
      const { cause, reason, origin, differences } = event.acknowledgement;
      const what = differences.map(({ symbol }) => symbol).join(', ');
      const text = `Difference of ${what} acknowledged as ${describeCause(cause)}: ${reason}${by(origin)}`;
      return line('manual', text, 'info', isManual(origin));
    }
    case 'bracket-exits-due':
      return line('order', `${bracketName(event, state)}: the entry ended without a fill, its exits have to go`);
    case 'bracket-share-given-up':
      return line('order', `${bracketName(event, state)}: ${event.quantity} of it were closed by something else`);
    case 'bracket-closed':
      return line('order', `${bracketName(event, state)} closed`);
    case 'stop-awaited':
    case 'stop-activated':
    case 'stop-ratcheted':
    case 'stop-suspended':
    case 'stop-rearmed':
    case 'stop-ended': {
      const { text, tone, order } = describeStopEvent(event, state);
      return orderLine('order', order, text, tone, event.type === 'stop-rearmed' && isManual(event.origin));
    }
    case 'oco-siblings-due':
    case 'oco-overfilled':
    case 'oco-closed': {
      const { text, tone, order } = describeOcoEvent(event, state);
      return orderLine('order', order, text, tone);
    }
    case 'limits-changed':
      return line('manual', describeLimitsChanged(event), 'info', true);
    case 'loss-latched':
      return line('risk', describeLatch(event.latch), 'bad');
    case 'loss-latch-opened': {
      const who = event.by === 'session' ? 'a new session day' : `a person${by(event.by)}`;
      const text = `Adding is allowed again ${scopeWords(event.scope)} after its loss: ${withReason(who, event.reason)}`;
      return line('risk', text, 'info', event.by !== 'session');
    }
    case 'day-marked':
      return line('session', `A new day of profit and loss began: ${event.marks.length} marked`);
    case 'correlations-updated': {
      const { symbols, lookback, asOf } = event.summary;
      return line(
        'risk',
        `Correlations of ${symbols} symbols over ${lookback} days${asOf === null ? '' : `, to ${asOf}`}`,
      );
    }
    case 'override-used':
      return line(
        'manual',
        `${event.what} although the market is closed: ${event.reason}${by(event.origin)}`,
        'warn',
        true,
      );
    case 'alarm-raised':
      return alarmLine(event, state);
    case 'alarm-cleared':
      return line('alarm', `Alarm cleared${by(event.origin)}`, 'info', isManual(event.origin));
    case 'notice-received':
      return line('session', `IBKR: ${event.text}${inBrackets(event.code)}`);
    default:
      return assertNever(event);
  }
}

function because(why: string): string {
  return why === '' ? '' : ` (${why})`;
}

function connectionLine({ connection }: EventOf<'connection-changed'>): ActivityLine {
  const tone = {
    disconnected: 'bad',
    connecting: 'info',
    handshaking: 'info',
    reconciling: 'info',
    ready: 'good',
    degraded: 'bad',
  } as const;
  return line('session', `Connection: ${describeConnection(connection)}`, tone[connection.phase]);
}

function proofLine({ proof }: EventOf<'reconciliation-proved'>): ActivityLine {
  const findings = proof.findings.slice(0, FINDINGS_TOLD_MAX).map((finding) => ` ${describeFinding(finding)}.`);
  const rest = proof.findings.length - findings.length;
  const more = rest > 0 ? ` And ${rest} more.` : '';
  const tone = proof.findings.length === 0 ? 'good' : 'warn';
  return line('session', `Reconciled: ${describeProof(proof)}.${findings.join('')}${more}`, tone);
}

/** How many differences one line tells; the proof itself shows all. */
const FINDINGS_TOLD_MAX = 3;

function tradingLine({ trading, origin }: EventOf<'trading-state-changed'>): ActivityLine {
  const tone = { ACTIVE: 'good', REDUCING: 'warn', HALTED: 'bad' } as const;
  if (trading.kill?.globalCancel === 'sent') {
    return line('risk', 'IBKR was asked to cancel the orders of every client', 'bad');
  }
  return line(
    'risk',
    `Trading is ${describeTradingState(trading)}${by(origin)}`,
    tone[trading.state],
    isManual(origin),
  );
}

function commandLine({ reply }: EventOf<'command-answered'>, state: WorkstationState): ActivityLine {
  const orders = reply.orders.map((id) => state.orders.get(id));
  const numbers = orders.flatMap((order) => (order === undefined ? [] : [String(order.number)])).join(', ');
  const about = numbers === '' ? '' : `: ${numbers}`;
  const text =
    reply.outcome === 'accepted' ? `Command accepted${about}` : withReason(`Command ${reply.outcome}`, reply.message);
  return orderLine('manual', orders[0], text, reply.outcome === 'accepted' ? 'info' : 'bad', true);
}

function decisionLine({ decision }: EventOf<'decision-made'>): ActivityLine {
  const tone = decision.outcome === 'denied' ? 'bad' : warningsOf(decision).length > 0 ? 'warn' : 'info';
  const { subject, origin } = decision.context;
  const text = describeDecision(decision);
  return {
    ...line('risk', text, tone, isManual(origin)),
    orderNumber: subject.action === 'modify' ? subject.number : null,
  };
}

function deniedLine({ order }: EventOf<'order-denied'>, state: WorkstationState): ActivityLine {
  const decision = order.decisionId === null ? undefined : state.decisions.get(order.decisionId);
  const why = decision === undefined ? '' : ` ${denialsOf(decision).map(describeReason).join(' ')}`;
  const text = `${order.number} ${describeOrder(order.spec)} denied, not sent.${why}`;
  return orderLine('risk', order, text, 'bad', isManual(order.origin));
}

function intendedLine({ orders }: EventOf<'orders-intended'>): ActivityLine {
  const first = present(orders[0], 'the first of intended orders');
  const legs = orders.slice(1).map(({ spec, group, number }) => {
    const role = present(group, 'the group of orders that belong together').role;
    const said = role === 'take-profit' || role === 'stop-loss' ? describeExit(role, spec.terms) : describeOrder(spec);
    return `${said} (${number})`;
  });
  const withLegs = legs.length === 0 ? '' : ` with ${legs.join(' and ')}`;
  const manual = isManual(first.origin);
  return orderLine('order', first, `${first.number} ${describeOrder(first.spec)} sent${withLegs}`, 'info', manual);
}

function identifiedLine({ id, broker }: EventOf<'order-identified'>, state: WorkstationState): ActivityLine {
  const order = state.orders.get(id);
  const known = broker.permId === null ? 'has no permanent id yet' : `is known to IBKR as ${broker.permId}`;
  return orderLine('order', order, `${nameOf(order, id)} ${known}`);
}

const STATE_TONES = {
  denied: 'bad',
  submitting: 'info',
  pending: 'info',
  working: 'info',
  'partially-filled': 'info',
  filled: 'good',
  cancelling: 'info',
  cancelled: 'info',
  rejected: 'bad',
  inactive: 'warn',
  unknown: 'warn',
} as const satisfies Record<OrderState['phase'], ActivityTone>;

function stateLine({ id, state: now }: EventOf<'order-state-changed'>, state: WorkstationState): ActivityLine {
  const order = state.orders.get(id);
  const said = order === undefined ? `is ${now.phase}` : describeState({ ...order, state: now });
  return orderLine('order', order, `${nameOf(order, id)} ${said}`, STATE_TONES[now.phase]);
}

function cancelRequestedLine(
  { id, origin, reason }: EventOf<'cancel-requested'>,
  state: WorkstationState,
): ActivityLine {
  const order = state.orders.get(id);
  const text = `${withReason(`Cancel ${nameOf(order, id)} requested`, reason)}${by(origin)}`;
  return orderLine('order', order, text, 'info', isManual(origin));
}

function cancelRefusedLine(
  { id, text, code, state: now }: EventOf<'cancel-refused'>,
  state: WorkstationState,
): ActivityLine {
  const order = state.orders.get(id);
  const still = order === undefined ? now.phase : describeState({ ...order, state: now });
  const said = `${withReason(`Cancel ${nameOf(order, id)} refused`, text)}${inBrackets(code)}. It is ${still}`;
  return orderLine('order', order, said, 'warn');
}

interface Terms {
  readonly terms: ObservedTerms;
  readonly quantity: Quantity;
  readonly timeInForce: TimeInForce;
}

/** Which of price, quantity and time in force differ: `stop 161.00 → 161.50, quantity 50 → 40`. */
function describeChange(before: Terms, after: Terms): string {
  const pairs: (readonly [string, string | null, string | null])[] = [
    ['type', typeNameOf(before.terms), typeNameOf(after.terms)],
    ['limit', priceText(limitOf(before.terms)), priceText(limitOf(after.terms))],
    ['stop', priceText(stopOf(before.terms)), priceText(stopOf(after.terms))],
    ['quantity', formatQuantity(before.quantity), formatQuantity(after.quantity)],
    ['time in force', before.timeInForce, after.timeInForce],
  ];
  return pairs
    .filter(([, from, to]) => from !== to)
    .map(([what, from, to]) => `${what} ${from ?? 'none'} → ${to ?? 'none'}`)
    .join(', ');
}

function priceText(price: Parameters<typeof formatPrice>[0] | null): string | null {
  return price === null ? null : formatPrice(price);
}

function describeTermsInFull({ terms, quantity, timeInForce }: Terms, side: Side | ''): string {
  return [side, formatQuantity(quantity), describeTerms(terms), timeInForce].filter((word) => word !== '').join(' ');
}

function modificationLine(
  { id, before, modification, origin }: EventOf<'modification-requested'>,
  state: WorkstationState,
): ActivityLine {
  const order = state.orders.get(id);
  const what = describeChange(before, modification);
  return orderLine(
    'order',
    order,
    `Modify ${nameOf(order, id)}: ${what} requested${by(origin)}`,
    'info',
    isManual(origin),
  );
}

function modificationRefusedLine(
  { id, text, code }: EventOf<'modification-refused'>,
  state: WorkstationState,
): ActivityLine {
  const order = state.orders.get(id);
  const still = order !== undefined && isLive(order) ? '. The old order is still live' : '';
  const said = `${withReason(`Modify ${nameOf(order, id)} refused`, text)}${inBrackets(code)}${still}`;
  return orderLine('order', order, said, 'warn');
}

function termsLine(
  event: EventOf<'modification-confirmed' | 'terms-observed'>,
  state: WorkstationState,
  what: string,
  tone: ActivityTone,
): ActivityLine {
  const order = state.orders.get(event.id);
  const full = describeTermsInFull(event, order?.spec.side ?? '');
  return orderLine('order', order, `${nameOf(order, event.id)} ${what}: ${full}`, tone);
}

/** What was left of `order` right after the execution `last`, whatever has happened since. */
function leftAfter(order: OrderRecord, last: ExecId, state: WorkstationState): Quantity {
  let filled = ZERO_QUANTITY;
  for (const execId of state.fillsByOrder.get(order.id) ?? []) {
    filled = add(filled, state.fills.get(execId)?.quantity ?? ZERO_QUANTITY);
    if (execId === last) break;
  }
  return leavesOf(order.spec.quantity, filled);
}

function fillLine(fill: Fill, state: WorkstationState): ActivityLine {
  const order = fill.orderId === null ? undefined : state.orders.get(fill.orderId);
  const what = `${formatQuantity(fill.quantity)} @ ${formatPrice(fill.price)}`;
  if (order === undefined) {
    return line('fill', `${fill.side} ${fill.symbol}: filled ${what}, by an order that is not in our ledger`, 'warn');
  }
  const left = leftAfter(order, fill.execId, state);
  const rest = left === ZERO_QUANTITY ? 'all filled' : `${formatQuantity(left)} left`;
  return orderLine('fill', order, `${order.number} filled ${what}, ${rest}`, 'good');
}

function correctionLine({ fill }: EventOf<'fill-corrected'>, state: WorkstationState): ActivityLine {
  const order = fill.orderId === null ? undefined : state.orders.get(fill.orderId);
  const whose = order === undefined ? fill.symbol : String(order.number);
  const text = `${whose}: IBKR corrected an execution to ${formatQuantity(fill.quantity)} @ ${formatPrice(fill.price)}`;
  return orderLine('fill', order, text, 'warn');
}

function commissionLine({ execId, commission }: EventOf<'commission-reported'>, state: WorkstationState): ActivityLine {
  const orderId = state.fills.get(execId)?.orderId ?? null;
  const order = orderId === null ? undefined : state.orders.get(orderId);
  const whose = order === undefined ? `Execution ${execId}` : String(order.number);
  return orderLine('fill', order, `${whose}: commission ${formatCash(commission.amount, commission.currency)}`);
}

function bracketName(
  { groupId }: { readonly groupId: EventOf<'bracket-closed'>['groupId'] },
  state: WorkstationState,
): string {
  const group = state.groups.get(groupId);
  const parent = group === undefined ? undefined : state.orders.get(group.parent);
  return parent === undefined ? `Bracket ${groupId}` : `Bracket ${parent.number}`;
}

function alarmLine({ alarm }: EventOf<'alarm-raised'>, state: WorkstationState): ActivityLine {
  const order = alarm.orderId === null ? undefined : state.orders.get(alarm.orderId);
  return orderLine('alarm', order, alarm.text, alarm.severity === 'danger' ? 'bad' : 'warn');
}
