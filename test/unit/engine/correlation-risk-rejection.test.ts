import { describe, expect, test } from 'vitest';
import { present } from '#domain/assert';
import type { LimitFigure } from '#domain/limit-figure';
import { money, quantity, ratio } from '#domain/money';
import { describeReason } from '#domain/risk-words';
import type { CheckVerdict, RiskDecision } from '#domain/risk-decision';
import { aMatrix, idOf, instrumentOf, PortfolioDesk, type DeskOptions } from '#test/builders/portfolio-desk';

const PAIR = { 'AAPL MSFT': 0.9, 'AAPL TSLA': 0.8, 'AAPL GLD': -0.8 };

/** A trader who may have 50,000 in a cluster. */
function trader(options: DeskOptions = {}): PortfolioDesk {
  const { risk = {}, ...rest } = options;
  return new PortfolioDesk({
    matrix: aMatrix(PAIR),
    ...rest,
    risk: { maxCorrelatedExposure: money('50000'), ...risk },
  });
}

function verdictOf({ verdicts }: RiskDecision): CheckVerdict {
  return present(
    verdicts.find(({ check }) => check === 'correlated-exposure'),
    'the verdict',
  );
}

/** The figure of the cluster around `of`. */
function figureOf(decision: RiskDecision, of: string): LimitFigure {
  return present(
    verdictOf(decision).figures?.find((figure) => figure.of === of),
    `the figure of ${of}`,
  );
}

function wordsOf(decision: RiskDecision): string {
  const verdict = verdictOf(decision);
  return verdict.verdict === 'pass' ? '' : describeReason(verdict.reason);
}

describe('an order whose symbol moves with what is held', () => {
  // 100 MSFT are 20,000 and 200 TSLA are 20,000.
  const holds = { MSFT: '100', TSLA: '200' };

  test('counts with it: 200 AAPL make 70,000, more than the 50,000 that a cluster may have', () => {
    const decision = trader({ holds }).asks('BUY', '200', 'AAPL');
    expect(decision.outcome).toBe('denied');
    expect(figureOf(decision, 'AAPL')).toMatchObject({ before: '0', after: '70000', limit: '50000', largest: '66' });
    expect(wordsOf(decision)).toBe(
      'Correlated exposure AAPL would be $70,000 (now $0). The limit is $50,000 (global). ' +
        'It counts MSFT $20,000 (0.9), TSLA $20,000 (0.8). Largest that passes: 66.',
    );
  });

  test('passes up to the largest quantity that was named, and warns from 80 % on', () => {
    const desk = trader({ holds });
    expect(desk.asks('BUY', '66', 'AAPL')).toMatchObject({ outcome: 'approved' });
    expect(desk.asks('BUY', '67', 'AAPL')).toMatchObject({ outcome: 'denied' });
    expect(verdictOf(desk.asks('BUY', '1', 'AAPL')).verdict).toBe('warn');
    expect(verdictOf(trader({ holds: { MSFT: '99' } }).asks('BUY', '1', 'AAPL')).verdict).toBe('pass');
  });

  test('counts orders that work as if they had filled', () => {
    const desk = trader();
    desk.places('BUY', '240', 'MSFT');
    const decision = desk.asks('BUY', '14', 'AAPL');
    expect(figureOf(decision, 'AAPL')).toMatchObject({ after: '50100' });
    expect(decision.outcome).toBe('denied');
  });

  test('counts by itself alone where nothing that is held moves with it', () => {
    const decision = trader({ holds }).asks('BUY', '900', 'XOM');
    expect(decision.outcome).toBe('approved');
    expect(figureOf(decision, 'XOM')).toMatchObject({ before: '0', after: '45000' });
  });
});

