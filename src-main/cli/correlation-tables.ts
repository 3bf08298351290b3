import type { CorrelationPicture } from '#domain/correlation';
import { CorrelationMatrix } from '#domain/correlation-matrix';
import { formatAge, formatDateTime, NOT_KNOWN } from '#domain/format';
import type { CliIo } from './cli-io';
import { facts, plain, table, type Column } from './format';

const COLUMNS: readonly Column[] = [
  { title: 'Symbol', align: 'left' },
  { title: 'With', align: 'left' },
  { title: 'Correlation', align: 'right' },
];
const DECIMALS = 3;

/** Two symbols and how they are correlated. */
export interface CorrelatedPair {
  readonly symbol: string;
  readonly other: string;
  readonly correlation: number;
}

/** The pairs that are correlated by `threshold` or more either way, strongest first; of `symbol` where one is given. */
export function pairsOf(picture: CorrelationPicture, threshold: number, symbol?: string): readonly CorrelatedPair[] {
  const matrix = CorrelationMatrix.of(picture);
  const pairsFrom = (from: string): CorrelatedPair[] =>
    matrix.correlated(from, threshold).map((to) => ({ symbol: from, other: to.symbol, correlation: to.correlation }));
  if (symbol !== undefined) return pairsFrom(symbol);
  return matrix.symbols
    .flatMap((from) => pairsFrom(from).filter(({ other }) => from < other))
    .sort((a, b) => Math.abs(b.correlation) - Math.abs(a.correlation));
}

/** Pairs as lines of a table. */
export function pairTable(io: CliIo, pairs: readonly CorrelatedPair[]): string {
  const rowOf = ({ symbol, other, correlation }: CorrelatedPair) => [
    plain(symbol),
    plain(other),
    { text: correlation.toFixed(DECIMALS), style: correlation < 0 ? 'sell' : 'plain' } as const,
  ];
  return table(COLUMNS, pairs.map(rowOf), io.colour);
}

/** Over what a matrix was computed, and how old it is. */
export function matrixFacts(io: CliIo, { summary, state, ageMs }: CorrelationPicture): string {
  const age = `${formatDateTime(summary.computedAt, io.timeZone)}, ${formatAge(ageMs)} ago`;
  const words = { fresh: '', stale: '; stale', missing: '; too old to be used' };
  const pairs = (summary.symbols * (summary.symbols - 1)) / 2;
  return facts(
    [
      ['Symbols', String(summary.symbols)],
      ['Lookback', `${summary.lookback} daily returns, to ${summary.asOf ?? NOT_KNOWN}`],
      ['Computed', `${age}${words[state]}`],
      ['Unknown', `${summary.unknownPairs} of ${pairs} pairs`],
    ],
    io.colour,
  );
}
