import { limitsFileSchema, limitTableOf, type LimitsFile } from '#domain/symbol-limits-file';
import type { EngineHarness } from '#test/builders/engine-harness';

/** symbol_limits.json as the documentation shows it. */
export const A_LIMITS_FILE: LimitsFile = limitsFileSchema.parse({
  symbol_limits: {
    AAPL: { max_position_size: 50, max_order_exposure: 5000.0, max_daily_loss: 200.0 },
    TSLA: {
      max_position_size: 10,
      max_order_exposure: 2000.0,
      max_daily_loss: 100.0,
      max_correlation_exposure: 10000.0,
    },
  },
  default_limits: { max_position_size: 100, max_order_exposure: 10000.0, max_daily_loss: 1000.0 },
});

/** The engine reads the file as it is now. */
export function readsLimits(engine: EngineHarness, file: LimitsFile = A_LIMITS_FILE): void {
  engine.input({ kind: 'limits', limits: limitTableOf(file), why: '' });
}
