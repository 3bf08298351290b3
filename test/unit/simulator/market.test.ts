import { describe, expect, test } from 'vitest';
import { present } from '#domain/assert';
import { Exchange } from '#simulator/exchange';
import { ALL_INSTRUMENTS, instrumentsOf } from '#simulator/instruments';
import { parsePriceFile } from '#simulator/price-file';
import { PriceModel } from '#simulator/price-model';
import { QuoteBoard } from '#simulator/quote-board';
import { createRandom } from '#simulator/random';
import { isOnTick } from '#simulator/tick-rules';

const APPLE = present(
  ALL_INSTRUMENTS.find(({ symbol }) => symbol === 'AAPL'),
  'AAPL',
);

describe('the universe', () => {
  test('has at least 120 stocks in at least 9 sectors, each number and symbol once', () => {
    expect(ALL_INSTRUMENTS.length).toBeGreaterThanOrEqual(120);
    expect(new Set(ALL_INSTRUMENTS.map(({ sector }) => sector)).size).toBeGreaterThanOrEqual(9);
    expect(new Set(ALL_INSTRUMENTS.map(({ conId }) => conId)).size).toBe(ALL_INSTRUMENTS.length);
    expect(new Set(ALL_INSTRUMENTS.map(({ symbol }) => symbol)).size).toBe(ALL_INSTRUMENTS.length);
  });

  test('knows Apple by its real number', () => {
    expect(APPLE).toMatchObject({ conId: 265598, name: 'APPLE INC', primaryExchange: 'NASDAQ', tradingClass: 'NMS' });
  });

  test('spans all sectors even when it is small', () => {
    expect(new Set(instrumentsOf(11).map(({ sector }) => sector)).size).toBe(11);
    expect(() => instrumentsOf(0)).toThrow('symbols');
    expect(() => instrumentsOf(ALL_INSTRUMENTS.length + 1)).toThrow('symbols');
  });

  test('every first price is on its tick', () => {
    expect(
      ALL_INSTRUMENTS.filter(({ marketRuleId, referencePrice }) => !isOnTick(marketRuleId, referencePrice)),
    ).toEqual([]);
  });
});

describe('prices', () => {
  test('move together: more within a sector than across, and never independently', () => {
    const model = new PriceModel(ALL_INSTRUMENTS, createRandom(5));
    const returns = ALL_INSTRUMENTS.map((): number[] => []);
    for (let day = 0; day < 400; day += 1) {
      const before = ALL_INSTRUMENTS.map(({ index }) => model.priceOf(index));
      model.step(6.5 * 3600);
      for (const { index } of ALL_INSTRUMENTS) {
        present(returns[index], 'returns').push(model.priceOf(index) / present(before[index], 'price') - 1);
      }
    }
    const [within, across]: [number[], number[]] = [[], []];
    for (const a of ALL_INSTRUMENTS.slice(0, 60)) {
      for (const b of ALL_INSTRUMENTS.slice(0, a.index)) {
        const value = correlation(present(returns[a.index], 'a'), present(returns[b.index], 'b'));
        (a.sector === b.sector ? within : across).push(value);
      }
    }
    expect(mean(within)).toBeGreaterThan(0.6);
    expect(mean(within)).toBeLessThan(0.85);
    expect(mean(across)).toBeGreaterThan(0.15);
    expect(mean(across)).toBeLessThan(0.45);
    expect(Math.min(...within)).toBeGreaterThan(Math.max(...across) - 0.2);
  });

  test('stay within a range however long the demo runs', () => {
    const [instrument] = instrumentsOf(1);
    const model = new PriceModel(instrumentsOf(1), createRandom(9));
    for (let year = 0; year < 300; year += 1) model.step(252 * 6.5 * 3600);
    const reference = present(instrument, 'instrument').referencePrice / 10_000;
    expect(model.priceOf(0)).toBeGreaterThanOrEqual(reference / 8);
    expect(model.priceOf(0)).toBeLessThanOrEqual(reference * 8);
  });
});

describe('the quotes of a price file', () => {
  const file = parsePriceFile(
    ['date,symbol,open,high,low,close,volume', '2016-01-04,AAPL,100,110,95,108,390000'].join('\n'),
  );
  const prices = file.ok ? file.value : undefined;
  const MINUTES_PER_SECOND = 60;
  const exchange = new Exchange({ seed: 1, startAt: 0, prices, speed: MINUTES_PER_SECOND });
  const apple = present(exchange.find(265598, ''), 'AAPL');

  test('have the open, high, low and volume of the day that is replayed, and those of the next after it', () => {
    expect(exchange.quoteOf(apple)).toMatchObject({ open: 1_080_000, close: 1_080_000, volume: 0 });
    exchange.advanceTo(380_000);
    const late = exchange.quoteOf(apple);
    expect(late).toMatchObject({ open: 1_080_000, close: 1_080_000 });
    expect(late.volume).toBeGreaterThan(370_000);
    expect(late.high).toBeGreaterThanOrEqual(late.last);
    expect(late.low).toBeLessThanOrEqual(late.last);
    exchange.advanceTo(400_000);
    const next = exchange.quoteOf(apple);
    expect(next.volume).toBeLessThan(20_000);
    expect(next.open).toBeGreaterThan(1_080_000);
  });

  test('do not begin anew at midnight, in the middle of a day that is replayed', () => {
    const midnight = 5 * 3_600_000;
    exchange.advanceTo(midnight - 250);
    const { open, close } = exchange.quoteOf(apple);
    exchange.advanceTo(midnight);
    expect(exchange.quoteOf(apple)).toMatchObject({ open, close });
    expect(exchange.quoteOf(apple).volume).toBeGreaterThan(0);
  });
});

