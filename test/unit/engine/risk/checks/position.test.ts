import { describe, expect, test } from 'vitest';
import { quantity, signedQuantity, type Quantity } from '#domain/money';
import type { RiskContext } from '#domain/risk-decision';
import type { LimitSource } from '#domain/limit-source';
import { position } from '#engine/risk/checks/position';
import {
  aLegOf,
  limit,
  limitsOf,
  market,
  modifying,
  passOf,
  placing,
  placingBracket,
  saying,
  verdictOf,
} from '#test/builders/engine-risk';

const limited = (most: string, source: LimitSource = 'symbol'): Partial<RiskContext> => ({
  limits: limitsOf({ positionSize: { value: quantity(most), source } }),
});
const held = (shares: string): Partial<RiskContext> => ({ position: signedQuantity(shares) });

/** The use of the limit that a verdict tells. */
function used(verdict: ReturnType<typeof verdictOf>): readonly (string | Quantity | null)[] {
  const [figure] = verdict.figures ?? [];
  return figure === undefined ? [] : [figure.before, figure.after, figure.largest];
}

describe('the limit of a symbol is 150 shares', () => {
  const of150 = limited('150');

  test('119 pass, 120 warn, 150 still warn, 151 are denied and 150 would pass', () => {
    const buy = (shares: string) => verdictOf(position, placing('BUY', shares, market), of150);
    expect(buy('119')).toMatchObject({ verdict: 'pass', figures: [{ before: '0', after: '119', largest: '150' }] });
    expect(buy('120')).toMatchObject(saying('warn', position, { code: 'POSITION_LIMIT' }));
    expect(buy('150').verdict).toBe('warn');
    expect(buy('151')).toMatchObject(
      saying('deny', position, {
        code: 'POSITION_LIMIT',
        symbol: 'AAPL',
        figure: {
          unit: 'units',
          limitName: 'position',
          of: 'AAPL',
          source: 'symbol',
          largest: '150',
          before: '0',
          after: '151',
          limit: '150',
        },
      }),
    );
  });

  test('what is held and what works counts at its worst', () => {
    const context = { ...of150, ...held('60'), buyLeaves: quantity('40') };
    const buy = (shares: string) => verdictOf(position, placing('BUY', shares, market), context);
    expect(used(buy('50'))).toEqual(['100', '150', '50']);
    expect(buy('51').verdict).toBe('deny');
  });

  test('short it counts as long', () => {
    const context = { ...of150, ...held('-60'), sellLeaves: quantity('40') };
    const sell = (shares: string) => verdictOf(position, placing('SELL', shares, market), context);
    expect(used(sell('50'))).toEqual(['100', '150', '50']);
    expect(sell('51').verdict).toBe('deny');
  });

  test('a position beyond the limit can be closed, and not grow', () => {
    const context = { ...of150, ...held('400') };
    const sell = verdictOf(position, placing('SELL', '400', market), context);
    expect(sell).toMatchObject({ verdict: 'pass' });
    expect(used(sell)).toEqual(['400', '400', '550']);
    expect(verdictOf(position, placing('BUY', '1', market), context).verdict).toBe('deny');
  });

  test('long beyond the limit does not let a sale go short beyond it', () => {
    const context = { ...of150, ...held('400') };
    expect(verdictOf(position, placing('SELL', '550', market), context).verdict).toBe('warn');
    expect(verdictOf(position, placing('SELL', '551', market), context).verdict).toBe('deny');
  });

  test('of a change only what is more than before counts, and what has filled is part of the order', () => {
    const change = (shares: string) =>
      modifying(aLegOf('BUY', shares, limit('150')), {
        before: aLegOf('BUY', '170', limit('150')),
        filled: quantity('20'),
      });
    const context = { ...of150, ...held('20') };
    // 20 are held, 150 more are open already: beyond the limit, but smaller is not worse.
    expect(used(verdictOf(position, change('169'), context))).toEqual(['170', '169', '170']);
    expect(verdictOf(position, change('169'), context).verdict).toBe('warn');
    expect(verdictOf(position, change('171'), context).verdict).toBe('deny');
  });

  test('exits make no position: those of a bracket that waits can be moved, a stop can be placed', () => {
    const exit = modifying(aLegOf('SELL', '400', limit('160'), 'take-profit'));
    expect(verdictOf(position, exit, of150)).toMatchObject({
      verdict: 'pass',
      figures: [{ after: '0', largest: null }],
    });
    expect(verdictOf(position, exit, { ...of150, position: null })).toEqual(passOf(position));
  });

  test('of a bracket the entry counts', () => {
    expect(used(verdictOf(position, placingBracket('BUY', limit('150'), '160', '140'), of150))).toEqual([
      '0',
      '10',
      '150',
    ]);
  });

  test('the largest that passes is in increments of the instrument, where it is known', () => {
    const context = { ...limited('150.7') };
    expect(used(verdictOf(position, placing('BUY', '1', market), context))[2]).toBe('150');
    expect(used(verdictOf(position, placing('BUY', '1', market), { ...context, instrument: null }))[2]).toBe('150.7');
  });
});

test('a position that is not known denies what may add', () => {
  const reason = { code: 'POSITION_UNKNOWN', symbol: 'AAPL' };
  expect(verdictOf(position, placing('BUY', '1', market), { ...limited('150'), position: null })).toEqual(
    saying('cannot-know', position, reason),
  );
});

test('the denial says which level the limit came from', () => {
  const deny = verdictOf(position, placing('BUY', '11', market), limited('10', 'default'));
  expect(deny).toMatchObject({ verdict: 'deny', reason: { figure: { source: 'default' } } });
});

test('a decision of before there were limits says nothing of them', () => {
  expect(verdictOf(position, placing('BUY', '1', market))).toEqual(passOf(position));
});
