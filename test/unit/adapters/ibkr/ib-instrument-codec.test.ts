import { SecType, type ContractDetails } from '@stoqey/ib';
import { describe, expect, test } from 'vitest';
import {
  decodeInstrument,
  decodeMatches,
  marketRuleIdOf,
  pickDetails,
  priceBandsOf,
  stockSymbolOf,
} from '#adapters/ibkr/ib-instrument-codec';
import { conId } from '#domain/ids';
import { without } from './builders';

const apple: ContractDetails = {
  contract: {
    conId: 265598,
    symbol: 'AAPL',
    secType: SecType.STK,
    currency: 'USD',
    primaryExch: 'NASDAQ',
    multiplier: 0,
  },
  minTick: 0.01,
  validExchanges: 'NYSE,SMART,NASDAQ',
  marketRuleIds: '557,26,27',
  longName: 'APPLE INC',
  industry: 'Technology',
  category: 'Computers',
  stockType: 'COMMON',
  minSize: 0.0001,
  sizeIncrement: 0.0001,
  timeZoneId: 'US/Eastern',
  tradingHours: '20260105:0400-20260105:2000',
  liquidHours: '20260105:0930-20260105:1600',
};

describe('contract details', () => {
  test('become an instrument', () => {
    const bands = priceBandsOf([{ lowEdge: 0, increment: 0.01 }]);
    expect(decodeInstrument(apple, bands)).toEqual({
      ok: true,
      value: {
        conId: 265598,
        symbol: 'AAPL',
        securityType: 'STK',
        exchange: 'SMART',
        primaryExchange: 'NASDAQ',
        currency: 'USD',
        multiplier: '1',
        longName: 'APPLE INC',
        industry: 'Technology',
        category: 'Computers',
        stockType: 'COMMON',
        priceBands: [{ from: '0', increment: '0.01' }],
        sizeIncrement: '0.0001',
        minimumSize: '0.0001',
        timeZone: 'US/Eastern',
        tradingHours: [{ opens: Date.UTC(2026, 0, 5, 9), closes: Date.UTC(2026, 0, 6, 1) }],
        liquidHours: [{ opens: Date.UTC(2026, 0, 5, 14, 30), closes: Date.UTC(2026, 0, 5, 21) }],
      },
    });
  });

  test('without a rule have one band of the smallest tick', () => {
    expect(decodeInstrument(apple, [])).toMatchObject({ value: { priceBands: [{ from: '0', increment: '0.01' }] } });
  });

  test('that say little still make an instrument, with unknown hours', () => {
    const bare: ContractDetails = {
      contract: { conId: 1, symbol: 'X', secType: SecType.STK, currency: 'USD' },
      minTick: 0.01,
    };
    expect(decodeInstrument(bare, [])).toMatchObject({
      value: {
        longName: '',
        stockType: '',
        sizeIncrement: '1',
        minimumSize: '1',
        tradingHours: null,
        liquidHours: null,
      },
    });
  });

  test('without any tick, number or symbol can not be used', () => {
    const tickless = without(apple, 'minTick');
    expect(decodeInstrument(tickless, [])).toMatchObject({
      ok: false,
      error: expect.stringContaining('priceBands') as string,
    });
    expect(decodeInstrument({ contract: {}, minTick: 0.01 }, [])).toMatchObject({
      ok: false,
      error: expect.stringContaining('conId') as string,
    });
  });
});

describe('of several answers', () => {
  const listed = (conId: number, primaryExch?: string, change: object = {}): ContractDetails => ({
    contract: {
      conId,
      symbol: 'AAPL',
      secType: SecType.STK,
      currency: 'USD',
      ...(primaryExch === undefined ? {} : { primaryExch }),
      ...change,
    },
  });
  const pick = (...answers: readonly ContractDetails[]) =>
    pickDetails({ by: 'symbol', symbol: 'AAPL' }, answers)?.contract.conId;

  test('the one with a US listing is meant', () => {
    expect(pick(listed(1), listed(2, 'PINK'), listed(3, 'NASDAQ'), listed(4, 'NYSE'))).toBe(3);
  });

  test('the first is meant when none has one', () => {
    expect(pick(listed(2, 'PINK'), listed(5))).toBe(2);
  });

  test('other symbols, currencies and types are not', () => {
    const others = [{ symbol: 'AAPL1' }, { currency: 'EUR' }, { secType: SecType.OPT }];
    expect(pick(...others.map((change) => listed(1, 'NASDAQ', change)))).toBeUndefined();
  });
});