describe('the quote board', () => {
  const steps = 200;
  const board = (): QuoteBoard => {
    const random = createRandom(2);
    return new QuoteBoard(ALL_INSTRUMENTS, random, new PriceModel(ALL_INSTRUMENTS, random));
  };

  test('shows an uncrossed market on the tick, with round lots on both sides', () => {
    const quotes = board();
    for (let step = 0; step < steps; step += 1) quotes.step(1);
    for (const { index, marketRuleId } of ALL_INSTRUMENTS) {
      const quote = quotes.quoteOf(index);
      expect(quote.bid).toBeLessThan(quote.ask);
      expect([quote.bid, quote.ask, quote.last].every((price) => isOnTick(marketRuleId, price))).toBe(true);
      expect([quote.bidSize % 100, quote.askSize % 100, quote.bidSize > 0, quote.askSize > 0]).toEqual([
        0,
        0,
        true,
        true,
      ]);
      expect(quote.low).toBeLessThanOrEqual(quote.last);
      expect(quote.high).toBeGreaterThanOrEqual(quote.last);
    }
  });

  test('has a spread of a few basis points or one tick', () => {
    const { bid, ask } = board().quoteOf(APPLE.index);
    expect((ask - bid) / bid).toBeLessThan(0.0003);
  });

  test('counts the volume of the trades', () => {
    const quotes = board();
    const before = quotes.quoteOf(APPLE.index).volume;
    for (let step = 0; step < steps; step += 1) quotes.step(1);
    expect(quotes.quoteOf(APPLE.index).volume).toBeGreaterThan(before);
  });

  test('a pinned stock stands still, and no other stock notices', () => {
    const [free, pinned] = [board(), board()];
    pinned.pin(APPLE.index, { bid: 1_000_000, ask: 1_000_200, bidSize: 500 });
    for (let step = 0; step < steps; step += 1) {
      free.step(1);
      expect(pinned.step(1)).not.toContain(APPLE.index);
    }
    expect(pinned.quoteOf(APPLE.index)).toMatchObject({
      bid: 1_000_000,
      ask: 1_000_200,
      bidSize: 500,
      askSize: 10_000,
    });
    const others = ALL_INSTRUMENTS.filter(({ index }) => index !== APPLE.index);
    expect(others.map(({ index }) => pinned.quoteOf(index))).toEqual(others.map(({ index }) => free.quoteOf(index)));
  });

  test('a released stock walks on from where it was pinned', () => {
    const quotes = board();
    quotes.pin(APPLE.index, { bid: 1_000_000, ask: 1_000_200 });
    quotes.unpin(APPLE.index);
    quotes.unpin(APPLE.index);
    quotes.step(1);
    expect(Math.abs(quotes.quoteOf(APPLE.index).bid - 1_000_000)).toBeLessThan(5_000);
  });

  test('the last trade is brought within a pinned bid and ask unless it is given', () => {
    const quotes = board();
    quotes.pin(APPLE.index, { bid: 1_000_000, ask: 1_000_200 });
    expect(quotes.quoteOf(APPLE.index).last).toBe(1_000_200);
    quotes.pin(APPLE.index, { bid: 9_000_000, ask: 9_000_200 });
    expect(quotes.quoteOf(APPLE.index).last).toBe(9_000_000);
    quotes.pin(APPLE.index, { bid: 9_000_000, ask: 9_000_200, last: 8_000_000 });
    expect(quotes.quoteOf(APPLE.index)).toMatchObject({ last: 8_000_000, low: 1_000_200 });
  });

  test('a crossed or off-tick pin is a mistake of the test', () => {
    const quotes = board();
    expect(() => {
      quotes.pin(APPLE.index, { bid: 100, ask: 100 });
    }).toThrow('below its ask');
    expect(() => {
      quotes.pin(APPLE.index, { bid: 101, ask: 200 });
    }).toThrow('tick');
  });

  test('a trade takes from the side it crosses to, and no more than is there', () => {
    const quotes = board();
    quotes.pin(APPLE.index, { bid: 1_000_000, ask: 1_000_200, bidSize: 300, askSize: 300 });
    quotes.take('BUY', APPLE.index, 100, 1_000_200);
    quotes.take('SELL', APPLE.index, 400, 1_000_000);
    expect(quotes.displayedTo('BUY', APPLE.index)).toBe(200);
    expect(quotes.displayedTo('SELL', APPLE.index)).toBe(0);
    expect(quotes.quoteOf(APPLE.index)).toMatchObject({ last: 1_000_000, lastSize: 400 });
  });
});

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  const products = a.map((value, place) => (value - meanA) * (present(b[place], 'pair') - meanB));
  const spread = (values: readonly number[], centre: number): number =>
    Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
  return mean(products) / (spread(a, meanA) * spread(b, meanB));
}
