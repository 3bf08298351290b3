import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readMarketFiles } from '#simulator/market-files';
import { temporaryDirectory } from '#test/builders/temporary-directory';

const PRICES = 'date,symbol,open,high,low,close,volume\n2026-01-05,ACME,10,11,9,10.5,1000\n';
const planFor = (symbol: string): string => JSON.stringify({ version: 1, faults: [{ fault: 'resume', symbol }] });

async function aFile(name: string, text: string): Promise<string> {
  const path = join(await temporaryDirectory(), name);
  await writeFile(path, text);
  return path;
}

test('without files the market is made up and nothing goes wrong', async () => {
  expect(await readMarketFiles({})).toEqual({ ok: true, value: { prices: undefined, faults: [] } });
});

test('a plan may name what the file of prices trades, and only that', async () => {
  const prices = await aFile('daily.csv', PRICES);
  const read = await readMarketFiles({ prices, faults: await aFile('plan.json', planFor('ACME')) });
  expect(read).toMatchObject({ ok: true, value: { prices: { symbols: ['ACME'] }, faults: [{ fault: 'resume' }] } });
  const faults = await aFile('plan.json', planFor('AAPL'));
  expect(await readMarketFiles({ prices, faults })).toEqual({
    ok: false,
    error: `--faults "${faults}": at faults.0.symbol: found "AAPL"; expected a symbol that the simulator trades`,
  });
});

test('a plan may name only what trades among few symbols', async () => {
  const faults = await aFile('plan.json', planFor('AAPL'));
  expect(await readMarketFiles({ faults })).toMatchObject({ ok: true });
});

test('a wrong price is refused with file, line, field and value', async () => {
  const prices = await aFile('daily.csv', PRICES.replace('10.5', 'ten'));
  const textLike = (pattern: RegExp): unknown => expect.stringMatching(pattern);
  expect(await readMarketFiles({ prices })).toEqual({
    ok: false,
    error: textLike(/^--prices ".*daily\.csv": line 2: close is "ten", expected /),
  });
});

test('a file that is not there, or is none, is refused with its name', async () => {
  const directory = join(await temporaryDirectory(), 'folder');
  await mkdir(directory);
  expect(await readMarketFiles({ faults: directory })).toEqual({
    ok: false,
    error: `--faults "${directory}": can not be read (EISDIR), expected a file`,
  });
  expect(await readMarketFiles({ prices: '/nowhere/daily.csv' })).toEqual({
    ok: false,
    error: '--prices "/nowhere/daily.csv": can not be read (ENOENT), expected a file',
  });
});

test('what is no refusal of the system is a defect', async () => {
  await expect(readMarketFiles({ prices: 'a\0b' })).rejects.toThrow('null bytes');
});
