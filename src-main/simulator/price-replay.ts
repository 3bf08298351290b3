import { present } from '#domain/assert';
import { UNITS_PER_ONE } from '#simulator/fixed';
import type { SimulatedInstrument } from '#simulator/instruments';
import { noiseKey } from '#simulator/noise';
import type { DailyPrices, PriceFile } from '#simulator/price-file';
import {
  PriceModel,
  RANGE_FACTOR,
  TRADING_DAY_SECONDS,
  type PlayedDay,
  type PriceSource,
} from '#simulator/price-model';
import { PricePath } from '#simulator/price-path';
import type { Random } from '#simulator/random';

/** Minutes of a trading day. */
const SLICES = 390;

/** Where the prices of a market come from: made up, or replayed for the stocks of a price file. */
export function createPriceSource(
  instruments: readonly SimulatedInstrument[],
  random: Random,
  prices: PriceFile | undefined,
): PriceSource {
  return prices === undefined ? new PriceModel(instruments, random) : new ReplayedPrices(instruments, random, prices);
}

/** One stock on its way through the file. */
interface Track {
  readonly rows: readonly (DailyPrices | undefined)[];
  reference: number;
  /** The last close that was passed, in the file's own prices: what the next day's moves are relative to. */
  passed: number | undefined;
  /** Dollars now for one unit of the file. */
  scale: number;
  path: PricePath | undefined;
  price: number;
  volumeOfDay: number;
  open: number;
  high: number;
  low: number;
  close: number;
}

/**
 * Replays the days of a price file one after the other, endlessly, as moves relative to the close before: each day takes 6.5
 * hours of trading and meets its open, high, low and close. The market begins at the last close of the file. A stock without a row
 * stands still for the day. What is not in the file follows the factor model.
 */
export class ReplayedPrices implements PriceSource {
  readonly #model: PriceModel;
  readonly #tracks: readonly Track[];
  readonly #days: number;
  readonly #seed: number;
  #day = 0;
  /** Slices of the day that have passed. */
  #place = 0;

  constructor(instruments: readonly SimulatedInstrument[], random: Random, prices: PriceFile) {
    this.#seed = random.uniform();
    this.#days = prices.dates.length;
    const replayed = instruments.slice(0, prices.symbols.length);
    this.#model = new PriceModel(instruments.slice(prices.symbols.length), random);
    this.#tracks = replayed.map(({ symbol, referencePrice }): Track => {
      const price = referencePrice / UNITS_PER_ONE;
      return {
        ...{ rows: present(prices.rows.get(symbol), `rows of ${symbol}`), reference: price, passed: undefined },
        ...{ scale: 1 / UNITS_PER_ONE, path: undefined, price, volumeOfDay: 0 },
        ...{ open: price, high: price, low: price, close: price },
      };
    });
    this.#begin();
  }

  step(seconds: number): void {
    this.#model.step(seconds);
    let left = (seconds / TRADING_DAY_SECONDS) * SLICES;
    while (left >= SLICES - this.#place) {
      left -= SLICES - this.#place;
      this.#advance(SLICES);
      this.#day += 1;
      this.#place = 0;
      this.#begin();
    }
    this.#advance(this.#place + left);
  }

  priceOf(index: number): number {
    return this.#tracks[index]?.price ?? this.#model.priceOf(index);
  }

  moveTo(index: number, price: number): void {
    const track = this.#tracks[index];
    if (track === undefined) {
      this.#model.moveTo(index, price);
      return;
    }
    track.scale *= price / track.price;
    track.price = price;
    track.high = Math.max(track.high, price);
    track.low = Math.min(track.low, price);
  }

  split(index: number, factor: number): void {
    const track = this.#tracks[index];
    if (track === undefined) {
      this.#model.split(index, factor);
      return;
    }
    for (const key of ['price', 'reference', 'scale', 'open', 'high', 'low', 'close'] as const) track[key] *= factor;
  }

  dayOf(index: number): PlayedDay | undefined {
    const track = this.#tracks[index];
    if (track === undefined) return undefined;
    const { open, high, low, close } = track;
    return {
      number: this.#day,
      ...{ open: units(open), high: units(high), low: units(low), close: units(close) },
      volume: Math.floor((track.volumeOfDay * this.#place) / SLICES),
    };
  }

  /** The first moment of a day: the gap from the close before to the open. */
  #begin(): void {
    for (const [index, track] of this.#tracks.entries()) {
      const row = track.rows[this.#day % this.#days];
      if (this.#day % this.#days === 0) track.passed = undefined;
      track.close = track.price;
      const runaway = track.price > track.reference * RANGE_FACTOR || track.price < track.reference / RANGE_FACTOR;
      if (runaway) track.price = track.reference;
      track.path = row === undefined ? undefined : new PricePath(row, SLICES, noiseKey(this.#seed, index, this.#day));
      track.volumeOfDay = row?.volume ?? 0;
      if (row !== undefined) {
        track.scale = track.price / (track.passed ?? row.open);
        track.price = row.open * track.scale;
        track.passed = row.close;
      }
      track.open = track.price;
      track.high = track.price;
      track.low = track.price;
    }
  }

  #advance(place: number): void {
    const before = this.#place;
    this.#place = place;
    for (const track of this.#tracks) {
      const { path, scale } = track;
      if (path === undefined) continue;
      const passes = (turn: number): boolean => turn > before && turn <= place;
      track.price = path.at(place) * scale;
      // A turning point between two steps was met all the same.
      const high = passes(path.highAt) ? path.at(path.highAt) * scale : track.price;
      const low = passes(path.lowAt) ? path.at(path.lowAt) * scale : track.price;
      track.high = Math.max(track.high, track.price, high);
      track.low = Math.min(track.low, track.price, low);
    }
  }
}

function units(dollars: number): number {
  return Math.round(dollars * UNITS_PER_ONE);
}
