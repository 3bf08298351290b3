import { assert, present } from '#domain/assert';
import type { CorrelationData, CorrelationSummary } from '#domain/correlation';
import { pairIndex } from '#domain/correlation-math';

/** A symbol and its correlation with the one that was asked about. */
export interface Correlated {
  readonly symbol: string;
  readonly correlation: number;
}

const NOBODY: readonly Correlated[] = [];

/** Correlations of all pairs of some symbols, as they were computed; never changed, only replaced by a newer one. */
export class CorrelationMatrix {
  readonly summary: CorrelationSummary;
  readonly symbols: readonly string[];
  /** The upper triangle, see CorrelationData; NaN is unknown. */
  readonly values: Float64Array;
  readonly #rowOf: ReadonlyMap<string, number>;
  /** Each symbol's neighbours from a threshold on, for the threshold last asked for. */
  #neighbours: { readonly threshold: number; readonly bySymbol: ReadonlyMap<string, readonly Correlated[]> } | null =
    null;

  constructor(summary: CorrelationSummary, symbols: readonly string[], values: Float64Array) {
    const pairs = (symbols.length * (symbols.length - 1)) / 2;
    assert(values.length === pairs, `${pairs} correlations of ${symbols.length} symbols`);
    this.summary = summary;
    this.symbols = symbols;
    this.values = values;
    this.#rowOf = new Map(symbols.map((symbol, row) => [symbol, row]));
  }

  static of({ summary, symbols, values }: CorrelationData): CorrelationMatrix {
    return new CorrelationMatrix(
      summary,
      symbols,
      Float64Array.from(values, (value) => value ?? Number.NaN),
    );
  }

  has(symbol: string): boolean {
    return this.#rowOf.has(symbol);
  }

  /** From −1 to 1; null: unknown, or one of them is not in it. A symbol in it is correlated to itself by 1. */
  get(a: string, b: string): number | null {
    const i = this.#rowOf.get(a);
    const j = this.#rowOf.get(b);
    if (i === undefined || j === undefined) return null;
    if (i === j) return 1;
    const value = this.values[pairIndex(this.symbols.length, Math.min(i, j), Math.max(i, j))];
    return Number.isNaN(value) ? null : present(value, 'the correlation of a pair');
  }

  /** The others whose correlation with `symbol` is at least `threshold`, or at most −`threshold`; strongest first. */
  correlated(symbol: string, threshold: number): readonly Correlated[] {
    if (this.#neighbours?.threshold !== threshold) {
      this.#neighbours = { threshold, bySymbol: this.#neighboursFrom(threshold) };
    }
    return this.#neighbours.bySymbol.get(symbol) ?? NOBODY;
  }

  toData(): CorrelationData {
    const values = Array.from(this.values, (value) => (Number.isNaN(value) ? null : value));
    return { summary: this.summary, symbols: [...this.symbols], values };
  }

  #neighboursFrom(threshold: number): ReadonlyMap<string, readonly Correlated[]> {
    const bySymbol = new Map<string, Correlated[]>();
    const add = (symbol: string, neighbour: Correlated): void => {
      const known = bySymbol.get(symbol);
      if (known === undefined) bySymbol.set(symbol, [neighbour]);
      else known.push(neighbour);
    };
    let pair = 0;
    for (const [row, a] of this.symbols.entries()) {
      for (const b of this.symbols.slice(row + 1)) {
        const correlation = present(this.values[pair], 'the correlation of a pair');
        pair += 1;
        if (!(Math.abs(correlation) >= threshold)) continue;
        add(a, { symbol: b, correlation });
        add(b, { symbol: a, correlation });
      }
    }
    for (const neighbours of bySymbol.values()) {
      neighbours.sort((a, b) => Math.abs(b.correlation) - Math.abs(a.correlation));
    }
    return bySymbol;
  }
}
