import { assert } from '#domain/assert';
import type { CommandReply, Command } from '#domain/command';
import { epochMs, type EpochMs } from '#domain/ids';
import { subtract, toNumber, ZERO_POSITION, type SignedQuantity } from '#domain/money';
import type { Origin } from '#domain/order-record';
import type { PositionRecord } from '#domain/position';
import { differenceAlarmOf, type PositionCause, type PositionDifference } from '#domain/position-difference';
import type { SnapshotInProgress } from '#engine/engine-facts';
import { accepted, refused } from '#engine/reply';
import { evidenceSince } from '#engine/orders/position-lag';
import { reasonText } from '#engine/text-limits';
import type { Turn } from '#engine/turn';

/** IBKR reports the executions of the day; its day begins at midnight in New York (TWS API, reqExecutions). */
const REPORT_ZONE = 'America/New_York';
/** Splits are simple ratios: up to 100 new shares for one to five old ones, or the other way round. */
const SPLIT_NEW_MAX = 100;
const SPLIT_OLD_MAX = 5;
/** A split leaves the cost of the whole as it was; commissions and cash for fractions move it by less than this. */
const SPLIT_COST_TOLERANCE = 0.02;

/**
 * Adopts IBKR's position. Where the ledger has one to compare with and it is another, the difference is explained or it
 * stands until a person acknowledges it, and adding risk is blocked meanwhile.
 */
export function adoptPosition(turn: Turn, { findings }: SnapshotInProgress, position: PositionRecord): void {
  const { durable } = turn.state;
  const { conId, symbol, quantity: brokers } = position;
  const held = durable.positions.get(conId);
  const ours = held?.quantity ?? ZERO_POSITION;
  if (ours === brokers || durable.proof === null) {
    turn.emit({ type: 'position-adopted', position, why: 'IBKR reports it' });
    if (ours !== brokers) findings.push({ kind: 'adopted-position', conId, symbol, ours, brokers });
    return;
  }
  const cause = causeOf(turn, position, held);
  turn.emit({ type: 'position-adjusted', position, before: ours, cause, why: 'IBKR reports it' });
  findings.push({ kind: 'adjusted-position', conId, symbol, ours, brokers, cause });
  if (cause === 'unexplained') onUnexplained(turn, position, ours);
}

/** The first proved cause, most certain first. */
function causeOf(turn: Turn, position: PositionRecord, held: PositionRecord | undefined): PositionCause {
  const { conId, quantity: brokers } = position;
  const ours = held?.quantity ?? ZERO_POSITION;
  if (held !== undefined && isSplit(held, position)) return 'corporate-action';
  if (turn.state.observed.foreignFills.explain(conId, subtract(brokers, ours), evidenceSince(turn, conId)))
    return 'other-client';
  return wasUnwatchedOverMidnight(turn) ? 'before-report' : 'unexplained';
}

/** Shares times a simple ratio, while the cost of the whole stayed: what a split or a reverse split does. */
function isSplit(before: PositionRecord, after: PositionRecord): boolean {
  if (before.averageCost === null || after.averageCost === null) return false;
  const [old, now] = [toNumber(before.quantity), toNumber(after.quantity)];
  if (old * now <= 0) return false;
  const [oldCost, newCost] = [old * toNumber(before.averageCost), now * toNumber(after.averageCost)];
  if (oldCost === 0) return false; // shares that came without a cost: that it stayed nothing proves nothing
  if (Math.abs(newCost - oldCost) > Math.abs(oldCost) * SPLIT_COST_TOLERANCE) return false;
  const [larger, smaller] = Math.abs(now) > Math.abs(old) ? [now, old] : [old, now];
  for (let parts = 1; parts <= SPLIT_OLD_MAX; parts += 1) {
    // Fractions of a share are paid in cash: the count may be up to one share away from the ratio.
    const times = Math.round((larger * parts) / smaller);
    const exact = Math.abs(now) > Math.abs(old) ? (old * times) / parts : (old * parts) / times;
    if (times <= SPLIT_NEW_MAX && times > parts && Math.abs(exact - now) < 1) return true;
  }
  return false;
}

/**
 * True when nobody watched between the last ready session and this one, and that gap reaches back beyond the executions
 * that IBKR still reports.
 */