describe('the cluster of another symbol', () => {
  test('is checked too: buying AAPL must not bypass the limit of TSLA', () => {
    // TSLA moves with AAPL and MSFT, which do not move with each other.
    const desk = trader({
      matrix: aMatrix({ 'TSLA AAPL': 0.8, 'TSLA MSFT': 0.8 }),
      holds: { TSLA: '200', MSFT: '140' },
    });
    const decision = desk.asks('BUY', '20', 'AAPL');
    expect(figureOf(decision, 'AAPL')).toMatchObject({ after: '23000' });
    expect(figureOf(decision, 'TSLA')).toMatchObject({ before: '48000', after: '51000', largest: '13' });
    expect(decision.outcome).toBe('denied');
    expect(wordsOf(decision)).toBe(
      'Correlated exposure TSLA would be $51,000 (now $48,000). The limit is $50,000 (global). ' +
        'It counts TSLA $20,000 (1), MSFT $28,000 (0.8). Largest that passes: 13.',
    );
  });

  test('keeps the limit of its own symbol', () => {
    const desk = trader({ matrix: aMatrix({ 'TSLA AAPL': 0.8 }), holds: { TSLA: '100' } });
    const limits = { maxPositionSize: null, maxOrderExposure: null, maxDailyLoss: null };
    const limitTo = (amount: string): void => {
      const after = { ...limits, maxCorrelationExposure: money(amount) };
      desk.engine.input({
        kind: 'limits',
        limits: { symbols: new Map([['TSLA', after]]), defaults: null },
        why: '',
      });
    };
    limitTo('12000');
    const decision = desk.asks('BUY', '20', 'AAPL');
    expect(figureOf(decision, 'TSLA')).toMatchObject({ after: '13000', limit: '12000', source: 'symbol' });
    expect(decision.outcome).toBe('denied');
    limitTo('14000');
    expect(desk.asks('BUY', '20', 'AAPL').outcome).toBe('approved');
  });

  test('that is beyond its limit already stops only what makes it larger', () => {
    const desk = trader({ holds: { TSLA: '600' } });
    expect(verdictOf(desk.asks('BUY', '1', 'AAPL')).verdict).toBe('deny');
    expect(verdictOf(desk.asks('BUY', '1', 'XOM')).verdict).toBe('pass');
    expect(verdictOf(desk.asks('SELL', '1', 'AAPL')).verdict).toBe('pass');
  });
});

describe('what moves against each other', () => {
  test('adds up where one is long and the other short', () => {
    const desk = trader({ holds: { GLD: '-500' } });
    expect(figureOf(desk.asks('BUY', '70', 'AAPL'), 'AAPL')).toMatchObject({ after: '50500' });
    expect(figureOf(desk.asks('BUY', '70', 'AAPL'), 'GLD')).toMatchObject({ before: '40000', after: '50500' });
    expect(figureOf(desk.asks('SELL', '70', 'AAPL'), 'AAPL')).toMatchObject({ after: '10500' });
  });

  test('counts nothing for each other where both are long', () => {
    expect(figureOf(trader({ holds: { GLD: '500' } }).asks('BUY', '70', 'AAPL'), 'AAPL')).toMatchObject({
      after: '10500',
    });
  });
});

describe('short positions', () => {
  test('add up with other short ones that move with them', () => {
    const desk = trader({ holds: { MSFT: '-200' } });
    expect(figureOf(desk.asks('SELL', '70', 'AAPL'), 'AAPL')).toMatchObject({ after: '50500', largest: '66' });
    expect(desk.asks('SELL', '70', 'AAPL').outcome).toBe('denied');
    expect(figureOf(desk.asks('BUY', '70', 'AAPL'), 'AAPL')).toMatchObject({ after: '10500' });
  });

  test('are bought back whatever the cluster has', () => {
    const desk = trader({ holds: { MSFT: '-1000', AAPL: '-10' } });
    const decision = desk.asks('BUY', '10', 'AAPL');
    expect(verdictOf(decision).verdict).toBe('pass');
    expect(figureOf(decision, 'AAPL').largest).toBeNull();
  });
});

