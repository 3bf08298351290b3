import { Decimal } from 'decimal.js';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import { present } from '#domain/assert';
import { correlationDataSchema } from '#domain/correlation';
import { temporaryDirectory } from '#test/builders/temporary-directory';
import { runProgram, startProgram } from './program';

const SYMBOLS = ['AAPL', 'AMD', 'MSFT', 'NVDA', 'TSLA', 'XOM'];
const DAYS = 80;
const LOOKBACK = 40;
const D = Decimal.clone({ precision: 32 });

const pictureSchema = correlationDataSchema.extend({
  sectors: z.array(z.string()),
  state: z.literal('fresh'),
  ageMs: z.number(),
});

/** Weekdays from 4 January 2016 on, and closes that partly move together; the same every time. */
function somePrices(): ReadonlyMap<string, readonly { readonly date: string; readonly close: string }[]> {
  let state = 7;
  const roll = (): number => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296 - 0.5;
  };
  const dates = Array.from({ length: DAYS }, (_, day) => {
    const date = new Date(Date.UTC(2016, 0, 4 + Math.floor(day / 5) * 7 + (day % 5)));
    return date.toISOString().slice(0, 10);
  });
  const market = dates.map(roll);
  return new Map(
    SYMBOLS.map((symbol, row) => {
      let close = 50 + 20 * row;
      const days = dates.map((date, day) => {
        close *= 1 + 0.02 * ((row % 3) * present(market[day], 'a day') + roll());
        return { date, close: close.toFixed(2) };
      });
      return [symbol, days];
    }),
  );
}

/** Pearson's correlation of the last log returns by n·Σxy − Σx·Σy, on decimals of 32 digits. */
function independently(a: readonly string[], b: readonly string[]): Decimal {
  const returns = (closes: readonly string[]): Decimal[] =>
    closes.slice(1).map((close, before) => new D(close).div(present(closes[before], 'the close before')).ln());
  const [xs, ys] = [returns(a), returns(b)];
  const sum = (values: readonly Decimal[]): Decimal => values.reduce((total, value) => total.plus(value), new D(0));
  const products = (one: readonly Decimal[], other: readonly Decimal[]): Decimal =>
    sum(one.map((value, step) => value.times(present(other[step], 'the other return'))));
  const n = xs.length;
  const spread = (one: readonly Decimal[], other: readonly Decimal[]): Decimal =>
    products(one, other)
      .times(n)
      .minus(sum(one).times(sum(other)));
  return spread(xs, ys).div(spread(xs, xs).times(spread(ys, ys)).sqrt());
}

test('update-correlations over prices of a file equals an independent computation to 1e-12, and stores it', async () => {
  const directory = await temporaryDirectory();
  const prices = somePrices();
  const file = join(directory, 'prices.csv');
  const rows = [...prices].flatMap(([symbol, days]) =>
    days.map(({ date, close }) => [date, symbol, close, close, close, close, '1000000'].join(',')),
  );
  await writeFile(file, `date,symbol,open,high,low,close,volume\n${rows.sort().join('\n')}\n`);
  const data = ['--data-dir', join(directory, 'data')];
  const host = startProgram(['serve', '--demo', '--prices', file, '--no-open', ...data]);
  onTestFinished(async () => {
    await host.kill('SIGTERM');
  });
  await host.line(/^ready /);

  const words = ['update-correlations', '--symbols', SYMBOLS.join(','), '--lookback', String(LOOKBACK)];
  const updated = await runProgram([...words, ...data]);
  expect(updated.code, updated.err).toBe(0);
  expect(updated.out).toMatch(/^Symbols +6$/m);

  const shown = await runProgram(['correlations', '--json', ...data]);
  const picture = pictureSchema.parse(JSON.parse(shown.out));
  expect(picture.symbols).toEqual(SYMBOLS);
  expect(picture.summary).toMatchObject({ lookback: LOOKBACK, unknownPairs: 0 });
  const closesOf = (symbol: string): string[] =>
    present(prices.get(symbol), symbol)
      .map(({ close }) => close)
      .slice(-(LOOKBACK + 1));
  let pair = 0;
  for (const [row, a] of SYMBOLS.entries()) {
    for (const b of SYMBOLS.slice(row + 1)) {
      const ours = present(picture.values[pair], `${a} with ${b}`);
      const difference = independently(closesOf(a), closesOf(b)).minus(ours).abs().toNumber();
      expect(difference, `${a} with ${b}`).toBeLessThan(1e-12);
      pair += 1;
    }
  }
  const stored = await readFile(join(directory, 'data', 'demo', 'correlations.json'), 'utf8');
  expect(stored).toContain(picture.summary.version);
}, 120_000);
