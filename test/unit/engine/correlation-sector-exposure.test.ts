import { describe, expect, test } from 'vitest';
import { present } from '#domain/assert';
import type { SingleOrderRequest } from '#domain/command';
import { conId } from '#domain/ids';
import { money, price, quantity, signedQuantity } from '#domain/money';
import { describeReason } from '#domain/risk-words';
import type { CheckName, CheckVerdict, RiskDecision } from '#domain/risk-decision';
import type { RiskPicture } from '#domain/pnl';
import { riskPictureOf } from '#engine/portfolio/risk-picture';
import { grossExposure } from '#engine/risk/checks/gross-exposure';
import { sectorExposure } from '#engine/risk/checks/sector-exposure';
import { correlatedExposure } from '#engine/risk/checks/correlated-exposure';
import { aContext, limit, market, placing } from '#test/builders/engine-risk';
import { aForeignOrder, EngineHarness } from '#test/builders/engine-harness';
import { aMatrix, instrumentOf, PortfolioDesk } from '#test/builders/portfolio-desk';

function verdictOf({ verdicts }: RiskDecision, of: CheckName): CheckVerdict {
  return present(
    verdicts.find(({ check }) => check === of),
    of,
  );
}

function wordsOf(decision: RiskDecision, of: CheckName): string {
  const verdict = verdictOf(decision, of);
  return verdict.verdict === 'pass' ? '' : describeReason(verdict.reason);
}

describe('the exposure of a sector', () => {
  // 100 MSFT are 20,000 of technology; the energy of XOM counts elsewhere.
  const holds = { MSFT: '100', XOM: '400' };
  const risk = { maxSectorExposure: money('30000') };

  test('is the sum of its names at worst, long and short alike', () => {
    const desk = new PortfolioDesk({ holds, risk });
    const decision = desk.asks('BUY', '70', 'AAPL');
    expect(decision.outcome).toBe('denied');
    expect(wordsOf(decision, 'sector-exposure')).toBe(
      'Sector exposure Technology would be $30,500 (now $20,000). The limit is $30,000 (global). Largest that passes: 66.',
    );
    expect(desk.asks('SELL', '70', 'AAPL').outcome).toBe('denied');
    expect(desk.asks('BUY', '66', 'AAPL').outcome).toBe('approved');
    expect(desk.asks('BUY', '200', 'XOM').outcome).toBe('approved');
  });

  test('has a limit of its own where one is set', () => {
    const desk = new PortfolioDesk({ holds, risk: { ...risk, sectorLimits: { Technology: money('25000') } } });
    expect(verdictOf(desk.asks('BUY', '1', 'AAPL'), 'sector-exposure')).toMatchObject({
      verdict: 'warn',
      figures: [{ of: 'Technology', limit: '25000', source: 'sector', before: '20000', after: '20150', largest: '33' }],
    });
  });

  test('goes by sectors.json where that names the symbol', () => {
    const desk = new PortfolioDesk({ holds, risk });
    desk.names({ AAPL: 'Energy' });
    expect(verdictOf(desk.asks('BUY', '70', 'AAPL'), 'sector-exposure')).toMatchObject({
      figures: [{ of: 'Energy', before: '20000', after: '30500' }],
    });
  });

  test('follows what IBKR says of the industry', () => {
    const desk = new PortfolioDesk({ holds, risk });
    desk.engine.definesAapl(instrumentOf('MSFT', { industry: 'Energy' }));
    expect(verdictOf(desk.asks('BUY', '1', 'XOM'), 'sector-exposure')).toMatchObject({
      figures: [{ before: '40000' }],
    });
  });

  test('is one for all names without a sector', () => {
    const desk = new PortfolioDesk({ holds: { GLD: '100' }, risk });
    expect(verdictOf(desk.asks('BUY', '10', 'SLV'), 'sector-exposure')).toMatchObject({
      figures: [{ of: 'unknown', before: '8000', after: '8200' }],
    });
  });
});

