import { assertNever } from '#domain/assert';
import type { EventOf } from '#domain/engine-event';
import type { ClusterMember } from '#domain/exposure';
import { formatMoney, formatQuantity } from '#domain/format';
import type { LimitFigure, LimitName } from '#domain/limit-figure';
import type { LossLatch, LossScope } from '#domain/loss-latch';
import type { RiskReason } from '#domain/risk-decision';
import type { SymbolLimits } from '#domain/symbol-limits';

const LIMIT_LABELS = {
  'order-exposure': 'Order exposure',
  position: 'Position',
  'gross-exposure': 'Gross exposure',
  'sector-exposure': 'Sector exposure',
  'correlated-exposure': 'Correlated exposure',
  'daily-loss': 'Daily loss',
} as const satisfies Record<LimitName, string>;

/** A limit as people read it, and what it is counted over: `Position AAPL`. */
export function describeLimit({ limitName, of }: Pick<LimitFigure, 'limitName' | 'of'>): string {
  return of === '' ? LIMIT_LABELS[limitName] : `${LIMIT_LABELS[limitName]} ${of}`;
}

/** The amounts of a figure as people read them. */
export function amountsOf(figure: LimitFigure): {
  readonly before: string;
  readonly after: string;
  readonly limit: string;
} {
  if (figure.unit === 'units') {
    const { before, after, limit } = figure;
    return { before: formatQuantity(before), after: formatQuantity(after), limit: formatQuantity(limit) };
  }
  const { before, after, limit, currency } = figure;
  return {
    before: formatMoney(before, currency),
    after: formatMoney(after, currency),
    limit: formatMoney(limit, currency),
  };
}

type LimitReason = Extract<RiskReason, { figure: LimitFigure }>;

/** Fact, number, limit, what would pass: `Position AAPL would be 160 (now 100). The limit is 150 (symbol). …`. */
export function describeLimitReason(reason: LimitReason): string {
  const { figure } = reason;
  const { before, after, limit } = amountsOf(figure);
  if (reason.code === 'DAILY_LOSS') {
    return `The loss of the day ${scopeWords(reason.scope)} is ${before}. The limit is ${limit} (${figure.source}); there only reducing is allowed.`;
  }
  const largest = figure.largest === null ? '' : ` Largest that passes: ${formatQuantity(figure.largest)}.`;
  const fact = `${describeLimit(figure)} would be ${after} (now ${before}). The limit is ${limit} (${figure.source}).`;
  if (reason.code !== 'CORRELATED_EXPOSURE') return `${fact}${largest}`;
  const currency = figure.unit === 'money' ? figure.currency : '';
  const names = reason.members.map((member) => describeMember(member, currency)).join(', ');
  const others = reason.others === 0 ? '' : ` and ${reason.others} more`;
  return `${fact} It counts ${names}${others}.${largest}`;
}

/** One name of a cluster: `MSFT $12,000.00 (0.83)`. */
export function describeMember({ symbol, correlation, amount }: ClusterMember, currency: string): string {
  return `${symbol} ${formatMoney(amount, currency)} (${correlation ?? 'same sector'})`;
}

/** `of AAPL`, or `of the account`. */
export function scopeWords(scope: LossScope): string {
  switch (scope.over) {
    case 'symbol':
      return `of ${scope.symbol}`;
    case 'account':
      return 'of the account';
    default:
      return assertNever(scope);
  }
}

/** Why only reducing is allowed in a scope. */
export function describeLatch({ scope, loss, limit, source, currency }: LossLatch): string {
  return `The loss of the day ${scopeWords(scope)} reached ${formatMoney(loss, currency)}; its limit is ${formatMoney(limit, currency)} (${source}). Only reducing is allowed until the next session day, or until a person resets it.`;
}

/** Which limits changed, in one sentence. */
export function describeLimitsChanged({ defaults, symbols, origin }: EventOf<'limits-changed'>): string {
  const who = { window: 'in the window', cli: 'by the command line', file: 'in symbol_limits.json' }[origin];
  const parts = symbols.map(({ symbol, after }) =>
    after === null ? `${symbol} has none of its own any more` : `${symbol} ${describeLimits(after)}`,
  );
  if (defaults !== undefined) parts.unshift(`default ${defaults === null ? 'as global' : describeLimits(defaults)}`);
  return `Limits changed ${who}: ${parts.join('; ')}`;
}

/** The limits that are set, by the keys of symbol_limits.json without `max_`. */
export function describeLimits(limits: SymbolLimits): string {
  const { maxPositionSize, maxOrderExposure, maxDailyLoss, maxCorrelationExposure } = limits;
  const set: readonly (readonly [string, string | null])[] = [
    ['position', maxPositionSize],
    ['order exposure', maxOrderExposure],
    ['daily loss', maxDailyLoss],
    ['correlation exposure', maxCorrelationExposure],
  ];
  return set.flatMap(([name, value]) => (value === null ? [] : [`${name} ${value}`])).join(', ') || 'nothing';
}
