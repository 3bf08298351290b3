import * as z from 'zod';
import type { LimitSource } from '#domain/limit-source';
import { compare, minOf, moneySchema, quantitySchema, type Money, type Quantity } from '#domain/money';
import type { RiskSettings } from '#domain/settings';

/** The limits of one symbol, or the defaults of all that have none of their own; null where the next level decides. */
export const symbolLimitsSchema = z.strictObject({
  /** Largest position in units, long or short, with every working order filled at its worst. */
  maxPositionSize: quantitySchema.nullable(),
  /** Largest value of one order, in the account's currency. */
  maxOrderExposure: moneySchema.nullable(),
  /** Loss of a day in this symbol from which only reducing is allowed, in the account's currency. */
  maxDailyLoss: moneySchema.nullable(),
  /** Largest exposure of the symbol together with what is correlated to it, in the account's currency. */
  maxCorrelationExposure: moneySchema.nullable(),
});
export type SymbolLimits = Readonly<z.infer<typeof symbolLimitsSchema>>;
export type LimitField = keyof SymbolLimits;

/** Every limit that people have set beside the global ones of settings.json. */
export interface LimitTable {
  readonly symbols: ReadonlyMap<string, SymbolLimits>;
  /** null: the global limits are the defaults. */
  readonly defaults: SymbolLimits | null;
}

/** A limit in force. */
export interface EffectiveLimit<T extends Quantity | Money> {
  readonly value: T;
  readonly source: LimitSource;
  /** A looser value that was found in the file and does not count, for no limit is looser than the global one; else null. */
  readonly clamped: T | null;
}

/** The limits in force for one symbol. */
export interface EffectiveLimits {
  readonly positionSize: EffectiveLimit<Quantity>;
  readonly orderExposure: EffectiveLimit<Money>;
  readonly dailyLoss: EffectiveLimit<Money>;
  readonly correlationExposure: EffectiveLimit<Money>;
}

/**
 * The limits in force for `symbol`, field by field: symbol > default > global, and never looser than the global one
 * (domain.md §5).
 */
export function effectiveLimits(table: LimitTable, global: RiskSettings, symbol: string): EffectiveLimits {
  const own = table.symbols.get(symbol);
  const { defaults } = table;
  const effective = <T extends Quantity | Money>(
    ofSymbol: T | null | undefined,
    ofDefault: T | null | undefined,
    ofAll: T,
  ): EffectiveLimit<T> => {
    const set = ofSymbol ?? ofDefault ?? null;
    if (set === null) return { value: ofAll, source: 'global', clamped: null };
    if (compare(set, ofAll) > 0) return { value: minOf(set, ofAll), source: 'global', clamped: set };
    const isOwn = ofSymbol !== null && ofSymbol !== undefined;
    return { value: set, source: isOwn ? 'symbol' : 'default', clamped: null };
  };
  return {
    positionSize: effective(own?.maxPositionSize, defaults?.maxPositionSize, global.maxPositionSize),
    orderExposure: effective(own?.maxOrderExposure, defaults?.maxOrderExposure, global.maxOrderNotional),
    dailyLoss: effective(own?.maxDailyLoss, defaults?.maxDailyLoss, global.maxDailyLoss),
    correlationExposure: effective(
      own?.maxCorrelationExposure,
      defaults?.maxCorrelationExposure,
      global.maxCorrelatedExposure,
    ),
  };
}
