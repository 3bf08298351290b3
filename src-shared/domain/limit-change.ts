import type { LimitChange } from '#domain/command';
import { formatLimit } from '#domain/format';
import { compare, minOf, type Money, type Quantity } from '#domain/money';
import type { RiskSettings } from '#domain/settings';
import type { LimitField, SymbolLimits } from '#domain/symbol-limits';
import { FIGURE_DIGITS_MAX, isFigure } from '#domain/symbol-limits-file';

/** A symbol that has no limits of its own. */
export const NO_LIMITS: SymbolLimits = {
  maxPositionSize: null,
  maxOrderExposure: null,
  maxDailyLoss: null,
  maxCorrelationExposure: null,
};

const FIELDS = ['maxPositionSize', 'maxOrderExposure', 'maxDailyLoss', 'maxCorrelationExposure'] as const;
const LABELS = {
  maxPositionSize: 'position',
  maxOrderExposure: 'order exposure',
  maxDailyLoss: 'daily loss',
  maxCorrelationExposure: 'correlation exposure',
} as const satisfies Record<LimitField, string>;

/** The global limits, as those of a symbol. */
export function globalLimits(global: RiskSettings): {
  readonly [Field in LimitField]: NonNullable<SymbolLimits[Field]>;
} {
  return {
    maxPositionSize: global.maxPositionSize,
    maxOrderExposure: global.maxOrderNotional,
    maxDailyLoss: global.maxDailyLoss,
    maxCorrelationExposure: global.maxCorrelatedExposure,
  };
}

/** The defaults of a first symbol_limits.json: the global limits, as far as the file must name them. */
export function firstDefaults(global: RiskSettings): SymbolLimits {
  return { ...globalLimits(global), maxCorrelationExposure: null };
}

/** The limits `before` with what `change` sets; null where it takes them all away. */
export function changedLimits(before: SymbolLimits | null, change: LimitChange | null): SymbolLimits | null {
  if (change === null) return null;
  const { maxPositionSize, maxOrderExposure, maxDailyLoss, maxCorrelationExposure } = before ?? NO_LIMITS;
  return {
    maxPositionSize: change.maxPositionSize ?? maxPositionSize,
    maxOrderExposure: change.maxOrderExposure ?? maxOrderExposure,
    maxDailyLoss: change.maxDailyLoss ?? maxDailyLoss,
    maxCorrelationExposure: change.maxCorrelationExposure ?? maxCorrelationExposure,
  };
}

/** True when both say the same. */
export function isSameLimits(a: SymbolLimits | null, b: SymbolLimits | null): boolean {
  return a === null || b === null ? a === b : FIELDS.every((field) => a[field] === b[field]);
}

/** The stricter of both, field by field. */
export function stricterLimits(a: SymbolLimits, b: SymbolLimits): SymbolLimits {
  const least = <T extends Quantity | Money>(x: T | null, y: T | null): T | null =>
    x === null || y === null ? (x ?? y) : minOf(x, y);
  return {
    maxPositionSize: least(a.maxPositionSize, b.maxPositionSize),
    maxOrderExposure: least(a.maxOrderExposure, b.maxOrderExposure),
    maxDailyLoss: least(a.maxDailyLoss, b.maxDailyLoss),
    maxCorrelationExposure: least(a.maxCorrelationExposure, b.maxCorrelationExposure),
  };
}

/** The limits that are looser than the global ones, in words: `position 20,000 (global 10,000)`. */
export function looserThanGlobal(limits: SymbolLimits, global: RiskSettings): readonly string[] {
  const ofAll = globalLimits(global);
  return FIELDS.flatMap((field) => {
    const value = limits[field];
    if (value === null || compare<Quantity | Money>(value, ofAll[field]) <= 0) return [];
    return [`${LABELS[field]} ${formatLimit(value)} (global ${formatLimit(ofAll[field])})`];
  });
}

/** Why `change` can not be made, in words; null where it can. */
export function whyNotSet(symbol: string, change: LimitChange | null, global: RiskSettings): string | null {
  if (change === null) return null;
  const named = FIELDS.flatMap((field) => (change[field] === null ? [] : [{ field, value: change[field] }]));
  if (named.length === 0) return `Nothing to set for ${symbol}: name a limit.`;
  const long = named.find(({ value }) => !isFigure(value));
  if (long !== undefined) {
    return `${symbol}: ${LABELS[long.field]} ${long.value} has more digits than symbol_limits.json keeps: at most ${FIGURE_DIGITS_MAX}.`;
  }
  const looser = looserThanGlobal(change, global);
  if (looser.length === 0) return null;
  return `${symbol}: looser than the global limit: ${looser.join(', ')}. A symbol's limit is stricter than the global one, which stands in settings.json.`;
}
