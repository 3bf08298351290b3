import { describe, expect, test } from 'vitest';
import { signedQuantity } from '#domain/money';
import type { RiskSettings } from '#domain/settings';
import { DEFAULT_SETTINGS } from '#domain/settings';
import { symbolList } from '#engine/risk/checks/symbol-list';
import { aLegOf, limit, market, modifying, passOf, placing, saying, verdictOf } from '#test/builders/engine-risk';

const listing = (risk: Partial<RiskSettings>) => ({ settings: { ...DEFAULT_SETTINGS.risk, ...risk } });
const buy = placing('BUY', '1', market);

describe('which symbols may be traded', () => {
  test('all of them, unless lists say otherwise', () => {
    expect(verdictOf(symbolList, buy)).toEqual(passOf(symbolList));
  });

  test('none that is denied', () => {
    const reason = { code: 'SYMBOL_NOT_ALLOWED', symbol: 'AAPL', list: 'denied' };
    expect(verdictOf(symbolList, buy, listing({ deniedSymbols: ['AAPL'] }))).toEqual(
      saying('deny', symbolList, reason),
    );
    expect(verdictOf(symbolList, buy, listing({ deniedSymbols: ['MSFT'] }))).toEqual(passOf(symbolList));
  });

  test('only the allowed ones, where there is a list of them', () => {
    const reason = { code: 'SYMBOL_NOT_ALLOWED', symbol: 'AAPL', list: 'allowed' };
    expect(verdictOf(symbolList, buy, listing({ allowedSymbols: ['MSFT'] }))).toEqual(
      saying('deny', symbolList, reason),
    );
    expect(verdictOf(symbolList, buy, listing({ allowedSymbols: [] })).verdict).toBe('deny');
    expect(verdictOf(symbolList, buy, listing({ allowedSymbols: ['AAPL'] }))).toEqual(passOf(symbolList));
  });

  test('what is held of a denied one can be closed and protected', () => {
    const denied = { ...listing({ deniedSymbols: ['AAPL'] }), position: signedQuantity('10') };
    expect(verdictOf(symbolList, placing('SELL', '10', market), denied)).toEqual(passOf(symbolList));
    const exit = modifying(aLegOf('SELL', '10', limit('160'), 'take-profit'));
    expect(verdictOf(symbolList, exit, denied)).toEqual(passOf(symbolList));
    expect(verdictOf(symbolList, buy, denied).verdict).toBe('deny');
  });
});