describe('the gross exposure', () => {
  const risk = { maxGrossExposure: money('50000') };

  test('is the sum of everything at worst, and names the largest quantity that passes', () => {
    const desk = new PortfolioDesk({ holds: { MSFT: '100', XOM: '-400' }, risk });
    const decision = desk.asks('BUY', '67', 'AAPL');
    expect(wordsOf(decision, 'gross-exposure')).toBe(
      'Gross exposure would be $50,050 (now $40,000). The limit is $50,000 (global). Largest that passes: 66.',
    );
    expect(desk.asks('BUY', '66', 'AAPL').outcome).toBe('approved');
  });

  test('counts working orders of both sides by the larger one', () => {
    const desk = new PortfolioDesk({ risk });
    desk.places('BUY', '100', 'AAPL');
    const sale = desk.asks('SELL', '100', 'AAPL');
    expect(verdictOf(sale, 'gross-exposure')).toMatchObject({ figures: [{ before: '15000', after: '15000' }] });
    expect(verdictOf(desk.asks('SELL', '150', 'AAPL'), 'gross-exposure')).toMatchObject({
      figures: [{ before: '15000', after: '22500', largest: '333' }],
    });
  });

  test('values the order at what it may cost, and never below the mark', () => {
    const desk = new PortfolioDesk({ risk });
    const after = (terms: SingleOrderRequest['terms']): unknown =>
      verdictOf(desk.asks('BUY', '10', 'AAPL', { terms }), 'gross-exposure').figures?.[0]?.after;
    expect(after(limit('151'))).toBe('1510');
    expect(after(limit('149'))).toBe('1500');
    expect(after(market)).toBe('1575');
  });

  test('is in the currency of the account', () => {
    const siemens = instrumentOf('SLV', { conId: conId(9_000), symbol: 'SIE', currency: 'EUR' });
    const desk = new PortfolioDesk({ risk, others: [siemens] });
    const { engine } = desk;
    const { exposures } = engine.state.observed;
    engine.definesAapl(siemens);
    engine.fact({ kind: 'quote', conId: siemens.conId, patch: { last: price('20') } });
    expect(exposures.unknown.size).toBe(1);
    engine.fact({ kind: 'account-value', key: 'ExchangeRate', value: '1.1', currency: 'EUR' });
    expect([exposures.unknown.size, exposures.gross]).toEqual([0, 22_000]);
    engine.fact({ kind: 'account-value', key: 'ExchangeRate', value: '1.2', currency: 'EUR' });
    expect(exposures.gross).toBe(24_000);
  });

  test('that is beyond its limit stops what adds, and nothing that reduces', () => {
    const desk = new PortfolioDesk({ holds: { MSFT: '400' }, risk });
    expect(desk.asks('BUY', '1', 'AAPL').outcome).toBe('denied');
    const reducing = desk.asks('SELL', '400', 'MSFT');
    expect(reducing.outcome).toBe('approved');
    expect(verdictOf(reducing, 'gross-exposure')).toMatchObject({
      verdict: 'pass',
      figures: [{ before: '80000', after: '80000', largest: null }],
    });
  });

  test('counts the part of an order that crosses zero', () => {
    const desk = new PortfolioDesk({ holds: { AAPL: '-100' }, risk });
    expect(verdictOf(desk.asks('BUY', '500', 'AAPL'), 'gross-exposure')).toMatchObject({
      verdict: 'deny',
      figures: [{ before: '15000', after: '60000', largest: '433' }],
    });
  });

  test('counts the exits of a bracket nothing: they close what its entry opens', () => {
    const desk = new PortfolioDesk({ risk });
    const { stop } = desk.engine.placesBracket();
    expect(desk.engine.state.observed.exposures.gross).toBe(150_000);
    desk.engine.works(stop);
    expect(desk.modifies(stop, { stop: price('144') }).outcome).toBe('accepted');
  });
});