describe('hedges', () => {
  const holds = { MSFT: '-100' };

  test('count nothing under gross: the exposure is of what is long', () => {
    expect(figureOf(trader({ holds }).asks('BUY', '300', 'AAPL'), 'AAPL')).toMatchObject({ after: '45000' });
  });

  test('are taken off under net', () => {
    const desk = trader({ holds, correlation: { aggregation: 'net' } });
    const decision = desk.asks('BUY', '400', 'AAPL');
    expect(figureOf(decision, 'AAPL')).toMatchObject({ before: '0', after: '40000', largest: '466' });
    expect(desk.asks('BUY', '466', 'AAPL').outcome).toBe('approved');
    expect(desk.asks('BUY', '467', 'AAPL').outcome).toBe('denied');
  });

  test('are taken off in the cluster of another symbol too', () => {
    const desk = trader({ holds: { MSFT: '100' }, correlation: { aggregation: 'net' } });
    expect(figureOf(desk.asks('BUY', '10', 'AAPL'), 'MSFT')).toMatchObject({ before: '20000', after: '21500' });
    desk.places('SELL', '10', 'AAPL');
    expect(figureOf(desk.asks('BUY', '10', 'AAPL'), 'MSFT')).toMatchObject({ before: '20000', after: '21500' });
  });

  test('take off no more than there is', () => {
    const desk = trader({ holds, correlation: { aggregation: 'net' } });
    expect(figureOf(desk.asks('BUY', '10', 'AAPL'), 'AAPL')).toMatchObject({ after: '0' });
  });

  test('that only work take nothing off', () => {
    const desk = trader({ correlation: { aggregation: 'net' } });
    desk.places('SELL', '100', 'MSFT');
    expect(figureOf(desk.asks('BUY', '200', 'AAPL'), 'AAPL')).toMatchObject({ after: '30000' });
  });
});

describe('the threshold', () => {
  test('is the least correlation, of either sign, that counts', () => {
    const holds = { MSFT: '100' };
    const matrix = aMatrix({ 'AAPL MSFT': 0.7 });
    const after = (threshold: string): LimitFigure =>
      figureOf(
        trader({ holds, matrix, correlation: { threshold: ratio(threshold) } }).asks('BUY', '10', 'AAPL'),
        'AAPL',
      );
    expect(after('0.7')).toMatchObject({ after: '21500' });
    expect(after('0.71')).toMatchObject({ after: '1500' });
  });
});

describe('correlations that are not new any more', () => {
  const holds = { MSFT: '100' };
  const HOUR_MS = 3_600_000;
  const aged = (hours: number, policy: 'sector' | 'warn' | 'deny' = 'sector'): PortfolioDesk => {
    const desk = trader({ holds, correlation: { onMissing: policy } });
    desk.engine.passes(hours * HOUR_MS);
    desk.quotes('AAPL', '150');
    return desk;
  };

  test('are used with a warning after their time, for seven days', () => {
    expect(wordsOf(aged(24).asks('BUY', '10', 'AAPL'))).toBe('');
    const stale = aged(25).asks('BUY', '10', 'AAPL');
    expect(wordsOf(stale)).toBe('The correlations are 1d 01h old. Update them with update-correlations.');
    expect(figureOf(stale, 'AAPL')).toMatchObject({ after: '21500' });
    expect(verdictOf(aged(168).asks('BUY', '10', 'AAPL'))).toMatchObject({ reason: { code: 'CORRELATIONS_STALE' } });
  });

  test('are as good as none from then on', () => {
    expect(wordsOf(aged(169).asks('BUY', '10', 'AAPL'))).toBe(
      'No correlations are known of AAPL: names of the same sector count as correlated, the others as not. ' +
        'Update them with update-correlations.',
    );
    expect(aged(169, 'deny').asks('BUY', '10', 'AAPL').outcome).toBe('denied');
  });
});

