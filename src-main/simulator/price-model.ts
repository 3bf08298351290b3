import { present } from '#domain/assert';
import { UNITS_PER_ONE } from '#simulator/fixed';
import type { SimulatedInstrument } from '#simulator/instruments';
import type { Random } from '#simulator/random';

/** Deviations of yearly log returns: the common factors first, then what is the stock's own. */
const MARKET_DEVIATION = 0.16;
const SECTOR_DEVIATION = 0.2;
const OWN_DEVIATION = 0.16;
/** Seconds of trading in a year: 252 days of 6.5 hours. */
const TRADING_SECONDS_PER_YEAR = 252 * 6.5 * 3600;
/** A stock stays within this factor of its reference, however long the demo runs. */
const RANGE_FACTOR = 8;

/**
 * A factor model: return = market + sector + own. Two stocks of one sector correlate at about 0.7, of different
 * sectors at about 0.3.
 */
export class PriceModel {
  readonly #instruments: readonly SimulatedInstrument[];
  readonly #random: Random;
  readonly #sectorOf: readonly number[];
  readonly #sectors: number;
  /** Prices in dollars: model values, rounded to ticks before anybody sees them. */
  readonly #prices: Float64Array;

  constructor(instruments: readonly SimulatedInstrument[], random: Random) {
    this.#instruments = instruments;
    this.#random = random;
    const names = [...new Set(instruments.map(({ sector }) => sector))];
    this.#sectors = names.length;
    this.#sectorOf = instruments.map(({ sector }) => names.indexOf(sector));
    this.#prices = Float64Array.from(instruments, ({ referencePrice }) => referencePrice / UNITS_PER_ONE);
  }

  /** Moves every price by `seconds` of trading. */
  step(seconds: number): void {
    const scale = Math.sqrt(seconds / TRADING_SECONDS_PER_YEAR);
    const market = this.#random.normal() * MARKET_DEVIATION;
    const sectors = Array.from({ length: this.#sectors }, () => this.#random.normal() * SECTOR_DEVIATION);
    for (const { index, referencePrice } of this.#instruments) {
      const sector = present(sectors[present(this.#sectorOf[index], 'sector of stock')], 'sector factor');
      const own = this.#random.normal() * OWN_DEVIATION;
      const reference = referencePrice / UNITS_PER_ONE;
      const moved = this.priceOf(index) * (1 + (market + sector + own) * scale);
      this.#prices[index] = Math.min(reference * RANGE_FACTOR, Math.max(reference / RANGE_FACTOR, moved));
    }
  }

  /** The model's price of stock `index` in dollars. */
  priceOf(index: number): number {
    return present(this.#prices[index], 'model price');
  }

  /** Lets the walk of stock `index` go on from `price` dollars. */
  moveTo(index: number, price: number): void {
    this.#prices[index] = price;
  }
}
