import { describe, expect, test } from 'vitest';
import { money, signedQuantity } from '#domain/money';
import type { RiskContext } from '#domain/risk-decision';
import { margin } from '#engine/risk/checks/margin';
import { market, passOf, placing, saying, verdictOf } from '#test/builders/engine-risk';

const buy = placing('BUY', '10', market);
const told = (needed: string): Partial<RiskContext> => ({
  margin: { known: true, initialAfter: money(needed), equityAfter: money('10000') },
});
const reason = (needed: string): Record<string, unknown> => ({
  code: 'MARGIN',
  needed,
  available: '10000',
  currency: 'USD',
});

describe('what IBKR says that an order needs, of $10,000', () => {
  test('warns from 80 % and denies beyond it', () => {
    expect(verdictOf(margin, buy, told('7999'))).toEqual(passOf(margin));
    expect(verdictOf(margin, buy, told('8000'))).toEqual(saying('warn', margin, reason('8000')));
    expect(verdictOf(margin, buy, told('10000'))).toEqual(saying('warn', margin, reason('10000')));
    expect(verdictOf(margin, buy, told('10001'))).toEqual(saying('deny', margin, reason('10001')));
  });

  test('does not keep anybody from closing', () => {
    const held = { ...told('20000'), position: signedQuantity('10') };
    expect(verdictOf(margin, placing('SELL', '10', market), held)).toEqual(saying('warn', margin, reason('20000')));
  });
});

test('that was asked for and is not told can not be known; that nobody asked for is nothing', () => {
  const unknown = { margin: { known: false, why: 'no answer in time' } } as const;
  expect(verdictOf(margin, buy, unknown)).toEqual(
    saying('cannot-know', margin, { code: 'MARGIN_UNKNOWN', why: 'no answer in time' }),
  );
  expect(verdictOf(margin, buy)).toEqual(passOf(margin));
});
