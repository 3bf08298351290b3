import { describe, expect, test } from 'vitest';
import { parsePriceFile, PRICE_FILE_ROWS_MAX, PRICE_FILE_SYMBOLS_MAX, type PriceFile } from '#simulator/price-file';

const HEADER = 'date,symbol,open,high,low,close,volume';
const GOOD = '2016-01-04,AAL,41.29,41.3501,40.3,40.91,12037151';

function parsed(text: string): PriceFile {
  const file = parsePriceFile(text);
  if (!file.ok) throw new Error(file.error);
  return file.value;
}

function refusalOf(text: string): string {
  const file = parsePriceFile(text);
  return file.ok ? 'accepted' : file.error;
}

describe('a price file', () => {
  test('gives the days of each symbol, in units of 0.0001', () => {
    const file = parsed(`${HEADER}\n${GOOD}\n2016-01-05,AAL,40.9,41,40,40.5,7\n`);
    expect(file.dates).toEqual(['2016-01-04', '2016-01-05']);
    expect(file.symbols).toEqual(['AAL']);
    expect(file.rows.get('AAL')).toEqual([
      { open: 412_900, high: 413_501, low: 403_000, close: 409_100, volume: 12_037_151 },
      { open: 409_000, high: 410_000, low: 400_000, close: 405_000, volume: 7 },
    ]);
  });

  test('may come from Windows, without a last line end, in any order, with symbols that start late or end early', () => {
    const file = parsed(
      [`\uFEFF${HEADER}`, '2016-01-06,BRK B,1,1,1,1,0', '2016-01-04,A,2,2,2,2,5', '2016-01-05,BRK B,3,3,3,3,1'].join(
        '\r\n',
      ),
    );
    expect(file.dates).toEqual(['2016-01-04', '2016-01-05', '2016-01-06']);
    expect(file.rows.get('A')?.map((row) => row?.close)).toEqual([20_000, undefined, undefined]);
    expect(file.rows.get('BRK B')?.map((row) => row?.close)).toEqual([undefined, 30_000, 10_000]);
  });

  test('rounds prices finer than 0.0001', () => {
    const file = parsed(`${HEADER}\n2016-01-04,A,1.00004,1.00016,0.99996,1.00005,1`);
    expect(file.rows.get('A')).toEqual([{ open: 10_000, high: 10_002, low: 10_000, close: 10_001, volume: 1 }]);
  });

  test.each([
    ['', 'line 1: header is "", expected "date,symbol,open,high,low,close,volume"'],
    ['date,symbol', 'line 1: header is "date,symbol", expected "date,symbol,open,high,low,close,volume"'],
    [HEADER, 'line 2: line is "", expected at least one row of prices'],
    [`${HEADER}\n${GOOD}\n\n${GOOD}`, 'line 3: line is "", expected 7 fields: date,symbol,open,high,low,close,volume'],
    [`${HEADER}\n2016-02-30,A,1,1,1,1,1`, 'line 2: date is "2016-02-30", expected a date as YYYY-MM-DD'],
    [`${HEADER}\n01/04/2016,A,1,1,1,1,1`, 'line 2: date is "01/04/2016", expected a date as YYYY-MM-DD'],
    [`${HEADER}\n2016-13-01,A,1,1,1,1,1`, 'line 2: date is "2016-13-01", expected a date as YYYY-MM-DD'],
    [`${HEADER}\n0016-01-01,A,1,1,1,1,1`, 'line 2: date is "0016-01-01", expected a date as YYYY-MM-DD'],
    [
      `${HEADER}\n2016-01-04,aapl,1,1,1,1,1`,
      'line 2: symbol is "aapl", expected capital letters and digits, e.g. AAPL or "BRK B"',
    ],
    [
      `${HEADER}\n2016-01-04,A,-1,1,1,1,1`,
      'line 2: open is "-1", expected a price above 0 and up to 1000000, e.g. 41.35',
    ],
    [`${HEADER}\n2016-01-04,A,1,2,0,1,1`, 'line 2: low is "0", expected a price above 0 and up to 1000000, e.g. 41.35'],
    [
      `${HEADER}\n2016-01-04,A,1,2000000,1,1,1`,
      'line 2: high is "2000000", expected a price above 0 and up to 1000000, e.g. 41.35',
    ],
    [
      `${HEADER}\n2016-01-04,A,1,1,1,x,1`,
      'line 2: close is "x", expected a price above 0 and up to 1000000, e.g. 41.35',
    ],
    [`${HEADER}\n2016-01-04,A,3,2,1,2,1`, 'line 2: open is "3", expected at most the high of the day, 2'],
    [`${HEADER}\n2016-01-04,A,2,2,1,0.5,1`, 'line 2: close is "0.5", expected at least the low of the day, 1'],
    [
      `${HEADER}\n2016-01-04,A,1,1,1,1,1.5`,
      'line 2: volume is "1.5", expected a whole number of shares up to 1000000000000',
    ],
    [
      `${HEADER}\n2016-01-04,A,1,1,1,1,1000000000001`,
      'line 2: volume is "1000000000001", expected a whole number of shares up to 1000000000000',
    ],
    [
      `${HEADER}\n${GOOD}\n2016-01-05,AAL,1,1,1,1,1\n${GOOD}`,
      'line 4: symbol is "2016-01-04 AAL", expected one row a day; line 2 has it already',
    ],
  ])('%j is refused with its line, field, value and what was expected', (text, refusal) => {
    expect(refusalOf(text)).toBe(refusal);
  });

  test('a long value is cut in the refusal', () => {
    expect(refusalOf(`${HEADER}\n2016-01-04,${'A'.repeat(60)},1,1,1,1,1`)).toContain(`"${'A'.repeat(40)}…"`);
  });

  test('has a limit of rows and of symbols', () => {
    expect(refusalOf(`${HEADER}\n${'x\n'.repeat(PRICE_FILE_ROWS_MAX + 1)}`)).toBe(
      'line 500002: line is "", expected at most 500000 rows',
    );
    const symbols = Array.from({ length: PRICE_FILE_SYMBOLS_MAX + 1 }, (_, place) => `2016-01-04,S${place},1,1,1,1,1`);
    expect(refusalOf([HEADER, ...symbols].join('\n'))).toBe(
      'line 1002: symbol is "S1000", expected at most 1000 symbols',
    );
  });
});
