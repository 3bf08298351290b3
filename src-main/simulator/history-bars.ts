import { assert } from '#domain/assert';
import { noiseKey, uniformAt } from '#simulator/noise';
import { PricePath } from '#simulator/price-path';
import { tickAt } from '#simulator/tick-rules';

/** What was traded in a stretch of time: prices in units of 0.0001. */
export interface Figures {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** How many trades. */
  readonly count: number;
  /** Average price by volume. */
  readonly wap: number;
}

/** Figures from `at` on, ms since 1970. */
export interface TimedFigures extends Figures {
  readonly at: number;
}

/** One bar of an answer. */
export interface Bar extends TimedFigures {
  /** The trading date, in days since 1970. */
  readonly day: number;
}

/** A wick is at most this part of the range of the whole. */
const WICK_OF_RANGE = 0.02;

/**
 * Cuts `whole` into `slices` figures that make up exactly `whole` again. The same key gives the same slices.
 * @param ruleId the market rule whose ticks the prices between keep to.
 */
export function subdivide(whole: Figures, slices: number, key: number, ruleId: number): readonly Figures[] {
  const path = new PricePath(whole, slices, key);
  const wicks = noiseKey('wick', key);
  const { open, high, low, close } = whole;
  const steadyTick = tickAt(ruleId, low) === tickAt(ruleId, high) ? tickAt(ruleId, low) : undefined;
  const settled = (price: number): number => {
    // A file's own prices may lie between two ticks.
    if (price === open || price === high || price === low || price === close) return price;
    const tick = steadyTick ?? tickAt(ruleId, price);
    return Math.min(high, Math.max(low, Math.round(price / tick) * tick));
  };
  const wick = (place: number): number => (high - low) * WICK_OF_RANGE * uniformAt(wicks, place);
  let [last, to] = [open, 0];
  return Array.from({ length: slices }, (_, slice) => {
    const [first, from] = [last, to];
    last = settled(path.at(slice + 1));
    to = shareBy((slice + 1) / slices);
    const top = settled(Math.max(first, last) + wick(2 * slice));
    const bottom = settled(Math.min(first, last) - wick(2 * slice + 1));
    return {
      ...{ open: first, high: Math.max(top, first, last), low: Math.min(bottom, first, last), close: last },
      volume: Math.floor(whole.volume * to) - Math.floor(whole.volume * from),
      count: Math.floor(whole.count * to) - Math.floor(whole.count * from),
      wap: Math.round((first + top + bottom + last) / 4),
    };
  });
}

/** One bar made of `parts` that follow each other. */
export function aggregate(parts: readonly Figures[]): Figures {
  const [first, last] = [parts[0], parts.at(-1)];
  assert(first !== undefined && last !== undefined, 'a bar is made of something');
  let { high, low } = first;
  let [volume, count, value] = [0, 0, 0];
  for (const part of parts) {
    high = Math.max(high, part.high);
    low = Math.min(low, part.low);
    volume += part.volume;
    count += part.count;
    value += part.volume * part.wap;
  }
  const wap = volume === 0 ? last.close : Math.round(value / volume);
  return { open: first.open, high, low, close: last.close, volume, count, wap };
}

/** What `figures` look like after `from` shares have become `to`. */
export function afterSplit<T extends Figures>(figures: T, from: number, to: number): T {
  const priced = (price: number): number => Math.max(1, Math.round((price * from) / to));
  return {
    ...figures,
    ...{ open: priced(figures.open), high: priced(figures.high), low: priced(figures.low) },
    ...{ close: priced(figures.close), wap: priced(figures.wap) },
    volume: Math.round((figures.volume * to) / from),
  };
}

/** How much of a day's volume has traded when `share` of the day is over: most at the opening and at the close. */
function shareBy(share: number): number {
  return (share + ((2 * share - 1) ** 3 + 1) / 2) / 2;
}