test.each([
  ['BRK.B', 'BRK B'],
  ['brk-b', 'BRK B'],
  ['BRK/B', 'BRK B'],
  ['BRK B', 'BRK B'],
  [' aapl ', 'AAPL'],
])('the symbol typed as %s is IBKR’s %s', (typed, symbol) => {
  expect(stockSymbolOf(typed)).toBe(symbol);
});

test('a share class is found under the symbol people type', () => {
  const berkshire: ContractDetails = {
    contract: { conId: 72063691, symbol: 'BRK B', secType: SecType.STK, currency: 'USD', primaryExch: 'NYSE' },
  };
  expect(pickDetails({ by: 'symbol', symbol: 'BRK.B' }, [berkshire])).toBe(berkshire);
});

describe('of the answers about one number', () => {
  const at = (exchange: string, primaryExch = '', number = 14204): ContractDetails => ({
    contract: { conId: number, symbol: 'SAP', secType: SecType.STK, currency: 'EUR', exchange, primaryExch },
  });
  const pick = (...answers: readonly ContractDetails[]) =>
    pickDetails({ by: 'contract', conId: conId(14204) }, answers)?.contract.exchange;

  test('SMART comes first, then the primary listing, then what IBKR names first', () => {
    expect(pick(at('TGATE', 'IBIS'), at('IBIS', 'IBIS'), at('SMART', 'IBIS'))).toBe('SMART');
    expect(pick(at('TGATE', 'IBIS'), at('IBIS', 'IBIS'))).toBe('IBIS');
    expect(pick(at('TGATE', 'IBIS'), at('FWB', 'IBIS'))).toBe('TGATE');
  });

  test('another number is not meant', () => {
    expect(pick(at('SMART', '', 5))).toBeUndefined();
    expect(pick()).toBeUndefined();
  });
});

describe('an instrument that is no US stock', () => {
  const decoded = (details: ContractDetails) => decodeInstrument(details, []);

  test('a future has its multiplier, its own exchange and its full name', () => {
    expect(
      decoded({
        contract: {
          conId: 495512563,
          symbol: 'ES',
          localSymbol: 'ESH6',
          secType: SecType.FUT,
          currency: 'USD',
          exchange: 'CME',
          multiplier: 50,
          lastTradeDateOrContractMonth: '20260320 08:30 US/Central',
        },
        minTick: 0.25,
        validExchanges: 'CME,QBALGO',
        marketRuleIds: '67,67',
        priceMagnifier: 1,
      }),
    ).toMatchObject({
      value: { symbol: 'ESH6', securityType: 'FUT', exchange: 'CME', multiplier: '50', currency: 'USD' },
    });
  });

  test('what is quoted in cents counts in dollars', () => {
    const corn: ContractDetails = {
      contract: { conId: 7, symbol: 'ZC', secType: SecType.FUT, currency: 'USD', exchange: 'CBOT', multiplier: 5000 },
      minTick: 0.25,
      priceMagnifier: 100,
    };
    expect(decoded(corn)).toMatchObject({ value: { multiplier: '50', exchange: 'CBOT' } });
  });

  test('an option trades at SMART and keeps its multiplier of 100', () => {
    expect(
      decoded({
        contract: {
          conId: 9,
          symbol: 'AAPL',
          localSymbol: 'AAPL  260320C00200000',
          secType: SecType.OPT,
          currency: 'USD',
          exchange: 'SMART',
          multiplier: 100,
        },
        minTick: 0.01,
        validExchanges: 'SMART,CBOE',
        marketRuleIds: '110,110',
      }),
    ).toMatchObject({ value: { symbol: 'AAPL 260320C00200000', exchange: 'SMART', multiplier: '100' } });
  });

  test('a currency pair is named by both, at its own exchange', () => {
    expect(
      decoded({
        contract: { conId: 12087792, symbol: 'EUR', localSymbol: 'EUR.USD', secType: SecType.CASH, currency: 'USD' },
        minTick: 0.00005,
        validExchanges: 'IDEALPRO',
      }),
    ).toMatchObject({ value: { symbol: 'EUR.USD', exchange: 'IDEALPRO', multiplier: '1' } });
  });

  test('a share abroad has the currency and exchange it is listed with', () => {
    expect(
      decoded({
        contract: {
          conId: 14204,
          symbol: 'SAP',
          secType: SecType.STK,
          currency: 'EUR',
          exchange: '',
          primaryExch: 'IBIS',
        },
        minTick: 0.01,
      }),
    ).toMatchObject({ value: { symbol: 'SAP', exchange: 'IBIS', currency: 'EUR' } });
  });
});