describe('what can not be valued', () => {
  const EXPOSURES = ['gross-exposure', 'sector-exposure', 'correlated-exposure'] as const;

  test('denies what adds risk, by name, and nothing that reduces it', () => {
    const desk = new PortfolioDesk({ holds: { XOM: '10', MSFT: '10' }, unpriced: ['XOM'] });
    const decision = desk.asks('BUY', '1', 'AAPL');
    for (const check of EXPOSURES) {
      expect(verdictOf(decision, check)).toMatchObject({ verdict: 'cannot-know' });
      expect(wordsOf(decision, check)).toBe(
        'The value of XOM is not known: no price, or no exchange rate. Orders that add risk pass once it is.',
      );
      expect(verdictOf(desk.asks('SELL', '10', 'MSFT'), check)).toEqual({ check, verdict: 'pass' });
    }
    desk.quotes('XOM', '50');
    for (const check of EXPOSURES) expect(verdictOf(desk.asks('BUY', '1', 'AAPL'), check).verdict).toBe('pass');
  });

  const others = Array.from({ length: 12 }, (_, n) => ({ conId: conId(9_000 + n), symbol: `N${n}` }));

  test('is also what IBKR has not defined yet; ten are named at most', () => {
    const reason = verdictOf(new PortfolioDesk({ others }).asks('BUY', '1', 'AAPL'), 'gross-exposure');
    expect(reason).toMatchObject({ verdict: 'cannot-know', reason: { code: 'EXPOSURE_UNKNOWN' } });
    expect(wordsOf(new PortfolioDesk({ others }).asks('BUY', '1', 'AAPL'), 'gross-exposure')).toContain('N8, N9 is');
  });

  test('is also what is larger than any account', () => {
    const desk = new PortfolioDesk({ holds: { GLD: '1000', SLV: '-1000' } });
    const { exposures } = desk.engine.state.observed;
    desk.quotes('GLD', '99999999');
    expect([[...exposures.unknown].map(({ symbol }) => symbol), exposures.gross]).toEqual([['GLD'], 2_000_000]);
    desk.quotes('SLV', '99999999');
    expect(exposures.gross).toBe(0);
  });

  const exposure = {
    mark: null,
    unknown: [],
    gross: money('0'),
    own: money('0'),
    sector: { name: 'Technology', before: money('0'), limit: money('1000'), source: 'global' as const },
    clusters: [],
    correlations: { state: 'fresh' as const, version: 'v1' },
  };
  const CHECKS = [grossExposure, sectorExposure, correlatedExposure];
  const order = placing('BUY', '10', limit('150'));

  test.each([
    ['a position that IBKR has not told', { position: null }, { code: 'POSITION_UNKNOWN', symbol: 'AAPL' }],
    ['an instrument that IBKR has not defined', { instrument: null }, { code: 'INSTRUMENT_UNKNOWN', symbol: 'AAPL' }],
    ['no exchange rate', { exchangeRate: null }, { code: 'NO_EXCHANGE_RATE', from: 'USD', to: 'USD' }],
    [
      'a position without a price',
      { position: signedQuantity('10'), quote: null },
      { code: 'EXPOSURE_UNKNOWN', symbols: ['AAPL'] },
    ],
    ['working orders without a price', { sellLeaves: quantity('10'), quote: null }, { code: 'EXPOSURE_UNKNOWN' }],
  ])('is %s', (_what, change, reason) => {
    for (const { check, name } of CHECKS) {
      expect(check(aContext(order, { exposure, ...change }))).toMatchObject({
        check: name,
        verdict: 'cannot-know',
        reason,
      });
    }
  });

  test('is also an order of another client in what IBKR has not defined', () => {
    const desk = new PortfolioDesk();
    const { spec } = aForeignOrder();
    desk.engine.reportsForeign({ spec: { ...spec, conId: conId(9_000), symbol: 'N0' } });
    expect([...desk.engine.state.observed.exposures.unknown].map(({ symbol }) => symbol)).toEqual(['N0']);
  });

  test('is the first order in what was never quoted, unless it says its price', () => {
    const desk = new PortfolioDesk({ unpriced: ['XOM'] });
    const decision = desk.asks('BUY', '10', 'XOM');
    expect(verdictOf(decision, 'gross-exposure')).toMatchObject({ verdict: 'pass', figures: [{ after: '500' }] });
    const atMarket = desk.asks('BUY', '10', 'XOM', { terms: market });
    expect(verdictOf(atMarket, 'gross-exposure')).toMatchObject({ reason: { code: 'NO_QUOTE' } });
  });

  test('is how many of what costs nothing would pass', () => {
    const { check } = grossExposure;
    const free = aContext(placing('BUY', '10', limit('0')), { exposure, quote: null });
    expect(check(free).figures?.[0]?.largest).toBe('0');
  });

  test('is a market order without an ask', () => {
    for (const { check } of CHECKS) {
      expect(check(aContext(placing('BUY', '10', market), { exposure, quote: null }))).toMatchObject({
        reason: { code: 'NO_QUOTE' },
      });
    }
  });

  test('is an order that is larger than any account', () => {
    const huge = placing('BUY', '999999999999', limit('150'));
    for (const { check } of CHECKS) {
      expect(check(aContext(huge, { exposure }))).toMatchObject({ reason: { code: 'EXPOSURE_UNKNOWN' } });
    }
  });

  test('is nothing to decisions that were stored without exposures', () => {
    for (const { check, name } of CHECKS) expect(check(aContext(order))).toEqual({ check: name, verdict: 'pass' });
  });
});

