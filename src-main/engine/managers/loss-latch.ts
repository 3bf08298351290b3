import { present } from '#domain/assert';
import type { Command, CommandReply } from '#domain/command';
import { alarmId, type AlarmId, type ConId } from '#domain/ids';
import { formatMoney } from '#domain/format';
import type { LimitSource } from '#domain/limit-source';
import { describeLatch, scopeWords } from '#domain/limit-words';
import { lossKeyOf, type LossKey, type LossLatch, type LossScope } from '#domain/loss-latch';
import { compare, isPositive, percent, percentOf, ZERO_MONEY, type Money } from '#domain/money';
import type { Origin } from '#domain/order-record';
import { effectiveLimits } from '#domain/symbol-limits';
import { reduceAfterLoss } from '#engine/managers/reducing';
import { lossOf, symbolLoss } from '#engine/portfolio/day-losses';
import { ACCOUNT_ZONE, sessionDayAt } from '#engine/portfolio/session-day';
import { accepted, refused } from '#engine/reply';
import { reasonText } from '#engine/text-limits';
import type { Turn } from '#engine/turn';

/** Of its limit, the loss of a day from which a person is warned. */
const WARN_AT = percent('70');
/** Below so much of the limit the warning is taken back, so that a loss that trembles at it warns once. */
const CALM_BELOW = percent('50');

/** The loss of a scope as it stands, against the limit in force. */
interface Loss {
  readonly scope: LossScope;
  readonly loss: Money;
  readonly limit: Money;
  readonly source: LimitSource;
}

/**
 * The profit and loss of `conIds` may have changed: warns of a loss near its limit, and latches one that has reached it
 * (domain.md §5). What is not known neither warns nor latches: it denies what adds.
 */
export function tendLosses(turn: Turn, conIds: readonly ConId[]): void {
  const { durable, observed } = turn.state;
  for (const conId of conIds) tendSymbol(turn, conId);
  const loss = conIds.length === 0 ? null : lossOf(observed.days.total('daily'));
  if (loss !== null) {
    tendLoss(turn, { scope: { over: 'account' }, loss, limit: durable.settings.risk.maxDailyLoss, source: 'global' });
  }
  wakeAtReset(turn);
}

function tendSymbol(turn: Turn, conId: ConId): void {
  const { durable, observed } = turn.state;
  const day = observed.days.of(conId);
  if (day === undefined) {
    forgetWarning(turn, conId);
    return;
  }
  const loss = lossOf(day.pnl.daily);
  if (loss === null) return;
  const { symbol } = day;
  const { symbolLimits, defaultLimits, settings } = durable;
  const table = { symbols: symbolLimits, defaults: defaultLimits };
  const { value, source } = effectiveLimits(table, settings.risk, symbol).dailyLoss;
  tendLoss(turn, { scope: { over: 'symbol', conId, symbol }, loss, limit: value, source });
}

function tendLoss(turn: Turn, standing: Loss): void {
  const { durable } = turn.state;
  const { scope, loss, limit } = standing;
  if (durable.lossLatches.has(lossKeyOf(scope))) return;
  if (isPositive(loss) && compare(loss, limit) >= 0 && isBeyondReset(turn, standing)) latch(turn, standing);
  else warn(turn, standing);
}

/** What a person has let add again latches only once the loss grows beyond what it was then. */
function isBeyondReset({ at, state: { durable } }: Turn, { scope, loss }: Loss): boolean {
  const reset = durable.lossResets.get(lossKeyOf(scope));
  return reset === undefined || reset.until <= at || compare(loss, reset.loss) > 0;
}

function latch(turn: Turn, { scope, loss, limit, source }: Loss): void {
  const { at, state } = turn;
  const currency = present(state.observed.baseCurrency, 'the currency of a loss that is known');
  const day =
    scope.over === 'account'
      ? sessionDayAt(ACCOUNT_ZONE, at)
      : present(state.observed.days.of(scope.conId), 'the day of a loss');
  const latched: LossLatch = { scope, at, loss, limit, source, currency, until: day.until };
  turn.emit({ type: 'loss-latched', latch: latched });
  raise(turn, scope, 'danger', describeLatch(latched));
  reduceAfterLoss(turn, scope);
}

