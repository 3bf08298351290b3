import { describe, expect, test } from 'vitest';
import { present } from '#domain/assert';
import { ALL_INSTRUMENTS, OTHER_INSTRUMENTS, tradedInstruments } from '#simulator/instruments';
import { parsePriceFile, type PriceFile } from '#simulator/price-file';
import { isOnTick } from '#simulator/tick-rules';

function prices(rows: readonly string[]): PriceFile {
  const parsed = parsePriceFile(['date,symbol,open,high,low,close,volume', ...rows].join('\n'));
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

describe('what trades', () => {
  test('is every stock and, after them, an instrument of every other kind', () => {
    const traded = tradedInstruments(undefined);
    expect(traded).toHaveLength(ALL_INSTRUMENTS.length + OTHER_INSTRUMENTS.length);
    expect(traded.map(({ index }) => index)).toEqual(traded.map((_, place) => place));
    expect(
      traded.slice(ALL_INSTRUMENTS.length).map(({ secType, currency, multiplier }) => [secType, currency, multiplier]),
    ).toEqual([
      ['FUT', 'USD', 50],
      ['OPT', 'USD', 100],
      ['CASH', 'USD', 1],
      ['STK', 'EUR', 1],
      ['STK', 'USD', 1],
    ]);
    expect(new Set(traded.map(({ conId }) => conId)).size).toBe(traded.length);
    expect(new Set(traded.map(({ localSymbol }) => localSymbol)).size).toBe(traded.length);
  });

  test('is a small market with the same other instruments', () => {
    const traded = tradedInstruments(3);
    expect(traded.slice(0, 3)).toEqual(ALL_INSTRUMENTS.slice(0, 3));
    expect(traded.slice(3).map(({ localSymbol }) => localSymbol)).toEqual([
      'ESZ7',
      'AAPL  271217C00240000',
      'EUR.USD',
      'SAP',
      'BRK B',
    ]);
  });

  test('every other instrument starts on its own tick', () => {
    expect(
      OTHER_INSTRUMENTS.filter(({ marketRuleId, referencePrice }) => !isOnTick(marketRuleId, referencePrice)),
    ).toEqual([]);
    expect(isOnTick(110, 29_900)).toBe(true);
    expect(isOnTick(110, 30_200)).toBe(false);
  });
});

describe('the stocks of a price file', () => {
  const traded = tradedInstruments(
    undefined,
    prices([
      '2016-01-04,AAPL,102.61,105.368,102,105.35,67649387',
      '2016-01-05,AAPL,105.75,105.85,102.41,102.7101,55790992',
      '2016-01-04,BRK B,130,131,129,130.5,1000',
      '2016-01-04,ZZZZ,3,3.5,2.9,3.2,1000',
    ]),
  );
  const bySymbol = (symbol: string) =>
    present(
      traded.find(({ localSymbol }) => localSymbol === symbol),
      symbol,
    );

  test('are all that trades besides the other instruments, each once', () => {
    expect(traded.map(({ localSymbol }) => localSymbol)).toEqual([
      'AAPL',
      'BRK B',
      'ZZZZ',
      'ESZ7',
      'AAPL  271217C00240000',
      'EUR.USD',
      'SAP',
    ]);
  });

  test('keep what is known of them, and start at their last close', () => {
    expect(bySymbol('AAPL')).toMatchObject({ conId: 265598, name: 'APPLE INC', referencePrice: 1_027_101 });
    expect(bySymbol('BRK B')).toMatchObject({ conId: 72063691, referencePrice: 1_305_000 });
  });

  test('get a number and the tick of their price when nobody knows them', () => {
    const unknown = bySymbol('ZZZZ');
    expect(unknown).toMatchObject({ symbol: 'ZZZZ', name: 'ZZZZ', sector: 'Unknown', primaryExchange: 'NYSE' });
    expect(unknown.marketRuleId).not.toBe(bySymbol('AAPL').marketRuleId);
    expect(unknown.conId).toBeGreaterThan(700_000_000);
  });

  test('never share a number, even when their letters make the same one', () => {
    const alike = tradedInstruments(undefined, prices(['2016-01-04,K,1,1,1,1,1', '2016-01-04,A0,1,1,1,1,1']));
    const [first, second] = alike.map(({ conId }) => conId);
    expect(second).toBe(present(first, 'number of K') + 1);
  });
});