describe('correlations that are not known', () => {
  const holds = { MSFT: '100', XOM: '100' };
  const after = (desk: PortfolioDesk): LimitFigure => figureOf(desk.asks('BUY', '10', 'AAPL'), 'AAPL');

  test('are one for names of the same sector, and none for the others, with a warning', () => {
    const desk = trader({ holds, matrix: null });
    expect(after(desk)).toMatchObject({ after: '21500' });
    expect(verdictOf(desk.asks('BUY', '10', 'AAPL'))).toMatchObject({
      verdict: 'warn',
      reason: { code: 'CORRELATIONS_MISSING', symbols: ['AAPL'], policy: 'sector' },
    });
    expect(wordsOf(desk.asks('BUY', '300', 'AAPL'))).toContain('It counts MSFT $20,000 (same sector). Largest');
  });

  test('make one sector of all that have none', () => {
    const desk = trader({ holds: { SLV: '100' }, matrix: null });
    expect(figureOf(desk.asks('BUY', '10', 'GLD'), 'GLD')).toMatchObject({ after: '2800' });
  });

  test('count nothing where that is the policy, with a warning', () => {
    const desk = trader({ holds, matrix: null, correlation: { onMissing: 'warn' } });
    expect(after(desk)).toMatchObject({ after: '1500' });
    expect(verdictOf(desk.asks('BUY', '10', 'AAPL')).verdict).toBe('warn');
  });

  test('deny what adds risk where that is the policy, and nothing that reduces it', () => {
    const desk = trader({ holds, matrix: null, correlation: { onMissing: 'deny' } });
    const decision = desk.asks('BUY', '10', 'AAPL');
    expect(verdictOf(decision).verdict).toBe('deny');
    expect(wordsOf(decision)).toBe(
      'No correlations are known of AAPL: orders that add risk are denied. Update them with update-correlations.',
    );
    expect(desk.asks('SELL', '10', 'MSFT').outcome).toBe('approved');
  });

  test('of one pair alone name the symbol that is held', () => {
    const desk = trader({ holds, matrix: aMatrix({ 'AAPL XOM': null }) });
    expect(wordsOf(desk.asks('BUY', '10', 'AAPL'))).toContain('No correlations are known of XOM:');
    expect(verdictOf(desk.asks('BUY', '10', 'MSFT')).verdict).toBe('pass');
  });

  test('of a symbol that the matrix does not know name that one', () => {
    const desk = trader({ holds, matrix: aMatrix({}, { symbols: ['MSFT', 'XOM'] }) });
    expect(wordsOf(desk.asks('BUY', '10', 'AAPL'))).toContain('No correlations are known of AAPL:');
  });

  test('do not matter while nothing else is held', () => {
    const desk = trader({ holds: { AAPL: '10' }, matrix: null, correlation: { onMissing: 'deny' } });
    expect(verdictOf(desk.asks('BUY', '10', 'AAPL')).verdict).toBe('pass');
  });

  test('become known with the next matrix', () => {
    const desk = trader({ holds, matrix: null });
    desk.correlates(aMatrix({ 'AAPL XOM': 0.9 }));
    expect(after(desk)).toMatchObject({ after: '6500' });
    expect(verdictOf(desk.asks('BUY', '10', 'AAPL')).verdict).toBe('pass');
  });
});

describe('two contracts of one symbol', () => {
  test('move together whatever the matrix says', () => {
    const desk = trader({ matrix: null, correlation: { onMissing: 'warn' } });
    // The share in Frankfurt: AAPL typed by a person means the one in New York.
    desk.engine.definesAapl(instrumentOf('SLV', { symbol: 'AAPL', currency: 'EUR' }));
    desk.engine.fact({ kind: 'account-value', key: 'ExchangeRate', value: '2', currency: 'EUR' });
    desk.engine.reportsForeign();
    expect(desk.engine.state.observed.exposures.holdingOf(desk.engine.state, idOf('SLV')).edges).toHaveLength(1);
  });
});

describe('an order that is changed', () => {
  // The 100 MSFT are 20,000 of the 50,000.
  function withOrder(): { readonly desk: PortfolioDesk; readonly number: number } {
    const desk = trader({ holds: { MSFT: '100' } });
    const number = desk.places('BUY', '100', 'AAPL');
    desk.engine.works(number);
    return { desk, number };
  }

  test('counts as it would be, in the place of what it was', () => {
    const { desk, number } = withOrder();
    expect(desk.modifies(number, { quantity: quantity('200') }).outcome).toBe('accepted');
    const other = withOrder();
    const { outcome, message } = other.desk.modifies(other.number, { quantity: quantity('201') });
    expect([outcome, message]).toEqual(['denied', expect.stringContaining('would be $50,150 (now $35,000)')]);
  });

  test('counts as the larger of both until IBKR confirms', () => {
    const { desk, number } = withOrder();
    desk.modifies(number, { quantity: quantity('150') });
    expect(figureOf(desk.asks('BUY', '1', 'MSFT'), 'AAPL')).toMatchObject({ before: '42500', after: '42700' });
    const smaller = withOrder();
    smaller.desk.modifies(smaller.number, { quantity: quantity('50') });
    expect(figureOf(smaller.desk.asks('BUY', '60', 'MSFT'), 'AAPL')).toMatchObject({ before: '35000' });
  });

  test('may always become smaller', () => {
    const { desk, number } = withOrder();
    desk.quotes('MSFT', '600');
    expect(desk.modifies(number, { quantity: quantity('99') }).outcome).toBe('accepted');
  });
});
