import type { CorrelationData, CorrelationPicture } from '#domain/correlation';

/** Pairs that are listed beside the map. */
export const PAIRS_LISTED_MAX = 200;
/** What symbols of no known sector stand under. */
export const NO_SECTOR = 'Sector not known';

/** A symbol of the map: its place in the matrix, and its sector. */
export interface MapSymbol {
  readonly symbol: string;
  readonly sector: string;
  /** Its row in the matrix. */
  readonly index: number;
}

/** Two symbols, and how their daily returns go together. */
export interface MapPair {
  readonly a: MapSymbol;
  readonly b: MapSymbol;
  readonly value: number;
}

/** The correlation of two rows of the matrix: 1 of a symbol with itself, null where it is not known. */
export function correlationOf({ symbols, values }: Pick<CorrelationData, 'symbols' | 'values'>, i: number, j: number) {
  if (i === j) return 1;
  const [row, column] = i < j ? [i, j] : [j, i];
  const before = row * symbols.length - (row * (row + 1)) / 2;
  return values[before + column - row - 1] ?? null;
}

/** The symbols sector by sector, so that what goes together stands together; what has no sector comes last. */
export function orderedBySector({
  symbols,
  sectors,
}: Pick<CorrelationPicture, 'symbols' | 'sectors'>): readonly MapSymbol[] {
  const rank = (sector: string): string => (sector === NO_SECTOR ? '￿' : sector);
  return symbols
    .map((symbol, index): MapSymbol => {
      const sector = sectors[index] ?? '';
      return { symbol, index, sector: sector === '' ? NO_SECTOR : sector };
    })
    .sort((a, b) => rank(a.sector).localeCompare(rank(b.sector)) || a.symbol.localeCompare(b.symbol));
}

/** Every pair whose |ρ| is at least `threshold`, the strongest first. */
export function pairsFrom(
  picture: Pick<CorrelationPicture, 'symbols' | 'values'>,
  ordered: readonly MapSymbol[],
  threshold: number,
): readonly MapPair[] {
  const pairs: MapPair[] = [];
  ordered.forEach((a, at) => {
    for (const b of ordered.slice(at + 1)) {
      const value = correlationOf(picture, a.index, b.index);
      if (value !== null && Math.abs(value) >= threshold) pairs.push({ a, b, value });
    }
  });
  return pairs.sort((x, y) => Math.abs(y.value) - Math.abs(x.value));
}

/** `.84`, `−.84`, `1.00`: as short as two places can be. */
export function formatCorrelation(value: number): string {
  const text = Math.abs(value).toFixed(2);
  const short = text.startsWith('0') ? text.slice(1) : text;
  return value < 0 && Number(text) !== 0 ? `−${short}` : short;
}
