import * as z from 'zod';
import { present } from '#domain/assert';
import { conIdSchema } from '#domain/ids';
import { symbolSchema } from '#domain/instrument';
import { decimalTextOf, enteredMoneySchema, money, quantity, toNumber, type Money, type Quantity } from '#domain/money';
import type { LimitTable, SymbolLimits } from '#domain/symbol-limits';

/** Symbols that may have limits of their own. */
export const LIMITED_SYMBOLS_MAX = 2_000;
/** A decimal number of so many digits comes out of a double as it went in: nothing is lost in the file. */
export const FIGURE_DIGITS_MAX = 15;

/** True for what the file can hold without losing a digit. @param text a canonical amount. */
export function isFigure(text: string): boolean {
  const digits = text.replace('.', '').replace(/^0+/, '');
  return enteredMoneySchema.safeParse(text).success && digits.length <= FIGURE_DIGITS_MAX;
}

const figure = z
  .number()
  .refine(
    (value) => isFigure(decimalTextOf(value) ?? ''),
    `expected a number such as 50 or 5000.25: zero or more, at most 12 digits before the point and ${FIGURE_DIGITS_MAX} in all`,
  );

const ownLimitsSchema = z.strictObject({
  max_position_size: figure.optional(),
  max_order_exposure: figure.optional(),
  max_daily_loss: figure.optional(),
  max_correlation_exposure: figure.optional(),
});
type OwnLimits = z.infer<typeof ownLimitsSchema>;

/**
 * symbol_limits.json, as people write it: numbers, an amount of money in the account's currency. What a symbol does not say,
 * the defaults say; what these do not say, settings.json says.
 */
export const limitsFileSchema = z.strictObject({
  symbol_limits: z.record(z.string(), ownLimitsSchema).superRefine((limits, context) => {
    const keys = Object.keys(limits);
    if (keys.length > LIMITED_SYMBOLS_MAX) {
      context.addIssue({ code: 'custom', message: `expected at most ${LIMITED_SYMBOLS_MAX} symbols` });
    }
    const keyOf = new Map<string, string>();
    for (const key of keys) {
      const symbol = symbolSchema.safeParse(key);
      if (!symbol.success) {
        context.addIssue({
          code: 'custom',
          path: [key],
          message: 'expected a symbol such as AAPL or BRK B as its key',
        });
        continue;
      }
      const other = keyOf.get(symbol.data);
      if (other !== undefined) {
        const message = `expected each symbol once, "${other}" and "${key}" both mean ${symbol.data}`;
        context.addIssue({ code: 'custom', path: [key], message });
      }
      keyOf.set(symbol.data, key);
    }
  }),
  default_limits: z.strictObject({
    max_position_size: figure,
    max_order_exposure: figure,
    max_daily_loss: figure,
    max_correlation_exposure: figure.optional(),
  }),
});
export type LimitsFile = z.infer<typeof limitsFileSchema>;

/** Stands for a file that is not there: the global limits are all there is. */
export const NO_LIMITS_FILE: LimitsFile = {
  symbol_limits: {},
  default_limits: { max_position_size: 0, max_order_exposure: 0, max_daily_loss: 0 },
};

/** What the file says. */
export function limitTableOf(file: LimitsFile): LimitTable {
  const { symbol_limits, default_limits } = file;
  if (file === NO_LIMITS_FILE) return { symbols: new Map(), defaults: null };
  const own = Object.entries(symbol_limits).map(
    ([key, limits]) => [symbolSchema.parse(key), limitsOf(limits)] as const,
  );
  return { symbols: new Map(own), defaults: limitsOf(default_limits) };
}

/** The file that says so. @param defaults name all that the file must name. */
export function limitsFileOf(symbols: LimitTable['symbols'], defaults: SymbolLimits): LimitsFile {
  const { maxPositionSize, maxOrderExposure, maxDailyLoss } = defaults;
  return {
    symbol_limits: Object.fromEntries([...symbols].map(([symbol, limits]) => [symbol, ownLimitsOf(limits)])),
    default_limits: {
      ...ownLimitsOf(defaults),
      max_position_size: numberOf(present(maxPositionSize, 'a default position')),
      max_order_exposure: numberOf(present(maxOrderExposure, 'a default order exposure')),
      max_daily_loss: numberOf(present(maxDailyLoss, 'a default daily loss')),
    },
  };
}

function limitsOf(limits: OwnLimits): SymbolLimits {
  const { max_position_size, max_order_exposure, max_daily_loss, max_correlation_exposure } = limits;
  return {
    maxPositionSize: max_position_size === undefined ? null : quantity(textOf(max_position_size)),
    maxOrderExposure: amountOf(max_order_exposure),
    maxDailyLoss: amountOf(max_daily_loss),
    maxCorrelationExposure: amountOf(max_correlation_exposure),
  };
}

const textOf = (value: number): string => present(decimalTextOf(value), 'the text of a figure');
const amountOf = (value: number | undefined): Money | null => (value === undefined ? null : money(textOf(value)));
/** The global limits may have more digits than the file keeps; these would not be read again. */
const numberOf = (amount: Quantity | Money): number => Number(toNumber(amount).toPrecision(FIGURE_DIGITS_MAX));

function ownLimitsOf(limits: SymbolLimits): OwnLimits {
  const { maxPositionSize, maxOrderExposure, maxDailyLoss, maxCorrelationExposure } = limits;
  return {
    ...(maxPositionSize === null ? {} : { max_position_size: numberOf(maxPositionSize) }),
    ...(maxOrderExposure === null ? {} : { max_order_exposure: numberOf(maxOrderExposure) }),
    ...(maxDailyLoss === null ? {} : { max_daily_loss: numberOf(maxDailyLoss) }),
    ...(maxCorrelationExposure === null ? {} : { max_correlation_exposure: numberOf(maxCorrelationExposure) }),
  };
}

/** symbol_ids.json: the contract that each limited symbol meant when it was last defined, by which a rename is noticed. */
export const symbolIdsSchema = z.record(symbolSchema, conIdSchema);
export type SymbolIds = z.infer<typeof symbolIdsSchema>;

/** sectors.json, as people write it: the sector of each symbol, before the industry that IBKR tells. */
export const sectorsFileSchema = z.record(symbolSchema, z.string().trim().min(1).max(80));
export type SectorsFile = z.infer<typeof sectorsFileSchema>;