function warn(turn: Turn, { scope, loss, limit, source }: Loss): void {
  const { durable, observed } = turn.state;
  const key = lossKeyOf(scope);
  const isWarned = observed.lossWarnings.has(key);
  if (isPositive(loss) && compare(loss, percentOf(limit, WARN_AT)) >= 0) {
    if (isWarned) return;
    observed.lossWarnings.add(key);
    if (durable.alarms.has(lossAlarmOf(key))) return;
    const currency = present(observed.baseCurrency, 'the currency of a loss that is known');
    const text = `The loss of the day ${scopeWords(scope)} is ${formatMoney(loss, currency)}; at ${formatMoney(limit, currency)} (${source}) only reducing is allowed.`;
    raise(turn, scope, 'warning', text);
  } else if (compare(loss, percentOf(limit, CALM_BELOW)) < 0 || loss === ZERO_MONEY) {
    forgetWarning(turn, key);
  }
}

function forgetWarning(turn: Turn, key: LossKey): void {
  turn.state.observed.lossWarnings.delete(key);
  if (!turn.state.durable.lossLatches.has(key)) calm(turn, key);
}

function raise(turn: Turn, scope: LossScope, severity: 'warning' | 'danger', text: string): void {
  const id = lossAlarmOf(lossKeyOf(scope));
  turn.emit({ type: 'alarm-raised', alarm: { id, at: turn.at, severity, text: reasonText(text), orderId: null } });
}

function calm(turn: Turn, key: LossKey, origin: Origin = 'manager'): void {
  const { alarms } = turn.state.durable;
  if (alarms.size === 0) return;
  const id = lossAlarmOf(key);
  if (alarms.has(id)) turn.emit({ type: 'alarm-cleared', alarmId: id, origin });
}

/** The alarm about the loss of a scope. */
export function lossAlarmOf(key: LossKey): AlarmId {
  return alarmId(`daily-loss-${key === 0 ? 'account' : String(key)}`);
}

/** The day-reset deadline is the first moment at which a day ends or a latch opens. */
function wakeAtReset({ state: { durable, observed } }: Turn): void {
  let next = observed.days.nextReset;
  for (const { until } of durable.lossLatches.values()) if (next === null || until < next) next = until;
  if (next === null || observed.deadlines.at('day-reset') === next) return;
  observed.deadlines.set('day-reset', next, { kind: 'day-reset' });
}

/** A session day ends for some instrument: the marks of the new one are taken, and what latched until then opens. */
export function onDayReset(turn: Turn): void {
  const { at, state } = turn;
  const { days } = state.observed;
  const { conIds, marks } = days.ended(state, at);
  if (marks.length > 0) turn.emit({ type: 'day-marked', marks });
  days.restart(state, at, conIds);
  for (const conId of conIds) turn.markDirty(conId);
  openExpired(turn);
}

/** Opens what was latched until a day that has begun by now, also while no process ran. */
export function openExpired(turn: Turn): void {
  for (const { scope, until } of [...turn.state.durable.lossLatches.values()]) {
    if (until > turn.at) continue;
    turn.emit({ type: 'loss-latch-opened', scope, by: 'session', reason: '' });
    calm(turn, lossKeyOf(scope));
  }
}

/** A person lets a scope add again although the loss of its day has reached the limit. */
export function resetLossLatch(
  turn: Turn,
  origin: Origin,
  { symbol, reason }: Extract<Command, { kind: 'reset-loss-latch' }>,
): CommandReply {
  const { durable, observed } = turn.state;
  const wanted = [...durable.lossLatches.values()].filter(({ scope }) =>
    scope.over === 'account' ? symbol === null : scope.symbol === symbol,
  );
  if (wanted.length === 0) {
    return refused(`The daily loss of ${symbol ?? 'the account'} has not latched: adding is not held back by it.`);
  }
  for (const { scope } of wanted) {
    const loss =
      scope.over === 'account' ? lossOf(observed.days.total('daily')) : symbolLoss(observed.days, scope.conId);
    const by = origin === 'window' ? 'window' : 'cli';
    turn.emit({ type: 'loss-latch-opened', scope, by, reason, ...(loss === null ? {} : { loss }) });
    observed.lossWarnings.add(lossKeyOf(scope));
    calm(turn, lossKeyOf(scope), origin);
  }
  return accepted([], null);
}