describe('the picture of exposures', () => {
  const picture = (desk: PortfolioDesk): RiskPicture => riskPictureOf(desk.engine.state, desk.engine.now);

  test('shows each sector and its use', () => {
    const desk = new PortfolioDesk({
      holds: { MSFT: '100', XOM: '100' },
      risk: { maxSectorExposure: money('22000'), sectorLimits: { Energy: money('4000') } },
    });
    expect(picture(desk).sectors).toEqual([
      { name: 'Energy', exposure: { used: '5000', limit: '4000', source: 'sector', state: 'breach' } },
      { name: 'Technology', exposure: { used: '20000', limit: '22000', source: 'global', state: 'warn' } },
    ]);
  });

  test('knows nothing before IBKR has told the positions', () => {
    const desk = new PortfolioDesk({ holds: { MSFT: '100' } });
    desk.engine.linkDown();
    expect(picture(desk).sectors).toMatchObject([{ name: 'Technology', exposure: { used: null, state: 'unknown' } }]);
    expect(riskPictureOf(new EngineHarness().state, desk.engine.now)).toMatchObject({ sectors: [], warnings: [] });
  });

  test('says what can not be valued, and of which sector nothing is known for it', () => {
    const desk = new PortfolioDesk({ holds: { XOM: '10' }, unpriced: ['XOM'] });
    expect(picture(desk).sectors).toMatchObject([{ name: 'Energy', exposure: { used: null, state: 'unknown' } }]);
    expect(picture(desk).warnings).toEqual([
      'The value of XOM is not known: no price, or no exchange rate. Orders that add risk are denied.',
    ]);
  });

  test('warns of clusters near and beyond their limits, the fullest first', () => {
    const desk = new PortfolioDesk({
      holds: { MSFT: '100', AAPL: '100', XOM: '-850' },
      matrix: aMatrix({ 'AAPL MSFT': 0.9 }),
      risk: { maxCorrelatedExposure: money('42500') },
    });
    expect(picture(desk).warnings).toEqual([
      'Correlated exposure XOM (short) is near its limit: $42,500 of $42,500. It counts XOM $42,500 (1).',
      expect.stringMatching(
        /^Correlated exposure (AAPL|MSFT) \(long\) is near its limit: \$35,000 of \$42,500\. It counts /,
      ),
      expect.stringContaining(' is near its limit: $35,000 of $42,500. It counts '),
    ]);
    desk.sets({ maxCorrelatedExposure: money('0') });
    expect(picture(desk).warnings).toHaveLength(3);
    expect(picture(desk).warnings[0]).toContain('is beyond its limit');
  });

  test('warns of correlations that are old or not known where two names are held', () => {
    const missing = (desk: PortfolioDesk): readonly string[] => picture(desk).warnings;
    expect(missing(new PortfolioDesk({ holds: { MSFT: '1' }, matrix: null }))).toEqual([]);
    const two = new PortfolioDesk({ holds: { MSFT: '1', XOM: '1' }, matrix: null });
    expect(missing(two)).toEqual([
      'Correlations are not known of all pairs of MSFT, XOM. Update them with update-correlations.',
    ]);
    const old = new PortfolioDesk({ holds: { MSFT: '1', XOM: '1' } });
    old.engine.passes(25 * 3_600_000);
    expect(missing(old)).toEqual(['The correlations are 1d 01h old. Update them with update-correlations.']);
  });

  test('names ten at most', () => {
    const others = Array.from({ length: 12 }, (_, n) => ({ conId: conId(9_000 + n), symbol: `N${n}` }));
    expect(picture(new PortfolioDesk({ others })).warnings[0]).toContain('N9 and 2 more is not known');
  });

  test('counts the names of a cluster beyond the first ten', () => {
    const others = Array.from({ length: 12 }, (_, n) => ({ conId: conId(9_000 + n), symbol: 'AAPL' }));
    const desk = new PortfolioDesk({ others, risk: { maxCorrelatedExposure: money('1') } });
    for (const { conId: id } of others) {
      desk.engine.definesAapl(instrumentOf('SLV', { conId: id, symbol: 'AAPL', currency: 'EUR' }));
      desk.engine.fact({ kind: 'quote', conId: id, patch: { last: price('1') } });
    }
    desk.engine.fact({ kind: 'account-value', key: 'ExchangeRate', value: '1', currency: 'EUR' });
    expect(picture(desk).warnings).toHaveLength(10);
    expect(picture(desk).warnings[0]).toMatch(/ and 2 more\.$/);
  });
});