function wasUnwatchedOverMidnight({ at, state: { durable } }: Turn): boolean {
  if (durable.connection.phase === 'ready' || durable.readyUntil === null) return false;
  return durable.readyUntil < reportDayStart(at);
}

const REPORT_CLOCK = new Intl.DateTimeFormat('en-US', {
  timeZone: REPORT_ZONE,
  hourCycle: 'h23',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** Midnight of IBKR's day; an hour off on the two days a year when the clocks change, when nothing trades. */
function reportDayStart(at: EpochMs): EpochMs {
  const [hours, minutes, seconds] = REPORT_CLOCK.format(at).split(':').map(Number);
  assert(hours !== undefined && minutes !== undefined && seconds !== undefined, 'a clock has three figures');
  return epochMs(at - ((hours * 60 + minutes) * 60 + seconds) * 1000 - (at % 1000));
}

function onUnexplained(turn: Turn, { conId, symbol, quantity }: PositionRecord, ours: SignedQuantity): void {
  raiseDifference(turn, { conId, symbol, ours, brokers: quantity });
  holdWhileUnexplained(turn);
}

type Difference = Pick<PositionDifference, 'conId' | 'symbol' | 'ours' | 'brokers'>;

const wordsOf = ({ symbol, ours, brokers }: Difference): string =>
  `${symbol}: the ledger had ${ours}, IBKR has ${brokers}, and no execution or order explains it`;

function raiseDifference(turn: Turn, difference: Difference): void {
  const text = reasonText(
    `${wordsOf(difference)}. Nothing that adds risk is sent until you look at the reconciliation and acknowledge it.`,
  );
  const id = differenceAlarmOf(difference.conId);
  turn.emit({ type: 'alarm-raised', alarm: { id, at: turn.at, severity: 'danger', text, orderId: null } });
}

function holdWhileUnexplained(turn: Turn): void {
  const { trading, unexplained } = turn.state.durable;
  const latest = [...unexplained.values()].at(-1);
  if (latest === undefined || trading.state !== 'ACTIVE') return;
  turn.emit({
    type: 'trading-state-changed',
    trading: { state: 'REDUCING', since: turn.at, reason: reasonText(wordsOf(latest)), cause: 'differences' },
    origin: 'manager',
  });
}

function resume(turn: Turn, origin: Origin): void {
  const { state, cause } = turn.state.durable.trading;
  if (state !== 'REDUCING' || cause !== 'differences') return;
  const trading = { state: 'ACTIVE' as const, since: turn.at, reason: '', cause: 'person' as const };
  turn.emit({ type: 'trading-state-changed', trading, origin });
}

/**
 * A process that died may have written down a difference without what follows from it, or an acknowledgement without:
 * the trading state follows from the differences, and can neither miss one nor outlive them.
 */
export function takeUpDifferences(turn: Turn): void {
  const { unexplained, trading, alarms } = turn.state.durable;
  if (unexplained.size === 0) resume(turn, 'manager');
  if (trading.state !== 'ACTIVE') return;
  for (const difference of unexplained.values()) {
    if (!alarms.has(differenceAlarmOf(difference.conId))) raiseDifference(turn, difference);
  }
  holdWhileUnexplained(turn);
}

/** A person takes note: the differences are settled by that word, and trading goes on where nothing else holds it. */
export function acknowledgeDifferences(
  turn: Turn,
  origin: Origin,
  { seen, cause, reason }: Extract<Command, { kind: 'acknowledge-differences' }>,
): CommandReply {
  const { durable } = turn.state;
  const differences = [...durable.unexplained.values()];
  if (differences.length === 0) return refused('There is no unexplained difference to acknowledge.');
  const unseen = differences.filter(
    ({ conId, brokers }) => !seen.some((it) => it.conId === conId && it.brokers === brokers),
  );
  if (unseen.length > 0) {
    return refused(`It has changed since you looked. ${unseen.map(wordsOf).join('; ')}. Look again, then acknowledge.`);
  }
  const { at } = turn;
  turn.emit({ type: 'differences-acknowledged', acknowledgement: { at, cause, reason, origin, differences } });
  for (const { conId } of differences) {
    const id = differenceAlarmOf(conId);
    if (durable.alarms.has(id)) turn.emit({ type: 'alarm-cleared', alarmId: id, origin });
  }
  resume(turn, origin);
  return accepted([], null);
}
