import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openCorrelations } from '#adapters/lowdb/correlation-store';
import { StoreRefusal } from '#adapters/lowdb/store-refusal';
import { present } from '#domain/assert';
import { epochMs } from '#domain/ids';
import { aMatrix } from '#test/builders/correlations';
import { temporaryDirectory } from '#test/builders/temporary-directory';

const matrix = aMatrix(['AAPL', 'MSFT', 'XOM'], { 'AAPL MSFT': 0.1 + 0.2, 'MSFT XOM': -1 }, epochMs(1_000));

test('a matrix comes back to the last digit, and what is unknown stays unknown', async () => {
  const file = join(await temporaryDirectory(), 'demo', 'correlations.json');
  const store = await openCorrelations(file);
  expect(await store.read()).toBeNull();
  await store.write(matrix);
  const read = present(await (await openCorrelations(file)).read(), 'the matrix');
  expect(read.toData()).toEqual(matrix.toData());
  expect(read.get('AAPL', 'MSFT')).toBe(0.1 + 0.2);
  expect(read.get('AAPL', 'XOM')).toBeNull();
  expect((await stat(file)).mode & 0o077).toBe(process.platform === 'win32' ? 0o066 : 0);
});

test('no matrix is a document, too', async () => {
  const file = join(await temporaryDirectory(), 'correlations.json');
  const store = await openCorrelations(file);
  await store.write(matrix);
  await store.write(null);
  expect(await store.read()).toBeNull();
});

const doubles = (...values: readonly number[]): string =>
  Buffer.from(Float64Array.from(values).buffer).toString('base64');

test.each([
  ['too few', doubles(0.1, 0.2)],
  ['too many', doubles(0.1, 0.2, 0.3, 0.4)],
  ['no correlations', doubles(0.1, 0.2, 1.5)],
])('%s numbers are refused, and the file is kept', async (_, values) => {
  const file = join(await temporaryDirectory(), 'correlations.json');
  await (await openCorrelations(file)).write(matrix);
  const text = (await readFile(file, 'utf8')).replace(/"values":"[^"]*"/, `"values":"${values}"`);
  await writeFile(file, text);
  const reading = (await openCorrelations(file)).read();
  await expect(reading).rejects.toThrow(StoreRefusal);
  await expect(reading).rejects.toThrow('expected a number from −1 to 1 for each pair of symbols');
  expect(await readFile(file, 'utf8')).toBe(text);
});
