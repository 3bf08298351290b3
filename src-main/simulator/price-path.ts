import { assert } from '#domain/assert';
import { noiseKey, uniformAt } from '#simulator/noise';

/** Where a stretch of trading begins, ends and turns. */
export interface Turns {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** Slices a path needs at least, so that there is room for its two turning points. */
export const SLICES_MIN = 4;
/** How far the price strays from the straight line between two turning points, in parts of the range. */
const COARSE_NOISE = 0.2;
const FINE_NOISE = 0.06;
const SLICES_PER_COARSE_NODE = 16;

/** A way of the price from open to close that touches the high once and the low once and never leaves them. */
export class PricePath {
  readonly #turns: Turns;
  readonly #slices: number;
  readonly #fineKey: number;
  readonly #coarseKey: number;
  readonly #nodes: readonly { readonly at: number; readonly price: number }[];
  readonly highAt: number;
  readonly lowAt: number;

  /** @param slices how many parts the way has: the turning points lie between two of them. */
  constructor(turns: Turns, slices: number, key: number) {
    assert(slices >= SLICES_MIN, 'a path has room for its turning points');
    assert(
      turns.low <= Math.min(turns.open, turns.close) && turns.high >= Math.max(turns.open, turns.close),
      'open and close lie between low and high',
    );
    this.#turns = turns;
    this.#slices = slices;
    this.#fineKey = key;
    this.#coarseKey = noiseKey('coarse', key);
    const half = Math.floor(slices / 2);
    const first = 1 + Math.floor(uniformAt(key, -1) * (half - 1));
    const second = half + Math.floor(uniformAt(key, -2) * (slices - half));
    // A day that ends above its open has usually seen its low first.
    const rising = turns.close >= turns.open;
    [this.lowAt, this.highAt] = rising ? [first, second] : [second, first];
    this.#nodes = [
      { at: 0, price: turns.open },
      { at: first, price: rising ? turns.low : turns.high },
      { at: second, price: rising ? turns.high : turns.low },
      { at: slices, price: turns.close },
    ];
  }

  /** The price after `place` slices, from 0 to all of them. Open, high, low and close are met exactly. */
  at(place: number): number {
    const after = this.#nodes.findIndex((node) => node.at >= place);
    const [to, from] = [this.#nodes[after], this.#nodes[after - 1]];
    assert(to !== undefined && place >= 0 && place <= this.#slices, 'a place on the path');
    if (from === undefined || to.at === place) return to.price;
    const share = (place - from.at) / (to.at - from.at);
    const straight = from.price + (to.price - from.price) * share;
    const { high, low } = this.#turns;
    const stray =
      COARSE_NOISE * this.#noise(this.#coarseKey, place / SLICES_PER_COARSE_NODE) +
      FINE_NOISE * this.#noise(this.#fineKey, place);
    return Math.min(high, Math.max(low, straight + (high - low) * stray * 4 * share * (1 - share)));
  }

  /** Between −1 and 1, without jumps. */
  #noise(key: number, place: number): number {
    const node = Math.floor(place);
    const [a, b] = [uniformAt(key, node), uniformAt(key, node + 1)];
    return 2 * (a + (b - a) * (place - node)) - 1;
  }
}
