import { describe, expect, test } from 'vitest';
import { conId, permId } from '#domain/ids';
import { money, quantity } from '#domain/money';
import type { SymbolLimitUse } from '#domain/pnl';
import { limitUse, lossUse } from '#engine/portfolio/limit-use';
import { riskPictureOf } from '#engine/portfolio/risk-picture';
import { FRIDAY } from '#test/builders/domain-records';
import { aForeignOrder, EngineHarness } from '#test/builders/engine-harness';
import { A_LIMITS_FILE, readsLimits } from '#test/builders/limits-file';
import { aMatrix, idOf, instrumentOf, PortfolioDesk } from '#test/builders/portfolio-desk';

const HUNDRED = { value: money('100'), source: 'symbol' } as const;

function rows(desk: { readonly engine: EngineHarness }): readonly SymbolLimitUse[] {
  return riskPictureOf(desk.engine.state, desk.engine.now).symbols;
}

function rowOf(desk: { readonly engine: EngineHarness }, symbol: string): SymbolLimitUse {
  const row = rows(desk).find((it) => it.symbol === symbol);
  if (row === undefined) throw new Error(`no row of ${symbol}`);
  return row;
}

describe('a limit', () => {
  test.each([
    ['0', 'ok'],
    ['79.99', 'ok'],
    ['80', 'warn'],
    ['100', 'warn'],
    ['100.01', 'breach'],
  ])('used with %s of 100 is %s', (used, state) => {
    expect(limitUse(money(used), HUNDRED)).toEqual({ used, limit: '100', source: 'symbol', state });
  });

  test.each([
    ['69.99', 'ok'],
    ['70', 'warn'],
    ['99.99', 'warn'],
    ['100', 'breach'],
  ])('of a daily loss, which latches when it is reached, with %s of 100 is %s', (used, state) => {
    expect(lossUse(money(used), HUNDRED).state).toBe(state);
  });

  test('of nothing is fine while nothing is used; what is not known is unknown', () => {
    const nothing = { value: money('0'), source: 'global' } as const;
    expect([limitUse(money('0'), nothing).state, lossUse(money('0'), nothing).state]).toEqual(['ok', 'ok']);
    expect(limitUse(money('1'), nothing).state).toBe('breach');
    expect([limitUse<typeof nothing.value>(null, nothing).state, lossUse(null, nothing).state]).toEqual([
      'unknown',
      'unknown',
    ]);
  });
});

