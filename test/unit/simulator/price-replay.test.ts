import { describe, expect, test } from 'vitest';
import { present } from '#domain/assert';
import { tradedInstruments } from '#simulator/instruments';
import { parsePriceFile, type PriceFile } from '#simulator/price-file';
import { PriceModel, TRADING_DAY_SECONDS, type PlayedDay, type PriceSource } from '#simulator/price-model';
import { createPriceSource } from '#simulator/price-replay';
import { createRandom } from '#simulator/random';

const FILE = prices(
  '2016-01-04,AAPL,100,110,95,108,390000',
  '2016-01-05,AAPL,109,112,100,102,780000',
  '2016-01-05,LATE,20,21,19,20.5,1000',
  '2016-01-06,AAPL,101,103,99,100,39000',
);
const LATE = 1;

function prices(...rows: readonly string[]): PriceFile {
  const parsed = parsePriceFile(['date,symbol,open,high,low,close,volume', ...rows].join('\n'));
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

function source(file: PriceFile | undefined = FILE, seed = 3): PriceSource {
  return createPriceSource(tradedInstruments(undefined, file), createRandom(seed), file);
}

function dayOf(prices: PriceSource, index = 0): PlayedDay {
  return present(prices.dayOf(index), 'replayed day');
}

/** A day's open, high, low and close in dollars at its last moment. */
function playDay(prices: PriceSource): { number: number; ohlc: string; volume: number } {
  for (let minute = 0; minute < 389; minute += 1) prices.step(60);
  prices.step(59.99);
  const { number, open, high, low, volume } = dayOf(prices);
  return { number, ohlc: [open, high, low, prices.priceOf(0) * 10_000].map(dollars).join(' '), volume };
}

function dollars(units: number): string {
  return (units / 10_000).toFixed(2);
}

describe('a price file is replayed', () => {
  test('from its last close on', () => {
    const replay = source();
    expect([replay.priceOf(0), replay.priceOf(LATE)]).toEqual([100, 20.5]);
    expect(dayOf(replay)).toMatchObject({ number: 0, open: 1_000_000, close: 1_000_000, volume: 0 });
  });

  test('day after day, with the moves of the file, and then from its first day again', () => {
    const replay = source();
    // The last close, 100, takes the place of the first open, 100: the first round has the file's own prices.
    expect(playDay(replay)).toMatchObject({ number: 0, ohlc: '100.00 110.00 95.00 108.00' });
    replay.step(0.01);
    expect(dayOf(replay)).toMatchObject({ number: 1, open: 1_090_000, close: 1_080_000 });
    expect(playDay(replay)).toMatchObject({ number: 1, ohlc: '109.00 112.00 100.00 102.00' });
    replay.step(0.01);
    playDay(replay);
    replay.step(0.01);
    expect(dayOf(replay)).toMatchObject({ number: 3, open: 1_000_000, close: 1_000_000 });
    expect(playDay(replay).ohlc).toBe('100.00 110.00 95.00 108.00');
  });

  test('meets high and low also in strides that pass over them', () => {
    const replay = source();
    replay.step(TRADING_DAY_SECONDS * 0.999);
    expect(dayOf(replay)).toMatchObject({ open: 1_000_000, high: 1_100_000, low: 950_000 });
    replay.step(TRADING_DAY_SECONDS * 3);
    expect(dayOf(replay)).toMatchObject({ number: 3, high: 1_100_000, low: 950_000 });
  });

  test('the volume of the day grows with the day', () => {
    const replay = source();
    replay.step(TRADING_DAY_SECONDS / 2);
    expect(dayOf(replay).volume).toBe(195_000);
  });

  test('a stock stands still on a day without a row', () => {
    const replay = source();
    replay.step(TRADING_DAY_SECONDS / 2);
    expect([replay.priceOf(LATE), dayOf(replay, LATE).volume]).toEqual([20.5, 0]);
    replay.step(TRADING_DAY_SECONDS);
    expect(dayOf(replay, LATE)).toMatchObject({ number: 1, open: 205_000 });
    expect(dayOf(replay, LATE).volume).toBe(500);
  });

  test('the same seed goes the same way, another one another between the same prices', () => {
    const way = (seed: number): number[] => {
      const replay = source(FILE, seed);
      return Array.from({ length: 100 }, () => {
        replay.step(60);
        return replay.priceOf(0);
      });
    };
    expect(way(3)).toEqual(way(3));
    expect(way(3)).not.toEqual(way(4));
  });

  test('a price that was moved by hand goes on from there', () => {
    const replay = source();
    replay.moveTo(0, 50);
    expect(replay.priceOf(0)).toBe(50);
    playDay(replay);
    expect(replay.priceOf(0)).toBeCloseTo(54, 2);
    expect(dayOf(replay)).toMatchObject({ high: 1_000_000, low: 475_000 });
  });

  test('a stock that rises in each round does not leave for the stars', () => {
    const replay = source(prices('2016-01-04,AAPL,10,20,10,20,1'));
    const closes = Array.from({ length: 20 }, () => {
      replay.step(TRADING_DAY_SECONDS);
      return replay.priceOf(0);
    });
    expect(Math.max(...closes)).toBeLessThanOrEqual(20 * 8 * 2);
    expect(closes).toContain(20);
    const falling = source(prices('2016-01-04,AAPL,20,20,10,10,1'));
    for (let day = 0; day < 20; day += 1) {
      falling.step(TRADING_DAY_SECONDS);
      expect(falling.priceOf(0)).toBeGreaterThanOrEqual(10 / 16);
    }
  });

  test('what the file does not have follows the model', () => {
    const replay = source();
    const future = tradedInstruments(undefined, FILE).findIndex(({ secType }) => secType === 'FUT');
    const before = replay.priceOf(future);
    replay.step(60);
    expect(replay.priceOf(future)).not.toBe(before);
    expect(replay.dayOf(future)).toBeUndefined();
    replay.moveTo(future, 5_000);
    expect(replay.priceOf(future)).toBe(5_000);
  });

  test('without a file the whole market follows the model', () => {
    const market = createPriceSource(tradedInstruments(3), createRandom(1), undefined);
    expect(market).toBeInstanceOf(PriceModel);
    expect(market.dayOf(0)).toBeUndefined();
  });
});
