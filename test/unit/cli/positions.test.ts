import { describe, expect, test } from 'vitest';
import type { EngineEvent } from '#domain/engine-event';
import type { HostMeters } from '#domain/feed';
import { conId, decisionId, effectId, groupId, orderNumber } from '#domain/ids';
import { money, price, quantity, ratio, signedQuantity } from '#domain/money';
import type { InstrumentPnl, RiskPicture } from '#domain/pnl';
import type { Quote } from '#domain/quote';
import { ok } from '#domain/result';
import { AMD, anOrder, aPosition, aProtectiveStop, aQuote, FRIDAY } from '#test/builders/domain-records';
import { failed, StubTerminal } from '#test/builders/stub-terminal';

const lines = (text: string): string[] => text.trimEnd().split('\n');
const ES = { ...AMD, conId: conId(5), symbol: 'ES', securityType: 'FUT', multiplier: quantity('50') };
const SAP = { ...AMD, conId: conId(6), symbol: 'SAP', currency: 'EUR' };

const WAITING = { phase: 'waiting', since: FRIDAY } as const;
const ENDED = { phase: 'ended', at: FRIDAY, why: '' } as const;

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
  risk: Partial<Pick<RiskPicture, 'pnl' | 'total'>> = {},
): Promise<StubTerminal> {
  const terminal = new StubTerminal();
  terminal.workstation.publish(...events);
  terminal.workstation.show(...quotes);
  const start = await terminal.workstation.feedStart();
  const conflated = { ...start.conflated, meters: { ...start.conflated.meters, ...meters } };
  terminal.client.feed.start.mockResolvedValue(ok({ ...start, conflated }));
  terminal.client.risk.picture.mockResolvedValue(ok({ ...terminal.workstation.riskPicture(), ...risk }));
  return terminal;
}

