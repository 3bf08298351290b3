import { SecType, type ContractDetails } from '@stoqey/ib';
import { describe, expect, test } from 'vitest';
import {
  decodeInstrument,
  decodeMatches,
  pickDetails,
  priceBandsOf,
  smartRuleIdOf,
} from '#adapters/ibkr/ib-instrument-codec';
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
  const pick = (...answers: readonly ContractDetails[]) => pickDetails('AAPL', answers)?.contract.conId;

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

describe('the market rule', () => {
  test('is the one in the place of SMART among the exchanges', () => {
    expect(smartRuleIdOf(apple)).toBe(26);
  });

  test.each([
    { contract: {} },
    { contract: {}, validExchanges: 'NYSE', marketRuleIds: '26' },
    { contract: {}, validExchanges: 'SMART', marketRuleIds: '' },
    { contract: {}, validExchanges: 'SMART', marketRuleIds: 'x' },
  ])('is not known from %o', (details) => {
    expect(smartRuleIdOf(details)).toBeNull();
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
