import { assert, assertNever } from '#domain/assert';
import type { EventOf } from '#domain/engine-event';
import type { ClusterMember } from '#domain/exposure';
import { formatMoney, formatQuantity } from '#domain/format';
import type { LimitFigure, LimitName } from '#domain/limit-figure';
import type { LossLatch, LossScope } from '#domain/loss-latch';
import type { RiskReason } from '#domain/risk-decision';
import type { LimitField, SymbolLimits } from '#domain/symbol-limits';

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
  assert(figure.unit === 'money', 'exposures are amounts of money');
  const { currency } = figure;
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

/** Symbols that a sentence names; the others are counted. */
const NAMED_MAX = 5;

/** Which limits changed, and what they were, in one sentence. */
export function describeLimitsChanged({ defaults, symbols, origin }: EventOf<'limits-changed'>): string {
  const who = { window: 'in the window', cli: 'by the command line', file: 'in symbol_limits.json' }[origin];
  const parts = symbols
    .slice(0, NAMED_MAX)
    .map(({ symbol, before, after }) => `${symbol} ${describeLimitChange(before, after)}`);
  if (symbols.length > NAMED_MAX) parts.push(`${symbols.length - NAMED_MAX} more symbols`);
  if (defaults !== undefined) parts.unshift(`default ${defaults === null ? 'as global' : describeLimits(defaults)}`);
  return `Limits changed ${who}: ${parts.join('; ')}`;
}

/** Limits by the keys of symbol_limits.json without `max_`. */
const LIMIT_KEYS = [
  ['maxPositionSize', 'position'],
  ['maxOrderExposure', 'order exposure'],
  ['maxDailyLoss', 'daily loss'],
  ['maxCorrelationExposure', 'correlation exposure'],
] as const satisfies readonly (readonly [LimitField, string])[];

/** What became of the limits of one symbol: `position 50 (was 100), daily loss 200`. */
function describeLimitChange(before: SymbolLimits | null, after: SymbolLimits | null): string {
  if (after === null) {
    return `has none of its own any more${before === null ? '' : ` (was ${describeLimits(before)})`}`;
  }
  const changed = LIMIT_KEYS.flatMap(([field, name]) => {
    const was = before?.[field] ?? null;
    if (was === after[field]) return [];
    return [`${name} ${after[field] ?? 'as default'}${was === null ? '' : ` (was ${was})`}`];
  });
  return changed.join(', ');
}

/** The limits that are set. */
export function describeLimits(limits: SymbolLimits): string {
  return (
    LIMIT_KEYS.flatMap(([field, name]) => (limits[field] === null ? [] : [`${name} ${limits[field]}`])).join(', ') ||
    'nothing'
  );
}
