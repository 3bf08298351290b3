import { correlationsOf, type PriceHistory } from '#domain/correlation-math';
import { CorrelationMatrix } from '#domain/correlation-matrix';
import { epochMs, type EpochMs } from '#domain/ids';
import type { CorrelationPort } from '#ports/correlation-port';

/** Computes at once and in this process. Versions are counted by what is in the matrix. */
export const inProcessCorrelations: CorrelationPort = {
  compute: (histories, lookback) => {
    const version = `${histories.map(({ symbol }) => symbol).join('-')}-${lookback}`.slice(0, 64);
    return Promise.resolve({ ...correlationsOf(histories, lookback), version });
  },
};

/** Prices of successive days from the first of 1970 on; null: that day is missing. */
export function aHistory(symbol: string, closes: readonly (number | null)[]): PriceHistory {
  const known = closes.flatMap((close, day) => (close === null ? [] : [{ close, day }]));
  return {
    symbol,
    days: Int32Array.from(known, ({ day }) => day),
    closes: Float64Array.from(known, ({ close }) => close),
  };
}

/** A matrix that says what a test wants: by pairs such as 'AAPL MSFT'; the others are unknown. */
export function aMatrix(
  symbols: readonly string[],
  pairs: Readonly<Record<string, number>>,
  computedAt: EpochMs = epochMs(0),
): CorrelationMatrix {
  const values = symbols.flatMap((a, row) =>
    symbols.slice(row + 1).map((b) => pairs[`${a} ${b}`] ?? pairs[`${b} ${a}`] ?? null),
  );
  const unknownPairs = values.filter((value) => value === null).length;
  const summary = {
    version: `${symbols.join('-')}-${computedAt}`.slice(0, 64),
    symbols: symbols.length,
    lookback: 60,
    asOf: '2026-01-02',
    computedAt,
    unknownPairs,
  };
  return CorrelationMatrix.of({ summary, symbols: [...symbols], values });
}