/** Profit and loss of AMD today: 66, by IBKR too. */
const pnlOf = (change: Partial<InstrumentPnl> = {}): InstrumentPnl => ({
  conId: AMD.conId,
  symbol: 'AMD',
  daily: money('66'),
  unrealised: money('246'),
  realised: money('0'),
  why: '',
  broker: { daily: money('66'), unrealised: money('246'), realised: money('0') },
  differs: false,
  ...change,
});

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
      {
        pnl: [
          pnlOf(),
          pnlOf({ conId: ES.conId, symbol: 'ES', daily: money('-50'), unrealised: money('-1225'), differs: true }),
          pnlOf({ conId: conId(1), symbol: 'OLD', daily: money('-12.5'), realised: money('-12.5'), broker: null }),
          pnlOf({
            conId: SAP.conId,
            symbol: 'SAP',
            daily: null,
            unrealised: money('94.6'),
            why: 'no close of the day before yet',
            broker: null,
          }),
        ],
        total: {
          ...{ daily: null, unrealised: money('-884.4'), realised: money('-12.5'), differs: false },
          ...{
            broker: { daily: money('20'), unrealised: null, realised: null },
            why: 'SAP: no close of the day before yet',
          },
        },
      },
    );
    expect(lines((await terminal.run('positions')).out)).toEqual([
      'Symbol  Type     Position   Average      Last    Today  By IBKR  Unrealised  Realised         Value  Protected  Naked',
      'AMD     STK           +60    160.00    164.10   $66.00   $66.00     $246.00     $0.00     $9,846.00          0     60',
      'ES      FUT ×50        −2  6,000.00  6,012.25  −$50.00   $66.00  −$1,225.00     $0.00  −$601,225.00          0      2',
      'SAP     STK           +10    230.00    238.60        –        –      $94.60     $0.00     $2,624.60          0     10',
      'Total −$588,754.40, 3 positions.',
      'Profit and loss today – (IBKR $20.00), unrealised −$884.40, realised today −$12.50.',
      'ES: today −$50.00 here, $66.00 by IBKR.',
      'OLD, closed: today −$12.50, realised −$12.50.',
      'SAP: no close of the day before yet.',
    ]);
    expect(JSON.parse((await terminal.run('positions --json')).out)).toMatchObject([
      {
        ...{ symbol: 'AMD', quantity: '60', averageCost: '160', last: '164.1', unrealised: '246', currency: 'USD' },
        ...{ protected: '0', naked: '60', mayNotFill: '0', protectiveStops: [] },
        pnl: {
          currency: 'USD',
          daily: '66',
          unrealised: '246',
          realised: '0',
          why: '',
          broker: { daily: '66' },
          differs: false,
        },
      },
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
      'AMD     STK           +60   160.00  164.10      –        –           –         –                             $9,846.00          0     60',
      'XYZ     –             +60        –       –      –        –           –         –  unknown: IBKR has not defined it yet          0     60',
      'SAP     STK           +60        –  164.10      –        –           –         –         unknown: no exchange rate yet          0     60',
      'ES      FUT ×50       +60   160.00       –      –        –           –         –                 unknown: no price yet          0     60',
      'No total: the value of 3 of 4 positions is not known.',
    ]);
    expect(JSON.parse((await terminal.run('positions --json')).out)).toMatchObject([
      { marketData: { kind: 'real-time', live: true, why: '' } },
      {
        ...{ averageCost: null, last: null, unrealised: null, currency: null, securityType: null, multiplier: null },
        ...{ mark: null, value: null, valueCurrency: null, valueUnknown: 'no-definition', marketData: null, pnl: null },
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
      'AMD     STK        +60   160.00  163.00      –        –           –         –  $9,780.00          0     60',
      'Total $9,780.00, 1 position.',
      'AMD: no trade seen yet, valued at the close before; market data is real-time, not flowing.',
    ]);
  });

  test('say what protects them, and what is odd about that', async () => {
    const order = anOrder({
      spec: {
        ...{ ...anOrder().spec, side: 'SELL', quantity: quantity('40') },
        terms: { type: 'STP LMT', stop: price('150'), limit: price('149') },
      },
    });
    const covering = anOrder({
      number: orderNumber(1052),
      spec: {
        ...{ ...order.spec, conId: ES.conId, symbol: 'ES', quantity: quantity('60') },
        terms: { type: 'STP', stop: price('150') },
      },
    });
    const suspended = { phase: 'suspended', since: FRIDAY, why: 'the price doubled' } as const;
    const waiting = aProtectiveStop({
      ...{ id: groupId('g-3'), order: null, state: WAITING, waterMark: null },
      plan: {
        kind: 'managed',
        trail: { by: 'amount', amount: price('3') },
        activationPrice: price('170'),
        triggerOn: 'last',
      },
    });
    const guarding = aProtectiveStop({ order: order.id });
    const terminal = await holding(
      [
        ...[defined(AMD), defined(ES), held({}), held({ conId: ES.conId, symbol: 'ES' })],
        { type: 'orders-intended', orders: [order, covering], group: null, effectId: effectId('e-1'), stop: guarding },
        {
          type: 'stop-awaited',
          decisionId: decisionId('d-1'),
          stop: aProtectiveStop({ id: groupId('g-2'), state: suspended, order: order.id }),
        },
        { type: 'stop-awaited', decisionId: decisionId('d-1'), stop: waiting },
        {
          type: 'stop-awaited',
          decisionId: decisionId('d-1'),
          stop: aProtectiveStop({ id: groupId('g-4'), state: ENDED }),
        },
      ],
      [aQuote(), aQuote({ conId: ES.conId, symbol: 'ES' })],
    );
    const { out } = await terminal.run('positions');
    expect(lines(out)[1]).toMatch(/^AMD .* 40 {5}20$/);
    expect(lines(out)[2]).toMatch(/^ES .* 60 {6}0$/);
    expect(lines(out).slice(4)).toEqual([
      'AMD: 40 are protected by a stop with a limit, which may not fill.',
      'SELL 50 AMD trailing 3.00, this app moves this, best price 164.00, SUSPENDED: the price doubled',
      'SELL 50 AMD trailing 3.00, this app moves this, waits for 170.00: no stop rests at IBKR before',
    ]);
    const [amd, es] = JSON.parse((await terminal.run('positions --json')).out) as Record<string, unknown>[];
    expect(amd).toMatchObject({ protected: '40', naked: '20', mayNotFill: '40' });
    expect(amd?.['protectiveStops']).toHaveLength(3);
    expect(es).toMatchObject({ protected: '60', naked: '0', protectiveStops: [] });
  });

  test('none are told as none', async () => {
    expect((await new StubTerminal().run('positions')).out).toBe('No positions.\n');
  });
});

test('positions of a workstation that can not tell its profit and loss are no list of half the truth', async () => {
  const terminal = await holding([defined(AMD), held({})], [aQuote()]);
  terminal.client.risk.picture.mockResolvedValue(failed('HOST_FAULT', 'it is stopping'));
  const { code, out, err } = await terminal.run('positions');
  expect({ code, out, err: err.includes('it is stopping') }).toEqual({ code: 1, out: '', err: true });
});

test('without a position what was closed today is told', async () => {
  const closed = pnlOf({ daily: money('59'), realised: money('59') });
  const total = {
    daily: money('59'),
    unrealised: money('0'),
    realised: money('59'),
    broker: null,
    differs: false,
    why: '',
  };
  const terminal = await holding([defined(AMD)], [], {}, { pnl: [closed], total });
  expect(lines((await terminal.run('positions')).out)).toEqual([
    'No positions.',
    'Profit and loss today $59.00, unrealised $0.00, realised today $59.00.',
    'AMD, closed: today $59.00, realised $59.00.',
  ]);
});