describe('the limits of symbols', () => {
  test('are shown of what is held or worked, and of what has limits of its own', () => {
    const desk = new PortfolioDesk({ holds: { MSFT: '5' } });
    desk.places('BUY', '1', 'XOM');
    const bought = desk.places('BUY', '1', 'GLD');
    desk.engine.fills(bought, '1', '80', { conId: idOf('GLD'), symbol: 'GLD' });
    const sold = desk.places('SELL', '1', 'GLD');
    desk.engine.fills(sold, '1', '80', { conId: idOf('GLD'), symbol: 'GLD' });
    readsLimits(desk.engine, {
      ...A_LIMITS_FILE,
      symbol_limits: { ...A_LIMITS_FILE.symbol_limits, ZZZ: { max_position_size: 1 } },
    });
    expect(rows(desk).map(({ symbol, conId: id }) => [symbol, id])).toEqual([
      ['AAPL', idOf('AAPL')],
      ['MSFT', idOf('MSFT')],
      ['TSLA', idOf('TSLA')],
      ['XOM', idOf('XOM')],
      ['ZZZ', null],
    ]);
    expect(rowOf(desk, 'ZZZ')).toMatchObject({
      positionSize: { used: '0', limit: '1', source: 'symbol', state: 'ok' },
      orderExposure: { used: '0', limit: '10000', source: 'default' },
      dailyLoss: { used: '0' },
      correlationExposure: { used: '0', source: 'global' },
      latch: null,
      notes: [],
    });
  });

  test('count the position at worst, long or short, and the largest order that may add', () => {
    const desk = new PortfolioDesk({ holds: { AAPL: '30' } });
    desk.places('BUY', '15', 'AAPL');
    desk.places('BUY', '5', 'AAPL');
    readsLimits(desk.engine);
    expect(rowOf(desk, 'AAPL')).toMatchObject({
      positionSize: { used: '50', limit: '50', state: 'warn' },
      orderExposure: { used: '2250', limit: '5000', state: 'ok' },
    });
    const short = new PortfolioDesk({ holds: { AAPL: '-30' } });
    short.places('SELL', '25', 'AAPL');
    readsLimits(short.engine);
    expect(rowOf(short, 'AAPL').positionSize).toMatchObject({ used: '55', state: 'breach' });
  });

  test('leave exits out: they close, and never add', () => {
    const engine = EngineHarness.ready();
    engine.placesBracket();
    expect(rowOf({ engine }, 'AAPL')).toMatchObject({ positionSize: { used: '10' }, orderExposure: { used: '1500' } });
  });

  test('count an exposure together with what is correlated', () => {
    const desk = new PortfolioDesk({ holds: { AAPL: '10', MSFT: '10' }, matrix: aMatrix({ 'AAPL MSFT': 0.9 }) });
    expect(rowOf(desk, 'AAPL').correlationExposure.used).toBe('3500');
    expect(riskPictureOf(desk.engine.state, FRIDAY).account.grossExposure).toMatchObject({ used: '3500', state: 'ok' });
  });

  test('are unknown where a position, a price or a rate is: absence is never zero', () => {
    const lost = new PortfolioDesk({ holds: { AAPL: '10' } });
    lost.engine.linkDown();
    expect(rowOf(lost, 'AAPL')).toMatchObject({
      positionSize: { used: null, state: 'unknown' },
      correlationExposure: { used: null, state: 'unknown' },
    });
    expect(riskPictureOf(lost.engine.state, FRIDAY).account.grossExposure.used).toBeNull();

    const unpriced = new PortfolioDesk({ holds: { MSFT: '10' }, unpriced: ['MSFT'] });
    expect(rowOf(unpriced, 'MSFT').correlationExposure.used).toBeNull();
    const { spec } = aForeignOrder();
    const msft = { conId: idOf('MSFT'), symbol: 'MSFT', side: 'SELL' as const, terms: { type: 'MKT' as const } };
    unpriced.engine.reportsForeign({ spec: { ...spec, ...msft } });
    expect(rowOf(unpriced, 'MSFT').orderExposure, 'no ask').toMatchObject({ used: null, state: 'unknown' });

    const foreign = new PortfolioDesk();
    foreign.places('BUY', '1', 'MSFT');
    foreign.engine.definesAapl(instrumentOf('MSFT', { currency: 'EUR' }));
    expect(rowOf(foreign, 'MSFT').orderExposure.used, 'no rate').toBeNull();
    foreign.engine.reportsForeign({
      permId: permId(77),
      spec: { ...spec, conId: conId(99), symbol: 'NEW' },
    });
    expect(rowOf(foreign, 'NEW').orderExposure.used, 'not defined yet').toBeNull();
  });

  test('show a loss that latched, also of what is neither held nor defined any more', () => {
    const desk = new PortfolioDesk();
    const latch = {
      scope: { over: 'symbol', conId: conId(98), symbol: 'GONE' },
      at: FRIDAY,
      loss: money('1'),
      limit: money('1'),
      source: 'symbol',
      currency: 'USD',
      until: FRIDAY,
    } as const;
    const { lossLatches } = desk.engine.durable;
    lossLatches.set(conId(98), latch);
    lossLatches.set(0, { ...latch, scope: { over: 'account' } });
    expect(rowOf(desk, 'GONE').latch).toEqual(latch);
  });

  test('say what is odd about them: looser than global, or of a symbol that IBKR does not know any more', () => {
    const desk = new PortfolioDesk({ risk: { maxPositionSize: quantity('40') } });
    readsLimits(desk.engine);
    desk.engine.fact({ kind: 'instrument-unknown', query: { by: 'symbol', symbol: 'AAPL' }, text: '200' });
    expect(rowOf(desk, 'AAPL').notes).toEqual([
      'position 50 (global 40): symbol_limits.json is looser, the global limit counts',
      'delisted: IBKR knows no such symbol; its limits are kept',
    ]);
    expect(rowOf(desk, 'TSLA').notes).toEqual([]);
    desk.engine.definesAapl(instrumentOf('AAPL', { longName: 'APPLE' }));
    expect(rowOf(desk, 'AAPL').notes).toHaveLength(1);
  });
});

test('a symbol that IBKR has renamed means nothing any more under its former name', () => {
  const desk = new PortfolioDesk();
  desk.engine.definesAapl(instrumentOf('AAPL', { symbol: 'APPL' }));
  expect([...desk.engine.state.observed.conIdBySymbol.keys()]).not.toContain('AAPL');
  expect(desk.engine.state.observed.conIdBySymbol.get('APPL')).toBe(idOf('AAPL'));
  const inEurope = { conId: conId(97), symbol: 'MSFT', currency: 'EUR' };
  desk.engine.definesAapl(instrumentOf('MSFT', inEurope));
  desk.engine.definesAapl(instrumentOf('MSFT', { ...inEurope, symbol: 'MSF' }));
  expect(desk.engine.state.observed.conIdBySymbol.get('MSFT'), 'another contract of that name').toBe(idOf('MSFT'));
});