describe('the market rule', () => {
  test('is the one in the place of SMART among the exchanges', () => {
    expect(marketRuleIdOf(apple)).toBe(26);
  });

  test('of what does not trade at SMART is that of its own exchange', () => {
    expect(marketRuleIdOf({ contract: { exchange: 'CME' }, validExchanges: 'QBALGO,CME', marketRuleIds: '1,67' })).toBe(
      67,
    );
  });

  test.each([
    { contract: {} },
    { contract: { exchange: 'NYSE' }, validExchanges: 'ARCA', marketRuleIds: '26' },
    { contract: {}, validExchanges: 'SMART', marketRuleIds: '' },
    { contract: {}, validExchanges: 'SMART', marketRuleIds: 'x' },
  ])('is not known from %o', (details) => {
    expect(marketRuleIdOf(details)).toBeNull();
  });

  test('gives ascending bands from zero; nonsense is left out', () => {
    expect(
      priceBandsOf([
        { lowEdge: 1, increment: 0.01 },
        { lowEdge: 0.5, increment: 0.0001 },
        { lowEdge: 2, increment: 0 },
        { lowEdge: -1, increment: 0.01 },
        { lowEdge: 3 },
        { increment: 3 },
        { lowEdge: '4', increment: 0.01 },
        null,
        7,
      ]),
    ).toEqual([
      { from: '0', increment: '0.0001' },
      { from: '1', increment: '0.01' },
    ]);
  });

  test('keeps 64 bands at most', () => {
    const increments = Array.from({ length: 70 }, (_, n) => ({ lowEdge: n, increment: 0.01 }));
    expect(priceBandsOf(increments)).toHaveLength(64);
  });
});

describe('the hits of a search', () => {
  test('are read; bond issuers and nonsense are left out', () => {
    expect(
      decodeMatches([
        {
          contract: {
            conId: 265598,
            symbol: 'AAPL',
            secType: SecType.STK,
            primaryExch: 'NASDAQ',
            currency: 'USD',
            description: 'APPLE INC',
          },
        },
        { contract: { conId: 9, symbol: 'APC', secType: SecType.STK, currency: 'EUR' } },
        { contract: { conId: 0, secType: SecType.BOND } },
        { contract: { conId: 10, currency: 'USD' } },
        {},
      ]),
    ).toEqual([
      {
        conId: 265598,
        symbol: 'AAPL',
        securityType: 'STK',
        primaryExchange: 'NASDAQ',
        currency: 'USD',
        longName: 'APPLE INC',
      },
      { conId: 9, symbol: 'APC', securityType: 'STK', primaryExchange: '', currency: 'EUR', longName: '' },
    ]);
    expect(decodeMatches([{ contract: { conId: 11, secType: SecType.STK, currency: 'USD' } }])).toMatchObject([
      { symbol: '' },
    ]);
  });
});
