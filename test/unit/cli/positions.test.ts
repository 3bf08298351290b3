import { describe, expect, test } from 'vitest';
import type { EngineEvent } from '#domain/engine-event';
import type { HostMeters } from '#domain/feed';
import { conId } from '#domain/ids';
import { price, quantity, ratio, signedQuantity } from '#domain/money';
import type { Quote } from '#domain/quote';
import { ok } from '#domain/result';
import { AMD, aPosition, aQuote } from '#test/builders/domain-records';
import { StubTerminal } from '#test/builders/stub-terminal';

const lines = (text: string): string[] => text.trimEnd().split('\n');
const ES = { ...AMD, conId: conId(5), symbol: 'ES', securityType: 'FUT', multiplier: quantity('50') };
const SAP = { ...AMD, conId: conId(6), symbol: 'SAP', currency: 'EUR' };

const defined = (instrument: typeof AMD): EngineEvent => ({ type: 'instrument-defined', instrument });
const held = (change: Parameters<typeof aPosition>[0]): EngineEvent => ({
  type: 'position-adopted',
  position: aPosition(change),
  why: '',
});

async function holding(
  events: readonly EngineEvent[],
  quotes: readonly Quote[],
  meters: Partial<HostMeters> = {},
): Promise<StubTerminal> {
  const terminal = new StubTerminal();
  terminal.workstation.publish(...events);
  terminal.workstation.show(...quotes);
  const start = await terminal.workstation.feedStart();
  const conflated = { ...start.conflated, meters: { ...start.conflated.meters, ...meters } };
  terminal.client.feed.start.mockResolvedValue(ok({ ...start, conflated }));
  return terminal;
}

describe('positions', () => {
  test('of every kind are valued in the currency of the account, with multiplier and exchange rate', async () => {
    const terminal = await holding(
      [
        defined(AMD),
        defined(ES),
        defined(SAP),
        held({}),
        held({ conId: conId(1), symbol: 'OLD', quantity: signedQuantity('0') }),
        held({ conId: ES.conId, symbol: 'ES', quantity: signedQuantity('-2'), averageCost: price('6000') }),
        held({ conId: SAP.conId, symbol: 'SAP', quantity: signedQuantity('10'), averageCost: price('230') }),
      ],
      [
        aQuote(),
        aQuote({ conId: ES.conId, symbol: 'ES', last: price('6012.25') }),
        aQuote({ conId: SAP.conId, symbol: 'SAP', last: price('238.6') }),
      ],
      { exchangeRates: { EUR: ratio('1.1') } },
    );
    expect(lines((await terminal.run('positions')).out)).toEqual([
      'Symbol  Type     Position   Average      Last  Unrealised         Value',
      'AMD     STK           +60    160.00    164.10     $246.00     $9,846.00',
      'ES      FUT ×50        −2  6,000.00  6,012.25  −$1,225.00  −$601,225.00',
      'SAP     STK           +10    230.00    238.60      €86.00     $2,624.60',
      'Total −$588,754.40, 3 positions.',
    ]);
    expect(JSON.parse((await terminal.run('positions --json')).out)).toMatchObject([
      { symbol: 'AMD', quantity: '60', averageCost: '160', last: '164.1', unrealised: '246', currency: 'USD' },
      { securityType: 'FUT', multiplier: '50', mark: '6012.25', value: '-601225', valueCurrency: 'USD' },
      { currency: 'EUR', unrealised: '86', value: '2624.6', valueCurrency: 'USD', valueUnknown: null },
    ]);
  });

  test('whose value is not known say why, and there is no total of the rest', async () => {
    const terminal = await holding(
      [
        defined(AMD),
        defined(SAP),
        defined(ES),
        held({}),
        held({ conId: conId(2), symbol: 'XYZ', averageCost: null }),
        held({ conId: SAP.conId, symbol: 'SAP', averageCost: null }),
        held({ conId: ES.conId, symbol: 'ES' }),
      ],
      [aQuote(), aQuote({ conId: SAP.conId, symbol: 'SAP' })],
    );
    expect(lines((await terminal.run('positions')).out).slice(1)).toEqual([
      'AMD     STK           +60   160.00  164.10     $246.00                             $9,846.00',
      'XYZ     –             +60        –       –           –  unknown: IBKR has not defined it yet',
      'SAP     STK           +60        –  164.10           –         unknown: no exchange rate yet',
      'ES      FUT ×50       +60   160.00       –           –                 unknown: no price yet',
      'No total: the value of 3 of 4 positions is not known.',
    ]);
    expect(JSON.parse((await terminal.run('positions --json')).out)).toMatchObject([
      { marketData: { kind: 'real-time', live: true, why: '' } },
      {
        ...{ averageCost: null, last: null, unrealised: null, currency: null, securityType: null, multiplier: null },
        ...{ mark: null, value: null, valueCurrency: null, valueUnknown: 'no-definition', marketData: null },
      },
      { valueUnknown: 'no-exchange-rate' },
      { valueUnknown: 'no-price' },
    ]);
  });

  test('at prices that are not current say so', async () => {
    const late = aQuote({ kind: 'delayed', why: 'delayed by 15 minutes or so' });
    const delayed = await holding([defined(AMD), held({})], [late]);
    expect(lines((await delayed.run('positions')).out).at(-1)).toBe(
      'AMD: market data is delayed (delayed by 15 minutes or so).',
    );
    const quiet = await holding([defined(AMD), held({})], [aQuote({ last: null, live: false })]);
    expect(lines((await quiet.run('positions')).out).slice(1)).toEqual([
      'AMD     STK        +60   160.00  163.00     $180.00  $9,780.00',
      'Total $9,780.00, 1 position.',
      'AMD: no trade seen yet, valued at the close before; market data is real-time, not flowing.',
    ]);
  });

  test('none are told as none', async () => {
    expect((await new StubTerminal().run('positions')).out).toBe('No positions.\n');
  });
});
